/** The scheduler's attempts and etcd's keys as the panel's tables show them, of a real cluster. */
import assert from 'node:assert/strict';
import { fieldOrigins, pluginFields } from '../../../src/cluster/views/study/plugin-fields';
import { changesBetween } from '../../../src/cluster/views/study/changes';
import { studyOf } from '../../../src/cluster/views/study/study';
import type { Pod } from '../../../src/api/types';
import type { AttemptTable, EtcdStudy, SchedulingStudy, StudyRequest } from '../../../src/protocol/study';
import { apply, bootedCluster, example, podsIn } from '../../support/cluster';

const fussy = `apiVersion: v1
kind: Pod
metadata: { name: fussy }
spec:
  nodeSelector: { disk: ssd }
  containers: [{ name: app, image: nginx }]
`;
const huge = `apiVersion: v1
kind: Pod
metadata: { name: huge }
spec: { containers: [{ name: app, image: nginx, resources: { requests: { cpu: "900" } } }] }
`;

describe('what the scheduler decided', () => {
  const cluster = bootedCluster(1, 2);
  apply(cluster, example('deployment.yaml'));
  apply(cluster, fussy);
  apply(cluster, huge);
  cluster.settle();
  const scheduling = (request: Omit<Extract<StudyRequest, { kind: 'scheduling' }>, 'kind'> = {}, hops?: number): SchedulingStudy => {
    const moment = hops === undefined ? undefined : cluster.history.ofHop(hops - 1);
    return studyOf({ kind: 'scheduling', ...request }, cluster, moment && cluster.at(moment)) as SchedulingStudy;
  };
  const shown = (pod: string): AttemptTable => {
    const table = scheduling({ pod }).shown;
    assert.ok(table, `an attempt for ${pod}`);
    return table;
  };
  const web = `default/${podsIn(cluster, 'default').find(({ owner }) => owner?.startsWith('ReplicaSet/'))?.name}`;

  it('lists every attempt that the trace tells of, the newest first', () => {
    const hops = cluster.trace.slice(0).filter(({ kind }) => kind === 'decision').map(({ id }) => id).reverse();
    assert.deepEqual(scheduling().attempts.map(({ hop }) => hop), hops);
    assert.ok(hops.length >= 5);
  });

  it('shows the scores of the nodes that passed, as they add up', () => {
    const { table, scorers, node, scheduler } = shown(web);
    assert.equal(scheduler, 'kube-scheduler@kind-control-plane');
    const [master, ...workers] = table;
    assert.deepEqual([master?.verdict, master?.refused], ['refused', {
      plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)'], preFilter: false,
    }]);
    for (const worker of workers) {
      assert.equal(worker.scores.length, scorers.length);
      assert.equal(worker.total, worker.scores.reduce((sum, { weighted }) => sum + weighted, 0));
      worker.scores.forEach(({ normalized, weighted }, i) => assert.equal(weighted, normalized * (scorers[i]?.weight ?? 0)));
    }
    const best = Math.max(...workers.map(({ total = 0 }) => total));
    assert.equal(workers.find(({ verdict }) => verdict === 'chosen')?.name, node);
    assert.equal(workers.find(({ name }) => name === node)?.total, best);
  });

  it('keeps what the plugin said apart from what was made of it', () => {
    const { scorers, table } = shown(web);
    const at = scorers.findIndex(({ plugin }) => plugin === 'TaintToleration');
    assert.deepEqual(table[1]?.scores[at], { raw: 0, normalized: 100, weighted: 300 });
  });

  it('counts the reasons of the event', () => {
    const { table, reasons, message = '', node, scorers } = shown('default/huge');
    assert.deepEqual([node, scorers, table.map(({ verdict }) => verdict)], [undefined, [], ['refused', 'refused', 'refused']]);
    for (const { reason, count } of reasons) assert.ok(message.includes(`${count} ${reason}`), `${count} ${reason} in ${message}`);
    assert.deepEqual(reasons.map(({ plugin, count }) => [plugin, count]), [['NodeResourcesFit', 2], ['TaintToleration', 1]]);
  });

  it('says which filters had nothing to do', () => {
    const skipped = (pod: string): string[] => shown(pod).filters.filter((filter) => filter.skipped).map(({ plugin }) => plugin);
    assert.ok(skipped('default/huge').includes('NodeAffinity'));
    assert.ok(!skipped('default/fussy').includes('NodeAffinity'));
  });

  it('leads from a plugin to the field, and from the pod to what it was made from', () => {
    assert.equal(shown('default/fussy').fields['NodeAffinity'], 'spec.nodeSelector');
    assert.equal(shown('default/huge').fields['NodeResourcesFit'], 'spec.containers[0].resources.requests');
    const [namespace, name = ''] = web.split('/');
    const pod = cluster.objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod;
    const field = pluginFields(pod)['ImageLocality'] ?? '';
    assert.deepEqual(fieldOrigins(web, field, cluster.objects).map(({ ref, field: path }) => `${ref.kind} ${path}`), [
      'Pod spec.containers[0].image', 'ReplicaSet spec.template.spec.containers[0].image',
      'Deployment spec.template.spec.containers[0].image',
    ]);
  });

  it('shows of a past moment what had been decided by then, and pages through the rest', () => {
    const all = scheduling().attempts;
    const middle = all[2]!;
    assert.deepEqual(scheduling({}, middle.hop + 1).attempts.map(({ id }) => id), all.slice(2).map(({ id }) => id));
    const page = scheduling({ before: middle.id });
    assert.deepEqual([page.attempts[0]?.id, page.newer], [all[3]?.id, true]);
    assert.equal(scheduling({ attempt: middle.id }).shown?.id, middle.id);
  });

  it('keeps the attempts when the scheduler is started anew', () => {
    const before = scheduling().attempts.length;
    cluster.execute({ type: 'kill', process: 'kube-scheduler@kind-control-plane' });
    cluster.runFor(120_000);
    const after = scheduling().attempts;
    assert.ok(after.length > before, 'the new scheduler tries the pending pods again');
    assert.deepEqual(after.slice(-before).map(({ id }) => id), [...Array(before).keys()].reverse());
  });
});

