/**
 * The kubelet: the agent on each node. It registers the node, keeps its lease and status, runs the static pods of a
 * folder and the pods that the API server has bound to its node, and reports what becomes of them. A host process,
 * not a pod. Models cmd/kubelet and pkg/kubelet.
 */
import * as resources from '../../api/resources';
import { formatMicroTime } from '../../api/time';
import { newOwnerRef } from '../../api/object';
import type { Lease, NewObject, Node, Pod } from '../../api/types';
import { equal } from '../../base/freeze';
import { ApiClient, type ClientOptions } from '../../client/api-client';
import { EventRecorder } from '../../client/events';
import { Informer } from '../../client/informer';
import { SharedInformers } from '../../client/informers';
import type { IncomingCall, ProcessHost, Program } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { criCall, criSocket, type ContainerEvent } from '../cri';
import type { FileTree } from '../filesystem';
import { admissionVerdict } from './admission';
import { BackOff } from './backoff';
import type { KubeletContext } from './context';
import { type MachineFacts, newNode, type NodeFacts, nodeStatus, type Registration } from './node-status';
import { ObjectCache } from './object-cache';
import { PodWorker } from './pod-worker';
import { deleteMirror, ensureMirror, mirrorAnnotation, readStaticPods } from './static-pods';
import { StatusManager } from './status-manager';

const leaseDurationSeconds = 40;
const leaseRenewMs = 10_000;
const statusCheckMs = 10_000;
const statusReportMs = 300_000;
const registerRetryMs = 1_000;
const staticRetryMs = 2_000;

export interface KubeletOptions {
  readonly client: ClientOptions;
  readonly files: FileTree;
  readonly manifestFolder: string;
  readonly registration: Registration;
  readonly addresses: readonly string[];
  readonly machine: MachineFacts;
  /** `v1.36.1`. */
  readonly version: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
}

export class Kubelet implements Program {
  private host!: ProcessHost;
  private client!: ApiClient;
  private context!: KubeletContext;
  private pods!: Informer<Pod>;
  private node: Node | undefined;
  private readonly workers = new Map<string, PodWorker>();
  private statics: readonly Pod[] = [];
  private networkReady: string | undefined = 'container runtime status check may not have completed yet';
  private reportedAtMs = -Infinity;
  private reported: Node['status'] | undefined;

  constructor(private readonly options: KubeletOptions) {}

  start(host: ProcessHost): void {
    const { options } = this;
    this.host = host;
    this.client = new ApiClient(host, { ...options.client, qps: 50, burst: 100 });
    const services = new SharedInformers(this.client);
    const serviceInformer = services.of(resources.services);
    this.context = {
      host,
      client: this.client,
      recorder: new EventRecorder(host, new ApiClient(host, { ...options.client, qps: 50, burst: 100 }),
        { component: 'kubelet', host: host.machine }),
      statuses: new StatusManager(this.client),
      objects: new ObjectCache(this.client),
      files: options.files,
      crashes: new BackOff(),
      pulls: new BackOff(),
      pullFailures: new Map(),
      clusterDns: options.clusterDns,
      clusterDomain: options.clusterDomain,
      services: () => serviceInformer.list(),
      node: () => this.node,
    };
    host.listen(10250);
    host.listen(10248);
    this.watchRuntime();
    this.watchManifests();
    services.start();
    this.watchPods();
    runTask(this.register());
  }

  serve(call: IncomingCall): void {
    call.reply({ code: 200, body: 'ok' }, { verb: call.subject.verb, code: 200 });
  }

  // --- runtime -----------------------------------------------------------------------------------------------------

  private watchRuntime(): void {
    const subject = { verb: 'GetContainerEvents' };
    this.host.call({ to: criSocket, channel: 'cri', subject, payload: { method: 'GetContainerEvents' } }, {
      onEvent: (payload) => {
        const event = payload as ContainerEvent;
        this.workers.get(event.podUid)?.observe(event);
      },
      onResult: () => this.host.after(1_000, () => this.watchRuntime(), { background: true }),
    });
  }

  private *checkRuntime(): Task {
    const status = yield* criCall(this.host, 'Status', {});
    if (!status.ok) {
      this.networkReady = '[container runtime is down, PLEG is not healthy]';
      return;
    }
    const network = status.value.conditions.find((condition) => condition.type === 'NetworkReady');
    this.networkReady = network?.status === false
      ? `container runtime network not ready: NetworkReady=false reason:${network.reason} message:${network.message}`
      : undefined;
  }

