/**
 * The kubelet: the agent on each node. It registers the node, runs the static pods of a folder and the pods that the
 * API server has bound to its node, and reports what becomes of them. A host process, not a pod; when it is started
 * again it takes over what still runs. Models cmd/kubelet and pkg/kubelet/kubelet.go.
 */
import * as resources from '../../api/resources';
import type { Pod } from '../../api/types';
import { ApiClient, type ClientOptions } from '../../client/api-client';
import { EventRecorder } from '../../client/events';
import { Informer } from '../../client/informer';
import { SharedInformers } from '../../client/informers';
import type { IncomingCall, ProcessHost, Program } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { cniConfigDirectory } from '../cni';
import { criCall } from '../cri';
import type { NodeDisk } from '../disk';
import type { FileTree } from '../filesystem';
import { Admission, type Verdict } from './admission';
import { BackOff } from './backoff';
import { EvictionManager } from './eviction';
import { ImageCollector } from './image-gc';
import type { KubeletContext } from './context';
import { Manifests } from './manifests';
import { NodeAgent, type NodeAgentOptions } from './node-agent';
import { ObjectCache } from './object-cache';
import type { RuntimeView } from './pod-runtime';
import { isOver, PodWorker } from './pod-worker';
import { RuntimeWatch } from './runtime-watch';
import { KubeletAuth } from './server/auth';
import { UsageRates } from './server/resource-usage';
import { serveKubelet, type ServerInputs } from './server/server';
import { isMirror } from './static-pods';
import { StatusManager } from './status-manager';

export interface KubeletOptions extends NodeAgentOptions {
  readonly client: ClientOptions;
  readonly files: FileTree;
  readonly disk: NodeDisk;
  readonly manifestFolder: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
}

const nothing: RuntimeView = { sandbox: undefined, containers: [] };

export class Kubelet implements Program {
  private host!: ProcessHost;
  private agent!: NodeAgent;
  private context!: KubeletContext;
  private pods!: Informer<Pod>;
  private manifests!: Manifests;
  private server!: ServerInputs;
  /** Absent where the kubelet is told not to watch the disk. */
  private eviction: EvictionManager | undefined;
  private readonly admission = new Admission();
  private readonly workers = new Map<string, PodWorker>();
  /** Pods that have left the node while the API server still has them: their deletion is on its way. */
  private readonly departed = new Set<string>();
  /** What the runtime had when it was first asked and no pod has claimed yet; undefined until then. */
  private unclaimed: Map<string, RuntimeView> | undefined;

  constructor(private readonly options: KubeletOptions) {}

  start(host: ProcessHost): void {
    const { options } = this;
    this.host = host;
    const client = new ApiClient(host, { ...options.client, qps: 50, burst: 100 });
    const services = new SharedInformers(client);
    this.context = this.makeContext(client, services);
    const isPressed = (): boolean => this.eviction?.diskPressure ?? false;
    this.agent = new NodeAgent(host, client, this.context.recorder, options, isPressed);
    this.pods = new Informer(client, resources.pods, { fieldSelector: `spec.nodeName=${host.machine}` });
    this.manifests = this.makeManifests(client);
    this.server = this.serverInputs(client);
    host.listen(10250);
    host.listen(10248);
    new RuntimeWatch(host, {
      listed: (pods) => this.runtimeListed(pods),
      changed: (uid, view) => this.workers.get(uid)?.observe(view),
    }).start();
    this.manifests.start();
    services.start();
    this.watchPods();
    options.files.watch(cniConfigDirectory, () => this.agent.check());
    if (options.disk.watched) this.eviction = this.watchDisk(options.disk);
    runTask(this.agent.register(), () => {
      if (this.agent.node) this.manifests.mirrorOn(this.agent.node);
    });
  }

  serve(call: IncomingCall): void {
    serveKubelet(this.server, call);
  }

  private watchDisk(disk: NodeDisk): EvictionManager {
    const { host, agent, options } = this;
    const warn = (reason: string, message: string): void => agent.tell(reason, message, 'Warning');
    const images = new ImageCollector(host, disk, { warn, changed: () => agent.forgetImages() });
    const eviction = new EvictionManager(host, disk, images, {
      warn, pods: () => [...this.workers.values()], logBytes: (path) => options.files.read(path)?.length ?? 0,
    });
    images.start();
    eviction.start();
    return eviction;
  }

  private serverInputs(client: ApiClient): ServerInputs {
    const { options, host } = this;
    const { files, clusterDns, clusterDomain, manifestFolder, machine, disk } = options;
    return {
      host, files, clusterDns, clusterDomain, manifestFolder, watchesDisk: disk.watched,
      auth: new KubeletAuth(client),
      pods: () => [...this.workers.values()],
      usage: { memoryBytes: machine.memoryBytes, rates: new UsageRates() },
    };
  }

