/** `kubectl create role|clusterrole|rolebinding|clusterrolebinding|token`. Models kubectl's pkg/cmd/create. */
import type { AnyKind } from '../../../api/kind';
import { parseGoDuration } from '../../../api/duration';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused } from './call';
import type { FlagSpecs } from './flags';
import { askingGenerator, creating, generator, type Made, meta, nameOf } from './generator';
import { pairs } from './run';

const verbs = new Set(['*', 'get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection',
  'use', 'bind', 'escalate', 'impersonate']);

function role(kind: 'Role' | 'ClusterRole') {
  return function* (call: Call, name: string): Task<Made | { readonly code: number }> {
    const { flags } = call;
    const aggregated = flags.text('aggregation-rule');
    if (aggregated !== undefined) return aggregatedRole(name, aggregated);
    const wanted = flags.list('verb').includes('*') ? ['*'] : [...new Set(flags.list('verb'))];
    const paths = flags.list('non-resource-url');
    const words = flags.list('resource');
    if (wanted.length === 0) return { problem: 'at least one verb must be specified' };
    if (words.length === 0 && paths.length === 0) {
      return { problem: kind === 'Role' ? 'at least one resource must be specified'
        : 'one of resource or nonResourceURL must be specified' };
    }
    const relative = paths.find((path) => path !== '*' && !path.startsWith('/'));
    if (relative !== undefined) return { problem: 'nonResourceURL should start with /' };
    const groups = new Map<string, string[]>();
    for (const word of words) {
      const [type = '', sub] = word.split('/');
      const found = type === '*' ? { group: '', plural: '*' } : call.kinds.byName(type);
      if (!found) {
        call.write('stderr', `the server doesn't have a resource type "${type}"\n`);
        return { code: 1 };
      }
      const known = groups.get(found.group) ?? [];
      groups.set(found.group, [...known, sub === undefined ? found.plural : `${found.plural}/${sub}`]);
    }
    for (const verb of wanted) {
      if (!verbs.has(verb)) call.write('stderr', `Warning: '${verb}' is not a standard resource verb\n`);
    }
    const names = flags.list('resource-name');
    const rules = [...groups].map(([group, resources]) => (
      { apiGroups: [group], ...(names.length > 0 ? { resourceNames: names } : {}), resources, verbs: wanted }));
    return { object: {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: meta(name),
      rules: paths.length > 0 ? [...rules, { nonResourceURLs: paths, verbs: wanted }] : rules,
    } };
  };
}

function aggregatedRole(name: string, rule: string): Made {
  const matchLabels = pairs(rule.split(','));
  if (!matchLabels) return { problem: `invalid argument "${rule}" for "--aggregation-rule" flag: expected key=value` };
  return { object: {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: meta(name), rules: null,
  } };
}

function binding(kind: 'RoleBinding' | 'ClusterRoleBinding') {
  return ({ flags }: Call, name: string): Made => {
    const clusterRole = flags.text('clusterrole');
    const ref = clusterRole ?? flags.text('role');
    if (ref === undefined || (clusterRole !== undefined && flags.has('role'))) {
      return { problem: 'exactly one of clusterrole or role must be specified' };
    }
    const apiGroup = 'rbac.authorization.k8s.io';
    const subjects: unknown[] = [
      ...flags.list('user').map((user) => ({ apiGroup, kind: 'User', name: user })),
      ...flags.list('group').map((group) => ({ apiGroup, kind: 'Group', name: group })),
    ];
    for (const account of flags.list('serviceaccount')) {
      const [namespace, accountName, ...rest] = account.split(':');
      if (!accountName || rest.length > 0) return { problem: 'serviceaccount must be <namespace>:<name>' };
      subjects.push({ kind: 'ServiceAccount', name: accountName, namespace });
    }
    return { object: {
      apiVersion: `${apiGroup}/v1`, kind, metadata: meta(name),
      roleRef: { apiGroup, kind: clusterRole === undefined ? 'Role' : 'ClusterRole', name: ref },
      ...(subjects.length > 0 ? { subjects } : {}),
    } };
  };
}

function* createToken(call: Call): Task<number> {
  const { flags } = call;
  const name = nameOf(call);
  if (typeof name === 'number') return name;
  const boundKind = flags.text('bound-object-kind');
  const boundName = flags.text('bound-object-name');
  if (boundKind !== undefined && boundName === undefined) {
    return complain(call, '--bound-object-name is required if --bound-object-kind is provided');
  }
  if (boundKind === undefined && boundName !== undefined) {
    return complain(call, '--bound-object-name can only be set if --bound-object-kind is provided');
  }
  const ms = parseGoDuration(flags.text('duration') ?? '0') ?? 0;
  if (ms < 0) return complain(call, '--duration must be greater than or equal to 0');
  if (ms % 1000 !== 0) return complain(call, '--duration cannot be expressed in units less than seconds');
  const kind = call.kinds.byKind('v1', 'ServiceAccount') as AnyKind;
  const audiences = flags.list('audience');
  const bound = boundKind === undefined ? {} : { boundObjectRef: {
    apiVersion: 'v1', kind: boundKind, name: boundName, uid: flags.text('bound-object-uid') } };
  const answer = yield* call.api.create<{ readonly status: { readonly token: string } }>(kind, call.namespace, {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {},
    spec: {
      audiences: audiences.length > 0 ? audiences : null, ...bound,
      ...(ms > 0 ? { expirationSeconds: ms / 1000 } : {}),
    },
    status: {},
  }, {}, [name, 'token']);
  if (answer.ok) {
    call.write('stdout', answer.value.status.token);
    return 0;
  }
  if (answer.status.code === 0) return refused(call, answer.status);
  return complain(call, `failed to create token: ${answer.status.message ?? ''}`);
}

const rules: FlagSpecs = {
  'verb': { type: 'list' }, 'resource': { type: 'list' }, 'resource-name': { type: 'list' },
};
const subjects: FlagSpecs = { user: { type: 'list' }, group: { type: 'list' }, serviceaccount: { type: 'list' } };

export const access: Readonly<Record<string, KubectlCommand>> = {
  clusterrole: askingGenerator('Create a cluster role',
    { ...rules, 'non-resource-url': { type: 'list' }, 'aggregation-rule': { type: 'string' } }, role('ClusterRole')),
  clusterrolebinding: generator('Create a cluster role binding for a particular cluster role',
    { ...subjects, clusterrole: { type: 'string', required: true } }, binding('ClusterRoleBinding')),
  role: askingGenerator('Create a role with single rule', rules, role('Role')),
  rolebinding: generator('Create a role binding for a particular role or cluster role',
    { ...subjects, clusterrole: { type: 'string' }, role: { type: 'string' } }, binding('RoleBinding')),
  token: {
    about: 'Request a service account token',
    flags: {
      ...creating, 'audience': { type: 'list' }, 'bound-object-kind': { type: 'string' },
      'bound-object-name': { type: 'string' }, 'bound-object-uid': { type: 'string' }, 'duration': { type: 'duration' },
    },
    run: createToken,
  },
};
