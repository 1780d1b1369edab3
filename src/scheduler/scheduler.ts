/**
 * kube-scheduler: a client of the API server that watches pods and nodes, picks a node for each pod that has none, and
 * tells the API server by creating a Binding. It starts nothing. Models cmd/kube-scheduler with its default profile.
 */
import * as resources from '../api/resources';
import { matchesLabels, type Selector, selectorFromLabels, selectorOf } from '../api/selectors';
import { controllerOf } from '../api/object';
import type { PersistentVolumeClaim, Pod } from '../api/types';
import { ApiClient, type ClientOptions } from '../client/api-client';
import { EventRecorder } from '../client/events';
import { Informer } from '../client/informer';
import { SharedInformers } from '../client/informers';
import { LeaderElector } from '../client/leader-election';
import type { Cancel, IncomingCall, ProcessHost, Program } from '../sim/process';
import { runTask, type Task } from '../sim/task';
import { SchedulerCache } from './cache';
import { type CycleResult, schedulePod } from './cycle';
import { DecisionLog } from './decision';
import { evictVictim, reportUnschedulable } from './failure';
import { nodeChanges, podChanges } from './framework/changes';
import type { ClusterEvent, Profile } from './framework/interface';
import type { NodeInfo } from './framework/node-info';
import { type PodInfo, podInfo } from './framework/pod-info';
import { defaultProfile } from './profile';
import { type QueuedPod, SchedulingQueue, unschedulableTimeoutMs } from './queue';

/** The virtual time that one scheduling cycle takes, so that cycles follow each other visibly. */
const cycleMs = 1;
const healthPort = 10259;

export interface SchedulerOptions {
  readonly client: ClientOptions;
  /** Where decisions are kept; a log of its own when absent. */
  readonly decisions?: DecisionLog;
}

export class Scheduler implements Program {
  private readonly decisions: DecisionLog;
  private readonly cache = new SchedulerCache();
  private host!: ProcessHost;
  private client!: ApiClient;
  private recorder!: EventRecorder;
  private profile!: Profile;
  private queue!: SchedulingQueue;
  private elector!: LeaderElector;
  private tick: Cancel | undefined;
  private ready = false;
  private nextStart = 0;

  constructor(private readonly options: SchedulerOptions) {
    this.decisions = options.decisions ?? new DecisionLog();
  }

