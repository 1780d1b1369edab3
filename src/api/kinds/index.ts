/**
 * The built-in kinds: the layer's list. Adding a kind is adding one file and one line here. The order is that in which
 * a name that several kinds share is looked up, and in which discovery and `kubectl get all` show them.
 */
import { assert } from '../../base/assert';
import type { AnyKind } from '../kind';
import { apiVersionOf } from '../request';
import {
  mutatingAdmissionPolicyBindingKind, mutatingAdmissionPolicyKind, validatingAdmissionPolicyBindingKind,
  validatingAdmissionPolicyKind,
} from './admissionregistration/policies';
import {
  mutatingWebhookConfigurationKind, validatingWebhookConfigurationKind,
} from './admissionregistration/webhooks';
import { apiServiceKind } from './api-service';
import { bindingKind } from './binding';
import { certificateSigningRequestKind } from './certificates/kind';
import { clusterRoleKind } from './cluster-role';
import { clusterRoleBindingKind } from './cluster-role-binding';
import { componentStatusKind } from './component-status';
import { configMapKind } from './config-map';
import { controllerRevisionKind } from './controller-revision';
import { cronJobKind } from './cron-job';
import { customResourceDefinitionKind } from './custom-resource-definition/kind';
import { daemonSetKind } from './daemon-set';
import { deploymentKind } from './deployment';
import { endpointSliceKind } from './endpoint-slice';
import { endpointsKind } from './endpoints';
import { eventKind } from './event';
import { eventV1Kind } from './event-v1';
import { flowSchemaKind } from './flowcontrol/flow-schema';
import { priorityLevelConfigurationKind } from './flowcontrol/priority-level-configuration';
import { horizontalPodAutoscalerKind, horizontalPodAutoscalerV1Kind } from './horizontal-pod-autoscaler/kind';
import { jobKind } from './job/kind';
import { leaseKind } from './lease';
import { limitRangeKind } from './limit-range';
import { namespaceKind } from './namespace';
import { ingressKind } from './networking/ingress';
import { ingressClassKind } from './networking/ingress-class';
import { ipAddressKind } from './networking/ip-address';
import { networkPolicyKind } from './networking/network-policy';
import { serviceCidrKind } from './networking/service-cidr';
import { nodeKind } from './node/kind';
import { podDisruptionBudgetKind } from './pod-disruption-budget';
import { podTemplateKind } from './pod-template';
import { podKind } from './pod/kind';
import { priorityClassKind } from './priority-class';
import { replicaSetKind } from './replica-set';
import { replicationControllerKind } from './replication-controller';
import { resourceQuotaKind } from './resource-quota';
import { deviceClassKind } from './resource/device-class';
import { resourceClaimKind, resourceClaimTemplateKind } from './resource/resource-claim';
import { resourceSliceKind } from './resource/resource-slice';
import { reviewKinds } from './reviews/kinds';
import { roleKind } from './role';
import { roleBindingKind } from './role-binding';
import { runtimeClassKind } from './runtime-class';
import { secretKind } from './secret';
import { serviceAccountKind } from './service-account';
import { serviceKind } from './service/kind';
import { statefulSetKind } from './stateful-set';
import { storageClassKind } from './storage-class';
import { csiDriverKind } from './storage/csi-driver';
import { csiNodeKind } from './storage/csi-node';
import { csiStorageCapacityKind } from './storage/csi-storage-capacity';
import { persistentVolumeKind } from './storage/persistent-volume';
import { persistentVolumeClaimKind } from './storage/persistent-volume-claim';
import { volumeAttachmentKind } from './storage/volume-attachment';
import { volumeAttributesClassKind } from './storage/volume-attributes-class';

/** Every kind that the API server serves. */
export const builtInKinds: readonly AnyKind[] = Object.freeze([
  bindingKind,
  componentStatusKind,
  configMapKind,
  endpointsKind,
  eventKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  podTemplateKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerKind,
  horizontalPodAutoscalerV1Kind,
  cronJobKind,
  jobKind,
  leaseKind,
  endpointSliceKind,
  podDisruptionBudgetKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  priorityClassKind,
  storageClassKind,
  csiDriverKind,
  csiNodeKind,
  csiStorageCapacityKind,
  volumeAttachmentKind,
  volumeAttributesClassKind,
  eventV1Kind,
  apiServiceKind,
  certificateSigningRequestKind,
  ingressKind,
  ingressClassKind,
  networkPolicyKind,
  ipAddressKind,
  serviceCidrKind,
  mutatingAdmissionPolicyKind,
  mutatingAdmissionPolicyBindingKind,
  mutatingWebhookConfigurationKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  validatingWebhookConfigurationKind,
  runtimeClassKind,
  deviceClassKind,
  resourceClaimKind,
  resourceClaimTemplateKind,
  resourceSliceKind,
  flowSchemaKind,
  priorityLevelConfigurationKind,
  ...reviewKinds,
  customResourceDefinitionKind,
]);

const plurals: ReadonlyMap<string, string> = new Map(
  builtInKinds.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind.plural]));

/** The plural under which a built-in kind is served; a kind that is none is a programmer error. */
export function pluralOf(apiVersion: string, kind: string): string {
  const plural = plurals.get(`${apiVersion} ${kind}`);
  assert(plural !== undefined, `${apiVersion} ${kind} is no built-in kind`);
  return plural;
}
