import assert from 'node:assert/strict';
import * as names from '../../../src/api/names';

const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
  + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
  + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
  + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
  + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
  + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
  + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('names', () => {
  const cases: readonly (readonly [string, (text: string) => readonly string[], string, readonly string[]])[] = [
    ['label', names.dnsLabelProblems, 'web-1', []],
    ['label', names.dnsLabelProblems, 'Web', [label]],
    ['label', names.dnsLabelProblems, 'a.b', ['must not contain dots']],
    ['label', names.dnsLabelProblems, 'a'.repeat(64), ['must be no more than 63 bytes']],
    ['subdomain', names.dnsSubdomainProblems, 'a.b-c.d', []],
    ['subdomain', names.dnsSubdomainProblems, 'MyApp', [subdomain]],
    ['subdomain', names.dnsSubdomainProblems, 'a..b', [subdomain]],
    ['subdomain', names.dnsSubdomainProblems, '', [subdomain]],
    ['label value', names.labelValueProblems, '', []],
    ['label value', names.labelValueProblems, 'v1.2_3-x', []],
    ['label value', names.labelValueProblems, '-x', [labelValue]],
    ['qualified name', names.qualifiedNameProblems, 'example.com/MyName', []],
    ['qualified name', names.qualifiedNameProblems, '/x', ['prefix part must be non-empty']],
    ['port name', names.portNameProblems, 'http', []],
    ['port name', names.portNameProblems, '80', ['must contain at least one letter (a-z)']],
    ['port name', names.portNameProblems, '-a--b-', [
      'must not contain consecutive hyphens', 'must not begin or end with a hyphen']],
    ['port number', (text) => names.portNumberProblems(Number(text)), '0', ['must be between 1 and 65535, inclusive']],
    ['config key', names.configMapKeyProblems, '..x', ["must not start with '..'"]],
    ['path segment', names.pathSegmentProblems, 'system:node', []],
    ['path segment', names.pathSegmentProblems, 'a/b%c', ["may not contain '/'", "may not contain '%'"]],
    ['path segment', names.pathSegmentProblems, '..', ["may not be '..'"]],
    ['environment variable', names.envVarNameProblems, 'a b.c', []],
  ];
  for (const [what, check, text, expected] of cases) {
    it(`${what} ${JSON.stringify(text.slice(0, 20))}`, () => assert.deepEqual(check(text), expected));
  }

  it('explains a qualified name with too many slashes', () => {
    const [problem = ''] = names.qualifiedNameProblems('a/b/c');
    assert.match(problem, /^a qualified name must consist of .* with an optional DNS subdomain prefix and '\/'/);
  });

  it('lets a generateName end in a dash', () => {
    assert.deepEqual(names.nameProblems('dnsSubdomain', 'web-', true), []);
    assert.equal(names.nameProblems('dnsSubdomain', 'web-').length, 1);
  });

  it('answers for a hostile text at once', () => {
    const hostile = `${'a-'.repeat(50_000)}!`;
    for (const check of [names.dnsLabelProblems, names.dnsSubdomainProblems, names.qualifiedNameProblems]) {
      assert.ok(check(hostile).length > 0);
    }
    assert.ok(names.labelValueProblems(`${'a.'.repeat(50_000)}`).length > 0);
    assert.ok(names.dnsSubdomainProblems(`${'a.'.repeat(50_000)}`).length > 0);
  });
});