  start(host: ProcessHost): void {
    this.host = host;
    this.client = new ApiClient(host, this.options.client);
    const instance = `default-scheduler-${host.machine}`;
    this.recorder = new EventRecorder(host, new ApiClient(host, this.options.client), {
      component: 'default-scheduler', instance, eventsV1: true,
    });
    const informers = new SharedInformers(this.client);
    this.profile = this.makeProfile(informers);
    this.queue = new SchedulingQueue(this.profile);
    this.watchNodes(informers);
    const pods = new Informer(this.client, resources.pods, {
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    });
    pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod, before) => this.podChanged(pod, before),
      deleted: (pod) => this.podDeleted(pod),
    });
    informers.start(() => {
      pods.onSynced(() => {
        this.ready = true;
        this.kick();
      });
      pods.start();
    });
    this.elector = new LeaderElector(host, this.client, {
      lease: 'kube-scheduler',
      identity: `${host.machine}_${host.random('identity').uuid()}`,
      onElected: () => this.kick(),
      onLost: () => host.exit(1),
    });
    this.elector.start();
    host.listen(healthPort);
  }

  /** Health checks of the kubelet's probes. */
  serve(call: IncomingCall): void {
    call.reply({ code: 200, body: 'ok' }, { verb: call.subject.verb, code: 200 });
  }

  get isLeader(): boolean {
    return this.elector.isLeader;
  }

  // --- what the cluster tells ------------------------------------------------------------------------------------

  private makeProfile(informers: SharedInformers): Profile {
    const namespaces = informers.of(resources.namespaces);
    const services = informers.of(resources.services);
    const replicaSets = informers.of(resources.replicaSets);
    const claims = informers.of(resources.persistentVolumeClaims);
    services.addIndex('namespace', (service) => [service.metadata.namespace ?? '']);
    const defaultSelector = ({ pod }: PodInfo): Selector | undefined => {
      const { namespace = '', labels } = pod.metadata;
      const requirements = services.byIndex('namespace', namespace)
        .filter((service) => service.spec.selector && matchesLabels(selectorFromLabels(service.spec.selector), labels))
        .flatMap((service) => selectorFromLabels(service.spec.selector).requirements);
      const owner = controllerOf(pod);
      const replicaSet = owner?.kind === 'ReplicaSet' ? replicaSets.get(namespace, owner.name) : undefined;
      if (replicaSet) requirements.push(...selectorOf(replicaSet.spec.selector).requirements);
      return requirements.length === 0 ? undefined : { requirements, nothing: false };
    };
    const claimChanged = (claim: PersistentVolumeClaim, action: 'add' | 'update'): void => (
      this.wake({ resource: 'claim', action, namespace: claim.metadata.namespace ?? '', name: claim.metadata.name }));
    claims.addHandlers({
      added: (claim) => claimChanged(claim, 'add'), updated: (claim) => claimChanged(claim, 'update'),
    });
    return defaultProfile({
      client: this.client, namespaceOf: (name) => namespaces.byKey(name), defaultSelector,
      claimOf: (namespace, name) => claims.get(namespace, name),
    });
  }

  private watchNodes(informers: SharedInformers): void {
    informers.of(resources.nodes).addHandlers({
      added: (node) => this.wake({ resource: 'node', action: 'add', node: this.cache.setNode(node) }),
      updated: (node, before) => {
        const info = this.cache.setNode(node);
        const changed = nodeChanges(before, node);
        if (changed.size > 0) this.wake({ resource: 'node', action: 'update', node: info, changed });
      },
      deleted: (node) => this.cache.removeNode(node.metadata.name),
    });
  }

  private podChanged(pod: Pod, before?: Pod): void {
    const info = podInfo(pod);
    if (pod.spec.nodeName) {
      this.queue.delete(info.uid);
      this.cache.setPod(info, pod.spec.nodeName);
      const changed = before?.spec.nodeName ? podChanges(before, pod) : undefined;
      if (!changed) this.wake({ resource: 'assignedPod', action: 'add', pod: info });
      else if (changed.size > 0) this.wake({ resource: 'assignedPod', action: 'update', pod: info, changed });
    } else if (pod.spec.schedulerName === this.profile.schedulerName) {
      if (pod.metadata.deletionTimestamp) this.queue.delete(info.uid);
      else if (before) this.queue.update(info, this.host.nowMs, before.spec !== pod.spec);
      else this.addToQueue(info);
      this.kick();
    }
  }

  private addToQueue(pod: PodInfo): void {
    const gated = this.queue.add(pod, this.host.nowMs);
    if (!gated) return;
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    runTask(reportUnschedulable(this.client, pod.pod, this.host.wallMs, 'SchedulingGated', message, undefined));
  }

  private podDeleted(pod: Pod): void {
    const info = podInfo(pod);
    this.queue.delete(info.uid);
    this.cache.remove(info.uid);
    if (pod.spec.nodeName) this.wake({ resource: 'assignedPod', action: 'delete', pod: info });
  }

  private wake(event: ClusterEvent): void {
    if (this.queue.moveOn(event, this.host.nowMs)) this.kick();
  }

  // --- scheduling ------------------------------------------------------------------------------------------------

  private kick(): void {
    if (this.tick || !this.ready || !this.elector?.isLeader) return;
    this.tick = this.host.after(cycleMs, () => {
      this.tick = undefined;
      const queued = this.queue.pop(this.host.nowMs);
      if (!queued) return;
      this.scheduleOne(queued);
      this.kick();
    });
  }

  private scheduleOne(queued: QueuedPod): void {
    const { pod } = queued;
    const nodes = this.cache.nodeList();
    const result = schedulePod(this.profile, pod, nodes, this.nextStart, this.host.random('select'));
    if (nodes.length > 0) this.nextStart = (this.nextStart + result.visited) % nodes.length;
    this.record(queued, result, nodes);
    if (result.node === undefined) {
      this.unschedulable(queued, result);
      return;
    }
    this.cache.assume(pod, result.node);
    runTask(this.bind(queued, result.node));
  }

  private record(queued: QueuedPod, result: CycleResult, nodes: readonly NodeInfo[]): void {
    const { pod } = queued;
    const { filters, refused, preFiltered, feasible, scores, totals, node, message, preemption, state } = result;
    const { namespace, name } = pod.pod.metadata;
    const id = this.decisions.nextId;
    const subject = { verb: 'schedule', resource: 'pods', namespace, name, message };
    const hop = this.host.record({ kind: 'decision', decision: id, node, subject });
    this.decisions.add({
      id,
      hop,
      scheduler: this.host.id,
      atMs: this.host.nowMs,
      pod: pod.key,
      uid: pod.uid,
      attempt: queued.attempts,
      nodes,
      filters,
      refused,
      preFiltered,
      feasible: feasible.map(({ name: passed }) => passed),
      scores,
      skippedScores: scores.length > 0 ? [...state.skipScore] : [],
      totals,
      node,
      message,
      ...(preemption
        ? { preemption: { node: preemption.node, victims: preemption.victims.map(({ key }) => key) } }
        : {}),
    });
  }

  private *bind(queued: QueuedPod, node: string): Task {
    const { pod } = queued;
    for (const plugin of this.profile.bind) {
      const status = yield* plugin.bind(pod, node);
      if (!status) break;
      this.cache.forget(pod);
      const message = `binding rejected: ${status.reasons.join(', ')}`;
      this.recorder.event(pod.pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' });
      const retryMs = this.queue.addFailed(queued, this.host.nowMs);
      this.host.after(retryMs, () => this.retry(pod.uid));
      return;
    }
    this.recorder.event(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${node}`, {
      action: 'Binding',
    });
  }

  private unschedulable(queued: QueuedPod, result: CycleResult): void {
    const { pod } = queued;
    const { host, client } = this;
    const message = (result.message as string).trimEnd();
    const refusedBy = new Set([...result.refused.values()].map((status) => status.plugin));
    this.queue.addUnschedulable(queued, refusedBy, host.nowMs);
    host.after(unschedulableTimeoutMs, () => this.retryLeftover(pod.uid), { background: true });
    this.recorder.event(pod.pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' });
    const { preemption } = result;
    runTask(reportUnschedulable(client, pod.pod, host.wallMs, 'Unschedulable', message, preemption?.node));
    for (const victim of preemption?.victims ?? []) runTask(this.preempt(victim, pod, preemption?.node ?? ''));
  }

  private *preempt(victim: PodInfo, preemptor: PodInfo, node: string): Task {
    const evicted = yield* evictVictim(this.client, victim.pod, this.host.wallMs);
    if (!evicted) return;
    const message = `Preempted by pod ${preemptor.uid} on node ${node}`;
    this.recorder.event(victim.pod, 'Normal', 'Preempted', message, { action: 'Preempting', related: preemptor.pod });
  }

  private retryLeftover(uid: string): void {
    if (this.queue.retryLeftover(uid, this.host.nowMs)) this.kick();
  }

  private retry(uid: string): void {
    this.queue.retry(uid, this.host.nowMs);
    this.kick();
  }
}
