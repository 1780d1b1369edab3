import assert from 'node:assert/strict';
import type { KubeObject, Status } from '../../../src/api/types';
import { type Ask, epochMs, pod, summary, World } from './harness';

const inDefault = { namespace: 'default' } as const;
const map = (name: string, labels?: Record<string, string>): Ask => ({
  verb: 'create', resource: 'configmaps', ...inDefault, body: { metadata: { name, ...(labels ? { labels } : {}) } },
});
const relabel = (name: string, labels: object): Ask => ({
  verb: 'patch', patchType: 'merge', resource: 'configmaps', name, ...inDefault, body: { metadata: { labels } },
});
const remove = (name: string): Ask => ({ verb: 'delete', resource: 'configmaps', name, ...inDefault });

describe('API server: watch', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });
  });
  const maps = (options: Ask['options'] = {}): Ask => ({ resource: 'configmaps', ...inDefault, options });

  it('begins with what is there, or at a revision', () => {
    world.must(map('a'));
    const revision = world.must(map('b')).metadata.resourceVersion;
    const whole = world.watch(maps());
    const later = world.watch(maps({ resourceVersion: revision }));
    const earlier = world.watch(maps({ resourceVersion: String(Number(revision) - 1) }));
    world.must(map('c'));
    world.settle();
    assert.deepEqual(summary(whole), ['ADDED a', 'ADDED b', 'ADDED c']);
    assert.deepEqual(summary(later), ['ADDED c']);
    assert.deepEqual(summary(earlier), ['ADDED b', 'ADDED c']);
  });

  it('shows the deleted object with the revision of its deletion', () => {
    const created = world.must(map('a'));
    const stream = world.watch(maps());
    world.must(remove('a'));
    world.settle();
    assert.deepEqual(summary(stream), ['ADDED a', 'DELETED a']);
    assert.ok(Number(stream.events[1]?.object.metadata.resourceVersion) > Number(created.metadata.resourceVersion));
  });

  it('turns what enters or leaves the selection into ADDED and DELETED', () => {
    const stream = world.watch(maps({ labelSelector: 'app=web' }));
    const before = world.must(map('a', { app: 'web', tier: '1' }));
    world.must(relabel('a', { tier: '2' }));
    const left = world.must(relabel('a', { app: 'db' }));
    world.must(relabel('a', { app: 'web' }));
    world.must(map('other', { app: 'db' }));
    world.must(remove('a'));
    world.settle();
    assert.deepEqual(summary(stream), ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED a']);
    const gone = stream.events[2]?.object;
    assert.equal(gone?.metadata.labels?.['app'], 'web', 'as it last was inside');
    assert.equal(gone?.metadata.resourceVersion, left.metadata.resourceVersion, 'with the revision at which it left');
    assert.equal(before.metadata.uid, gone?.metadata.uid);
  });

  it('selects by fields, names and nodes', () => {
    const streams = {
      name: world.watch(maps({ fieldSelector: 'metadata.name=b' })),
      nodeA: world.watch({ resource: 'pods', options: { fieldSelector: 'spec.nodeName=a' } }),
      nodeAPending: world.watch({ resource: 'pods',
        options: { fieldSelector: 'spec.nodeName=a,status.phase!=Running' } }),
      unassigned: world.watch({ resource: 'pods', options: { fieldSelector: 'spec.nodeName=' } }),
      all: world.watch({ resource: 'pods' }),
    };
    for (const name of ['a', 'b']) world.must(map(name));
    for (const name of ['p', 'q']) world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod(name) });
    for (const [name, node] of [['p', 'a'], ['q', 'b']]) {
      world.must({ verb: 'create', resource: 'pods', ...inDefault, name, subresource: 'binding',
        body: { metadata: { name }, target: { name: node } } });
    }
    world.must({ verb: 'patch', patchType: 'merge', resource: 'pods', ...inDefault, name: 'p', subresource: 'status',
      body: { status: { phase: 'Running' } } });
    world.settle();
    assert.deepEqual(summary(streams.name), ['ADDED b']);
    assert.deepEqual(summary(streams.nodeA), ['ADDED p', 'MODIFIED p']);
    assert.deepEqual(summary(streams.nodeAPending), ['ADDED p', 'DELETED p']);
    assert.deepEqual(summary(streams.unassigned), ['ADDED p', 'ADDED q', 'DELETED p', 'DELETED q']);
    assert.equal(streams.all.events.length, 5);
    assert.equal(streams.all.events[2]?.object, streams.nodeA.events[0]?.object, 'everyone gets the same object');
  });

  it('answers 410 in the stream when the start is forgotten', () => {
    const first = world.must(map('a')).metadata.resourceVersion;
    for (let i = 0; i < 3; i += 1) {
      world.settle(80_000);
      for (let j = 0; j < 60; j += 1) world.must(relabel('a', { [`l${j}`]: String(i) }));
    }
    const stream = world.watch(maps({ resourceVersion: first }));
    const status = stream.events[0]?.object as unknown as Status;
    assert.equal(stream.events[0]?.type, 'ERROR');
    assert.equal(status.code, 410);
    assert.equal(status.reason, 'Expired');
    assert.match(status.message ?? '', new RegExp(`^too old resource version: ${first} \\(\\d+\\)$`));
    assert.ok(stream.ended);
  });

  it('sends bookmarks to those who allow them, and marks the end of initial events', () => {
    world.must(map('a'));
    const plain = world.watch(maps());
    const marked = world.watch(maps({ allowWatchBookmarks: true, sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan' }));
    assert.deepEqual(summary(marked), ['ADDED a', 'BOOKMARK']);
    assert.deepEqual(marked.events[1]?.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
    world.must({ verb: 'create', resource: 'secrets', ...inDefault, body: { metadata: { name: 's' } } });
    world.settle(70_000);
    assert.deepEqual(summary(plain), ['ADDED a']);
    const bookmark = marked.events[2];
    assert.equal(bookmark?.type, 'BOOKMARK');
    assert.ok(Number(bookmark?.object.metadata.resourceVersion) > Number(marked.events[
      1]?.object.metadata.resourceVersion),
      'a bookmark goes on while other resources change');
    assert.ok(world.sim.quiet, 'bookmarks are background work');
  });

  it('ends by itself after the asked time, and after 30 to 60 minutes', () => {
    const short = world.watch(maps({ timeoutSeconds: 5 }));
    const long = world.watch(maps());
    world.settle(6_000);
    assert.deepEqual([short.ended, long.ended], [true, false]);
    world.settle(1_800_000);
    assert.equal(long.ended, false);
    world.settle(1_800_000);
    assert.equal(long.ended, true);
    assert.deepEqual(long.end, { code: 200, body: '' });
  });

  it('stops sending to who has hung up', () => {
    const stream = world.watch(maps());
    world.sim.input('test@client', 'cancel', () => stream.cancel.cancel());
    world.must(map('a'));
    world.settle();
    assert.deepEqual(summary(stream), []);
  });

  it('calls a write with a background cause a change, except of leases', () => {
    const leases = world.watch({ resource: 'leases', group: 'coordination.k8s.io' });
    const stream = world.watch(maps());
    const background: boolean[] = [];
    world.sim.trace.onHop((hop) => {
      const { resource } = hop.subject;
      if (hop.kind === 'event' && hop.to === 'test@client') background.push(hop.background);
      if (hop.kind === 'response' && hop.to === 'test@client' && resource) background.push(hop.background);
    });
    const later = (ask: Ask): void => world.sim.input('test@client', 'later', () => {
      world.client.host.after(1_000, () => world.sendNow(ask), { background: true });
    });
    later(map('quiet'));
    world.settle(2_000);
    assert.deepEqual(background, [false, false]);
    background.length = 0;
    later({ verb: 'update', group: 'coordination.k8s.io', resource: 'leases', name: 'l', ...inDefault,
      body: { metadata: { name: 'l' } } });
    world.settle(2_000);
    assert.deepEqual(background, [true, true]);
    assert.deepEqual(summary(stream), ['ADDED quiet']);
    assert.ok(summary(leases).includes('ADDED l'));
  });

  it('waits for a revision that has not arrived yet', () => {
    const { revision } = world.log.machine.store;
    let answered = false;
    world.send({ verb: 'list', ...maps({ resourceVersion: String(revision + 1) }) },
      { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] }, () => {
        answered = true;
      });
    world.settle(100);
    assert.equal(answered, false);
    world.must(map('a'));
    world.settle();
    assert.equal(answered, true);
  });

  it('reads its own writes', () => {
    const created = world.must<KubeObject>(map('mine'));
    assert.deepEqual(world.get('configmaps', 'mine', 'default').metadata, created.metadata);
    assert.equal(created.metadata.creationTimestamp, new Date(epochMs).toISOString().replace('.000', ''));
  });
});
