/** What there was before Deployments and EndpointSlices: ReplicationControllers and Endpoints. */
import assert from 'node:assert/strict';
import { memberOf, subsetsOf, truncated } from '../../../src/controllers/endpoints/subsets';
import * as resources from '../../../src/api/resources';
import type { Pod, Service } from '../../../src/api/types';
import { deployment, World } from './world';

const ns = 'default';

function service(name: string, more: object = {}): object {
  return {
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: ns, labels: { tier: 'front' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...more },
  };
}

describe('replication-controller', () => {
  it('keeps as many pods as it is asked for and reports them', () => {
    const world = new World(1);
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    world.create(resources.replicationControllers, {
      apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc', namespace: ns },
      spec: { replicas: 3, selector: { app: 'web' }, template },
    });
    world.settle();
    const owners = world.list(resources.pods, ns).map(({ metadata }) => metadata.ownerReferences?.[0]);
    assert.deepEqual(owners.map((owner) => [owner?.apiVersion, owner?.kind, owner?.name]),
      Array<unknown>(3).fill(['v1', 'ReplicationController', 'rc']));
    assert.deepEqual(world.get(resources.replicationControllers, 'rc', ns).status, {
      replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1,
    });
    world.patch(resources.replicationControllers, 'rc', { spec: { replicas: 1 } }, ns);
    world.settle();
    assert.equal(world.list(resources.pods, ns).length, 1);
    world.delete(resources.replicationControllers, 'rc', ns, { propagationPolicy: 'Background' });
    world.settle();
    assert.equal(world.list(resources.pods, ns).length, 0);
  });
});

describe('endpoints-controller', () => {
  it('follows the pods of a Service', () => {
    const world = new World(1);
    world.create(resources.services, service('web'));
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    const { metadata, subsets } = world.get(resources.endpoints, 'web', ns);
    assert.deepEqual(metadata.labels, { tier: 'front', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
    assert.equal(subsets?.length, 1);
    assert.deepEqual(subsets?.[0]?.ports, [{ port: 8080, protocol: 'TCP' }]);
    const ips = world.list(resources.pods, ns).map(({ status }) => status.podIP).sort();
    assert.deepEqual(subsets?.[0]?.addresses?.map(({ ip }) => ip), ips);
    assert.deepEqual(subsets?.[0]?.addresses?.[0]?.targetRef?.kind, 'Pod');
    world.patch(resources.deployments, 'web', { spec: { replicas: 0 } }, ns);
    world.settle();
    assert.equal(world.get(resources.endpoints, 'web', ns).subsets, undefined);
    world.delete(resources.services, 'web', ns);
    world.settle();
    assert.deepEqual(world.list(resources.endpoints, ns).map((each) => each.metadata.name), ['kubernetes']);
  });

  it('tells ready pods from others, and stops at a thousand', () => {
    const pods = Array.from({ length: 1_200 }, (_, i) => ({
      metadata: { namespace: ns, name: `p${i}`, uid: `u${i}` }, spec: { containers: [] },
      status: { phase: 'Running', podIP: `10.0.${i >> 8}.${i & 255}`,
        conditions: [{ type: 'Ready', status: i % 3 === 0 ? 'False' : 'True' }] },
    })) as unknown as readonly Pod[];
    const subsets = subsetsOf(pods.flatMap((pod) => memberOf(service('web') as Service, pod) ?? []));
    const sizes = (list: typeof subsets): unknown =>
      list.map(({ addresses, notReadyAddresses }) => [addresses?.length, notReadyAddresses?.length]);
    assert.deepEqual(sizes(subsets), [[800, 400]]);
    assert.deepEqual(sizes(truncated(subsets)), [[800, 200]]);
    assert.equal(truncated(subsets.slice(0, 0)).length, 0);
  });
});
