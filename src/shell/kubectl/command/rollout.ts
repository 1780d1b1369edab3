/** `kubectl rollout status|restart|history|undo|pause|resume`. Models kubectl's pkg/cmd/rollout and pkg/polymorphichelpers. */
import { formatTime } from '../../../api/time';
import type { Deployment, KubeObject, PodTemplateSpec } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { awaitObject, timeoutOf } from './await';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, refused, say } from './call';
import type { FlagSpecs } from './flags';
import { printOutcome } from './output';
import { objectsOf } from './objects';
import { scopeOf, type Target } from './resources';
import { history, revisionsOf } from './rollout-history';

const flags: FlagSpecs = {
  'filename': { type: 'list', short: 'f' }, 'output': { type: 'string', short: 'o' }, 'revision': { type: 'int' },
  'to-revision': { type: 'int' }, 'timeout': { type: 'duration' }, 'watch': { type: 'bool', short: 'w' },
  'field-manager': { type: 'string' }, 'dry-run': { type: 'string', bare: 'unchanged' },
  'selector': { type: 'string', short: 'l' }, 'show-managed-fields': { type: 'bool' },
};

const restartedAnnotation = 'kubectl.kubernetes.io/restartedAt';

type Action = (call: Call, target: Target, object: KubeObject) => Task<number>;

function rolloutCommand(about: string, action: Action): KubectlCommand {
  return {
    about, flags, completes: 'workloads',
    run: function* (call) {
      const everything = { ...call, flags: call.flags.with('all') };
      const found = yield* objectsOf(everything, call.args, 'required resource not specified');
      if ('code' in found) return found.code;
      if (found.length === 0) call.write('stderr', `No resources found in ${call.namespace} namespace.\n`);
      for (const { target, object } of found) {
        const { kind } = target;
        if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind.kind)) {
          return complain(call, `no rollout available for resource type ${kind.plural}`);
        }
        const code = yield* action(call, target, object);
        if (code !== 0) return code;
      }
      return 0;
    },
  };
}

interface Rolling {
  readonly metadata: { readonly generation?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status: Readonly<
    Partial<
      Record<
        | 'observedGeneration'
        | 'replicas'
        | 'updatedReplicas'
        | 'availableReplicas'
        | 'readyReplicas'
        | 'desiredNumberScheduled'
        | 'updatedNumberScheduled'
        | 'numberAvailable',
        number
      >
    >
  > & {
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/** The sentence about where a rollout stands, and whether it is over. */
function rolloutState(kind: string, name: string,
  object: Rolling): { readonly text: string; readonly done: boolean; readonly failed?: boolean } {
  const { spec, status, metadata } = object;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) {
    const what = kind === 'DaemonSet' ? 'daemon set' : kind === 'StatefulSet' ? 'statefulset' : 'deployment';
    return { text: `Waiting for ${what} spec update to be observed...`, done: false };
  }
  if (kind === 'Deployment') return deploymentState(name, object);
  if (kind === 'DaemonSet') {
    const { updatedNumberScheduled: updated = 0, desiredNumberScheduled: desired = 0,
      numberAvailable: available = 0 } = status;
    if (updated < desired)
      return {
        text: `Waiting for daemon set "${name}" rollout to finish: ${updated} out of ${desired} new pods have been updated...`,
        done: false,
      };
    if (available < desired)
      return {
        text: `Waiting for daemon set "${name}" rollout to finish: ${available} of ${desired} updated pods are available...`,
        done: false,
      };
    return { text: `daemon set "${name}" successfully rolled out`, done: true };
  }
  const { replicas = 1 } = spec;
  const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status;
  if (readyReplicas < replicas) return { text: `Waiting for ${replicas - readyReplicas} pods to be ready...`,
    done: false };
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) {
    return updatedReplicas < replicas - partition
      ? {
          text: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated...`,
          done: false,
        }
      : { text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...`, done: true };
  }
  if (updateRevision !== currentRevision) {
    return {
      text: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
      done: false,
    };
  }
  return { text: `statefulset rolling update complete ${readyReplicas} pods at revision ${currentRevision}...`,
    done: true };
}

function deploymentState(name: string, { spec,
  status }: Rolling): { readonly text: string; readonly done: boolean; readonly failed?: boolean } {
  const { replicas: wanted = 1 } = spec;
  const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0 } = status;
  if (status.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded')) {
    return { text: `deployment "${name}" exceeded its progress deadline`, done: true, failed: true };
  }
  const waiting = `Waiting for deployment "${name}" rollout to finish:`;
  if (updated < wanted) return { text: `${waiting} ${updated} out of ${wanted} new replicas have been updated...`,
    done: false };
  if (replicas > updated) return { text: `${waiting} ${replicas - updated} old replicas are pending termination...`,
    done: false };
  if (available < updated) return { text: `${waiting} ${available} of ${updated} updated replicas are available...`,
    done: false };
  return { text: `deployment "${name}" successfully rolled out`, done: true };
}

