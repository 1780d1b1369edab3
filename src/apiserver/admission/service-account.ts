/**
 * ServiceAccount: gives a pod the service account `default` when it names none, refuses one that does not exist, and
 * mounts the projected volume with token, CA and namespace. Models plugin/pkg/admission/serviceaccount. Not modelled:
 * the deprecated annotation kubernetes.io/enforce-mountable-secrets, and tokens for ephemeral containers.
 */
import { quote } from '../../api/go-text';
import { serviceAccounts } from '../../api/resources';
import type { FailureStatus } from '../../api/status';
import type { Container, KubeObject, Pod, PodSpec, ServiceAccount, Volume, VolumeMount } from '../../api/types';
import type { Execution } from '../execution';
import { podConfigMapNames, podSecretNames } from '../pod-references';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const defaultAccount = 'default';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
/** One hour and seven seconds, so that a kubelet can tell its own tokens from others. */
const tokenLifetimeSeconds = 3607;

function concerns({ operation, subresource }: AdmissionAttributes): boolean {
  return operation === 'CREATE' && subresource === '';
}

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],

  /** The default account is made by a controller soon after its namespace: a pod waits for it a while. */
  prepare(attributes, execution) {
    const pod = attributes.object as Pod | undefined;
    if (!pod || !concerns(attributes) || isMirror(pod)) return undefined;
    const { namespace } = attributes;
    const missing = (): boolean => !execution.objects.get(serviceAccounts, namespace, defaultAccount);
    if ((pod.spec.serviceAccountName || defaultAccount) !== defaultAccount || !missing()) return undefined;
    return (function* () {
      const intervalMs = 100 + execution.random('serviceaccount-retry').below(100);
      for (let attempt = 1; attempt < 10 && missing(); attempt += 1) {
        if (!(yield* execution.sleep(intervalMs))) return;
      }
    })();
  },

  mutate(attributes, execution) {
    if (!concerns(attributes)) return undefined;
    const pod = attributes.object as Pod;
    if (isMirror(pod)) return undefined;
    const name = pod.spec.serviceAccountName || defaultAccount;
    const account = execution.objects.get(serviceAccounts, attributes.namespace, name);
    if (!account) {
      const why = `error looking up service account ${attributes.namespace}/${name}: `
        + `serviceaccount ${quote(name)} not found`;
      return admissionForbidden(attributes, why);
    }
    return withAccount(pod, name, account, execution) as Pod & KubeObject;
  },

  validate(attributes) {
    if (!concerns(attributes) || !isMirror(attributes.object as Pod)) return undefined;
    return mirrorPodProblem(attributes, attributes.object as Pod);
  },
};

function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

/** A mirror pod only shows what a kubelet runs anyway: it may not refer to anything in the API. */
function mirrorPodProblem(attributes: AdmissionAttributes, pod: Pod): FailureStatus | undefined {
  const refuse = (why: string): FailureStatus => admissionForbidden(attributes, why);
  if (pod.spec.serviceAccountName) return refuse('a mirror pod may not reference service accounts');
  if (podSecretNames(pod).size > 0) return refuse('a mirror pod may not reference secrets');
  if (podConfigMapNames(pod).size > 0) return refuse('a mirror pod may not reference configmaps');
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) return refuse('a mirror pod may not reference persistentvolumeclaims');
    if (volume.projected?.sources?.some((source) => source.serviceAccountToken)) {
      return refuse('a mirror pod may not use ServiceAccountToken volume projections');
    }
  }
  return undefined;
}

function withAccount(pod: Pod, name: string, account: ServiceAccount, execution: Execution): Pod {
  let spec: PodSpec = { ...pod.spec, serviceAccountName: name, serviceAccount: name };
  const automount = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (automount) spec = withToken(spec, execution);
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
    spec = { ...spec, imagePullSecrets: account.imagePullSecrets };
  }
  return { ...pod, spec };
}

function withToken(spec: PodSpec, execution: Execution): PodSpec {
  const volumes = spec.volumes ?? [];
  // A volume of that name is there already when the pod is a copy of one that was admitted before.
  const known = volumes.find((volume) => volume.name?.startsWith(volumePrefix));
  const volumeName = known?.name ?? volumePrefix + execution.random('names').nameSuffix();
  const mount: VolumeMount = { name: volumeName, readOnly: true, mountPath };
  let needed = false;
  const mounted = <T extends Container>(container: T): T => {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some((other) => other.mountPath === mountPath)) return container;
    needed = true;
    return { ...container, volumeMounts: [...mounts, mount] };
  };
  const containers = (spec.containers ?? []).map(mounted);
  const initContainers = spec.initContainers?.map(mounted);
  const withMounts: PodSpec = { ...spec, containers, ...(initContainers ? { initContainers } : {}) };
  if (known || !needed) return withMounts;
  return { ...withMounts, volumes: [...volumes, tokenVolume(volumeName)] };
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenLifetimeSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}
