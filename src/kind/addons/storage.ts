/**
 * local-path-provisioner, kind's storage: volumes are directories under /var/local-path-provisioner of the node, made
 * when the first pod that claims one is scheduled. Models kind's pkg/build/nodeimage/const_storage.go, v0.32.0 with the
 * image tags of v1.36.1 nodes. Reasoned from the provisioner's own manifest, not read in kind's v0.32.0 text: the split
 * of its rights into a Role for helper pods and a ClusterRole.
 */
import { deepFreeze } from '../../base/freeze';
import type { Deployment, NewObject, StorageClass } from '../../api/types';
import { localPathHelperImage, localPathProvisionerImage } from '../images';
import {
  accountSubject, clusterRole, clusterRoleBinding, configMap, resourceRule, role, roleBinding, serviceAccount,
} from '../kubeadm/objects';
import type { ClusterPlan, Manifest } from '../kubeadm/types';
import { asApplied } from './last-applied';

const namespace = 'local-path-storage';
const name = 'local-path-provisioner';
const accountName = `${name}-service-account`;
const roleName = `${name}-role`;
const bindingName = `${name}-bind`;
const configName = 'local-path-config';

function access(): readonly Manifest[] {
  const read = ['get', 'list', 'watch'];
  const write = [...read, 'create', 'patch', 'update', 'delete'];
  const subjects = [accountSubject(namespace, accountName)];
  return [
    serviceAccount(namespace, accountName),
    role(namespace, roleName, [resourceRule('', ['pods'], write)]),
    clusterRole(roleName, [
      resourceRule('', ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'], read),
      resourceRule('', ['persistentvolumes'], write),
      resourceRule('', ['events'], ['create', 'patch']),
      resourceRule('storage.k8s.io', ['storageclasses'], read),
    ]),
    roleBinding(namespace, bindingName, roleName, subjects),
    clusterRoleBinding(bindingName, roleName, subjects),
  ];
}

function deployment(): NewObject<Deployment> {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [
            { key: 'node-role.kubernetes.io/control-plane', operator: 'Equal', effect: 'NoSchedule' },
            { key: 'node-role.kubernetes.io/master', operator: 'Equal', effect: 'NoSchedule' },
          ],
          serviceAccountName: accountName,
          containers: [{
            name,
            image: localPathProvisionerImage,
            imagePullPolicy: 'IfNotPresent',
            command: [
              name, '--debug', 'start', '--helper-image', localPathHelperImage, '--config', '/etc/config/config.json',
            ],
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config/' }],
            env: [
              { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
              { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
            ],
          }],
          volumes: [{ name: 'config-volume', configMap: { name: configName } }],
        },
      },
    },
  };
}

function storageClass(): NewObject<StorageClass> {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}

const nodePathMap = `{
        "nodePathMap":[
        {
                "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",
                "paths":["/var/local-path-provisioner"]
        }
        ]
}`;

const helperPod = `apiVersion: v1
kind: Pod
metadata:
  name: helper-pod
spec:
  priorityClassName: system-node-critical
  tolerations:
    - key: node.kubernetes.io/disk-pressure
      operator: Exists
      effect: NoSchedule
  containers:
  - name: helper-pod
    image: ${localPathHelperImage}
    imagePullPolicy: IfNotPresent`;

/**
 * The objects of the storage add-on in the order of kind's manifest, each as `kubectl apply` leaves it. Frozen. No plan
 * changes them; the parameter is that of every phase.
 */
export function storageAddon(_plan: ClusterPlan): readonly Manifest[] {
  const manifest: readonly Manifest[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...access(),
    deployment(),
    storageClass(),
    configMap(namespace, configName, {
      'config.json': nodePathMap,
      setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"',
      teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"',
      'helperPod.yaml': helperPod,
    }),
  ];
  return deepFreeze(manifest.map(asApplied));
}
