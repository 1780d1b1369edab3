/** `kubectl exec` and `kubectl logs`. Models kubectl's pkg/cmd/exec and pkg/cmd/logs. */
import { parseLabelSelector, isSelectorError } from '../../../api/selectors';
import type { AnyKind } from '../../../api/kind';
import type { KubeObject, Pod, Status } from '../../../api/types';
import { parseGoDuration } from '../../../api/duration';
import { all, type Task, waitFor } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, misused, refused } from './call';
import { pathOf } from './connection';
import { remoteSession } from './remote';
import { labelsText } from './table';

export const exec: KubectlCommand = {
  about: 'Execute a command in a container',
  completes: 'pods',
  stopsAtArgument: false,
  flags: {
    'container': { type: 'string', short: 'c' }, 'filename': { type: 'unmodelled', short: 'f' },
    'pod-running-timeout': { type: 'string' }, 'quiet': { type: 'bool', short: 'q' },
      'stdin': { type: 'bool', short: 'i' },
    'tty': { type: 'bool', short: 't' },
  },
  run: runExec,
};

export const logs: KubectlCommand = {
  about: 'Print the logs for a container in a pod',
  completes: 'pods',
  flags: {
    'all-containers': { type: 'bool' }, 'all-pods': { type: 'bool' }, 'container': { type: 'string', short: 'c' },
    'follow': { type: 'bool', short: 'f' }, 'ignore-errors': { type: 'bool' },
    'insecure-skip-tls-verify-backend': { type: 'unmodelledBool' }, 'limit-bytes': { type: 'int' },
    'max-log-requests': { type: 'int' }, 'pod-running-timeout': { type: 'string' }, 'prefix': { type: 'bool' },
    'previous': { type: 'bool', short: 'p' }, 'selector': { type: 'string', short: 'l' }, 'since': { type: 'duration' },
    'since-time': { type: 'string' }, 'tail': { type: 'int' }, 'timestamps': { type: 'bool' },
  },
  run: runLogs,
};

type Pods = { readonly items: readonly Pod[] };

/** The pods behind `web`, `pod/web`, `deploy/web`: those that the selector of a workload finds. */
export function* podsOf(call: Call, word: string,
  notFound: (call: Call, status: Status) => number = refused): Task<readonly Pod[] | { readonly code: number }> {
  const [type = 'pod', name = ''] = word.includes('/') ? word.split('/') : ['pod', word];
  const kind = call.kinds.byName(type);
  const podKind = call.kinds.byKind('v1', 'Pod') as AnyKind;
  if (!kind) return { code: complain(call, `the server doesn't have a resource type "${type}"`) };
  const found = yield* call.api.get<KubeObject>(kind, kind.namespaced ? call.namespace : undefined, name);
  if (!found.ok) return { code: notFound(call, found.status) };
  if (kind === podKind) return [found.value as Pod];
  const selector = selectorText(found.value);
  if (selector === undefined) {
    return { code: complain(call, `cannot get the logs from ${kind.group === '' ? '' : `${kind.group}/`}${kind.kind}: `
      + 'selector for the object is not modelled in the sandbox') };
  }
  const pods = yield* call.api.list<Pods>(podKind, call.namespace, { labelSelector: selector });
  if (!pods.ok) return { code: refused(call, pods.status) };
  if (pods.value.items.length === 0) {
    return { code: complain(call, 'timed out waiting for the condition') };
  }
  return [...pods.value.items].sort((a, b) => rank(a) - rank(b));
}

/** Pods that run come first. */
function rank({ status }: Pod): number {
  return status.phase === 'Running' ? 0 : 1;
}

function selectorText(object: KubeObject): string | undefined {
  const { selector } = (object as unknown as { spec?: { selector?: Readonly<Record<string, unknown>> } }).spec ?? {};
  const labels = (selector?.['matchLabels'] ?? selector) as Readonly<Record<string, string>> | undefined;
  return labels === undefined ? undefined : labelsText(labels);
}

