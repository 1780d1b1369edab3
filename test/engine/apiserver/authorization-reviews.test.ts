/** Reviews of access, and that nobody grants more than he holds. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { Credential } from '../../../src/api/request';
import type { SelfSubjectRulesReview, SubjectAccessReview } from '../../../src/api/types';
import { admin, type Ask, World } from './harness';

const world = new World({ kinds: kindRegistry(builtInKinds) });
const group = 'authorization.k8s.io';
const rbac = 'rbac.authorization.k8s.io';
const person = (name: string, ...organizations: string[]): Credential => ({ kind: 'certificate', commonName: name, organizations });
const inDefault = { namespace: 'default' } as const;

function role(name: string, rules: object[], more: Partial<Ask> = {}, by: Credential = admin): Ask {
  const ask: Ask = {
    verb: 'create', group: rbac, resource: more.namespace ? 'roles' : 'clusterroles', body: { metadata: { name }, rules }, ...more,
  };
  if (by === admin) world.must(ask, by);
  return ask;
}

function binding(name: string, roleName: string, subject: object, more: Partial<Ask> = {}, roleKind = 'ClusterRole'): Ask {
  return {
    verb: 'create', group: rbac, resource: more.namespace ? 'rolebindings' : 'clusterrolebindings',
    body: { metadata: { name }, roleRef: { apiGroup: rbac, kind: roleKind, name: roleName }, subjects: [subject] }, ...more,
  };
}

const user = (name: string): object => ({ kind: 'User', apiGroup: rbac, name });
const sarOf = (spec: object, resource = 'subjectaccessreviews', more: Partial<Ask> = {}): Ask =>
  ({ verb: 'create', group, resource, body: { spec }, ...more });

role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]);
world.must(binding('readers', 'reader', { kind: 'Group', apiGroup: rbac, name: 'readers' }));
world.must(binding('ann', 'reader', user('ann'), inDefault));
world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'app' } } });
world.must(binding('app', 'reader', { kind: 'ServiceAccount', name: 'app', namespace: 'default' }, inDefault));

describe('API server: subject access reviews', () => {
  const pods = { verb: 'list', resource: 'pods', namespace: 'default' };
  const cases: [string, object, { allowed: boolean; reason?: string }][] = [
    ['a group', { user: 'x', groups: ['readers'], resourceAttributes: pods },
      { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to Group "readers"' }],
    ['a user', { user: 'ann', resourceAttributes: pods },
      { allowed: true, reason: 'RBAC: allowed by RoleBinding "ann/default" of ClusterRole "reader" to User "ann"' }],
    ['a service account', { user: 'system:serviceaccount:default:app', resourceAttributes: pods }, {
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "app/default" of ClusterRole "reader" to ServiceAccount "app/default"',
    }],
    ['nobody in particular', { user: 'eve', resourceAttributes: pods }, { allowed: false }],
    ['another namespace', { user: 'ann', resourceAttributes: { ...pods, namespace: 'other' } }, { allowed: false }],
    ['system:masters', { user: 'x', groups: ['system:masters'], resourceAttributes: pods }, { allowed: true }],
    ['a path', { user: 'x', groups: ['system:unauthenticated'], nonResourceAttributes: { verb: 'get', path: '/version' } }, {
      allowed: true,
      reason: 'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" '
        + 'to Group "system:unauthenticated"',
    }],
    ['a node', {
      user: 'system:node:n', groups: ['system:nodes'], resourceAttributes: { verb: 'get', resource: 'secrets', namespace: 'default', name: 's' },
    }, { allowed: false, reason: "no relationship found between node 'n' and this object" }],
  ];
  for (const [what, spec, status] of cases) {
    it(`answers for ${what}`, () => {
      assert.deepEqual(world.must<SubjectAccessReview>(sarOf(spec)).status, status);
    });
  }

  for (const [what, ask, code, message] of [
    ['no subject', sarOf({ resourceAttributes: pods }), 422, 'SubjectAccessReview.authorization.k8s.io "" is invalid: '
      + 'spec.user: Invalid value: "": at least one of user or group must be specified'],
    ['both questions', sarOf({ user: 'x', resourceAttributes: pods, nonResourceAttributes: { path: '/' } }), 422,
      'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {"path":"/"}: '
      + 'cannot be specified in combination with resourceAttributes'],
    ['no question', sarOf({}, 'selfsubjectaccessreviews'), 422, 'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: '
      + 'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified'],
    ['another namespace', sarOf({ user: 'x', resourceAttributes: { ...pods, namespace: 'a' } }, 'localsubjectaccessreviews', inDefault),
      422, 'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: '
      + '"a": must match metadata.namespace'],
    ['no namespace', sarOf({}, 'selfsubjectrulesreviews'), 400, 'no namespace on request'],
  ] as const) {
    it(`refuse ${what}`, () => {
      const refusal = world.refused(ask);
      assert.deepEqual([refusal.code, refusal.message], [code, message]);
    });
  }

  it('answer for the caller himself', () => {
    const ask = sarOf({ resourceAttributes: pods }, 'selfsubjectaccessreviews');
    assert.equal(world.must<SubjectAccessReview>(ask, person('ann')).status.allowed, true);
    assert.equal(world.must<SubjectAccessReview>(ask, person('eve')).status.allowed, false);
    assert.equal(world.refused(sarOf({ user: 'x', resourceAttributes: pods }), person('eve')).code, 403);
  });

  it('list the rules of the caller', () => {
    const { status } = world.must<SelfSubjectRulesReview>(sarOf({ namespace: 'default' }, 'selfsubjectrulesreviews'), person('ann'));
    assert.equal(status.incomplete, false);
    assert.ok(status.resourceRules.some(({ resources, verbs }) => resources?.includes('pods') && verbs.join() === 'get,list'));
    assert.ok(status.nonResourceRules.some(({ nonResourceURLs }) => nonResourceURLs?.includes('/version')));
    const node = world.must<SelfSubjectRulesReview>(
      sarOf({ namespace: 'default' }, 'selfsubjectrulesreviews'), person('system:node:n', 'system:nodes'));
    assert.deepEqual([node.status.incomplete, node.status.evaluationError],
      [true, 'node authorizer does not support user rule resolution']);
  });
});

describe('API server: RBAC escalation', () => {
  const gus = person('gus');
  role('granter', [
    { apiGroups: [rbac], resources: ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'], verbs: ['create', 'update', 'patch', 'get'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    { nonResourceURLs: ['/metrics/*'], verbs: ['get'] },
  ]);
  world.must(binding('granter', 'granter', user('gus')));
  role('admin-like', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);

  const groups = 'user "gus" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n';
  const refusals: [string, Ask, string][] = [
    ['rules', role('r', [
      { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'delete'] },
      { nonResourceURLs: ['/metrics/cadvisor', '/logs'], verbs: ['get'] },
    ], {}, gus), `clusterroles.${rbac} "r" is forbidden: ${groups}`
      + '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n'
      + '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}\n'
      + '{NonResourceURLs:["/logs"], Verbs:["get"]}'],
    ['rules for a name', role('r', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get'] }], inDefault, gus),
      `roles.${rbac} "r" is forbidden: ${groups}{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get"]}`],
    ['a binding', binding('b', 'admin-like', user('gus')), `clusterrolebindings.${rbac} "b" is forbidden: ${groups}`
      + '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}'],
    ['an aggregation', { ...role('agg', [], {}, gus), body: {
      metadata: { name: 'agg' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    } }, `clusterroles.${rbac} "agg" is forbidden: must have cluster-admin privileges to use the aggregationRule`],
    ['a role that is missing', binding('b', 'nowhere', user('gus')), `clusterroles.${rbac} "nowhere" not found`],
  ];
  for (const [what, ask, message] of refusals) {
    it(`refuses ${what}`, () => assert.equal(world.refused(ask, gus).message, message));
  }

  it('lets through what is held, also a part of it', () => {
    world.must(role('held', [
      { apiGroups: [''], resources: ['pods'], resourceNames: ['x'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics/x'], verbs: ['get'] },
    ], {}, gus), gus);
    world.must(binding('held', 'held', user('bob')), gus);
  });

  it('lets through an update that the garbage collector needs', () => {
    const strong = world.get<any>('clusterroles', 'admin-like', undefined, rbac);
    const metadata = { ...strong.metadata, finalizers: ['a.b/c'] };
    world.must({ verb: 'update', group: rbac, resource: 'clusterroles', name: 'admin-like', body: { ...strong, metadata } }, gus);
    const labelled = { ...strong, metadata: { ...strong.metadata, resourceVersion: undefined, labels: { a: 'b' } } };
    assert.equal(world.refused(
      { verb: 'update', group: rbac, resource: 'clusterroles', name: 'admin-like', body: labelled }, gus).code, 403);
  });

  it('lets through whoever may escalate or bind', () => {
    role('esc', [{ apiGroups: [rbac], resources: ['clusterroles', 'clusterrolebindings'], verbs: ['create', 'escalate', 'bind'] }]);
    world.must(binding('esc', 'esc', user('eva')));
    world.must(role('all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], {}, person('eva')), person('eva'));
    world.must(binding('all', 'all', user('eva')), person('eva'));
  });
});
