/**
 * The machines of one cluster and what is started on them by hand: node containers, the load balancer, the user's own
 * machine with kubectl and kind, and the image registry of the outside world. Everything else starts because one of
 * these starts it.
 */
import type { KindRegistry } from '../api/registry';
import type { Status } from '../api/types';
import { serviceUnavailable } from '../api/status';
import { nodes } from '../api/resources';
import type { ApiServer } from '../apiserver/server';
import { ApiClient } from '../client/api-client';
import { SharedLog } from '../etcd/shared-log';
import type { KindChange } from '../kind/change';
import { preloadedImages } from '../kind/images';
import { apiServerPort, type ClusterPlan, type PlannedNode } from '../kind/kubeadm/types';
import { nodeProfile } from '../kind/profile';
import type { KindTopology, TopologyNode } from '../kind/topology';
import { NodeMachine } from '../node/machine';
import { imageCatalog, type ImageCatalog } from '../node/images';
import { LoadBalancer } from '../node/load-balancer';
import { commonImages } from '../node/programs/catalog';
import { Registry } from '../node/registry';
import type { ClusterPki } from '../pki/cluster-pki';
import type { VerifiedIdentity } from '../protocol/http';
import type { ComponentView } from '../protocol/view';
import { DecisionLog } from '../scheduler/decision';
import { Kubectl } from '../shell/kubectl/terminal';
import type { Program } from '../sim/process';
import type { Simulation } from '../sim/simulation';
import { runTask } from '../sim/task';
import { administratorOf } from './administrator';
import { joiningNode, kubernetesAdmin } from './boot/identities';
import { type CreateStep, KindAddWorker, KindCreate, type KindMachines } from './boot/kind';
import { KubeadmInit, KubeadmJoin, manifestFolder } from './boot/kubeadm';
import { clusterPlan } from './boot/plan';
import { componentImages } from './components';
import { OutsideClients } from './outside-clients';
import { Storage } from './storage';
import { Terminals } from './terminals';
import type { NodeMachineInfo } from './views/cluster-view';

/** The machine a simulated node pretends to be. */
const machineFacts = { cpu: 8, memoryBytes: 16 * 1024 ** 3, ephemeralBytes: 100 * 1024 ** 3, maxPods: 110 };
const clientMachine = 'client';
const registryMachine = 'registry';

export class ClusterMachines implements KindMachines {
  readonly etcd = new SharedLog();
  readonly decisions = new DecisionLog();
  readonly kubectl: Kubectl;
  readonly outside: OutsideClients;
  readonly terminals: Terminals;
  readonly storage: Storage;
  plan: ClusterPlan;
  private present: KindTopology;
  private readonly catalog: ImageCatalog;
  private readonly machines = new Map<string, NodeMachine>();
  private readonly apiServers = new Map<string, ApiServer>();

  constructor(
    private readonly sim: Simulation,
    topology: KindTopology,
    kinds: KindRegistry,
    /** The kinds as kubectl finds them, custom ones among them. */
    known: KindRegistry,
    private readonly pki: ClusterPki,
    private readonly onStep: (step: CreateStep) => void,
  ) {
    this.present = topology;
    this.plan = clusterPlan(topology, sim.epochMs, pki.ca.certificate.pem);
    const client = { server: this.plan.controlPlaneEndpoint, user: kubernetesAdmin, userAgent: 'kubectl/v1.36.1' };
    this.kubectl = new Kubectl(client, known);
    this.outside = new OutsideClients(
      () => this.plan.controlPlaneEndpoint, (name, program) => this.spawn(name, clientMachine, program));
    let administrator: VerifiedIdentity | undefined;
    this.terminals = new Terminals({
      sim, kinds: known, clientMachine, cluster: topology.name, server: () => this.plan.controlPlaneEndpoint,
      user: () => (administrator ??= administratorOf(pki)),
      pidWidth: nodeProfile(topology.kubernetesVersion).pidWidth,
      podSubnet: () => this.plan.podSubnet, machine: (name) => this.machines.get(name),
    });
    this.storage = new Storage(sim, this.etcd, (name) => this.machines.get(name));
    this.catalog = imageCatalog(commonImages, componentImages({
      plan: this.plan, kinds, pki, etcd: this.etcd, decisions: this.decisions, epochMs: sim.epochMs,
      onServer: (machine, server) => void this.apiServers.set(machine, server),
    }));
  }

  get topology(): KindTopology {
    return this.present;
  }

  /** Lets kind create the cluster. */
  create(): void {
    const { sim } = this;
    sim.network.addMachine(clientMachine, '172.18.0.1');
    sim.network.addMachine(registryMachine, '203.0.113.10');
    this.spawn('registry', registryMachine, new Registry(this.catalog));
    this.spawn('kubectl', clientMachine, this.kubectl);
    this.spawn('kind', clientMachine, new KindCreate(this.plan, this, this.onStep));
  }

  /** Asks a running API server something without a trace; a Status when none runs. */
  preview<T>(ask: (server: ApiServer) => T): T | Status {
    for (const [machine, server] of this.apiServers) {
      if (this.sim.isRunning(`kube-apiserver@${machine}`) && server.ready) return ask(server);
    }
    return { ...serviceUnavailable(`no API server of the cluster ${this.plan.name} answers`), code: 0 };
  }

  // --- what kind and kubeadm do to machines ------------------------------------------------------------------------

