/**
 * What `kubeadm init` uploads once the API server answers, in the order of its phases: the admins' binding, the
 * configurations with the roles that let joining nodes read them, and the bootstrap token with everything that hangs
 * on it. Models cmd/kubeadm/app/phases/{kubeconfig,uploadconfig,kubelet,bootstraptoken}.
 *
 * Not here: labels and taints of nodes (mark-control-plane writes them with the kubelet's registration), certificates,
 * and the `jws-kubeconfig-abcdef` signature in cluster-info, which the bootstrap signer adds.
 */
import { deepFreeze } from '../../base/freeze';
import type { NewObject, Secret } from '../../api/types';
import { base64Encode } from '../../base/base64';
import { clusterConfiguration, kubeletConfiguration } from './component-configs';
import {
  bootstrapTokenGroup, clusterRole, clusterRoleBinding, configMap, groupSubject, resourceRule, role, roleBinding,
  systemNamespace, userSubject,
} from './objects';
import type { ClusterPlan, Manifest } from './types';
import { yamlText } from './yaml-text';

const publicNamespace = 'kube-public';
/** kind's well-known token `abcdef.0123456789abcdef`. */
const tokenId = 'abcdef';
const tokenSecret = '0123456789abcdef';

/** A ConfigMap that joining nodes read, with the Role and RoleBinding that allow it to tokens and to nodes. */
function readableByNodes(name: string, roleName: string, data: Readonly<Record<string, string>>): readonly Manifest[] {
  return [
    configMap(systemNamespace, name, data),
    role(systemNamespace, roleName, [resourceRule('', ['configmaps'], ['get'], [name])]),
    roleBinding(
      systemNamespace, roleName, roleName, [groupSubject(bootstrapTokenGroup), groupSubject('system:nodes')],
    ),
  ];
}

function bootstrapTokenSecret(plan: ClusterPlan): NewObject<Secret> {
  const plain: Readonly<Record<string, string>> = {
    'auth-extra-groups': bootstrapTokenGroup,
    expiration: plan.bootstrapTokenExpiration,
    'token-id': tokenId,
    'token-secret': tokenSecret,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${tokenId}`, namespace: systemNamespace },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, base64Encode(value)])),
  };
}

/** What lets a token's holder join: read nodes, ask for a certificate, and have it approved and later renewed. */
function joiningBindings(): readonly Manifest[] {
  const tokens = [groupSubject(bootstrapTokenGroup)];
  const csrRole = 'system:certificates.k8s.io:certificatesigningrequests';
  return [
    clusterRole('kubeadm:get-nodes', [resourceRule('', ['nodes'], ['get'])]),
    clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', tokens),
    clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', tokens),
    clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${csrRole}:nodeclient`, tokens),
    clusterRoleBinding(
      'kubeadm:node-autoapprove-certificate-rotation', `${csrRole}:selfnodeclient`, [groupSubject('system:nodes')],
    ),
  ];
}

/** cluster-info: where the API server is and which CA to trust, readable by everyone, even without credentials. */
function clusterInfo(plan: ClusterPlan): readonly Manifest[] {
  const roleName = 'kubeadm:bootstrap-signer-clusterinfo';
  const kubeconfig = yamlText({
    apiVersion: 'v1',
    clusters: [{
      cluster: {
        'certificate-authority-data': base64Encode(plan.caCertificate),
        server: `https://${plan.controlPlaneEndpoint}`,
      },
      name: '',
    }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    users: null,
  });
  return [
    configMap(publicNamespace, 'cluster-info', { kubeconfig }),
    role(publicNamespace, roleName, [resourceRule('', ['configmaps'], ['get'], ['cluster-info'])]),
    roleBinding(publicNamespace, roleName, roleName, [userSubject('system:anonymous')]),
  ];
}

/** All objects of `kubeadm init` before its add-ons, in the order in which it creates them. Frozen. */
export function kubeadmInitObjects(plan: ClusterPlan): readonly Manifest[] {
  return deepFreeze([
    clusterRoleBinding('kubeadm:cluster-admins', 'cluster-admin', [groupSubject('kubeadm:cluster-admins')]),
    ...readableByNodes('kubeadm-config', 'kubeadm:nodes-kubeadm-config', {
      ClusterConfiguration: yamlText(clusterConfiguration(plan)),
    }),
    ...readableByNodes('kubelet-config', 'kubeadm:kubelet-config', { kubelet: yamlText(kubeletConfiguration(plan)) }),
    bootstrapTokenSecret(plan),
    ...joiningBindings(),
    ...clusterInfo(plan),
  ]);
}
