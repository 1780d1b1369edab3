/**
 * The admission chain: first every plugin that may change the object, in upstream's order (kubeapiserver/options
 * plugins.go), later every plugin that only judges it. The first refusal ends the request. Each plugin that changed or
 * refused something leaves a hop; when none did, one hop says that the stage was passed.
 */
import { type FailureStatus, isFailure } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { Task } from '../../sim/task';
import type { Authorizer } from '../authorization/authorizer';
import type { Execution } from '../execution';
import { certificateSubjectRestriction, signerRights } from './certificates';
import { defaultStorageClass } from './default-storage-class';
import { defaultTolerationSeconds } from './default-toleration-seconds';
import { namespaceLifecycle } from './namespace-lifecycle';
import { nodeRestriction } from './node-restriction';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin';
import { podTopologyLabels } from './pod-topology-labels';
import { priority } from './priority';
import { rbacEscalation } from './rbac-escalation';
import { serviceAccount } from './service-account';
import { taintNodesByCondition } from './taint-nodes-by-condition';

const orderedPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle, serviceAccount, nodeRestriction, taintNodesByCondition, priority, defaultTolerationSeconds,
  defaultStorageClass, podTopologyLabels,
];

/** The plugins that ask the authorizers. What is no plugin upstream comes last, as the storage does there. */
function authorizingPlugins(authorizer: Authorizer): readonly AdmissionPlugin[] {
  return [
    ...signerRights(authorizer), certificateSubjectRestriction, rbacEscalation(authorizer),
  ];
}

/** The subject of a refusal's hop. */
export function refusedSubject(subject: Subject, { code, reason, message }: FailureStatus): Subject {
  return { ...subject, code, reason, message };
}

export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];
  private readonly byResource = new Map<string, readonly AdmissionPlugin[]>();

  constructor(authorizer: Authorizer, featureGates: Readonly<Record<string, boolean>> = {}) {
    this.plugins = [...orderedPlugins, ...authorizingPlugins(authorizer)].filter((plugin) =>
      plugin !== podTopologyLabels || featureGates['PodTopologyLabelsAdmission'] !== false);
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
  mutate(
    attributes: AdmissionAttributes, execution: Execution, subject: Subject,
  ): KubeObject | FailureStatus | undefined {
    let { object } = attributes;
    let changed = false;
    for (const plugin of this.for(attributes)) {
      const result = plugin.mutate?.(object === attributes.object ? attributes : { ...attributes, object }, execution);
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
  validate(attributes: AdmissionAttributes, execution: Execution, subject: Subject): FailureStatus | undefined {
    for (const plugin of this.for(attributes)) {
      const refusal = plugin.validate?.(attributes, execution);
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
