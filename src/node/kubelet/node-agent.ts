/**
 * The node as the kubelet shows it to the API server: registered once, kept alive by a lease, its status reported when
 * something changes and every five minutes. Models pkg/kubelet/kubelet_node_status.go and component-helpers' lease.
 */
import { newOwnerRef } from '../../api/object';
import * as resources from '../../api/resources';
import { formatMicroTime } from '../../api/time';
import type { ContainerImage, Lease, NewObject, Node } from '../../api/types';
import { equal } from '../../base/freeze';
import type { ApiClient } from '../../client/api-client';
import type { EventRecorder } from '../../client/events';
import { goDuration } from '../../api/duration';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { criCall } from '../cri';
import type { FileTree } from '../filesystem';
import { type MachineFacts, newNode, type NodeFacts, nodeStatus, type Registration } from './node-status';

const leaseDurationSeconds = 40;
const leaseRenewMs = 10_000;
const statusCheckMs = 10_000;
const statusReportMs = 300_000;
const registerRetryMs = 1_000;
/** A runtime that has not answered for so long is down; after the second time PLEG is called unhealthy as well. */
const runtimeDownMs = 30_000;
const plegUnhealthyMs = 180_000;
const maxImages = 50;

export interface NodeAgentOptions {
  readonly registration: Registration;
  readonly addresses: readonly string[];
  readonly machine: MachineFacts;
  /** `v1.36.1`. */
  readonly version: string;
  /** The machine's disk. */
  readonly files: FileTree;
}

