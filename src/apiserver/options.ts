/**
 * What an API server is started with: the flags of kube-apiserver that matter here, and what the simulation adds (the
 * kinds it serves, the wall time at the start of the run). Plain data.
 */
import type { KindRegistry } from '../api/registry';
import type { ClusterPki } from '../pki/cluster-pki';

/** A line of a static token file (--token-auth-file). */
export interface TokenUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface ApiServerOptions {
  readonly kinds: KindRegistry;
  /** --hostname-override in effect: the machine's name, from which the server's identity is derived. */
  readonly hostname: string;
  /** --service-cluster-ip-range: one CIDR, or an IPv4 and an IPv6 one with a comma between. */
  readonly serviceSubnet: string;
  /** Wall time at the start of the run, in milliseconds since the Unix epoch. */
  readonly epochMs: number;
  /** --etcd-servers; one member, on the own machine unless said otherwise. */
  readonly etcd?: string;
  /** --secure-port. */
  readonly port?: number;
  /** --advertise-address; the own address unless said otherwise. */
  readonly advertiseAddress?: string;
  /**
   * Certificates and keys: /etc/kubernetes/pki. Made of nothing secret when absent, which is for tests alone.
   */
  readonly pki?: ClusterPki;
  /** Users by their static token. */
  readonly tokens?: Readonly<Record<string, TokenUser>>;
  /** --runtime-config: `apps/v1=false`, `api/all=false`. */
  readonly runtimeConfig?: Readonly<Record<string, string>>;
  /** --feature-gates. Only PodTopologyLabelsAdmission changes anything here; the others are accepted. */
  readonly featureGates?: Readonly<Record<string, boolean>>;
}

/** The release that is modelled: what GET /version answers. */
export const serverVersion = Object.freeze({
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.1',
  gitTreeState: 'clean',
  compiler: 'gc',
  platform: 'linux/amd64',
});

/** kube-apiserver's defaults and constants, with their upstream names. */
export const limits = Object.freeze({
  /** --request-timeout. */
  requestTimeoutMs: 60_000,
  /** --min-request-timeout: a watch lives this long, and up to twice that. */
  minRequestTimeoutMs: 1_800_000,
  /** cacher: how long a read waits for the cache to reach a revision (blockTimeout). */
  cacheFreshnessWaitMs: 3_000,
  /** cacher: about how often a watch that allows it gets a bookmark (defaultBookmarkFrequency). */
  bookmarkIntervalMs: 60_000,
  /** cacher: bounds of the ring of past events (defaultLowerBoundCapacity, defaultUpperBoundCapacity). */
  minCacheEvents: 100,
  maxCacheEvents: 102_400,
  /** cacher: an event younger than this is kept if the ring may still grow (DefaultEventFreshDuration). */
  eventFreshMs: 75_000,
  /** etcd3/compact.go: --etcd-compaction-interval. */
  compactionIntervalMs: 300_000,
  /** --event-ttl. */
  eventTtlSeconds: 3_600,
  /** registry.Store: attempts to find a free generated name (maxNameGenerationCreateAttempts). */
  nameGenerationAttempts: 8,
});

/** Whether --runtime-config leaves a group and version on. The default is on for everything that is modelled. */
export function isGroupVersionEnabled(
  apiVersion: string, runtimeConfig: Readonly<Record<string, string>> | undefined,
): boolean {
  const own = runtimeConfig?.[apiVersion];
  if (own !== undefined) return own !== 'false';
  if (apiVersion === 'v1') return true; // api/all=false would also take Pods away; upstream refuses to start then.
  return runtimeConfig?.['api/all'] !== 'false';
}
