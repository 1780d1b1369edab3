/** One scheduling cycle with the default profile: who is refused and why, who wins and by which scores. */
import assert from 'node:assert/strict';
import { feasibleNodesToFind } from '../../../src/scheduler/cycle';
import { node, pod, schedule } from './fixtures';

const tail = (rest: string): string => `no new claims to deallocate, preemption: ${rest}`;
const noHelp = (n: number): string => tail(`0/${n} nodes are available: ${n} Preemption is not helpful for scheduling.`);

describe('a scheduling cycle refuses', () => {
  const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
  const cases: readonly (readonly [string, () => ReturnType<typeof schedule>, string])[] = [
    ['without nodes', () => schedule(pod('p'), []), 'no nodes available to schedule pods'],
    ['for taints', () => schedule(pod('p'), [node('a', { taints: [taint] })]),
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${noHelp(1)}`],
    ['for a selector', () => schedule(pod('p', { nodeSelector: { disk: 'ssd' } }), [node('a'), node('b')]),
      `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. ${noHelp(2)}`],
    ['for a cordon', () => schedule(pod('p'), [node('a', { unschedulable: true })]),
      `0/1 nodes are available: 1 node(s) were unschedulable. ${noHelp(1)}`],
    ['for CPU that no node has', () => schedule(pod('p', { cpu: '64' }), [node('a'), node('b')]),
      `0/2 nodes are available: 2 Insufficient cpu. ${noHelp(2)}`],
    ['for a claim that does not exist',
      () => schedule(pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }), [node('a')]),
      `0/1 nodes are available: persistentvolumeclaim "data" not found. ${noHelp(1)}`],
    ['for another node\'s name', () => schedule(pod('p', { nodeName: 'x' }), [node('a')]),
      `0/1 nodes are available: 1 node(s) didn't match the requested node name. ${noHelp(1)}`],
  ];
  for (const [what, run, message] of cases) {
    it(what, () => {
      const result = run();
      assert.equal(result.node, undefined);
      assert.equal(result.message, message);
    });
  }

  it('for CPU that others use, and says that preemption finds no victims', () => {
    const full = node('a');
    full.addPod(pod('other', { cpu: '3500m' }));
    const tainted = node('b', { taints: [taint] });
    assert.equal(schedule(pod('p', { cpu: '1' }), [full, tainted]).message,
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). '
      + tail('0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.'));
  });

  it('for a host port in use', () => {
    const taken = node('a');
    const containers = [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] }];
    taken.addPod(pod('other', { containers }));
    assert.match(schedule(pod('p', { containers }), [taken]).message ?? '',
      /^0\/1 nodes are available: 1 node\(s\) didn't have free ports for the requested pod ports\./);
  });

  it('for anti-affinity, once every node has one', () => {
    const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const nodes = [node('a'), node('b')];
    for (const target of nodes) target.addPod(pod('web', { affinity }, { app: 'web' }));
    assert.match(schedule(pod('p', { affinity }, { app: 'web' }), nodes).message ?? '',
      /^0\/2 nodes are available: 2 node\(s\) didn't match pod anti-affinity rules\./);
  });
});

describe('a scheduling cycle chooses', () => {
  it('the emptier node', () => {
    const [busy, idle] = [node('a'), node('b')];
    busy.addPod(pod('other', { cpu: '2', memory: '8Gi' }));
    const result = schedule(pod('p', { cpu: '500m', memory: '1Gi' }), [busy, idle]);
    assert.equal(result.node, 'b');
    const fit = result.scores.find((row) => row.plugin === 'NodeResourcesFit');
    // a: cpu (4000-2500)/4000 = 37, memory (32-9)/32 = 71, mean 54; b: 87 and 96, mean 91.
    assert.deepEqual(fit?.scores, [54, 91]);
  });

  it('with spreading of a Service\'s pods', () => {
    const nodes = [node('a'), node('b')];
    nodes[0]?.addPod(pod('web-1', {}, { app: 'web' }));
    assert.equal(schedule(pod('web-2', {}, { app: 'web' }), nodes, { app: 'web' }).node, 'b');
  });

  it('the node that has a large image already', () => {
    const images = [{ names: ['docker.io/library/nginx:latest'], sizeBytes: 900 * 1024 * 1024 }];
    const result = schedule(pod('p'), [node('a'), node('b', { images })]);
    assert.equal(result.node, 'b');
    assert.deepEqual(result.scores.find((row) => row.plugin === 'ImageLocality')?.scores, [0, 43]);
  });

  it('the only node that fits without scoring it', () => {
    const result = schedule(pod('p', { nodeSelector: { disk: 'ssd' } }), [node('a'), node('b', { labels: { disk: 'ssd' } })]);
    assert.equal(result.node, 'b');
    assert.deepEqual(result.scores, []);
  });

  it('a node to preempt on when a less important pod is in the way', () => {
    const full = node('a');
    full.addPod(pod('low', { cpu: '3', priority: 0 }));
    full.addPod(pod('small', { cpu: '100m', priority: 0 }));
    const result = schedule(pod('high', { cpu: '2', priority: 1000 }), [full]);
    assert.equal(result.preemption?.node, 'a');
    assert.deepEqual(result.preemption?.victims.map((victim) => victim.pod.metadata.name), ['low']);
  });
});

describe('the number of feasible nodes to find', () => {
  for (const [nodes, enough] of [[50, 50], [500, 230], [1000, 420], [5000, 500], [6000, 300]] as const) {
    it(`is ${enough} of ${nodes}`, () => assert.equal(feasibleNodesToFind(nodes), enough));
  }
});
