/** kube-proxy: the rules it keeps, what they lead to, and what becomes of them when it ends. */
import assert from 'node:assert/strict';
import { endpointSlices, nodes, services } from '../../../src/api/resources';
import { KubeProxies } from '../../../src/node/kube-proxy/kube-proxy';
import type { ProcessHost } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';
import { program, spawn } from '../sim/parties';
import { addMachine, containerOn, FakeApi, get, type Sketch } from './api-parties';

interface EndpointSketch {
  ip: string;
  node?: string;
  ready?: boolean;
  serving?: boolean;
  terminating?: boolean;
}

function service(name: string, clusterIP: string, spec: Record<string, unknown> = {}): Sketch {
  const ports = [{ port: 80, protocol: 'TCP', targetPort: 8080 }];
  const metadata = { namespace: 'default', name };
  return { metadata, spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports, ...spec } };
}

function slice(name: string, of: string, endpoints: EndpointSketch[], port = 8080): Sketch {
  return {
    metadata: { namespace: 'default', name, labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    ports: [{ name: '', port, protocol: 'TCP' }],
    endpoints: endpoints.map(({ ip, node, ready = true, serving, terminating }) => ({
      addresses: [ip], nodeName: node, conditions: { ready, serving, terminating },
    })),
  };
}

function setUp(...objects: [Parameters<FakeApi['put']>[0], Sketch][]) {
  const sim = new Simulation(7);
  const api = new FakeApi();
  addMachine(sim, 'control-plane', '172.18.0.2');
  const network = addMachine(sim, 'worker', '172.18.0.3');
  for (const [type, sketch] of objects) api.put(type, sketch);
  sim.spawn({ id: 'kube-apiserver@control-plane', machine: 'control-plane', program: api });
  const proxies = new KubeProxies({ server: 'control-plane:6443', mode: 'iptables' });
  const start = (): void => {
    sim.spawn({ id: 'kube-proxy@worker', machine: 'worker', program: proxies.program(containerOn(network)) });
  };
  start();
  sim.runUntilQuiet(10_000);
  /** Where so many dials lead, sorted and without repetition. */
  const dial = (address: string, times = 40, source?: string): string[] => {
    const [ip = '', port] = address.split(':');
    const found = new Set<string>();
    for (let i = 0; i < times; i += 1) {
      const to = network.translate(ip, Number(port), source);
      if (typeof to !== 'object') found.add(to ?? 'no rule');
      else found.add(to.ip === '0.0.0.0' ? 'drop' : `${to.ip}:${to.port}`);
    }
    return [...found].sort();
  };
  const change = (run: () => void): void => {
    sim.input('user@client', 'change', run);
    sim.runUntilQuiet(10_000);
  };
  return { sim, api, network, proxies, start, dial, change };
}

describe('kube-proxy', () => {
  it('leads the addresses of a service to its endpoints', () => {
    const web = service('web', '10.96.0.7', {
      type: 'LoadBalancer', externalIPs: ['192.0.2.1'], ports: [{ port: 80, nodePort: 30080 }],
    });
    const { dial } = setUp(
      [services, { ...web, status: { loadBalancer: { ingress: [{ ip: '172.18.0.200', ipMode: 'VIP' }] } } }],
      [endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.2' }, { ip: '10.244.1.3', ready: false }])],
      [endpointSlices, slice('web-b', 'web', [{ ip: '10.244.2.2' }])],
    );
    const both = ['10.244.1.2:8080', '10.244.2.2:8080'];
    for (const address of ['10.96.0.7:80', '192.0.2.1:80', '172.18.0.200:80', '172.18.0.3:30080', 'worker:30080']) {
      assert.deepEqual(dial(address), both, address);
    }
    assert.deepEqual(dial('10.96.0.7:81'), ['no rule']);
    assert.deepEqual(dial('172.18.0.2:30080'), ['no rule'], 'another node decides for itself');
  });

  it('refuses when there is no endpoint, and has no rules for headless services', () => {
    const { sim, dial, api, change, network } = setUp(
      [services, service('web', '10.96.0.7')], [services, service('db', 'None')],
      [endpointSlices, slice('db-a', 'db', [{ ip: '10.244.1.9' }])],
    );
    assert.deepEqual(dial('10.96.0.7:80'), ['reject']);
    const client = spawn(sim, 'client', 'worker', program(() => undefined));
    assert.equal(get(sim, client, '10.96.0.7:80', '/'), 'refused');
    change(() => api.put(endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.2' }])));
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.2:8080']);
    const web = spawn(sim, 'web', 'worker', program((host: ProcessHost) => void host.listen(1), (call) =>
      call.reply({ code: 200, body: call.port }, call.subject)));
    network.addPodAddress('10.244.1.2');
    sim.network.listen('worker', '10.244.1.2', 8080, web.id);
    assert.deepEqual(get(sim, client, '10.96.0.7:80', '/'), { code: 200, body: '8080' });
    change(() => api.remove(services, 'default', 'web'));
    assert.deepEqual(dial('10.96.0.7:80'), ['no rule']);
  });

  it('falls back to endpoints that still serve while they terminate', () => {
    const leaving = { ready: false, serving: true, terminating: true };
    const endpoints = [{ ip: '10.244.1.2', ...leaving }, { ip: '10.244.1.3', ...leaving, serving: false }];
    const { dial, api, change } = setUp(
      [services, service('web', '10.96.0.7')], [endpointSlices, slice('web-a', 'web', endpoints)],
    );
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.2:8080']);
    change(() => api.put(endpointSlices, slice('web-b', 'web', [{ ip: '10.244.1.4' }])));
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.4:8080']);
  });

  it('keeps to the node with a Local policy', () => {
    const ports = [{ port: 80, nodePort: 30080 }];
    const endpoints = [{ ip: '10.244.1.2', node: 'worker' }, { ip: '10.244.2.2', node: 'other' }];
    const { dial, api, change } = setUp(
      [nodes, { metadata: { name: 'worker' }, spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } }],
      [services, service('in', '10.96.0.7', { internalTrafficPolicy: 'Local' })],
      [endpointSlices, slice('in-a', 'in', endpoints)],
      [services, service('out', '10.96.0.8', { type: 'NodePort', externalTrafficPolicy: 'Local', ports })],
      [endpointSlices, slice('out-a', 'out', [{ ip: '10.244.2.3', node: 'other' }])],
    );
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.2:8080']);
    change(() => api.put(endpointSlices, slice('in-a', 'in', [{ ip: '10.244.2.2', node: 'other' }])));
    assert.deepEqual(dial('10.96.0.7:80'), ['drop']);
    assert.deepEqual(dial('172.18.0.3:30080', 1, '172.18.0.9'), ['drop'], 'from outside');
    for (const own of ['172.18.0.3', '10.244.1.77', undefined]) {
      assert.deepEqual(dial('172.18.0.3:30080', 1, own), ['10.244.2.3:8080'], `from ${own}`);
    }
  });

  it('keeps a client at its endpoint with session affinity, until the time is over or the endpoint is gone', () => {
    const endpoints = Array.from({ length: 20 }, (_, i) => ({ ip: `10.244.1.${i + 2}` }));
    const affinity = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };
    const { sim, dial, api, change } = setUp(
      [services, service('web', '10.96.0.7', affinity)], [endpointSlices, slice('web-a', 'web', endpoints)],
    );
    const first = dial('10.96.0.7:80', 20, '10.244.1.99');
    assert.equal(first.length, 1);
    assert.notDeepEqual(dial('10.96.0.7:80', 1, '10.244.1.98'), first);
    sim.runUntil(sim.nowMs + 59_000);
    assert.deepEqual(dial('10.96.0.7:80', 1, '10.244.1.99'), first, 'each packet renews it');
    const rest = endpoints.filter(({ ip }) => `${ip}:8080` !== first[0]);
    change(() => api.put(endpointSlices, slice('web-a', 'web', rest)));
    const second = dial('10.96.0.7:80', 20, '10.244.1.99');
    assert.equal(second.length, 1);
    assert.notDeepEqual(second, first);
    sim.runUntil(sim.nowMs + 60_000);
    assert.notDeepEqual(dial('10.96.0.7:80', 1, '10.244.1.99'), second);
  });

  it('writes the rules of the services that changed, at most once a second', () => {
    const { sim, dial, api } = setUp([services, service('web', '10.96.0.7')], [services, service('api', '10.96.0.8')]);
    sim.runUntil(20_000);
    sim.input('user@client', 'first', () => api.put(endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.2' }])));
    sim.runUntil(20_001);
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.2:8080'], 'the first change at once');
    sim.input('user@client', 'second', () => api.put(endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.3' }])));
    sim.runUntil(20_900);
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.2:8080']);
    assert.equal(sim.quiet, false, 'a change that waits is not done');
    sim.runUntilQuiet(5_000);
    assert.equal(sim.nowMs, 21_001);
    assert.deepEqual(dial('10.96.0.7:80'), ['10.244.1.3:8080']);
  });

  it('leaves its rules behind, and the next run cleans up', () => {
    const { sim, dial, api, start, proxies, network } = setUp(
      [services, service('web', '10.96.0.7')], [endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.2' }])],
      [services, service('old', '10.96.0.8')],
    );
    let code: number | undefined;
    sim.trace.onHop((hop) => {
      if (hop.kind === 'stopped') code = hop.exitCode;
    });
    sim.terminate('kube-proxy@worker');
    assert.equal(code, 2);
    sim.input('user@client', 'change', () => {
      api.put(endpointSlices, slice('web-a', 'web', [{ ip: '10.244.1.3' }]));
      api.remove(services, 'default', 'old');
    });
    sim.runUntil(sim.nowMs + 5_000);
    assert.deepEqual([dial('10.96.0.7:80'), dial('10.96.0.8:80')], [['10.244.1.2:8080'], ['reject']]);
    start();
    assert.equal(proxies.rules(network).length, 2);
    sim.runUntilQuiet(5_000);
    assert.deepEqual([dial('10.96.0.7:80'), dial('10.96.0.8:80')], [['10.244.1.3:8080'], ['no rule']]);
  });

  it('shows its rules in the order in which they match', () => {
    const ports = [{ name: 'http', port: 80, nodePort: 30080 }];
    const { proxies, network } = setUp(
      [services, service('web', '10.96.0.7', { type: 'NodePort', ports })],
      [services, service('api', '10.96.0.8')],
      [endpointSlices, slice('api-a', 'api', [{ ip: '10.244.1.3' }, { ip: '10.244.1.2' }])],
    );
    const shown = proxies.rules(network).map(({ servicePort, kind, ip, port, action, backends }) =>
      `${servicePort} ${kind} ${ip}:${port} ${action} ${backends.map((backend) => backend.ip).join()}`);
    assert.deepEqual(shown, [
      'default/api clusterIP 10.96.0.8:80 DNAT 10.244.1.2,10.244.1.3',
      'default/web:http clusterIP 10.96.0.7:80 REJECT ',
      'default/web:http nodePort :30080 REJECT ',
    ]);
  });

  it('answers health checks and says that it has started', () => {
    const { sim, api } = setUp([nodes, { metadata: { name: 'worker' }, spec: {} }]);
    const probe = spawn(sim, 'probe', 'worker', program(() => undefined));
    const time = '1970-01-01 00:00:00 +0000 UTC';
    assert.deepEqual(get(sim, probe, 'worker:10256', '/healthz'), {
      code: 200, body: `{"lastUpdated": "${time}","currentTime": "${time}", "nodeEligible": true}`,
    });
    assert.deepEqual(get(sim, probe, '127.0.0.1:10249', '/proxyMode'), { code: 200, body: 'iptables' });
    const [event] = api.created as { reason: string; involvedObject: unknown; metadata: { namespace: string } }[];
    assert.equal(event?.reason, 'Starting');
    assert.deepEqual(event.involvedObject, { kind: 'Node', name: 'worker', uid: 'worker' });
    const tainted = { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] };
    sim.input('user@client', 'taint', () => api.put(nodes, { metadata: { name: 'worker' }, spec: tainted }));
    sim.runUntilQuiet(1_000);
    assert.equal((get(sim, probe, 'worker:10256', '/healthz') as { code: number }).code, 503);
  });

  it('does no work per endpoint until somebody dials', () => {
    const endpoints = Array.from({ length: 1_000 }, (_, i) => ({ ip: `10.244.${i >> 8}.${i & 255}` }));
    const { proxies, network, api, change } = setUp([services, service('web', '10.96.0.7')]);
    let read = 0;
    const watched = slice('web-a', 'web', endpoints);
    const counted = new Proxy(watched['endpoints'] as object, { get: (target, key) => {
      read += 1;
      return Reflect.get(target, key);
    } });
    change(() => api.put(endpointSlices, { ...watched, endpoints: counted }));
    assert.equal(read, 0);
    assert.equal(proxies.rules(network)[0]?.backends.length, 1_000);
  });
});
