/**
 * Descriptions against golden texts. The objects are such as a kind cluster holds. The texts were held against those of
 * kubectl v1.33 for the same objects, and differ from them only in what v1.34 to v1.36 changed. UPDATE_GOLDEN=1 writes
 * them anew.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { KubeObject, Pod } from '../../../src/api/types';
import type { StoredObjects } from '../../../src/cluster/stored-objects';
import type { ObjectRef } from '../../../src/protocol/commands';
import { describeObject, type ObjectReader } from '../../../src/shell/kubectl/describe/describe';
import { dateText } from '../../../src/shell/kubectl/describe/time-text';
import { objects, reader } from './stored';

const kinds = kindRegistry(builtInKinds);
const nowMs = Date.parse('2026-05-20T08:30:00Z');

function refOf({ apiVersion, kind, metadata: { namespace, name } }: KubeObject): ObjectRef {
  return { apiVersion, kind, namespace, name };
}

function describeAs(object: KubeObject, from: ObjectReader = reader, atMs = nowMs): string {
  return describeObject(from, kinds, refOf(object), atMs) ?? assert.fail(`no ${object.kind}`);
}

/** A reader of these objects alone, whatever is asked for. */
function readerOf(...all: readonly KubeObject[]): ObjectReader {
  return {
    get: ({ kind, name }) => all.find((each) => each.kind === kind && each.metadata.name === name),
    list: <T extends KubeObject>(_apiVersion: string, kind: string) => (
      all.filter((each) => each.kind === kind) as unknown as readonly T[]),
  };
}

/** The stored objects of a cluster can be read as they are. */
const readsStored: (stored: StoredObjects) => ObjectReader = (stored) => stored;

describe('kubectl describe', () => {
  for (const kind of [...new Set(objects.map((object) => object.kind))].filter((each) => each !== 'Event')) {
    it(`of a ${kind} prints what kubectl prints`, () => {
      const path = join(__dirname, 'golden', `${kind}.txt`);
      const sections = objects.filter((object) => object.kind === kind)
        .map((object) => `> describe ${kind} ${object.metadata.name}\n${describeAs(object)}`);
      const text = sections.join('\n');
      if (process.env['UPDATE_GOLDEN'] || !existsSync(path)) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'));
    });
  }

  it('knows neither what does not exist nor what no one serves', () => {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'absent' };
    assert.equal(describeObject(reader, kinds, ref, nowMs), undefined);
    assert.equal(describeObject(reader, kinds, { ...ref, kind: 'Unheard' }, nowMs), undefined);
  });

  it('never shows what is in a secret', () => {
    const text = objects.filter(({ kind }) => kind !== 'ConfigMap').map((object) => describeAs(object)).join('\n');
    assert.doesNotMatch(text, /hunter2|aHVudGVyMg/);
  });

  it('reads the stored objects of a cluster', () => {
    const stored = { get: reader.get, list: reader.list } as unknown as StoredObjects;
    const [node] = objects.filter(({ kind }) => kind === 'Node');
    assert.match(describeAs(node ?? assert.fail(), readsStored(stored)), /^Name: +kind-control-plane$/m);
  });

  it('gives ages by the clock it is given', () => {
    const pod = objects.find(({ metadata }) => metadata.name === 'too-big') ?? assert.fail();
    const atMs = Date.parse('2026-05-20T08:28:31Z');
    assert.match(describeAs(pod, reader, atMs), /FailedScheduling {2}30s \(x3 over 8m30s\) {2}default-scheduler/);
  });

  it('makes control characters of a user harmless', () => {
    const pod = podWith({ command: ['echo \u001b[31mred\r'] });
    assert.match(describeAs(pod, readerOf(pod)), /echo \^\[\[31mred\\r\n/);
  });

  it('survives more tabs than a stack has frames', () => {
    const pod = podWith({ args: ['\t'.repeat(100_000)] });
    assert.ok(describeAs(pod, readerOf(pod)).length > 100_000);
  });

  it('describes a pod of which nothing is known yet', () => {
    const pod = { ...podWith({}), status: undefined } as unknown as Pod;
    const text = describeAs(pod, readerOf(pod));
    assert.match(text, /^Node: +<none>$/m);
    assert.match(text, /^IPs: +<none>$/m);
    assert.match(text, /^QoS Class: +BestEffort$/m);
    assert.match(text, /^Events: +<none>$/m);
  });
});

function podWith(container: Partial<Pod['spec']['containers'][number]>): Pod {
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-05-20T08:00:00Z',
    },
    spec: { containers: [{ name: 'c', image: 'i', ...container }] }, status: { phase: 'Pending' },
  };
}

describe('dates in descriptions', () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    ['2006-01-02T15:04:05Z', 'Mon, 02 Jan 2006 15:04:05 +0000'],
    ['1969-12-31T23:59:59Z', 'Wed, 31 Dec 1969 23:59:59 +0000'],
    ['2028-02-29T00:00:00.999999Z', 'Tue, 29 Feb 2028 00:00:00 +0000'],
    [undefined, 'Mon, 01 Jan 0001 00:00:00 +0000'],
  ];
  for (const [time, text] of cases) {
    it(`print ${time ?? 'nothing'} as ${text}`, () => assert.equal(dateText(time), text));
  }
});
