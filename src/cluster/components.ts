/**
 * The Kubernetes components as images: behind `registry.k8s.io/kube-scheduler` stands our scheduler, and so on. A
 * component therefore runs where, when and as long as its container does, and knows only what its flags tell it.
 */
import type { KindRegistry } from '../api/registry';
import type { ResourceType } from '../api/request';
import { ApiServer } from '../apiserver/server';
import { ControllerManager } from '../controllers/manager';
import { EtcdMember } from '../etcd/member';
import { SharedLog } from '../etcd/shared-log';
import type { ClusterPlan } from '../kind/kubeadm/types';
import { corednsProgram } from '../node/coredns/coredns';
import type { ImageDescription, ProgramFactory } from '../node/images';
import { kindnetProgram } from '../node/kindnet';
import { KubeProxies } from '../node/kube-proxy/kube-proxy';
import { localPathProvisionerProgram } from '../node/local-path';
import type { ClusterPki } from '../pki/cluster-pki';
import type { DecisionLog } from '../scheduler/decision';
import { Scheduler } from '../scheduler/scheduler';
import { controllerManager, scheduler } from './boot/identities';
import { etcdctlInPod } from './etcdctl-in-pod';

export interface ComponentInputs {
  readonly plan: ClusterPlan;
  readonly kinds: KindRegistry;
  readonly pki: ClusterPki;
  readonly etcd: SharedLog;
  /** Where the schedulers keep their decisions. */
  readonly decisions: DecisionLog;
  readonly epochMs: number;
  /** Told of an API server as it starts, for previews. */
  onServer(machine: string, server: ApiServer): void;
}

function image(
  name: string, executable: string, sizeBytes: number, program: ProgramFactory, component?: string,
  more: Readonly<Record<string, ProgramFactory>> = {},
) {
  const description: ImageDescription = {
    sizeBytes, base: 'scratch', entrypoint: [executable], executables: { [executable]: program, ...more }, component,
  };
  return [name, description] as const;
}

/** The images of a cluster's own components, by repository. */
export function componentImages(inputs: ComponentInputs): Readonly<Record<string, ImageDescription>> {
  const { plan, kinds, pki, etcd, decisions, epochMs, onServer } = inputs;
  const userAgent = (component: string): string => `${component}/${plan.kubernetesVersion}`;
  const proxies = new KubeProxies({
    server: plan.controlPlaneEndpoint, mode: plan.kubeProxyMode === 'none' ? 'iptables' : plan.kubeProxyMode,
  });
  const images = [
    image(
      'registry.k8s.io/etcd',
      'etcd',
      21_100_000,
      (context) => {
        const version = /:(\d+\.\d+\.\d+)/.exec(context.image.env?.['IMAGE'] ?? '')?.[1] ?? '3.6.8';
        // Somebody else's etcd is none of the cluster's: it begins with an empty database of its own.
        const log = context.pod.namespace === 'kube-system' ? etcd : new SharedLog();
        return new EtcdMember({ name: context.machine, version, log });
      },
      'etcd',
      { etcdctl: etcdctlInPod },
    ),
    image(
      'registry.k8s.io/kube-apiserver',
      'kube-apiserver',
      89_900_000,
      (context) => {
        const server = new ApiServer({
          kinds,
          hostname: context.machine,
          serviceSubnet: plan.serviceSubnet,
          epochMs,
          pki,
          runtimeConfig: plan.runtimeConfig,
          featureGates: plan.featureGates,
        });
        onServer(context.machine, server);
        return server;
      },
      'kube-apiserver',
    ),
    image(
      'registry.k8s.io/kube-controller-manager',
      'kube-controller-manager',
      80_200_000,
      (context) => {
        return new ControllerManager({
          client: {
            server: `${context.machine}:6443`,
            user: controllerManager,
            userAgent: userAgent('kube-controller-manager'),
          },
          clusterCidrs: plan.podSubnet.split(','),
          rootCaCertificate: plan.caCertificate,
          clusterSigningCa: pki.ca,
          resources: kinds.kinds
            .filter((kind) => !kind.virtual && !kind.conversion)
            .map((kind): ResourceType => ({
              group: kind.group,
              version: kind.version,
              resource: kind.plural,
              kind: kind.kind,
              namespaced: kind.namespaced,
            })),
        });
      },
      'kube-controller-manager',
    ),
    image(
      'registry.k8s.io/kube-scheduler',
      'kube-scheduler',
      57_300_000,
      (context) => {
        return new Scheduler({
          decisions,
          client: {
            server: `${context.machine}:6443`,
            user: scheduler,
            userAgent: userAgent('kube-scheduler'),
            qps: 50,
            burst: 100,
          },
        });
      },
      'kube-scheduler',
    ),
    image('registry.k8s.io/kube-proxy', '/usr/local/bin/kube-proxy', 80_900_000, proxies.program, 'kube-proxy'),
    image('registry.k8s.io/coredns/coredns', '/coredns', 20_800_000, corednsProgram),
    image('docker.io/kindest/kindnetd', '/bin/kindnetd', 35_600_000, kindnetProgram, 'kindnetd'),
    image(
      'docker.io/kindest/local-path-provisioner',
      'local-path-provisioner',
      14_200_000,
      localPathProvisionerProgram,
    ),
  ];
  return Object.fromEntries(images);
}
