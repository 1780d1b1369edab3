/** Columns against the rules of Go's text/tabwriter. */
import assert from 'node:assert/strict';
import { alignColumns } from '../../../src/shell/kubectl/describe/tab-columns';

const layout = { minWidth: 0, padding: 2 };

describe('columns', () => {
  const cases: readonly (readonly [about: string, text: string, aligned: string])[] = [
    ['align cells below each other', 'a\tb\nccc\td\n', 'a    b\nccc  d\n'],
    ['leave the last cell alone', 'a\tlong text\nb\tx\ty\n', 'a  long text\nb  x  y\n'],
    ['pad before an empty last cell', 'Medium:\t\nx:\ty\n', 'Medium:  \nx:       y\n'],
    ['end at a line without them', 'a\tb\nplain\nccc\td\n', 'a  b\nplain\nccc  d\n'],
    ['keep inner columns within their outer one', 'a\tb\tc\naa\tbb\nx\tbbbb\ty\n', 'a   b  c\naa  bb\nx   bbbb  y\n'],
    ['take an empty cell as wide as its padding', 'a\t\tb\n', 'a    b\n'],
    ['count characters', 'ä\tb\n😀😀\tc\n', 'ä   b\n😀😀  c\n'],
    ['end at a form feed', 'a\tb\fccc\td\n', 'a  b\nccc  d\n'],
    ['need no line break at the end', 'a\tb', 'a  b'],
  ];
  for (const [about, text, aligned] of cases) {
    it(about, () => assert.equal(alignColumns(text, layout), aligned));
  }

  it('have a least width', () => {
    assert.equal(alignColumns('a\tb\tc\n', { minWidth: 6, padding: 3 }), 'a     b     c\n');
  });
});
