/**
 * What if: does something to a box of the diagram, so that one sees what follows. Only to what is there at that moment;
 * a panel that asks for anything else is not heard.
 */
import { l10n } from 'vscode';
import type { Command } from '../../../protocol/commands';
import type { WhatIf } from '../../../protocol/messages';
import type { ClusterView } from '../../../protocol/view';
import type { Kindergarten } from '../context';
import { sayBriefly } from '../say';
import { noCluster } from './cluster';
import { leavePast } from './time';

/** Carries it out; false when there is nothing to do it to. */
export async function whatIf(k: Kindergarten, action: WhatIf, box: string, other?: string): Promise<boolean> {
  if (!await leavePast(k)) return false;
  const { active } = k.clusters;
  const view = k.clusters.view();
  if (!active || !view) return noCluster();
  const command = commandFor(view, action, box, other);
  if (!command) {
    sayBriefly(l10n.t('that is not possible for {0}', box));
    return false;
  }
  k.log.command(wordsOf(command));
  k.clusters.execute(active, command);
  return true;
}

function commandFor(view: ClusterView, action: WhatIf, box: string, other: string | undefined): Command | undefined {
  const machine = machineOf(view, box);
  switch (action) {
    case 'kill': {
      const process = processOf(view, box);
      return process === undefined ? undefined : { type: 'kill', process };
    }
    case 'powerOff': return machine === undefined ? undefined : { type: 'powerOff', machine };
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

/** `kind-worker` of `node/kind-worker`. */
function machineOf({ nodes }: ClusterView, box: string): string | undefined {
  return nodes.find(({ name, poweredOn }) => `node/${name}` === box && poweredOn)?.name;
}

/** The running process of a component or of a container: `container/default/web-0/app`. */
function processOf({ nodes }: ClusterView, box: string): string | undefined {
  for (const { components, pods, name } of nodes) {
    if (components.some(({ id, running }) => id === box && running)) return box;
    for (const pod of pods) for (const container of pod.containers) {
      const id = `${pod.namespace}/${pod.name}/${container.name}`;
      if (box === `container/${id}` && container.state === 'running') return `${id}@${name}`;
    }
  }
  return undefined;
}

/** As somebody would have typed it. */
function wordsOf(command: Command): string {
  switch (command.type) {
    case 'kill': return `kill -9 ${command.process}`;
    case 'powerOff': return `docker kill ${command.machine}`;
    case 'cutLink': case 'healLink': return `${command.type} ${command.a} ${command.b}`;
    default: return command.type;
  }
}
