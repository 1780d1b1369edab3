/** Looking at the past: the same picture at the same moment, from whichever side one comes, and quickly. */
import assert from 'node:assert/strict';
import { replay } from '../../../src/cluster/cluster';
import { timelineOf } from '../../../src/cluster/history/timeline';
import type { Cluster } from '../../../src/cluster/cluster';
import type { Moment } from '../../../src/protocol/time';
import type { ClusterView } from '../../../src/protocol/view';
import { describeObject } from '../../../src/shell/kubectl/describe/describe';
import { yamlText } from '../../../src/shell/kubectl/get/yaml';
import { layout } from '../../../webview/scene/layout';
import { apply, bootedCluster, epochMs, example, kindYaml, newCluster } from '../../support/cluster';

const never = (): boolean => false;

/** All that is drawn, as text; how the run moves is not part of a moment. */
function scene(view: ClusterView): string {
  const { byId: _, ...drawn } = layout(view, { width: 1400, language: 'en', expanded: new Set() });
  return JSON.stringify({ drawn, view: { ...view, run: undefined } });
}

function at(cluster: Cluster, moment: Moment | undefined): string {
  assert.ok(moment, 'there is such a moment');
  return scene(cluster.at(moment).view());
}

/** A cluster of teaching size with a life of at least 5,000 hops. */
function livelyCluster(): Cluster {
  const cluster = bootedCluster(1, 2);
  apply(cluster, example('deployment.yaml'));
  cluster.runFor(10_000);
  cluster.execute({ type: 'kill', process: 'kube-scheduler@kind-control-plane' });
  cluster.runFor(5_000);
  cluster.execute({ type: 'delete', targets: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'kube-scheduler-kind-control-plane' }] });
  cluster.runFor(5_000);
  cluster.execute({ type: 'powerOff', machine: 'kind-worker2' });
  cluster.runUntil(() => cluster.trace.length >= 5_000, 3_600_000);
  cluster.runFor(60_000);
  return cluster;
}

