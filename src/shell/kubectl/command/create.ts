/**
 * `kubectl create` with files and with the generators of everyday kinds, and `kubectl expose`. Models kubectl's
 * pkg/cmd/create and pkg/cmd/expose. Generators that are missing here are refused by name.
 */
import type { KindDescription } from '../../../api/kind';
import type { KubeObject, Service } from '../../../api/types';
import { bytesOfText } from '../../../base/byte-text';
import { base64OfBytes } from '../../../base/base64';
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, dryRunProblem, dryRunSuffix, type KubectlCommand, refused } from './call';
import type { FlagSpecs } from './flags';
import { printOutcome } from './output';
import { fileTargets, isTargetProblem, scopeOf, targetsOf } from './resources';
import { pairs } from './run';

const writing: FlagSpecs = {
  'dry-run': { type: 'string', bare: 'unchanged' }, 'field-manager': { type: 'string' },
    'output': { type: 'string', short: 'o' },
  'save-config': { type: 'unmodelledBool' }, 'show-managed-fields': { type: 'bool' },
    'template': { type: 'unmodelled' },
  'validate': { type: 'string', bare: 'strict' },
};

type Body = Readonly<Record<string, unknown>> | { readonly problem: string };

/** A generator: flags to an object. */
function generator(
  about: string, flags: FlagSpecs, make: (call: Call, name: string) => Body,
): KubectlCommand {
  return {
    about, flags: { ...writing, ...flags },
    run: function* (call) {
      const [name] = call.args;
      if (name === undefined) return complain(call,
        `exactly one NAME is required, got 0\nSee 'kubectl create -h' for help and examples`);
      const body = make(call, name);
      if ('problem' in body) return complain(call, String(body['problem']));
      return yield* createObject(call, body as unknown as KubeObject, 'kubectl-create', 'created');
    },
  };
}

/** Sends a new object, or only prints it with `--dry-run=client`. */
function* createObject(call: Call, body: KubeObject, manager: string, word: string): Task<number> {
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  const kind = call.kinds.byKind(body.apiVersion, body.kind);
  if (!kind) return complain(call, `no matches for kind "${body.kind}" in version "${body.apiVersion}"`);
  const object = kind.namespaced && call.flags.has('namespace')
    ? { ...body, metadata: { ...body.metadata, namespace: call.namespace } } : body;
  if (call.flags.text('dry-run') === 'client') return printOutcome(call, object, `${word}${dryRunSuffix(call)}`);
  const created = yield* call.api.create(kind, kind.namespaced ? call.namespace : undefined, object,
    { ...changing(call, manager), fieldValidation: 'Strict' });
  if (created.ok) return printOutcome(call, created.value, `${word}${dryRunSuffix(call)}`);
  const { status } = created;
  const head = status.code === 0 || word !== 'created' ? undefined : failureHead(kind, body);
  if (head === undefined) return refused(call, status);
  return complain(call, `failed to create ${head}${status.message ?? ''}`);
}

/** How kubectl begins what it says of a refusal; undefined for the kinds of which it passes on what the server said. */
function failureHead({ singular }: KindDescription, body: KubeObject): string | undefined {
  switch (singular) {
    case 'namespace': case 'role': case 'clusterrole': return undefined;
    case 'secret': return 'secret ';
    case 'service': return `${(body as Service).spec.type ?? 'ClusterIP'} service: `;
    case 'resourcequota': return 'quota: ';
    default: return `${singular}: `;
  }
}

function meta(name: string, labels?: Readonly<Record<string, string>>) {
  return { ...(labels ? { labels } : {}), name };
}

function deployment({ flags }: Call, name: string): Body {
  const images = flags.list('image');
  if (images.length === 0) return { problem: 'required flag(s) "image" not set' };
  const dash = flags.dash;
  const command = dash === undefined ? [] : flags.args.slice(dash);
  if (command.length > 0
    && images.length > 1) return { problem: 'cannot specify multiple --image options and command' };
  const labels = { app: name };
  const port = flags.text('port');
  const containers = images.map((image) => ({
    ...(command.length > 0 ? { command } : {}), image,
    name: (image.split('/').pop() ?? image).replace(/[:@].*$/, '').replace(/[^a-z0-9-]/g, '-'),
    ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }), resources: {},
  }));
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(name, labels),
    spec: {
      replicas: Number(flags.text('replicas') ?? 1), selector: { matchLabels: labels }, strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    },
    status: {},
  };
}

