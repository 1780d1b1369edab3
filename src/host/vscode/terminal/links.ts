/** Links in sandbox terminals: names of nodes and pods lead to their rows in the tree and their boxes in the diagram. */
import { l10n, type Terminal, type TerminalLink, type TerminalLinkContext, type TerminalLinkProvider } from 'vscode';
import type { Kindergarten } from '../context';
import { podRowId } from '../tree/rows';

interface BoxLink extends TerminalLink {
  readonly box: string;
}

export class ObjectLinks implements TerminalLinkProvider<BoxLink> {
  constructor(
    private readonly k: () => Pick<Kindergarten, 'clusters' | 'tree' | 'diagram'>,
    private readonly isOurs: (terminal: Terminal) => boolean,
  ) {}

  provideTerminalLinks({ line, terminal }: TerminalLinkContext): BoxLink[] {
    const view = this.isOurs(terminal) ? this.k().clusters.view() : undefined;
    if (!view) return [];
    const boxes = new Map<string, string>();
    for (const node of view.nodes) {
      boxes.set(node.name, `node/${node.name}`);
      for (const pod of node.pods) boxes.set(pod.name, podRowId(pod.namespace, pod.name));
    }
    for (const pod of view.unboundPods) boxes.set(pod.name, podRowId(pod.namespace, pod.name));
    return [...line.matchAll(/[a-z0-9][a-z0-9.-]*/g)].flatMap(({ 0: name, index }) => {
      const box = boxes.get(name);
      return box === undefined ? []
        : [{ startIndex: index, length: name.length, tooltip: l10n.t('Show in tree and diagram'), box }];
    });
  }

  async handleTerminalLink({ box }: BoxLink): Promise<void> {
    const { diagram, tree } = this.k();
    diagram.open(true);
    diagram.reveal(box);
    await tree.reveal(box, false);
  }
}
