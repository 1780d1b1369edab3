/** Who an outside request comes from: certificates, tokens of all sorts, impersonation, and reviews of all that. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { SelfSubjectReview, TokenRequest, TokenReview } from '../../../src/api/types';
import { authenticateHttp } from '../../../src/apiserver/authentication/http';
import { isFailure } from '../../../src/api/status';
import { readClaims } from '../../../src/pki/jwt';
import type { HttpRequest } from '../../../src/protocol/http';
import { admin, type Ask, epochMs, pod, World } from './harness';

const world = new World({ kinds: kindRegistry(builtInKinds), tokens: { secret: { name: 'robot', groups: ['robots'] } } });
const inDefault = { namespace: 'default' } as const;
const dev = { kind: 'certificate', commonName: 'dev', organizations: [] } as const;

/** The name and groups behind a request, or the refusal's code and message. */
function who(
  headers: Record<string, string>, identity?: HttpRequest['identity'], passedMs = 0,
  identityPeriod?: HttpRequest['identityPeriod'],
): unknown {
  const { parts } = world.server as unknown as { parts: Parameters<typeof authenticateHttp>[0] & { resources: never } };
  const wallMs = epochMs + world.sim.nowMs + passedMs;
  const answer = authenticateHttp(parts, { headers, identity, identityPeriod }, parts.resources, wallMs, (user) => ({
    user, verb: 'list', group: '', resource: 'pods', subresource: '', namespace: 'default', name: '',
  }));
  if (isFailure(answer)) return [answer.code, answer.message];
  const { user: { name, groups, uid, extra } } = answer;
  return [name, groups, ...(uid ? [uid] : []), ...(extra ? [{ ...extra }] : [])];
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const unauthorized = [401, 'Unauthorized'];

function createAccount(name: string): void {
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name } } });
}

function tokenFor(account: string, spec: object = {}, more: Partial<Ask> = {}): TokenRequest {
  return world.must<TokenRequest>({
    verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: account, ...inDefault,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec }, ...more,
  });
}

createAccount('default');
createAccount('app');

describe('API server: authentication of outside requests', () => {
  it('takes certificates, static tokens and nobody', () => {
    const identity = { name: 'jane', groups: ['dev'] };
    assert.deepEqual(who({}, identity), ['jane', ['dev', 'system:authenticated']]);
    assert.deepEqual(who(bearer('guess'), identity), ['jane', ['dev', 'system:authenticated']]);
    const period = { fromMs: epochMs + 60_000, untilMs: epochMs + 120_000 };
    const passed = [0, 90_000, 150_000].map((passedMs) => who({}, identity, passedMs - world.sim.nowMs, period));
    assert.deepEqual(passed, [unauthorized, ['jane', ['dev', 'system:authenticated']], unauthorized]);
    assert.deepEqual(who(bearer('secret')), ['robot', ['robots', 'system:authenticated']]);
    assert.deepEqual(who({ authorization: 'bearer secret' }), ['robot', ['robots', 'system:authenticated']]);
    assert.deepEqual(who({}), ['system:anonymous', ['system:unauthenticated']]);
    assert.deepEqual(who({ authorization: 'Basic YTpi' }), ['system:anonymous', ['system:unauthenticated']]);
  });

  for (const [what, token] of [
    ['a guess', 'guess'], ['a name of an object', '__proto__'], ['three parts', 'a.b.c'], ['a bootstrap token', 'abcdef.0123456789abcdef'],
  ] as const) {
    it(`refuses ${what}`, () => assert.deepEqual(who(bearer(token)), unauthorized));
  }

  it('takes a token from the list of WebSocket protocols', () => {
    const protocol = `base64url.bearer.authorization.k8s.io.${Buffer.from('secret').toString('base64url')}`;
    const headers = { 'upgrade': 'websocket', 'sec-websocket-protocol': `${protocol}, v5.channel.k8s.io` };
    assert.deepEqual(who(headers), ['robot', ['robots', 'system:authenticated']]);
  });

  it('takes a bootstrap token while its Secret allows it', () => {
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    const data = (more: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries({
      'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:workers', 'expiration': '2026-01-03T03:04:05Z', ...more,
    }).map(([key, value]) => [key, encode(value)]));
    const secret = (more: Record<string, string> = {}): object => ({
      metadata: { name: 'bootstrap-token-abcdef' }, type: 'bootstrap.kubernetes.io/token', data: data(more),
    });
    const at = { resource: 'secrets', namespace: 'kube-system' } as const;
    world.must({ verb: 'create', ...at, body: secret() });
    const token = bearer('abcdef.0123456789abcdef');
    const groups = ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'];
    assert.deepEqual(who(token), ['system:bootstrap:abcdef', groups]);
    assert.deepEqual(who(bearer('abcdef.0123456789abcdee')), unauthorized);
    assert.deepEqual(who(token, undefined, 86_400_000), unauthorized, 'expired');
    const changes: Record<string, string>[] = [{ 'usage-bootstrap-authentication': 'false' }, { 'auth-extra-groups': 'system:masters' }];
    for (const change of changes) {
      world.must({ verb: 'update', ...at, name: 'bootstrap-token-abcdef', body: secret(change) });
      assert.deepEqual(who(token), unauthorized);
    }
  });
});

