/**
 * `kubectl debug`: an ephemeral container in a running pod, or a pod on a node that sees the node's disk and
 * namespaces. Models kubectl's pkg/cmd/debug with its profiles; copies of pods (`--copy-to`) and `--custom` are not modelled.
 */
import type { AnyKind } from '../../../api/kind';
import { isPatchError, type PlainMap } from '../../../api/patch/plain';
import { threeWayStrategicMergePatch } from '../../../api/patch/strategic';
import type { KubeObject, Pod } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { sessionNote } from './attach';
import { awaitObject } from './await';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { remoteSession } from './remote';
import { pairs } from './run';

const profiles = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin'] as const;

type Profile = (typeof profiles)[number];

export const debug: KubectlCommand = {
  about: 'Create debugging sessions for troubleshooting workloads and nodes',
  completes: 'pods',
  flags: {
    'arguments-only': { type: 'bool' },
    attach: { type: 'bool' },
    container: { type: 'string', short: 'c' },
    'copy-to': { type: 'unmodelled' },
    custom: { type: 'unmodelled' },
    env: { type: 'array' },
    filename: { type: 'unmodelled', short: 'f' },
    image: { type: 'string' },
    'image-pull-policy': { type: 'string' },
    profile: { type: 'string' },
    quiet: { type: 'bool', short: 'q' },
    replace: { type: 'bool' },
    'same-node': { type: 'bool' },
    'set-image': { type: 'unmodelled' },
    'share-processes': { type: 'bool' },
    stdin: { type: 'bool', short: 'i' },
    target: { type: 'string' },
    tty: { type: 'bool', short: 't' },
  },
  run: runDebug,
};

function* runDebug(call: Call): Task<number> {
  const { flags } = call;
  const dash = flags.dash ?? call.args.length;
  const [word] = call.args.slice(0, dash);
  const problem = usageProblem(call);
  if (problem !== undefined) return complain(call, problem);
  if (word === undefined) return complain(call, 'NAME or TYPE/NAME is required for debug');
  const profile = (flags.text('profile') ?? 'general') as Profile;
  if (!profiles.includes(profile)) return complain(call, `unknown profile: ${profile}`);
  if (profile === 'legacy') {
    call.write('stderr', '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to '
      + 'specify other profile, for example "--profile=general".\n');
  }
  const [type = 'pod', name = ''] = word.includes('/') ? word.split('/') : ['pod', word];
  const kind = call.kinds.byName(type);
  if (!kind) return complain(call, `the server doesn't have a resource type "${type}"`);
  const found = yield* call.api.get<KubeObject>(kind, kind.namespaced ? call.namespace : undefined, name);
  if (!found.ok) return refused(call, found.status);
  const command = call.args.slice(dash);
  if (kind.kind === 'Node') return yield* onNode(call, name, profile, command);
  if (kind.kind === 'Pod') return yield* inPod(call, kind, found.value as Pod, profile, command);
  const version = kind.group === '' ? `/${kind.version}` : `${kind.group}/${kind.version}`;
  return complain(call, `"${version}, Kind=${kind.kind}" not supported by debug`);
}

function usageProblem({ flags }: Call): string | undefined {
  for (const name of ['replace', 'same-node', 'share-processes']) {
    if (flags.is(name)) return `--${name} may only be used with --copy-to.`;
  }
  const image = flags.text('image') ?? '';
  if (image === '') return 'you must specify --image when not using --copy-to.';
  if (!/^[a-zA-Z0-9][\w.\-/:@]*$/.test(image)) return `invalid image name "${image}": invalid reference format`;
  if (flags.is('tty') && !flags.is('stdin')) return '-i/--stdin is required for containers with -t/--tty=true';
  return undefined;
}

// --- in a pod --------------------------------------------------------------------------------------------------------

function* inPod(call: Call, kind: AnyKind, pod: Pod, profile: Profile, command: readonly string[]): Task<number> {
  const { flags } = call;
  const target = flags.text('target');
  if (target !== undefined && !flags.is('quiet')) {
    call.write('stderr', `Targeting container "${target}". If you don't see processes from this container it may be `
      + 'because the container runtime doesn\'t support this feature.\n');
  }
  const name = flags.text('container') ?? newName(call, pod);
  if (!flags.has('container') && !flags.is('quiet')) {
    call.write('stderr', `Defaulting debug container name to ${name}.\n`);
  }
  const container = {
    ...containerOf(call, name, command), ...security(profile, 'pod'), terminationMessagePolicy: 'File',
    ...(target === undefined ? {} : { targetContainerName: target }),
  };
  // One of that name may not be changed: the API server says so when it is asked to put another in its place.
  const others = (pod.spec.ephemeralContainers ?? []).filter((each) => each.name !== name);
  const before = pod as unknown as PlainMap;
  const after = {
    ...before,
    spec: { ...pod.spec, ephemeralContainers: [...others, container] },
  } as unknown as PlainMap;
  const patch = threeWayStrategicMergePatch(before, after, before, kind.schema as string);
  if (isPatchError(patch)) return complain(call, 'the pod cannot be compared with the one on the server');
  const { namespace, name: podName } = pod.metadata;
  const added = yield* call.api.patch(kind, namespace, podName, 'strategic-merge', patch, {}, 'ephemeralcontainers');
  if (!added.ok) return refused(call, added.status);
  return yield* join(call, kind, podName, name);
}

