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
import { priority } from './priority';
import { rbacEscalation } from './rbac-escalation';
import { resourceQuota } from './resource-quota';
import { runtimeClass } from './runtime-class';
import { serviceAccount } from './service-account';
import { persistentVolumeClaimResize, storageObjectInUseProtection } from './storage';
import { taintNodesByCondition } from './taint-nodes-by-condition';

/** What plugins need beside the request. */
export interface AdmissionParts {
  readonly authorizer: Authorizer;
  /** The server's own way to write; asked for when it is needed. */
  readonly loopback: () => Loopback;
  readonly featureGates?: Readonly<Record<string, boolean>> | undefined;
}

/** All plugins in upstream's order. What is no plugin upstream comes last, as the storage does there. */
function orderedPlugins({ authorizer, loopback, featureGates = {} }: AdmissionParts): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle, limitRanger, serviceAccount, nodeRestriction, taintNodesByCondition, podSecurity, priority,
    defaultTolerationSeconds, defaultStorageClass, storageObjectInUseProtection, persistentVolumeClaimResize,
    runtimeClass, ...signerRights(authorizer), certificateSubjectRestriction, defaultIngressClass,
    ...(featureGates['PodTopologyLabelsAdmission'] === false ? [] : [podTopologyLabels]),
    resourceQuota(loopback), rbacEscalation(authorizer),
  ];
}

/** The subject of a refusal's hop. */
export function refusedSubject(subject: Subject, { code, reason, message }: FailureStatus): Subject {
  return { ...subject, code, reason, message };
}

export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];
  private readonly byResource = new Map<string, readonly AdmissionPlugin[]>();

  constructor(parts: AdmissionParts) {
    this.plugins = orderedPlugins(parts);
  }

  /** Waits for what the plugins need; undefined when nothing is missing, which is nearly always. */
  prepare(attributes: AdmissionAttributes, execution: Execution): Task | undefined {
    const waits = this.for(attributes).flatMap((plugin) => plugin.prepare?.(attributes, execution) ?? []);
    if (waits.length === 0) return undefined;
    return (function* () {
      for (const wait of waits) yield* wait;
    })();
  }

  /** The object as the plugins left it, or the refusal. The object of a delete is undefined and stays so. */
  *mutate(attributes: AdmissionAttributes, execution: Execution, subject: Subject): Task<Mutated> {
    let { object } = attributes;
    let changed = false;
    for (const plugin of this.for(attributes)) {
      const seen = object === attributes.object ? attributes : { ...attributes, object };
      const later = plugin.mutateLater?.(seen, execution);
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
    if (!changed) execution.stage('mutatingAdmission', true, subject);
    return object;
  }

  /** The first refusal, if any. */
  *validate(
    attributes: AdmissionAttributes, execution: Execution, subject: Subject,
  ): Task<FailureStatus | undefined> {
    for (const plugin of this.for(attributes)) {
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

  private for({ resource }: AdmissionAttributes): readonly AdmissionPlugin[] {
    let plugins = this.byResource.get(resource.name);
    if (!plugins) {
      plugins = this.plugins.filter(({ resources }) => !resources || resources.includes(resource.name));
      this.byResource.set(resource.name, plugins);
    }
    return plugins;
  }
}
