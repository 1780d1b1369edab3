/** The engine's own figures, each the median of five runs: booting, deploying, events a second, heap per pod. */
import { Sandbox } from '../../src/cluster/sandbox';
import type { Cluster } from '../../src/cluster/cluster';
import { timelineOf } from '../../src/cluster/history/timeline';

const runs = 5;
const epochMs = 1_767_225_600_000;

function kindYaml(controlPlanes: number, workers: number): string {
  const roles = [...Array<string>(controlPlanes).fill('control-plane'), ...Array<string>(workers).fill('worker')];
  return `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n${roles.map((role) => `  - role: ${role}\n`).join('')}`;
}

function boot(controlPlanes: number, workers: number): Cluster {
  const cluster = new Sandbox({ seed: 1, epochMs: () => epochMs }).create(kindYaml(controlPlanes, workers)) as Cluster;
  // `isUp` reads the whole view, so it is asked only when things have calmed down.
  while (!(cluster.settle(60_000) && cluster.isUp)) cluster.runFor(500);
  return cluster;
}

function deployment(replicas: number): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas, selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
      },
    },
  };
}

function available(cluster: Cluster): number {
  const found = cluster.objects.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' });
  return (found as { status?: { availableReplicas?: number } } | undefined)?.status?.availableReplicas ?? 0;
}

function deploy(cluster: Cluster, replicas: number): void {
  cluster.execute({ type: 'apply', objects: [deployment(replicas)] });
  for (let seconds = 0; available(cluster) < replicas; seconds += 1) {
    if (seconds > 3_600) throw new Error(`only ${available(cluster)} of ${replicas} pods became available within an hour`);
    cluster.runFor(1_000);
  }
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function time(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function report(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(58)} ${value.toFixed(unit === 'ms' ? 1 : 0).padStart(10)} ${unit}`);
}

boot(1, 1); // Warm-up: the first run pays for compiling.
report('boot of 1+1 until all nodes and system pods are ready', medianOf(Array.from({ length: runs }, () => time(() => boot(1, 1)))), 'ms');
report('boot of 3+10', medianOf(Array.from({ length: runs }, () => time(() => boot(3, 10)))), 'ms');

const hundred: number[] = [];
const thousand: number[] = [];
const eventRates: number[] = [];
const heapPerPod: number[] = [];
const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
for (let run = 0; run < runs; run += 1) {
  const small = boot50();
  hundred.push(time(() => deploy(small, 100)));
  const cluster = boot50();
  gc();
  const heapBefore = process.memoryUsage().heapUsed;
  const eventsBefore = cluster.eventsProcessed;
  const took = time(() => deploy(cluster, 1_000));
  thousand.push(took);
  eventRates.push(((cluster.eventsProcessed - eventsBefore) / took) * 1000);
  gc();
  heapPerPod.push((process.memoryUsage().heapUsed - heapBefore) / 1_000);
}

function boot50(): Cluster {
  return boot(1, 50);
}
report('Deployment of 100 on 50 nodes until available', medianOf(hundred), 'ms');
report('Deployment of 1,000 on 50 nodes until available', medianOf(thousand), 'ms');
report('events handled per second meanwhile', medianOf(eventRates), '/s');
report('heap per pod, its history and trace included', medianOf(heapPerPod), 'bytes');

// How long the host's event loop is held: slices as the extension drives them, while 50 nodes settle.
const cluster = new Sandbox({ seed: 1, epochMs: () => epochMs }).create(kindYaml(1, 50)) as Cluster;
cluster.control.set('fast', 1);
let longest = 0;
for (let slice = 0; slice < 100_000 && cluster.control.state.mode === 'fast'; slice += 1) {
  const start = performance.now();
  cluster.control.advance(16, () => performance.now() - start > 8);
  longest = Math.max(longest, performance.now() - start);
}
report('longest slice while 50 nodes settle', longest, 'ms');

// A jump in time: all that tree and diagram are made of at a moment of the past, from anywhere in a run of 5,000 hops.
const long = boot(1, 2);
deploy(long, 10);
long.runUntil(() => long.trace.length >= 5_000, Infinity);
const jumps: number[] = [];
for (let hop = 0; hop < long.trace.length; hop += Math.ceil(long.trace.length / 100)) {
  const moment = long.history.ofHop(hop);
  if (moment) jumps.push(time(() => void (long.at(moment).view(), timelineOf(long.history, moment.hops))));
}
report('jump to a moment of the past, median of 100', medianOf(jumps), 'ms');
report('the slowest of them', Math.max(...jumps), 'ms');
