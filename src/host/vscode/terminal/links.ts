/**
 * Links in sandbox terminals: names of nodes and pods lead to their rows in the tree and their boxes in the diagram,
 * and while the past is shown, the names of the ways out of it take them.
 */
import {
  commands, l10n, type Terminal, type TerminalLink, type TerminalLinkContext, type TerminalLinkProvider,
} from 'vscode';
import { commandIds } from '../commands/ids';
import type { Kindergarten } from '../context';
import { podRowId } from '../tree/rows';

/** Leads to a box, or runs a command. */
type Target = { readonly box: string } | { readonly command: string };
type Link = TerminalLink & Target;

export class ObjectLinks implements TerminalLinkProvider<Link> {
  constructor(
    private readonly k: () => Pick<Kindergarten, 'clusters' | 'tree' | 'diagram'>,
    private readonly isOurs: (terminal: Terminal) => boolean,
  ) {}

  provideTerminalLinks({ line, terminal }: TerminalLinkContext): Link[] {
    const { clusters } = this.k();
    const view = this.isOurs(terminal) ? clusters.view() : undefined;
    if (!view) return [];
    const ways = clusters.past ? waysOut(line) : [];
    const boxes = new Map<string, string>();
    for (const node of view.nodes) {
      boxes.set(node.name, `node/${node.name}`);
      for (const pod of node.pods) boxes.set(pod.name, podRowId(pod.namespace, pod.name));
    }
    for (const pod of view.unboundPods) boxes.set(pod.name, podRowId(pod.namespace, pod.name));
    return [...ways, ...[...line.matchAll(/[a-z0-9][a-z0-9.-]*/g)].flatMap(({ 0: name, index }) => {
      const box = boxes.get(name);
      return box === undefined ? []
        : [{ startIndex: index, length: name.length, tooltip: l10n.t('Show in tree and diagram'), box }];
    })];
  }

  async handleTerminalLink(link: Link): Promise<void> {
    if ('command' in link) {
      await commands.executeCommand(link.command);
      return;
    }
    const { box } = link;
    const { diagram, tree } = this.k();
    diagram.open(true);
    diagram.reveal(box);
    await tree.reveal(box, false);
  }
}

/** Where a line of the terminal names a way out of the past. */
function waysOut(line: string): Link[] {
  const ways = [
    [l10n.t('Return to Now'), commandIds.returnToNow], [l10n.t('Branch from Here'), commandIds.branchHere],
  ] as const;
  return ways.flatMap(([title, command]) => {
    const startIndex = line.indexOf(title);
    return startIndex < 0 ? [] : [{ startIndex, length: title.length, tooltip: title, command }];
  });
}
