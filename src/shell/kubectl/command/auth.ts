/** `auth can-i` and `auth whoami`. Models kubectl's pkg/cmd/auth. */
import type { AnyKind } from '../../../api/kind';
import type { PolicyRule } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { encodeJsonIndented } from '../../../base/json-write';
import { dumpYaml } from '../../../base/yaml/dump';
import { resourceText, rulesByResource } from '../describe/rbac';
import { goList } from '../describe/writer';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { aligned } from './table';

interface Review {
  readonly status: {
    readonly allowed?: boolean; readonly reason?: string;
    readonly userInfo?: {
      readonly username: string; readonly groups?: readonly string[]; readonly uid?: string;
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

const canI: KubectlCommand = {
  about: 'Check whether an action is allowed',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'list': { type: 'bool' }, 'no-headers': { type: 'bool' },
    'quiet': { type: 'bool', short: 'q' }, 'subresource': { type: 'string' },
  },
  run: runCanI,
};

const knownVerbs = new Set(['*', 'approve', 'attest', 'bind', 'create', 'delete', 'deletecollection', 'escalate', 'get',
  'impersonate', 'list', 'nominate', 'patch', 'proxy', 'sign', 'update', 'use', 'watch']);

interface RulesReview {
  readonly status: {
    readonly resourceRules?: readonly PolicyRule[]; readonly nonResourceRules?: readonly PolicyRule[];
    readonly incomplete?: boolean; readonly evaluationError?: string;
  };
}

/** `--list`: every rule that holds for the user in the namespace. */
function* listAllowed(call: Call): Task<number> {
  const review = call.kinds.byKind('authorization.k8s.io/v1', 'SelfSubjectRulesReview') as AnyKind;
  const answer = yield* call.api.create<RulesReview>(review, undefined, {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: call.namespace },
  });
  if (!answer.ok) return refused(call, answer.status);
  const { resourceRules = [], nonResourceRules = [], incomplete, evaluationError } = answer.value.status;
  if (incomplete === true) call.write('stderr', `warning: the list may be incomplete: ${evaluationError ?? ''}\n`);
  const rows = rulesByResource([...resourceRules, ...nonResourceRules]).map((row) => (
    [resourceText(row), goList(row.urls), goList(row.names), goList(row.verbs)]));
  const head = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'];
  call.write('stdout', aligned(call.flags.is('no-headers') ? rows : [head, ...rows]));
  return 0;
}

function* runCanI(call: Call): Task<number> {
  if (call.flags.is('list')) return yield* listAllowed(call);
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
  const [plain = '', ...group] = type.split('.');
  if (!what.startsWith('/') && !kind && type !== '*') {
    const where = group.length === 0 ? '' : ` in group '${group.join('.')}'`;
    call.write('stderr', `Warning: the server doesn't have a resource type '${plain}'${where}\n\n`);
  }
  if (!what.startsWith('/') && !knownVerbs.has(verb)) {
    call.write('stderr', `Warning: verb '${verb}' is not a known verb\n\n`);
  }
  if (kind && !kind.namespaced) {
    call.write(
      'stderr',
      `Warning: resource '${kind.plural}' is not namespace scoped${kind.group === '' ? '' : ` in group '${kind.group}'`}\n\n`,
    );
  }
  const namespace = call.flags.is('all-namespaces') || (kind && !kind.namespaced) ? '' : call.namespace;
  const spec = what.startsWith('/')
    ? { nonResourceAttributes: { path: what, verb } }
    : {
        resourceAttributes: {
          group: kind?.group ?? (type === '*' ? '*' : group.join('.')),
          name: name ?? own,
          namespace,
          resource: kind?.plural ?? plain,
          subresource: call.flags.text('subresource'),
          verb,
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
  flags: { output: { type: 'string', short: 'o' } },
  run: function* (call) {
    const kind = call.kinds.byKind('authentication.k8s.io/v1', 'SelfSubjectReview') as AnyKind;
    const answer = yield* call.api.create<Review>(kind, undefined,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
    if (!answer.ok) return refused(call, answer.status);
    const form = call.flags.text('output');
    if (form === 'json' || form === 'yaml') {
      call.write('stdout', form === 'json' ? `${encodeJsonIndented(answer.value).replace(/^ +/gm, '$&$&')}\n`
        : dumpYaml(answer.value));
      return 0;
    }
    if (form !== undefined) return complain(call, `-o ${form} is not modelled in the sandbox`);
    const { username = '', groups = [], uid, extra = {} } = answer.value.status.userInfo ?? {};
    call.write('stdout', aligned([
      ['ATTRIBUTE', 'VALUE'], ['Username', username], ...(uid ? [['UID', uid]] : []),
        ['Groups', `[${groups.join(' ')}]`],
      ...Object.keys(extra).sort().map((key) => [`Extra: ${key}`, goList(extra[key])]),
    ]));
    return 0;
  },
};

export const auth: KubectlCommand = { about: 'Inspect authorization', commands: { 'can-i': canI, 'whoami': whoAmI } };
