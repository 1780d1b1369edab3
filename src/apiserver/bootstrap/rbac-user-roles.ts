/**
 * ClusterRoles meant for people and for every client: cluster-admin, the aggregated admin, edit and view with the
 * roles that feed them, discovery and the public endpoints, certificate approval, and the roles that add-ons of other
 * makers bind. Models the first half of bootstrappolicy/policy.go, v1.36, default feature gates:
 * DynamicResourceAllocation is on; ClusterTrustBundle is off, so `system:cluster-trust-bundle-discovery` is left out.
 */
import { policy, readVerbs, rule, urlRule, writeVerbs } from './rule';
import type { RolePolicy } from './rule';

const workloadsToEdit = 'statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback '
  + 'replicasets replicasets/scale';
const workloadsToView = 'controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets '
  + 'daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status '
  + 'replicasets/scale';
const discoveryPaths = '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/';
const issuerPaths = '/.well-known/openid-configuration /.well-known/openid-configuration/ '
  + '/openid/v1/jwks /openid/v1/jwks/';

function editRules() {
  return [
    rule(readVerbs, 'core', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
    rule('impersonate', 'core', 'serviceaccounts'),
    rule(writeVerbs, 'core', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
    rule('create', 'core', 'pods/eviction'),
    rule(writeVerbs, 'core', 'replicationcontrollers replicationcontrollers/scale serviceaccounts services '
      + 'services/proxy persistentvolumeclaims configmaps secrets events'),
    rule('create', 'core', 'serviceaccounts/token'),
    rule(writeVerbs, 'apps', workloadsToEdit),
    rule(writeVerbs, 'autoscaling', 'horizontalpodautoscalers'),
    rule(writeVerbs, 'batch', 'jobs cronjobs'),
    rule(writeVerbs, 'extensions', 'daemonsets deployments deployments/scale deployments/rollback ingresses '
      + 'replicasets replicasets/scale replicationcontrollers/scale networkpolicies'),
    rule(writeVerbs, 'policy', 'poddisruptionbudgets'),
    rule(writeVerbs, 'networking.k8s.io', 'networkpolicies ingresses'),
    rule(`${readVerbs} ${writeVerbs}`, 'coordination.k8s.io', 'leases'),
    rule(writeVerbs, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  ];
}

function viewRules() {
  return [
    rule(readVerbs, 'core', 'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services '
      + 'services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps'),
    rule(readVerbs, 'core', 'limitranges resourcequotas bindings events pods/status resourcequotas/status '
      + 'namespaces/status replicationcontrollers/status pods/log'),
    rule(readVerbs, 'core', 'namespaces'),
    rule(readVerbs, 'discovery.k8s.io', 'endpointslices'),
    rule(readVerbs, 'apps', workloadsToView),
    rule(readVerbs, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
    rule(readVerbs, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
    rule(readVerbs, 'extensions', 'daemonsets daemonsets/status deployments deployments/scale deployments/status '
      + 'ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale '
      + 'networkpolicies'),
    rule(readVerbs, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
    rule(readVerbs, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
    rule(readVerbs, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  ];
}

/** admin, edit and view, and the three roles that hold their rules. */
function aggregatedRoles(): readonly RolePolicy[] {
  return [
    { name: 'admin', rules: [], aggregates: true },
    { name: 'edit', rules: [], aggregates: true, aggregateTo: 'admin' },
    { name: 'view', rules: [], aggregates: true, aggregateTo: 'edit' },
    {
      name: 'system:aggregate-to-admin',
      aggregateTo: 'admin',
      rules: [
        rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
        rule(`${readVerbs} ${writeVerbs}`, 'rbac.authorization.k8s.io', 'roles rolebindings'),
      ],
    },
    { name: 'system:aggregate-to-edit', aggregateTo: 'edit', rules: editRules() },
    { name: 'system:aggregate-to-view', aggregateTo: 'view', rules: viewRules() },
  ];
}

function signerApprover(role: string, signer: string): RolePolicy {
  return policy(
    `system:certificates.k8s.io:${role}-approver`,
    rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`),
  );
}

function csrCreator(subresource: string): RolePolicy {
  return policy(
    `system:certificates.k8s.io:certificatesigningrequests:${subresource}`,
    rule('create', 'certificates.k8s.io', `certificatesigningrequests/${subresource}`),
  );
}

/** Policies of the roles for people and for every client. */
export function userRolePolicies(): readonly RolePolicy[] {
  return [
    policy('cluster-admin', rule('*', '*', '*'), urlRule('*', '*')),
    ...aggregatedRoles(),
    policy('system:discovery', urlRule('get', discoveryPaths)),
    policy('system:public-info-viewer', urlRule('get', '/healthz /livez /readyz /version /version/')),
    policy(
      'system:basic-user',
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ),
    policy('system:service-account-issuer-discovery', urlRule('get', issuerPaths)),
    csrCreator('nodeclient'),
    csrCreator('selfnodeclient'),
    signerApprover('kube-apiserver-client', 'kube-apiserver-client'),
    signerApprover('kube-apiserver-client-kubelet', 'kube-apiserver-client-kubelet'),
    signerApprover('kubelet-serving', 'kubelet-serving'),
    signerApprover('legacy-unknown', 'legacy-unknown'),
    policy(
      'system:auth-delegator',
      rule('create', 'authentication.k8s.io', 'tokenreviews'),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    ),
    policy('system:kube-aggregator', rule(readVerbs, 'core', 'services endpoints')),
    policy(
      'system:heapster',
      rule(readVerbs, 'core', 'events pods nodes namespaces'),
      rule(readVerbs, 'extensions', 'deployments'),
    ),
  ];
}