function job({ flags }: Call, name: string): Body {
  const image = flags.text('image');
  if (flags.has('from')) return { problem: '--from is not modelled in the sandbox' };
  if (image === undefined) return { problem: 'either --image or --from must be specified' };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: meta(name),
    spec: { template: jobTemplate(flags.args, flags.dash, name, image, 'Never') }, status: {} };
}

function cronJob({ flags }: Call, name: string): Body {
  const image = flags.text('image');
  const schedule = flags.text('schedule');
  if (image === undefined || schedule === undefined) {
    const missing = [...(image === undefined ? ['"image"'] : []), ...(schedule === undefined ? ['"schedule"'] : [])];
    return { problem: `required flag(s) ${missing.join(', ')} not set` };
  }
  const template = jobTemplate(flags.args, flags.dash, name, image, flags.text('restart') ?? 'OnFailure');
  return {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta(name),
    spec: { jobTemplate: { metadata: meta(name), spec: { template } }, schedule }, status: {},
  };
}

function jobTemplate(args: readonly string[], dash: number | undefined, name: string, image: string,
  restartPolicy: string) {
  const command = dash === undefined ? args.slice(1) : args.slice(dash);
  const container = { ...(command.length > 0 ? { command } : {}), image, name, resources: {} };
  return { metadata: {}, spec: { containers: [container], restartPolicy } };
}