export class NodeAgent {
  node: Node | undefined;
  /** Why pods cannot have a network; undefined when they can. */
  networkProblem: string | undefined = 'container runtime status check may not have completed yet';
  private runtimeVersion = '';
  private images: readonly ContainerImage[] | undefined;
  private runtimeSeenMs: number;
  private reportedAtMs = -Infinity;
  private reported: Node['status'] | undefined;
  private readonly machineId: string;
  private readonly bootId: string;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: ApiClient,
    private readonly recorder: EventRecorder,
    private readonly options: NodeAgentOptions,
    private readonly diskPressure: () => boolean,
  ) {
    this.runtimeSeenMs = host.nowMs;
    this.machineId = host.random('machine').uuid();
    // The entrypoint of kind's node image has systemd make this file before anything else runs.
    options.files.write('/etc/machine-id', `${this.machineId.replaceAll('-', '')}\n`);
    this.bootId = host.random('boot').uuid();
  }

  /** Registers the node, tries again until that works, and keeps lease and status from then on. */
  *register(): Task {
    for (;;) {
      const node = newNode(yield* this.facts(), this.options.registration);
      const created = yield* this.client.create(resources.nodes, node);
      if (created.ok || created.status.code === 409) break;
      yield* waitFor<void>((resume) => this.host.after(registerRetryMs, () => resume()));
    }
    while (!this.node) {
      const found = yield* this.client.get(resources.nodes, { name: this.host.machine });
      if (found.ok) this.node = found.value;
      else yield* waitFor<void>((resume) => this.host.after(registerRetryMs, () => resume()));
    }
    this.keepLease();
    this.keepStatus();
    this.tellBeginning();
  }

  /** What every start of a kubelet tells of its node. */
  private tellBeginning(): void {
    this.tell('Starting', 'Starting kubelet.');
    this.tellStatus('NodeHasSufficientMemory');
    this.tellStatus('NodeHasNoDiskPressure');
    this.tellStatus('NodeHasSufficientPID');
    this.tell('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
  }

  private tellStatus(reason: string): void {
    this.tell(reason, `Node ${this.host.machine} status is now: ${reason}`);
  }

  /** Events of a node name it as its own uid. */
  tell(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    const name = this.host.machine;
    this.recorder.eventFor({ kind: 'Node', name, uid: name }, type, reason, message);
  }

  /** Looks at the runtime and reports what has changed. */
  check(): void {
    if (this.node) runTask(this.updateStatus());
  }

  /** The list of images is to be read anew. */
  forgetImages(): void {
    this.images = undefined;
  }

  // --- what there is to report -------------------------------------------------------------------------------------

  private *facts(): Task<NodeFacts> {
    const runtimeProblem = yield* this.checkRuntime();
    const problems = [runtimeProblem, this.networkProblem].filter((problem) => problem !== undefined);
    const { options, host } = this;
    return {
      name: host.machine,
      addresses: options.addresses,
      kubeletVersion: options.version,
      runtimeVersion: this.runtimeVersion,
      machine: options.machine,
      images: this.images ?? [],
      machineId: this.machineId,
      bootId: this.bootId,
      wallMs: host.wallMs,
      diskPressure: this.diskPressure(),
      notReady: problems.length > 1 ? `[${problems.join(', ')}]` : problems[0],
    };
  }

  /** Why the runtime counts as down; undefined as long as it was heard of lately. */
  private *checkRuntime(): Task<string | undefined> {
    const { host } = this;
    const status = yield* criCall(host, 'Status', {});
    if (!status.ok) return this.runtimeSilence();
    this.runtimeSeenMs = host.nowMs;
    const network = status.value.conditions.find((condition) => condition.type === 'NetworkReady');
    this.networkProblem = network?.status === false
      ? `container runtime network not ready: NetworkReady=false reason:${network.reason} message:${network.message}`
      : undefined;
    if (this.runtimeVersion === '') {
      const version = yield* criCall(host, 'Version', {});
      const { runtimeName = '', runtimeVersion = '' } = version.ok ? version.value : {};
      this.runtimeVersion = version.ok ? `${runtimeName}://${runtimeVersion.replace(/^v/, '')}` : '';
    }
    if (!this.images) {
      const images = yield* criCall(host, 'ListImages', {});
      if (images.ok) {
        this.images = images.value.images.slice(0, maxImages)
          .map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: image.size }));
      }
    }
    return undefined;
  }

  private runtimeSilence(): string | undefined {
    const silentMs = this.host.nowMs - this.runtimeSeenMs;
    if (silentMs < runtimeDownMs) return undefined;
    const down = 'container runtime is down';
    if (silentMs < plegUnhealthyMs) return down;
    const seen = `pleg was last seen active ${goDuration(silentMs)} ago; threshold is ${goDuration(plegUnhealthyMs)}`;
    return `[${down}, PLEG is not healthy: ${seen}]`;
  }

  // --- keeping it up to date ---------------------------------------------------------------------------------------

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

  private *updateStatus(): Task {
    const facts = yield* this.facts();
    const before = this.reported ?? this.node?.status;
    const status = nodeStatus(facts, before);
    const due = this.host.nowMs - this.reportedAtMs >= statusReportMs;
    if (!due && this.reported && sameButHeartbeat(this.reported, status)) return;
    const name = this.host.machine;
    const patched = yield* this.client.patch(resources.nodes, { name, subresource: 'status' }, 'strategic', { status });
    if (!patched.ok) return;
    const ready = isReady(status);
    if (ready !== isReady(this.reported)) this.tellStatus(ready ? 'NodeReady' : 'NodeNotReady');
    const pressed = hasCondition(status, 'DiskPressure');
    if (pressed !== hasCondition(before, 'DiskPressure')) {
      this.tellStatus(pressed ? 'NodeHasDiskPressure' : 'NodeHasNoDiskPressure');
    }
    this.node = patched.value;
    this.reported = status;
    this.reportedAtMs = this.host.nowMs;
  }
}

function isReady(status: Node['status'] | undefined): boolean {
  return hasCondition(status, 'Ready');
}

function hasCondition(status: Node['status'] | undefined, wanted: string): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === wanted && value === 'True') ?? false;
}

/** Whether two statuses say the same but for the times at which conditions were looked at. */
function sameButHeartbeat(a: Node['status'], b: Node['status']): boolean {
  const still = (status: Node['status']) => ({
    ...status, conditions: status.conditions?.map(({ lastHeartbeatTime: _heartbeat, ...rest }) => rest),
  });
  return equal(still(a), still(b));
}
