/**
 * Predicates over a cluster and its trace: whether something holds, and what was found, so that a learner can be told
 * what was expected and what is there. They read and change nothing; the sentences are the host's.
 */
import type { KubeObject } from '../api/types';
import type { Cluster } from '../cluster/cluster';
import type { Hop, ProcessId } from '../protocol/trace';
import type { ComponentView, NodeView } from '../protocol/view';
import type { Amount, Check, ObjectCheck, ObjectChoice, TraceCheck } from './lesson/lesson';
import { apiVersionOf } from './lesson/read-lesson';

/** Where a step began; what happened before does not count for it. */
export interface Mark {
  readonly hops: number;
  readonly revision: number;
}

/** What a predicate is asked of. */
export interface Asked {
  readonly cluster: Cluster;
  readonly since: Mark;
  /** The predictions that were made, by id. */
  readonly predictions: ReadonlySet<string>;
}

/** A predicate's answer. */
export interface Finding {
  readonly met: boolean;
  /** How many things were found of those that were asked for. */
  readonly count: number;
  /** What is there instead or in all: names with values, codes of answers. */
  readonly found: readonly string[];
}

/** Names that a finding lists. */
const foundLimit = 4;

/** The present moment as a mark. */
export function markOf(cluster: Cluster): Mark {
  return { hops: cluster.trace.length, revision: cluster.objects.revision };
}

/** Asks one predicate. */
export function findingOf(check: Check, asked: Asked): Finding {
  if (check.nodes) return nodes(check.nodes, asked.cluster.view().nodes);
  if (check.object) return objects(check.object, asked.cluster);
  if (check.trace) return hops(check.trace, asked);
  if (check.order) return order(check.order, asked);
  if (check.revision) return revisions(check.revision, asked);
  if (check.event) return events(check.event, asked);
  if (check.component) return component(check.component, asked.cluster);
  if (check.reach) return reach(check.reach, asked);
  if (check.prediction !== undefined) return plain(asked.predictions.has(check.prediction));
  if (check.all) return all(check.all.map((inner) => findingOf(inner, asked)));
  if (check.any) return any(check.any.map((inner) => findingOf(inner, asked)));
  if (check.not) {
    const inner = findingOf(check.not, asked);
    return { ...inner, met: !inner.met };
  }
  return plain(false);
}

function plain(met: boolean): Finding {
  return { met, count: met ? 1 : 0, found: [] };
}

function all(findings: readonly Finding[]): Finding {
  return findings.find(({ met }) => !met) ?? { met: true, count: findings.length, found: [] };
}

function any(findings: readonly Finding[]): Finding {
  const met = findings.find((finding) => finding.met);
  return met ?? { met: false, count: 0, found: findings.flatMap(({ found }) => found).slice(0, foundLimit) };
}

/** Whether a number is as many as asked for. */
function isEnough(number: number, { count, atLeast, atMost }: Amount): boolean {
  if (count !== undefined) return number === count;
  if (atMost !== undefined && number > atMost) return false;
  return number >= (atLeast ?? (atMost === undefined ? 1 : 0));
}

function counted(number: number, amount: Amount, found: readonly string[]): Finding {
  return { met: isEnough(number, amount), count: number, found: found.slice(0, foundLimit) };
}

function nodes(check: NonNullable<Check['nodes']>, all: readonly NodeView[]): Finding {
  const ofRole = all.filter(({ controlPlane }) =>
    check.role === undefined || controlPlane === (check.role === 'control-plane'));
  const fitting = ofRole.filter(({ health }) => check.ready === undefined || (health === 'ready') === check.ready);
  return counted(fitting.length, check, ofRole.map(({ name, status }) => `${name} ${status || '-'}`));
}

/** The objects that a choice means, as they are now. */
export function chosenObjects(choice: ObjectChoice, { objects, kinds }: Cluster): readonly KubeObject[] {
  const { kind, namespace, name, prefix, labels = {} } = choice;
  const apiVersion = apiVersionOf(choice, kinds);
  const namespaced = kinds.byKind(apiVersion, kind)?.namespaced ?? false;
  const within = namespaced && namespace !== '*' ? namespace ?? 'default' : undefined;
  return objects.list(apiVersion, kind, 0, within).filter(({ metadata }) => {
    const own: string = metadata.name ?? '';
    return (name === undefined || own === name) && (prefix === undefined || own.startsWith(prefix))
      && Object.keys(labels).every((key) => metadata.labels?.[key] === labels[key]);
  });
}

function objects(check: ObjectCheck, cluster: Cluster): Finding {
  const chosen = chosenObjects(check, cluster);
  const { path, is, min } = check;
  if (path === undefined) return counted(chosen.length, check, chosen.map(({ metadata }) => metadata.name ?? ''));
  const valued = chosen.map((object) => ({ name: object.metadata.name ?? '', value: valueAt(object, path) }));
  const fitting = valued.filter(({ value }) => {
    if (min !== undefined) return typeof value === 'number' && value >= min;
    return is === undefined ? value !== undefined : value === is;
  });
  return counted(fitting.length, check, valued.map(({ name, value }) => `${name}: ${textOf(value)}`));
}

