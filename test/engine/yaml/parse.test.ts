import assert from 'node:assert/strict';
import { lineColumn } from '../../../src/base/yaml/line';
import { parseYaml } from '../../../src/base/yaml/parse';
import type { YamlPath } from '../../../src/base/yaml/node';
import { splitDocuments } from '../../../src/base/yaml/split';

const value = (text: string): unknown => {
  const [document] = parseYaml(text);
  assert.deepEqual(document?.problems, []);
  return document?.value;
};

describe('parseYaml: values', () => {
  const cases: readonly [string, string, unknown][] = [
    ['block and flow', 'a: [1, {b: c}, ]\nd:\n- x\n- \n- k: 1\n  z: 2\n',
      { a: [1, { b: 'c' }], d: ['x', null, { k: 1, z: 2 }] }],
    ['block scalars', 'a: |\n  x\n   y\n\nb: >-\n  p\n  q\n', { a: 'x\n y\n', b: 'p q' }],
    ['quotes keep texts', 'a: "yes"\nb: \'1\'\nc: "\\u00e9\\n"\n', { a: 'yes', b: '1', c: 'é\n' }],
    ['yaml 1.1 booleans', 'a: yes\nb: off\n', { a: true, b: false }],
    ['defaultMode', 'defaultMode: 0644\n', { defaultMode: 420 }],
    ['dates stay texts', 'a: 2020-01-01\n', { a: '2020-01-01' }],
    ['large integers stay exact', 'a: 9223372036854775807\n', { a: 9223372036854775807n }],
    ['keys become texts', '1: a\ny: b\n1.5: c\n', { 1: 'a', true: 'b', '1.5': 'c' }],
    ['explicit tags', 'a: !!str 1\nb: !!int "2"\nc: !!float 3\nd: !custom x\n', { a: '1', b: 2, c: 3, d: 'x' }],
    ['anchors', 'a: &x {b: 1}\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['merge', 'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n', { a: { b: 1, c: 2 }, d: { c: 3, b: 1 } }],
    ['merge a list', 'd:\n  <<: [{b: 1}, {b: 2, c: 3}]\n', { d: { b: 1, c: 3 } }],
    ['JSON', '{"a": [1, true, null, "x"]}', { a: [1, true, null, 'x'] }],
    ['brackets that close at the left, as go-yaml takes them',
      'a:\n  b: [\n    "x", z,  # one, [two\n    # three\n\n  ]\n  c: {\n    d: 1\n  }\ne: [\nf\n]\n',
      { a: { b: ['x', 'z'], c: { d: 1 } }, e: ['f'] }],
    ['texts of several lines in them', 'a: [\n  b\n  c,\n  "d\n  e",\n]\n', { a: ['b c', 'd e'] }],
    ['the escape of an apostrophe, which only go-yaml knows', 'a: "it\\\'s \\"x\\" \\\\\'"\n', { a: 'it\'s "x" \\\'' }],
    ['tab inside a value', 'a: "x\ty"\nb: 1\t# c\n', { a: 'x\ty', b: 1 }],
  ];
  for (const [name, text, expected] of cases) {
    it(name, () => assert.deepEqual(value(text), expected));
  }

  it('a key named __proto__ is data', () => {
    const object = value('__proto__: {a: 1}\n') as Record<string, unknown>;
    assert.ok(Object.hasOwn(object, '__proto__'));
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
  });

  it('is frozen', () => {
    const { a } = value('a: {b: [1]}') as { a: { b: number[] } };
    assert.ok(Object.isFrozen(a) && Object.isFrozen(a.b));
  });
});

describe('parseYaml: documents', () => {
  it('keeps the good documents when one is broken, with positions in the whole text', () => {
    const text = '# head\n---\na: 1\n---\nb: "x\n---\nc: *no\n---\n# nothing\n---\nd: |\n  --- not a marker\n';
    const documents = parseYaml(text);
    assert.deepEqual(documents.map((each) => each.value),
      [{ a: 1 }, undefined, undefined, null, { d: '--- not a marker\n' }]);
    assert.deepEqual(documents.map((each) => each.empty), [false, false, false, true, false]);
    assert.equal(documents[1]?.problems[0]?.message, 'line 5: the quote " opened here is never closed');
    assert.equal(documents[2]?.problems[0]?.message, "line 7: unknown anchor 'no' referenced");
    assert.equal(text.slice(documents[2]?.problems[0]?.start, documents[2]?.problems[0]?.end), '*no');
  });

  it('splits at markers and nowhere else', () => {
    const starts = (text: string): [number, number][] =>
      splitDocuments(text).map(({ startOffset, startLine }) => [startOffset, startLine]);
    assert.deepEqual(starts('a: 1\r\n---\r\nb: 2'), [[0, 1], [6, 2]]);
    assert.deepEqual(starts('\uFEFF---\na: 1\n...\n# end\n'), [[0, 1]]);
    assert.deepEqual(starts('a: 1\n...\nb: 2\n'), [[0, 1], [9, 3]]);
    assert.deepEqual(starts('%YAML 1.2\n---\na: 1\n'), [[0, 1]]);
    assert.deepEqual(starts('a: ---\n----\n---x\n'), [[0, 1]]);
    assert.deepEqual(starts('--- {a: 1}\n--- b\n'), [[0, 1], [11, 2]]);
    assert.deepEqual(starts('a: "\u2028--- x"\n'), [[0, 1]]);
    assert.deepEqual(starts(''), [[0, 1]]);
  });

  for (const text of ['', '\n\n', '# only\n# comments\n', '---\n', '---\n# x\n---\n', '\uFEFF', 'null\n', '~']) {
    it(`is empty: ${JSON.stringify(text)}`, () => {
      const documents = parseYaml(text);
      assert.equal(documents.length, 1);
      assert.equal(documents[0]?.empty, true);
      assert.equal(documents[0]?.problems[0]?.message, 'the file is empty or holds only comments');
    });
  }
});

describe('parseYaml: problems', () => {
  /** Text with the range in which the problem must be marked between « and ». */
  const cases: readonly [string, string, string][] = [
    ['tab', 'a:\n«\t»b: 1\n', 'line 2: tabs cannot be used for indentation; use spaces'],
    ['tab', 'a:\n  b: 1\n«\t\t»c: 2\n', 'line 3: tabs cannot be used for indentation; use spaces'],
    ['tab', '«\t»kind: Pod\n', 'line 1: tabs cannot be used for indentation; use spaces'],
    ['tab', 'spec:\n  containers:\n  - name: x\n«\t»image: y\n',
      'line 4: tabs cannot be used for indentation; use spaces'],
    ['unterminatedQuote', 'a: «"x»\nb: 1\n', 'line 1: the quote " opened here is never closed'],
    ['unterminatedQuote', "a: it's\n# don't\nb: «'ok»", "line 3: the quote ' opened here is never closed"],
    ['unterminatedQuote', 'a: |\n  "text\nb: «"x»\nc: 1\n', 'line 3: the quote " opened here is never closed'],
    ['unterminatedFlow', 'a: «[1, 2»\nb: 3\n', 'line 1: the bracket [ opened here is never closed'],
    ['unterminatedFlow', 'a: {x: «[1»', 'line 1: the bracket [ opened here is never closed'],
    ['unterminatedFlow', 'a: «{x: 1»\nb: 3\n', 'line 1: the bracket { opened here is never closed'],
    ['indentation', 'a:\n  b: 1\n «c: 2»\n',
      'line 3: wrong indentation: this line does not line up with the lines above it'],
    ['indentation', 'a: 1\n  «b: 2»\n',
      'line 2: wrong indentation: this line does not line up with the lines above it'],
    ['colonInValue', 'a: «b: c»\n', 'line 1: a value that contains ": " must be quoted'],
    ['missingColon', 'b: 1\n«name:nginx»\n', 'line 2: expected "key: value"; a colon followed by a space is missing'],
    ['missingColon', '«name:nginx»\nb: 1\n', 'line 1: expected "key: value"; a colon followed by a space is missing'],
    ['missingColon', 'b: 1\n«name»\nc: 2\n', 'line 2: expected "key: value"; a colon followed by a space is missing'],
    ['missingColon', 'b: 1\n«foo»', 'line 2: expected "key: value"; a colon followed by a space is missing'],
    ['missingComma', 'a: [1 2: 3«}»\n', 'line 1: expected a comma or a closing bracket between the entries of ['],
    ['reservedCharacter', 'a: «@»x\n', 'line 1: a value cannot start with @; quote it'],
    ['reservedCharacter', 'a: «`»x`\n', 'line 1: a value cannot start with `; quote it'],
    ['unexpectedContent', 'a: 1\n«- b»\n',
      'line 2: this line does not belong to the block above it; check the indentation and the dashes'],
    ['badEscape', 'a: "C:\\«W»in"\n',
      'line 1: unknown escape sequence in a double-quoted text; write \\\\ for a backslash'],
    ['nonPrintable', 'a: "«\u0001»"\n', 'line 1: the text contains a control character that YAML does not allow'],
    ['duplicateKey', 'a: 1\nb:\n  c: 1\n  d: 2\n  «c»: 3\n',
      'line 5: key "c" already set in map (first set in line 3)'],
    ['unsupportedKey', '«[a]»: 1\n', 'line 1: a key must be a text, a number or a boolean'],
    ['unknownAlias', 'a: «*x»\n', "line 1: unknown anchor 'x' referenced"],
    ['recursiveAlias', 'a: &x\n- «*x»\n', "line 2: anchor 'x' value contains itself"],
    ['badMerge', 'a: 1\n«<<: 5»\n', 'line 2: map merge requires map or sequence of maps as the value'],
    ['badTag', 'a: «!!int x»\n', 'line 1: cannot decode !!str `x` as a !!int'],
    ['unsupportedTag', 'a: «!!binary» aGk=\n',
      'line 1: the tag !!binary is not supported; write the value as base64 text'],
    ['notANumber', 'a: «.inf»\n', 'line 1: .inf cannot be stored as JSON; use a finite number or quote it'],
  ];
  for (const [code, marked, message] of cases) {
    for (const [style, prefix, newline] of [['LF', '', '\n'],
      ['BOM, CR LF and emoji', '\uFEFF# 😀\n', '\r\n']] as const) {
      it(`${code} ${JSON.stringify(marked)} ${style}`, () => {
        const text = (prefix + marked).replaceAll('\n', newline);
        const plain = text.replace(/[«»]/g, '');
        const [problem, ...more] = parseYaml(plain)[0]?.problems ?? [];
        assert.deepEqual(more, []);
        assert.equal(problem?.code, code);
        const line = Number(problem?.args['line']) - (prefix === '' ? 0 : 1);
        assert.equal(problem?.message.replace(/^line \d+/, `line ${line}`).replace(/in line 4\)/, 'in line 3)'),
          message);
        assert.deepEqual([problem?.start, problem?.end], [text.indexOf('«'), text.indexOf('»') - 1]);
      });
    }
  }

  it('reports several problems of one document', () => {
    const codes = parseYaml('a: 1\na: 2\nb: *x\nc: .nan\n')[0]?.problems.map((each) => each.code);
    assert.deepEqual([...(codes ?? [])].sort(), ['duplicateKey', 'notANumber', 'unknownAlias']);
  });
});