/** `--from-literal` and `--from-file` as data. */
function dataOf(call: Call): Readonly<Record<string, string>> | { readonly problem: string } {
  const data = new Map<string, string>();
  for (const literal of call.flags.all('from-literal')) {
    const pair = pairs([literal]);
    if (!pair) return { problem: `invalid literal source ${literal}, expected key=value` };
    for (const key of Object.keys(pair)) data.set(key, (pair[key] ?? '').replace(/^(["'])(.*)\1$/, '$2'));
  }
  for (const source of call.flags.all('from-file')) {
    const equals = source.indexOf('=');
    const path = source.slice(equals + 1);
    const text = call.files[path];
    if (text === undefined) return { problem: `error reading ${path}: no such file or directory` };
    data.set(equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals), text);
  }
  if (call.flags.has('from-env-file')) return { problem: '--from-env-file is not modelled in the sandbox' };
  return Object.fromEntries([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function configMap(call: Call, name: string): Body {
  const data = dataOf(call);
  if ('problem' in data && call.flags.all('from-literal').every((each) => !each.startsWith('problem='))) return data;
  return { apiVersion: 'v1', ...(Object.keys(data).length > 0 ? { data } : {}), kind: 'ConfigMap',
    metadata: meta(name) };
}

function secret(call: Call, name: string): Body {
  const data = dataOf(call);
  if ('problem' in data && call.flags.all('from-literal').every((each) => !each.startsWith('problem='))) return data;
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) =>
    [key, base64OfBytes(bytesOfText(value))]));
  const type = call.flags.text('type');
  return {
    apiVersion: 'v1', ...(Object.keys(encoded).length > 0 ? { data: encoded } : {}), kind: 'Secret',
      metadata: meta(name),
    ...(type === undefined ? {} : { type }),
  };
}

function service(type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName') {
  return ({ flags }: Call, name: string): Body => {
    const ports = [];
    for (const word of flags.list('tcp')) {
      const [port = '', target = port] = word.split(':');
      if (!/^\d+$/.test(port)) return { problem: `invalid service port ${word}` };
      ports.push({
        name: word.replace(':', '-'),
        port: Number(port),
        protocol: 'TCP',
        targetPort: /^\d+$/.test(target) ? Number(target) : target,
        ...(flags.has('node-port') ? { nodePort: Number(flags.text('node-port')) } : {}),
      });
    }
    const external = flags.text('external-name');
    const clusterIP = flags.text('clusterip');
    if (ports.length === 0 && clusterIP !== 'None'
      && type !== 'ExternalName') return { problem: 'at least one tcp port specifier must be provided' };
    return {
      apiVersion: 'v1', kind: 'Service', metadata: meta(name, { app: name }),
      spec: {
        ...(clusterIP === undefined ? {} : { clusterIP }), ...(external === undefined ? {}
          : { externalName: external }),
        ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, type,
      },
      status: { loadBalancer: {} },
    };
  };
}

function role(kind: 'Role' | 'ClusterRole') {
  return ({ flags, kinds }: Call, name: string): Body => {
    const verbs = flags.list('verb');
    if (verbs.length === 0) return { problem: 'at least one verb must be specified' };
    const groups = new Map<string, string[]>();
    for (const word of flags.list('resource')) {
      const [type = '', sub] = word.split('/');
      const found = kinds.byName(type);
      if (!found) return { problem: `the server doesn't have a resource type "${type}"` };
      const known = groups.get(found.group) ?? [];
      groups.set(found.group, [...known, sub === undefined ? found.plural : `${found.plural}/${sub}`]);
    }
    const paths = flags.list('non-resource-url');
    if (groups.size === 0 && paths.length === 0) return { problem: 'at least one resource must be specified' };
    const names = flags.list('resource-name');
    const rules = [...groups].map(([group, resources]) => (
      { apiGroups: [group], ...(names.length > 0 ? { resourceNames: names } : {}), resources, verbs }));
    return {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: meta(name),
      rules: paths.length > 0 ? [...rules, { nonResourceURLs: paths, verbs }] : rules,
    };
  };
}

function binding(kind: 'RoleBinding' | 'ClusterRoleBinding') {
  return ({ flags }: Call, name: string): Body => {
    const clusterRole = flags.text('clusterrole');
    const ref = clusterRole ?? flags.text('role');
    if (ref === undefined) return { problem: 'exactly one of clusterrole or role must be specified' };
    const subjects: unknown[] = [
      ...flags.list('user').map((user) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user })),
      ...flags.list('group').map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
    ];
    for (const account of flags.list('serviceaccount')) {
      const [namespace, accountName] = account.split(':');
      if (!accountName) return { problem: 'serviceaccount must be <namespace>:<name>' };
      subjects.push({ kind: 'ServiceAccount', name: accountName, namespace });
    }
    return {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: meta(name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: clusterRole === undefined ? 'Role' : 'ClusterRole',
        name: ref },
      ...(subjects.length > 0 ? { subjects } : {}),
    };
  };
}

function quota({ flags }: Call, name: string): Body {
  const hard = pairs(flags.list('hard'));
  if (!hard) return { problem: 'Invalid quota: expected resource=quantity' };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta(name), spec: { hard }, status: {} };
}

function priorityClass({ flags }: Call, name: string): Body {
  return {
    apiVersion: 'scheduling.k8s.io/v1', description: flags.text('description') ?? '',
      globalDefault: flags.is('global-default'),
    kind: 'PriorityClass', metadata: meta(name), preemptionPolicy: flags.text('preemption-policy')
      ?? 'PreemptLowerPriority',
    value: Number(flags.text('value') ?? 0),
  };
}

function budget({ flags }: Call, name: string): Body {
  const selector = pairs(flags.list('selector'));
  if (!selector || !flags.has('selector')) return { problem: 'a selector must be specified' };
  const number = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);
  const least = flags.text('min-available');
  const most = flags.text('max-unavailable');
  if ((least === undefined) === (most === undefined))
    return { problem: 'one of min-available or max-unavailable must be specified' };
  return {
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: meta(name),
    spec: {
      ...(most === undefined ? {} : { maxUnavailable: number(most) }),
        ...(least === undefined ? {} : { minAvailable: number(least) }),
      selector: { matchLabels: selector },
    },
    status: {},
  };
}

