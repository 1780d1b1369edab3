/**
 * A control plane for tests of the controllers: etcd, API server, scheduler and controller manager on one machine, and
 * nodes whose kubelets only report: they renew their lease, make bound pods Ready and let deleted ones go.
 */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import * as resources from '../../../src/api/resources';
import { kindRegistry } from '../../../src/api/registry';
import type { Credential, RequestOptions, ResourceType } from '../../../src/api/request';
import { formatMicroTime, formatTime } from '../../../src/api/time';
import type { Event, KubeObject, Lease, NewObject, Node, NodeCondition, Pod } from '../../../src/api/types';
import { ApiServer } from '../../../src/apiserver/server';
import { ApiClient, type ApiResult } from '../../../src/client/api-client';
import { Informer } from '../../../src/client/informer';
import { ControllerManager } from '../../../src/controllers/manager';
import { EtcdMember } from '../../../src/etcd/member';
import { SharedLog } from '../../../src/etcd/shared-log';
import { ClusterPki } from '../../../src/pki/cluster-pki';
import { Scheduler } from '../../../src/scheduler/scheduler';
import type { ProcessHost, Program } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';
import { runTask, type Task } from '../../../src/sim/task';

const epochMs = Date.parse('2026-01-02T03:04:05Z');
const server = '172.18.0.2:6443';
export const pki = new ClusterPki('c0ffee', epochMs);
export const admin: Credential = { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] };

function component(name: string): Credential {
  return { kind: 'certificate', commonName: `system:${name}`, organizations: [] };
}

/** What `resources` of the manager is in a real cluster: every kind that is served. */
const allResources: readonly ResourceType[] = builtInKinds.filter(({ virtual, conversion }) => !virtual && !conversion)
  .map((kind) => ({ ...kind, resource: kind.plural }));

class Admin implements Program {
  client!: ApiClient;
  start(host: ProcessHost): void {
    this.client = new ApiClient(host, { server, user: admin, userAgent: 'kubectl/v1.36.1' });
  }
}

/** A kubelet that only reports. `hold` keeps pods from becoming Ready. */
export class FakeKubelet implements Program {
  hold: (pod: Pod) => boolean = () => false;
  private host!: ProcessHost;
  private client!: ApiClient;
  private addresses = 0;

  constructor(
    private readonly name: string,
    private readonly index: number,
  ) {}

  start(host: ProcessHost): void {
    this.host = host;
    this.client = new ApiClient(host, { server, user: admin, userAgent: 'kubelet/v1.36.1' });
    runTask(this.register());
    this.renew();
    const pods = new Informer(this.client, resources.pods, { fieldSelector: `spec.nodeName=${this.name}` });
    pods.addHandlers({ added: (pod) => this.see(pod), updated: (pod) => this.see(pod) });
    pods.start();
  }

  private *register(): Task {
    const { name } = this;
    const created = yield* this.client.create(resources.nodes, {
      apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {},
    } as NewObject<Node>);
    assert.ok(created.ok, JSON.stringify(created));
    yield* this.post(created.value);
  }

  private *post(node: Node): Task {
    const now = formatTime(this.host.wallMs);
    const condition = (type: string, status: string, reason: string): NodeCondition => (
      { type, status, reason, message: '', lastHeartbeatTime: now, lastTransitionTime: now });
    const amounts = { cpu: '64', memory: '256Gi', pods: '500' };
    const status = {
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
    };
    const target = { name: node.metadata.name, subresource: 'status' };
    yield* this.client.patch(resources.nodes, target, 'strategic', { status });
  }

  private renew(): void {
    runTask(this.renewLease());
    this.host.after(10_000, () => this.renew(), { background: true });
  }

  private *renewLease(): Task {
    const target = { namespace: 'kube-node-lease', name: this.name };
    const spec = { holderIdentity: this.name, renewTime: formatMicroTime(this.host.wallMs) };
    const found = yield* this.client.get(resources.leases, target);
    if (found.ok) {
      yield* this.client.update(resources.leases, { ...found.value, spec });
      const node = yield* this.client.get(resources.nodes, { name: this.name });
      const silent = node.ok && node.value.status.conditions?.some(({ status }) => status === 'Unknown');
      if (node.ok && silent) yield* this.post(node.value);
    } else {
      const lease: NewObject<Lease> = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: target, spec };
      yield* this.client.create(resources.leases, lease);
    }
  }

  private see(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    if (pod.metadata.deletionTimestamp) {
      runTask(this.client.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0 }));
    } else if (pod.status.phase === 'Pending' && !this.hold(pod)) {
      runTask(this.makeReady(pod));
    }
  }

  private *makeReady(pod: Pod): Task {
    this.addresses += 1;
    const podIP = `10.244.${this.index}.${this.addresses}`;
    const now = formatTime(this.host.wallMs);
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: now };
    yield* this.client.updateStatus(resources.pods, {
      ...pod, status: { ...pod.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [ready] },
    });
  }
}