function* status(call: Call, target: Target): Task<number> {
  const { kind, name = '' } = target;
  const timeout = timeoutOf(call, '0s');
  if (typeof timeout !== 'number') return complain(call, timeout.problem);
  let last = '';
  let failed = false;
  const follow = call.flags.is('watch', true);
  const awaited = yield* awaitObject(call, kind, scopeOf(call, target), name, timeout, (object) => {
    if (!object) {
      failed = true;
      call.write('stderr', 'error: object has been deleted\n');
      return true;
    }
    const state = rolloutState(kind.kind, name, object as unknown as Rolling);
    if (state.failed) {
      failed = true;
      call.write('stderr', `error: ${state.text}\n`);
    } else if (state.text !== last) say(call, state.text);
    last = state.text;
    return state.done || !follow;
  });
  if (awaited.kind === 'failed') return refused(call, awaited.status);
  if (awaited.kind === 'timeout') return complain(call, 'timed out waiting for the condition');
  return failed ? 1 : 0;
}

function* restart(call: Call, target: Target, object: KubeObject): Task<number> {
  const { kind, name = '' } = target;
  if (kind.kind === 'Deployment' && (object as Deployment).spec.paused) {
    return complain(call,
      `${kind.plural}.${kind.group} "${name}" can't restart paused deployment (run rollout resume first)`);
  }
  const annotations = { [restartedAnnotation]: formatTime(call.host.wallMs) };
  const changed = yield* call.api.patch(kind, scopeOf(call, target), name, 'strategic-merge',
    { spec: { template: { metadata: { annotations } } } }, changing(call, 'kubectl-rollout'));
  return changed.ok ? printOutcome(call, changed.value, 'restarted') : refused(call, changed.status);
}

function pausing(paused: boolean): Action {
  return function* (call, target, object) {
    const { kind, name = '' } = target;
    if (kind.kind !== 'Deployment') return complain(
      call,
      `${kind.plural}${kind.group === '' ? '' : `.${kind.group}`} "${name}" ${paused ? 'pausing' : 'resuming'} is not supported`,
    );
    if (((object as Deployment).spec.paused ?? false) === paused) {
      return complain(call, `${kind.plural}.${kind.group} "${name}" is ${paused ? 'already paused' : 'not paused'}`);
    }
    const changed = yield* call.api.patch(kind, scopeOf(call, target), name, 'strategic-merge',
      { spec: { paused: paused || null } },
      changing(call, 'kubectl-rollout'));
    return changed.ok ? printOutcome(call, changed.value, paused ? 'paused' : 'resumed')
      : refused(call, changed.status);
  };
}

function* undo(call: Call, target: Target, object: KubeObject): Task<number> {
  const { kind, name = '' } = target;
  const isDeployment = kind.kind === 'Deployment';
  const all = yield* revisionsOf(call, target, object);
  const wanted = Number(call.flags.text('to-revision') ?? 0);
  const chosen = wanted === 0 ? all.at(-2) : all.find(({ revision }) => revision === wanted);
  if (!chosen) {
    const none = isDeployment
      ? `no rollout history found for deployment "${name}"`
      : 'no last revision to roll back to';
    return complain(call, wanted === 0 ? none : `unable to find specified revision ${wanted} in history`);
  }
  if (isDeployment && (object as Deployment).spec.paused) {
    return complain(call, 'you cannot rollback a paused deployment; resume it first with \'kubectl rollout resume '
      + `deployment/${name}' and try again`);
  }
  const changed = isDeployment
    ? yield *
      call.api.patch(
        kind,
        scopeOf(call, target),
        name,
        'json',
        [{ op: 'replace', path: '/spec/template', value: plainTemplate(chosen.template) }],
        changing(call, 'kubectl-rollout'),
      )
    : yield *
      call.api.patch(
        kind,
        scopeOf(call, target),
        name,
        'strategic-merge',
        chosen.data,
        changing(call, 'kubectl-rollout'),
      );
  if (!changed.ok) return refused(call, changed.status);
  const same = changed.value.metadata.resourceVersion === object.metadata.resourceVersion && !call.flags.has('dry-run');
  return printOutcome(
    call,
    changed.value,
    same
      ? `skipped rollback (current template already matches revision ${chosen.revision})`
      : `rolled back${dryRunSuffix(call)}`,
  );
}

/** The template of a replica set without the label that tells it from others. */
function plainTemplate(template: PodTemplateSpec | undefined): unknown {
  const { ['pod-template-hash']: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

export const rollout: KubectlCommand = {
  about: 'Manage the rollout of a resource',
  commands: {
    history: rolloutCommand('View rollout history', history),
    pause: rolloutCommand('Mark the provided resource as paused', pausing(true)),
    restart: rolloutCommand('Restart a resource', restart),
    resume: rolloutCommand('Resume a paused resource', pausing(false)),
    status: rolloutCommand('Show the status of the rollout', status),
    undo: rolloutCommand('Undo a previous rollout', undo),
  },
};
