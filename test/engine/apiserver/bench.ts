/**
 * Micro-benchmark of the API server: 50 nodes that watch their pods, 1,000 pods created, bound and given three status
 * patches each, by identities with RBAC rights. Prints the real time spent inside the API server (its handlers and the
 * messages it sends), without the client and etcd. Run: npx tsx test/engine/apiserver/bench.ts
 */
import type { ApiResponse, Credential } from '../../../src/api/request';
import type { CallHandlers, IncomingCall, OutgoingCall, ProcessHost, Program } from '../../../src/sim/process';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import { admin, type Ask, pod, World } from './harness';

const nodes = 50;
const pods = 1_000;

/** Measures the time a program spends in its handlers. */
class Timed implements Program {
  spentNs = 0n;
  private depth = 0;
  constructor(private readonly inner: Program) {}
  start(host: ProcessHost): void {
    const timed = Object.create(host, {
      call: {
        value: (call: OutgoingCall, handlers: CallHandlers) => host.call(call, {
          onResult: (result) => this.measure(() => handlers.onResult(result)),
          onEvent: (payload, subject) => this.measure(() => handlers.onEvent?.(payload, subject)),
        }),
      },
      after: {
        value: (ms: number, run: () => void, options?: { background?: boolean }) =>
          host.after(ms, () => this.measure(run), options),
      },
    }) as ProcessHost;
    this.measure(() => this.inner.start(timed));
  }
  serve(call: IncomingCall): void {
    this.measure(() => this.inner.serve?.(call));
  }
  private measure(run: () => void): void {
    if (this.depth > 0) return run();
    this.depth += 1;
    const from = process.hrtime.bigint();
    run();
    this.spentNs += process.hrtime.bigint() - from;
    this.depth -= 1;
  }
}

class BenchWorld extends World {
  declare timed: Timed;
  override startServer(): void {
    this.server = this.makeServer();
    this.timed = new Timed(this.server);
    this.sim.spawn({ id: 'kube-apiserver@cp', machine: 'cp', program: this.timed });
  }
  sendAll(asks: readonly (readonly [Ask, Credential])[]): void {
    let failed: unknown;
    for (const [ask, user] of asks) {
      this.send(ask, user, (result) => {
        if (!result.ok || (result.payload as ApiResponse).code >= 400) failed = result;
      });
    }
    this.settle(1_000);
    if (failed) throw new Error(JSON.stringify(failed));
  }
}

function node(i: number): Credential {
  return { kind: 'certificate', commonName: `system:node:node-${i}`, organizations: ['system:nodes'] };
}

function run(): Record<string, number> {
  const world = new BenchWorld({ kinds: kindRegistry(builtInKinds) });
  world.must({
    verb: 'create', resource: 'serviceaccounts', namespace: 'default',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  });
  world.must({
    verb: 'create', resource: 'serviceaccounts', namespace: 'kube-system',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'replicaset-controller' } },
  });
  const controller: Credential = { kind: 'serviceAccount', namespace: 'kube-system', name: 'replicaset-controller' };
  const scheduler: Credential = { kind: 'certificate', commonName: 'system:kube-scheduler', organizations: [] };
  const kubelets = Array.from({ length: nodes }, (_, i) => node(i));
  kubelets.forEach((kubelet, i) => {
    world.watch({ resource: 'pods', options: { fieldSelector: `spec.nodeName=node-${i}`, resourceVersion: '0' } },
      kubelet);
  });
  for (let i = 0; i < 5; i += 1) world.watch({ resource: 'pods', options: { resourceVersion: '0' } }, admin);
  const result: Record<string, number> = {};
  const phase = (name: string, asks: readonly (readonly [Ask, Credential])[]): void => {
    const before = world.timed.spentNs;
    const from = process.hrtime.bigint();
    world.sendAll(asks);
    result[`${name} server`] = Number(world.timed.spentNs - before) / 1e6;
    result[`${name} total`] = Number(process.hrtime.bigint() - from) / 1e6;
  };
  const each = (make: (i: number) => readonly [Ask, Credential]) => Array.from({ length: pods }, (_, i) => make(i));
  const base = { resource: 'pods', namespace: 'default' } as const;
  phase('create', each((i) => [{ ...base, verb: 'create', body: pod(`web-${i}`, { labels: { app: 'web' } }) },
    controller]));
  phase('bind', each((i) => [{
    ...base, verb: 'create', name: `web-${i}`, subresource: 'binding',
    body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: `web-${i}` }, target: { kind: 'Node',
      name: `node-${i % nodes}` } },
  }, scheduler]));
  for (const phaseName of ['Pending', 'Running', 'Succeeded']) {
    phase(`status ${phaseName}`, each((i) => [{
      ...base, verb: 'patch', patchType: 'strategic', name: `web-${i}`, subresource: 'status',
      body: {
        metadata: { uid: undefined },
        status: { phase: phaseName, conditions: [{ type: 'Ready',
          status: phaseName === 'Running' ? 'True' : 'False' }] },
      },
    }, kubelets[i % nodes] as Credential]));
  }
  result['all server'] = Object.entries(result).filter(([key]) => key.endsWith(' server')).reduce((sum, [,
    ms]) => sum + ms, 0);
  return result;
}

const runs = Array.from({ length: 5 }, run);
for (const key of Object.keys(runs[0] ?? {})) {
  const sorted = runs.map((values) => values[key] ?? 0).sort((a, b) => a - b);
  console.log(
    `${key.padEnd(24)} median ${sorted[2]?.toFixed(1).padStart(8)} ms   min ${sorted[0]?.toFixed(1).padStart(8)} ms`);
}
