/** Ranges of keys as etcd writes them: [key, rangeEnd). Keys compare by code units, which is byte order in ASCII. */
import type { KeyRange } from './wire';

/** A `rangeEnd` without upper bound. */
export const noEnd = '\0';

/** All keys that begin with the prefix (clientv3.GetPrefixRangeEnd); the empty prefix means every key. */
export function prefixRange(prefix: string): KeyRange {
  for (let length = prefix.length; length > 0; length -= 1) {
    const last = prefix.charCodeAt(length - 1);
    if (last < 0xffff) return { key: prefix, rangeEnd: prefix.slice(0, length - 1) + String.fromCharCode(last + 1) };
  }
  return { key: prefix === '' ? noEnd : prefix, rangeEnd: noEnd };
}

/** Whether the key lies in the range. */
export function inRange(range: KeyRange, key: string): boolean {
  if (range.rangeEnd === undefined) return key === range.key;
  return key >= range.key && (range.rangeEnd === noEnd || key < range.rangeEnd);
}
