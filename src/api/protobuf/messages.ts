/**
 * Reads the generated table of protobuf messages, lazily and once: which field numbers a message has, and how each is
 * written in JSON. Models the generated.proto files of k8s.io/api and apimachinery together with the Go structs' tags.
 *
 * The format of the table: `#group/version` starts a package; each further line is a message: its name and its fields,
 * `<number><name><mark>:<type>`. Marks: `!` always in JSON, `*` a pointer (in JSON when it is set, be it to a zero),
 * `~` the message's fields belong to the surrounding object, none: in JSON unless zero. A type is `[]` or `{}` in front
 * of a letter (string, int32 `i`, int64 `l`, bool, bytes `y`, time, micro time `u`, quantity, int-or-string `x`, raw
 * JSON, a list of texts in a message `v`) or of a message, which is named with its package when it is of another one.
 */
import { assert, defined } from '../../base/assert';
import { protobufTable } from './table';

/** Letters of the table for values that are no messages of their own. */
export type ValueCode = 's' | 'i' | 'l' | 'b' | 'y' | 't' | 'u' | 'q' | 'x' | 'r' | 'v';

/** One field of a message. */
export interface MessageField {
  /** The name in JSON. */
  readonly name: string;
  /** When JSON shows it; `inline` puts the message's own fields in its place. */
  readonly presence: 'always' | 'whenSet' | 'unlessZero' | 'inline';
  readonly repeat: 'one' | 'list' | 'map';
  readonly value: { readonly code: ValueCode } | { readonly message: string };
}

/** A message: its fields by number. */
export interface Message {
  /** Go's name, which error texts use. */
  readonly name: string;
  readonly fields: ReadonlyMap<number, MessageField>;
}

interface Line {
  readonly packageName: string;
  readonly text: string;
}

let lines: ReadonlyMap<string, Line> | undefined;
const parsed = new Map<string, Message>();

function tableLines(): ReadonlyMap<string, Line> {
  if (lines !== undefined) return lines;
  const found = new Map<string, Line>();
  let packageName = '';
  for (const text of protobufTable.split('\n')) {
    if (text === '') continue;
    if (text.startsWith('#')) packageName = text.slice(1);
    else found.set(`${packageName}.${text.split(' ', 1)[0] ?? ''}`, { packageName, text });
  }
  lines = found;
  return found;
}

/** The names of all messages, such as `core/v1.Pod`, in the table's order. */
export function messageNames(): readonly string[] {
  return [...tableLines().keys()];
}

/** The message of a name such as `core/v1.Pod`, if the table has it. */
export function findMessage(name: string): Message | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const line = tableLines().get(name);
  if (line === undefined) return undefined;
  const message = parseMessage(line);
  parsed.set(name, message);
  return message;
}

/** The message of a field; asking for an unknown one is a programmer error. */
export function messageOf(name: string): Message {
  return defined(findMessage(name), `protobuf message ${name}`);
}

/** The message that carries objects of an apiVersion and kind. Options of a delete are registered in every group. */
export function messageOfKind(apiVersion: string, kind: string): Message | undefined {
  if (kind === 'DeleteOptions') return messageOf('meta/v1.DeleteOptions');
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group.includes('.') && !group.endsWith('.k8s.io')) return undefined;
  const folder = group === '' ? 'core' : (group.split('.', 1)[0] ?? '');
  const message = findMessage(`${folder}/${version}.${kind}`);
  return message ?? (group === '' ? findMessage(`meta/v1.${kind}`) : undefined);
}

const fieldPattern = /^(\d+)(\w+)([!*~]?):(\[\]|\{\})?(.+)$/;
const presences: Readonly<Record<string, MessageField['presence']>> = {
  '!': 'always', '*': 'whenSet', '~': 'inline', '': 'unlessZero',
};

function parseMessage({ packageName, text }: Line): Message {
  const [name = '', ...fieldTexts] = text.split(' ');
  const fields = new Map<number, MessageField>();
  for (const fieldText of fieldTexts) {
    const match = fieldPattern.exec(fieldText);
    assert(match !== null, `protobuf table: malformed field ${fieldText}`);
    const [, number, fieldName = '', mark = '', wrap, type = ''] = match;
    fields.set(Number(number), {
      name: fieldName,
      presence: presences[mark] ?? 'unlessZero',
      repeat: wrap === '[]' ? 'list' : wrap === '{}' ? 'map' : 'one',
      value: type.length === 1 ? { code: type as ValueCode }
        : { message: type.includes('.') ? type : `${packageName}.${type}` },
    });
  }
  return { name, fields };
}