describe('history', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  before(() => {
    cluster = livelyCluster();
  });

  it('shows at each moment what the present showed then', () => {
    const live = newCluster(kindYaml(1, 2));
    const seen: { readonly moment: Moment; readonly picture: string }[] = [];
    for (let i = 0; i < 4_000; i += 1) {
      assert.ok(live.control.step());
      const moment = live.history.last;
      if (i % 40 === 0 && moment) seen.push({ moment, picture: scene(live.view()) });
    }
    for (const { moment, picture } of seen) assert.equal(at(live, moment), picture, `after ${moment.hops} hops`);
  });

  it('gives the identical picture after n steps forward and n back, from 100 positions in 5,000 hops', () => {
    assert.ok(cluster.trace.length >= 5_000, `${cluster.trace.length} hops`);
    const { history } = cluster;
    let random = 12_345;
    for (let i = 0; i < 100; i += 1) {
      random = (random * 48_271) % 2_147_483_647;
      const start = history.step(1, history.ofHop(random % (cluster.trace.length - 400)));
      assert.ok(start);
      const before = at(cluster, start);
      let moment: Moment = start;
      const path = [moment];
      const steps = 1 + (random % 20);
      for (let n = 0; n < steps; n += 1) {
        moment = history.step(1, moment) ?? assert.fail('the run goes on');
        path.push(moment);
        at(cluster, moment);
      }
      for (let n = steps - 1; n >= 0; n -= 1) {
        moment = history.step(-1, moment) ?? assert.fail('the run began before');
        assert.deepEqual(moment, path[n]);
      }
      assert.equal(at(cluster, moment), before);
    }
  });

  it('jumps in less than 50 ms, describe and YAML included', () => {
    const ref = { apiVersion: 'v1', kind: 'Node', name: 'kind-worker' };
    let slowestMs = 0;
    for (let hop = 0; hop < cluster.trace.length; hop += Math.floor(cluster.trace.length / 50)) {
      // The processor's time, since other work on the machine is no fault of ours.
      const start = process.cpuUsage();
      const moment = cluster.history.ofHop(hop);
      if (!moment) continue;
      const past = cluster.at(moment);
      layout(past.view(), { width: 1400, language: 'en', expanded: new Set() });
      const object = past.objects.get(ref);
      if (object) yamlText(object);
      describeObject(past.objects, past.kinds, ref, epochMs + past.nowMs);
      timelineOf(cluster.history, moment.hops);
      const { user, system } = process.cpuUsage(start);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
    }
    assert.ok(slowestMs < 50, `${slowestMs.toFixed(1)} ms`);
  });

  it('branches into what a fresh run with the same inputs is', () => {
    const { history } = cluster;
    for (const part of [0.2, 0.5, 0.8]) {
      const moment = history.ofHop(Math.floor(cluster.trace.length * part));
      assert.ok(moment);
      const branch = replay(cluster.options, cluster.log.slice(0, moment.commands), moment.events);
      assert.equal(branch.trace.length, moment.hops);
      assert.deepEqual(branch.trace.slice(moment.hops - 100), cluster.trace.slice(moment.hops - 100, moment.hops));
      assert.equal(scene(branch.view()), at(cluster, moment));
      // Both go on with the same command: the branch is a run of its own and yet the same one.
      const fresh = replay(cluster.options, cluster.log.slice(0, moment.commands), moment.events);
      for (const run of [branch, fresh]) {
        run.execute({ type: 'kill', process: 'kubelet@kind-worker' });
        run.runFor(30_000);
      }
      assert.equal(branch.trace.digest(), fresh.trace.digest());
      assert.equal(scene(branch.view()), scene(fresh.view()));
    }
  });

  it('knows objects as they were, also where etcd has compacted', () => {
    const old = bootedCluster(1, 1);
    apply(old, example('deployment.yaml'));
    old.runFor(10_000);
    const { last } = old.history;
    assert.ok(last);
    const before = at(old, last);
    const pods = old.objects.pods(last.revision).length;
    old.execute({ type: 'delete', targets: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' }] });
    old.runFor(1_000_000);
    assert.equal(at(old, last), before);
    assert.equal(old.objects.pods(last.revision).length, pods);
    assert.ok(old.objects.pods().length < pods);
    const timeline = timelineOf(old.history, last.hops);
    assert.ok(timeline?.marks.some(({ kind }) => kind === 'compaction'));
  });

  it('finds the moment of a hop and of a revision', () => {
    const { history, trace } = cluster;
    for (const hop of [0, 17, 999, trace.length - 1]) {
      const moment = history.ofHop(hop);
      assert.ok(moment && moment.hops > hop);
      assert.equal(trace.at(hop)?.atMs, moment.atMs);
    }
    for (let revision = 2; revision < 412; revision += 1) {
      assert.equal(history.ofRevision(revision)?.revision, revision, 'also where several were written without a hop');
    }
    assert.equal(history.ofRevision(1_000_000), undefined);
    assert.equal(history.step(-1, history.first), undefined);
    assert.equal(history.step(1), undefined);
    assert.ok(history.last && history.isPresent(history.last));
  });
});

describe('a run to a breakpoint', () => {
  const cluster = bootedCluster(1, 1);
  apply(cluster, example('deployment.yaml'));
  const run = (breakpoint: Parameters<Cluster['control']['runTo']>[0]): Moment | undefined => {
    cluster.control.set('paused', 1);
    cluster.control.runTo(breakpoint);
    cluster.control.advance(1_000, never);
    return cluster.control.metAt;
  };

  it('stops at the hop that it asks for, and is paused there', () => {
    const moment = run({ component: 'kubelet@kind-worker', verb: 'create', resource: 'events', outcome: 201 });
    assert.ok(moment);
    assert.equal(moment.hops, cluster.trace.length);
    assert.equal(cluster.control.state.mode, 'paused');
    const last = cluster.trace.at(moment.hops - 1);
    assert.deepEqual([last?.to, last?.subject.verb, last?.subject.code], ['kubelet@kind-worker', 'create', 201]);
  });

  it('waits for background work too', () => {
    assert.ok(run({ component: 'kube-scheduler', resource: 'leases.coordination.k8s.io', name: 'kube-scheduler' }));
  });

  it('goes on as before when nothing of the kind comes for ten minutes', () => {
    assert.equal(run({ verb: 'no such verb' }), undefined);
    assert.equal(cluster.control.state.mode, 'paused');
  });

  it('finds in the past what has happened', () => {
    const found = cluster.history.find({ resource: 'pods/binding', verb: 'create' }, 0);
    assert.ok(found && found.hops < cluster.trace.length);
    assert.equal(cluster.trace.at(found.hops - 1)?.subject.subresource, 'binding');
    assert.ok(cluster.history.find({ outcome: 'failed' }, 0));
  });
});
