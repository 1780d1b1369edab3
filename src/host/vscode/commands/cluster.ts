/** Creating, switching, resetting and deleting clusters. */
import { l10n, window } from 'vscode';
import type { Cluster } from '../../../cluster/cluster';
import type { Kindergarten } from '../context';
import { sayBriefly } from '../say';
import { readSettings } from '../settings';

interface Preset {
  readonly controlPlanes: number;
  readonly workers: number;
}

/** By what a caller of the command may ask for: `kindergarten.newCluster` with `1+2`. */
const presets: Readonly<Record<string, Preset>> = {
  '1': { controlPlanes: 1, workers: 0 },
  '1+1': { controlPlanes: 1, workers: 1 },
  '1+2': { controlPlanes: 1, workers: 2 },
  '3+2': { controlPlanes: 3, workers: 2 },
};
const defaultPreset = '1+1';
/** kind's own rule for names. */
const validName = /^[a-z0-9.-]+$/;

/** The kind.yaml of a preset, as one would write it. */
export function presetYaml({ controlPlanes, workers }: Preset, name: string): string {
  const nodes = [...Array<string>(controlPlanes).fill('control-plane'), ...Array<string>(workers).fill('worker')];
  const named = name === 'kind' ? '' : `name: ${/^[\d.-]+$/.test(name) ? `"${name}"` : name}\n`;
  const roles = nodes.map((role) => `  - role: ${role}\n`).join('');
  return `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${named}nodes:\n${roles}`;
}

/** Creates the cluster of a kind.yaml and shows it. */
export async function createCluster(k: Kindergarten, kindYaml: string): Promise<Cluster | undefined> {
  const cluster = await k.clusters.create(kindYaml);
  if (!cluster) return undefined;
  k.log.command(`kind create cluster --name ${cluster.name}`);
  k.checks.startWithOpenFiles();
  const { revealOnCreate } = readSettings();
  if (revealOnCreate !== 'nothing') await k.tree.show();
  if (revealOnCreate === 'treeAndDiagram') k.diagram.open(true);
  return cluster;
}

/** For a manifest that meets no cluster: offers to create the usual one. */
export async function createDefault(k: Kindergarten): Promise<Cluster | undefined> {
  const create = l10n.t('Create Cluster');
  const question = l10n.t('There is no cluster yet. Create one with a control plane and a worker?');
  const answer = await window.showInformationMessage(question, create);
  return answer === create ? createPreset(k, defaultPreset) : undefined;
}

/** Creates the cluster of a preset, under a name that is free; undefined when there is no such preset or no name. */
export async function createPreset(k: Kindergarten, id: string): Promise<Cluster | undefined> {
  const preset = Object.hasOwn(presets, id) ? presets[id] : undefined;
  if (!preset) return undefined;
  const name = await freeName(k);
  return name === undefined ? undefined : createCluster(k, presetYaml(preset, name));
}

/** `kind` when it is free, else what the user calls it. */
async function freeName({ clusters }: Kindergarten): Promise<string | undefined> {
  const { names } = clusters;
  if (!names.includes('kind')) return 'kind';
  let number = 2;
  while (names.includes(`kind-${number}`)) number += 1;
  return window.showInputBox({
    title: l10n.t('New Cluster'), prompt: l10n.t('Name of the cluster'), value: `kind-${number}`,
    validateInput: (value) => names.includes(value) ? l10n.t('There is a cluster of that name already.')
      : validName.test(value) ? undefined : l10n.t('Names hold lower-case letters, digits, dots and dashes only.'),
  });
}

/** Switch Cluster: another cluster becomes the active one; the others stand still meanwhile. */
export async function switchCluster({ clusters }: Kindergarten, wanted: unknown): Promise<boolean> {
  if (typeof wanted === 'string') return clusters.activate(wanted);
  const items = clusters.names.map((name) => ({
    label: name, description: name === clusters.active?.name ? l10n.t('active') : l10n.t('stands still'),
  }));
  const pick = await window.showQuickPick(items, { title: l10n.t('Switch Cluster') });
  return pick !== undefined && clusters.activate(pick.label);
}

/** Reset: the same cluster anew, as its kind.yaml describes it, without anything that was applied. */
export async function resetCluster(k: Kindergarten, sure: unknown): Promise<boolean> {
  const cluster = k.clusters.active;
  if (!cluster) return noCluster();
  const detail = l10n.t('It is created anew from its kind config; everything that was applied to it is lost.');
  const question = l10n.t('Reset the cluster {0}?', cluster.name);
  if (!isSure(sure) && !await confirmed(question, detail, l10n.t('Reset Cluster'))) return false;
  return await createCluster(k, latestConfig(cluster)) !== undefined;
}

/** The kind.yaml that describes the cluster as it is: the last one that was applied to it. */
function latestConfig(cluster: Cluster): string {
  for (const { command } of [...cluster.log].reverse()) if (command.type === 'reconfigure') return command.kindYaml;
  return cluster.options.kindYaml;
}

/** Delete Cluster: the active one, with everything in it. */
export async function deleteCluster(k: Kindergarten, sure: unknown): Promise<boolean> {
  const cluster = k.clusters.active;
  if (!cluster) return noCluster();
  const detail = l10n.t('Everything in it is lost.');
  const question = l10n.t('Delete the cluster {0}?', cluster.name);
  if (!isSure(sure) && !await confirmed(question, detail, l10n.t('Delete Cluster'))) return false;
  k.log.command(`kind delete cluster --name ${cluster.name}`);
  return k.clusters.delete(cluster.name);
}

/** Says that there is nothing to do something with. */
export function noCluster(): false {
  sayBriefly(l10n.t('there is no cluster'));
  return false;
}

/** Whoever runs the command from a task, a key or a test may say `{ "confirmed": true }` and is not asked. */
export function isSure(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && (argument as { confirmed?: unknown }).confirmed === true;
}

/** Asks before something is lost. */
export async function confirmed(question: string, detail: string, confirm: string): Promise<boolean> {
  return await window.showWarningMessage(question, { modal: true, detail }, confirm) === confirm;
}
