/** Schedules in cron's form, with robfig/cron's complaints. */
import assert from 'node:assert/strict';
import { isCronError, parseCron } from '../../../src/api/cron';
import { isTimeZone } from '../../../src/api/time-zones';

describe('cron schedules', () => {
  const complaints: readonly (readonly [string, string])[] = [
    ['', 'empty spec string'],
    ['* *', 'expected exactly 5 fields, found 2: [* *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['99999999999999999999 * * * *', 'failed to parse int from 99999999999999999999: '
      + 'strconv.Atoi: parsing "99999999999999999999": value out of range'],
    ['@never', 'unrecognized descriptor: @never'],
    ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
    ['TZ=Nowhere 0 0 * * *', 'provided bad location Nowhere: unknown time zone Nowhere'],
  ];
  for (const [text, error] of complaints) {
    it(`${text || 'nothing'}: ${error}`, () => assert.deepEqual(parseCron(text), { error }));
  }

  it('are read into sets', () => {
    const schedule = parseCron('CRON_TZ=Europe/Berlin 0,30/15 8-10 * jan-MAR mon,5');
    assert.ok(!isCronError(schedule) && schedule.form === 'fields');
    assert.deepEqual([...schedule.minutes], [0, 30, 45]);
    assert.deepEqual([...schedule.hours], [8, 9, 10]);
    assert.deepEqual([...schedule.months], [1, 2, 3]);
    assert.deepEqual([...schedule.daysOfWeek], [1, 5]);
    const { anyDayOfMonth, anyDayOfWeek, timeZone } = schedule;
    assert.deepEqual([anyDayOfMonth, anyDayOfWeek, timeZone], [true, false, 'Europe/Berlin']);
  });

  it('have descriptors', () => {
    assert.deepEqual(parseCron('@hourly'), parseCron('0 * * * *'));
    assert.deepEqual(parseCron('@every 1h30m'), { form: 'interval', seconds: 5400 });
  });

  it('know time zones by their exact names', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'America/Indiana/Knox', 'Etc/GMT+5']) assert.ok(isTimeZone(name), name);
    for (const name of ['utc', 'Europe', 'localtime', '']) assert.ok(!isTimeZone(name), name);
  });
});
