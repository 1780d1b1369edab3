/** Names of API resources as people say them: `pods` is a Pod, `deployments.apps` is a Deployment. */
import type { Subject } from '../../src/protocol/trace';
import type { Language } from '../../src/protocol/messages';

/** Kinds whose plural is not just the lower-case kind with an s. */
const kinds: Readonly<Record<string, string>> = {
  pods: 'Pod', nodes: 'Node', services: 'Service', endpoints: 'Endpoints', endpointslices: 'EndpointSlice',
  configmaps: 'ConfigMap', secrets: 'Secret', serviceaccounts: 'ServiceAccount', namespaces: 'Namespace',
  events: 'Event', leases: 'Lease', deployments: 'Deployment', replicasets: 'ReplicaSet', daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet', controllerrevisions: 'ControllerRevision', jobs: 'Job', cronjobs: 'CronJob',
  storageclasses: 'StorageClass', priorityclasses: 'PriorityClass', runtimeclasses: 'RuntimeClass',
  ingresses: 'Ingress', ingressclasses: 'IngressClass', networkpolicies: 'NetworkPolicy',
  roles: 'Role', rolebindings: 'RoleBinding', clusterroles: 'ClusterRole', clusterrolebindings: 'ClusterRoleBinding',
  persistentvolumes: 'PersistentVolume', persistentvolumeclaims: 'PersistentVolumeClaim',
  certificatesigningrequests: 'CertificateSigningRequest', subjectaccessreviews: 'SubjectAccessReview',
  tokenreviews: 'TokenReview', resourcequotas: 'ResourceQuota', limitranges: 'LimitRange',
  poddisruptionbudgets: 'PodDisruptionBudget', csinodes: 'CSINode', csidrivers: 'CSIDriver',
  volumeattachments: 'VolumeAttachment', replicationcontrollers: 'ReplicationController',
};

/** `deployments` of `deployments.apps`. */
export function plural(resource: string): string {
  return resource.split('.', 1)[0] ?? resource;
}

/** The kind as a noun: lower case in English, as kubectl prints it; capitals in German, where nouns have them. */
function noun(resource: string, language: Language): string {
  const name = plural(resource);
  const kind = kinds[name] ?? name.replace(/s$/, '');
  return language === 'de' ? kind : kind.toLowerCase();
}

/** `pod web-0`, `deployment web`, `the status of` comes from the sentence; just `pod` while it has no name. */
export function objectText({ resource, subresource, name }: Subject, language: Language): string {
  if (resource === undefined) return name ?? '';
  const part = subresource ? `/${subresource}` : '';
  return name ? `${noun(resource, language)}${part} ${name}` : `${noun(resource, language)}${part}`;
}

/** `deployments` in English; in German the kind with a plural s that all of them take. */
export function resourcesText(resource: string | undefined, language: Language): string {
  if (resource === undefined) return '';
  const kind = language === 'de' ? kinds[plural(resource)] : undefined;
  if (kind === undefined) return plural(resource);
  // The ending of the plural is that of the resource: `ingresses`, `networkpolicies`, `endpoints`.
  const ending = /(?:ss|x)es$/.test(plural(resource)) ? 'es' : /s$/.test(kind) ? '' : 's';
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}${ending}`;
}
