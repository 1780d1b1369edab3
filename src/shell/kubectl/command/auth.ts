/** `auth can-i` and `auth whoami`. Models kubectl's pkg/cmd/auth. */
import type { AnyKind } from '../../../api/kind';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { aligned } from './table';

interface Review {
  readonly status: {
    readonly allowed?: boolean; readonly reason?: string;
    readonly userInfo?: { readonly username: string; readonly groups?: readonly string[]; readonly uid?: string };
  };
}

const canI: KubectlCommand = {
  about: 'Check whether an action is allowed',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'list': { type: 'unmodelledBool' }, 'no-headers': { type: 'bool' },
    'quiet': { type: 'bool', short: 'q' }, 'subresource': { type: 'string' },
  },
  run: runCanI,
};

function* runCanI(call: Call): Task<number> {
  const [verb, what, name] = call.args;
  if (verb === undefined || what === undefined) {
    return complain(
      call,
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const review = call.kinds.byKind('authorization.k8s.io/v1', 'SelfSubjectAccessReview') as AnyKind;
  const [type = '', own] = what.split('/');
  const kind = call.kinds.byName(type);
  if (!what.startsWith('/') && !kind && type !== '*') {
    call.write('stderr', `Warning: the server doesn't have a resource type '${type}'\n`);
  }
  if (kind && !kind.namespaced) {
    call.write(
      'stderr',
      `Warning: resource '${kind.plural}' is not namespace scoped${kind.group === '' ? '' : ` in group '${kind.group}'`}\n\n`,
    );
  }
  const namespace = call.flags.is('all-namespaces') || (kind && !kind.namespaced) ? '' : call.namespace;
  const spec = what.startsWith('/') ? { nonResourceAttributes: { path: what, verb } } : {
    resourceAttributes: {
      group: kind?.group ?? (type === '*' ? '*' : ''), name: name ?? own, namespace, resource: kind?.plural ?? type,
      subresource: call.flags.text('subresource'), verb,
    },
  };
  const answer = yield* call.api.create<Review>(review, undefined,
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec });
  if (!answer.ok) return refused(call, answer.status);
  const { allowed = false, reason } = answer.value.status;
  if (!call.flags.is('quiet')) say(call, allowed ? 'yes' : `no${reason ? ` - ${reason}` : ''}`);
  return allowed ? 0 : 1;
}

const whoAmI: KubectlCommand = {
  about: 'Experimental: Check self subject attributes',
  flags: { output: { type: 'unmodelled', short: 'o' } },
  run: function* (call) {
    const kind = call.kinds.byKind('authentication.k8s.io/v1', 'SelfSubjectReview') as AnyKind;
    const answer = yield* call.api.create<Review>(kind, undefined,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
    if (!answer.ok) return refused(call, answer.status);
    const { username = '', groups = [], uid } = answer.value.status.userInfo ?? {};
    call.write('stdout', aligned([
      ['ATTRIBUTE', 'VALUE'], ['Username', username], ...(uid ? [['UID', uid]] : []),
        ['Groups', `[${groups.join(' ')}]`],
    ]));
    return 0;
  },
};

export const auth: KubectlCommand = { about: 'Inspect authorization', commands: { 'can-i': canI, 'whoami': whoAmI } };
