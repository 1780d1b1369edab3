/** The pure parts: hashes, percentages, rollout arithmetic, ranking, slices, address pools, health, tolerations. */
import assert from 'node:assert/strict';
import type { Deployment, Endpoint, EndpointSlice, Node, Pod, ReplicaSet, Service } from '../../../src/api/types';
import {
  maxSurge, maxUnavailable, newSetReplicas, proportionalSizes,
} from '../../../src/controllers/deployment/strategy';
import { replicaSetName } from '../../../src/controllers/deployment/replica-set-writes';
import { PortGroup, portsKey, reconcileSlices } from '../../../src/controllers/endpointslice/slices';
import { CidrPool } from '../../../src/controllers/node-ipam';
import { isOverdue, observeHealth, silentStatus } from '../../../src/controllers/nodelifecycle/health';
import { endurance } from '../../../src/controllers/nodelifecycle/taint-eviction';
import { zoneState } from '../../../src/controllers/nodelifecycle/zones';
import { Expectations } from '../../../src/controllers/expectations';
import { podsToDelete } from '../../../src/controllers/replicaset/ranking';
import { scaledValue } from '../../../src/controllers/scaled-value';
import { slowStart } from '../../../src/controllers/slow-start';
import { canonicalText, safeEncode, templateHash } from '../../../src/controllers/template-hash';
import { runTask, type Task } from '../../../src/sim/task';

const nowMs = Date.parse('2026-01-02T03:04:05Z');

function at(secondsAgo: number): string {
  return new Date(nowMs - secondsAgo * 1000).toISOString().replace('.000', '');
}

function make<T>(object: object): T {
  return object as T;
}

describe('template hash', () => {
  it('depends on the content alone, not on the order of keys or on absent fields', () => {
    const a = { metadata: { labels: { x: '1', y: '2' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const containers = [{ image: 'i', name: 'c', args: undefined }];
    const b = { spec: { containers }, metadata: { labels: { y: '2', x: '1' } } };
    assert.equal(templateHash(a, undefined), templateHash(b, undefined));
    assert.notEqual(templateHash(a, undefined), templateHash(a, 1));
    assert.equal(canonicalText({ b: [1, 'x'], a: null }), '{"a":null,"b":[1,"x"]}');
  });

  it('is encoded in the alphabet of names, as rand.SafeEncodeString does', () => {
    assert.equal(safeEncode('0123456789'), '456789bcdf');
    assert.match(safeEncode('3141592653'), /^[456789bcdf]{10}$/);
  });

  it('keeps names of ReplicaSets within a label', () => {
    assert.equal(replicaSetName('web', 'abc'), 'web-abc');
    assert.equal(replicaSetName('w'.repeat(80), '6d4bcb7f99').length, 63);
  });
});

describe('rollout arithmetic', () => {
  it('rounds percentages up or down', () => {
    assert.equal(scaledValue('25%', 10, 'up'), 3);
    assert.equal(scaledValue('25%', 10, 'down'), 2);
    assert.equal(scaledValue('7%', 100, 'up'), 7);
    assert.equal(scaledValue(4, 10, 'up'), 4);
  });

  function rolling(replicas: number, surge: number | string, unavailable: number | string): Deployment {
    const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable };
    return make<Deployment>({ spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } }, status: {} });
  }

  function set(name: string, replicas: number, max?: number): ReplicaSet {
    const annotations = max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) };
    return make<ReplicaSet>({ metadata: { name, annotations }, spec: { replicas }, status: {} });
  }

  const limits: readonly (readonly [number, number | string, number | string, number, number])[] = [
    // replicas, maxSurge, maxUnavailable: pods more, pods fewer
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [3, 0, '10%', 0, 1],
    [2, 0, 5, 0, 2],
    [0, '25%', '25%', 0, 0],
  ];
  for (const [replicas, surge, unavailable, more, fewer] of limits) {
    it(`allows ${more} more and ${fewer} fewer of ${replicas} with ${surge} and ${unavailable}`, () => {
      const deployment = rolling(replicas, surge, unavailable);
      assert.deepEqual([maxSurge(deployment), maxUnavailable(deployment)], [more, fewer]);
    });
  }

  it('lets the new ReplicaSet grow into what room there is', () => {
    const deployment = rolling(10, 3, 2);
    assert.equal(newSetReplicas(deployment, [set('old', 10)], 0), 3);
    assert.equal(newSetReplicas(deployment, [set('old', 8), set('new', 3)], 3), 5);
    assert.equal(newSetReplicas(deployment, [set('old', 13)], 0), 0);
    assert.equal(newSetReplicas(deployment, [set('new', 9)], 9), 10);
  });

  it('shares a change of size out in proportion, the rest to the largest', () => {
    const sizes = (wanted: number, sets: readonly ReplicaSet[]): number[] => (
      [...proportionalSizes(rolling(wanted, 3, 2), sets).values()]);
    assert.deepEqual(sizes(15, [set('a', 8, 13), set('b', 5, 13)]), [11, 7]);
    assert.deepEqual(sizes(5, [set('a', 8, 13), set('b', 5, 13)]), [5, 3]);
    assert.deepEqual(sizes(0, [set('a', 8, 13), set('b', 5, 13)]), [0, 0]);
    assert.deepEqual(sizes(10, [set('a', 8, 13), set('b', 5, 13)]), [8, 5]);
  });
});

