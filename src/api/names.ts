/**
 * The shapes of names, label keys and values, and ports, with the messages of apimachinery's pkg/util/validation.
 * A check returns the messages of everything that is wrong, in upstream's order; an empty list is a valid text. All
 * expressions run in time linear in the text, so that a hostile name cannot stall the engine.
 */
import type { NameRule } from './kind';

const dns1123LabelText = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123SubdomainText = `${dns1123LabelText}(\\.${dns1123LabelText})*`;
const dns1035LabelText = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcardText = `\\*\\.${dns1123SubdomainText}`;
const qualifiedNameText = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueText = `(${qualifiedNameText})?`;
const configMapKeyText = '[-._a-zA-Z0-9]+';
const percentText = '[0-9]+%';
const cIdentifierText = '[A-Za-z_][A-Za-z0-9_]*';
const httpHeaderText = '[-A-Za-z0-9]+';

const dns1123Label = whole(dns1123LabelText);
const dns1123Subdomain = whole(dns1123SubdomainText);
const dns1035Label = whole(dns1035LabelText);
const wildcard = whole(wildcardText);
// The first alternative of the published expression may backtrack over its own last character only: still linear.
const qualifiedNamePart = whole(qualifiedNameText);
const labelValue = whole(labelValueText);
const configMapKey = whole(configMapKeyText);
const percent = whole(percentText);
const cIdentifier = whole(cIdentifierText);
const httpHeader = whole(httpHeaderText);

/** Longest DNS label, and longest name part of a qualified name and longest label value, in bytes. */
export const maxLabelBytes = 63;
/** Longest DNS subdomain, in bytes. */
export const maxSubdomainBytes = 253;

/** `must be no more than 63 bytes`. */
export function maxLengthMessage(maxBytes: number): string {
  return `must be no more than ${maxBytes} bytes`;
}