describe('what etcd holds', () => {
  const cluster = bootedCluster(1, 1);
  apply(cluster, example('deployment.yaml'));
  cluster.settle();
  const etcd = (request: Omit<Extract<StudyRequest, { kind: 'etcd' }>, 'kind'> = {}, revision?: number): EtcdStudy => {
    const moment = revision === undefined ? undefined : cluster.history.ofRevision(revision);
    return studyOf({ kind: 'etcd', ...request }, cluster, moment && cluster.at(moment)) as EtcdStudy;
  };
  const pod = podsIn(cluster, 'default')[0]!;
  const key = `/registry/pods/default/${pod.name}`;

  it('counts keys by prefix', () => {
    const { entries, keys } = etcd();
    assert.equal(entries.reduce((sum, { count }) => sum + count, 0), keys);
    assert.ok(entries.some(({ name, isKey }) => name === '/registry/pods/' && !isKey));
    const pods = etcd({ prefix: '/registry/pods/default/' }).entries;
    assert.deepEqual(pods.map(({ name, isKey }) => [name, isKey]), podsIn(cluster, 'default').map(({ name }) =>
      [`/registry/pods/default/${name}`, true]).sort());
    assert.ok(etcd({ prefix: '' }).entries.some(({ name }) => name === '/registry/'));
  });

  it('tells the history of a key, who wrote it and what differs', () => {
    const study = etcd({ key }).key;
    const versions = [...study?.versions ?? []].reverse();
    assert.deepEqual(versions.map(({ version }) => version), versions.map((_, index) => index + 1));
    assert.deepEqual(versions.slice(0, 2).map(({ verb, by }) => [verb, by?.process, by?.verb, by?.resource]), [
      ['create', 'kube-controller-manager@kind-control-plane', 'create', 'pods'],
      ['update', 'kube-scheduler@kind-control-plane', 'create', 'pods/binding'],
    ]);
    const bound = etcd({ key, revision: versions[1]?.revision }).key;
    assert.equal(bound?.before, versions[0]?.revision);
    assert.deepEqual(bound?.changes.find(({ path }) => path === 'spec.nodeName'), { path: 'spec.nodeName', after: 'kind-worker' });
  });

  it('knows of the present its size, members and watches, of the past the keys alone', () => {
    const now = etcd();
    assert.ok((now.size?.file ?? 0) >= (now.size?.used ?? 1));
    assert.deepEqual(now.members, [{ name: 'kind-control-plane', running: true }]);
    assert.ok(now.watches?.some(({ from, key: watched }) => from === 'kube-apiserver@kind-control-plane' && watched === '/registry/pods/'));
    const created = etcd({ key }).key?.versions.at(-1)?.revision ?? 0;
    const before = etcd({ prefix: '/registry/pods/default/' }, created - 1);
    assert.deepEqual([before.entries, before.size, before.watches], [[], undefined, undefined]);
    assert.equal(before.recent[0]?.revision, created - 1);
  });

  it('marks what is compacted', () => {
    cluster.runFor(11 * 60_000);
    const { compactRevision, key: study } = etcd({ key });
    assert.ok(compactRevision > 1);
    assert.deepEqual(study?.versions.map(({ compacted }) => compacted), study?.versions.map((_, index) => index > 0));
  });
});

describe('the difference between two versions', () => {
  const cases: readonly (readonly [string, unknown, unknown, object[]])[] = [
    ['a field', { a: 1, b: 2 }, { a: 1, b: 3 }, [{ path: 'b', before: '2', after: '3' }]],
    ['a new map', {}, { spec: { node: 'x' } }, [{ path: 'spec.node', after: 'x' }]],
    ['a map that went', { spec: { node: 'x', on: true } }, {}, [{ path: 'spec.node', before: 'x' }, { path: 'spec.on', before: 'true' }]],
    ['elements by name', { c: [{ name: 'a', n: 1 }, { name: 'b', n: 1 }] }, { c: [{ name: 'b', n: 2 }] },
      [{ path: 'c[a].name', before: 'a' }, { path: 'c[a].n', before: '1' }, { path: 'c[b].n', before: '1', after: '2' }]],
    ['elements by place', { args: ['x', 'y'] }, { args: ['x', 'z'] }, [{ path: 'args[1]', before: 'y', after: 'z' }]],
    ['managed fields in one line', { metadata: { managedFields: [1] } }, { metadata: { managedFields: [2] } },
      [{ path: 'metadata.managedFields', before: '…', after: '…' }]],
    ['an empty list', { a: [] }, { a: ['x'] }, [{ path: 'a[0]', after: 'x' }]],
    ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, []],
  ];
  for (const [what, before, after, changes] of cases) {
    it(what, () => assert.deepEqual(changesBetween(before, after), { changes, more: 0 }));
  }
  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 'x'.repeat(1_000)]));
    const { changes, more } = changesBetween({}, many);
    assert.deepEqual([changes.length, more, changes[0]?.after?.length], [80, 120, 160]);
  });
});