const dataFlags: FlagSpecs = {
  'append-hash': { type: 'unmodelledBool' }, 'from-env-file': { type: 'array' }, 'from-file': { type: 'array' },
  'from-literal': { type: 'array' },
};
const ports: FlagSpecs = { tcp: { type: 'list' }, clusterip: { type: 'string' }, 'node-port': { type: 'string' } };
const rules: FlagSpecs = {
  'verb': { type: 'list' }, 'resource': { type: 'list' }, 'resource-name': { type: 'list' },
    'non-resource-url': { type: 'list' },
  'aggregation-rule': { type: 'unmodelled' },
};
const subjects: FlagSpecs = {
  clusterrole: { type: 'string' }, role: { type: 'string' }, user: { type: 'list' }, group: { type: 'list' },
  serviceaccount: { type: 'list' },
};
const imageAndPort: FlagSpecs = {
  image: { type: 'list' }, port: { type: 'string' }, replicas: { type: 'string', short: 'r' },
};

const services: Readonly<Record<string, KubectlCommand>> = {
  clusterip: generator('Create a ClusterIP service', ports, service('ClusterIP')),
  nodeport: generator('Create a NodePort service', ports, service('NodePort')),
  loadbalancer: generator('Create a LoadBalancer service', ports, service('LoadBalancer')),
  externalname: generator('Create an ExternalName service', { ...ports, 'external-name': { type: 'string' } },
    service('ExternalName')),
};

export const create: KubectlCommand = {
  about: 'Create a resource from a file or from stdin',
  flags: { ...writing, 'filename': { type: 'list', short: 'f' }, 'edit': { type: 'unmodelledBool' },
    'raw': { type: 'unmodelled' } },
  commands: {
    'clusterrole': generator('Create a cluster role', rules, role('ClusterRole')),
    'clusterrolebinding': generator('Create a cluster role binding for a particular cluster role', subjects,
      binding('ClusterRoleBinding')),
    'configmap': generator('Create a config map from a local file, directory or literal value', dataFlags, configMap),
    'cm': generator('Create a config map', dataFlags, configMap),
    'cronjob': generator('Create a cron job with the specified name',
      { image: { type: 'string' }, schedule: { type: 'string' }, restart: { type: 'string' } }, cronJob),
    'deployment': generator('Create a deployment with the specified name', imageAndPort, deployment),
    'deploy': generator('Create a deployment', imageAndPort, deployment),
    'job': generator('Create a job with the specified name', { image: { type: 'string' }, from: { type: 'string' } },
      job),
    'namespace': generator('Create a namespace with the specified name', {}, (_, name) => (
      { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name), spec: {}, status: {} })),
    'ns': generator('Create a namespace', {}, (_, name) => (
      { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name), spec: {}, status: {} })),
    'poddisruptionbudget': generator('Create a pod disruption budget with the specified name',
      { 'selector': { type: 'string' }, 'min-available': { type: 'string' }, 'max-unavailable': { type: 'string' } },
        budget),
    'priorityclass': generator('Create a priority class with the specified name', {
      'description': { type: 'string' }, 'global-default': { type: 'bool' }, 'preemption-policy': { type: 'string' },
      'value': { type: 'string' },
    }, priorityClass),
    'quota': generator('Create a quota with the specified name',
      { hard: { type: 'list' }, scopes: { type: 'unmodelled' } }, quota),
    'role': generator('Create a role with single rule', rules, role('Role')),
    'rolebinding': generator('Create a role binding for a particular role or cluster role', subjects,
      binding('RoleBinding')),
    'secret': {
      about: 'Create a secret using a specified subcommand',
      commands: { generic: generator('Create a secret from a local file, directory, or literal value',
        { ...dataFlags, type: { type: 'string' } }, secret) },
    },
    'service': { about: 'Create a service using a specified subcommand', commands: services },
    'svc': { about: 'Create a service using a specified subcommand', commands: services },
    'serviceaccount': generator('Create a service account with the specified name', {}, (_, name) => (
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(name) })),
    'sa': generator('Create a service account', {}, (_, name) =>
      ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(name) })),
  },
  run: createFromFiles,
};

const unmodelledGenerators = new Set(['ingress', 'token', 'docker-registry', 'tls']);

