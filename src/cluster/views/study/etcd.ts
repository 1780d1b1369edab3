/**
 * What etcd holds: keys by prefix, the versions of a key and how they differ, the newest revisions, what was compacted,
 * who watches and how large the database is. Of a past moment the keys and revisions are known, from the record of the
 * run; size, members and watches are told of the present only.
 */
import { compactRevisionKey, registryRoot } from '../../../apiserver/storage/keys';
import { versionBytes } from '../../../etcd/database-size';
import { prefixRange } from '../../../etcd/key-range';
import type { KeyEvent, KeyValue } from '../../../etcd/wire';
import type {
  EtcdStudy, KeyEntry, KeyStudy, KeyVersionEntry, RevisionEntry, StudyRequest, Writer,
} from '../../../protocol/study';
import type { Hop } from '../../../protocol/trace';
import type { Cluster } from '../../cluster';
import { changesBetween } from './changes';

const entryLimit = 250;
const recentLimit = 100;
const versionLimit = 60;
const watchLimit = 150;
/** The answer of etcd lies so near to the moment at which its revision first showed. */
const hopsAround = 60;

/** etcd as of a revision, by default as it is. */
export function etcdStudy(
  { prefix = registryRoot, key, revision: wanted }: Extract<StudyRequest, { kind: 'etcd' }>,
  cluster: Cluster,
  pastRevision?: number,
): EtcdStudy {
  const {
    etcd,
    history: { revisions },
  } = cluster;
  const isPast = pastRevision !== undefined;
  const revision = pastRevision ?? cluster.objects.revision;
  const kvs = revisions.range(prefixRange(prefix), revision);
  const entries = entriesOf(kvs, prefix);
  const compactRevision = isPast ? compactedBefore(cluster, revision) : etcd.overview().compactRevision;
  return {
    kind: 'etcd',
    revision,
    oldest: revisions.oldest,
    compactRevision,
    ...(isPast ? { moreWatches: 0 } : present(cluster)),
    prefix,
    keys: kvs.length,
    entries: entries.slice(0, entryLimit),
    moreEntries: Math.max(0, entries.length - entryLimit),
    recent: recentOf(cluster, revision),
    ...(key === undefined ? {} : { key: keyStudy(key, wanted, { cluster, revision, compactRevision }) }),
  };
}

function present({ etcd }: Cluster): Pick<EtcdStudy, 'size' | 'members' | 'watches' | 'moreWatches'> {
  const { dbSize, dbSizeInUse, dbSizeQuota, alarms } = etcd.overview();
  const watches = etcd.watches();
  return {
    size: { file: dbSize, used: dbSizeInUse, quota: dbSizeQuota, alarms: alarms.map(String) },
    members: etcd.members().map(({ name, running }) => ({ name, running })),
    watches: watches.slice(0, watchLimit).map(({ from, member, range: { key, rangeEnd }, fromRevision }) =>
      ({ from, member, key, fromRevision, ...(rangeEnd === undefined ? {} : { rangeEnd }) })),
    moreWatches: Math.max(0, watches.length - watchLimit),
  };
}

/** What the API servers had had etcd compact by then: they note it under a key of their own. */
function compactedBefore({ history: { revisions } }: Cluster, revision: number): number {
  const [kv] = revisions.range({ key: compactRevisionKey }, revision);
  return Number(kv?.value ?? 0) || 0;
}

/** One entry for each key right below the prefix, and one for all keys that share the next part of their name. */
function entriesOf(kvs: readonly KeyValue[], prefix: string): KeyEntry[] {
  const entries = new Map<
    string,
    { name: string; isKey: boolean; count: number; modRevision: number; version?: number }
  >();
  for (const { key, modRevision, version } of kvs) {
    const slash = key.indexOf('/', prefix === '' && key.startsWith('/') ? 1 : prefix.length);
    const name = slash < 0 ? key : key.slice(0, slash + 1);
    const known = entries.get(name);
    if (known) {
      known.count += 1;
      known.modRevision = Math.max(known.modRevision, modRevision);
    } else {
      entries.set(name, { name, isKey: slash < 0, count: 1, modRevision, ...(slash < 0 ? { version } : {}) });
    }
  }
  return [...entries.values()];
}

