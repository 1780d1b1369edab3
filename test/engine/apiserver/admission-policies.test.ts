/** ValidatingAdmissionPolicy: rules in CEL, their bindings and parameters, and upstream's words for what they refuse. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { Credential, RequestOptions } from '../../../src/api/request';
import type { Status } from '../../../src/api/types';
import { admin, type Ask, World } from './harness';

const group = 'admissionregistration.k8s.io';
const namespace = 'default';
const userOf = (name: string): Credential => ({ kind: 'certificate', commonName: name, organizations: ['system:masters'] });

/** A world with one policy and its binding; `spec` and `binding` are what is special about them. */
function world(spec: object, binding: object = {}, more: (made: World) => void = () => undefined): World {
  const made = new World({ kinds: kindRegistry(builtInKinds) });
  more(made);
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] };
  made.must({ verb: 'create', group, resource: 'validatingadmissionpolicies', body: {
    metadata: { name: 'p' }, spec: { matchConstraints: { resourceRules: [rule] }, ...spec } } });
  made.must({ verb: 'create', group, resource: 'validatingadmissionpolicybindings', body: {
    metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'], ...binding } } });
  return made;
}

function map(name: string, data: Record<string, string> = {}, metadata: object = {}, options: RequestOptions = {}): Ask {
  return { verb: 'create', resource: 'configmaps', namespace, options, body: { metadata: { name, ...metadata }, data } };
}

/** What the policy says of a ConfigMap; empty when it has nothing against it. */
function verdict(made: World, ask: Ask, user: Credential = admin): string {
  const { code, body } = made.ask(ask, user);
  if (code < 400) return '';
  const { message = '' } = body as Status;
  return message.replace("ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ", '')
    .replace(/^configmaps "[^"]*" is forbidden: /, '');
}

describe('admission: ValidatingAdmissionPolicy', () => {
  it('refuses with status 422 and its reason as a cause', () => {
    const made = world({ validations: [{ expression: "object.metadata.name.startsWith('good')" }] });
    const { body } = made.ask(map('bad'));
    const message = 'configmaps "bad" is forbidden: ValidatingAdmissionPolicy \'p\' with binding \'b\' denied request: '
      + "failed expression: object.metadata.name.startsWith('good')";
    const { code, reason, message: shown, details } = body as Status;
    assert.deepEqual([code, reason, shown], [422, 'Invalid', message]);
    assert.deepEqual(details, { name: 'bad', kind: 'configmaps', causes: [{
      message: message.slice(message.indexOf('Validating')) }] });
    assert.equal(verdict(made, map('good')), '');
  });

  const cases: [string, object, Ask, string][] = [
    ['a message', { validations: [{ expression: 'false', message: ' no ', reason: 'Forbidden' }] }, map('a'), 'no'],
    ['a message that is worked out', { validations: [{ expression: 'size(object.data) < 2', message: 'no',
      messageExpression: "'has ' + string(size(object.data)) + ' keys'" }] }, map('a', { a: '', b: '' }), 'has 2 keys'],
    ['a message that cannot be worked out', { validations: [{ expression: 'false', message: 'no',
      messageExpression: 'object.nothing' }] }, map('a'), 'no'],
    ['variables', { variables: [{ name: 'team', expression: "'team' in object.metadata.labels ? object.metadata.labels['team'] : ''" },
      { name: 'known', expression: "variables.team in ['red', 'blue']" }], validations: [{ expression: 'variables.known',
      messageExpression: "'unknown team ' + variables.team" }] }, map('a', {}, { labels: { team: 'green' } }), 'unknown team green'],
    ['an error', { validations: [{ expression: "object.data['x'] == 'y'" }] }, map('a', { a: 'b' }),
      "expression 'object.data['x'] == 'y'' resulted in error: no such key: x"],
    ['an error that is ignored', { failurePolicy: 'Ignore', validations: [{ expression: "object.data['x'] == 'y'" }] },
      map('a', { a: 'b' }), ''],
    ['a condition', { matchConditions: [{ name: 'c', expression: "request.userInfo.username != 'admin'" }],
      validations: [{ expression: 'false' }] }, map('a'), ''],
    ['the request', { validations: [{ expression: "request.operation == 'DELETE' || request.resource.resource != 'configmaps'" }] },
      map('a'), "failed expression: request.operation == 'DELETE' || request.resource.resource != 'configmaps'"],
    ['the namespace', { validations: [{ expression: "namespaceObject.metadata.name != 'default'", message: 'not here' }] },
      map('a'), 'not here'],
    ['the authorizer', { validations: [{ expression:
      "authorizer.group('').resource('secrets').namespace('default').check('get').allowed()", message: 'may not' }] }, map('a'), ''],
    ['the old object', { validations: [{ expression: 'oldObject == null', message: 'only new' }] }, map('a'), ''],
  ];
  for (const [what, spec, ask, expected] of cases) {
    it(`knows ${what}`, () => assert.equal(verdict(world(spec), ask), expected));
  }

  it('sees updates and deletions', () => {
    const made = world({ validations: [{ expression:
      "request.operation != 'DELETE' || !has(oldObject.metadata.labels) || oldObject.metadata.labels['keep'] != 'yes'", message: 'kept' },
    { expression: "request.operation != 'UPDATE' || object.data == oldObject.data", message: 'fixed' }] });
    made.must(map('a', { a: 'b' }, { labels: { keep: 'yes' } }));
    const change: Ask = { verb: 'patch', patchType: 'merge', resource: 'configmaps', namespace, name: 'a', body: { data: { a: 'c' } } };
    assert.equal(verdict(made, change), 'fixed');
    assert.equal(verdict(made, { verb: 'delete', resource: 'configmaps', namespace, name: 'a' }), 'kept');
  });

  it('warns instead of refusing', () => {
    const made = world({ validations: [{ expression: 'false', message: 'better not' }] }, { validationActions: ['Warn', 'Audit'] });
    const { code, warnings } = made.ask(map('a'));
    assert.deepEqual([code, warnings], [201,
      ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': better not"]]);
  });

  it('reads parameters', () => {
    const validations = [{ expression: "size(object.data) <= int(params.data['max'])",
      messageExpression: "'at most ' + params.data['max']" }];
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    const add = (made: World): void => void made.must(map('limits', { max: '1' }, { labels: { role: 'limits' } }));
    const paramRef = (more: object): object => ({ paramRef: { parameterNotFoundAction: 'Deny', ...more } });
    const crowded = map('a', { a: '', b: '' });
    assert.equal(verdict(world({ paramKind, validations }, paramRef({ name: 'limits' }), add), crowded), 'at most 1');
    assert.equal(verdict(world({ paramKind, validations }, paramRef({ selector: { matchLabels: { role: 'limits' } } }), add),
      crowded), 'at most 1');
    assert.equal(verdict(world({ paramKind, validations }, paramRef({ name: 'none' })), crowded),
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction');
    assert.equal(verdict(world({ paramKind, validations }, paramRef({ name: 'none', parameterNotFoundAction: 'Allow' })), crowded), '');
  });

  it('concerns what is selected alone', () => {
    const validations = [{ expression: 'false', message: 'no' }];
    const objects = world({ validations }, { matchResources: { objectSelector: { matchLabels: { a: 'b' } } } });
    assert.deepEqual([verdict(objects, map('a')), verdict(objects, map('b', {}, { labels: { a: 'b' } }))], ['', 'no']);
    const spaces = world({ validations }, { matchResources: {
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] }] } } });
    assert.equal(verdict(spaces, map('a')), '');
    const excluded = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], resourceNames: ['free'] };
    const names = world({ validations }, { matchResources: { excludeResourceRules: [excluded] } });
    assert.deepEqual([verdict(names, map('free')), verdict(names, map('other'))], ['', 'no']);
  });

  it('asks about the caller', () => {
    const made = world({ validations: [{ expression: "request.userInfo.username == 'anna'", message: 'only anna' }] });
    assert.deepEqual([verdict(made, map('a'), userOf('anna')), verdict(made, map('b'), userOf('bob'))], ['', 'only anna']);
  });
});