function newName(call: Call, { spec }: Pod): string {
  const taken = new Set([...spec.containers, ...spec.initContainers ?? [], ...spec.ephemeralContainers ?? []]
    .map(({ name }) => name));
  for (;;) {
    const name = `debugger-${suffix(call)}`;
    if (!taken.has(name)) return name;
  }
}

// --- on a node -------------------------------------------------------------------------------------------------------

function* onNode(call: Call, node: string, profile: Profile, command: readonly string[]): Task<number> {
  const { flags } = call;
  const container = flags.text('container') ?? 'debugger';
  const name = `node-debugger-${node}-${suffix(call)}`;
  const inHost = profile !== 'baseline' && profile !== 'restricted';
  const hasDisk = inHost && profile !== 'netadmin';
  const pod = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' }, name },
    spec: {
      containers: [{
        ...containerOf(call, container, command), ...security(profile, 'node'), terminationMessagePolicy: 'File',
        ...(hasDisk ? { volumeMounts: [{ mountPath: '/host', name: 'host-root' }] } : {}),
      }],
      ...(inHost ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
      nodeName: node, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }],
      ...(hasDisk ? { volumes: [{ hostPath: { path: '/' }, name: 'host-root' }] } : {}),
    },
    status: {},
  };
  if (!flags.is('quiet')) say(call, `Creating debugging pod ${name} with container ${container} on node ${node}.`);
  const kind = call.kinds.byKind('v1', 'Pod') as AnyKind;
  const created = yield* call.api.create(kind, call.namespace, pod, { fieldManager: 'kubectl-debug' });
  if (!created.ok) return refused(call, created.status);
  return yield* join(call, kind, name, container);
}

// --- of both ---------------------------------------------------------------------------------------------------------

function containerOf({ flags }: Call, name: string, command: readonly string[]) {
  const environment = pairs(flags.all('env')) ?? {};
  const policy = flags.text('image-pull-policy');
  return {
    ...(command.length === 0 ? {} : flags.is('arguments-only') ? { args: command } : { command }),
    ...(flags.has('env') ? { env: Object.entries(environment).map(([key, value]) => ({ name: key, value })) } : {}),
    image: flags.text('image') ?? '', ...(policy === undefined ? {} : { imagePullPolicy: policy }), name, resources: {},
    ...(flags.is('stdin') ? { stdin: true } : {}), ...(flags.is('tty') ? { tty: true } : {}),
  };
}

function security(profile: Profile, where: 'pod' | 'node'): { readonly securityContext?: object } {
  switch (profile) {
    case 'legacy': case 'baseline': return {};
    case 'general': return where === 'pod' ? { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } } : {};
    case 'netadmin': return { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } };
    case 'sysadmin': return { securityContext: { privileged: true } };
    case 'restricted': return {
      securityContext: {
        allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    };
  }
}

/** With `-i` or `--attach`: waits until the container runs, and joins it; what has ended already shows its log. */
function* join(call: Call, kind: AnyKind, pod: string, container: string): Task<number> {
  const { flags, namespace } = call;
  if (!(flags.has('attach') ? flags.is('attach') : flags.is('stdin'))) return 0;
  const stateOf = (object: KubeObject | undefined) => {
    const { containerStatuses = [], ephemeralContainerStatuses = [] } = (object as Pod | undefined)?.status ?? {};
    return [...containerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === container)?.state;
  };
  const begun = yield* awaitObject(call, kind, namespace, pod, 0, (object) => {
    const state = stateOf(object);
    return object === undefined || state?.running !== undefined || state?.terminated !== undefined;
  });
  if (begun.kind === 'failed') return refused(call, begun.status);
  if (stateOf(begun.object)?.terminated) {
    const log = yield* call.api.ask<string>({
      path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`, query: { container }, accept: 'text/plain',
      subject: { verb: 'get', resource: 'pods', subresource: 'log', namespace, name: pod },
    });
    if (!log.ok) return refused(call, log.status);
    call.write('stdout', log.text);
    return 0;
  }
  if (!flags.is('quiet')) call.write('stderr', sessionNote);
  yield* remoteSession(call, {
    namespace, pod, subresource: 'attach', container, command: [], stdin: flags.is('stdin'),
    tty: flags.is('tty') && call.stdin === undefined,
  });
  return 0;
}

/** Five letters as Kubernetes' own names end with. */
function suffix({ host }: Call): string {
  return host.random('debug').nameSuffix(5);
}
