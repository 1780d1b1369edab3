/** Expressions: values, errors with cel-go's texts, costs, and the functions that Kubernetes adds. */
import assert from 'node:assert/strict';
import { compileExpression, costLimits, isCompileError, toJson, type Variables } from '../../../src/api/cel/expression';
import { untyped } from '../../../src/api/cel/json-values';
import { authorizerValue } from '../../../src/api/cel/optional-library';
import * as types from '../../../src/api/cel/types';

const object = {
  name: 'web', replicas: 3, ratio: 0.5, ready: true, tags: ['b', 'a'], numbers: [3, 1, 2], labels: { app: 'web', tier: 'front' },
  nested: { deep: { value: 7 } }, big: 9_007_199_254_740_993n, nothing: null,
};
const variables: Variables = {
  self: types.dyn, n: types.int, s: types.string, authorizer: { kind: 'simple', name: 'kubernetes.authorization.Authorizer' },
};
const values: Readonly<Record<string, unknown>> = {
  self: untyped.read(object), n: 5n, s: 'hello',
  authorizer: authorizerValue(({ verb, resource }) => ({ allowed: verb === 'get' && resource === 'pods', reason: 'rbac' })),
};

function run(text: string, limit?: number) {
  const expression = compileExpression(text, variables);
  assert.ok(!isCompileError(expression), `${text}: ${isCompileError(expression) ? expression.error : ''}`);
  return expression.evaluate((name) => values[name], limit);
}

