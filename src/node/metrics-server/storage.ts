/**
 * The two newest samples of each node and container, and what they say together: processor time spent between them, and
 * memory at the end. Models metrics-server's pkg/storage and its decoder of /metrics/resource.
 */

/** Cumulated processor time in seconds and memory in bytes, at a time in milliseconds since 1970. */
export interface Sample {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly startedAtMs?: number;
}

export interface Use {
  readonly atMs: number;
  readonly windowMs: number;
  readonly nanoCores: number;
  readonly memoryBytes: number;
}

/** What one kubelet answered: the node's sample, and those of containers by `namespace/pod` and name. */
export interface Scrape {
  readonly node: string;
  readonly sample: Sample | undefined;
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Sample>>;
}

/** A container that began after the sample before is measured from its start, if that is long enough ago. */
const freshestMs = 10_000;

interface Pair {
  readonly last: Sample;
  readonly previous: Sample | undefined;
}

export class MetricsStorage {
  private nodes = new Map<string, Pair>();
  private pods = new Map<string, Map<string, Pair>>();

  /** True once there is something to answer with. */
  get ready(): boolean {
    return [...this.nodes.values()].some((pair) => useOf(pair) !== undefined);
  }

  /** Takes a round of answers in; what is in none of them is forgotten. */
  store(scrapes: readonly Scrape[]): void {
    const nodes = new Map<string, Pair>();
    const pods = new Map<string, Map<string, Pair>>();
    for (const { node, sample, pods: scraped } of scrapes) {
      if (sample) nodes.set(node, paired(this.nodes.get(node), sample));
      for (const [pod, containers] of scraped) {
        const before = this.pods.get(pod);
        pods.set(pod, new Map(Array.from(containers, ([name, each]) => [name, paired(before?.get(name), each)])));
      }
    }
    this.nodes = nodes;
    this.pods = pods;
  }

  node(name: string): Use | undefined {
    const pair = this.nodes.get(name);
    return pair && useOf(pair);
  }

  /** The use of each container; undefined while that of one of them is not known. */
  pod(namespace: string, name: string): ReadonlyMap<string, Use> | undefined {
    const uses = new Map<string, Use>();
    for (const [container, pair] of this.pods.get(`${namespace}/${name}`) ?? []) {
      const use = useOf(pair);
      if (!use) return undefined;
      uses.set(container, use);
    }
    return uses.size === 0 ? undefined : uses;
  }
}

function paired(before: Pair | undefined, last: Sample): Pair {
  if (!before) return { last, previous: undefined };
  // Started anew since: the counter began at zero.
  if (last.cpuSeconds < before.last.cpuSeconds) return { last, previous: undefined };
  return last.atMs > before.last.atMs ? { last, previous: before.last } : before;
}

function useOf({ last, previous }: Pair): Use | undefined {
  const started = last.startedAtMs;
  const from = previous ?? (started !== undefined && last.atMs - started >= freshestMs
    ? { atMs: started, cpuSeconds: 0 } : undefined);
  if (!from) return undefined;
  const windowMs = last.atMs - from.atMs;
  const nanoCores = Math.round((last.cpuSeconds - from.cpuSeconds) / windowMs * 1e12);
  return { atMs: last.atMs, windowMs, nanoCores, memoryBytes: last.memoryBytes };
}

const families = '(container|node)_(cpu_usage_seconds_total|memory_working_set_bytes|start_time_seconds)';
const line = new RegExp(`^${families}(?:\\{([^}]*)\\})? (\\S+)(?: (\\d+))?$`);

/** Reads a page of /metrics/resource; `wallMs` stands in where a line has no time. */
export function parseMetrics(node: string, text: string, wallMs: number): Scrape {
  const samples = new Map<string, { -readonly [K in keyof Sample]: Sample[K] }>();
  for (const each of text.split('\n')) {
    const [, kind, what, labels = '', value = '', time] = line.exec(each) ?? [];
    if (kind === undefined) continue;
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const key = kind === 'node' ? '' : `${label('namespace')}/${label('pod')}\n${label('container')}`;
    const sample = samples.get(key) ?? { atMs: wallMs, cpuSeconds: 0, memoryBytes: 0 };
    samples.set(key, sample);
    if (what === 'start_time_seconds') sample.startedAtMs = Number(value) * 1000;
    else if (what === 'memory_working_set_bytes') sample.memoryBytes = Number(value);
    else sample.cpuSeconds = Number(value);
    if (time !== undefined && what !== 'start_time_seconds') sample.atMs = Number(time);
  }
  const pods = new Map<string, Map<string, Sample>>();
  for (const [key, sample] of samples) {
    const [pod = '', container] = key.split('\n');
    if (container !== undefined) pods.set(pod, (pods.get(pod) ?? new Map<string, Sample>()).set(container, sample));
  }
  return { node, sample: samples.get(''), pods };
}
