import assert from 'node:assert/strict';
import {
  everything, exactMatch, fieldSelectorText, formatLabelSelector, isSelectorError, labelSelectorErrors, matchesFields,
  matchesLabels, nothing, parseFieldSelector, parseLabelSelector, selectorOf, selectorText,
} from '../../../src/api/selectors';
import type { Selector } from '../../../src/api/selectors';
import { errorText } from '../../../src/api/field-errors';

function selector(text: string): Selector {
  const parsed = parseLabelSelector(text);
  assert.ok(!isSelectorError(parsed), `${text}: ${JSON.stringify(parsed)}`);
  return parsed;
}

describe('label selectors', () => {
  const printed: readonly (readonly [string, string])[] = [
    ['', ''], ['app=web', 'app=web'], ['b=1,a==2', 'a==2,b=1'], ['x in (foo,,baz),y,z notin ()',
      'x in (,baz,foo),y,z notin ()'],
    ['!old', '!old'], [' x > 5 , y<3 ', 'x>5,y<3'], ['x!=', 'x!='], ['in in (in,notin)', 'in in (in,notin)'],
      ['x in (,)', 'x in ()'],
  ];
  for (const [text, expected] of printed) {
    it(`reads ${text} as ${expected}`, () => assert.equal(selectorText(selector(text)), expected));
  }

  const operators = 'in, notin, =, ==, !=, gt, lt';
  const refused: readonly (readonly [string, string])[] = [
    ['x a', `unable to parse requirement: found 'a', expected: ${operators}`],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['x=a b', "found 'b', expected: ',' or 'end of string'"],
    ['x,', "found '', expected: identifier after ','"],
    ['x in a', "unable to parse requirement: found 'a' expected: '('"],
    ['x in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['x=(', "unable to parse requirement: found '(', expected: identifier"],
    ['x>a', 'unable to parse requirement: values[0]: Invalid value: "a": '
      + "for 'Gt', 'Lt' operators, the value must be an integer"],
  ];
  for (const [text, error] of refused) {
    it(`refuses ${text}`, () => assert.deepEqual(parseLabelSelector(text), { error }));
  }

  it('names a bad key as upstream does', () => {
    const parsed = parseLabelSelector('-a=b');
    assert.ok(isSelectorError(parsed));
    assert.match(parsed.error, /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/);
  });

  const matching: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ['app=web', { app: 'web' }, true], ['app=web', {}, false], ['app!=web', {}, true], ['app notin (a,b)',
      { app: 'c' }, true],
    ['app in (a,b)', { app: 'b' }, true], ['app', { app: '' }, true], ['!app', { app: '' }, false], ['n>5', { n: '6' },
      true],
    ['n>5', { n: 'x' }, false], ['n<5', { n: '4' }, true], ['constructor', {}, false], ['a=1,b=2', { a: '1' }, false],
  ];
  for (const [text, labels, expected] of matching) {
    it(`${text} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(labels)}`, () => {
      assert.equal(matchesLabels(selector(text), labels), expected);
    });
  }

  it('reads the object form', () => {
    assert.equal(selectorOf(undefined), nothing);
    assert.equal(matchesLabels(selectorOf({}), { a: 'b' }), true);
    assert.equal(matchesLabels(everything, undefined), true);
    assert.equal(matchesLabels(nothing, {}), false);
    const both = selectorOf({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] });
    assert.equal(selectorText(both), 'app=web,tier');
    assert.equal(exactMatch(both, 'app'), 'web');
    assert.equal(exactMatch(both, 'tier'), undefined);
    assert.equal(formatLabelSelector({}), '<none>');
  });

  it('validates the object form', () => {
    const errors = labelSelectorErrors({
      matchLabels: { 'a b': 'x' },
      matchExpressions: [{ key: 'k', operator: 'In' }, { key: 'k', operator: 'Exists', values: ['v'] }, { key: 'k',
        operator: 'Is' }],
    }, 'spec.selector').map(errorText);
    assert.match(errors[0] ?? '', /^spec\.selector\.matchLabels: Invalid value: "a b": name part must consist of/);
    assert.deepEqual(errors.slice(1), [
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.selector.matchExpressions[1].values: Forbidden: '
        + "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'spec.selector.matchExpressions[2].operator: Invalid value: "Is": not a valid selector operator',
    ]);
  });
});

describe('field selectors', () => {
  it('reads, matches and prints', () => {
    const parsed = parseFieldSelector('spec.nodeName=n1,status.phase!=Failed,a\\=b==c\\,d');
    assert.ok(!isSelectorError(parsed));
    assert.deepEqual(parsed, [
      { field: 'a\\=b', operator: '=', value: 'c,d' }, { field: 'spec.nodeName', operator: '=', value: 'n1' },
      { field: 'status.phase', operator: '!=', value: 'Failed' }]);
    assert.equal(fieldSelectorText(parsed.slice(1)), 'spec.nodeName=n1,status.phase!=Failed');
    assert.equal(matchesFields(parsed.slice(1), { 'spec.nodeName': 'n1', 'status.phase': 'Running' }), true);
    assert.equal(matchesFields(parsed.slice(1), { 'spec.nodeName': 'n1', 'status.phase': 'Failed' }), false);
    assert.deepEqual(parseFieldSelector(''), []);
  });

  it('refuses what it cannot read', () => {
    assert.deepEqual(parseFieldSelector('nonsense'),
      { error: "invalid selector: 'nonsense'; can't understand 'nonsense'" });
    assert.ok(isSelectorError(parseFieldSelector('a=b\\x')));
  });
});