describe('ranking of pods to delete', () => {
  function pod(name: string, more: {
    node?: string; phase?: string; readyFor?: number; age?: number; cost?: string; restarts?: number;
  } = {}): Pod {
    const { node = 'n', phase = 'Running', readyFor, age = 1000, cost, restarts = 0 } = more;
    const ready = readyFor === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: at(readyFor) }];
    return make<Pod>({
      metadata: {
        name, uid: name, creationTimestamp: at(age),
        ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      },
      spec: { nodeName: node },
      status: { phase, conditions: ready, containerStatuses: [{ restartCount: restarts }] },
    });
  }

  const rounds: readonly (readonly [string, Pod, Pod])[] = [
    ['unassigned before assigned', pod('x', { node: '' }), pod('a', { phase: 'Pending' })],
    ['pending before running', pod('x', { phase: 'Pending' }), pod('a')],
    ['unready before ready', pod('x'), pod('a', { readyFor: 10 })],
    ['cheap before dear', pod('x', { readyFor: 900, cost: '-1' }), pod('a', { readyFor: 10 })],
    ['ready for a shorter time', pod('x', { readyFor: 10 }), pod('a', { readyFor: 900 })],
    ['more restarts', pod('x', { readyFor: 10, restarts: 3 }), pod('a', { readyFor: 10 })],
    ['younger', pod('x', { age: 10 }), pod('a', { age: 900 })],
    ['by uid where the age is alike', pod('a', { age: 900 }), pod('x', { age: 800 })],
  ];
  for (const [rule, first, second] of rounds) {
    it(rule, () => {
      assert.deepEqual(podsToDelete([second, first], [], 1, nowMs), [first]);
    });
  }

  it('crowded nodes first', () => {
    const pods = [pod('a', { node: 'alone', readyFor: 10 }), pod('x', { node: 'full', readyFor: 900 })];
    const related = [...pods, pod('y', { node: 'full' })];
    assert.deepEqual(podsToDelete(pods, related, 1, nowMs).map(({ metadata }) => metadata.name), ['x']);
  });
});

describe('slow start and expectations', () => {
  it('doubles its batches and stops after a failure', () => {
    const begun: number[] = [];
    function* one(index: number): Task<string | undefined> {
      begun.push(index);
      return index === 2 ? 'no' : undefined;
    }
    runTask(slowStart(100, one), (result) => assert.deepEqual(result, { successes: 2, failure: 'no' }));
    assert.deepEqual(begun, [0, 1, 2]);
  });

  it('waits for what was asked for, at most five minutes', () => {
    let now = 0;
    const expectations = new Expectations(() => now);
    expectations.expect('a', 2, ['uid']);
    expectations.creationObserved('a', 2);
    assert.equal(expectations.satisfied('a'), false);
    expectations.deletionObserved('a', 'uid');
    assert.equal(expectations.satisfied('a'), true);
    expectations.expect('a', 1);
    now = 300_001;
    assert.equal(expectations.satisfied('a'), true);
  });
});

describe('endpoint slices', () => {
  const service = make<Service>({
    apiVersion: 'v1', kind: 'Service',
    metadata: { name: 'web', namespace: 'ns', uid: 'u' }, spec: { clusterIP: 'None' },
  });
  const ports = [{ name: '', protocol: 'TCP', port: 80 }];

  function endpoints(from: number, to: number): Map<string, Endpoint> {
    const made = new Map<string, Endpoint>();
    for (let i = from; i < to; i += 1) {
      const uid = `uid${i}`;
      made.set(uid, { addresses: [`10.0.0.${i}`], conditions: { ready: true }, targetRef: { kind: 'Pod', uid } });
    }
    return made;
  }

  function groups(wanted: Map<string, Endpoint>): Map<string, PortGroup> {
    const group = new PortGroup(ports);
    for (const [uid, endpoint] of wanted) group.put(uid, endpoint);
    return wanted.size === 0 ? new Map() : new Map([[portsKey(ports), group]]);
  }

  function slice(name: string, held: Map<string, Endpoint>): EndpointSlice {
    const [created] = reconcileSlices(service, 'IPv4', [], groups(held)).create;
    return { ...created, metadata: { ...created?.metadata, name } } as EndpointSlice;
  }

  function sizes(existing: readonly EndpointSlice[], wanted: Map<string, Endpoint>): object {
    const { create, update, delete: gone } = reconcileSlices(service, 'IPv4', existing, groups(wanted));
    return {
      create: create.map((made) => made.endpoints?.length),
      update: update.map((made) => `${made.metadata.name} ${made.endpoints?.length}`),
      delete: gone.map(({ metadata }) => metadata.name),
    };
  }

  const first = slice('a', endpoints(0, 100));
  const second = slice('b', endpoints(100, 130));
  const cases: readonly (readonly [string, readonly EndpointSlice[], Map<string, Endpoint>, object])[] = [
    ['nothing yet: full slices', [], endpoints(0, 130), { create: [100, 30], update: [], delete: [] }],
    ['no change: nothing written', [first, second], endpoints(0, 130), { create: [], update: [], delete: [] }],
    ['one more goes where it fits', [first, second], endpoints(0, 131), { create: [], update: ['b 31'], delete: [] }],
    ['one less: only its slice', [first, second], endpoints(1, 130), { create: [], update: ['a 99'], delete: [] }],
    ['one replaced: one slice', [first, second], endpoints(1, 131), { create: [], update: ['a 100'], delete: [] }],
    ['a slice without endpoints goes', [first, second], endpoints(0, 100), { create: [], update: [], delete: ['b'] }],
    ['the last becomes the placeholder', [second], new Map(), { create: [], update: ['b 0'], delete: [] }],
    ['the placeholder stays', [{ ...slice('p', new Map()) }], new Map(), { create: [], update: [], delete: [] }],
    ['the placeholder is used', [slice('p', new Map())], endpoints(0, 2), { create: [], update: ['p 2'], delete: [] }],
  ];
  for (const [what, existing, wanted, expected] of cases) {
    it(what, () => assert.deepEqual(sizes(existing, wanted), expected));
  }

  it('marks slices of headless Services', () => {
    assert.equal(first.metadata.labels?.['service.kubernetes.io/headless'], '');
  });
});

