/** Restarts, several managers, and that the same run is the same. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import { deployment, World } from './world';

describe('kube-controller-manager', () => {
  it('goes on where its predecessor stopped and changes nothing that is right', () => {
    const world = new World(2);
    world.create(resources.deployments, deployment('web', 3));
    world.settle();
    const before = world.list(resources.pods).map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
    world.sim.kill('kube-controller-manager@cp');
    world.patch(resources.deployments, 'web', { spec: { replicas: 4 } }, 'default');
    world.pass(10_000);
    assert.equal(world.list(resources.pods).length, 3);
    world.startManager('cp');
    world.pass(30_000);
    assert.ok(world.manager.isLeader);
    const after = world.list(resources.pods).map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
    assert.equal(after.length, 4);
    for (const pod of before) assert.ok(after.includes(pod), pod);
  });

  it('leads alone', () => {
    const world = new World(1);
    const first = world.manager;
    const second = world.startManager('node1');
    world.pass(60_000);
    assert.deepEqual([first.isLeader, second.isLeader], [true, false]);
    assert.deepEqual(second.controllers(), []);
    world.sim.kill('kube-controller-manager@cp');
    world.pass(30_000);
    assert.ok(second.isLeader);
    assert.ok(second.controllers().length >= 16);
  });

  it('does the same in every run', () => {
    const run = (): string => {
      const world = new World(2);
      world.create(resources.deployments, deployment('web', 5));
      world.settle();
      world.delete(resources.deployments, 'web', 'default');
      world.settle();
      return world.sim.trace.digest();
    };
    assert.equal(run(), run());
  });
});
