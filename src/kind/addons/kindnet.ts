/**
 * kindnet, kind's network plug-in: a DaemonSet that writes the CNI configuration of each node, keeps the routes to the
 * pod networks of the others, and enforces network policies. Models kind's pkg/build/nodeimage/const_cni.go and the
 * patch of pkg/cluster/internal/create/actions/installcni (CONTROL_PLANE_ENDPOINT), v0.32.0 with the image tag seen on
 * v1.36.1 nodes. Reasoned, not read in the v0.32.0 text: the rules on pods, namespaces and networkpolicies, which
 * kindnet needs since it enforces policies (kind v0.24), and the end of its podsecuritypolicies rule.
 */
import { deepFreeze } from '../../base/freeze';
import type { DaemonSet, NewObject } from '../../api/types';
import { kindnetImage } from '../images';
import {
  accountSubject, clusterRole, clusterRoleBinding, resourceRule, serviceAccount, systemNamespace,
} from '../kubeadm/objects';
import type { ClusterPlan, Manifest } from '../kubeadm/types';

const name = 'kindnet';
const labels = { tier: 'node', app: name, 'k8s-app': name };
/** Requests equal limits, so the pods are of class Guaranteed. */
const resources = { cpu: '100m', memory: '50Mi' };

function daemonSet(plan: ClusterPlan): NewObject<DaemonSet> {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: systemNamespace, labels },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [{ operator: 'Exists' }],
          serviceAccountName: name,
          containers: [{
            name: 'kindnet-cni',
            image: kindnetImage,
            env: [
              { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
              { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              { name: 'POD_SUBNET', value: plan.podSubnet },
              { name: 'CONTROL_PLANE_ENDPOINT', value: plan.controlPlaneEndpoint },
            ],
            volumeMounts: [
              { name: 'cni-cfg', mountPath: '/etc/cni/net.d' },
              { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
              { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
            ],
            resources: { requests: resources, limits: resources },
            securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
          }],
          volumes: [
            { name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
          ],
        },
      },
    },
  };
}

/** The objects of kindnet in the order of kind's manifest; none with networking.disableDefaultCNI. Frozen. */
export function kindnetAddon(plan: ClusterPlan): readonly Manifest[] {
  if (plan.disableDefaultCNI) return [];
  const verbs = ['list', 'watch'];
  return deepFreeze([
    clusterRole(name, [
      resourceRule('', ['nodes', 'pods', 'namespaces'], verbs),
      resourceRule('networking.k8s.io', ['networkpolicies'], verbs),
    ]),
    clusterRoleBinding(name, name, [accountSubject(systemNamespace, name)]),
    serviceAccount(systemNamespace, name),
    daemonSet(plan),
  ]);
}
