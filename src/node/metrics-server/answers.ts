/**
 * The API `metrics.k8s.io/v1beta1` as metrics-server serves it: discovery, and the use of nodes and pods as objects, lists
 * and tables. Models metrics-server's pkg/api.
 */
import { goDuration } from '../../api/duration';
import { isSelectorError, matchesLabels, parseLabelSelector } from '../../api/selectors';
import { badRequest, type FailureStatus, isFailure, methodNotSupported, notFoundStatus } from '../../api/status';
import { formatTime } from '../../api/time';
import type { Node, Pod } from '../../api/types';
import { compareText } from '../../base/freeze';
import type { MetricsStorage, Use } from './storage';

const group = 'metrics.k8s.io';
const apiVersion = `${group}/v1beta1`;
const groupVersion = { groupVersion: apiVersion, version: 'v1beta1' };
const verbs = ['get', 'list'];

export interface AnswerInputs {
  readonly storage: MetricsStorage;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly wallMs: number;
}

export interface Asked {
  readonly path: string;
  readonly labelSelector: string;
  readonly watch: boolean;
  /** The client wants a table of rows. */
  readonly table: boolean;
}

interface Metrics {
  readonly name: string;
  readonly uses: readonly Pick<Use, 'nanoCores' | 'memoryBytes'>[];
  readonly object: { readonly metadata: unknown; readonly window: string };
}

/** The object that a path answers with, or a Status; undefined where nothing is served. */
export function answerMetrics(inputs: AnswerInputs, asked: Asked): unknown {
  const parts = asked.path.split('/').filter((part) => part !== '');
  const [prefix, found, version, ...rest] = parts;
  if (prefix !== 'apis' || (found !== undefined && found !== group)) return undefined;
  if (found === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: [apiGroup()] };
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup() };
  if (version !== 'v1beta1') return undefined;
  if (rest.length === 0) return resourceList();
  if (asked.watch) {
    const resource = rest.includes('nodes') ? 'nodes' : 'pods';
    return methodNotSupported({ group, resource }, 'watch');
  }
  if (rest[0] === 'nodes') return rest.length > 2 ? undefined : nodeAnswer(inputs, asked, rest[1]);
  if (rest[0] === 'pods' && rest.length === 1) return podAnswer(inputs, asked, undefined, undefined);
  if (rest[0] !== 'namespaces' || rest[2] !== 'pods' || rest.length > 4) return undefined;
  return podAnswer(inputs, asked, rest[1], rest[3]);
}

function apiGroup() {
  return { name: group, versions: [groupVersion], preferredVersion: groupVersion };
}

function resourceList(): unknown {
  return {
    kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs },
    ],
  };
}

function nodeAnswer(inputs: AnswerInputs, asked: Asked, name: string | undefined): unknown {
  const chosen = choose(inputs.nodes, asked, undefined, name);
  if (isFailure(chosen)) return chosen;
  const metrics = chosen.flatMap(({ metadata }): Metrics[] => {
    const use = inputs.storage.node(metadata.name);
    if (!use) return [];
    const object = {
      ...head(metadata, inputs.wallMs), timestamp: formatTime(use.atMs), window: windowOf(use), usage: usage(use),
    };
    return [{ name: metadata.name, uses: [use], object }];
  });
  return answer('NodeMetrics', asked, metrics, name === undefined ? undefined : { resource: 'nodemetrics', name });
}

function podAnswer(
  inputs: AnswerInputs, asked: Asked, namespace: string | undefined, name: string | undefined,
): unknown {
  const chosen = choose(inputs.pods, asked, namespace, name);
  if (isFailure(chosen)) return chosen;
  const metrics = chosen.filter(({ status }) => status.phase === 'Running').flatMap(({ metadata }): Metrics[] => {
    const uses = inputs.storage.pod(metadata.namespace ?? '', metadata.name);
    const [first] = uses?.values() ?? [];
    if (!uses || !first) return [];
    const containers = Array.from(uses, ([container, use]) => ({ name: container, usage: usage(use) }));
    const oldest = [...uses.values()].reduce((a, b) => (b.atMs < a.atMs ? b : a), first);
    const object = {
      ...head(metadata, inputs.wallMs), timestamp: formatTime(oldest.atMs), window: windowOf(oldest), containers,
    };
    return [{ name: metadata.name, uses: [...uses.values()], object }];
  });
  const single = name === undefined ? undefined : { resource: 'podmetrics', name: `${namespace ?? ''}/${name}` };
  return answer('PodMetrics', asked, metrics, single);
}

function choose<T extends Node | Pod>(
  all: readonly T[], { labelSelector }: Asked, namespace: string | undefined, name: string | undefined,
): T[] | FailureStatus {
  const selector = parseLabelSelector(labelSelector);
  if (isSelectorError(selector)) return badRequest(selector.error);
  return all.filter(({ metadata }) => (namespace === undefined || metadata.namespace === namespace)
    && (name === undefined ? matchesLabels(selector, metadata.labels) : metadata.name === name))
    .sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

function keyOf({ metadata }: Node | Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function answer(
  kind: string, asked: Asked, metrics: readonly Metrics[], single: { resource: string; name: string } | undefined,
): unknown {
  if (single && metrics.length === 0) return notFoundStatus({ group, resource: single.resource }, single.name);
  if (asked.table) return table(metrics);
  if (single) return { kind, apiVersion, ...metrics[0]?.object };
  return { kind: `${kind}List`, apiVersion, metadata: {}, items: metrics.map(({ object }) => object) };
}

function table(metrics: readonly Metrics[]): unknown {
  const column = (name: string, format = '') => ({ name, type: 'string', format, description: '', priority: 0 });
  return {
    kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {},
    columnDefinitions: [column('Name', 'name'), column('cpu'), column('memory'), column('Window')],
    rows: metrics.map(({ name, uses, object }) => {
      const { cpu, memory } = usage(uses.reduce((sum, use) => ({
        nanoCores: sum.nanoCores + use.nanoCores, memoryBytes: sum.memoryBytes + use.memoryBytes,
      }), { nanoCores: 0, memoryBytes: 0 }));
      const { metadata, window } = object;
      return {
        cells: [name, cpu, memory, window],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
      };
    }),
  };
}

function head({ name, namespace, labels }: Node['metadata'], wallMs: number) {
  return {
    metadata: {
      name, ...(namespace ? { namespace } : {}), creationTimestamp: formatTime(wallMs), ...(labels ? { labels } : {}),
    },
  };
}

/** Quantities as metrics-server prints them: thousand-millionths of a processor, whole KiB. */
function usage({ nanoCores, memoryBytes }: Pick<Use, 'nanoCores' | 'memoryBytes'>): { cpu: string; memory: string } {
  return { cpu: nanoCores === 0 ? '0' : `${nanoCores}n`, memory: `${Math.floor(memoryBytes / 1024)}Ki` };
}

function windowOf({ windowMs }: Use): string {
  return goDuration(windowMs);
}
