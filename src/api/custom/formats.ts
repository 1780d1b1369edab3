/**
 * The text formats that a custom resource's schema may ask for. Formats outside this list are accepted and not checked,
 * as upstream strips them. Models kube-openapi's pkg/validation/strfmt with the supported formats of v1.36; email,
 * uri and host names are checked by their grammar's outline rather than by Go's parsers.
 */
import { dnsLabelProblems, dnsSubdomainProblems } from '../names';
import { base64Problem } from '../decode/go-parsers';
import { parseGoDuration } from '../duration';
import { parseIp } from '../kinds/ip-address';
import { parseTime } from '../time';

type Check = (text: string) => boolean;

const hostname =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const uuidOfVersion = (version: number): Check => {
  const variant = version === 3 ? '[0-9a-f]{4}' : '[89ab][0-9a-f]{3}';
  const pattern = new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}-?[0-9a-f]{12}$`, 'i');
  return (text) => pattern.test(text);
};
const of = (pattern: RegExp): Check => (text) => pattern.test(text);

const durationWords =
  /^(\d+(?:\.\d+)?)\s*(ns|nanos?|us|micros?|µs|ms|millis?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/i;

const formats: Readonly<Record<string, Check>> = {
  bsonobjectid: of(/^[0-9a-fA-F]{24}$/),
  uri: isRequestUri,
  email: of(/^(?:[^<>@"\s]+(?:\s+[^<>@"\s]+)*\s+)?<?[^\s@<>(),:;\\"[\]]{1,256}@[^\s@<>(),:;\\"]{1,256}>?$/),
  hostname: (text) => text.length <= 255 && hostname.test(text),
  ipv4: (text) => parseIp(text) !== undefined && !text.includes(':'),
  ipv6: (text) => parseIp(text) !== undefined && text.includes(':'),
  cidr: isCidr,
  mac: of(
    /^(?:[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?::[0-9a-f]{2}){7}|(?::[0-9a-f]{2}){19}|(?:-[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){7}|(?:-[0-9a-f]{2}){19})|[0-9a-f]{4}(?:(?:\.[0-9a-f]{4}){2}|(?:\.[0-9a-f]{4}){3}|(?:\.[0-9a-f]{4}){9}))$/i,
  ),
  uuid: of(uuid),
  uuid3: uuidOfVersion(3),
  uuid4: uuidOfVersion(4),
  uuid5: uuidOfVersion(5),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: of(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: of(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: of(
    /^rgb\(\s*(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*,\s*(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*,\s*(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*\)$/,
  ),
  byte: (text) => base64Problem(text) === undefined,
  password: () => true,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined,
  duration: (text) => parseGoDuration(text) !== undefined || durationWords.test(text.trim()),
  datetime: isDateTime,
  'k8s-short-name': (text) => dnsLabelProblems(text).length === 0,
  'k8s-long-name': (text) => dnsSubdomainProblems(text).length === 0,
};

/** Whether a text has the format; a format that is not supported is had by every text. `date-time` is `datetime`. */
export function hasFormat(format: string, text: string): boolean {
  const check = formatCheck(format);
  return check === undefined || check(text);
}

/** Whether the format is one that is checked. */
export function isSupportedFormat(format: string): boolean {
  return formatCheck(format) !== undefined;
}

function formatCheck(format: string): Check | undefined {
  if (Object.hasOwn(formats, format)) return formats[format];
  const plain = format.replaceAll('-', '');
  return Object.hasOwn(formats, plain) ? formats[plain] : undefined;
}

/** net/url.ParseRequestURI: an absolute URI or an absolute path. */
export function isRequestUri(text: string): boolean {
  if (text === '' || /[\u0000-\u001f\u007f ]/.test(text)) return false;
  if (/%(?![0-9a-fA-F]{2})/.test(text.split('?', 1)[0] ?? '')) return false;
  if (text.startsWith('/')) return true;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text);
  if (scheme === null) return false;
  const rest = text.slice(scheme[0].length);
  if (!rest.startsWith('//')) return true;
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return /^(?:\[[0-9a-fA-F:.%]+\]|[^:[\]<>"\\^`{|}]*)(?::\d*)?$/.test(host);
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const ip = parseIp(address);
  if (ip === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) <= (address.includes(':') ? 128 : 32);
}

const dateTime =
  /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?$/;

function isDateTime(text: string): boolean {
  if (!dateTime.test(text)) return false;
  const [, date = '', time = ''] = /^(.{10}).(\d{2}:\d{2}(?::\d{2})?)/.exec(text) ?? [];
  return parseTime(`${date}T${time.length === 5 ? `${time}:00` : time}Z`) !== undefined;
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < 10; i += 1) sum += (i + 1) * (digits[i] === 'X' ? 10 : Number(digits[i]));
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < 13; i += 1) sum += (i % 2 === 0 ? 1 : 3) * Number(digits[i]);
  return sum % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/\D+/g, '');
  if (
    !/^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/.test(
      digits,
    )
  )
    return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
