/** The load balancer of several control planes: whom it asks, whom it leaves out, and what goes through it. */
import assert from 'node:assert/strict';
import { nodes } from '../../../src/api/resources';
import type { WatchEvent } from '../../../src/api/request';
import type { Node, Status } from '../../../src/api/types';
import { ApiClient } from '../../../src/client/api-client';
import { LoadBalancer } from '../../../src/node/load-balancer';
import type { ProcessHost } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';
import { runTask } from '../../../src/sim/task';
import { program, spawn } from '../sim/parties';
import { FakeApi } from './api-parties';

const names = ['cp1', 'cp2', 'cp3'];

function setUp(running: readonly string[] = names) {
  const sim = new Simulation(1);
  const apis = new Map(names.map((name) => [name, new FakeApi(name)]));
  names.forEach((name, i) => sim.network.addMachine(name, `172.18.0.${i + 2}`));
  sim.network.addMachine('lb', '172.18.0.9');
  sim.network.addMachine('worker', '172.18.0.10');
  const startApi = (name: string): void => {
    sim.spawn({ id: `api@${name}`, machine: name, program: apis.get(name) as FakeApi });
  };
  for (const name of running) startApi(name);
  const balancer = new LoadBalancer({ backends: names.map((name) => `${name}:6443`) });
  sim.spawn({ id: 'load-balancer@lb', machine: 'lb', program: balancer });
  sim.runUntilQuiet(10_000);
  const client = (name: string): ApiClient => new ApiClient(
    spawn(sim, name, 'worker', program(() => undefined)),
    { server: 'lb:6443', user: { kind: 'anonymous' }, userAgent: 'test/v1' },
  );
  /** Asks and gives the answering server's name, or the message of the failure. */
  const ask = (of: ApiClient): string => {
    let answer = '';
    sim.input('user@client', 'ask', () => runTask(of.getPath('/version'), (result) => {
      answer = result.ok ? result.value : `${result.status.reason}: ${result.status.message}`;
    }));
    sim.runUntilTrue(() => answer !== '', 100_000);
    return answer;
  };
  const healthy = (): string[] =>
    balancer.backends().filter((backend) => backend.healthy).map(({ address }) => address);
  return { sim, apis, client, ask, healthy, startApi };
}

describe('the load balancer', () => {
  it('gives calls to the servers in turn', () => {
    const { client, ask, healthy } = setUp();
    assert.deepEqual(healthy(), ['cp1:6443', 'cp2:6443', 'cp3:6443']);
    const one = client('kubectl');
    assert.deepEqual([1, 2, 3, 4].map(() => ask(one)), ['cp1', 'cp2', 'cp3', 'cp1']);
  });

  it('keeps a client at its server while one of its calls is open', () => {
    const { sim, client, ask } = setUp();
    const kubelet = client('kubelet');
    const watch = kubelet.watch(nodes, {}, { onEvent: () => undefined, onEnd: () => undefined });
    sim.runUntilQuiet(1_000);
    assert.deepEqual([1, 2, 3].map(() => ask(kubelet)), ['cp1', 'cp1', 'cp1']);
    assert.equal(ask(client('kubectl')), 'cp2');
    watch.cancel();
    sim.runUntilQuiet(1_000);
    assert.equal(ask(kubelet), 'cp3');
  });

  it('ejects a server after two failed checks and restores it after one that passes', () => {
    const { sim, apis, healthy } = setUp();
    const cp2 = apis.get('cp2') as FakeApi;
    cp2.healthy = false;
    sim.runUntil(sim.nowMs + 2_500);
    assert.equal(healthy().length, 3);
    sim.runUntil(sim.nowMs + 2_000);
    assert.deepEqual(healthy(), ['cp1:6443', 'cp3:6443']);
    cp2.healthy = true;
    sim.runUntil(sim.nowMs + 2_500);
    assert.equal(healthy().length, 3);
    assert.ok(sim.quiet, 'checks are background work');
  });

  it('finds out within 10 seconds that a machine is off', () => {
    const { sim, ask, client, healthy } = setUp();
    sim.powerOff('cp1');
    sim.runUntil(sim.nowMs + 10_000);
    assert.deepEqual(healthy(), ['cp2:6443', 'cp3:6443']);
    assert.equal(ask(client('kubectl')), 'cp2');
  });

  it('uses a server that comes up later, and resets calls while there is none', () => {
    const { sim, ask, client, healthy, startApi } = setUp([]);
    const one = client('kubectl');
    assert.deepEqual(healthy(), []);
    assert.equal(ask(one), 'ConnectionError: read tcp lb:6443: read: connection reset by peer');
    startApi('cp3');
    sim.runUntil(sim.nowMs + 6_000);
    assert.equal(ask(one), 'cp3');
    sim.kill('load-balancer@lb');
    assert.equal(ask(one), 'ConnectionError: dial tcp lb:6443: connect: connection refused');
  });

  it('carries streams until either side ends them', () => {
    const { sim, apis, client } = setUp();
    const kubelet = client('kubelet');
    const seen: string[] = [];
    const ended: (Status | undefined)[] = [];
    const open = () => kubelet.watch<Node>(nodes, {}, {
      onEvent: (event: WatchEvent<Node>) => seen.push(`${event.type} ${event.object.metadata.name}`),
      onEnd: (status) => ended.push(status),
    });
    const watch = open();
    sim.runUntilQuiet(1_000);
    const put = (at: string, name: string): void => {
      sim.input('user@client', 'put', () => apis.get(at)?.put(nodes, { metadata: { name } }));
      sim.runUntilQuiet(1_000);
    };
    put('cp1', 'a');
    assert.deepEqual(seen, ['ADDED a']);
    watch.cancel();
    sim.runUntilQuiet(1_000);
    put('cp1', 'b');
    assert.deepEqual(seen, ['ADDED a'], 'the server has learnt of the hang-up');
    open();
    sim.runUntilQuiet(1_000);
    sim.kill('api@cp2');
    sim.runUntilQuiet(1_000);
    assert.equal(ended[0]?.reason, 'ConnectionError');
  });

  it('carries any payload, and a client that dies takes its calls along', () => {
    const { sim } = setUp([]);
    let closed = 0;
    spawn(sim, 'raw', 'cp1', program((host) => void host.listen(6443), (call) => {
      if (call.subject.name === '/healthz') call.reply({ code: 200, body: 'ok' }, call.subject);
      else call.onClose(() => {
        closed += 1;
      });
    }));
    sim.runUntil(sim.nowMs + 6_000);
    const client: ProcessHost = spawn(sim, 'client', 'worker', program(() => undefined));
    sim.input('user@client', 'call', () => client.call(
      { to: 'lb:6443', channel: 'tcp', subject: { verb: 'open' }, payload: 'anything' }, { onResult: () => undefined },
    ));
    sim.runUntilQuiet(1_000);
    assert.equal(closed, 0);
    sim.kill(client.id);
    sim.runUntilQuiet(1_000);
    assert.equal(closed, 1);
  });
});
