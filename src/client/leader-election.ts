/**
 * Leader election through a Lease, as client-go's tools/leaderelection does it: whoever holds the lease renews it every
 * 2 s; the others try as often and take over when it was not renewed for 15 s. Defaults as kube-scheduler and
 * kube-controller-manager run with: lease 15 s, renew deadline 10 s, retry 2 s.
 */
import { leases } from '../api/resources';
import { formatMicroTime } from '../api/time';
import type { Lease, NewObject } from '../api/types';
import type { ProcessHost } from '../sim/process';
import { runTask, type Task, waitFor } from '../sim/task';
import type { ApiClient } from './api-client';

const leaseDurationMs = 15_000;
const renewDeadlineMs = 10_000;
const retryPeriodMs = 2_000;
const retryJitter = 1.2;

export interface ElectionOptions {
  /** The Lease in kube-system: `kube-scheduler`. */
  readonly lease: string;
  readonly identity: string;
  onElected(): void;
  /** The lease was lost: the program should end, as upstream's do. */
  onLost(): void;
}

export class LeaderElector {
  private observed: Lease | undefined;
  private observedAtMs = 0;
  private leading = false;
  private renewedAtMs = 0;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: ApiClient,
    private readonly options: ElectionOptions,
  ) {}

  get isLeader(): boolean {
    return this.leading;
  }

  start(): void {
    runTask(this.run());
  }

  private *run(): Task {
    for (;;) {
      const held = yield* this.tryAcquireOrRenew();
      if (held) {
        this.renewedAtMs = this.host.nowMs;
        if (!this.leading) {
          this.leading = true;
          this.host.foreground(() => this.options.onElected());
        }
      } else if (this.leading && this.host.nowMs - this.renewedAtMs >= renewDeadlineMs) {
        this.leading = false;
        this.options.onLost();
        return;
      }
      const delayMs = this.leading
        ? retryPeriodMs
        : this.host.random('leader-election').jitter(retryPeriodMs, retryJitter);
      yield* waitFor<void>((resume) => this.host.after(delayMs, () => resume(), { background: true }));
    }
  }

  private *tryAcquireOrRenew(): Task<boolean> {
    const { lease: name, identity } = this.options;
    const found = yield* this.client.get(leases, { namespace: 'kube-system', name });
    if (!found.ok) return found.status.code === 404 ? yield* this.create() : false;
    this.observe(found.value);
    const { spec } = found.value;
    const holder = spec.holderIdentity ?? '';
    const expired = this.host.nowMs - this.observedAtMs >= leaseDurationMs;
    if (holder !== identity && holder !== '' && !expired) return false;
    const now = formatMicroTime(this.host.wallMs);
    const taken = holder !== identity;
    const next: Lease = {
      ...found.value,
      spec: {
        ...spec,
        holderIdentity: identity,
        leaseDurationSeconds: leaseDurationMs / 1000,
        acquireTime: taken ? now : spec.acquireTime ?? now,
        renewTime: now,
        leaseTransitions: (spec.leaseTransitions ?? 0) + (taken ? 1 : 0),
      },
    };
    const written = yield* this.client.update(leases, next);
    if (written.ok) this.observe(written.value);
    return written.ok;
  }

  private *create(): Task<boolean> {
    const now = formatMicroTime(this.host.wallMs);
    const { lease: name, identity } = this.options;
    const lease: NewObject<Lease> = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'kube-system', name },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: leaseDurationMs / 1000,
        acquireTime: now,
        renewTime: now,
        leaseTransitions: 0,
      },
    };
    const created = yield* this.client.create(leases, lease);
    if (created.ok) this.observe(created.value);
    return created.ok;
  }

  /** The lease's age counts from when this process first saw its present state, not from the times written in it. */
  private observe(lease: Lease): void {
    if (this.observed?.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    this.observed = lease;
    this.observedAtMs = this.host.nowMs;
  }
}
