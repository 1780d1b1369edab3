/** Points in time as descriptions print them: Go's time.RFC1123Z, always in UTC. */
import { timeMs } from '../../../api/time';

const weekdays = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const msPerDay = 86_400_000;

/** What Go prints for a time that was never set. */
const zeroTime = 'Mon, 01 Jan 0001 00:00:00 +0000';

/** `2026-01-02T15:04:05Z` as `Fri, 02 Jan 2026 15:04:05 +0000`; a missing time as Go's zero time. */
export function dateText(time: string | undefined): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(time ?? '');
  if (time === undefined || parts === null) return zeroTime;
  const [, year = '', month = '', day = '', clock = ''] = parts;
  // The epoch was a Thursday; days before it count backwards.
  const weekday = weekdays[((Math.floor(timeMs(time) / msPerDay) % 7) + 7) % 7] ?? '';
  return `${weekday}, ${day} ${months[Number(month) - 1] ?? ''} ${year} ${clock} +0000`;
}