describe('parseYaml: limits', () => {
  const only = (text: string): string[] => 
    parseYaml(text).flatMap((each) => each.problems.map(({ message }) => message));

  it('refuses a 10 MB file with one sentence', () => {
    assert.deepEqual(only('a: 1\n'.repeat(2 * 1024 * 1024)), [
      'the text has 10.0 MiB; at most 3 MiB of YAML can be read at once',
    ]);
    assert.deepEqual(only(`a: ${'é'.repeat(1024 * 1024 * 2)}`), [
      'the text has 4.0 MiB; at most 3 MiB of YAML can be read at once',
    ]);
  });

  it('refuses 1,000 levels of nesting', () => {
    const block = Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
    for (const text of ['['.repeat(1000), '{a: '.repeat(1000), `${'- '.repeat(1000)}x\n`, block]) {
      const [message, ...more] = only(text);
      assert.match(message ?? '', /^line \d+: mappings and lists are nested more than 100 levels deep$/);
      assert.deepEqual(more, []);
    }
  });

  it('refuses nesting that only aliases make', () => {
    const text = Array.from({ length: 300 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '' : `*a${i - 1}`}]\n`).join('');
    assert.deepEqual(only(text), ['line 101: mappings and lists are nested more than 100 levels deep']);
  });

  it('refuses alias bombs without unfolding them', () => {
    const ten = (name: string): string => `[${Array.from({ length: 10 }, () => `*${name}`).join(', ')}]`;
    const lists = ['a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} ${ten('abcdefgh'.charAt(i))}`)];
    assert.deepEqual(only(`${lists.join('\n')}\n`).map((each) => each.replace(/line \d+/, 'line N')), [
      'line N: aliases in this document stand for more than 400000 values; write the values out instead',
    ]);
    const merges = ['a0: &a0 {x: 1}',
      ...Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, l: *a${i}, r: *a${i}}`)];
    assert.equal(only(`${merges.join('\n')}\n`).length, 1);
  });

  it('refuses too many documents', () => {
    assert.deepEqual(only('---\na: 1\n'.repeat(1001)),
      ['the text holds 1001 documents; at most 1000 can be read at once']);
  });
});

describe('parseYaml: positions', () => {
  const text = [
    'apiVersion: v1', 'spec:', '  containers:', '  - name: "a"', '    ports: [{containerPort: 80}, ]', '    env:',
    '    - &e', '      name: X', '    - *e', '    script: |-  # note', '      echo', '', '  empty:', '  merged:',
    '    <<: {k: v}', '',
  ];
  const cases: readonly [YamlPath, 'key' | 'value', string][] = [
    [['apiVersion'], 'value', 'v1'],
    [['apiVersion'], 'key', 'apiVersion'],
    [['spec', 'containers', 0, 'name'], 'value', '"a"'],
    [['spec', 'containers', 0, 'ports'], 'value', '[{containerPort: 80}, ]'],
    [['spec', 'containers', 0, 'ports', 0], 'value', '{containerPort: 80}'],
    [['spec', 'containers', 0, 'ports', 0, 'containerPort'], 'value', '80'],
    [['spec', 'containers', 0, 'env', 1, 'name'], 'value', 'X'],
    [['spec', 'containers', 0, 'env', 1], 'value', '*e'],
    [['spec', 'containers', 0, 'script'], 'value', '|-  # note\n      echo'],
    [['spec', 'empty'], 'value', 'empty'],
    [['spec', 'containers', 0, 'nothing', 'here'], 'value', '@0'],
    [['spec', 'containers', 0, 'image'], 'key', '@0'],
    [['spec', 'missing'], 'value', 'spec'],
    [['spec', 'merged', 'k'], 'value', 'v'],
  ];
  for (const [newline, prefix] of [['\n', ''], ['\r\n', '\uFEFF# 😀 emoji\r\n---\r\n']] as const) {
    const source = prefix + text.join(newline);
    const document = parseYaml(source)[0];
    assert.ok(document);
    for (const [path, what, expected] of cases) {
      it(`${path.join('.')} ${what} ${JSON.stringify(newline)}`, () => {
        const { start, end } = document.positionOf(path, what);
        const found = source.slice(start, end).replaceAll('\r', '');
        if (expected !== '@0') return assert.equal(found, expected);
        assert.ok(found.startsWith('name: "a"') && found.endsWith('echo'));
      });
    }
    it(`paths at offsets ${JSON.stringify(newline)}`, () => {
      const at = (needle: string): YamlPath => document.pathAt(source.indexOf(needle));
      assert.deepEqual(at('80'), ['spec', 'containers', 0, 'ports', 0, 'containerPort']);
      assert.deepEqual(at('"a"'), ['spec', 'containers', 0, 'name']);
      assert.deepEqual(at('containers'), ['spec', 'containers']);
      assert.deepEqual(at('empty'), ['spec', 'empty']);
    });
  }

  it('counts lines and columns', () => {
    const sample = 'ab\r\nc😀d\re\n';
    const places = [0, 2, 4, 7, 9, 11, 99].map((offset) => lineColumn(sample, offset));
    assert.deepEqual(places.map(({ line, column }) => `${line}:${column}`),
      ['1:1', '1:3', '2:1', '2:4', '3:1', '4:1', '4:1']);
    assert.deepEqual(lineColumn('\uFEFFa', 1), { line: 1, column: 1 });
  });
});
