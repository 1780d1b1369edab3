/**
 * The columns of a custom resource's table: the name, then what its definition names by JSONPath, or the age where it
 * names nothing. Models apiextensions-apiserver's pkg/registry/customresource/tableconvertor.
 */
import { ageColumn, nameColumn } from '../kinds/columns';
import { humanDuration } from '../duration';
import type { Cell, TableColumn } from '../kind';
import { parseTime } from '../time';
import type { CustomResourceColumnDefinition, KubeObject } from '../types';
import { type JsonPath, parseJsonPath, printedValue, valuesAt } from './json-path';

/** The age column of a definition that names no columns. */
const defaultColumns: readonly CustomResourceColumnDefinition[] = Object.freeze([Object.freeze({
  name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: ageColumn.description,
})]);

/** The columns that a definition's version asks for; from the first path that cannot be read on there are none. */
export function customColumns(given: readonly CustomResourceColumnDefinition[] | undefined): readonly TableColumn[] {
  const columns: TableColumn[] = [nameColumn];
  for (const column of given?.length ? given : defaultColumns) {
    const path = parseJsonPath(column.jsonPath);
    if (path === undefined) break;
    columns.push(columnOf(column, path));
  }
  return columns;
}

function columnOf(
  { name, type, format, jsonPath, description, priority }: CustomResourceColumnDefinition, path: JsonPath,
): TableColumn {
  return Object.freeze({
    name, type: type as TableColumn['type'], format: (format ?? '') as TableColumn['format'],
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority === undefined ? {} : { priority }),
    cell: (object: KubeObject, nowMs: number) => cellOf(valuesAt(object, path), type, nowMs),
  });
}

function cellOf(values: readonly unknown[], type: string, nowMs: number): Cell {
  const [value] = values;
  if (values.length === 0) return null;
  switch (type) {
    case 'string': return printedValue(value);
    case 'integer': return isNumber(value) ? Number(typeof value === 'bigint' ? value : Math.trunc(value)) : null;
    case 'number': return isNumber(value) ? Number(value) : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value === 'string' ? dateText(value, nowMs) : null;
    default: return null;
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** A time as its age: metatable.ConvertToHumanReadableDateType. */
function dateText(text: string, nowMs: number): string {
  if (text === '' || text === 'null') return '<unknown>';
  const ms = parseTime(text);
  return ms === undefined ? '<invalid>' : humanDuration(nowMs - ms);
}
