/**
 * ClusterRoles of the components: controller manager, scheduler, kubelet, kube-proxy, DNS, monitoring and volumes.
 * Models the second half of bootstrappolicy/policy.go, v1.36, default feature gates.
 *
 * Reasoned to v1.36, not read in its text: `resourceclaims/binding` of the scheduler follows the rule that the
 * resource-claim controller has there (granular status authorization on); `/flagz` and `/statusz` of system:monitoring
 * take both gates as beta and on. Left out as off: DRADeviceTaintRules, ClusterTrustBundle, PodCertificateRequest.
 */
import { eventsRule, policy, readVerbs, rule, urlRule, writeVerbs } from './rule';
import type { RolePolicy } from './rule';

const authenticationReview = () => rule('create', 'authentication.k8s.io', 'tokenreviews');
const authorizationReview = () => rule('create', 'authorization.k8s.io', 'subjectaccessreviews');

/** What a kubelet may do by RBAC. The binding has no subjects: the Node authorizer grants it node by node. */
function nodeRules() {
  return [
    authenticationReview(),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
    rule(readVerbs, 'core', 'services'),
    rule('create get list watch', 'core', 'nodes'),
    rule('update patch', 'core', 'nodes/status'),
    rule('update patch', 'core', 'nodes'),
    rule('create update patch', 'core', 'events'),
    rule(readVerbs, 'core', 'pods'),
    rule('create delete', 'core', 'pods'),
    rule('update patch', 'core', 'pods/status'),
    rule('create', 'core', 'pods/eviction'),
    rule(readVerbs, 'core', 'secrets configmaps'),
    rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
    rule('get', 'core', 'endpoints'),
    rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    rule('get create update patch delete', 'coordination.k8s.io', 'leases'),
    rule('get', 'storage.k8s.io', 'volumeattachments'),
    rule('create', 'core', 'serviceaccounts/token'),
    rule('get update patch', 'core', 'persistentvolumeclaims/status'),
    rule(readVerbs, 'storage.k8s.io', 'csidrivers'),
    rule('get create update patch delete', 'storage.k8s.io', 'csinodes'),
    rule(readVerbs, 'node.k8s.io', 'runtimeclasses'),
    rule('get', 'resource.k8s.io', 'resourceclaims'),
    rule('deletecollection', 'resource.k8s.io', 'resourceslices'),
    rule('get', 'core', 'serviceaccounts'),
  ];
}

function schedulerRules() {
  return [
    eventsRule(),
    rule('create', 'coordination.k8s.io', 'leases'),
    rule('get update list watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
    rule(`${readVerbs} ${writeVerbs}`, 'coordination.k8s.io', 'leasecandidates'),
    rule(readVerbs, 'core', 'nodes'),
    rule('get list watch delete', 'core', 'pods'),
    rule('create', 'core', 'pods/binding bindings'),
    rule('patch update', 'core', 'pods/status'),
    rule(readVerbs, 'core', 'services replicationcontrollers'),
    rule(readVerbs, 'apps extensions', 'replicasets'),
    rule(readVerbs, 'apps', 'statefulsets'),
    rule(readVerbs, 'policy', 'poddisruptionbudgets'),
    rule(readVerbs, 'core', 'persistentvolumeclaims persistentvolumes'),
    authenticationReview(),
    authorizationReview(),
    rule(readVerbs, 'storage.k8s.io', 'csinodes'),
    rule(readVerbs, 'storage.k8s.io', 'volumeattachments'),
    rule(readVerbs, 'core', 'namespaces'),
    rule(readVerbs, 'storage.k8s.io', 'csidrivers'),
    rule(readVerbs, 'storage.k8s.io', 'csistoragecapacities'),
    rule(readVerbs, 'resource.k8s.io', 'deviceclasses'),
    rule(`${readVerbs} update patch`, 'resource.k8s.io', 'resourceclaims'),
    rule(`${readVerbs} update patch`, 'resource.k8s.io', 'resourceclaims/status'),
    rule(`${readVerbs} update patch`, 'core', 'pods/finalizers'),
    rule(readVerbs, 'resource.k8s.io', 'resourceslices'),
    rule('update patch', 'resource.k8s.io', 'resourceclaims/binding'),
  ];
}

/** With --use-service-account-credentials the manager itself only starts informers and makes controller identities. */
function controllerManagerRules() {
  return [
    eventsRule(),
    rule('create', 'coordination.k8s.io', 'leases'),
    rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
    rule('create', 'core', 'secrets serviceaccounts'),
    rule('delete', 'core', 'secrets'),
    rule('get', 'core', 'namespaces secrets serviceaccounts configmaps'),
    rule('update', 'core', 'secrets serviceaccounts'),
    authenticationReview(),
    authorizationReview(),
    rule('list watch', '*', '*'),
    rule('create', 'core', 'serviceaccounts/token'),
  ];
}

function nodeRelatedPolicies(): readonly RolePolicy[] {
  return [
    policy('system:node', ...nodeRules()),
    policy(
      'system:node-bootstrapper',
      rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    ),
    policy(
      'system:node-problem-detector',
      rule('get', 'core', 'nodes'),
      rule('patch', 'core', 'nodes/status'),
      eventsRule(),
    ),
    policy(
      'system:node-proxier',
      rule('list watch', 'core', 'services endpoints'),
      rule(readVerbs, 'core', 'nodes'),
      eventsRule(),
      rule('list watch', 'networking.k8s.io', 'servicecidrs'),
      rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    ),
    policy(
      'system:kubelet-api-admin',
      rule(readVerbs, 'core', 'nodes'),
      rule('proxy', 'core', 'nodes'),
      rule('*', 'core', 'nodes/proxy nodes/metrics nodes/stats nodes/log'),
      rule('*', 'core', 'nodes/configz nodes/healthz nodes/pods'),
    ),
  ];
}

function volumePolicies(): readonly RolePolicy[] {
  return [
    policy(
      'system:persistent-volume-provisioner',
      rule('get list watch create delete', 'core', 'persistentvolumes'),
      rule('get list watch update', 'core', 'persistentvolumeclaims'),
      rule(readVerbs, 'storage.k8s.io', 'storageclasses'),
      rule('watch', 'core', 'events'),
      eventsRule(),
    ),
    policy(
      'system:volume-scheduler',
      rule(`${readVerbs} update patch`, 'core', 'persistentvolumes'),
      rule(readVerbs, 'storage.k8s.io', 'storageclasses'),
      rule(`${readVerbs} update patch`, 'core', 'persistentvolumeclaims'),
    ),
  ];
}

/** Policies of the roles of the components. */
export function componentRolePolicies(): readonly RolePolicy[] {
  return [
    ...nodeRelatedPolicies(),
    policy('system:kube-controller-manager', ...controllerManagerRules()),
    policy('system:kube-scheduler', ...schedulerRules()),
    policy('system:kube-dns', rule('list watch', 'core', 'endpoints services')),
    policy(
      'system:monitoring',
      urlRule('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
      urlRule('get', '/flagz'),
      urlRule('get', '/statusz'),
    ),
    ...volumePolicies(),
  ];
}
