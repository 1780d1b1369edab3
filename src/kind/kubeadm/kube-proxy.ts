/**
 * The kube-proxy add-on of `kubeadm init`, v1.36, with kind's configuration; kind skips the phase when kubeProxyMode is
 * `none`. Models cmd/kubeadm/app/phases/addons/proxy. Uncertain: the order of creation within the add-on.
 */
import { deepFreeze } from '../../base/freeze';
import type { ConfigMap, DaemonSet, NewObject } from '../../api/types';
import { kubernetesImage } from '../images';
import { kubeProxyConfiguration } from './component-configs';
import {
  accountSubject, bootstrapTokenGroup, clusterRoleBinding, configMap, groupSubject, resourceRule, role, roleBinding,
  serviceAccount, systemNamespace,
} from './objects';
import type { ClusterPlan, Manifest } from './types';
import { yamlText } from './yaml-text';

const name = 'kube-proxy';
const labels = { 'k8s-app': name };
const accountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

function kubeconfig(plan: ClusterPlan): string {
  return yamlText({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{
      cluster: {
        'certificate-authority': `${accountDir}/ca.crt`,
        server: `https://${plan.controlPlaneEndpoint}`,
      },
      name: 'default',
    }],
    contexts: [{ context: { cluster: 'default', namespace: 'default', user: 'default' }, name: 'default' }],
    'current-context': 'default',
    users: [{ name: 'default', user: { tokenFile: `${accountDir}/token` } }],
  });
}

/** kubeadm's template ends both documents without a newline. */
function configuration(plan: ClusterPlan): NewObject<ConfigMap> {
  const data = {
    'config.conf': yamlText(kubeProxyConfiguration(plan)).trimEnd(),
    'kubeconfig.conf': kubeconfig(plan).trimEnd(),
  };
  return configMap(systemNamespace, name, data, { app: name });
}

function daemonSet(plan: ClusterPlan): NewObject<DaemonSet> {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: systemNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          containers: [{
            name,
            image: kubernetesImage(name, plan.kubernetesVersion),
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            securityContext: { privileged: true },
            volumeMounts: [
              { mountPath: '/var/lib/kube-proxy', name },
              { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
              { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          }],
          hostNetwork: true,
          serviceAccountName: name,
          volumes: [
            { name, configMap: { name } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
          ],
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
        },
      },
    },
  };
}

/** The objects of the add-on in the order in which kubeadm creates them; none with kubeProxyMode `none`. Frozen. */
export function kubeProxyAddon(plan: ClusterPlan): readonly Manifest[] {
  if (plan.kubeProxyMode === 'none') return [];
  return deepFreeze([
    serviceAccount(systemNamespace, name),
    clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', [accountSubject(systemNamespace, name)]),
    role(systemNamespace, name, [resourceRule('', ['configmaps'], ['get'], [name])]),
    roleBinding(systemNamespace, name, name, [groupSubject(bootstrapTokenGroup)]),
    configuration(plan),
    daemonSet(plan),
  ]);
}
