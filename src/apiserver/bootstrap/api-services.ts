/**
 * The APIServices of the groups that the server itself serves. Models the priorities of
 * pkg/controlplane/apiserver/aggregator.go and kube-aggregator's autoregister controller, which makes them once at the
 * start and leaves them alone afterwards. The group of APIServices itself has none.
 */
import type { AnyKind } from '../../api/kind';
import type { APIService, NewObject } from '../../api/types';
import { builtInPriorities } from '../discovery/groups';

const ownGroup = 'apiregistration.k8s.io';
const usualVersionPriority = 15;
/** Versions that do not have the usual priority, by the name of their APIService. */
const versionPriorities: Readonly<Record<string, number>> = {
  'v1.': 1, 'v2.autoscaling': 30, 'v1.flowcontrol.apiserver.k8s.io': 21, 'v1.resource.k8s.io': 20,
};

/** One APIService for each version of a built-in group among some kinds. */
export function localApiServices(kinds: readonly AnyKind[]): readonly NewObject<APIService>[] {
  const found = new Map<string, NewObject<APIService>>();
  for (const { group, version } of kinds) {
    const groupPriorityMinimum = Object.hasOwn(builtInPriorities, group) ? builtInPriorities[group] : undefined;
    if (groupPriorityMinimum === undefined || group === ownGroup) continue;
    const name = `${version}.${group}`;
    const versionPriority = versionPriorities[name] ?? usualVersionPriority;
    found.set(name, {
      apiVersion: `${ownGroup}/v1`,
      kind: 'APIService',
      metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
    });
  }
  return [...found.values()];
}
