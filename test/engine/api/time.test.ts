import assert from 'node:assert/strict';
import fc from 'fast-check';
import { goDuration, humanDuration, parseGoDuration } from '../../../src/api/duration';
import { formatMicroTime, formatTime, parseTime } from '../../../src/api/time';

describe('times', () => {
  it('agrees with the platform over ten thousand years', () => {
    fc.assert(fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      const expected = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
      assert.equal(formatTime(seconds * 1000), expected);
      assert.equal(parseTime(expected), seconds * 1000);
    }));
  });

  const read: readonly (readonly [string, number | undefined])[] = [
    ['1970-01-01T00:00:00Z', 0], ['1970-01-01T01:00:00+01:00', 0], ['1970-01-01T00:00:00.25Z', 250],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000], ['2023-02-29T00:00:00Z', undefined], ['2023-13-01T00:00:00Z',
      undefined],
    ['2023-01-01', undefined], ['2023-01-01T00:00:00', undefined], ['', undefined], ['2023-01-01T24:00:00Z', undefined],
  ];
  for (const [text, ms] of read) it(`reads ${text} as ${ms}`, () => assert.equal(parseTime(text), ms));

  it('prints microseconds', () => {
    assert.equal(formatMicroTime(1.5), '1970-01-01T00:00:00.001500Z');
    assert.equal(formatMicroTime(999.9999), '1970-01-01T00:00:00.999999Z');
    assert.equal(formatTime(999), '1970-01-01T00:00:00Z');
  });
});

describe('durations', () => {
  const s = 1000;
  const m = 60 * s;
  const h = 60 * m;
  const d = 24 * h;
  const human: readonly (readonly [number, string])[] = [
    [-2 * s, '<invalid>'], [-s, '0s'], [0, '0s'], [78 * s, '78s'], [119 * s, '119s'], [2 * m, '2m'], [123 * s, '2m3s'],
    [10 * m + 5 * s, '10m'], [179 * m, '179m'], [3 * h, '3h'], [3 * h + 5 * m, '3h5m'], [9 * h + 5 * m, '9h'],
    [47 * h, '47h'], [48 * h, '2d'], [53 * h, '2d5h'], [8 * d, '8d'], [729 * d, '729d'], [730 * d, '2y'],
    [735 * d, '2y5d'], [3000 * d, '8y'],
  ];
  for (const [ms, text] of human) it(`shows ${ms} ms as ${text}`, () => assert.equal(humanDuration(ms), text));

  const go: readonly (readonly [number, string])[] = [
    [0, '0s'], [1.5, '1.5ms'], [1500, '1.5s'], [90_000, '1m30s'], [3_600_000, '1h0m0s'], [-250, '-250ms'],
  ];
  for (const [ms, text] of go) {
    it(`writes ${ms} ms as ${text}`, () => {
      assert.equal(goDuration(ms), text);
      assert.equal(parseGoDuration(text), ms);
    });
  }
  it('refuses what is no duration', () => {
    for (const text of ['', '5', 's', '1x', '1h x']) assert.equal(parseGoDuration(text), undefined);
  });
});