function recentOf({ history }: Cluster, newest: number): RevisionEntry[] {
  const entries: RevisionEntry[] = [];
  for (let revision = newest; revision > history.revisions.oldest && entries.length < recentLimit; revision -= 1) {
    const [event] = history.revisions.changesOf(revision);
    if (event)
      entries.push({ revision, key: event.kv.key, verb: verbOf(event), ...timeOf(history.ofRevision(revision)) });
  }
  return entries;
}

function timeOf(moment: { readonly atMs: number } | undefined): { readonly atMs?: number } {
  return moment ? { atMs: moment.atMs } : {};
}

function verbOf({ type, kv }: KeyEvent): RevisionEntry['verb'] {
  if (type === 'DELETE') return 'delete';
  return kv.version === 1 ? 'create' : 'update';
}

interface KeyContext {
  readonly cluster: Cluster;
  readonly revision: number;
  readonly compactRevision: number;
}

interface Version extends Pick<KeyVersionEntry, 'revision' | 'verb' | 'version' | 'lease' | 'bytes'> {
  readonly value?: unknown;
}

function keyStudy(
  key: string,
  wanted: number | undefined,
  { cluster, revision, compactRevision }: KeyContext,
): KeyStudy {
  const versions = versionsOf(key, cluster).filter((version) => version.revision <= revision);
  const newest = [...versions].reverse();
  const at = Math.max(
    0,
    newest.findIndex((version) => version.revision === wanted),
  );
  const [shown, before] = [newest[at], newest[at + 1]];
  const { changes, more } = shown ? changesBetween(before?.value, shown.value) : { changes: [], more: 0 };
  return {
    key,
    moreVersions: Math.max(0, newest.length - versionLimit),
    versions: newest.slice(0, versionLimit).map(({ value: _, ...version }) => {
      const by = writerOf(version.revision, key, cluster);
      return {
        ...version,
        compacted: version.revision < compactRevision && isSuperseded(version.revision, versions, compactRevision),
        ...timeOf(cluster.history.ofRevision(version.revision)),
        ...(by ? { by } : {}),
      };
    }),
    ...(shown ? { revision: shown.revision } : {}),
    ...(before ? { before: before.revision } : {}),
    changes,
    moreChanges: more,
  };
}

/** A version that was current at the compacted revision stays, however old it is. */
function isSuperseded(revision: number, versions: readonly Version[], compactRevision: number): boolean {
  return versions.some((later) => later.revision > revision && later.revision <= compactRevision);
}

/** All versions of a key that are known, oldest first, deletions among them. */
function versionsOf(key: string, { history: { revisions } }: Cluster): Version[] {
  return revisions.historyOf(key).flatMap(({ versions, deletedAt }) => [
    ...versions.map((kv): Version => ({
      revision: kv.modRevision,
      verb: kv.version === 1 ? 'create' : 'update',
      version: kv.version,
      lease: kv.lease,
      bytes: versionBytes(kv),
      value: kv.value,
    })),
    ...(deletedAt === undefined
      ? []
      : [{ revision: deletedAt, verb: 'delete' as const, version: 0, lease: 0, bytes: 0 }]),
  ]);
}

/** The request to an API server behind a revision, found by etcd's answer in the trace and its causes. */
function writerOf(revision: number, key: string, { history, trace }: Cluster): Writer | undefined {
  const moment = history.ofRevision(revision);
  if (!moment) return undefined;
  const isAnswer = (hop: Hop | undefined): boolean => hop?.kind === 'response' && hop.channel === 'grpc'
    && hop.subject.revision === revision && hop.subject.name === key;
  for (let id = moment.hops + hopsAround; id > moment.hops - hopsAround; id -= 1) {
    let hop = trace.at(id);
    if (!isAnswer(hop)) continue;
    while (hop && !(hop.kind === 'request' && hop.channel === 'https'))
      hop = hop.cause < 0 ? undefined : trace.at(hop.cause);
    if (!hop) return undefined;
    const { verb, resource = '', subresource } = hop.subject;
    return { process: hop.from, verb, resource: subresource ? `${resource}/${subresource}` : resource, hop: hop.id };
  }
  return undefined;
}
