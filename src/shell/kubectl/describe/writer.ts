/**
 * What every describer writes to: lines at a level of indentation, with tabs that become columns at the end, and the
 * context it may read from. Models the PrefixWriter, tabbedString and ResourceDescriber of kubectl's pkg/describe.
 */
import type { KubeObject } from '../../../api/types';
import type { ObjectRef } from '../../../protocol/commands';
import { alignColumns, type ColumnLayout } from './tab-columns';

/** Where a describer finds objects: the truth of the cluster at one moment. */
export interface ObjectReader {
  get(ref: ObjectRef): KubeObject | undefined;
  /** Objects of a kind in the order of their keys; `revision` 0 is the reader's moment. */
  list<T extends KubeObject>(apiVersion: string, kind: string, revision?: number, namespace?: string): readonly T[];
}

/** What a describer may know besides the object. */
export interface DescribeContext {
  readonly reader: ObjectReader;
  /** The wall clock in milliseconds since 1970, for ages. */
  readonly nowMs: number;
  /** Leaves the events out, as for several objects at once. */
  readonly withoutEvents?: boolean;
}

/** Writes one object of a kind, its events included. */
export type Describer<T extends KubeObject = KubeObject> = (
  w: DescribeWriter, object: T, context: DescribeContext,
) => void;

/** The columns of `kubectl describe`. */
const layout: ColumnLayout = { minWidth: 0, padding: 2 };

/** Collects a description. Each level indents by two spaces. */
export class DescribeWriter {
  private text = '';

  /** Writes text as it is, its first line indented. */
  write(level: number, text: string): void {
    this.text += '  '.repeat(level) + escapeTerminal(text);
  }

  /** A writer into the same description that indents whatever is written, also in the middle of a line. */
  nested(indent: number): DescribeWriter {
    const inner = new DescribeWriter();
    inner.write = (level, text) => this.write(level + indent, text);
    return inner;
  }

  /** Writes a whole line. */
  line(level: number, text: string): void {
    this.write(level, `${text}\n`);
  }

  /** Everything written so far, with its tabs. */
  plain(): string {
    return this.text;
  }

  /** Everything written so far, in columns. */
  aligned(): string {
    return alignColumns(this.text, layout);
  }
}

/** Makes harmless what a terminal would obey: printers.EscapeTerminal of cli-runtime. */
export function escapeTerminal(text: string): string {
  return text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');
}

/** `True`, `False`, or `<unset>` for what is not there: printBoolPtr. */
export function boolText(value: boolean | undefined): string {
  if (value === undefined) return '<unset>';
  return value ? 'True' : 'False';
}

/** A list as Go's %v prints it: `[a b]`. */
export function goList(items: readonly string[] | undefined): string {
  return `[${(items ?? []).join(' ')}]`;
}