describe('API server: service account tokens', () => {
  it('are signed, bound and told of', () => {
    const { metadata, spec, status } = tokenFor('app');
    assert.deepEqual([metadata.name, metadata.namespace, spec.expirationSeconds], ['app', 'default', 3600]);
    const claims = readClaims(status.token ?? '') as Record<string, any>;
    assert.deepEqual(claims['aud'], ['https://kubernetes.default.svc.cluster.local']);
    assert.equal(claims['exp'] - claims['iat'], 3600);
    assert.equal(claims['kubernetes.io'].serviceaccount.name, 'app');
    const uid = claims['kubernetes.io'].serviceaccount.uid as string;
    assert.deepEqual(who(bearer(status.token ?? '')), [
      'system:serviceaccount:default:app',
      ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'], uid,
      { 'authentication.kubernetes.io/credential-id': [`JTI=${claims['jti']}`] },
    ]);
  });

  it('expire, and are for their audiences alone', () => {
    const { status: { token = '' } } = tokenFor('app');
    assert.deepEqual(who(bearer(token), undefined, 3_601_000), unauthorized);
    const vault = tokenFor('app', { audiences: ['vault'] }).status.token ?? '';
    assert.deepEqual(who(bearer(vault)), unauthorized);
    const asked = review(vault, ['vault', 'other']).status;
    assert.deepEqual([asked.authenticated, asked.audiences], [true, ['vault']]);
  });

  it('die with what they are bound to', () => {
    world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('p', { spec: { serviceAccountName: 'app' } }) });
    const { status: { token = '' } } = tokenFor('app', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } });
    const [, , , extra] = who(bearer(token)) as [string, string[], string, Record<string, string[]>];
    assert.deepEqual(extra['authentication.kubernetes.io/pod-name'], ['p']);
    world.must({ verb: 'delete', resource: 'pods', name: 'p', ...inDefault, options: { gracePeriodSeconds: 0 } });
    assert.deepEqual(who(bearer(token)), unauthorized);
    assert.deepEqual(review(token).status, {
      user: {}, error: '[invalid bearer token, service account token has been invalidated]',
    });
    createAccount('short');
    const doomed = tokenFor('short').status.token ?? '';
    world.must({ verb: 'delete', resource: 'serviceaccounts', name: 'short', ...inDefault });
    createAccount('short');
    assert.deepEqual(who(bearer(doomed)), unauthorized, 'an account of the same name is another one');
  });

  it('of pods live for a year and are expected to be renewed', () => {
    world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('q') });
    const bound = { expirationSeconds: 3607, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'q' } };
    const { status } = tokenFor('default', bound);
    const claims = readClaims(status.token ?? '') as Record<string, any>;
    assert.equal(claims['exp'] - claims['iat'], 365 * 24 * 3600);
    assert.equal(claims['kubernetes.io'].warnafter - claims['iat'], 3607);
    assert.equal(Date.parse(status.expirationTimestamp ?? '') / 1000 - claims['iat'], 3607);
  });

  for (const [what, account, spec, code, message] of [
    ['too short a life', 'app', { expirationSeconds: 10 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: '
      + 'spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes'],
    ['an account that is missing', 'none', {}, 404, 'serviceaccounts "none" not found'],
    ['a pod of another account', 'app', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'q' } }, 400,
      'cannot bind token for serviceaccount "app" to pod running with different serviceaccount name.'],
    ['a missing secret', 'app', { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's' } }, 404,
      'secrets "s" not found'],
    ['something else', 'app', { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 's' } }, 400,
      'cannot bind token to object of type /v1, Kind=ConfigMap'],
    ['another pod of the name', 'default', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'q', uid: 'x' } }, 409,
      'Operation cannot be fulfilled on Pod "q": the UID in the bound object reference (x) does not match the UID in '
      + 'record. The object might have been deleted and then recreated'],
  ] as const) {
    it(`are refused for ${what}`, () => {
      const refusal = world.refused({
        verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: account, ...inDefault,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
      });
      assert.deepEqual([refusal.code, refusal.message], [code, message]);
    });
  }
});

