/** kindnetd: the CNI configuration of its node, and its routes to the others. */
import assert from 'node:assert/strict';
import { nodes } from '../../../src/api/resources';
import { readNetworkConfig } from '../../../src/node/cni';
import { FileTree } from '../../../src/node/filesystem';
import { Kindnetd } from '../../../src/node/kindnet';
import { Simulation } from '../../../src/sim/simulation';
import { addMachine, containerOn, FakeApi, type Sketch } from './api-parties';

const configPath = '/etc/cni/net.d/10-kindnet.conflist';

function node(name: string, address: string, podCIDRs: string[] = [], more: string[] = []): Sketch {
  const addresses = [address, ...more].map((ip) => ({ type: 'InternalIP', address: ip }));
  return { metadata: { name }, spec: { podCIDR: podCIDRs[0], podCIDRs }, status: { addresses } };
}

function setUp() {
  const sim = new Simulation(1);
  const api = new FakeApi();
  addMachine(sim, 'control-plane', '172.18.0.2');
  const network = addMachine(sim, 'worker', '172.18.0.3');
  const files = new FileTree();
  sim.spawn({ id: 'kube-apiserver@control-plane', machine: 'control-plane', program: api });
  const env = { CONTROL_PLANE_ENDPOINT: 'control-plane:6443' };
  sim.spawn({ id: 'kindnetd@worker', machine: 'worker', program: new Kindnetd(containerOn(network, { env, files })) });
  sim.runUntilQuiet(1_000);
  const put = (sketch: Sketch): void => {
    sim.input('user@client', 'put', () => api.put(nodes, sketch));
    sim.runUntilQuiet(1_000);
  };
  return { sim, api, network, files, put };
}

describe('kindnetd', () => {
  it('writes the CNI configuration once its node has a pod network', () => {
    const { files, put, network } = setUp();
    put(node('worker', '172.18.0.3'));
    assert.equal(files.exists(configPath), false);
    put(node('worker', '172.18.0.3', ['10.244.1.0/24']));
    assert.deepEqual(readNetworkConfig(files), { name: 'kindnet', subnet: '10.244.1.0/24' });
    const config = JSON.parse(files.read(configPath) ?? '') as { plugins: { type: string; ipam?: unknown }[] };
    assert.deepEqual(config.plugins.map(({ type }) => type), ['ptp', 'portmap']);
    assert.deepEqual(config.plugins[0]?.ipam, {
      type: 'host-local', dataDir: '/run/cni-ipam-state', routes: [{ dst: '0.0.0.0/0' }],
      ranges: [[{ subnet: '10.244.1.0/24' }]],
    });
    assert.deepEqual(network.routes(), [], 'its own pod network needs no route');
  });

  it('writes both families of a dual-stack node', () => {
    const { files, put } = setUp();
    put(node('worker', '172.18.0.3', ['10.244.1.0/24', 'fd00:10:244:1::/64']));
    const config = JSON.parse(files.read(configPath) ?? '') as { plugins: { ipam: Record<string, unknown> }[] };
    const ipam = config.plugins[0]?.ipam;
    assert.deepEqual(ipam?.['routes'], [{ dst: '0.0.0.0/0' }, { dst: '::/0' }]);
    assert.deepEqual(ipam['ranges'], [[{ subnet: '10.244.1.0/24' }], [{ subnet: 'fd00:10:244:1::/64' }]]);
  });

  it('keeps routes to the pod networks of the other nodes', () => {
    const { sim, api, network, put } = setUp();
    put(node('other', '172.18.0.4'));
    assert.deepEqual(network.routes(), []);
    put(node('other', '172.18.0.4', ['10.244.2.0/24', 'fd00:10:244:2::/64'], ['fc00::4']));
    assert.deepEqual(network.routes(), [
      { cidr: '10.244.2.0/24', via: '172.18.0.4' }, { cidr: 'fd00:10:244:2::/64', via: 'fc00::4' },
    ]);
    put(node('other', '172.18.0.4', ['10.244.9.0/24']));
    assert.deepEqual(network.routes(), [{ cidr: '10.244.9.0/24', via: '172.18.0.4' }]);
    network.removeRoute('10.244.9.0/24');
    sim.runUntil(sim.nowMs + 10_000);
    assert.equal(network.routes().length, 1, 'the next reconciliation mends it');
    sim.input('user@client', 'delete', () => api.remove(nodes, undefined, 'other'));
    sim.runUntil(sim.nowMs + 20_000);
    assert.deepEqual(network.routes(), []);
  });
});
