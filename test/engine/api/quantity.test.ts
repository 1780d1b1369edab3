import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addQuantities, canonicalQuantity, compareQuantities, formatQuantity, isQuantityError, milliQuantity, parseQuantity,
  quantity, quantityFormatError, quantityMillis, quantityOf, quantityValue, subtractQuantities,
} from '../../../src/api/quantity';

describe('quantities', () => {
  const canonical: readonly (readonly [string, string])[] = [
    ['0', '0'], ['100m', '100m'], ['0.5', '500m'], ['0.1', '100m'], ['1000m', '1'], ['2', '2'], ['1500m', '1500m'],
    ['1.5', '1500m'], ['1.5Gi', '1536Mi'], ['1024Mi', '1Gi'], ['1536Mi', '1536Mi'], ['512', '512'], ['1024', '1024'],
    ['1000Ki', '1000Ki'], ['1Ki', '1Ki'], ['0.5Ki', '512'], ['0.1Mi', '104857600m'], ['1000k', '1M'], ['12e6', '12e6'],
    ['12E6', '12E6'], ['1000e3', '1e6'], ['1e3', '1e3'], ['.5', '500m'], ['5.', '5.'], ['-1', '-1'], ['+5', '+5'],
    ['8Ei', '9223372036854775807'], ['1E', '1E'], ['0.9n', '1n'], ['100n', '100n'], ['1.2345', '1234500u'],
    ['1.500', '1.500'], ['0.500', '500m'], ['m', '0'], ['1000E', '1e21'], ['64Mi', '64Mi'], ['0Mi', '0'], ['1e-3',
      '1e-3'],
  ];
  for (const [text, expected] of canonical) {
    it(`stores ${text} as ${expected}`, () => assert.equal(canonicalQuantity(text), expected));
  }

  const suffix = "unable to parse quantity's suffix";
  const refused: readonly (readonly [string, string])[] = [
    ['', quantityFormatError], ['abc', quantityFormatError], ['1.2.3', quantityFormatError], ['1 Gi',
      quantityFormatError],
    ['one', quantityFormatError], ['1Gib', quantityFormatError], ['100mm', suffix], ['1GiGi', suffix], ['5-3', suffix],
    ['1Kim', suffix], ['1e', suffix], ['__proto__', quantityFormatError], ['1\n', quantityFormatError],
  ];
  for (const [text, error] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.deepEqual(parseQuantity(text), { error }));
  }

  it('gives whole units and thousandths, rounded up', () => {
    assert.equal(quantityMillis('250m'), 250);
    assert.equal(quantityMillis('1.5'), 1500);
    assert.equal(quantityMillis('1u'), 1);
    assert.equal(quantityValue('1Gi'), 1024 ** 3);
    assert.equal(quantityValue('100m'), 1);
    assert.equal(quantityValue('-1500m'), -2);
    assert.equal(quantityValue(110), 110);
  });

  it('adds, subtracts and compares exactly, in the format of the first', () => {
    assert.equal(formatQuantity(addQuantities(quantity('1Gi'), quantity('512Mi'))), '1536Mi');
    assert.equal(formatQuantity(addQuantities(quantity('0'), quantity('512Mi'))), '512Mi');
    assert.equal(formatQuantity(subtractQuantities(quantity('1'), quantity('100m'))), '900m');
    assert.equal(formatQuantity(milliQuantity(2500)), '2500m');
    assert.equal(formatQuantity(quantityOf(2048, 'BinarySI')), '2Ki');
    assert.ok(compareQuantities(quantity('1Gi'), quantity('1G')) > 0);
    assert.equal(compareQuantities(quantity('1'), quantity('1000m')), 0);
  });

  it('reads back what it prints', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      fc.constantFrom('DecimalSI' as const, 'DecimalExponent' as const), (nanos, format) => {
        const text = formatQuantity({ nanos, format });
        const back = parseQuantity(text);
        assert.ok(!isQuantityError(back));
        assert.equal(back.nanos, nanos);
        assert.equal(formatQuantity(back), text);
      }));
  });

  it('reads any text in time linear in its length', () => {
    const text = `${'0'.repeat(50_000)}${'1'.repeat(50_000)}x`;
    assert.deepEqual(parseQuantity(text), { error: quantityFormatError });
  });
});
