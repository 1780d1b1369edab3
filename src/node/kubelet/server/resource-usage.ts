/**
 * `/metrics/resource` and `/stats/summary`: what containers, pods and the node use, from the runtime's statistics (see
 * src/node/runtime/usage for the model behind the numbers). Models pkg/kubelet/metrics/collectors/resource_metrics.go
 * and pkg/kubelet/server/stats. Not modelled: file systems, networks, page faults, swap, PSI.
 */
import { formatTime } from '../../../api/time';
import { compareText } from '../../../base/freeze';
import type { ProcessHost } from '../../../sim/process';
import type { Task } from '../../../sim/task';
import { criCall, type ContainerStats } from '../../cri';
import type { ServedPod } from './served-pod';

export interface UsageInputs {
  readonly host: ProcessHost;
  readonly pods: readonly ServedPod[];
  readonly memoryBytes: number;
  readonly rates: UsageRates;
}

interface Usage {
  readonly containers: readonly { readonly pod: ServedPod; readonly stats: ContainerStats }[];
  readonly node: { readonly cpuMs: number; readonly memoryBytes: number };
}

/** Averages of processor time between two looks, as cAdvisor's housekeeping makes them about every ten seconds. */
export class UsageRates {
  private readonly samples = new Map<string, { atMs: number; cpuMs: number; nanoCores: number }>();

  /** Thousand-millionths of a processor, from the last sample on; since `startedAtMs` for the first. */
  nanoCores(id: string, atMs: number, cpuMs: number, startedAtMs: number): number {
    const last = this.samples.get(id);
    if (last && atMs - last.atMs < housekeepingMs) return last.nanoCores;
    const span = atMs - (last?.atMs ?? startedAtMs);
    const nanoCores = span <= 0 ? 0 : Math.round((cpuMs - (last?.cpuMs ?? 0)) / span * 1e9);
    if (this.samples.size > sampleLimit) this.samples.clear();
    this.samples.set(id, { atMs, cpuMs, nanoCores });
    return nanoCores;
  }
}

const housekeepingMs = 10_000;
const sampleLimit = 5_000;

function* usageOf({ host, pods }: UsageInputs): Task<Usage> {
  const answer = yield* criCall(host, 'ListContainerStats', {});
  const { stats = [], machine = { cpuMs: 0, memoryBytes: 0 } } = answer.ok ? answer.value : {};
  const owner = new Map(pods.flatMap((pod) => pod.containers.map(({ id }) => [id, pod] as const)));
  const containers = stats.flatMap((each) => {
    const pod = owner.get(each.id);
    return pod ? [{ pod, stats: each }] : [];
  });
  containers.sort((a, b) => compareText(sortKey(a.pod, a.stats.name), sortKey(b.pod, b.stats.name)));
  return { containers, node: machine };
}

function sortKey({ current: { metadata } }: ServedPod, container: string): string {
  return `${metadata.namespace}/${metadata.name}/${container}`;
}

// --- /metrics/resource ------------------------------------------------------------------------------------------------

type Sample = readonly [labels: string, value: number, atMs?: number];

/** The page in Prometheus' text format, as metrics-server reads it. */
export function* resourceMetrics(inputs: UsageInputs): Task<string> {
  const usage = yield* usageOf(inputs);
  const { wallMs } = inputs.host;
  const containers = usage.containers.map(({ pod, stats }) => ({ labels: labelsOf(pod, stats.name), stats }));
  const byPod = podSums(usage);
  return [
    family('container_cpu_usage_seconds_total', 'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      containers.map(({ labels, stats }) => [labels, stats.cpuMs / 1000, stats.atMs])),
    family('container_memory_working_set_bytes', 'gauge', 'Current working set of the container in bytes',
      containers.map(({ labels, stats }) => [labels, stats.memoryBytes, stats.atMs])),
    family('container_start_time_seconds', 'gauge', 'Start time of the container since unix epoch in seconds',
      containers.map(({ labels, stats }) => [labels, stats.startedAtMs / 1000])),
    family('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds',
      [['', usage.node.cpuMs / 1000, wallMs]]),
    family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes',
      [['', usage.node.memoryBytes, wallMs]]),
    family('pod_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the pod in core-seconds',
      byPod.map(({ pod, cpuMs }) => [labelsOf(pod), cpuMs / 1000, wallMs])),
    family('pod_memory_working_set_bytes', 'gauge', 'Current working set of the pod in bytes',
      byPod.map(({ pod, memoryBytes }) => [labelsOf(pod), memoryBytes, wallMs])),
    family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise',
      [['', 0]]),
  ].join('');
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value, atMs]) =>
    `${name}${labels} ${value}${atMs === undefined ? '' : ` ${Math.floor(atMs)}`}\n`);
  return `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsOf({ current: { metadata } }: ServedPod, container?: string): string {
  const own = container === undefined ? '' : `container="${container}",`;
  return `{${own}namespace="${metadata.namespace}",pod="${metadata.name}"}`;
}

interface PodSum {
  readonly pod: ServedPod;
  readonly containers: readonly ContainerStats[];
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

function podSums({ containers }: Usage): PodSum[] {
  const byPod = new Map<ServedPod, ContainerStats[]>();
  for (const { pod, stats } of containers) byPod.set(pod, [...(byPod.get(pod) ?? []), stats]);
  return Array.from(byPod, ([pod, all]) => ({
    pod, containers: all,
    cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryBytes: all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  }));
}

// --- /stats/summary ---------------------------------------------------------------------------------------------------

/** The Summary of the kubelet's stats API (stats/v1alpha1). */
export function* statsSummary(inputs: UsageInputs): Task<unknown> {
  const usage = yield* usageOf(inputs);
  const { host, rates, memoryBytes: capacity } = inputs;
  const { wallMs } = host;
  const bootMs = wallMs - host.nowMs;
  const cpu = (id: string, cpuMs: number, startedAtMs: number) => ({
    time: formatTime(wallMs), usageNanoCores: rates.nanoCores(id, wallMs, cpuMs, startedAtMs),
    usageCoreNanoSeconds: Math.round(cpuMs * 1e6),
  });
  const memory = (bytes: number, available?: number) => ({
    time: formatTime(wallMs), ...(available === undefined ? {} : { availableBytes: available }),
    usageBytes: bytes, workingSetBytes: bytes, rssBytes: Math.round(bytes * 0.8), pageFaults: 0, majorPageFaults: 0,
  });
  return {
    node: {
      nodeName: host.machine,
      startTime: formatTime(bootMs),
      cpu: cpu('/', usage.node.cpuMs, bootMs),
      memory: memory(usage.node.memoryBytes, capacity - usage.node.memoryBytes),
    },
    pods: podSums(usage).map(({ pod, containers, cpuMs, memoryBytes }) => {
      const { name, namespace, uid } = pod.current.metadata;
      const startedAtMs = Math.min(...containers.map((each) => each.startedAtMs));
      return {
        podRef: { name, namespace, uid },
        startTime: formatTime(startedAtMs),
        containers: containers.map((each) => ({
          name: each.name,
          startTime: formatTime(each.startedAtMs),
          cpu: cpu(each.id, each.cpuMs, each.startedAtMs),
          memory: memory(each.memoryBytes),
        })),
        cpu: cpu(uid, cpuMs, startedAtMs),
        memory: memory(memoryBytes),
      };
    }),
  };
}
