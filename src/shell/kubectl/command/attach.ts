/** `kubectl attach`: joins the process that runs in a container. Models kubectl's pkg/cmd/attach. */
import type { Pod } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand } from './call';
import { containerOf, podsOf } from './exec';
import { remoteSession } from './remote';

export const attach: KubectlCommand = {
  about: 'Attach to a running container',
  completes: 'pods',
  flags: {
    'container': { type: 'string', short: 'c' }, 'pod-running-timeout': { type: 'string' },
    'quiet': { type: 'bool', short: 'q' }, 'stdin': { type: 'bool', short: 'i' }, 'tty': { type: 'bool', short: 't' },
  },
  run: runAttach,
};

/** What kubectl says before it joins a process. */
export const sessionNote = 'All commands and output from this session will be recorded in container logs, including '
  + 'credentials and sensitive information passed through the command prompt.\n'
  + 'If you don\'t see a command prompt, try pressing enter.\n';

function* runAttach(call: Call): Task<number> {
  const { flags, args } = call;
  if (args.length === 0) return complain(call, 'at least 1 argument is required for attach');
  if (args.length > 2) {
    return complain(call, 'expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) '
      + `saw ${args.length}: [${args.join(' ')}]`);
  }
  const pods = yield* podsOf(call, args.join('/'));
  if ('code' in pods) return pods.code;
  const [pod] = pods as readonly Pod[];
  if (!pod) return 1;
  const { name } = pod.metadata;
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') {
    return complain(call, `cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  const wrong = wrongContainer(pod, flags.text('container'));
  if (wrong !== undefined) return complain(call, `cannot attach to the container: ${wrong}`);
  const container = containerOf(call, pod);
  if (typeof container !== 'string') return container;
  const own = pod.spec.containers.find((each) => each.name === container);
  const tty = ttyOf(call, container, own?.tty === true);
  if (!flags.is('quiet')) call.write('stderr', sessionNote);
  return yield* remoteSession(call, {
    namespace: call.namespace, pod: name, subresource: 'attach', container, command: [], stdin: flags.is('stdin'), tty,
  });
}

function wrongContainer({ metadata, spec }: Pod, wanted: string | undefined): string | undefined {
  const named = (list: readonly { readonly name: string }[] = [], mark = ''): string[] =>
    list.map(({ name }) => name + mark);
  const plain = [...named(spec.containers), ...named(spec.ephemeralContainers), ...named(spec.initContainers)];
  if (wanted === undefined || plain.includes(wanted)) return undefined;
  const all = [
    ...named(spec.containers), ...named(spec.ephemeralContainers, ' (ephem)'), ...named(spec.initContainers, ' (init)'),
  ];
  return `container ${wanted} is not valid for pod ${metadata.name} out of: ${all.join(', ')}`;
}

/** A terminal on both sides or on none. */
function ttyOf(call: Call, container: string, has: boolean): boolean {
  if (!call.flags.is('tty')) return has;
  if (!has) call.write('stderr', `error: Unable to use a TTY - container ${container} did not allocate one\n`);
  return has && call.stdin === undefined;
}
