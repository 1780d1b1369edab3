import assert from 'node:assert/strict';
import { formatFloat, resolveScalar } from '../../../src/base/yaml/resolve';

describe('resolveScalar (go-yaml v2 rules)', () => {
  const cases: readonly [string, string, unknown][] = [
    ['', '!!null', null], ['~', '!!null', null], ['null', '!!null', null], ['NULL', '!!null', null],
    ['nUll', '!!str', 'nUll'],
    ['yes', '!!bool', true], ['On', '!!bool', true], ['y', '!!bool', true], ['N', '!!bool', false],
    ['off', '!!bool', false], ['FALSE', '!!bool', false], ['yEs', '!!str', 'yEs'],
    ['0', '!!int', 0], ['-0', '!!int', 0], ['+5', '!!int', 5], ['1_000', '!!int', 1000],
    ['0755', '!!int', 493], ['0o755', '!!int', 493], ['-0755', '!!int', -493], ['0x1F', '!!int', 31],
    ['0b101', '!!int', 5], ['08', '!!float', 8], ['0x', '!!str', '0x'], ['0xg', '!!str', '0xg'],
    ['9007199254740991', '!!int', 9007199254740991], ['9007199254740993', '!!int', 9007199254740993n],
    ['-9223372036854775808', '!!int', -(2n ** 63n)], ['18446744073709551615', '!!int', 2n ** 64n - 1n],
    ['18446744073709551616', '!!float', 18446744073709551616],
    ['1e3', '!!float', 1000], ['.5', '!!float', 0.5], ['5.', '!!float', 5], ['1.5e-3', '!!float', 0.0015],
    ['-.inf', '!!float', -Infinity], ['.', '!!str', '.'], ['1.2.3', '!!str', '1.2.3'], ['1:30', '!!str', '1:30'],
    ['2020-01-01', '!!timestamp', '2020-01-01'], ['2020-13-01', '!!str', '2020-13-01'],
    ['2020-01-01T10:00:00Z', '!!timestamp', '2020-01-01T10:00:00Z'], ['500m', '!!str', '500m'],
    ['<<', '!!merge', '<<'], ['-', '!!str', '-'], ['1Gi', '!!str', '1Gi'], ['1e3m', '!!str', '1e3m'],
  ];
  for (const [text, tag, value] of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(resolveScalar(text), { tag, value }));
  }

  it('prints floats as strconv does', () => {
    const floats: readonly [number, 32 | 64, string][] = [
      [0.1, 32, '0.1'], [0.1, 64, '0.1'], [1.5, 64, '1.5'], [1234567.5, 64, '1.2345675e+06'], [100000, 64, '100000'],
      [0.00001, 64, '1e-05'], [0.0001, 64, '0.0001'], [-2.5, 64, '-2.5'], [1e21, 64, '1e+21'], [123.25, 32, '123.25'],
      [1e6, 32, '1e+06'], [NaN, 64, '.nan'], [-Infinity, 64, '-.inf'],
    ];
    for (const [value, bits, text] of floats) assert.equal(formatFloat(value, bits), text);
  });
});
