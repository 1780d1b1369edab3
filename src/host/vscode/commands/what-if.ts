/**
 * What if: does something to a node, a component or a container, so that one sees what follows. Asked for in the
 * diagram, in the tree or by the palette; only what is possible at that moment is done, whoever asks.
 */
import { l10n, type QuickPickItem, window } from 'vscode';
import type { Command } from '../../../protocol/commands';
import type { ClusterView, ComponentView } from '../../../protocol/view';
import { processOf, unitNames, type WhatIf, whatIfs, whatIfsFor } from '../../../protocol/what-if';
import type { Kindergarten } from '../context';
import { sayBriefly } from '../say';
import { whatIfText } from '../texts/what-if';
import { boxIn } from '../tree/rows';
import { noCluster } from './cluster';
import { rowsOf } from './targets';
import { leavePast } from './time';

/** So many hops back it is looked whom a process speaks to. */
const recentHops = 5_000;

interface Given {
  readonly box: string;
  readonly action: WhatIf | undefined;
  readonly other: string | undefined;
}

/** Carries it out; false when there is nothing to do it to. */
export async function whatIf(k: Kindergarten, action: WhatIf, box: string, other?: string): Promise<boolean> {
  if (!await leavePast(k)) return false;
  const { active } = k.clusters;
  const view = k.clusters.view();
  if (!active || !view) return noCluster();
  const command = whatIfsFor(box, view).includes(action) ? commandFor(view, action, box, other) : undefined;
  if (!command) {
    sayBriefly(l10n.t('that is not possible for {0}', box));
    return false;
  }
  k.log.command(wordsOf(command));
  k.clusters.execute(active, command);
  return true;
}

/** The command: for a row of the tree, for a given box and action, or for what is chosen from lists. */
export async function askWhatIf(k: Kindergarten, args: readonly unknown[]): Promise<boolean> {
  const view = k.clusters.view();
  if (!view) return noCluster();
  const given = givenIn(args);
  if (given?.action) return whatIf(k, given.action, given.box, given.other);
  const [row] = typeof args[0] === 'string' ? rowsOf(k, args) : [];
  const box = given?.box ?? (row && boxIn(row)) ?? await chooseBox(view);
  if (box === undefined) return false;
  const possible = whatIfsFor(box, view);
  if (possible.length === 0) {
    sayBriefly(l10n.t('there is nothing to try out with {0} now', nameOf(box)));
    return false;
  }
  const items = possible.map((action) => ({ label: whatIfText(action), action }));
  const chosen = await window.showQuickPick(items, { title: l10n.t('What if … ({0})', nameOf(box)) });
  if (chosen?.action !== 'dropMessage') return chosen !== undefined && whatIf(k, chosen.action, box);
  const receiver = await chooseReceiver(k, box, view);
  return receiver !== undefined && whatIf(k, chosen.action, box, receiver.box);
}

/** Whose message is lost: that to anyone, or to one of those that were spoken to lately. */
async function chooseReceiver(
  { clusters: { active } }: Kindergarten, box: string, view: ClusterView,
): Promise<{ readonly box?: string } | undefined> {
  const process = processOf(box, view);
  const hops = active?.trace.slice(Math.max(0, active.trace.length - recentHops)) ?? [];
  const partners = new Set(hops.flatMap((hop) => ('channel' in hop && hop.from === process ? [hop.to] : [])));
  const boxes = [...partners].flatMap((partner) => boxOfProcess(partner, view) ?? []);
  const items: (QuickPickItem & { readonly box?: string })[] = [
    { label: l10n.t('the next one, to whomever') },
    ...boxes.map((each) => ({ label: l10n.t('the next one to {0}', nameOf(each)), box: each })),
  ];
  return boxes.length === 0 ? {} : window.showQuickPick(items, { title: l10n.t('Which message is lost?') });
}

function boxOfProcess(process: string, view: ClusterView): string | undefined {
  return [process, `container/${process.replace(/@.*$/, '')}`].find((each) => processOf(each, view) === process);
}