  startNode(node: PlannedNode): void {
    const { sim, plan } = this;
    sim.network.addMachine(node.name, node.address);
    const spec = this.present.nodes.find((candidate) => candidate.name === node.name) as TopologyNode;
    const server = node.role === 'control-plane' ? `${node.name}:${apiServerPort}` : plan.controlPlaneEndpoint;
    const machine = new NodeMachine(sim, sim.network, {
      name: node.name,
      address: node.address,
      catalog: this.catalog,
      preloaded: preloadedImages(plan.kubernetesVersion),
      containerdVersion: '2.3.1',
      registry: `${registryMachine}:443`,
      after: (delayMs, run) => void sim.schedule(delayMs, run),
      kubelet: {
        client: { server, user: joiningNode(node.name), userAgent: `kubelet/${plan.kubernetesVersion}` },
        manifestFolder,
        registration: { labels: spec.labels, taints: this.registrationTaints(spec), providerID: spec.providerID },
        addresses: spec.addresses,
        machine: machineFacts,
        version: plan.kubernetesVersion,
        clusterDns: this.present.dnsServiceIP,
        clusterDomain: plan.dnsDomain,
      },
    });
    this.machines.set(node.name, machine);
    machine.start('containerd');
  }

  startLoadBalancer(): void {
    const { loadBalancer, nodes: planned } = this.present;
    if (!loadBalancer) return;
    this.sim.network.addMachine(loadBalancer.name, loadBalancer.address);
    const backends = planned
      .filter((node) => node.role === 'control-plane')
      .map((node) => `${node.name}:${apiServerPort}`);
    this.spawn('envoy', loadBalancer.name, new LoadBalancer({ backends }));
  }

  runKubeadm(command: 'init' | 'join', node: PlannedNode, done: () => void): void {
    const machine = this.machines.get(node.name);
    if (!machine) return done();
    const options = {
      plan: this.plan, node,
      machine: {
        writeFile: (path: string, text: string) => void machine.files.write(path, text),
        startKubelet: () => machine.start('kubelet'),
      },
    };
    const program = command === 'init' ? new KubeadmInit(options) : new KubeadmJoin(options);
    this.sim.spawn({ id: `kubeadm@${node.name}`, machine: node.name, program, onExit: done });
  }

  // --- changing a running cluster ----------------------------------------------------------------------------------

  /** Adds and removes workers and changes labels in place. */
  reconfigure(change: KindChange, done: () => void): void {
    this.present = change.topology;
    this.plan = clusterPlan(change.topology, this.sim.epochMs, this.pki.ca.certificate.pem);
    for (const name of change.removeWorkers) this.removeWorker(name);
    for (const added of change.addWorkers) {
      const node = this.plan.nodes.find((candidate) => candidate.name === added.name);
      if (node) this.spawn(`kind-${added.name}`, clientMachine, new KindAddWorker(node, this));
    }
    this.relabel(change);
    done();
  }

  /** `kubectl delete node` and `docker rm -f`: the node's object goes, and with it everything on the machine. */
  private removeWorker(name: string): void {
    this.sim.powerOff(name);
    this.machines.delete(name);
    const remover: Program = {
      start: (host) => {
        const client = new ApiClient(host, {
          server: this.plan.controlPlaneEndpoint,
          user: kubernetesAdmin,
          userAgent: 'kubectl/v1.36.1',
        });
        runTask(client.delete(nodes, { name }), () => host.exit(0));
      },
    };
    this.spawn(`kubectl-delete-${name}`, clientMachine, remover);
    this.sim.network.removeMachine(name);
  }

  private relabel(change: KindChange): void {
    const changed = new Set(change.inPlace.map((field) => field.node).filter((name) => name !== undefined));
    for (const name of changed) {
      const node = change.topology.nodes.find((candidate) => candidate.name === name);
      if (!node) continue;
      const removed = change.inPlace
        .filter((field) => field.node === name && field.newValue === '')
        .map((field) => [String(field.path[field.path.length - 1]), null] as const);
      const labels = { ...Object.fromEntries(removed), ...node.labels };
      const program: Program = {
        start: (host) => {
          const client = new ApiClient(host, {
            server: this.plan.controlPlaneEndpoint,
            user: kubernetesAdmin,
            userAgent: 'kubectl/v1.36.1',
          });
          runTask(client.patch(nodes, { name }, 'merge', { metadata: { labels } }), () => host.exit(0));
        },
      };
      this.spawn(`kubectl-label-${name}`, clientMachine, program);
    }
  }

  /** `docker start` of a node that was switched off: systemd starts what it started before. */
  powerOn(name: string): void {
    const machine = this.machines.get(name);
    if (!machine || this.sim.network.machine(name)?.up !== false) return;
    this.sim.powerOn(name);
    machine.boot();
  }

  // --- for views ---------------------------------------------------------------------------------------------------

  /** The machines that are, or will become, nodes, control plane first. */
  nodeMachines(): NodeMachineInfo[] {
    return this.present.nodes.filter((node) => this.machines.has(node.name)).map((node) => ({
      name: node.name,
      address: node.address,
      controlPlane: node.role === 'control-plane',
      poweredOn: this.sim.network.machine(node.name)?.up ?? false,
      ...(this.machines.get(node.name)?.disk.full ? { diskFull: true } : {}),
    }));
  }

  loadBalancerView(): ComponentView | undefined {
    const { loadBalancer } = this.present;
    if (!loadBalancer || !this.sim.network.machine(loadBalancer.name)) return undefined;
    const id = `envoy@${loadBalancer.name}`;
    return { id, kind: 'load-balancer', name: loadBalancer.name, running: this.sim.isRunning(id) };
  }

  /** A node's machine, for a look at its disk and images. */
  machine(name: string): NodeMachine | undefined {
    return this.machines.get(name);
  }

  private registrationTaints(node: TopologyNode) {
    return node.role === 'control-plane' ? node.taints : [];
  }

  private spawn(name: string, machine: string, program: Program): void {
    const id = `${name}@${machine}`;
    if (!this.sim.isRunning(id)) this.sim.spawn({ id, machine, program });
  }
}
