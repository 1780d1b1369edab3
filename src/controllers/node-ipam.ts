/**
 * node-ipam-controller: gives every node a range of pod addresses out of the cluster's, in the order in which nodes
 * come. Models pkg/controller/nodeipam with the RangeAllocator and kubeadm's mask sizes: /24 of IPv4, /64 of IPv6.
 */
import * as resources from '../api/resources';
import type { Node } from '../api/types';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

const maskSizes = { v4: 24, v6: 64 } as const;

/** The controller, ready to start. `clusterCidrs` are the pod subnets: one, or one of each family. */
export function nodeIpamController(context: ControllerContext, clusterCidrs: readonly string[]): ControllerLoop {
  const { host, informers, client, recorder } = context;
  const own = client('node-controller');
  const events = recorder(own, 'cidrAllocator');
  const nodes = informers.of(resources.nodes);
  const pools = clusterCidrs.map((cidr) => new CidrPool(cidr));

  const occupy = (node: Node): void => {
    (node.spec.podCIDRs ?? []).forEach((cidr, i) => pools[i]?.occupy(cidr));
  };

  function* sync(name: string): Task<ReconcileResult> {
    const node = nodes.byKey(name);
    if (!node) return done;
    if ((node.spec.podCIDRs ?? []).length > 0) {
      occupy(node);
      return done;
    }
    const podCIDRs: string[] = [];
    for (const pool of pools) {
      const cidr = pool.allocate();
      if (cidr === undefined) {
        podCIDRs.forEach((taken, i) => pools[i]?.release(taken));
        events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
        return failed(`failed to allocate cidr from cluster cidr at idx:${podCIDRs.length}: CIDR allocation failed`);
      }
      podCIDRs.push(cidr);
    }
    const body = { spec: { podCIDR: podCIDRs[0], podCIDRs } };
    const answer = yield* own.patch(resources.nodes, { name }, 'strategic', body);
    if (answer.ok) {
      nodes.observe(answer.value);
      return done;
    }
    podCIDRs.forEach((cidr, i) => pools[i]?.release(cidr));
    return failed(answer.status.message);
  }

  const loop = new Controller(host, { name: 'node-ipam-controller', reconcile: sync });
  nodes.addHandlers({
    added: (node) => {
      // What other nodes have already is taken before anything is given out.
      occupy(node);
      loop.add(node.metadata.name);
    },
    updated: (node) => {
      if ((node.spec.podCIDRs ?? []).length === 0) loop.add(node.metadata.name);
    },
    deleted: (node) => (node.spec.podCIDRs ?? []).forEach((cidr, i) => pools[i]?.release(cidr)),
  });
  return loop;
}

/** The ranges of one subnet, given out in order; one that was given back comes up again when the end is reached. */
export class CidrPool {
  private readonly base: bigint;
  private readonly bits: number;
  private readonly nodePrefix: number;
  private readonly count: number;
  private readonly taken = new Set<number>();
  private next = 0;

  constructor(cidr: string) {
    const [address = '', prefix = '0'] = cidr.split('/');
    const v6 = address.includes(':');
    this.bits = v6 ? 128 : 32;
    this.nodePrefix = Math.max(Number(prefix), v6 ? maskSizes.v6 : maskSizes.v4);
    const size = BigInt(this.bits - Number(prefix));
    this.base = ((v6 ? parseV6(address) : parseV4(address)) >> size) << size;
    this.count = 2 ** Math.min(30, this.nodePrefix - Number(prefix));
  }

  /** The next free range; undefined when all are taken. */
  allocate(): string | undefined {
    for (let tried = 0; tried < this.count; tried += 1) {
      const index = (this.next + tried) % this.count;
      if (this.taken.has(index)) continue;
      this.taken.add(index);
      this.next = (index + 1) % this.count;
      return this.text(index);
    }
    return undefined;
  }

  occupy(cidr: string): void {
    const index = this.indexOf(cidr);
    if (index !== undefined) this.taken.add(index);
  }

  release(cidr: string): void {
    const index = this.indexOf(cidr);
    if (index !== undefined) this.taken.delete(index);
  }

  private indexOf(cidr: string): number | undefined {
    const [address = '', prefix] = cidr.split('/');
    if (address.includes(':') !== (this.bits === 128) || Number(prefix) !== this.nodePrefix) return undefined;
    const value = this.bits === 128 ? parseV6(address) : parseV4(address);
    const index = Number((value - this.base) >> BigInt(this.bits - this.nodePrefix));
    return index >= 0 && index < this.count ? index : undefined;
  }

  private text(index: number): string {
    const value = this.base + (BigInt(index) << BigInt(this.bits - this.nodePrefix));
    return `${this.bits === 128 ? formatV6(value) : formatV4(value)}/${this.nodePrefix}`;
  }
}

function parseV4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) + BigInt(part), 0n);
}

function formatV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

function parseV6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...gap, ...right].reduce((value, part) => (value << 16n) + BigInt(`0x${part}`), 0n);
}

function formatV6(value: bigint): string {
  const parts: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(((value >> shift) & 0xffffn).toString(16));
  const runs = parts.join(':').match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return parts.join(':');
  const [before = '', after = ''] = splitOnce(parts.join(':'), longest);
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
