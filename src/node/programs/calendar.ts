/** Dates as programs print them: `date`, access logs, HTTP. Times are UTC, as in containers without a zone. */
import { formatTime } from '../../api/time';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthsInFull = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
  'December',
];
const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const daysInFull = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly weekday: number;
}

function partsOf(wallMs: number): Parts {
  const text = formatTime(wallMs);
  const days = Math.floor(wallMs / 86_400_000);
  return {
    year: text.slice(0, 4), month: text.slice(5, 7), day: text.slice(8, 10),
    hour: text.slice(11, 13), minute: text.slice(14, 16), second: text.slice(17, 19),
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** `Tue Mar  4 09:05:06 UTC 2025`, as busybox and coreutils print it in the C locale. */
export function formatDate(wallMs: number): string {
  return strftime('%a %b %e %H:%M:%S UTC %Y', wallMs);
}

/** `04/Mar/2025:09:05:06 +0000`, as web servers log it. */
export function formatLogTime(wallMs: number): string {
  return strftime('%d/%b/%Y:%H:%M:%S +0000', wallMs);
}

/** `Tue, 04 Mar 2025 09:05:06 GMT`, as HTTP has it. */
export function httpDate(wallMs: number): string {
  return strftime('%a, %d %b %Y %T GMT', wallMs);
}

/** The time by a format of strftime(3); a conversion that is not known stays as written. */
export function strftime(format: string, wallMs: number): string {
  const at = partsOf(wallMs);
  return format.replace(/%([A-Za-z%])/g, (whole, letter: string) => conversion(letter, at, wallMs) ?? whole);
}

function conversion(letter: string, at: Parts, wallMs: number): string | undefined {
  const month = Number(at.month) - 1;
  switch (letter) {
    case 'Y': return at.year;
    case 'y': return at.year.slice(2);
    case 'm': return at.month;
    case 'd': return at.day;
    case 'e': return String(Number(at.day)).padStart(2);
    case 'H': return at.hour;
    case 'I': return String((Number(at.hour) + 11) % 12 + 1).padStart(2, '0');
    case 'M': return at.minute;
    case 'S': return at.second;
    case 'p': return Number(at.hour) < 12 ? 'AM' : 'PM';
    case 'N': return `${String(Math.floor(wallMs) % 1000).padStart(3, '0')}000000`;
    case 's': return String(Math.floor(wallMs / 1000));
    case 'a': return dayNames[at.weekday];
    case 'A': return daysInFull[at.weekday];
    case 'u': return String(at.weekday === 0 ? 7 : at.weekday);
    case 'w': return String(at.weekday);
    case 'b': case 'h': return monthNames[month];
    case 'B': return monthsInFull[month];
    case 'F': return `${at.year}-${at.month}-${at.day}`;
    case 'T': return `${at.hour}:${at.minute}:${at.second}`;
    case 'R': return `${at.hour}:${at.minute}`;
    case 'D': return `${at.month}/${at.day}/${at.year.slice(2)}`;
    case 'c': return strftime('%a %b %e %T %Y', wallMs);
    case 'Z': return 'UTC';
    case 'z': return '+0000';
    case 'n': return '\n';
    case 't': return '\t';
    case '%': return '%';
    default: return undefined;
  }
}
