/** JSON as Go reads and writes it. */
import assert from 'node:assert/strict';
import { isJsonMistake, parseJson } from '../../../src/base/json';
import { encodeJson, encodeJsonIndented } from '../../../src/base/json-write';

describe('JSON', () => {
  const values = [
    'null', 'true', 'false', '0', '-1', '1.5', '1e3', '-2.5E-3', '""', '"a\\n\\u00e4\\ud83d\\ude00"', '[]', '{}',
    ' [1, 2 , [3]] ', '{"a":{"b":[1,{"c":null}]},"d":"e"}', '\t\n\r {"x" : 1 } ', '9007199254740991',
  ];
  for (const text of values) {
    it(`reads ${text.trim()}`, () => {
      const read = parseJson(text);
      assert.ok(!isJsonMistake(read));
      assert.deepEqual(read.value, JSON.parse(text));
      assert.deepEqual(read.duplicates, []);
    });
  }

  const mistakes: readonly (readonly [text: string, error: string])[] = [
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['[1,', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['[1,]', 'invalid character \']\' looking for beginning of value'],
    ['{"a":1,}', 'invalid character \'}\' looking for beginning of object key string'],
    ['{a:1}', 'invalid character \'a\' looking for beginning of object key string'],
    ['{"a" 1}', 'invalid character \'1\' after object key'],
    ['{"a":1 "b"}', 'invalid character \'"\' after object key:value pair'],
    ['[1 2]', 'invalid character \'2\' after array element'],
    ['1 2', 'invalid character \'2\' after top-level value'],
    ['01', 'invalid character \'1\' after top-level value'],
    ['-', 'unexpected end of JSON input'],
    ['-x', 'invalid character \'x\' in numeric literal'],
    ['1.', 'unexpected end of JSON input'],
    ['1.x', 'invalid character \'x\' after decimal point in numeric literal'],
    ['1ex', 'invalid character \'x\' in exponent of numeric literal'],
    ['tru', 'unexpected end of JSON input'],
    ['trux', 'invalid character \'x\' in literal true (expecting \'e\')'],
    ['"\\x"', 'invalid character \'x\' in string escape code'],
    ['"\\u12g4"', 'invalid character \'g\' in \\u hexadecimal character escape'],
    ['"a\nb"', 'invalid character \'\\n\' in string literal'],
    ['\'a\'', 'invalid character \'\\\'\' looking for beginning of value'],
    ['é', 'invalid character \'Ã\' looking for beginning of value'],
    [`${'['.repeat(1_001)}`, 'invalid character \'[\' exceeded max depth'],
  ];
  for (const [text, error] of mistakes) {
    it(`refuses ${JSON.stringify(text).slice(0, 30)}: ${error}`, () => {
      const read = parseJson(text);
      assert.ok(isJsonMistake(read));
      assert.equal(read.error, error);
    });
  }

  it('tells where keys appear twice, and takes the last', () => {
    const read = parseJson('{"a":[{"b":1,"b":2}],"c":{"d":{},"d":3},"a":4}');
    assert.ok(!isJsonMistake(read));
    assert.deepEqual(read.duplicates, ['a[0].b', 'c.d', 'a']);
    assert.deepEqual(read.value, { a: 4, c: { d: 3 } });
  });

  it('keeps 64-bit integers, and no more', () => {
    const read = parseJson('[9007199254740993,-9223372036854775808,9223372036854775808]');
    assert.ok(!isJsonMistake(read));
    assert.deepEqual(read.value, [9007199254740993n, -9223372036854775808n, 9223372036854775808]);
    assert.equal(encodeJson({ a: [9007199254740993n], b: undefined, c: '<' }), '{"a":[9007199254740993],"c":"\\u003c"}');
    assert.equal(encodeJsonIndented({ a: [1n, {}], b: [] }), '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}');
  });

  it('makes __proto__ a key like any other', () => {
    const read = parseJson('{"__proto__":{"polluted":true}}');
    assert.ok(!isJsonMistake(read));
    assert.equal(Object.getPrototypeOf(read.value), Object.prototype);
    assert.equal(encodeJson(read.value), '{"__proto__":{"polluted":true}}');
  });

  it('replaces lone surrogates and bytes that are no UTF-8', () => {
    const read = parseJson('"a\\ud800b"');
    assert.ok(!isJsonMistake(read));
    assert.equal(read.value, 'a\ufffdb');
    const bytes = parseJson(new Uint8Array([0x22, 0xff, 0xfe, 0x22]));
    assert.ok(!isJsonMistake(bytes));
    assert.equal(bytes.value, '\ufffd\ufffd');
  });
});
