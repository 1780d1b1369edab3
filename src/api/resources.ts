/** Typed handles of the resources that components work with: `client.get(pods, 'default', 'web')` is a Pod. */
import type { ResourceType } from './request';
import type {
  APIService,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  DaemonSet,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  FlowSchema,
  IngressClass,
  KubeObject,
  Lease,
  LimitRange,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  PriorityLevelConfiguration,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from './types';

function resource<T extends KubeObject>(
  group: string, version: string, plural: string, kind: string, namespaced: boolean,
): ResourceType<T> {
  return Object.freeze({ group, version, resource: plural, kind, namespaced });
}

export const namespaces = resource<Namespace>('', 'v1', 'namespaces', 'Namespace', false);
export const nodes = resource<Node>('', 'v1', 'nodes', 'Node', false);
export const pods = resource<Pod>('', 'v1', 'pods', 'Pod', true);
export const services = resource<Service>('', 'v1', 'services', 'Service', true);
export const configMaps = resource<ConfigMap>('', 'v1', 'configmaps', 'ConfigMap', true);
export const secrets = resource<Secret>('', 'v1', 'secrets', 'Secret', true);
export const serviceAccounts = resource<ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount', true);
export const events = resource<Event>('', 'v1', 'events', 'Event', true);
export const endpoints = resource<Endpoints>('', 'v1', 'endpoints', 'Endpoints', true);
export const endpointSlices = resource<EndpointSlice>(
  'discovery.k8s.io',
  'v1',
  'endpointslices',
  'EndpointSlice',
  true,
);
export const leases = resource<Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease', true);
export const deployments = resource<Deployment>('apps', 'v1', 'deployments', 'Deployment', true);
export const replicaSets = resource<ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet', true);
export const daemonSets = resource<DaemonSet>('apps', 'v1', 'daemonsets', 'DaemonSet', true);
export const controllerRevisions =
  resource<ControllerRevision>('apps', 'v1', 'controllerrevisions', 'ControllerRevision', true);
export const storageClasses = resource<StorageClass>('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false);
export const priorityClasses =
  resource<PriorityClass>('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass', false);
export const persistentVolumes = resource<PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume', false);
export const persistentVolumeClaims =
  resource<PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true);
export const apiServices = resource<APIService>('apiregistration.k8s.io', 'v1', 'apiservices', 'APIService', false);
export const flowSchemas =
  resource<FlowSchema>('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas', 'FlowSchema', false);
export const priorityLevelConfigurations = resource<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', false);
export const serviceCidrs = resource<ServiceCIDR>('networking.k8s.io', 'v1', 'servicecidrs', 'ServiceCIDR', false);
export const roles = resource<Role>('rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true);
export const roleBindings = resource<RoleBinding>(
  'rbac.authorization.k8s.io',
  'v1',
  'rolebindings',
  'RoleBinding',
  true,
);
export const clusterRoles = resource<ClusterRole>(
  'rbac.authorization.k8s.io',
  'v1',
  'clusterroles',
  'ClusterRole',
  false,
);
export const clusterRoleBindings =
  resource<ClusterRoleBinding>('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false);
export const limitRanges = resource<LimitRange>('', 'v1', 'limitranges', 'LimitRange', true);
export const resourceQuotas = resource<ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota', true);
export const replicationControllers =
  resource<ReplicationController>('', 'v1', 'replicationcontrollers', 'ReplicationController', true);
export const statefulSets = resource<StatefulSet>('apps', 'v1', 'statefulsets', 'StatefulSet', true);
export const podDisruptionBudgets =
  resource<PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true);
export const ingressClasses = resource<IngressClass>(
  'networking.k8s.io',
  'v1',
  'ingressclasses',
  'IngressClass',
  false,
);
export const runtimeClasses = resource<RuntimeClass>('node.k8s.io', 'v1', 'runtimeclasses', 'RuntimeClass', false);

const admission = 'admissionregistration.k8s.io';
export const mutatingWebhookConfigurations = resource<MutatingWebhookConfiguration>(
  admission, 'v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', false);
export const validatingWebhookConfigurations = resource<ValidatingWebhookConfiguration>(
  admission, 'v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', false);
export const validatingAdmissionPolicies = resource<ValidatingAdmissionPolicy>(
  admission, 'v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false);
export const validatingAdmissionPolicyBindings = resource<ValidatingAdmissionPolicyBinding>(
  admission, 'v1', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', false);
export const mutatingAdmissionPolicies = resource<MutatingAdmissionPolicy>(
  admission, 'v1', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', false);
export const mutatingAdmissionPolicyBindings = resource<MutatingAdmissionPolicyBinding>(
  admission, 'v1', 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', false);
