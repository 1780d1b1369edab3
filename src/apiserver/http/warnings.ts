/**
 * Warning headers: texts for the person behind the client, quoted as RFC 7234 has it and cut where there are too many.
 * Models endpoints/filters warning.go and apimachinery's pkg/util/net NewWarningHeader.
 */

/** Beyond so many characters in all, every text is cut. */
const totalLimit = 4 * 1024;
const itemLimit = 256;

/** The value of the Warning header, every warning once; undefined when there is nothing to tell. */
export function warningHeader(texts: readonly string[]): string | undefined {
  const unique = [...new Set(texts)].filter((text) => text !== '' && !/\p{Cc}/u.test(text));
  if (unique.length === 0) return undefined;
  const characters = unique.map((text) => [...text]);
  const total = characters.reduce((sum, { length }) => sum + length, 0);
  if (total <= totalLimit) return unique.map(quoted).join(', ');
  const headers: string[] = [];
  let written = 0;
  for (const text of characters) {
    if (written >= totalLimit) break;
    const cut = text.slice(0, itemLimit);
    written += cut.length;
    headers.push(quoted(cut.join('')));
  }
  return headers.join(', ');
}

function quoted(text: string): string {
  return `299 - "${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}
