/** Text broken into lines of a width, blanks kept. Models mitchellh's go-wordwrap, which kubectl uses. */

/** Breaks lines that are wider than `width`; a word that is wider begins a line of its own. */
export function wrapped(text: string, width: number): string {
  return text.split('\n').map((line) => wrappedLine(line, width)).join('\n');
}

function wrappedLine(line: string, width: number): string {
  let out = '';
  let column = 0;
  for (const [, blanks = '', word = ''] of line.matchAll(/(\s*)(\S*)/g)) {
    const length = [...word].length;
    if (word === '') {
      if (column + blanks.length <= width) out += blanks;
    } else if (column + blanks.length + Math.min(length, width - 1) > width) {
      out += `\n${word}`;
      column = length;
    } else {
      out += blanks + word;
      column += blanks.length + length;
    }
  }
  return out;
}

/** Every line with blanks in front, empty ones too. */
export function indented(text: string, columns: number): string {
  const pad = ' '.repeat(columns);
  return pad + text.replaceAll('\n', `\n${pad}`);
}