describe('CEL', () => {
  const good: readonly (readonly [string, unknown])[] = [
    ['1 + 2 * 3', 7], ['7 / 2', 3], ['-7 % 3', -1], ['7.0 / 2.0', 3.5], ['"a" + "b"', 'ab'], ['[1] + [2]', [1, 2]],
    ['1u + 2u', 3], ['0x10', 16], ['2 < 2.5', true], ['"a" < "b"', true], ['n > 3 && s == "hello"', true],
    ['self.replicas + 1', 4], ['self.nested.deep.value', 7], ['self.labels["app"]', 'web'], ['self.labels.tier', 'front'],
    ['self.big == 9007199254740993', true], ['self.big + 1 == 9007199254740994', true], ['self.nothing == null', true],
    ['has(self.name) && !has(self.other)', true], ['has(self.nested.deep)', true], ['self.numbers[0]', 3],
    ['true || self.missing', true], ['self.missing || true', true], ['false && self.missing', false],
    ['n > 3 ? "many" : "few"', 'many'], ['3 in self.numbers', true], ['"app" in self.labels', true],
    ['size(self.tags) == 2 && self.tags.size() == 2', true], ['"äöü😀".size()', 4], ['{"a": 1, "b": 2}.size()', 2],
    ['self.numbers.all(x, x > 0)', true], ['self.numbers.exists(x, x == 2)', true], ['self.numbers.exists_one(x, x > 2)', true],
    ['self.numbers.map(x, x * 2)', [6, 2, 4]], ['self.numbers.map(x, x > 1, x * 2)', [6, 4]],
    ['self.numbers.filter(x, x > 1)', [3, 2]], ['self.labels.all(k, k.size() > 2)', true],
    ['self.labels.exists(k, self.labels[k] == "web")', true], ['[1, 2].all(x, [3, 4].all(y, y > x))', true],
    ['self.numbers.all(i, v, v > 0 && i < 3)', true], ['self.labels.exists(k, v, v == "front")', true],
    ['self.numbers.existsOne(i, v, v == 1 && i == 1)', true], ['self.numbers.transformList(i, v, v + i)', [3, 2, 4]],
    ['self.numbers.transformList(i, v, i > 0, v)', [1, 2]], ['self.labels.transformMap(k, v, v + "!")', { app: 'web!', tier: 'front!' }],
    ['self.labels.transformMapEntry(k, v, {v: k})', { web: 'app', front: 'tier' }], ['cel.bind(x, n * 2, x + x)', 20],
    ['int("42") + int(3.9) + int(1u)', 46], ['string(n) + string(true) + string(1.5)', '5true1.5'], ['double("1e3")', 1000],
    ['bool("true")', true], ['type(n) == int && type("") == string && type([]) == list', true], ['dyn(1) == 1u', true],
    ['bytes("ab") == b"ab"', true], ['uint(5) == 5u', true],
    ['s.contains("ell") && s.startsWith("he") && s.endsWith("lo")', true], ['s.matches("^h.*o$")', true],
    ['matches(s, "l+")', true], ['s.charAt(1)', 'e'], ['s.indexOf("l")', 2], ['s.lastIndexOf("l")', 3], ['s.indexOf("z")', -1],
    ['"AbC".lowerAscii() + "AbC".upperAscii()', 'abcABC'], ['s.replace("l", "L")', 'heLLo'], ['s.replace("l", "L", 1)', 'heLlo'],
    ['"a,b,c".split(",")', ['a', 'b', 'c']], ['"a,b,c".split(",", 2)', ['a', 'b,c']], ['s.substring(1, 3)', 'el'],
    ['"  x ".trim()', 'x'], ['["a", "b"].join("-")', 'a-b'], ['"%s is %d, %.2f, %x".format([dyn("a"), 5, 1.5, 255])', 'a is 5, 1.50, ff'],
    ['strings.quote("a\\"b")', '"a\\"b"'], ['"a1b22".find("[0-9]+")', '1'], ['"a1b22".findAll("[0-9]+")', ['1', '22']],
    ['"a1b22c3".findAll("[0-9]+", 2)', ['1', '22']],
    ['self.numbers.isSorted()', false], ['self.numbers.sum() == 6', true], ['self.numbers.min() == 1 && self.numbers.max() == 3', true],
    ['self.tags.indexOf("a")', 1], ['[1, 2, 1].lastIndexOf(1)', 2],
    ['sets.contains([1, 2, 3], [2, 1])', true], ['sets.equivalent([1, 2], [2, 1, 1])', true], ['sets.intersects([1], [2])', false],
    ['url("https://user@example.com:8080/a/b?x=1&x=2").getHost()', 'example.com:8080'],
    ['url("https://example.com:8080/a%20b?x=1").getHostname() + url("https://example.com:8080/").getPort()', 'example.com8080'],
    ['url("https://example.com/a%20b?x=1&x=2").getQuery()', { x: ['1', '2'] }], ['url("/path").getEscapedPath()', '/path'],
    ['isURL("https://a b") || isURL("")', false],
    ['quantity("1Gi").isGreaterThan(quantity("500Mi"))', true], ['quantity("1.5").add(quantity("500m")).asInteger()', 2],
    ['quantity("50k").compareTo(quantity("50000"))', 0], ['quantity("1k") == quantity("1000")', true], ['isQuantity("1x")', false],
    ['quantity("200").sub(100).isInteger()', true], ['quantity("-5").sign()', -1],
    ['ip("192.168.0.1").family() == 4 && ip("::1").isLoopback()', true], ['isIP("1.2.3.4") && !isIP("1.2.3")', true],
    ['ip.isCanonical("2001:DB8::1")', false], ['string(ip("2001:DB8::1"))', '2001:db8::1'], ['ip("10.0.0.1").isGlobalUnicast()', true],
    ['cidr("192.168.0.0/24").containsIP("192.168.0.9")', true], ['cidr("192.168.0.0/24").containsCIDR(cidr("192.168.0.0/25"))', true],
    ['string(cidr("192.168.0.9/24").masked())', '192.168.0.0/24'], ['cidr("::/8").prefixLength()', 8], ['isCIDR("10.0.0.0/33")', false],
    ['format.dns1123Label().validate("my-label").hasValue()', false], ['format.dns1123Label().validate("No").hasValue()', true],
    ['format.named("uuid").hasValue() && !format.named("nope").hasValue()', true],
    ['semver("1.2.3").isLessThan(semver("1.10.0"))', true], ['semver("1.0.0-alpha").compareTo(semver("1.0.0"))', -1],
    ['isSemver("1.2") || !isSemver("v1.2", true)', false], ['semver("1.2.3").minor()', 2],
    ['self.?other.orValue("none")', 'none'], ['self.?nested.?deep.?value.orValue(0)', 7], ['self.numbers[?9].hasValue()', false],
    ['optional.of(1).or(optional.of(2)).value()', 1], ['optional.ofNonZeroValue("").hasValue()', false],
    ['optional.of(2).optMap(x, x * 2).value()', 4], ['optional.none().optMap(x, 1).hasValue()', false],
    ['timestamp("2024-02-29T12:30:45Z").getMonth()', 1], ['timestamp("2024-02-29T12:30:45Z").getDayOfWeek()', 4],
    ['timestamp("2024-12-31T00:00:00Z").getDayOfYear()', 365], ['timestamp("2024-01-01T23:00:00Z").getHours("+02:00")', 1],
    ['timestamp("2024-01-01T00:00:00Z") + duration("36h") == timestamp("2024-01-02T12:00:00Z")', true],
    ['string(timestamp("2024-01-02T00:00:00Z") - timestamp("2024-01-01T00:00:00Z"))', '86400s'], ['duration("1h30m").getMinutes()', 90],
    ['string(timestamp(0))', '1970-01-01T00:00:00Z'], ['string(duration("1500ms"))', '1.5s'],
    ['authorizer.group("").resource("pods").namespace("a").check("get").allowed()', true],
    ['authorizer.group("").resource("pods").check("delete").allowed()', false],
  ];
  for (const [text, wanted] of good) {
    it(text, () => {
      const outcome = run(text);
      assert.ok(outcome.ok, outcome.ok ? '' : outcome.error);
      assert.deepEqual(toJson(outcome.value), wanted);
    });
  }

  const failing: readonly (readonly [string, string])[] = [
    ['self.missing', 'no such key: missing'], ['self.numbers[9]', 'index out of bounds: 9'], ['n / 0', 'division by zero'],
    ['n % 0', 'modulus by zero'], ['9223372036854775807 + n', 'integer overflow'], ['0u - 1u', 'unsigned integer overflow'],
    ['self.name + 1', 'no such overload'], ['self.name && true', 'no such overload'], ['s.charAt(9)', 'index out of range: 9'],
    ['optional.none().value()', 'optional.none() dereference'], ['s.matches("(")', 'error parsing regexp: missing closing ): `(`'],
    ['{"a": 1, "a": 2}', 'Failed with repeated key'], ['self.numbers.all(x, self.missing > x)', 'no such key: missing'],
  ];
  for (const [text, error] of failing) {
    it(`${text} fails`, () => {
      const outcome = run(text);
      assert.equal(outcome.ok ? 'no error' : outcome.error, error);
    });
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['foo', "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo\n | ^"],
    ['n + s', "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | n + s\n | ..^"],
    ['n == "a"', "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, string)'\n | n == \"a\"\n | ..^"],
    ['s.foo', "ERROR: <input>:1:2: type 'string' does not support field selection\n | s.foo\n | .^"],
    ['n.startsWith("a")', "ERROR: <input>:1:13: found no matching overload for 'startsWith' applied to 'int.(string)'\n"
      + ' | n.startsWith("a")\n | ............^'],
    ['nope("abc")', "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(\"abc\")\n | ....^"],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    ['n.all(x, x)', "ERROR: <input>:1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or "
      + "dynamic)\n | n.all(x, x)\n | ^"],
    ['a + b', "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a + b\n | ^\n"
      + "ERROR: <input>:1:5: undeclared reference to 'b' (in container '')\n | a + b\n | ....^"],
    ['has(n)', 'ERROR: <input>:1:4: invalid argument to has() macro\n | has(n)\n | ...^'],
    ['1 ? 2 : 3', "ERROR: <input>:1:3: found no matching overload for '_?_:_' applied to '(int, int, int)'\n | 1 ? 2 : 3\n | ..^"],
    ['true &&\n n', "ERROR: <input>:1:6: found no matching overload for '_&&_' applied to '(bool, int)'\n | true &&\n | .....^"],
  ];
  for (const [text, error] of wrong) {
    it(`does not compile: ${text.replace('\n', ' ')}`, () => {
      const expression = compileExpression(text, variables);
      assert.equal(isCompileError(expression) ? expression.error : 'compiles', error);
    });
  }

  it('marks where the syntax is wrong', () => {
    const expression = compileExpression('n +', variables);
    assert.match(isCompileError(expression) ? expression.error : '', /^ERROR: <input>:1:4: Syntax error: .*\n \| n \+\n \| \.\.\.\^$/);
  });

  it('ends what costs too much', () => {
    const list = `[${Array.from({ length: 100 }, (_, i) => i).join(', ')}]`;
    const loops = `${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c >= 0)))`;
    const outcome = run(loops);
    assert.deepEqual({ ok: outcome.ok, error: outcome.ok ? '' : outcome.error },
      { ok: false, error: 'operation cancelled: actual cost limit exceeded' });
    assert.ok(outcome.cost <= costLimits.perCall + 100);
    assert.ok(!run('n == n', 1).ok);
  });

  it('matches patterns that would take for ever elsewhere', () => {
    const text = `"${'a'.repeat(5_000)}!".matches("^(a+)+$")`;
    const before = process.hrtime.bigint();
    const outcome = run(text);
    assert.equal(outcome.ok && outcome.value, false);
    assert.ok(process.hrtime.bigint() - before < 1_000_000_000n);
  });

  it('knows which variables an expression uses', () => {
    const expression = compileExpression('n > 0 && [1].all(s, s > 0)', variables);
    assert.ok(!isCompileError(expression));
    assert.deepEqual([...expression.uses], ['n']);
  });
});
