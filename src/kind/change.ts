/**
 * Compares a running cluster with an edited config: which workers to add or remove, which labels to change in place,
 * and what only a new cluster can change. kind itself cannot change a cluster; adding and removing workers is what a
 * person would do with `kubeadm join` and `kubectl delete node`, everything else keeps kind's rule.
 *
 * Which worker an entry of the edited file means is not written in it, so entries are matched by content: first those
 * that are equal in all fields, in order, so that of several equal workers the highest-numbered one goes; then what is
 * left over, in order. Moving entries around changes nothing. A new worker takes the lowest number that is free.
 * Control planes are matched in order.
 */
import { compareText, equal } from '../base/freeze';
import type { YamlPath } from '../base/yaml/node';
import type { KindConfig, KindNode } from './config/types';
import { nodeName, topologyOf } from './topology';
import type { KindTopology, NamedNode, TopologyNode } from './topology';

/** One field that differs, with its values as texts for display; an absent value is the empty text. */
export interface FieldChange {
  /** Path in the edited config. */
  readonly path: YamlPath;
  readonly oldValue: string;
  readonly newValue: string;
  /** The running node that the field belongs to, if it belongs to one. */
  readonly node?: string;
}

export interface KindChange {
  readonly unchanged: boolean;
  /** New workers, complete with names and addresses. */
  readonly addWorkers: readonly TopologyNode[];
  /** Names of workers to drain and delete. */
  readonly removeWorkers: readonly string[];
  /** What can be changed while the cluster runs: labels of nodes. */
  readonly inPlace: readonly FieldChange[];
  /** What needs a new cluster; if there is any of these, the rest waits for it. */
  readonly needsRecreate: readonly FieldChange[];
  /** The cluster after the change in place; only meaningful while `needsRecreate` is empty. */
  readonly topology: KindTopology;
}

/** An entry of the edited config with its position there. */
interface Entry {
  readonly spec: KindNode;
  readonly index: number;
}

interface Pair {
  readonly node: TopologyNode;
  readonly entry: Entry;
}

function display(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function changed(path: YamlPath, before: unknown, after: unknown, node?: string): readonly FieldChange[] {
  if (equal(before, after)) return [];
  const values = { path, oldValue: display(before), newValue: display(after) };
  return [Object.freeze(node === undefined ? values : { ...values, node })];
}

/** Differences of two mappings, key by key. */
function changedKeys(path: YamlPath, before: object, after: object, node?: string): readonly FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  const at = (object: object, key: string): unknown => (object as Record<string, unknown>)[key];
  return keys.flatMap((key) => changed([...path, key], at(before, key), at(after, key), node));
}

/** Pairs running workers with entries; what has no partner is to be removed or added. */
function matchWorkers(running: readonly TopologyNode[], entries: readonly Entry[]): {
  readonly pairs: readonly Pair[];
  readonly removed: readonly TopologyNode[];
  readonly added: readonly Entry[];
} {
  const waiting = new Map<string, TopologyNode[]>();
  for (const node of running) {
    const key = contentKey(node.spec);
    const same = waiting.get(key);
    if (same) same.push(node);
    else waiting.set(key, [node]);
  }
  const pairs: Pair[] = [];
  const open: Entry[] = [];
  for (const entry of entries) {
    const node = waiting.get(contentKey(entry.spec))?.shift();
    if (node) pairs.push({ node, entry });
    else open.push(entry);
  }
  const matched = new Set(pairs.map((pair) => pair.node));
  const left = running.filter((node) => !matched.has(node));
  const both = Math.min(left.length, open.length);
  open.slice(0, both).forEach((entry, i) => {
    const node = left[i];
    if (node) pairs.push({ node, entry });
  });
  return { pairs, removed: left.slice(both), added: open.slice(both) };
}

/** A text that is equal for entries that are equal in all fields; the order of label keys does not count. */
function contentKey(spec: KindNode): string {
  const labels = Object.entries(spec.labels).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([{ ...spec, labels }]);
}

/** Fields of a node beyond its labels: the container would have to be made anew. */
function nodeChanges({ node, entry }: Pair): readonly FieldChange[] {
  const { labels: _before, ...before } = node.spec;
  const { labels: _after, ...after } = entry.spec;
  return changedKeys(['nodes', entry.index], before, after, node.name);
}

function labelChanges({ node, entry }: Pair): readonly FieldChange[] {
  return changedKeys(['nodes', entry.index, 'labels'], node.spec.labels, entry.spec.labels, node.name);
}

function clusterChanges(before: KindConfig, after: KindConfig): readonly FieldChange[] {
  const { nodes: _old, networking: oldNetworking, featureGates: oldGates, runtimeConfig: oldRuntime, ...old } = before;
  const { nodes: _new, networking, featureGates, runtimeConfig, ...rest } = after;
  return [
    ...changedKeys([], old, rest),
    ...changedKeys(['networking'], oldNetworking, networking),
    ...changedKeys(['featureGates'], oldGates, featureGates),
    ...changedKeys(['runtimeConfig'], oldRuntime, runtimeConfig),
  ];
}

/** Names for new workers: the lowest numbers that no worker holds or gives up in the same change. */
function nameWorkers(config: KindConfig, running: readonly TopologyNode[], count: number): readonly string[] {
  const taken = new Set(running.map((node) => node.name));
  const names: string[] = [];
  for (let n = 1; names.length < count; n += 1) {
    const name = nodeName(config.name, 'worker', n);
    if (!taken.has(name)) names.push(name);
  }
  return names;
}

/** What an edited config changes in a running cluster. Both configs must have been validated. */
export function compareKindConfig(running: KindTopology, edited: KindConfig): KindChange {
  const entries = edited.nodes.map((spec, index) => ({ spec, index }));
  const [controlPlanes, workers] = (['control-plane', 'worker'] as const).map((role) => ({
    running: running.nodes.filter((node) => node.role === role),
    entries: entries.filter(({ spec }) => spec.role === role),
  }));
  const planes = (controlPlanes?.running ?? []).flatMap((node, i): Pair[] => {
    const entry = controlPlanes?.entries[i];
    return entry ? [{ node, entry }] : [];
  });
  const { pairs, removed, added } = matchWorkers(workers?.running ?? [], workers?.entries ?? []);
  const counts = [controlPlanes?.running.length, controlPlanes?.entries.length];
  const all = [...planes, ...pairs].sort((a, b) => a.entry.index - b.entry.index);
  const needsRecreate = Object.freeze([
    ...clusterChanges(running.config, edited),
    ...changed(['nodes'], `${counts[0]} control-plane`, `${counts[1]} control-plane`),
    ...all.flatMap(nodeChanges),
  ]);
  const inPlace = Object.freeze(all.flatMap(labelChanges));
  const names = nameWorkers(edited, running.nodes, added.length);
  const nameAt = new Map(all.map(({ node, entry }) => [entry.index, node.name]));
  added.forEach((entry, i) => nameAt.set(entry.index, names[i] ?? ''));
  const named = entries.flatMap(({ spec, index }): NamedNode[] => {
    const name = nameAt.get(index);
    return name === undefined ? [] : [{ name, spec }];
  });
  const topology = topologyOf(edited, named, running.nodes);
  const isAdded = new Set(names);
  const addWorkers = Object.freeze(topology.nodes.filter((node) => isAdded.has(node.name)));
  const removeWorkers = Object.freeze(removed.map((node) => node.name));
  const nothing = [addWorkers, removeWorkers, inPlace, needsRecreate].every((list) => list.length === 0);
  return Object.freeze({ unchanged: nothing, addWorkers, removeWorkers, inPlace, needsRecreate, topology });
}
