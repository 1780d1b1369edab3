/**
 * The default profile: which plugins run at which extension point, in upstream's MultiPoint order and with its weights
 * (apis/config/v1/default_plugins.go). The other volume plugins and DynamicResources wait for
 * their kinds and are not in it.
 */
import type { ApiClient } from '../client/api-client';
import { filterNode } from './cycle';
import type { EnqueueExtensions, Plugin, PreFilterPlugin, Profile } from './framework/interface';
import { balancedAllocation } from './plugins/balanced-allocation';
import { defaultBinder } from './plugins/default-binder';
import { defaultPreemption } from './plugins/default-preemption';
import { imageLocality } from './plugins/image-locality';
import { interPodAffinity, type NamespaceLookup } from './plugins/inter-pod-affinity';
import { nodeAffinity } from './plugins/node-affinity';
import { nodeName } from './plugins/node-name';
import { nodePorts } from './plugins/node-ports';
import { nodeResourcesFit } from './plugins/node-resources-fit';
import { nodeUnschedulable } from './plugins/node-unschedulable';
import { type DefaultSelector, podTopologySpread } from './plugins/pod-topology-spread';
import { prioritySort } from './plugins/priority-sort';
import { schedulingGates } from './plugins/scheduling-gates';
import { taintToleration } from './plugins/taint-toleration';
import { type ClaimLookup, volumeBinding } from './plugins/volume-binding';

export interface ProfileInputs {
  readonly client: ApiClient;
  readonly namespaceOf: NamespaceLookup;
  readonly defaultSelector: DefaultSelector;
  readonly claimOf: ClaimLookup;
}

/** The profile `default-scheduler`. */
export function defaultProfile({ client, namespaceOf, defaultSelector, claimOf }: ProfileInputs): Profile {
  const spread = podTopologySpread(defaultSelector);
  const affinity = interPodAffinity(namespaceOf);
  const volumes = volumeBinding(claimOf);
  const preFilter: readonly PreFilterPlugin[] = [nodeAffinity, nodePorts, volumes, spread, affinity];
  const hints: readonly (Plugin & EnqueueExtensions)[] = [
    schedulingGates, nodeUnschedulable, nodeName, taintToleration, nodeAffinity, nodePorts, nodeResourcesFit,
    volumes, spread, affinity,
  ];
  const profile: Profile = {
    schedulerName: 'default-scheduler',
    preEnqueue: [schedulingGates],
    queueSort: prioritySort,
    preFilter,
    filter: [
      nodeUnschedulable, nodeName, taintToleration, nodeAffinity, nodePorts, nodeResourcesFit, spread, affinity,
    ],
    postFilter: [defaultPreemption((state, pod, node) => !filterNode(profile, state, pod, node), preFilter)],
    preScore: [taintToleration, nodeAffinity, spread, affinity, balancedAllocation, imageLocality],
    score: [
      { plugin: taintToleration, weight: 3 },
      { plugin: nodeAffinity, weight: 2 },
      { plugin: nodeResourcesFit, weight: 1 },
      { plugin: spread, weight: 2 },
      { plugin: affinity, weight: 2 },
      { plugin: balancedAllocation, weight: 1 },
      { plugin: imageLocality, weight: 1 },
    ],
    reserve: [],
    bind: [defaultBinder(client)],
    enqueue: new Map(hints.map((plugin) => [plugin.name, plugin])),
  };
  return profile;
}