export class World {
  readonly sim = new Simulation(7, epochMs);
  readonly kubelets: FakeKubelet[] = [];
  manager: ControllerManager;
  private readonly admin = new Admin();

  /** `nodes`: how many workers there are. */
  constructor(nodes: number) {
    const { sim } = this;
    sim.network.addMachine('cp', '172.18.0.2');
    sim.network.addMachine('client', '172.18.0.99');
    sim.spawn({
      id: 'etcd@cp', machine: 'cp', program: new EtcdMember({ name: 'cp', version: '3.6.5', log: new SharedLog() }),
    });
    const kinds = kindRegistry(builtInKinds);
    const apiServer = new ApiServer({ kinds, hostname: 'cp', serviceSubnet: '10.96.0.0/16', epochMs, pki });
    sim.spawn({ id: 'kube-apiserver@cp', machine: 'cp', program: apiServer });
    sim.spawn({ id: 'kubectl@client', machine: 'client', program: this.admin });
    const user = component('kube-scheduler');
    const scheduler = new Scheduler({ client: { server, user, userAgent: 'kube-scheduler' } });
    sim.spawn({ id: 'kube-scheduler@cp', machine: 'cp', program: scheduler });
    this.manager = this.startManager('cp');
    for (let i = 1; i <= nodes; i += 1) this.addNode(i);
    this.settle(120_000);
  }

  startManager(machine: string): ControllerManager {
    this.manager = new ControllerManager({
      client: { server, user: component('kube-controller-manager'), userAgent: 'kube-controller-manager' },
      clusterCidrs: ['10.244.0.0/16'], rootCaCertificate: 'PEM', resources: allResources,
      clusterSigningCa: pki.ca,
    });
    this.sim.spawn({ id: `kube-controller-manager@${machine}`, machine, program: this.manager });
    return this.manager;
  }

  addNode(index: number): void {
    const name = `node${index}`;
    this.sim.network.addMachine(name, `172.18.1.${index}`);
    const kubelet = new FakeKubelet(name, index);
    this.kubelets.push(kubelet);
    this.sim.spawn({ id: `kubelet@${name}`, machine: name, program: kubelet });
  }

  /** Lets everything come to rest. */
  settle(limitMs = 600_000): void {
    assert.ok(this.sim.runUntilQuiet(limitMs), 'the cluster comes to rest');
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.sim.runUntil(this.sim.nowMs + ms);
  }

  /** Sends a request as the administrator and runs until it is answered. */
  ask<T>(task: (client: ApiClient) => Task<ApiResult<T>>): T {
    let answer: ApiResult<T> | undefined;
    this.sim.input('kubectl@client', 'test', () => runTask(task(this.admin.client), (result) => {
      answer = result;
    }));
    this.sim.runUntilTrue(() => answer !== undefined, 60_000);
    assert.ok(answer?.ok, JSON.stringify(answer));
    return answer.value;
  }

  get<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): T {
    return this.ask((client) => client.get(type, { namespace, name }));
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[] {
    return this.ask((client) => client.list(type, {}, namespace)).items;
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: unknown): T {
    return this.ask((client) => client.create(type, object as NewObject<T>));
  }

  /** A merge patch. */
  patch<T extends KubeObject>(type: ResourceType<T>, name: string, body: unknown, namespace?: string): T {
    return this.ask((client) => client.patch(type, { namespace, name }, 'merge', body));
  }

  delete(type: ResourceType, name: string, namespace?: string, options: RequestOptions = {}): void {
    this.ask((client) => client.delete(type, { namespace, name }, options));
  }

  /** `reason: message` of the events about an object, in order. */
  events(name: string): string[] {
    return this.list<Event>(resources.events).filter((event) => event.involvedObject.name === name)
      .sort((a, b) => (Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }
}

/** A Deployment in the namespace default. */
export function deployment(name: string, replicas: number, spec: object = {}, image = 'nginx:1'): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' },
    spec: {
      replicas, selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  };
}