  // --- node --------------------------------------------------------------------------------------------------------

  private *facts(): Task<NodeFacts> {
    yield* this.checkRuntime();
    const version = yield* criCall(this.host, 'Version', {});
    const images = yield* criCall(this.host, 'ListImages', {});
    const { options, host } = this;
    return {
      name: host.machine,
      addresses: options.addresses,
      kubeletVersion: options.version,
      runtimeVersion: version.ok ? `${version.value.runtimeName}://${version.value.runtimeVersion.replace(/^v/, '')}` : '',
      machine: options.machine,
      images: images.ok
        ? images.value.images.map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: image.size }))
          .sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, 50)
        : [],
      machineId: this.identity('machine'),
      bootId: this.identity('boot'),
      wallMs: host.wallMs,
      notReady: this.networkReady,
    };
  }

  private readonly identities = new Map<string, string>();

  private identity(what: string): string {
    let id = this.identities.get(what);
    if (!id) {
      id = this.host.random(what).uuid();
      this.identities.set(what, id);
    }
    return id;
  }

  private *register(): Task {
    for (;;) {
      const created = yield* this.client.create(resources.nodes, newNode(yield* this.facts(), this.options.registration));
      if (created.ok || created.status.code === 409) break;
      yield* this.pause(registerRetryMs);
    }
    yield* this.readNode();
    this.syncMirrors();
    this.keepLease();
    this.keepStatus();
    this.options.files.watch('/etc/cni/net.d', () => runTask(this.updateStatus()));
  }

  private *readNode(): Task {
    const found = yield* this.client.get(resources.nodes, { name: this.host.machine });
    if (found.ok) this.node = found.value;
  }

  private keepLease(): void {
    runTask(this.renewLease());
    this.host.after(leaseRenewMs, () => this.keepLease(), { background: true });
  }

  private *renewLease(): Task {
    const name = this.host.machine;
    const namespace = 'kube-node-lease';
    const renewTime = formatMicroTime(this.host.wallMs);
    const spec = { holderIdentity: name, leaseDurationSeconds, renewTime };
    const found = yield* this.client.get(resources.leases, { namespace, name });
    if (found.ok) {
      yield* this.client.update(resources.leases, { ...found.value, spec: { ...found.value.spec, renewTime } });
      return;
    }
    if (found.status.code !== 404) return;
    const lease: NewObject<Lease> = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name, ...(this.node ? { ownerReferences: [newOwnerRef(this.node)] } : {}) },
      spec,
    };
    yield* this.client.create(resources.leases, lease);
  }

  private keepStatus(): void {
    runTask(this.updateStatus());
    this.host.after(statusCheckMs, () => this.keepStatus(), { background: true });
  }

  /** Reports when something changed, and every five minutes in any case. */
  private *updateStatus(): Task {
    const facts = yield* this.facts();
    const status = nodeStatus(facts, this.reported ?? this.node?.status);
    const due = this.host.nowMs - this.reportedAtMs >= statusReportMs;
    if (!due && this.reported && sameButHeartbeat(this.reported, status)) return;
    const name = this.host.machine;
    const patched = yield* this.client.patch(resources.nodes, { name, subresource: 'status' }, 'strategic', { status });
    if (!patched.ok) return;
    this.node = patched.value;
    this.reported = status;
    this.reportedAtMs = this.host.nowMs;
  }

  // --- pods --------------------------------------------------------------------------------------------------------

  private watchPods(): void {
    this.pods = new Informer(this.client, resources.pods, { fieldSelector: `spec.nodeName=${this.host.machine}` });
    this.pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod) => this.podChanged(pod),
      deleted: (pod) => this.podDeleted(pod),
    });
    this.pods.start();
  }

  private podChanged(pod: Pod): void {
    if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return this.mirrorChanged(pod);
    const worker = this.workers.get(pod.metadata.uid);
    if (worker) return worker.update(pod, pod);
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') {
      if (pod.metadata.deletionTimestamp) this.context.statuses.set(pod, pod.status, true);
      return;
    }
    const verdict = admissionVerdict(pod, [...this.workers.values()].map((other) => other.current), this.node);
    const added = this.addWorker(pod, pod);
    if (verdict) {
      this.context.recorder.event(pod, 'Warning', verdict.reason, verdict.message);
      added.fail(verdict.reason, verdict.message);
    }
  }

  private podDeleted(pod: Pod): void {
    if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) {
      // Someone deleted a mirror: the static pod still runs, so its mirror comes back.
      this.mirrorChanged(undefined);
      return;
    }
    this.context.statuses.forget(pod.metadata.uid);
    // Deleted by force: what still runs is ended all the same.
    const worker = this.workers.get(pod.metadata.uid);
    if (worker && !pod.metadata.deletionTimestamp) {
      worker.update({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: pod.metadata.creationTimestamp, deletionGracePeriodSeconds: 1 } }, undefined);
    }
  }

  private addWorker(pod: Pod, apiPod: Pod | undefined): PodWorker {
    const worker = new PodWorker(this.context, pod, apiPod, () => this.workers.delete(pod.metadata.uid));
    this.workers.set(pod.metadata.uid, worker);
    // Containers that were left running by an earlier kubelet are taken over.
    runTask(this.adopt(worker));
    return worker;
  }

  private *adopt(worker: PodWorker): Task {
    const sandboxes = yield* criCall(this.host, 'ListPodSandbox', {});
    const mine = sandboxes.ok ? sandboxes.value.items.filter((item) => item.metadata.uid === worker.uid) : [];
    const newest = mine.sort((a, b) => b.metadata.attempt - a.metadata.attempt)[0];
    const found = newest && (yield* criCall(this.host, 'PodSandboxStatus', { podSandboxId: newest.id }));
    if (found?.ok) worker.observe({ sandbox: found.value.status, containers: found.value.containers });
    else worker.kick();
  }

  // --- static pods -------------------------------------------------------------------------------------------------

  private watchManifests(): void {
    const { files, manifestFolder } = this.options;
    this.readManifests();
    files.watch(manifestFolder, () => this.host.after(0, () => this.readManifests()));
  }

  private readManifests(): void {
    const { files, manifestFolder } = this.options;
    const before = this.statics;
    const now = readStaticPods(files, manifestFolder, this.host.machine, this.host.wallMs);
    // A manifest that did not change keeps its pod, seen time included.
    this.statics = now.map((pod) => before.find((old) => old.metadata.uid === pod.metadata.uid) ?? pod);
    for (const old of before) {
      if (this.statics.includes(old)) continue;
      const ended = { ...old, metadata: { ...old.metadata, deletionTimestamp: old.metadata.creationTimestamp } };
      this.workers.get(old.metadata.uid)?.update(ended, undefined);
    }
    for (const pod of this.statics) if (!this.workers.has(pod.metadata.uid)) this.addWorker(pod, undefined);
    this.syncMirrors();
  }

  private mirrorOf(pod: Pod): Pod | undefined {
    return this.pods?.get(pod.metadata.namespace, pod.metadata.name);
  }

  private mirrorChanged(mirror: Pod | undefined): void {
    if (mirror && mirror.metadata.deletionTimestamp === undefined) {
      const pod = this.statics.find((candidate) => candidate.metadata.name === mirror.metadata.name);
      if (pod) {
        this.workers.get(pod.metadata.uid)?.update(pod, mirror);
        return;
      }
    }
    this.syncMirrors();
  }

  private mirroring = false;

  private syncMirrors(): void {
    if (this.mirroring || !this.node) return;
    this.mirroring = true;
    runTask(this.makeMirrors(this.node), () => {
      this.mirroring = false;
    });
  }

  private *makeMirrors(node: Node): Task {
    for (let complete = false; !complete;) {
      complete = true;
      for (const pod of this.statics) {
        if (!(yield* ensureMirror(this.client, pod, this.mirrorOf(pod), node))) complete = false;
      }
      for (const mirror of this.pods.list()) {
        if (mirror.metadata.annotations?.[mirrorAnnotation] === undefined) continue;
        if (!this.statics.some((pod) => pod.metadata.name === mirror.metadata.name)) yield* deleteMirror(this.client, mirror);
      }
      if (!complete) yield* this.pause(staticRetryMs);
    }
  }

  private *pause(ms: number): Task {
    yield* waitFor<void>((resume) => this.host.after(ms, () => resume()));
  }
}

/** Whether two statuses say the same but for the times at which conditions were looked at. */
function sameButHeartbeat(a: Node['status'], b: Node['status']): boolean {
  const still = (status: Node['status']) => ({
    ...status, conditions: status.conditions?.map(({ lastHeartbeatTime: _heartbeat, ...rest }) => rest),
  });
  return equal(still(a), still(b));
}