function* createFromFiles(call: Call): Task<number> {
  const [word] = call.args;
  if (word !== undefined) {
    return complain(call, unmodelledGenerators.has(word) ? `kubectl create ${word} is not modelled in the sandbox`
      : `Unexpected args: [${call.args.join(' ')}]\nSee 'kubectl create -h' for help and examples`);
  }
  if (!call.flags.has('filename')) return complain(call, 'must specify one of -f and -k');
  const targets = fileTargets(call);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  let code = 0;
  for (const target of targets) {
    const created = yield* call.api.create(target.kind, scopeOf(call, target), target.object,
      { ...changing(call, 'kubectl-create'), fieldValidation: 'Strict' });
    if (created.ok) code = Math.max(code, printOutcome(call, created.value, `created${dryRunSuffix(call)}`));
    else if (created.status.code === 0 || created.status.reason === 'Invalid') code = refused(call, created.status);
    else {
      const message = `error when creating "${call.flags.all('filename')[0]}": ${created.status.message ?? ''}`;
      code = refused(call, { ...created.status, message });
    }
  }
  return code;
}

export const expose: KubectlCommand = {
  about: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  completes: 'workloads',
  flags: {
    ...writing, 'cluster-ip': { type: 'string' }, 'external-ip': { type: 'string' },
      'filename': { type: 'unmodelled', short: 'f' },
    'labels': { type: 'string', short: 'l' }, 'name': { type: 'string' }, 'overrides': { type: 'unmodelled' },
    'port': { type: 'string' }, 'protocol': { type: 'string' }, 'selector': { type: 'string' },
    'session-affinity': { type: 'string' }, 'target-port': { type: 'string' }, 'type': { type: 'string' },
    'load-balancer-ip': { type: 'unmodelled' },
  },
  run: runExpose,
};

interface Selecting {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
      };
    };
    readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
    readonly ports?: readonly { readonly port: number }[];
  };
}

function* runExpose(call: Call): Task<number> {
  const { flags } = call;
  const targets = targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  const [target] = targets;
  if (!target?.name) return complain(call, 'You must provide one or more resources by argument or filename.');
  const found = yield* call.api.get<KubeObject & Selecting>(target.kind, scopeOf(call, target), target.name);
  if (!found.ok) return refused(call, found.status);
  const { spec = {}, metadata } = found.value;
  const isPod = target.kind.kind === 'Pod';
  const selector = flags.has('selector') ? pairs(flags.list('selector'))
    : (isPod ? metadata.labels : spec.selector?.['matchLabels'] ?? spec.selector) as Readonly<Record<string,
      string>> | undefined;
  if (!selector || Object.keys(selector).length === 0) {
    return complain(call,
      'couldn\'t retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed');
  }
  const containers = spec.template?.spec?.containers ?? spec.containers ?? [];
  const known = spec.ports?.map(({ port }) => port) ?? containers.flatMap(({ ports: own }) =>
    own?.map(({ containerPort }) => containerPort) ?? []);
  const wanted = flags.has('port') ? flags.list('port').map(Number) : known;
  if (wanted.length === 0) return complain(call, 'couldn\'t find port via --port flag or introspection');
  const goal = flags.text('target-port');
  const list = wanted.map((port, index) => ({
    ...(wanted.length > 1 ? { name: `port-${index + 1}` } : {}), port, protocol: flags.text('protocol') ?? 'TCP',
    targetPort: goal === undefined ? port : /^\d+$/.test(goal) ? Number(goal) : goal,
  }));
  const type = flags.text('type');
  const clusterIP = flags.text('cluster-ip');
  const affinity = flags.text('session-affinity');
  const body = {
    apiVersion: 'v1', kind: 'Service',
    metadata: { ...(metadata.labels ? { labels: metadata.labels } : {}), name: flags.text('name') ?? target.name },
    spec: {
      ...(clusterIP === undefined ? {} : { clusterIP }), ports: list, selector,
      ...(affinity === undefined ? {} : { sessionAffinity: affinity }), ...(type === undefined ? {} : { type }),
    },
    status: { loadBalancer: {} },
  };
  return yield* createObject(call, body as unknown as KubeObject, 'kubectl-expose', 'exposed');
}