/**
 * A value inside an object: names and positions behind dots; `conditions[Ready]` is the element of that type or name;
 * a key that has dots itself stands in brackets with quotes.
 */
export function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const match of path.matchAll(/\["([^"]*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)) {
    const [, quoted, element, name] = match;
    if (value === undefined || value === null) return undefined;
    value = element !== undefined && Array.isArray(value)
      ? value.find((item: { type?: unknown; name?: unknown }) => item.type === element || item.name === element)
      : (value as Record<string, unknown>)[quoted ?? element ?? name ?? ''];
  }
  return value;
}

function textOf(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'object' ? '…' : String(value);
}

function revisions(check: Amount, { cluster, since }: Asked): Finding {
  return counted(cluster.objects.revision - since.revision, check, []);
}

function events(check: NonNullable<Check['event']>, { cluster, since }: Asked): Finding {
  const recent = cluster.objects.list<KubeObject & {
    readonly reason?: string; readonly involvedObject?: { readonly name?: string };
  }>('v1', 'Event').filter(({ metadata }) => Number(metadata.resourceVersion) > since.revision);
  const fitting = recent.filter(({ reason, involvedObject }) => reason === check.reason
    && (check.about === undefined || (involvedObject?.name ?? '').startsWith(check.about)));
  return counted(fitting.length, check, [...new Set(recent.map(({ reason }) => reason ?? ''))]);
}

/** Every component of the cluster that Kubernetes itself consists of. */
export function componentsOf(cluster: Cluster): readonly ComponentView[] {
  const { nodes, loadBalancer } = cluster.view();
  return [...nodes.flatMap(({ components }) => components), ...(loadBalancer ? [loadBalancer] : [])];
}

function component(check: NonNullable<Check['component']>, cluster: Cluster): Finding {
  const named = componentsOf(cluster).filter(({ name, kind, id }) =>
    (name === check.name || kind === check.name || id.startsWith(`${check.name}@`))
    && (check.node === undefined || id.endsWith(`@${check.node}`)));
  const fitting = named.filter(({ running }) => running === check.running);
  const met = check.running ? fitting.length > 0 : fitting.length === named.length;
  return { met, count: fitting.length, found: named.filter(({ running }) => running).map(({ id }) => id) };
}

function fits(pattern: string | undefined, value: string | undefined): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? (value ?? '').startsWith(pattern.slice(0, -1)) : value === pattern;
}

/** A party of a hop: with its machine, or any of that name. `*@client` is everyone on the user's machine. */
function isParty(pattern: string | undefined, id: ProcessId): boolean {
  if (pattern === undefined) return true;
  const [program = '', machine] = pattern.split('@');
  const at = id.lastIndexOf('@');
  return fits(program, id.slice(0, at)) && (machine === undefined || fits(machine, id.slice(at + 1)));
}

function hops(check: TraceCheck, { cluster, since }: Asked): Finding {
  const fitting = cluster.trace.slice(since.hops).filter((hop) => isHop(hop, check));
  return counted(fitting.length, check, []);
}

/** The first hop of each kind must come after the one found before it. */
function order(checks: readonly TraceCheck[], { cluster, since }: Asked): Finding {
  let found = 0;
  for (const hop of cluster.trace.slice(since.hops)) {
    const next = checks[found];
    if (next && isHop(hop, next)) found += 1;
  }
  return { met: found === checks.length, count: found, found: [] };
}

function isHop(hop: Hop, check: TraceCheck): boolean {
  const { subject } = hop;
  return (check.hop === undefined || hop.kind === check.hop)
    && isParty(check.from, hop.from) && isParty(check.to, hop.to)
    && fits(check.verb, subject.verb) && fits(check.resource, subject.resource)
    && fits(check.subresource, subject.subresource) && fits(check.name, subject.name)
    && (check.code === undefined || subject.code === check.code)
    && (check.stage === undefined || hop.kind === 'stage' && hop.stage === check.stage)
    && (check.allowed === undefined || hop.kind === 'stage' && hop.allowed === check.allowed);
}

/** Answers of the network: what a program in one pod got from a program in another since the step began. */
function reach({ from, to, is }: NonNullable<Check['reach']>, { cluster, since }: Asked): Finding {
  const traffic = cluster.trace.slice(since.hops).filter((hop) =>
    (hop.kind === 'response' || hop.kind === 'failure') && (hop.to.startsWith(from) || hop.from.startsWith(from)));
  const answers = traffic.filter((hop) => hop.kind === 'response' && hop.from.startsWith(to));
  const failures = traffic.filter((hop) => hop.kind === 'failure');
  const met = is ? answers.length > 0 : answers.length === 0 && failures.length > 0;
  return { met, count: answers.length, found: [] };
}
