/** CoreDNS: its records, its start without the API, its health checks and its end. */
import assert from 'node:assert/strict';
import { endpointSlices, namespaces, services } from '../../../src/api/resources';
import { corednsProgram } from '../../../src/node/coredns/coredns';
import { FileTree } from '../../../src/node/filesystem';
import { Simulation } from '../../../src/sim/simulation';
import { program, spawn } from '../sim/parties';
import { addMachine, ask, containerOn, FakeApi, get, type Sketch } from './api-parties';

const podIP = '10.244.0.2';

function service(name: string, spec: Record<string, unknown>): Sketch {
  return { metadata: { namespace: 'default', name }, spec };
}

function clusterService(name: string, ...clusterIPs: string[]): Sketch {
  return service(name, { clusterIP: clusterIPs[0], clusterIPs, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] });
}

const headlessSlice: Sketch = {
  metadata: { namespace: 'default', name: 'db-a', labels: { 'kubernetes.io/service-name': 'db' } },
  addressType: 'IPv4',
  ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }, { name: 'metrics', port: 9187, protocol: 'TCP' }],
  endpoints: [
    { addresses: ['10.244.1.2'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.1.3'], conditions: { ready: true } },
    { addresses: ['10.244.1.4'], hostname: 'db-2', conditions: { ready: false } },
  ],
};

function setUp(options: { withApi?: boolean; env?: Record<string, string>; corefile?: string } = {}) {
  const sim = new Simulation(3);
  const api = new FakeApi();
  addMachine(sim, 'control-plane', '172.18.0.2');
  const network = addMachine(sim, 'worker', '172.18.0.3');
  network.addPodAddress(podIP);
  api.put(namespaces, { metadata: { name: 'default' } });
  api.put(services, clusterService('kubernetes', '10.96.0.1'));
  api.put(services, clusterService('dual', '10.96.0.9', 'fd00::9'));
  api.put(services, service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }));
  api.put(services, service('out', { type: 'ExternalName', externalName: 'example.com' }));
  api.put(services, service('in', { type: 'ExternalName', externalName: 'kubernetes.default.svc.cluster.local' }));
  api.put(services, service('loop', { type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' }));
  api.put(endpointSlices, headlessSlice);
  const startApi = () => sim.spawn({ id: 'kube-apiserver@control-plane', machine: 'control-plane', program: api });
  if (options.withApi !== false) startApi();
  const lines: string[] = [];
  const env = options.env ?? { KUBERNETES_SERVICE_HOST: '172.18.0.2', KUBERNETES_SERVICE_PORT: '6443' };
  const files = new FileTree(options.corefile === undefined ? {} : { '/etc/coredns/Corefile': options.corefile });
  const coredns = corednsProgram(containerOn(network, { env, lines, files }));
  const exits: number[] = [];
  const onExit = (code: number): void => void exits.push(code);
  sim.spawn({ id: 'coredns@worker', machine: 'worker', address: podIP, program: coredns, onExit });
  const client = spawn(sim, 'client', 'worker', program(() => undefined));
  if (options.withApi !== false) sim.runUntilQuiet(1_000);
  const resolve = (name: string, type = 'A'): unknown => ask(sim, client, `${podIP}:53`, 'dns', { name, type });
  return { sim, api, client, lines, exits, resolve, startApi };
}

describe('CoreDNS', () => {
  const nxdomain = { error: 'NXDOMAIN' };
  const cases: readonly [name: string, answer: unknown, type?: string][] = [
    ['kubernetes.default.svc.cluster.local', { addresses: ['10.96.0.1'] }],
    ['Kubernetes.Default.svc.cluster.LOCAL.', { addresses: ['10.96.0.1'] }],
    ['kubernetes.default.svc.cluster.local', { addresses: [] }, 'AAAA'],
    ['dual.default.svc.cluster.local', { addresses: ['10.96.0.9'] }],
    ['dual.default.svc.cluster.local', { addresses: ['fd00::9'] }, 'AAAA'],
    ['_http._tcp.dual.default.svc.cluster.local', { addresses: ['10.96.0.9'] }],
    ['_smtp._tcp.dual.default.svc.cluster.local', nxdomain],
    ['db-0.db.default.svc.cluster.local', { addresses: ['10.244.1.2'] }],
    ['10-244-1-3.db.default.svc.cluster.local', { addresses: ['10.244.1.3'] }],
    ['db-2.db.default.svc.cluster.local', nxdomain],
    ['a.b.c.db.default.svc.cluster.local', nxdomain],
    ['out.default.svc.cluster.local', { addresses: [], cname: 'example.com' }],
    ['in.default.svc.cluster.local', { addresses: ['10.96.0.1'], cname: 'kubernetes.default.svc.cluster.local' }],
    ['loop.default.svc.cluster.local', { addresses: [], cname: 'loop.default.svc.cluster.local' }],
    ['10-244-1-3.default.pod.cluster.local', { addresses: ['10.244.1.3'] }],
    ['10-244-1-3.nowhere.pod.cluster.local', nxdomain],
    ['web.default.pod.cluster.local', nxdomain],
    ['default.svc.cluster.local', { addresses: [] }],
    ['nowhere.svc.cluster.local', nxdomain],
    ['missing.default.svc.cluster.local', nxdomain],
    ['kubernetes.default', nxdomain],
    ['cluster.local', { addresses: [] }],
    ['example.com', nxdomain],
  ];

  it('answers for the zone of the cluster', () => {
    const { resolve } = setUp();
    for (const [name, answer, type] of cases) assert.deepEqual(resolve(name, type), answer, `${name} ${type ?? 'A'}`);
  });

  it('gives the ready pods of a headless service, once each and in changing order', () => {
    const { resolve, api, sim } = setUp();
    const orders = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      orders.add((resolve('db.default.svc.cluster.local') as { addresses: string[] }).addresses.join());
    }
    assert.deepEqual([...orders].sort(), ['10.244.1.2,10.244.1.3', '10.244.1.3,10.244.1.2']);
    sim.input('user@client', 'scale', () => api.put(endpointSlices, { ...headlessSlice, endpoints: [] }));
    sim.runUntilQuiet(1_000);
    assert.deepEqual(resolve('db.default.svc.cluster.local'), nxdomain);
  });

  it('takes its zone from the Corefile', () => {
    const { resolve } = setUp({ corefile: '.:53 {\n    kubernetes example.org in-addr.arpa {\n    }\n}\n' });
    assert.deepEqual(resolve('kubernetes.default.svc.example.org'), { addresses: ['10.96.0.1'] });
    assert.deepEqual(resolve('kubernetes.default.svc.cluster.local'), nxdomain);
  });

  it('is alive, but neither ready nor able to answer until it has reached the API', () => {
    const { sim, client, resolve, lines, startApi } = setUp({ withApi: false });
    sim.runUntil(1_000);
    assert.equal(resolve('kubernetes.default.svc.cluster.local'), 'refused');
    assert.deepEqual(get(sim, client, `${podIP}:8080`, '/health'), { code: 200, body: 'OK' });
    assert.deepEqual(get(sim, client, `${podIP}:8181`, '/ready'), { code: 503, body: 'kubernetes' });
    sim.runUntil(6_000);
    assert.deepEqual(resolve('kubernetes.default.svc.cluster.local'), { error: 'SERVFAIL' });
    assert.equal(lines[0], '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API');
    startApi();
    sim.runUntil(40_000);
    assert.deepEqual(get(sim, client, `${podIP}:8181`, '/ready'), { code: 200, body: 'OK' });
    assert.deepEqual(resolve('kubernetes.default.svc.cluster.local'), { addresses: ['10.96.0.1'] });
  });

  it('ends 5 seconds after SIGTERM and serves until then', () => {
    const { sim, client, resolve, exits } = setUp();
    const before = sim.nowMs;
    sim.terminate('coredns@worker');
    assert.deepEqual(get(sim, client, `${podIP}:8181`, '/ready'), { code: 503, body: 'Shutting down' });
    assert.deepEqual(resolve('kubernetes.default.svc.cluster.local'), { addresses: ['10.96.0.1'] });
    sim.runUntilTrue(() => exits.length > 0, 10_000);
    assert.deepEqual([exits, sim.nowMs - before], [[0], 5_000]);
  });

  it('does not start without the address of the API', () => {
    const { lines, exits } = setUp({ env: {} });
    assert.deepEqual(exits, [1]);
    assert.match(lines[0] ?? '', /unable to load in-cluster configuration/);
  });
});
