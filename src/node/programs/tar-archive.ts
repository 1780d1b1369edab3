/**
 * The tar format: archives of files and directories as bytes. Written is ustar with GNU's long names, as GNU tar and
 * busybox write it; read is that and POSIX' pax, as Go's archive/tar writes it. Not modelled: sparse files, devices,
 * times and owners (a simulated disk has none), sizes above 8 GiB.
 */
import { bytesOfText, joinBytes, textOfBytes } from '../../base/byte-text';

export interface ArchiveEntry {
  /** As it stands in the archive; directories end with a slash. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly content: Uint8Array;
  /** Where a link leads. */
  readonly target: string;
}

const block = 512;
/** Blocks are written in groups of twenty. */
const record = 20 * block;
const nameLength = 100;
const prefixLength = 155;
const empty = new Uint8Array(0);

// --- writing ----------------------------------------------------------------------------------------------------------

/** The archive of these entries; `wallMs` is the time that all of them get. */
export function writeArchive(entries: readonly ArchiveEntry[], wallMs: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, kind, content } of entries) {
    const bytes = bytesOfText(name);
    const split = splitName(bytes);
    if (!split) {
      const long = joinBytes([bytes, Uint8Array.of(0)]);
      parts.push(header('././@LongLink', '', 'L', 0, long.length, 0), padded(long));
    }
    const [prefix, short] = split ?? ['', textOfBytes(bytes.subarray(0, nameLength))];
    const [type, mode] = kind === 'directory' ? ['5', 0o755] as const : ['0', 0o644] as const;
    parts.push(header(short, prefix, type, mode, content.length, wallMs), padded(content));
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = Math.ceil((length + 2 * block) / record) * record;
  return joinBytes([...parts, new Uint8Array(whole - length)]);
}

/** A name that is too long for its field is cut at a slash, if it can be. */
function splitName(bytes: Uint8Array): readonly [prefix: string, name: string] | undefined {
  if (bytes.length <= nameLength) return ['', textOfBytes(bytes)];
  for (let at = bytes.length - nameLength - 1; at <= prefixLength && at < bytes.length - 1; at += 1) {
    if (at > 0 && bytes[at] === 0x2f) return [textOfBytes(bytes.subarray(0, at)), textOfBytes(bytes.subarray(at + 1))];
  }
  return undefined;
}

function header(name: string, prefix: string, type: string, mode: number, size: number, wallMs: number): Uint8Array {
  const head = new Uint8Array(block);
  const put = (at: number, text: string): void => head.set(bytesOfText(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, `${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
  put(124, `${octal(size, 11)}\0${octal(Math.floor(wallMs / 1000), 11)}\0`);
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\0' + '00root');
  put(297, 'root');
  put(345, prefix);
  const sum = head.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return head;
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % block;
  return rest === 0 ? bytes : joinBytes([bytes, new Uint8Array(block - rest)]);
}

// --- reading ----------------------------------------------------------------------------------------------------------

/** The entries of an archive, or `damaged` / `short` where it is none or ends too early. */
export function readArchive(bytes: Uint8Array): readonly ArchiveEntry[] | 'damaged' | 'short' {
  const entries: ArchiveEntry[] = [];
  let pax = new Map<string, string>();
  for (let at = 0; ; ) {
    if (at + block > bytes.length) return at === bytes.length && at > 0 ? entries : 'short';
    const head = bytes.subarray(at, at + block);
    if (head.every((byte) => byte === 0)) return entries;
    if (!hasChecksum(head)) return 'damaged';
    const type = String.fromCharCode(head[156] ?? 0);
    const size = pax.has('size') ? Number(pax.get('size')) : octalField(head, 124, 12);
    at += block;
    if (at + size > bytes.length) return 'short';
    const content = bytes.slice(at, at + size);
    at += Math.ceil(size / block) * block;
    if (type === 'x') pax = new Map([...pax, ...paxRecords(content)]);
    else if (type === 'L') pax.set('path', textField(content, 0, content.length));
    else if (type === 'K') pax.set('linkpath', textField(content, 0, content.length));
    else if (type !== 'g') {
      entries.push(entryOf(head, type, content, pax));
      pax = new Map();
    }
  }
}

function entryOf(head: Uint8Array, type: string, content: Uint8Array, pax: ReadonlyMap<string, string>): ArchiveEntry {
  const posix = textField(head, 257, 6).startsWith('ustar') && head[263] === 0x30;
  const prefix = posix ? textField(head, 345, prefixLength) : '';
  const short = textField(head, 0, nameLength);
  const name = pax.get('path') ?? (prefix === '' ? short : `${prefix}/${short}`);
  const target = pax.get('linkpath') ?? textField(head, 157, nameLength);
  const isDirectory = type === '5' || ((type === '0' || type === '\0') && name.endsWith('/'));
  if (isDirectory) return { name, kind: 'directory', content: empty, target: '' };
  if (type === '1' || type === '2') return { name, kind: 'link', content: empty, target };
  return { name, kind: type === '0' || type === '\0' || type === '7' ? 'file' : 'other', content, target: '' };
}

/** `20 path=a/long/name\n` and so on: the length counts the whole record. */
function paxRecords(content: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = Number(textOfBytes(content.subarray(at, Math.max(at, space))));
    if (space < 0 || !Number.isInteger(length) || length <= 0) break;
    const text = textOfBytes(content.subarray(space + 1, at + length - 1));
    const equals = text.indexOf('=');
    if (equals > 0) records.set(text.slice(0, equals), text.slice(equals + 1));
    at += length;
  }
  return records;
}

function hasChecksum(head: Uint8Array): boolean {
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum === octalField(head, 148, 8);
}

function octalField(head: Uint8Array, at: number, length: number): number {
  const text = textField(head, at, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : 0;
}

function textField(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return textOfBytes(end < 0 ? field : field.subarray(0, end));
}
