/**
 * kubeadm on a node: `init` makes the first control plane, `join` adds a node to it. A short-lived program that writes
 * the static pod manifests, has systemd start the kubelet, and then speaks to the API server like any other client.
 * Models cmd/kubeadm/app/phases as kind runs them (preflight skipped); certificates and TLS bootstrap are not modelled.
 */
import { configMaps } from '../../api/resources';
import { dumpYaml } from '../../base/yaml/dump';
import { ApiClient } from '../../client/api-client';
import { coreDnsAddon } from '../../kind/kubeadm/coredns';
import { kubeadmInitObjects } from '../../kind/kubeadm/init-objects';
import { kubeProxyAddon } from '../../kind/kubeadm/kube-proxy';
import { staticPodManifests } from '../../kind/kubeadm/static-pods';
import type { ClusterPlan, PlannedNode } from '../../kind/kubeadm/types';
import { nodeProfile } from '../../kind/profile';
import type { ProcessHost, Program } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { bootstrapToken, joiningNode, superAdmin } from './identities';
import { changeNode, createAll, sleep, untilOk, waitForApiServer } from './tools';

export const manifestFolder = '/etc/kubernetes/manifests';
const userAgent = 'kubeadm/v1.36.1';
/** What `kubeadm join` spends before it starts the kubelet. */
const joinMs = 6_000;
export const excludeFromBalancers = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** What kubeadm needs of the machine it runs on. */
export interface KubeadmNode {
  writeFile(path: string, text: string): void;
  startKubelet(): void;
}

export interface KubeadmOptions {
  readonly plan: ClusterPlan;
  readonly node: PlannedNode;
  readonly machine: KubeadmNode;
}

/** `kubeadm init` on the first control-plane node. */
export class KubeadmInit implements Program {
  constructor(private readonly options: KubeadmOptions) {}

  start(host: ProcessHost): void {
    runTask(this.run(host), () => host.exit(0));
  }

  private *run(host: ProcessHost): Task {
    const { plan, node } = this.options;
    const client = new ApiClient(host, { server: `${node.name}:6443`, user: superAdmin, userAgent });
    startControlPlane(this.options);
    yield* waitForApiServer(client);
    yield* createAll(client, kubeadmInitObjects(plan));
    yield* markControlPlane(client, plan, node.name);
    yield* createAll(client, coreDnsAddon(plan));
    yield* createAll(client, kubeProxyAddon(plan));
  }
}

/** `kubeadm join` of a further control-plane node or of a worker. */
export class KubeadmJoin implements Program {
  constructor(private readonly options: KubeadmOptions) {}

  start(host: ProcessHost): void {
    runTask(this.run(host), () => host.exit(0));
  }

  private *run(host: ProcessHost): Task {
    const { plan, node, machine } = this.options;
    const server = plan.controlPlaneEndpoint;
    const anonymous = new ApiClient(host, { server, user: { kind: 'anonymous' }, userAgent });
    const discovery = () => anonymous.get(configMaps, { namespace: 'kube-public', name: 'cluster-info' });
    yield* untilOk(anonymous, discovery);
    const joining = anonymous.as(bootstrapToken, userAgent);
    for (const name of ['kubeadm-config', 'kubelet-config']) {
      yield* untilOk(joining, () => joining.get(configMaps, { namespace: 'kube-system', name }));
    }
    // Discovery and TLS bootstrap take their time; the first node is Ready before the others register, as with kind.
    yield* sleep(joining, joinMs);
    if (node.role === 'worker') {
      machine.startKubelet();
      return;
    }
    startControlPlane(this.options);
    const own = new ApiClient(host, { server: `${node.name}:6443`, user: joiningNode(node.name), userAgent });
    yield* waitForApiServer(own);
    yield* markControlPlane(own.as(superAdmin, userAgent), plan, node.name);
  }
}

function startControlPlane({ plan, node, machine }: KubeadmOptions): void {
  for (const pod of staticPodManifests(plan, node)) {
    machine.writeFile(`${manifestFolder}/${pod.metadata.name}.yaml`, dumpYaml(pod));
  }
  machine.startKubelet();
}

/** Waits for the node to register and gives it the role label and the taint. */
function* markControlPlane(client: ApiClient, plan: ClusterPlan, name: string): Task {
  const { controlPlaneRole } = nodeProfile(plan.kubernetesVersion);
  yield* changeNode(client, name, (node) => {
    const labels = { ...node.metadata.labels, [controlPlaneRole]: '', [excludeFromBalancers]: '' };
    const others = (node.spec.taints ?? []).filter((taint) => taint.key !== controlPlaneRole);
    const taints = [...others, { key: controlPlaneRole, effect: 'NoSchedule' }];
    return { ...node, metadata: { ...node.metadata, labels }, spec: { ...node.spec, taints } };
  });
}
