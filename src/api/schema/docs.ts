/**
 * The doc texts of types and fields and the values of enumerations, for OpenAPI. The generated table is half a megabyte
 * and is read only when a document is asked for, type by type. Models the descriptions of the v1.36 OpenAPI document.
 *
 * The format of the table: a line per type, `Name:text field:text field:text=value|value`, where a text is a number in
 * base 36 and a value's spaces are `·`; after an empty line the texts, one a line, with `¶` for a line break and
 * `¤hex;` for what is beyond Latin-1.
 */
import { descriptionTable } from './descriptions';

/** What is known of one field. */
export interface FieldDocs {
  readonly description: string;
  /** The values that an enumeration allows; none for other fields. */
  readonly values: readonly string[];
}

/** What is known of one type. */
export interface TypeDocs {
  readonly description: string;
  readonly fields: ReadonlyMap<string, FieldDocs>;
}

interface Table {
  readonly types: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
}

let table: Table | undefined;

function readTable(): Table {
  if (table !== undefined) return table;
  const [types = '', texts = ''] = descriptionTable.split('\n\n');
  const lines = types.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line]);
  table = { types: new Map(lines), texts: texts.split('\n') };
  return table;
}

/** The texts of a type of the schema table, or of one of the few that stand beside it, such as Quantity. */
export function docsOf(typeName: string): TypeDocs {
  const { types, texts } = readTable();
  const line = types.get(typeName);
  if (line === undefined) return { description: '', fields: new Map() };
  const textOf = (number: string): string => (number === '' ? '' : decodeText(texts[parseInt(number, 36)] ?? ''));
  const [head = '', ...rest] = line.split(' ');
  const fields = rest.map((entry): [string, FieldDocs] => {
    const [, name = '', number = '', values] = /^([^:]+):([0-9a-z]*)(?:=(.*))?$/.exec(entry) ?? [];
    return [name, { description: textOf(number), values: values?.replaceAll('·', ' ').split('|') ?? [] }];
  });
  return { description: textOf(head.slice(typeName.length + 1)), fields: new Map(fields) };
}

function decodeText(text: string): string {
  const unescaped = text.replace(/¤([0-9a-f]+);/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
  return unescaped.replaceAll('¶', '\n');
}