function review(token: string, audiences?: readonly string[]): TokenReview {
  return world.must<TokenReview>({
    verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews', body: { spec: { token, audiences } },
  });
}

describe('API server: reviews of identity', () => {
  it('tell whom a token stands for', () => {
    const { status } = review('secret');
    assert.deepEqual(status, {
      authenticated: true, user: { username: 'robot', groups: ['robots', 'system:authenticated'] },
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    });
    assert.deepEqual(review('guess').status, { user: {}, error: 'invalid bearer token' });
    const none = world.refused({ verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews', body: { spec: {} } });
    assert.deepEqual([none.code, none.message], [400, 'token is required for TokenReview in authentication']);
  });

  it('tell the caller who he is', () => {
    const self = world.must<SelfSubjectReview>(
      { verb: 'create', group: 'authentication.k8s.io', resource: 'selfsubjectreviews', body: {} }, dev);
    assert.deepEqual(self.status, { userInfo: { username: 'dev', groups: ['system:authenticated'] } });
  });
});

describe('API server: impersonation', () => {
  const root = { name: 'root', groups: ['system:masters'] };
  const ann = { name: 'ann', groups: [] };
  const rbac = 'rbac.authorization.k8s.io';
  const grant = (name: string, rules: object[]): void => {
    world.must({ verb: 'create', group: rbac, resource: 'clusterroles', body: { metadata: { name }, rules } }, admin);
    world.must({
      verb: 'create', group: rbac, resource: 'clusterrolebindings',
      body: {
        metadata: { name }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
        subjects: [{ kind: 'User', apiGroup: rbac, name }],
      },
    }, admin);
  };

  it('makes the wanted user, with the groups that it has anyway', () => {
    assert.deepEqual(who({ 'impersonate-user': 'bob', 'impersonate-group': 'a, b' }, root),
      ['bob', ['a', 'b', 'system:authenticated']]);
    assert.deepEqual(who({ 'impersonate-user': 'system:serviceaccount:default:app' }, root),
      ['system:serviceaccount:default:app', ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated']]);
    assert.deepEqual(who({ 'impersonate-user': 'system:anonymous' }, root), ['system:anonymous', ['system:unauthenticated']]);
    assert.deepEqual(who({ 'impersonate-user': 'system:node:n1' }, root), ['system:node:n1', ['system:nodes', 'system:authenticated']]);
    assert.deepEqual(who({ 'impersonate-user': 'bob', 'impersonate-uid': '7', 'impersonate-extra-acme.com%2fx': 'y' }, root),
      ['bob', ['system:authenticated'], '7', { 'acme.com/x': ['y'] }]);
    assert.deepEqual(who({ 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' }, root),
      ['bob', ['system:masters', 'system:authenticated']], 'by the old verb');
  });

  it('is refused without a user name', () => {
    assert.deepEqual(who({ 'impersonate-group': 'a' }, root), [400, 'requested &user.DefaultInfo{Name:"", UID:"", '
      + 'Groups:[]string{"a"}, Extra:map[string][]string(nil)} without impersonating a user name']);
  });

  it('is refused to whoever may not, in the words of the most constrained mode', () => {
    assert.deepEqual(who({ 'impersonate-user': 'bob' }, ann), [403, 'pods is forbidden: User "ann" cannot '
      + 'impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"']);
    assert.deepEqual(who({ 'impersonate-user': 'system:serviceaccount:default:app' }, ann), [403, 'pods is forbidden: '
      + 'User "ann" cannot impersonate-on:serviceaccount:list resource "pods" in API group "" in the namespace "default"']);
  });

  it('is allowed by the old verb, for the names given', () => {
    grant('imp', [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['bob'] }]);
    const imp = { name: 'imp', groups: [] };
    assert.deepEqual(who({ 'impersonate-user': 'bob' }, imp), ['bob', ['system:authenticated']]);
    assert.equal((who({ 'impersonate-user': 'eve' }, imp) as [number])[0], 403);
    assert.equal((who({ 'impersonate-user': 'bob', 'impersonate-group': 'a' }, imp) as [number])[0], 403);
  });

  it('is allowed by a constrained mode, for the actions given', () => {
    grant('con', [
      { apiGroups: ['authentication.k8s.io'], resources: ['users'], verbs: ['impersonate:user-info'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:user-info:list'] },
    ]);
    const con = { name: 'con', groups: [] };
    assert.deepEqual(who({ 'impersonate-user': 'bob' }, con), ['bob', ['system:authenticated']]);
    assert.deepEqual(who({ 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' }, con), [403,
      'groups.authentication.k8s.io "system:masters" is forbidden: User "con" cannot impersonate:user-info resource '
      + '"groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed']);
  });
});