/** `{ box, action }`, or a box alone. */
function givenIn([value]: readonly unknown[]): Given | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { box, action, other } = value as Readonly<Record<string, unknown>>;
  if (typeof box !== 'string') return undefined;
  const known = whatIfs.find((each) => each === action);
  return { box, action: known, other: typeof other === 'string' ? other : undefined };
}

/** Nodes, then components, then containers: whatever something can be tried out with. */
async function chooseBox(view: ClusterView): Promise<string | undefined> {
  const boxes = view.nodes.flatMap(({ name, components, pods }) => [
    { box: `node/${name}`, description: '' },
    ...components.map(({ id }) => ({ box: id, description: name })),
    ...pods.flatMap((pod) => pod.containers.map((container) =>
      ({ box: `container/${pod.namespace}/${pod.name}/${container.name}`, description: name }))),
  ]);
  const possible = boxes.filter(({ box }) => whatIfsFor(box, view).length > 0);
  const items: (QuickPickItem & { readonly box: string })[] = possible
    .map((item) => ({ ...item, label: nameOf(item.box) }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('What if …'), placeHolder: l10n.t('Node, component or container'), matchOnDescription: true,
  });
  return chosen?.box;
}

/** `kind-worker`, `kubelet`, `default/web-0/app`. */
function nameOf(box: string): string {
  return box.replace(/^(?:node|pod|container)\//, '').replace(/@.*$/, '');
}

function commandFor(view: ClusterView, action: WhatIf, box: string, other: string | undefined): Command | undefined {
  const process = processOf(box, view);
  const machine = machineOf(view, box);
  switch (action) {
    case 'kill': return process === undefined ? undefined : { type: 'kill', process };
    case 'dropMessage': {
      const to = other === undefined ? undefined : processOf(other, view);
      if (process === undefined) return undefined;
      return { type: 'dropMessage', from: process, ...(to === undefined ? {} : { to }) };
    }
    case 'stopUnit':
    case 'startUnit': {
      const unit = unitOf(componentOf(view, box));
      return machine === undefined || !unit ? undefined : { type: action, machine, unit };
    }
    case 'powerOff': case 'powerOn': case 'fillDisk': case 'freeDisk': case 'fillDatabase': case 'freeDatabase':
      return machine === undefined ? undefined : { type: action, machine };
    case 'cutLink':
    case 'healLink': {
      const master = view.nodes.find(({ controlPlane }) => controlPlane)?.name;
      const b = other === undefined ? master : machineOf(view, other);
      return machine === undefined || b === undefined || machine === b ? undefined : { type: action, a: machine, b };
    }
    case 'cordon':
    case 'uncordon': {
      if (machine === undefined) return undefined;
      const spec = { unschedulable: action === 'cordon' };
      return { type: 'apply', objects: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: machine }, spec }] };
    }
  }
}

/** The node of that box, or the one that a component is on. */
function machineOf({ nodes }: ClusterView, box: string): string | undefined {
  return nodes.find(({ name, components }) => `node/${name}` === box || components.some(({ id }) => id === box))?.name;
}

function componentOf({ nodes }: ClusterView, box: string): ComponentView | undefined {
  return nodes.flatMap(({ components }) => components).find(({ id }) => id === box);
}

function unitOf(component: ComponentView | undefined): 'containerd' | 'kubelet' | undefined {
  if (component?.kind !== 'kubelet' && component?.kind !== 'container-runtime') return undefined;
  return unitNames[component.kind];
}

/** As somebody would have typed it. */
function wordsOf(command: Command): string {
  switch (command.type) {
    case 'kill': return `kill -9 ${command.process}`;
    case 'powerOff': return `docker kill ${command.machine}`;
    case 'powerOn': return `docker start ${command.machine}`;
    case 'stopUnit': return `docker exec ${command.machine} systemctl stop ${command.unit}`;
    case 'startUnit': return `docker exec ${command.machine} systemctl start ${command.unit}`;
    case 'cutLink': case 'healLink': return `${command.type} ${command.a} ${command.b}`;
    case 'dropMessage': return `${command.type} ${command.from} ${command.to ?? ''}`.trim();
    case 'fillDisk': case 'freeDisk': case 'fillDatabase': case 'freeDatabase':
      return `${command.type} ${command.machine}`;
    default: return command.type;
  }
}
