/** A row as VS Code draws it: label, description, icon, tooltip, what its menu offers, what a screen reader says. */
import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { PodView } from '../../../protocol/view';
import { glossaryOf } from '../texts/glossary';
import { containerStateText, groupText, nodeHealthText, podHealthText } from '../texts/states';
import { iconOf } from './icons';
import { refOf, type Row } from './rows';

/** The item of a row; its tooltip is added when it is asked for. */
export function itemOf(row: Row, hasChildren: boolean): TreeItem {
  const item = new TreeItem(labelOf(row), collapsible(row, hasChildren));
  item.id = row.id;
  item.description = descriptionOf(row);
  item.contextValue = contextOf(row);
  const icon = iconOf(row);
  if (icon) item.iconPath = new ThemeIcon(icon.icon, icon.colour && new ThemeColor(icon.colour));
  item.accessibilityInformation = { label: spokenOf(row) };
  return item;
}

/** Roles and nodes are open at first, what is inside components and pods is not. */
function collapsible(row: Row, hasChildren: boolean): TreeItemCollapsibleState {
  if (!hasChildren) return TreeItemCollapsibleState.None;
  const open = row.type === 'group' || row.type === 'node';
  return open ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

export function labelOf(row: Row): string {
  switch (row.type) {
    case 'group': return groupText(row.group);
    case 'node': return row.node.name;
    case 'component': return row.component.name;
    case 'pod': return row.pod.name;
    case 'container': return row.container.name;
  }
}

export function descriptionOf(row: Row): string {
  switch (row.type) {
    case 'group': return String(row.size);
    case 'node': return row.node.poweredOn
      ? joined(row.node.status || nodeHealthText(row.node.health, true), row.node.address)
      : nodeHealthText(row.node.health, false);
    case 'component': return componentDescription(row);
    case 'pod': return podDescription(row.pod);
    case 'container': return joined(containerStateText(row.container), row.container.image,
      restartText(row.container.restarts));
  }
}

function componentDescription({ component, pod }: Extract<Row, { type: 'component' }>): string {
  // Several of a kind may run on one node; their pods tell them apart.
  const which = component.kind === 'coredns' && pod ? pod.name : '';
  return joined(which, component.running ? '' : l10n.t('not running'), component.leader ? l10n.t('leader') : '');
}

function podDescription(pod: PodView): string {
  const { readyContainers, totalContainers, status, ip, namespace, restarts } = pod;
  return joined(
    `${readyContainers}/${totalContainers} ${status}`, ip ?? '', restartText(restarts),
    namespace === 'default' ? '' : namespace,
  );
}

function restartText(restarts: number): string {
  if (restarts === 0) return '';
  return restarts === 1 ? l10n.t('1 restart') : l10n.t('{0} restarts', restarts);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** Words for `when` clauses of menus: `viewItem =~ /\bdescribe\b/`. */
function contextOf(row: Row): string {
  const words: string[] = [row.type];
  if (refOf(row)) words.push('describe', 'yaml');
  if (row.type !== 'group') words.push('diagram', 'whatIf');
  if (row.type === 'pod') words.push('delete');
  return words.join(' ');
}

function spokenOf(row: Row): string {
  const label = labelOf(row);
  switch (row.type) {
    case 'group': return l10n.t('{0}, {1} entries', label, row.size);
    case 'node': return l10n.t('Node {0} {1}', label, nodeHealthText(row.node.health, row.node.poweredOn));
    case 'component': return row.component.running
      ? l10n.t('Component {0} runs', label) : l10n.t('Component {0} does not run', label);
    case 'pod': return l10n.t('Pod {0} {1}, {2}', label, podHealthText(row.pod.health), podDescription(row.pod));
    case 'container': return l10n.t('Container {0}, {1}', label, containerStateText(row.container));
  }
}

/** The tooltip: what it is, and all that there is no room for in the row. */
export function tooltipOf(row: Row): MarkdownString {
  const lines = [`**${escaped(labelOf(row))}**`, escaped(glossaryOf(row)), ''];
  for (const [name, value] of factsOf(row)) {
    if (value !== undefined && value !== '') lines.push(`${escaped(name)}: ${escaped(value)}`);
  }
  if (row.type === 'pod' && row.pod.message) lines.push('', escaped(row.pod.message));
  // Two blanks at a line's end break the line.
  return new MarkdownString(lines.join('  \n'));
}

/** As text in Markdown. MarkdownString's own way makes blanks unbreakable, and with them long sentences. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, '\\$&').replace(/\s+/g, ' ');
}

function factsOf(row: Row): readonly (readonly [name: string, value: string | undefined])[] {
  switch (row.type) {
    case 'group': return [];
    case 'node': {
      const { node } = row;
      return [
        [l10n.t('State'), node.status || nodeHealthText(node.health, node.poweredOn)],
        [l10n.t('Address'), node.address], [l10n.t('Pod addresses'), node.podCIDR], [l10n.t('Version'), node.version],
        [l10n.t('CPU'), node.capacity['cpu']], [l10n.t('Memory'), node.capacity['memory']],
        [l10n.t('Taints'), node.taints.join(', ')],
      ];
    }
    case 'component': return [
      [l10n.t('State'), row.component.running ? l10n.t('running') : l10n.t('not running')],
      [l10n.t('Pod'), row.component.pod ?? l10n.t('none; systemd runs it on the node')],
      [l10n.t('Leader'), row.component.leader ? l10n.t('yes') : undefined],
    ];
    case 'pod': {
      const { pod } = row;
      return [
        [l10n.t('State'), `${pod.status}, ${podHealthText(pod.health)}`],
        [l10n.t('Namespace'), pod.namespace], [l10n.t('Node'), pod.node], [l10n.t('Address'), pod.ip],
        [l10n.t('Owner'), pod.owner], [l10n.t('Restarts'), pod.restarts > 0 ? String(pod.restarts) : undefined],
      ];
    }
    case 'container': return [
      [l10n.t('State'), containerStateText(row.container)], [l10n.t('Image'), row.container.image],
      [l10n.t('Restarts'), row.container.restarts > 0 ? String(row.container.restarts) : undefined],
    ];
  }
}
