/**
 * The lease that tells which API servers there are: kube-system/apiserver-<hash>, renewed every 10 s, good for an hour.
 * Models the hook start-kube-apiserver-identity-lease-controller. The hash of the host name is made with the project's
 * own hash instead of SHA-256, so the letters differ from a real server's. Leases of servers that are gone for good are
 * not collected.
 */
import { RandomStream } from '../../base/random';
import { formatMicroTime } from '../../api/time';
import { leases } from '../../api/resources';
import type { Lease, NewObject } from '../../api/types';
import type { Task } from '../../sim/task';
import type { ServedResources } from '../storage/served-resources';
import { type Loopback, loopbackCreate, loopbackUpdate } from './loopback';

const namespace = 'kube-system';
export const identityLeaseIntervalMs = 10_000;
const leaseDurationSeconds = 3_600;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** `apiserver-` and 26 letters that stand for the host name. */
export function serverIdentity(hostname: string): string {
  const random = new RandomStream(0, hostname);
  let text = 'apiserver-';
  for (let i = 0; i < 26; i += 1) text += base32[random.below(32)];
  return text;
}

export class IdentityLease {
  private readonly name: string;

  constructor(
    private readonly loopback: Loopback,
    private readonly resources: ServedResources,
    private readonly hostname: string,
    /** Distinguishes this run of the server from earlier ones on the same host. */
    private readonly instance: string,
  ) {
    this.name = serverIdentity(hostname);
  }

  /** Creates or renews the lease. */
  *renew(wallMs: number): Task {
    if (!this.resources.find(leases.group, leases.version, leases.resource)) return;
    const renewTime = formatMicroTime(wallMs);
    const current = this.resources.get(leases, namespace, this.name);
    if (!current) yield* loopbackCreate(this.loopback, leases, this.fresh(renewTime));
    else yield* loopbackUpdate(this.loopback, leases, { ...current, spec: { ...current.spec, renewTime } });
  }

  private fresh(renewTime: string): NewObject<Lease> {
    const labels = {
      'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': this.hostname,
    };
    const holderIdentity = `${this.name}_${this.instance}`;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.name, namespace, labels },
      spec: { holderIdentity, leaseDurationSeconds, renewTime },
    };
  }
}