  private makeContext(client: ApiClient, informers: SharedInformers): KubeletContext {
    const { options, host } = this;
    const services = informers.of(resources.services);
    // Events have a rate limit of their own, so that a flood of them holds up nothing else.
    const eventClient = new ApiClient(host, { ...options.client, qps: 50, burst: 100 });
    return {
      host,
      recorder: new EventRecorder(host, eventClient, { component: 'kubelet', host: host.machine }),
      statuses: new StatusManager(client),
      objects: new ObjectCache(client),
      files: options.files,
      crashes: new BackOff(),
      pulls: new BackOff(),
      pullFailures: new Map(),
      clusterDns: options.clusterDns,
      clusterDomain: options.clusterDomain,
      services: () => services.list(),
      node: () => this.agent.node,
      networkProblem: () => this.agent.networkProblem,
      resizeVerdict: (pod) => (this.agent.node ? this.admission.resizeVerdict(pod, this.agent.node) : undefined),
      resized: (pod) => this.admission.add(pod),
      imagesChanged: () => this.agent.forgetImages(),
    };
  }

  private makeManifests(client: ApiClient): Manifests {
    const { options, host } = this;
    return new Manifests(host, client, options.files, options.manifestFolder, {
      occupied: (pod) => [...this.workers.values()].some(({ current: { metadata } }) =>
        metadata.name === pod.metadata.name && metadata.namespace === pod.metadata.namespace),
      start: (pod) => this.addWorker(pod, undefined),
      end: (pod) => this.workers.get(pod.metadata.uid)?.update(asDeleted(pod), undefined),
      mirrored: (pod, mirror) => this.workers.get(pod.metadata.uid)?.update(pod, mirror),
      apiPods: () => this.pods.list(),
      apiPod: ({ metadata }) => this.pods.get(metadata.namespace, metadata.name),
    });
  }

  // --- pods --------------------------------------------------------------------------------------------------------

  private watchPods(): void {
    this.pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod) => this.podChanged(pod),
      deleted: (pod) => this.podDeleted(pod),
    });
    this.pods.onSynced(() => this.removeOrphans());
    this.pods.start();
  }

  private podChanged(pod: Pod): void {
    if (isMirror(pod)) return this.manifests.mirrorChanged(pod);
    const worker = this.workers.get(pod.metadata.uid);
    if (worker) return worker.update(pod, pod);
    if (this.departed.has(pod.metadata.uid)) return;
    const over = isOver(pod);
    const { node } = this.agent;
    // What ran before this kubelet was started has been admitted by the one before.
    const isNew = pod.status.startTime === undefined && !over;
    const verdict = isNew && node ? this.eviction?.verdict(pod) ?? this.admission.verdict(pod, node) : undefined;
    this.addWorker(pod, pod, verdict);
    if (verdict || over) this.admission.remove(pod.metadata.uid);
  }

  private podDeleted(pod: Pod): void {
    const { metadata } = pod;
    this.context.statuses.forget(metadata.uid);
    this.departed.delete(metadata.uid);
    if (isMirror(pod)) return this.manifests.mirrorChanged(pod);
    // Deleted by force: what still runs is ended all the same.
    this.workers.get(metadata.uid)?.update(asDeleted(pod), undefined);
  }

  private addWorker(pod: Pod, apiPod: Pod | undefined, verdict?: Verdict): void {
    const { uid } = pod.metadata;
    const worker = new PodWorker(this.context, pod, apiPod, {
      ended: () => this.admission.remove(uid),
      gone: () => this.forgetWorker(pod),
    });
    this.workers.set(uid, worker);
    if (verdict) worker.reject(verdict);
    this.admission.add(pod);
    if (this.unclaimed) worker.observe(this.claim(this.unclaimed, uid));
  }

  private forgetWorker({ metadata }: Pod): void {
    const { uid, namespace, name } = metadata;
    if (this.pods.get(namespace, name)?.metadata.uid === uid) this.departed.add(uid);
    this.workers.delete(uid);
    this.admission.remove(uid);
    this.manifests.podGone(uid);
  }

  // --- runtime -----------------------------------------------------------------------------------------------------

  /** Workers begin with what the runtime has of their pods: what an earlier kubelet started is taken over. */
  private runtimeListed(pods: ReadonlyMap<string, RuntimeView>): void {
    const unclaimed = new Map(pods);
    if (!this.unclaimed) this.unclaimed = unclaimed;
    for (const [uid, worker] of this.workers) worker.observe(this.claim(unclaimed, uid));
    this.removeOrphans();
  }

  private claim(views: Map<string, RuntimeView>, uid: string): RuntimeView {
    const view = views.get(uid) ?? nothing;
    views.delete(uid);
    return view;
  }

  /** Ends what runs of pods that were deleted while no kubelet was there. */
  private removeOrphans(): void {
    if (!this.unclaimed || !this.pods.synced) return;
    const orphans = [...this.unclaimed.values()];
    this.unclaimed.clear();
    for (const { sandbox } of orphans) if (sandbox) runTask(this.removeSandbox(sandbox.id));
  }

  private *removeSandbox(podSandboxId: string): Task {
    yield* criCall(this.host, 'RemovePodSandbox', { podSandboxId });
  }
}

/** A pod that its source no longer has is treated as one that is being deleted. */
function asDeleted(pod: Pod): Pod {
  const { metadata } = pod;
  const { deletionTimestamp = metadata.creationTimestamp } = metadata;
  return { ...pod, metadata: { ...metadata, deletionTimestamp } };
}