/** `must be between 1 and 65535, inclusive`. */
export function rangeMessage(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

/** A DNS label of RFC 1123: IsDNS1123Label. */
export function dnsLabelProblems(text: string): readonly string[] {
  const problems = lengthProblems(text, maxLabelBytes);
  if (dns1123Label.test(text)) return problems;
  if (dns1123Subdomain.test(text)) return [...problems, 'must not contain dots'];
  const message = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    + 'and must start and end with an alphanumeric character';
  return [...problems, patternMessage(message, dns1123LabelText, ['my-name', '123-abc'])];
}

/** A DNS subdomain of RFC 1123: IsDNS1123Subdomain. */
export function dnsSubdomainProblems(text: string): readonly string[] {
  const problems = lengthProblems(text, maxSubdomainBytes);
  if (dns1123Subdomain.test(text)) return problems;
  const message = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    + 'and must start and end with an alphanumeric character';
  return [...problems, patternMessage(message, dns1123SubdomainText, ['example.com'])];
}

/** A DNS label of RFC 1035, which starts with a letter: IsDNS1035Label. */
export function dns1035LabelProblems(text: string): readonly string[] {
  const problems = lengthProblems(text, maxLabelBytes);
  if (dns1035Label.test(text)) return problems;
  const message = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    + 'start with an alphabetic character, and end with an alphanumeric character';
  return [...problems, patternMessage(message, dns1035LabelText, ['my-name', 'abc-123'])];
}

/** `*.` and a DNS subdomain: IsWildcardDNS1123Subdomain. */
export function wildcardSubdomainProblems(text: string): readonly string[] {
  const problems = lengthProblems(text, maxSubdomainBytes);
  if (wildcard.test(text)) return problems;
  const message = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
    + "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...problems, patternMessage(message, wildcardText, ['*.example.com'])];
}

/** A label key, or any name with an optional `prefix/`: IsQualifiedName. */
export function qualifiedNameProblems(text: string): readonly string[] {
  const message = "must consist of alphanumeric characters, '-', '_' or '.', "
    + 'and must start and end with an alphanumeric character';
  const pattern = patternMessage(message, qualifiedNameText, ['MyName', 'my.name', '123-abc']);
  const parts = text.split('/');
  if (parts.length > 2) {
    return [`a qualified name ${pattern} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    const found = prefix === '' ? ['must be non-empty'] : dnsSubdomainProblems(prefix);
    problems.push(...found.map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...lengthProblems(name, maxLabelBytes).map((problem) => `name part ${problem}`));
  if (!qualifiedNamePart.test(name)) problems.push(`name part ${pattern}`);
  return problems;
}

/** A label value, which may be empty: IsValidLabelValue. */
export function labelValueProblems(text: string): readonly string[] {
  const problems = lengthProblems(text, maxLabelBytes);
  if (labelValue.test(text)) return problems;
  const message = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    + 'and must start and end with an alphanumeric character';
  return [...problems, patternMessage(message, labelValueText, ['MyValue', 'my_value', '12345'])];
}

/** A key of a ConfigMap or Secret: IsConfigMapKey. */
export function configMapKeyProblems(text: string): readonly string[] {
  const problems = [...lengthProblems(text, maxSubdomainBytes)];
  if (!configMapKey.test(text)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(patternMessage(message, configMapKeyText, ['key.name', 'KEY_NAME', 'key-name']));
  }
  return [...problems, ...parentFolderProblems(text)];
}

/** A name of an environment variable, as v1.34 relaxed it: IsRelaxedEnvVarName. */
export function envVarNameProblems(text: string): readonly string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A C identifier: IsCIdentifier. */
export function cIdentifierProblems(text: string): readonly string[] {
  if (cIdentifier.test(text)) return [];
  const message = "a valid C identifier must start with alphabetic character or '_', "
    + "followed by a string of alphanumeric characters or '_'";
  return [patternMessage(message, cIdentifierText, ['my_name', 'MY_NAME', 'MyName'])];
}

/** A name of an HTTP header: IsHTTPHeaderName. */
export function httpHeaderNameProblems(text: string): readonly string[] {
  if (httpHeader.test(text)) return [];
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [patternMessage(message, httpHeaderText, ['X-Header-Name'])];
}

/** A port number: IsValidPortNum. */
export function portNumberProblems(port: number): readonly string[] {
  return port >= 1 && port <= 65_535 ? [] : [rangeMessage(1, 65_535)];
}

/** A port's name, an IANA service name: IsValidPortName. */
export function portNameProblems(text: string): readonly string[] {
  const problems = [...lengthProblems(text, 15)];
  if (!/^[-a-z0-9]+$/.test(text)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** A percentage such as `25%`: IsValidPercent. */
export function percentProblems(text: string): readonly string[] {
  if (percent.test(text)) return [];
  const message = "a valid percent string must be a numeric string followed by an ending '%'";
  return [patternMessage(message, percentText, ['1%', '93%'])];
}

/** A name that stands in a URL path: path.ValidatePathSegmentName; a prefix may be `.` or `..`. */
export function pathSegmentProblems(text: string, isPrefix = false): readonly string[] {
  if (!isPrefix && (text === '.' || text === '..')) return [`may not be '${text}'`];
  return ['/', '%'].filter((illegal) => text.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
}

/**
 * The problems of an object's name under its kind's rule. `isPrefix` checks a generateName, which may end in a dash
 * because more follows.
 */
export function nameProblems(rule: NameRule, name: string, isPrefix = false): readonly string[] {
  if (rule === 'pathSegment') return pathSegmentProblems(name, isPrefix);
  const masked = isPrefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
  switch (rule) {
    case 'dnsLabel':
      return dnsLabelProblems(masked);
    case 'dns1035Label':
      return dns1035LabelProblems(masked);
    case 'dnsSubdomain':
      return dnsSubdomainProblems(masked);
  }
}

/** Length of a text in UTF-8 bytes, which is what upstream's limits count. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function lengthProblems(text: string, maxBytes: number): readonly string[] {
  return byteLength(text) > maxBytes ? [maxLengthMessage(maxBytes)] : [];
}

/** A complaint with examples of what is right: RegexError. */
export function patternMessage(message: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

function parentFolderProblems(text: string): readonly string[] {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}
