/** PodDisruptionBudgets: what the controller works out, and the evictions that it allows and forbids. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import type { PodDisruptionBudget, Status } from '../../../src/api/types';
import type { ApiResult } from '../../../src/client/api-client';
import { deployment, World } from './world';

const ns = 'default';

function budget(name: string, spec: object): object {
  return {
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace: ns },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  };
}

function numbers(world: World): (number | undefined)[] {
  const { status } = world.get(resources.podDisruptionBudgets, 'b', ns);
  return [status.currentHealthy, status.desiredHealthy, status.expectedPods, status.disruptionsAllowed];
}

function evict(world: World, name: string): string {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: ns } };
  const answer = world.ask(function* (client) {
    const result: ApiResult<Status> = yield* client.post(resources.pods, { namespace: ns, name, subresource: 'eviction' }, body);
    return { ok: true, value: result.ok ? 'evicted' : `${result.status.code} ${result.status.message}` };
  });
  return answer;
}

describe('disruption-controller', () => {
  for (const [spec, expected] of [
    [{ minAvailable: 2 }, [4, 2, 4, 2]],
    [{ minAvailable: '60%' }, [4, 3, 4, 1]],
    [{ maxUnavailable: 1 }, [4, 3, 4, 1]],
    [{ maxUnavailable: '30%' }, [4, 2, 4, 2]],
    [{ minAvailable: 5 }, [4, 5, 4, 0]],
  ] as const) {
    it(`works out ${JSON.stringify(spec)}`, () => {
      const world = new World(1);
      world.create(resources.deployments, deployment('web', 4));
      world.create(resources.podDisruptionBudgets, budget('b', spec));
      world.settle();
      assert.deepEqual(numbers(world), expected);
    });
  }

  it('lets evictions wait for replacements', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 3));
    world.create<PodDisruptionBudget>(resources.podDisruptionBudgets, budget('b', { minAvailable: 2 }));
    world.settle();
    const { conditions } = world.get(resources.podDisruptionBudgets, 'b', ns).status;
    assert.deepEqual(conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [['DisruptionAllowed', 'True', 'SufficientPods']]);
    const [first, second] = world.list(resources.pods, ns).map(({ metadata }) => metadata.name);
    const hold = world.kubelets[0];
    if (hold) hold.hold = () => true;
    assert.equal(evict(world, first ?? ''), 'evicted');
    world.settle();
    assert.equal(evict(world, second ?? ''),
      "429 Cannot evict pod as it would violate the pod's disruption budget.");
    assert.deepEqual(numbers(world), [2, 2, 3, 0]);
  });

  it('says when nobody wants the pods', () => {
    const world = new World(1);
    world.create(resources.podDisruptionBudgets, budget('b', { maxUnavailable: 1 }));
    world.settle();
    assert.deepEqual(numbers(world), [0, 0, 0, 0]);
    assert.deepEqual(world.events('b'), ['NoPods: No matching pods found']);
  });
});
