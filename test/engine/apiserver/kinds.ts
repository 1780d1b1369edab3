/** Small kinds for tests of the generic registry: only what the tests look at,
  so that they do not test the real kinds. */
import { defineKind, type AnyKind } from '../../../src/api/kind';
import { invalid, required } from '../../../src/api/field-errors';
import { withKey } from '../../../src/base/freeze';
import type { Deployment, Event, KubeObject, Namespace, Pod, Service } from '../../../src/api/types';

type Part = Partial<AnyKind> & { kind: string; plural: string };

function small(part: Part): AnyKind {
  const description: AnyKind = {
    group: '', version: 'v1', listKind: `${part.kind}List`, singular: part.kind.toLowerCase(), namespaced: true,
    schema: part.kind, nameRule: 'dnsSubdomain', hasGeneration: false, columns: [], ...part,
  };
  return defineKind(description);
}

const namespace = small({
  kind: 'Namespace', plural: 'namespaces', namespaced: false, nameRule: 'dnsLabel', subresources: ['status',
    'finalize'],
  initialStatus: () => ({ phase: 'Active' }),
  prepareForCreate: (object: Namespace & KubeObject) =>
    withKey(object, 'spec', { finalizers: [...(object.spec?.finalizers ?? []), 'kubernetes'] }),
  prepareForUpdate: (object: Namespace & KubeObject, old: Namespace, { subresource }: { subresource?: string }) =>
    (subresource === 'finalize' ? object : withKey(object, 'spec', old.spec)),
});

const pod = small({
  kind: 'Pod', plural: 'pods', hasGeneration: true, subresources: ['status', 'binding', 'eviction', 'log'],
  initialStatus: () => ({ phase: 'Pending' }),
  selectableFields: (object: Pod) =>
    ({ 'spec.nodeName': object.spec.nodeName ?? '', 'status.phase': object.status?.phase ?? '' }),
  validate: (object: Pod) => ((object.spec.containers ?? []).length === 0 ? [required('spec.containers')] : []),
  graceful: {
    gracePeriodSeconds: (object: Pod, requested: number | undefined) =>
      (!object.spec.nodeName ? 0 : requested ?? object.spec.terminationGracePeriodSeconds ?? 30),
  },
});

const deployment = small({
  group: 'apps', kind: 'Deployment', plural: 'deployments', hasGeneration: true, subresources: ['status', 'scale'],
  validate: (object: Deployment) =>
    ((object.spec?.replicas ?? 1) < 0
      ? [invalid('spec.replicas', object.spec?.replicas, 'must be greater than or equal to 0')] : []),
  scale: {
    specReplicas: (object: Deployment) => object.spec?.replicas ?? 1,
    statusReplicas: (object: Deployment) => object.status?.replicas ?? 0,
    selector: () => 'app=web',
    withReplicas: (object: Deployment, replicas: number) => ({ ...object, spec: { ...object.spec, replicas } }),
  },
});

const service = small({
  kind: 'Service', plural: 'services', nameRule: 'dns1035Label', subresources: ['status'],
  initialStatus: () => ({ loadBalancer: {} }),
  defaults: (object: Service & KubeObject) =>
    (object.spec?.type ? object : withKey(object, 'spec', { ...object.spec, type: 'ClusterIP' })),
});

const event = small({
  kind: 'Event', plural: 'events', createOnUpdate: true,
  selectableFields: (object: Event) => ({ 'involvedObject.name': object.involvedObject.name ?? '',
    reason: object.reason ?? '' }),
});

const rbac = { group: 'rbac.authorization.k8s.io', nameRule: 'pathSegment' } as const;

export const testKinds: readonly AnyKind[] = [
  namespace, pod, deployment, service, event,
  small({ kind: 'Node', plural: 'nodes', namespaced: false, subresources: ['status'] }),
  small({ kind: 'ConfigMap', plural: 'configmaps' }),
  small({ kind: 'Secret', plural: 'secrets' }),
  small({ kind: 'ServiceAccount', plural: 'serviceaccounts' }),
  small({ group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases', createOnUpdate: true,
    resourceVersionRequired: true }),
  small({ group: 'discovery.k8s.io', kind: 'EndpointSlice', plural: 'endpointslices', hasGeneration: true }),
  small({ group: 'scheduling.k8s.io', kind: 'PriorityClass', plural: 'priorityclasses', namespaced: false }),
  small({ group: 'storage.k8s.io', kind: 'StorageClass', plural: 'storageclasses', namespaced: false }),
  small({ kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' }),
  small({ ...rbac, kind: 'Role', plural: 'roles' }),
  small({ ...rbac, kind: 'RoleBinding', plural: 'rolebindings' }),
  small({ ...rbac, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }),
  small({ ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false }),
];
