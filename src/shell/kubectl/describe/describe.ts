/**
 * `kubectl describe` of one object, computed from the objects of a cluster as they are at one moment. Models Describer
 * and describerMap of kubectl's pkg/describe (v1.36).
 */
import { groupOf } from '../../../api/object';
import type { KindRegistry } from '../../../api/registry';
import type { ObjectRef } from '../../../protocol/commands';
import { describeEndpoints, describeIpAddress, describeServiceCidr } from './addresses';
import { describeAutoscaler, describeDisruptionBudget } from './autoscaling';
import { describeSigningRequest } from './certificates';
import { describePersistentVolume, describePersistentVolumeClaim } from './claims';
import { describePriorityClass, describeStorageClass } from './classes';
import { describeConfigMap, describeNamespace, describeSecret, describeServiceAccount } from './configuration';
import { describeGeneric } from './generic';
import { describeIngress, describeIngressClass } from './ingress';
import { describeCronJob, describeJob } from './jobs';
import { describeNetworkPolicy } from './network-policy';
import { describeNode } from './node';
import { describePod } from './pod';
import { describeLimitRange, describeResourceQuota } from './quotas';
import { describeRole, describeRoleBinding } from './rbac';
import { describeEndpointSlice, describeService } from './service';
import {
  describeDaemonSet, describeDeployment, describeReplicaSet, describeReplicationController, describeStatefulSet,
} from './workloads';
import { type Describer, DescribeWriter, type ObjectReader } from './writer';

export type { ObjectReader } from './writer';

/** By group and kind; each describer takes its own kind's objects, which the key ensures. */
const describers: ReadonlyMap<string, Describer<any>> = new Map<string, Describer<any>>([
  ['/ConfigMap', describeConfigMap],
  ['/Endpoints', describeEndpoints],
  ['/LimitRange', describeLimitRange],
  ['/Namespace', describeNamespace],
  ['/Node', describeNode],
  ['/PersistentVolume', describePersistentVolume],
  ['/PersistentVolumeClaim', describePersistentVolumeClaim],
  ['/Pod', describePod],
  ['/ReplicationController', describeReplicationController],
  ['/ResourceQuota', describeResourceQuota],
  ['/Secret', describeSecret],
  ['/Service', describeService],
  ['/ServiceAccount', describeServiceAccount],
  ['apps/DaemonSet', describeDaemonSet],
  ['apps/Deployment', describeDeployment],
  ['apps/ReplicaSet', describeReplicaSet],
  ['apps/StatefulSet', describeStatefulSet],
  ['autoscaling/HorizontalPodAutoscaler', describeAutoscaler],
  ['batch/CronJob', describeCronJob],
  ['batch/Job', describeJob],
  ['certificates.k8s.io/CertificateSigningRequest', describeSigningRequest],
  ['discovery.k8s.io/EndpointSlice', describeEndpointSlice],
  ['networking.k8s.io/IPAddress', describeIpAddress],
  ['networking.k8s.io/Ingress', describeIngress],
  ['networking.k8s.io/IngressClass', describeIngressClass],
  ['networking.k8s.io/NetworkPolicy', describeNetworkPolicy],
  ['networking.k8s.io/ServiceCIDR', describeServiceCidr],
  ['policy/PodDisruptionBudget', describeDisruptionBudget],
  ['rbac.authorization.k8s.io/ClusterRole', describeRole],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', describeRoleBinding],
  ['rbac.authorization.k8s.io/Role', describeRole],
  ['rbac.authorization.k8s.io/RoleBinding', describeRoleBinding],
  ['scheduling.k8s.io/PriorityClass', describePriorityClass],
  ['storage.k8s.io/StorageClass', describeStorageClass],
]);

/**
 * What `kubectl describe` prints of an object, normally with its events; undefined when there is no such object or no such
 * kind. `nowMs` is the wall clock in milliseconds since 1970, for ages. Times are printed in UTC.
 */
export function describeObject(
  reader: ObjectReader, kinds: KindRegistry, ref: ObjectRef, nowMs: number, withoutEvents = false,
): string | undefined {
  if (!kinds.byKind(ref.apiVersion, ref.kind)) return undefined;
  const object = reader.get(ref);
  if (!object) return undefined;
  const describe = describers.get(`${groupOf(ref.apiVersion)}/${ref.kind}`) ?? describeGeneric;
  const w = new DescribeWriter();
  describe(w, object, { reader, nowMs, withoutEvents });
  return w.aligned();
}
