/** Clusters for tests: built from a kind.yaml and run at once on the virtual clock. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster';
import { Sandbox } from '../../src/cluster/sandbox';
import type { CommandProgress } from '../../src/protocol/commands';
import type { PodView } from '../../src/protocol/view';
import { readManifests } from '../../src/shell/manifest-set';

/** 2026-01-01T00:00:00Z, so that ages and times in golden texts stay the same. */
export const epochMs = 1_767_225_600_000;
export const root = join(__dirname, '..', '..');

/** A kind.yaml with so many nodes. */
export function kindYaml(controlPlanes: number, workers: number, name = 'kind'): string {
  const nodes = [
    ...Array.from({ length: controlPlanes }, () => '  - role: control-plane'),
    ...Array.from({ length: workers }, () => '  - role: worker'),
  ];
  return ['kind: Cluster', 'apiVersion: kind.x-k8s.io/v1alpha4', `name: ${name}`, 'nodes:', ...nodes, ''].join('\n');
}

/** A cluster that has just been asked for; nothing has run yet. */
export function newCluster(yaml: string, seed = 1): Cluster {
  const cluster = new Sandbox({ seed, epochMs: () => epochMs }).create(yaml);
  if (!cluster) throw new Error(`not a kind.yaml:\n${yaml}`);
  return cluster;
}

/** A cluster whose nodes are Ready and whose pods run. */
export function bootedCluster(controlPlanes: number, workers: number, seed = 1): Cluster {
  const cluster = newCluster(kindYaml(controlPlanes, workers), seed);
  if (!cluster.runUntil(() => cluster.isUp, 600_000)) throw new Error('the cluster did not come up within ten minutes');
  return cluster;
}

/** Applies manifests given as YAML text and runs until kubectl is done. */
export function apply(cluster: Cluster, yaml: string): CommandProgress {
  const set = readManifests([{ name: 'test.yaml', text: yaml }], cluster.kinds);
  if (set.problems.length > 0) throw new Error(set.problems.map((problem) => problem.message).join('\n'));
  const progress = cluster.execute({ type: 'apply', objects: set.objects.map((placed) => placed.object) });
  cluster.runUntil(() => progress.done);
  return progress;
}

/** All pods of the view, bound and unbound. */
export function podsOf(cluster: Cluster): readonly PodView[] {
  const view = cluster.view();
  return [...view.nodes.flatMap((node) => node.pods), ...view.unboundPods];
}

/** The pods of a namespace. */
export function podsIn(cluster: Cluster, namespace: string): readonly PodView[] {
  return podsOf(cluster).filter((pod) => pod.namespace === namespace);
}

/** A file of the example workspace. */
export function example(path: string): string {
  return readFileSync(join(root, 'examples', path), 'utf8');
}
