/**
 * Redis' wire protocol (RESP2) between bytes and the simulated server, which takes words and answers lines as redis-cli
 * prints them: commands as arrays of bulk strings or as plain lines, answers as simple strings, errors, integers, bulk
 * strings and arrays of these. Not modelled: RESP3, subscriptions, transactions.
 */
import { byteLength, bytesOfText, textOfBytes } from '../../base/byte-text';

/** A command, or undefined while it is not complete; `error` is no command at all. */
export type RedisCommand = { readonly words: readonly string[]; readonly length: number } | 'error' | undefined;

const argumentLimit = 1_024;

/** Reads the first command of the bytes; `length` is what it took. */
export function readCommand(bytes: Uint8Array): RedisCommand {
  const first = readLine(bytes, 0);
  if (!first) return undefined;
  if (!first.text.startsWith('*')) {
    return { words: first.text.split(' ').filter((word) => word !== ''), length: first.next };
  }
  const count = Number(first.text.slice(1));
  if (!Number.isInteger(count) || count < 0 || count > argumentLimit) return 'error';
  const words: string[] = [];
  let at = first.next;
  for (let i = 0; i < count; i += 1) {
    const head = readLine(bytes, at);
    if (!head) return undefined;
    const size = Number(head.text.slice(1));
    if (!head.text.startsWith('$') || !Number.isInteger(size) || size < 0) return 'error';
    if (head.next + size + 2 > bytes.length) return undefined;
    words.push(textOfBytes(bytes.subarray(head.next, head.next + size)));
    at = head.next + size + 2;
  }
  return { words, length: at };
}

/** The bytes of an answer that redis-cli would print in these lines. */
export function writeAnswer(lines: readonly string[]): Uint8Array {
  const [first = ''] = lines;
  if (lines.length === 0) return bytesOfText('$0\r\n\r\n');
  if (first.startsWith('# ')) return bytesOfText(bulk(lines.join('\r\n')));
  if (first === '(empty array)') return bytesOfText('*0\r\n');
  if (!/^\d+\) /.test(first)) return bytesOfText(single(first));
  return bytesOfText(`*${lines.length}\r\n${lines.map((line) => single(line.replace(/^\d+\) /, ''))).join('')}`);
}

function single(line: string): string {
  if (line === '(nil)') return '$-1\r\n';
  const integer = /^\(integer\) (-?\d+)$/.exec(line)?.[1];
  if (integer !== undefined) return `:${integer}\r\n`;
  if (line.startsWith('(error) ')) return `-${line.slice('(error) '.length)}\r\n`;
  if (/^".*"$/s.test(line)) return bulk(line.slice(1, -1).replace(/\\([\\"])/g, '$1'));
  return `+${line}\r\n`;
}

function bulk(text: string): string {
  return `$${byteLength(text)}\r\n${text}\r\n`;
}

function readLine(bytes: Uint8Array, from: number): { readonly text: string; readonly next: number } | undefined {
  const end = bytes.indexOf(10, from);
  if (end < 0) return undefined;
  const text = textOfBytes(bytes.subarray(from, end));
  return { text: text.replace(/\r$/, ''), next: end + 1 };
}
