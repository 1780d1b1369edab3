/**
 * `kubectl create` with files, and the group of its generators, which are in the create-*.ts files. Models kubectl's
 * pkg/cmd/create.
 */
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, misused, refused } from './call';
import { access } from './create-access';
import { configuration } from './create-configuration';
import { network } from './create-network';
import { policy } from './create-policy';
import { workloads } from './create-workloads';
import { creating } from './generator';
import { printOutcome } from './output';
import { fileTargets, isTargetProblem, scopeOf } from './resources';

export const create: KubectlCommand = {
  about: 'Create a resource from a file or from stdin',
  flags: {
    ...creating, 'filename': { type: 'list', short: 'f' }, 'edit': { type: 'unmodelledBool' },
    'raw': { type: 'unmodelled' },
  },
  commands: { ...access, ...configuration, ...network, ...policy, ...workloads },
  run: createFromFiles,
};

function* createFromFiles(call: Call): Task<number> {
  if (call.args.length > 0) return misused(call, `Unexpected args: [${call.args.join(' ')}]`);
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
