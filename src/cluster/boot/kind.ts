/**
 * kind itself, on the user's machine: prepares the node containers, has kubeadm make the first control plane, installs
 * CNI and storage, and lets the other nodes join, control planes one after the other and then all workers at once.
 * Models pkg/cluster/internal/create; the steps are the ones that `kind create cluster` prints.
 */
import { ApiClient } from '../../client/api-client';
import { kindnetAddon } from '../../kind/addons/kindnet';
import { storageAddon } from '../../kind/addons/storage';
import type { ClusterPlan, PlannedNode } from '../../kind/kubeadm/types';
import type { ProcessHost, Program } from '../../sim/process';
import { all, runTask, type Task, waitFor } from '../../sim/task';
import { kubernetesAdmin } from './identities';
import { nodeProfile } from '../../kind/profile';
import { excludeFromBalancers } from './kubeadm';
import { changeNode, createAll, sleep } from './tools';

/** The steps that kind prints while it creates a cluster. */
export type CreateStep =
  | 'preparingNodes' | 'configuringLoadBalancer' | 'writingConfiguration' | 'startingControlPlane' | 'installingCNI'
  | 'installingStorageClass' | 'joiningControlPlanes' | 'joiningWorkers' | 'done';

/** How long docker takes until systemd in the node containers has reached its multi-user target. */
const nodeStartMs = 2_000;

/** What kind does to machines: docker run and docker exec. */
export interface KindMachines {
  /** Starts the container and its systemd, with containerd. */
  startNode(node: PlannedNode): void;
  startLoadBalancer(): void;
  /** Runs kubeadm on the node; `done` is called when it has ended. */
  runKubeadm(command: 'init' | 'join', node: PlannedNode, done: () => void): void;
}

export class KindCreate implements Program {
  constructor(
    private readonly plan: ClusterPlan,
    private readonly machines: KindMachines,
    private readonly onStep: (step: CreateStep) => void,
  ) {}

  start(host: ProcessHost): void {
    runTask(this.create(host), () => {
      this.onStep('done');
      host.exit(0);
    });
  }

  private *create(host: ProcessHost): Task {
    const { plan, machines, onStep } = this;
    const admin = new ApiClient(host, {
      server: plan.controlPlaneEndpoint,
      user: kubernetesAdmin,
      userAgent: 'kubectl/v1.36.1',
    });
    const controlPlanes = plan.nodes.filter((node) => node.role === 'control-plane');
    const workers = plan.nodes.filter((node) => node.role === 'worker');
    const [first, ...others] = controlPlanes;

    onStep('preparingNodes');
    for (const node of plan.nodes) machines.startNode(node);
    yield* sleep(admin, nodeStartMs);
    if (others.length > 0) {
      onStep('configuringLoadBalancer');
      machines.startLoadBalancer();
    }
    onStep('writingConfiguration');
    onStep('startingControlPlane');
    yield* this.kubeadm('init', first as PlannedNode);
    if (plan.nodes.length === 1) yield* this.openControlPlane(admin, (first as PlannedNode).name);
    if (!plan.disableDefaultCNI) {
      onStep('installingCNI');
      yield* createAll(admin, kindnetAddon(plan));
    }
    onStep('installingStorageClass');
    yield* createAll(admin, storageAddon(plan));
    if (others.length > 0) onStep('joiningControlPlanes');
    for (const node of others) yield* this.kubeadm('join', node);
    if (workers.length > 0) {
      onStep('joiningWorkers');
      yield* all(workers.map((node) => this.kubeadm('join', node)));
    }
  }

  private *kubeadm(command: 'init' | 'join', node: PlannedNode): Task {
    yield* waitFor<void>((resume) => this.machines.runKubeadm(command, node, () => resume()));
  }

  /** A cluster of one container takes workloads on its control plane: kind removes the taint and the exclusion label. */
  private *openControlPlane(admin: ApiClient, name: string): Task {
    const { controlPlaneRole } = nodeProfile(this.plan.kubernetesVersion);
    yield* changeNode(admin, name, (node) => {
      const { [excludeFromBalancers]: _removed, ...labels } = node.metadata.labels ?? {};
      const taints = (node.spec.taints ?? []).filter((taint) => taint.key !== controlPlaneRole);
      return { ...node, metadata: { ...node.metadata, labels }, spec: { ...node.spec, taints } };
    });
  }
}

/** Lets one more worker join a running cluster, as kind's last step does for the first ones. */
export class KindAddWorker implements Program {
  constructor(
    private readonly node: PlannedNode,
    private readonly machines: KindMachines,
  ) {}

  start(host: ProcessHost): void {
    this.machines.startNode(this.node);
    host.after(nodeStartMs, () => this.machines.runKubeadm('join', this.node, () => host.exit(0)));
  }
}
