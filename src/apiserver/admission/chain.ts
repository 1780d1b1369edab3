/**
 * The admission chain: first every plugin that may change the object, in upstream's order (kubeapiserver/options
 * plugins.go), later every plugin that only judges it. The first refusal ends the request. Each plugin that changed or
 * refused something leaves a hop; when none did, one hop says that the stage was passed.
 */
import { type FailureStatus, isFailure } from '../../api/status';
import type { Subject } from '../../protocol/trace';
import type { Task } from '../../sim/task';
import type { Authorizer } from '../authorization/authorizer';
import type { Loopback } from '../controllers/loopback';
import type { Execution } from '../execution';
import { certificateSubjectRestriction, signerRights } from './certificates';
import { defaultIngressClass } from './default-ingress-class';
import { defaultStorageClass } from './default-storage-class';
import { defaultTolerationSeconds } from './default-toleration-seconds';
import { limitRanger } from './limit-ranger';
import { namespaceLifecycle } from './namespace-lifecycle';
import { nodeRestriction } from './node-restriction';
import type { AdmissionAttributes, AdmissionPlugin, Mutated } from './plugin';
import { podSecurity } from './pod-security/plugin';
import { podTopologyLabels } from './pod-topology-labels';
import { mutatingAdmissionPolicy } from './policy/mutating';
import { validatingAdmissionPolicy } from './policy/validating';
import { priority } from './priority';
import { rbacEscalation } from './rbac-escalation';
import { resourceQuota } from './resource-quota';
import { runtimeClass } from './runtime-class';
import { serviceAccount } from './service-account';
import { persistentVolumeClaimResize, storageObjectInUseProtection } from './storage';
import { Reinvocation } from './reinvocation';
import { taintNodesByCondition } from './taint-nodes-by-condition';
import { mutatingAdmissionWebhook } from './webhook/mutating';
import { validatingAdmissionWebhook } from './webhook/validating';
import type { ServedResources } from '../storage/served-resources';

/** What plugins need beside the request. */
export interface AdmissionParts {
  readonly authorizer: Authorizer;
  readonly resources: ServedResources;
  /** The server's own way to write; asked for when it is needed. */
  readonly loopback: () => Loopback;
  readonly featureGates?: Readonly<Record<string, boolean>> | undefined;
}

/** All plugins in upstream's order. What is no plugin upstream comes last, as the storage does there. */
function orderedPlugins(parts: AdmissionParts): readonly AdmissionPlugin[] {
  const { authorizer, resources, loopback, featureGates = {} } = parts;
  return [
    namespaceLifecycle, limitRanger, serviceAccount, nodeRestriction, taintNodesByCondition, podSecurity, priority,
    defaultTolerationSeconds, defaultStorageClass, storageObjectInUseProtection, persistentVolumeClaimResize,
    runtimeClass, ...signerRights(authorizer), certificateSubjectRestriction, defaultIngressClass,
    ...(featureGates['PodTopologyLabelsAdmission'] === false ? [] : [podTopologyLabels]),
    mutatingAdmissionPolicy(authorizer, resources), mutatingAdmissionWebhook(authorizer),
    validatingAdmissionPolicy(authorizer, resources),
    validatingAdmissionWebhook(authorizer), resourceQuota(loopback), rbacEscalation(authorizer),
  ];
}

/** The subject of a refusal's hop. */
export function refusedSubject(subject: Subject, { code, reason, message }: FailureStatus): Subject {
  return { ...subject, code, reason, message };
}

/** The plugins that look at a resource, by what they do. */
interface Concerned {
  readonly preparing: readonly AdmissionPlugin[];
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
}

export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];
  private readonly byResource = new Map<string, Concerned>();

  constructor(parts: AdmissionParts) {
    this.plugins = orderedPlugins(parts);
  }

  /** Waits for what the plugins need; undefined when nothing is missing, which is nearly always. */
  prepare(attributes: AdmissionAttributes, execution: Execution): Task | undefined {
    let waits: Task[] | undefined;
    for (const plugin of this.for(attributes).preparing) {
      const wait = plugin.prepare?.(attributes, execution);
      if (wait) (waits ??= []).push(wait);
    }
    return waits && inTurn(waits);
  }

  /** The object as the plugins left it, or the refusal. The object of a delete is undefined and stays so. */
  *mutate(attributes: AdmissionAttributes, execution: Execution, subject: Subject): Task<Mutated> {
    const reinvocation = new Reinvocation();
    const object = yield* this.mutateOnce(attributes, execution, subject, reinvocation);
    if (!reinvocation.wanted || isFailure(object)) return object;
    reinvocation.isReinvoke = true;
    return yield* this.mutateOnce({ ...attributes, object }, execution, subject, reinvocation);
  }

  private *mutateOnce(
    attributes: AdmissionAttributes, execution: Execution, subject: Subject, reinvocation: Reinvocation,
  ): Task<Mutated> {
    let { object } = attributes;
    let changed = false;
    for (const plugin of this.for(attributes).mutating) {
      const seen = object === attributes.object ? attributes : { ...attributes, object };
      const later = plugin.mutateLater?.(seen, execution, reinvocation);
      const result = later ? yield* later : plugin.mutate?.(seen, execution);
      if (result === undefined) continue;
      if (isFailure(result)) {
        execution.stage('mutatingAdmission', false, refusedSubject(subject, result), plugin.name);
        return result;
      }
      object = result;
      changed = true;
      execution.stage('mutatingAdmission', true, subject, plugin.name);
    }
    if (!changed && !reinvocation.isReinvoke) execution.stage('mutatingAdmission', true, subject);
    return object;
  }

  /** The first refusal, if any. */
  *validate(
    attributes: AdmissionAttributes, execution: Execution, subject: Subject,
  ): Task<FailureStatus | undefined> {
    for (const plugin of this.for(attributes).validating) {
      const later = plugin.validateLater?.(attributes, execution);
      const refusal = later ? yield* later : plugin.validate?.(attributes, execution);
      if (refusal) {
        execution.stage('validatingAdmission', false, refusedSubject(subject, refusal), plugin.name);
        return refusal;
      }
    }
    execution.stage('validatingAdmission', true, subject);
    return undefined;
  }

  private for({ resource: { name } }: AdmissionAttributes): Concerned {
    let concerned = this.byResource.get(name);
    if (!concerned) {
      const plugins = this.plugins.filter(({ resources }) => !resources || resources.includes(name));
      concerned = {
        preparing: plugins.filter(({ prepare }) => prepare),
        mutating: plugins.filter(({ mutate, mutateLater }) => mutate ?? mutateLater),
        validating: plugins.filter(({ validate, validateLater }) => validate ?? validateLater),
      };
      this.byResource.set(name, concerned);
    }
    return concerned;
  }
}

function* inTurn(tasks: readonly Task[]): Task {
  for (const task of tasks) yield* task;
}