describe('address pools of nodes', () => {
  it('gives out ranges in order and takes them back', () => {
    const pool = new CidrPool('10.244.0.0/16');
    pool.occupy('10.244.1.0/24');
    assert.deepEqual([pool.allocate(), pool.allocate(), pool.allocate()],
      ['10.244.0.0/24', '10.244.2.0/24', '10.244.3.0/24']);
    const small = new CidrPool('10.0.0.0/23');
    assert.deepEqual([small.allocate(), small.allocate(), small.allocate()], ['10.0.0.0/24', '10.0.1.0/24', undefined]);
    small.release('10.0.0.0/24');
    assert.equal(small.allocate(), '10.0.0.0/24');
  });

  it('knows IPv6', () => {
    const pool = new CidrPool('fd00:10:244::/56');
    assert.deepEqual([pool.allocate(), pool.allocate()], ['fd00:10:244::/64', 'fd00:10:244:1::/64']);
  });
});

describe('node health', () => {
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: at(0), lastTransitionTime: at(0) };
  const node = make<Node>({
    metadata: { name: 'n', creationTimestamp: at(0) }, spec: {}, status: { conditions: [ready] },
  });

  it('lasts as long as the lease is renewed or the heartbeat moves', () => {
    const lease = (renewTime: string) => make<never>({ spec: { renewTime } });
    let health = observeHealth(undefined, node, lease('1'), nowMs);
    health = observeHealth(health, node, lease('2'), nowMs + 40_000);
    assert.equal(isOverdue(health, nowMs + 90_000), false);
    health = observeHealth(health, node, lease('2'), nowMs + 90_000);
    assert.equal(isOverdue(health, nowMs + 90_001), true);
  });

  it('gives a node that never reported a minute', () => {
    const silent = make<Node>({ metadata: { name: 'n', creationTimestamp: at(0) }, status: {} });
    const health = observeHealth(undefined, silent, undefined, nowMs + 5_000);
    assert.equal(isOverdue(health, nowMs + 60_000), false);
    assert.equal(isOverdue(health, nowMs + 60_001), true);
    const { conditions } = silentStatus(silent, nowMs + 60_001);
    assert.deepEqual(conditions?.map(({ type }) => type), ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']);
    assert.equal(conditions?.[0]?.message, 'Kubelet never posted node status.');
  });

  it('tells disrupted zones', () => {
    const nodes = (up: number, down: number) => [
      ...new Array(up).fill(ready), ...new Array(down).fill({ ...ready, status: 'Unknown' }),
    ];
    assert.equal(zoneState(nodes(1, 1)), 'Normal');
    assert.equal(zoneState(nodes(2, 3)), 'PartialDisruption');
    assert.equal(zoneState(nodes(0, 1)), 'FullDisruption');
  });

  it('lets the shortest toleration decide', () => {
    const taint = (key: string) => ({ key, effect: 'NoExecute' });
    const tolerate = (key: string, tolerationSeconds?: number) => (
      { key, operator: 'Exists', effect: 'NoExecute', ...(tolerationSeconds !== undefined && { tolerationSeconds }) });
    assert.equal(endurance([taint('a')], []), 'none');
    assert.equal(endurance([taint('a')], [tolerate('a')]), 'forever');
    assert.equal(endurance([taint('a'), taint('b')], [tolerate('a', 300), tolerate('b', 60)]), 60_000);
    assert.equal(endurance([taint('a'), taint('b')], [tolerate('a', 300)]), 'none');
    assert.equal(endurance([], undefined), 'forever');
  });
});
