/** `kubectl run`: one bare pod, and with `-it` a session in it. Models kubectl's pkg/cmd/run. */
import type { AnyKind } from '../../../api/kind';
import type { KubeObject, Pod } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { sessionNote } from './attach';
import { awaitObject } from './await';
import {
  type Call,
  changing,
  complain,
  dryRunProblem,
  dryRunSuffix,
  type KubectlCommand,
  misused,
  refused,
  say,
} from './call';
import { printOutcome } from './output';
import { remoteSession } from './remote';

export const run: KubectlCommand = {
  about: 'Run a particular image on the cluster',
  flags: {
    annotations: { type: 'array' },
    attach: { type: 'bool' },
    command: { type: 'bool' },
    'dry-run': { type: 'string', bare: 'unchanged' },
    env: { type: 'array' },
    expose: { type: 'unmodelledBool' },
    'field-manager': { type: 'string' },
    image: { type: 'string', required: true },
    'image-pull-policy': { type: 'string' },
    labels: { type: 'string', short: 'l' },
    output: { type: 'string', short: 'o' },
    overrides: { type: 'unmodelled' },
    'pod-running-timeout': { type: 'string' },
    port: { type: 'string' },
    privileged: { type: 'bool' },
    quiet: { type: 'bool', short: 'q' },
    restart: { type: 'string' },
    rm: { type: 'bool' },
    'save-config': { type: 'unmodelledBool' },
    'show-managed-fields': { type: 'bool' },
    stdin: { type: 'bool', short: 'i' },
    template: { type: 'unmodelled' },
    tty: { type: 'bool', short: 't' },
  },
  run: runRun,
};

/** A reference to an image: registry, repository in lower case, tag, digest. */
const imageName = new RegExp('^([\\w.-]+(:\\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*'
  + '(:\\w[\\w.-]*)?(@\\w+:[0-9a-f]+)?$');

function inNamespace({ flags, namespace }: Call, pod: KubeObject): KubeObject {
  return flags.has('namespace') ? { ...pod, metadata: { ...pod.metadata, namespace } } : pod;
}

function* runRun(call: Call): Task<number> {
  const { flags } = call;
  const [name, ...args] = call.args;
  if (name === undefined) return misused(call, 'NAME is required for run');
  const image = flags.text('image') ?? '';
  if (image === '') return complain(call, '--image is required');
  if (!imageName.test(image)) {
    return complain(call, `Invalid image name "${image}": invalid reference format`);
  }
  const attached = flags.has('attach') ? flags.is('attach') : flags.is('stdin') || flags.is('tty');
  if (flags.is('rm') && !attached) return misused(call, '--rm should only be used for attached containers');
  if (flags.is('tty') && !flags.is('stdin')) return misused(call,
    '-i/--stdin is required for containers with -t/--tty=true');
  const restart = flags.text('restart') ?? 'Always';
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) return misused(call, `invalid restart policy: ${restart}`);
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  const labels = pairs(flags.text('labels')?.split(',') ?? [`run=${name}`]);
  if (labels === undefined) return complain(call, `unexpected label spec: ${flags.text('labels')}`);
  const environment = pairs(flags.all('env'));
  if (environment === undefined) {
    return complain(call, `invalid env: ${flags.all('env').find((each) => each.indexOf('=') < 1) ?? ''}`);
  }
  const port = flags.text('port');
  if (port !== undefined && !/^\d+$/.test(port)) {
    return complain(call, `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  }
  const pod = podOf(call, { name, image, restart, labels, environment, args });
  if (flags.text('dry-run') === 'client')
    return printOutcome(call, inNamespace(call, pod), `created${dryRunSuffix(call)}`);
  const kind = call.kinds.byKind('v1', 'Pod') as AnyKind;
  const created = yield* call.api.create(kind, call.namespace, pod, changing(call, 'kubectl-run'));
  if (!created.ok) return refused(call, created.status);
  if (!attached) return printOutcome(call, created.value, `created${dryRunSuffix(call)}`);
  return yield* session(call, kind, name);
}

interface Wanted {
  readonly name: string;
  readonly image: string;
  readonly restart: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

function podOf({ flags }: Call, { name, image, restart, labels, environment, args }: Wanted): KubeObject {
  const policy = flags.text('image-pull-policy');
  const annotations = pairs(flags.all('annotations')) ?? {};
  const container = {
    ...(args.length === 0 ? {} : flags.is('command') ? { command: args } : { args }),
    ...(Object.keys(environment).length === 0 ? {}
      : { env: Object.keys(environment).map((key) => ({ name: key, value: environment[key] })) }),
    image, ...(policy === undefined ? {} : { imagePullPolicy: policy }), name,
    ...(flags.has('port') ? { ports: [{ containerPort: Number(flags.text('port')) }] } : {}),
    resources: {},
    ...(flags.is('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(flags.is('stdin') ? { stdin: true, stdinOnce: true } : {}), ...(flags.is('tty') ? { tty: true } : {}),
  };
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { ...(Object.keys(annotations).length === 0 ? {} : { annotations }), labels, name },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart },
    status: {},
  } as unknown as KubeObject;
}

/** Attaches to the pod when it runs; with `--rm` the pod goes afterwards. */
function* session(call: Call, kind: AnyKind, name: string): Task<number> {
  const { flags, namespace } = call;
  const begun = yield* awaitObject(call, kind, namespace, name, 60_000, (pod) => pod !== undefined
    && (pod as Pod).status.phase !== 'Pending');
  if (begun.kind === 'failed') return refused(call, begun.status);
  if (begun.kind === 'timeout') return complain(call, 'timed out waiting for the condition');
  if (!flags.is('quiet')) {
    call.write('stderr', sessionNote);
  }
  const code = yield* remoteSession(call, {
    namespace, pod: name, subresource: 'attach', container: name, command: [], stdin: flags.is('stdin'),
    tty: flags.is('tty') && call.stdin === undefined,
  });
  if (flags.is('rm')) {
    yield* call.api.ask({
      method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      subject: { verb: 'delete', resource: 'pods', namespace, name },
    });
    say(call, `pod "${name}" deleted from ${namespace} namespace`);
  }
  return code;
}

/** `key=value` words as a map; undefined when one is none. */
export function pairs(words: readonly string[]): Readonly<Record<string, string>> | undefined {
  const entries: [string, string][] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) return undefined;
    entries.push([word.slice(0, equals), word.slice(equals + 1)]);
  }
  return Object.fromEntries(entries);
}
