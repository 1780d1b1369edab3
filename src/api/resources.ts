/** Typed handles of the resources that components work with: `client.get(pods, 'default', 'web')` is a Pod. */
import type { ResourceType } from './request';
import type {
  APIService, ClusterRole, ClusterRoleBinding, ConfigMap, ControllerRevision, DaemonSet, Deployment, EndpointSlice, Event,
  FlowSchema, KubeObject, Lease, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, PriorityClass,
  PriorityLevelConfiguration, ReplicaSet, Role, RoleBinding, Secret, Service, ServiceAccount, ServiceCIDR, StorageClass,
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
export const endpointSlices = resource<EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice', true);
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
export const roleBindings = resource<RoleBinding>('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true);
export const clusterRoles = resource<ClusterRole>('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false);
export const clusterRoleBindings =
  resource<ClusterRoleBinding>('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false);
