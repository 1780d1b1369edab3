/** ResourceQuota and PodDisruptionBudget as a user meets them: counted by the controllers, guarded by admission. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import type { ResourceQuota } from '../../../src/api/types';
import { deployment, World } from './world';

const ns = 'default';

function quota(name: string, hard: Record<string, string>, spec: object = {}): object {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: ns }, spec: { hard, ...spec } };
}

function usage(world: World, name: string): ResourceQuota['status'] {
  return world.get(resources.resourceQuotas, name, ns).status;
}

describe('resourcequota-controller', () => {
  it('counts, refuses what is too much, and gives back what is deleted', () => {
    const world = new World(1);
    world.create(resources.resourceQuotas, quota('q', { pods: '2', 'count/deployments.apps': '1', configmaps: '5' }));
    world.settle();
    assert.deepEqual(usage(world, 'q'), {
      hard: { configmaps: '5', 'count/deployments.apps': '1', pods: '2' },
      used: { configmaps: '1', 'count/deployments.apps': '0', pods: '0' },
    });
    world.create(resources.deployments, deployment('web', 3));
    world.settle();
    assert.equal(world.list(resources.pods, ns).length, 2);
    const [set] = world.list(resources.replicaSets, ns);
    const failure = set?.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    assert.match(failure?.message ?? '', /^pods "web-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/);
    assert.equal(usage(world, 'q').used?.['pods'], '2');
    world.delete(resources.deployments, 'web', ns);
    world.settle();
    assert.deepEqual(usage(world, 'q').used, { configmaps: '1', 'count/deployments.apps': '0', pods: '0' });
  });

  it('follows a change of the limits', () => {
    const world = new World(1);
    world.create(resources.resourceQuotas, quota('q', { secrets: '1' }));
    world.settle();
    world.patch(resources.resourceQuotas, 'q', { spec: { hard: { secrets: '4', services: '3' } } }, ns);
    world.settle();
    assert.deepEqual(usage(world, 'q'), { hard: { secrets: '4', services: '3' }, used: { secrets: '0', services: '1' } });
  });
});
