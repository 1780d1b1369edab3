/**
 * ClusterRoles `system:controller:*`, one for each controller of kube-controller-manager: the service account of that
 * name in kube-system is bound to it, which is what --use-service-account-credentials makes real. Models
 * bootstrappolicy/controller_policy.go, v1.36, default feature gates (device taint eviction and service CIDRs on,
 * device taint rules, pod certificates, cluster trust bundles and storage version migration off).
 */
import { eventsRule, policy, readVerbs, rule } from './rule';
import type { PolicyRule } from '../../api/types';
import type { RolePolicy } from './rule';

/** What all of these names begin with; the rest is the name of the controller's service account. */
export const controllerRolePrefix = 'system:controller:';

const both = 'apps extensions';
const all = 'get list watch create update patch delete';

function controller(name: string, ...rules: readonly PolicyRule[]): RolePolicy {
  return policy(`${controllerRolePrefix}${name}`, ...rules);
}

function workloadControllers(): readonly RolePolicy[] {
  return [
    controller(
      'cronjob-controller',
      rule('get list watch update', 'batch', 'cronjobs'),
      rule(all, 'batch', 'jobs'),
      rule('update', 'batch', 'cronjobs/status'),
      rule('update', 'batch', 'cronjobs/finalizers'),
      rule('list watch delete', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'daemon-set-controller',
      rule(readVerbs, both, 'daemonsets'),
      rule('update', both, 'daemonsets/status'),
      rule('update', both, 'daemonsets/finalizers'),
      rule('list watch', 'core', 'nodes'),
      rule('list watch create delete patch', 'core', 'pods'),
      rule('create', 'core', 'pods/binding'),
      rule(all, 'apps', 'controllerrevisions'),
      eventsRule(),
    ),
    controller(
      'deployment-controller',
      rule('get list watch update', both, 'deployments'),
      rule('update', both, 'deployments/status'),
      rule('update', both, 'deployments/finalizers'),
      rule(all, both, 'replicasets'),
      rule('get list watch update', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'job-controller',
      rule('get list watch update patch', 'batch', 'jobs'),
      rule('update', 'batch', 'jobs/status'),
      rule('update', 'batch', 'jobs/finalizers'),
      rule('list watch create delete patch', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'replicaset-controller',
      rule('get list watch update', both, 'replicasets'),
      rule('update', both, 'replicasets/status'),
      rule('update', both, 'replicasets/finalizers'),
      rule('list watch create delete patch', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'replication-controller',
      rule('get list watch update', 'core', 'replicationcontrollers'),
      rule('update', 'core', 'replicationcontrollers/status'),
      rule('update', 'core', 'replicationcontrollers/finalizers'),
      rule('list watch create delete patch', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'statefulset-controller',
      rule('list watch', 'core', 'pods'),
      rule(readVerbs, 'apps', 'statefulsets'),
      rule('update', 'apps', 'statefulsets/status'),
      rule('update', 'apps', 'statefulsets/finalizers'),
      rule('get create delete update patch', 'core', 'pods'),
      rule(all, 'apps', 'controllerrevisions'),
      rule('get list watch create', 'core', 'persistentvolumeclaims'),
      rule('update delete', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'pods/finalizers'),
      eventsRule(),
    ),
    controller(
      'disruption-controller',
      rule(readVerbs, both, 'deployments'),
      rule(readVerbs, both, 'replicasets'),
      rule(readVerbs, 'core', 'replicationcontrollers'),
      rule(readVerbs, 'policy', 'poddisruptionbudgets'),
      rule(readVerbs, 'apps', 'statefulsets'),
      rule('update', 'policy', 'poddisruptionbudgets/status'),
      rule('patch update', 'core', 'pods/status'),
      rule('get', '*', '*/scale'),
      eventsRule(),
    ),
    controller(
      'horizontal-pod-autoscaler',
      rule(readVerbs, 'autoscaling', 'horizontalpodautoscalers'),
      rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
      rule('get update', '*', '*/scale'),
      rule('list watch', 'core', 'pods'),
      rule('list watch', 'metrics.k8s.io', 'pods'),
      rule(readVerbs, 'custom.metrics.k8s.io', '*'),
      rule(readVerbs, 'external.metrics.k8s.io', '*'),
      eventsRule(),
    ),
    controller('ttl-after-finished-controller', rule('get list watch delete', 'batch', 'jobs'), eventsRule()),
  ];
}

function networkControllers(): readonly RolePolicy[] {
  const slices = rule('get list watch create update delete', 'discovery.k8s.io', 'endpointslices');
  return [
    controller(
      'endpoint-controller',
      rule(readVerbs, 'core', 'services pods'),
      rule('get list watch create update delete', 'core', 'endpoints'),
      rule('create', 'core', 'endpoints/restricted'),
      eventsRule(),
    ),
    controller(
      'endpointslice-controller',
      rule(readVerbs, 'core', 'services pods nodes'),
      rule('update', 'core', 'services/finalizers'),
      slices,
      eventsRule(),
    ),
    controller(
      'endpointslicemirroring-controller',
      rule(readVerbs, 'core', 'services endpoints'),
      rule('update', 'core', 'services/finalizers'),
      rule('update', 'core', 'endpoints/finalizers'),
      slices,
      eventsRule(),
    ),
    controller(
      'route-controller',
      rule('list watch', 'core', 'nodes'),
      rule('patch', 'core', 'nodes/status'),
      eventsRule(),
    ),
    controller(
      'service-cidrs-controller',
      rule('get list watch patch update', 'networking.k8s.io', 'servicecidrs'),
      rule('patch update', 'networking.k8s.io', 'servicecidrs/finalizers'),
      rule('patch update', 'networking.k8s.io', 'servicecidrs/status'),
      rule(readVerbs, 'networking.k8s.io', 'ipaddresses'),
      eventsRule(),
    ),
    controller(
      'service-controller',
      rule(readVerbs, 'core', 'services'),
      rule('patch update', 'core', 'services/status'),
      rule('list watch', 'core', 'nodes'),
      eventsRule(),
    ),
  ];
}

function storageControllers(): readonly RolePolicy[] {
  return [
    controller(
      'attachdetach-controller',
      rule('list watch', 'core', 'persistentvolumes persistentvolumeclaims'),
      rule(readVerbs, 'core', 'nodes'),
      rule('patch update', 'core', 'nodes/status'),
      rule('list watch', 'core', 'pods'),
      eventsRule(),
      rule('get create delete list watch', 'storage.k8s.io', 'volumeattachments'),
      rule(readVerbs, 'storage.k8s.io', 'csidrivers'),
      rule(readVerbs, 'storage.k8s.io', 'csinodes'),
    ),
    controller(
      'ephemeral-volume-controller',
      rule(readVerbs, 'core', 'pods'),
      rule('update', 'core', 'pods/finalizers'),
      rule('get list watch create', 'core', 'persistentvolumeclaims'),
      eventsRule(),
    ),
    controller(
      'expand-controller',
      rule('get list watch update patch', 'core', 'persistentvolumes'),
      rule('update patch', 'core', 'persistentvolumeclaims/status'),
      rule(readVerbs, 'core', 'persistentvolumeclaims'),
      eventsRule(),
    ),
    controller(
      'persistent-volume-binder',
      rule('get list watch update create delete', 'core', 'persistentvolumes'),
      rule('update', 'core', 'persistentvolumes/status'),
      rule('get list watch update', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'persistentvolumeclaims/status'),
      rule('list watch get create delete', 'core', 'pods'),
      rule(readVerbs, 'storage.k8s.io', 'storageclasses'),
      rule('list watch', 'core', 'nodes'),
      eventsRule(),
      rule('watch', 'core', 'events'),
    ),
    controller(
      'pv-protection-controller',
      rule('get list watch update', 'core', 'persistentvolumes'),
      eventsRule(),
    ),
    controller(
      'pvc-protection-controller',
      rule('get list watch update', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'persistentvolumeclaims/status'),
      rule(readVerbs, 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'selinux-warning-controller',
      eventsRule(),
      rule(readVerbs, 'core', 'persistentvolumes'),
      rule(readVerbs, 'core', 'persistentvolumeclaims'),
      rule(readVerbs, 'core', 'pods'),
      rule(readVerbs, 'storage.k8s.io', 'csidrivers'),
    ),
    controller(
      'volumeattributesclass-protection-controller',
      rule(readVerbs, 'core', 'persistentvolumeclaims'),
      rule(readVerbs, 'core', 'persistentvolumes'),
      rule('get list watch update', 'storage.k8s.io', 'volumeattributesclasses'),
      eventsRule(),
    ),
  ];
}

function nodeControllers(): readonly RolePolicy[] {
  return [
    controller(
      'device-taint-eviction-controller',
      rule('get list watch delete', 'core', 'pods'),
      rule('update patch', 'core', 'pods/status'),
      rule(readVerbs, 'resource.k8s.io', 'resourceclaims'),
      rule(readVerbs, 'resource.k8s.io', 'resourceslices'),
      rule(readVerbs, 'resource.k8s.io', 'deviceclasses'),
      eventsRule(),
    ),
    controller(
      'node-controller',
      rule('get list watch update delete patch', 'core', 'nodes'),
      rule('patch update', 'core', 'nodes/status'),
      rule('patch update', 'core', 'pods/status'),
      rule('get list watch delete', 'core', 'pods'),
      eventsRule(),
    ),
    controller(
      'pod-garbage-collector',
      rule('list watch delete', 'core', 'pods'),
      rule(readVerbs, 'core', 'nodes'),
      rule('patch', 'core', 'pods/status'),
    ),
    controller(
      'resource-claim-controller',
      rule(readVerbs, 'core', 'pods'),
      rule('update', 'core', 'pods/finalizers'),
      rule('get list watch create delete', 'resource.k8s.io', 'resourceclaims'),
      rule('update patch', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
      rule('update patch', 'core', 'pods/status'),
      eventsRule(),
      rule('update patch', 'resource.k8s.io', 'resourceclaims/binding'),
    ),
    controller('ttl-controller', rule('update patch list watch', 'core', 'nodes'), eventsRule()),
  ];
}

function clusterControllers(): readonly RolePolicy[] {
  const kubeletSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
  const signers = `kubernetes.io/legacy-unknown kubernetes.io/kubelet-serving kubernetes.io/kube-apiserver-client ${
    kubeletSigner}`;
  return [
    controller(
      'certificate-controller',
      rule('get list watch delete', 'certificates.k8s.io', 'certificatesigningrequests'),
      rule(
        'update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status',
      ),
      rule('approve', 'certificates.k8s.io', 'signers', kubeletSigner),
      rule('sign', 'certificates.k8s.io', 'signers', signers),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
      eventsRule(),
    ),
    controller(
      'clusterrole-aggregation-controller',
      rule('escalate get list watch update patch', 'rbac.authorization.k8s.io', 'clusterroles'),
    ),
    controller(
      'generic-garbage-collector',
      rule('get list watch patch update delete', '*', '*'),
      eventsRule(),
    ),
    controller(
      'legacy-service-account-token-cleaner',
      rule('get', 'core', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
      rule('patch delete', 'core', 'secrets'),
    ),
    controller(
      'namespace-controller',
      rule('get list watch delete', 'core', 'namespaces'),
      rule('update', 'core', 'namespaces/finalize namespaces/status'),
      rule('get list watch delete deletecollection', '*', '*'),
    ),
    controller(
      'resourcequota-controller',
      rule('list watch', '*', '*'),
      rule('update', 'core', 'resourcequotas/status'),
      eventsRule(),
    ),
    controller('root-ca-cert-publisher', rule('create update', 'core', 'configmaps'), eventsRule()),
    controller('service-account-controller', rule('create', 'core', 'serviceaccounts'), eventsRule()),
    controller(
      'validatingadmissionpolicy-status-controller',
      rule(readVerbs, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
      rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
      eventsRule(),
    ),
  ];
}

/** Policies of all controller roles. */
export function controllerRolePolicies(): readonly RolePolicy[] {
  return [
    ...workloadControllers(),
    ...networkControllers(),
    ...storageControllers(),
    ...nodeControllers(),
    ...clusterControllers(),
  ];
}
