/** What the controllers give to every cluster: accounts, certificates, address ranges, taints. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import { World } from './world';

describe('controller manager in a fresh cluster', () => {
  const world = new World(2);

  it('leads and runs its controllers', () => {
    assert.ok(world.manager.isLeader);
    const names = world.manager.controllers().map(({ name }) => name);
    assert.ok(names.length >= 16 && new Set(names).size === names.length, names.join());
    assert.deepEqual(world.manager.controllers().filter(({ depth }) => depth > 0), []);
  });

  it('gives each namespace an account and the CA certificate', () => {
    const namespaces = world.list(resources.namespaces).map(({ metadata }) => metadata.name);
    for (const namespace of namespaces) {
      world.get(resources.serviceAccounts, 'default', namespace);
      const { data, metadata } = world.get(resources.configMaps, 'kube-root-ca.crt', namespace);
      assert.deepEqual(data, { 'ca.crt': 'PEM' });
      assert.match(metadata.annotations?.['kubernetes.io/description'] ?? '', /^Contains a CA bundle/);
    }
  });

  it('acts under its controllers own accounts', () => {
    const names = world.list(resources.serviceAccounts, 'kube-system').map(({ metadata }) => metadata.name);
    assert.ok(names.includes('deployment-controller') && names.includes('generic-garbage-collector'), names.join());
  });

  it('gives nodes address ranges in order, and takes the taint off those that are ready', () => {
    const nodes = world.list(resources.nodes);
    assert.deepEqual(nodes.map(({ spec }) => spec.podCIDR), ['10.244.0.0/24', '10.244.1.0/24']);
    assert.deepEqual(nodes.map(({ spec }) => spec.taints), [undefined, undefined]);
    assert.equal(nodes[0]?.metadata.annotations?.['node.alpha.kubernetes.io/ttl'], '0');
    assert.ok(world.events('node1').includes('RegisteredNode: Node node1 event: Registered Node node1 in Controller'));
  });

  it('refuses itself nothing', () => {
    const refused = world.sim.trace.slice(0).filter((hop) => hop.kind === 'response' && hop.subject.code === 403);
    assert.deepEqual(refused, []);
  });
});
