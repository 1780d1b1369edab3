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
    'container': { type: 'string', short: 'c' }, 'pod-running-timeout': { type: 'string' }, 'quiet': { type: 'bool', short: 'q' },
    'stdin': { type: 'bool', short: 'i' }, 'tty': { type: 'bool', short: 't' },
  },
  run: runAttach,
};

/** What kubectl says before it joins a process. */
export const sessionNote = 'All commands and output from this session will be recorded in container logs, including credentials '
  + 'and sensitive information passed through the command prompt.\nIf you don\'t see a command prompt, try pressing enter.\n';

function* runAttach(call: Call): Task<number> {
  const { flags, args } = call;
  const [word, ...more] = args;
  if (word === undefined) return complain(call, 'at least 1 argument is required for attach');
  if (more.length > 0) return complain(call, `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
  const pods = yield* podsOf(call, word);
  if ('code' in pods) return pods.code;
  const [pod] = pods as readonly Pod[];
  if (!pod) return 1;
  const { name } = pod.metadata;
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') {
    return complain(call, `cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  const container = containerOf(call, pod);
  if (typeof container !== 'string') return container;
  const own = pod.spec.containers.find((each) => each.name === container);
  if (!flags.is('quiet')) call.write('stderr', sessionNote);
  return yield* remoteSession(call, {
    namespace: call.namespace, pod: name, subresource: 'attach', container, command: [], stdin: flags.is('stdin'),
    tty: ttyOf(call, container, own?.tty === true),
  });
}

/** A terminal on both sides or on none. */
function ttyOf(call: Call, container: string, has: boolean): boolean {
  if (!call.flags.is('tty')) return has;
  if (!has) call.write('stderr', `error: Unable to use a TTY - container ${container} did not allocate one\n`);
  return has && call.stdin === undefined;
}