function* runExec(call: Call): Task<number> {
  const { flags, args } = call;
  const [word, ...command] = args;
  if (word === undefined || flags.dash === 0) return complain(call, 'pod, type/name or --filename must be specified');
  if (command.length === 0) {
    return complain(call, 'you must specify at least one command for the container');
  }
  if (flags.dash === undefined) {
    call.write('stderr', 'error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n'
      + 'See \'kubectl exec -h\' for help and examples\n');
    return 1;
  }
  const pods = yield* podsOf(call, word);
  if ('code' in pods) return pods.code;
  const [pod] = pods as readonly Pod[];
  if (!pod) return 1;
  const { name } = pod.metadata;
  if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') {
    return complain(call, `cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
  }
  const container = containerOf(call, pod);
  if (typeof container !== 'string') return container;
  let tty = flags.is('tty');
  if (tty && call.stdin !== undefined) {
    call.write('stderr', 'Unable to use a TTY - input is not a terminal or the right kind of file\n');
    tty = false;
  }
  return yield* remoteSession(call, {
    namespace: call.namespace, pod: name, subresource: 'exec', container, command, stdin: flags.is('stdin'), tty,
  });
}

/** The container that is meant: `-c`, the annotation, the first one. */
export function containerOf(call: Call, pod: Pod): string | number {
  const wanted = call.flags.text('container');
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  if (wanted !== undefined) {
    return names.includes(wanted) ? wanted : complain(call,
      `container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${containersOf(pod)}`);
  }
  const preferred = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (preferred !== undefined && names.includes(preferred)) return preferred;
  const [first = ''] = names;
  if (names.length > 1 && !call.flags.is('quiet')) {
    call.write('stderr', `Defaulted container "${first}" out of: ${containersOf(pod)}\n`);
  }
  return first;
}

/** `logs` has words of its own for what is not there. */
function logsRefused(call: Call, status: Status): number {
  if (status.code !== 404) return refused(call, status);
  return complain(call, `error from server (NotFound): ${status.message ?? ''} in namespace "${call.namespace}"`);
}

function containersOf({ spec }: Pod): string {
  return [...spec.containers.map(({ name }) => name),
    ...(spec.initContainers ?? []).map(({ name }) => `${name} (init)`)].join(', ');
}

function* runLogs(call: Call): Task<number> {
  const { flags, args } = call;
  const selector = flags.text('selector');
  if ((args.length === 0 && selector === undefined) || args.length > 2) {
    return misused(
      call,
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required " +
        'argument for the logs command',
    );
  }
  if (selector !== undefined && args.length > 0) {
    return misused(call, 'only a selector (-l) or a POD name is allowed');
  }
  const query = logQuery(call);
  if ('problem' in query) return complain(call, String(query['problem']));
  let pods: readonly Pod[];
  if (selector === undefined) {
    const found = yield* podsOf(call, args[0] as string, logsRefused);
    if ('code' in found) return found.code;
    pods = flags.is('all-pods') || (args[0] ?? '').startsWith('po') ? found : found.slice(0, 1);
    if (found.length > 1 && pods.length === 1) {
      call.write('stderr', `Found ${found.length} pods, using pod/${found[0]?.metadata.name}\n`);
    }
  } else {
    const parsed = parseLabelSelector(selector);
    if (isSelectorError(parsed)) return complain(call, parsed.error);
    const list = yield* call.api.list<Pods>(call.kinds.byKind('v1', 'Pod') as AnyKind, call.namespace,
      { labelSelector: selector });
    if (!list.ok) return refused(call, list.status);
    if (list.value.items.length === 0) call.write('stderr', `No resources found in ${call.namespace} namespace.\n`);
    pods = list.value.items;
  }
  const streams: { readonly pod: Pod; readonly container: string }[] = [];
  for (const pod of pods) {
    const containers = flags.is('all-containers')
      ? [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name) : [containerOf(call, pod)];
    for (const container of containers) {
      if (typeof container === 'number') return container;
      streams.push({ pod, container });
    }
  }
  const limit = Number(flags.text('max-log-requests') ?? 5);
  if (flags.is('follow') && streams.length > limit) {
    return complain(call,
      `you are attempting to follow ${streams.length} log streams, but maximum allowed concurrency is `
      + `${limit}, use --max-log-requests to increase the limit`);
  }
  const prefixed = flags.is('prefix') || flags.is('all-pods');
  const run = ({ pod, container }: typeof streams[number]): Task<number> =>
    logOf(call, pod, container, query, prefixed ? `[pod/${pod.metadata.name}/${container}] ` : '');
  if (flags.is('follow')) return Math.max(0, ...(yield* all(streams.map(run))));
  let code = 0;
  for (const stream of streams) code = Math.max(code, yield* run(stream));
  return code;
}

type LogQuery = Readonly<Record<string, string | undefined>>;

function logQuery({ flags }: Call): LogQuery {
  const since = flags.text('since');
  const sinceMs = since === undefined ? undefined : parseGoDuration(since);
  if (since !== undefined && sinceMs === undefined) {
    return { problem: `invalid argument "${since}" for "--since" flag: time: invalid duration "${since}"` };
  }
  const tail = flags.text('tail') ?? (flags.has('selector') && !flags.is('follow') ? '10' : undefined);
  return {
    follow: flags.is('follow') ? 'true' : undefined, previous: flags.is('previous') ? 'true' : undefined,
    timestamps: flags.is('timestamps') ? 'true' : undefined, limitBytes: flags.text('limit-bytes'),
    sinceSeconds: sinceMs === undefined ? undefined : String(Math.ceil(sinceMs / 1000)),
      sinceTime: flags.text('since-time'),
    tailLines: tail === '-1' ? undefined : tail,
  };
}

function* logOf(call: Call, pod: Pod, container: string, query: LogQuery, prefix: string): Task<number> {
  const { name, namespace } = pod.metadata;
  let rest = '';
  const show = (text: string): void => {
    if (prefix === '') return call.write('stdout', text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) call.write('stdout', `${prefix}${line}\n`);
  };
  const status = yield* waitFor<Status | undefined>((resume) => {
    call.api.open({
      path: pathOf(call.kinds.byKind('v1', 'Pod') as AnyKind, namespace, name, 'log'), query: { ...query, container },
      subject: { verb: 'get', resource: 'pods', subresource: 'log', namespace, name }, accept: 'text/plain',
    }, { chunk: show, end: resume });
  });
  if (rest !== '') call.write('stdout', `${prefix}${rest}\n`);
  return status ? refused(call, status) : 0;
}
