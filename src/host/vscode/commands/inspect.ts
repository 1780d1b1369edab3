/** Describe, Show YAML and Reveal in Diagram: for rows of the tree, or for an object chosen from a list. */
import { l10n, type QuickPickItem, ThemeIcon, window } from 'vscode';
import type { ObjectRef } from '../../../protocol/commands';
import type { Kindergarten } from '../context';
import type { DocumentKind } from '../documents';
import { boxOf, podRowId } from '../tree/rows';
import { noCluster } from './cluster';
import { isFromTree, refsOf, rowsOf } from './targets';

/** Kinds that come and go by the thousand and that nobody looks up by name. */
const unlisted = new Set(['Event', 'Lease', 'ControllerRevision']);
const usualKinds = [
  'Pod', 'Deployment', 'Service', 'Node', 'Namespace', 'ReplicaSet', 'DaemonSet', 'ConfigMap', 'Secret',
];

/** Opens a document for each object that is meant. */
export async function inspect(k: Kindergarten, kind: DocumentKind, args: readonly unknown[]): Promise<boolean> {
  const { active } = k.clusters;
  if (!active) return noCluster();
  const chosen = isFromTree(args) ? refsOf(rowsOf(k, args))
    : await chooseObject(k, kind === 'yaml' ? l10n.t('Show YAML') : l10n.t('Describe'));
  for (const ref of chosen) await k.documents.open(active.name, ref, kind);
  return chosen.length > 0;
}

/** A list of everything in the cluster that has a name worth looking up. */
async function chooseObject({ clusters }: Kindergarten, title: string): Promise<readonly ObjectRef[]> {
  const { shown } = clusters;
  if (!shown) return [];
  const rank = (kind: string): number => (usualKinds.includes(kind) ? usualKinds.indexOf(kind) : usualKinds.length);
  const listed = shown.kinds.kinds.filter(({ kind }) => !unlisted.has(kind));
  const kinds = listed.sort((a, b) => rank(a.kind) - rank(b.kind));
  const items = kinds.flatMap(({ group, version, kind, singular }) => {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const objects = shown.objects.list(apiVersion, kind);
    return objects.map(({ metadata: { name, namespace } }): QuickPickItem & { ref: ObjectRef } => ({
      label: `${singular}/${name}`, description: namespace, iconPath: new ThemeIcon('symbol-object'),
      ref: { apiVersion, kind, namespace, name },
    }));
  });
  const pick = await window.showQuickPick(items, { title, matchOnDescription: true });
  return pick ? [pick.ref] : [];
}

/** Marks the row's box in the diagram, which is opened when it is not. */
export function revealInDiagram(k: Kindergarten, args: readonly unknown[]): boolean {
  if (!k.clusters.active) return noCluster();
  const [box] = rowsOf(k, args).flatMap((row) => boxOf(row) ?? []);
  k.diagram.open(false);
  if (box !== undefined) k.diagram.reveal(box);
  return box !== undefined;
}

/** What the diagram asks for about one of its boxes. */
export async function openBox(k: Kindergarten, box: string, what: 'describe' | 'yaml' | 'tree'): Promise<void> {
  const { active } = k.clusters;
  if (!active) return;
  if (what === 'tree') return k.tree.reveal(box, true);
  const row = k.tree.row(box);
  // A component without a pod is part of its node.
  const node = row?.type === 'component' && !row.pod ? k.tree.row(`node/${row.node}`) : row;
  const [ref] = node ? refsOf([node]) : [];
  if (ref) await k.documents.open(active.name, ref, what);
  else void window.showInformationMessage(l10n.t('There is no API object behind {0}.', box));
}

/** The row of the tree for a box: the same id, except for what lies in a pod. */
export function rowOfBox(box: string): string {
  const [type, namespace, pod] = box.split('/');
  return type === 'container' && namespace && pod ? podRowId(namespace, pod) : box;
}
