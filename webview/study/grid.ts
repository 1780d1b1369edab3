/**
 * The scheduler's filter table and score table as data: plugins against nodes, every cell with what it says in a word and
 * in a sentence. Nothing here knows the page; few nodes stand side by side, many below each other.
 */
import type { Language } from '../../src/protocol/messages';
import type { AttemptNode, AttemptTable } from '../../src/protocol/study';
import { text } from '../narration/text';
import { whyNode } from './why-node';

export type CellLook = 'pass' | 'refused' | 'skipped' | 'unasked' | 'score' | 'sum' | 'best';

export interface Heading {
  readonly title: string;
  /** Below the title, smaller. */
  readonly more?: string;
  readonly node?: string;
}

export interface Cell {
  readonly look: CellLook;
  readonly words: string;
  /** Below the words, smaller. */
  readonly more?: string;
  /** The whole of it, for a screen reader and for the line below the table. */
  readonly sentence: string;
  readonly node: string;
  readonly plugin?: string;
}

export interface Grid {
  readonly corner: string;
  readonly columns: readonly Heading[];
  readonly rows: readonly (Heading & { readonly cells: readonly Cell[] })[];
}

/** Which filter says what of which node. */
export function filterGrid(attempt: AttemptTable, language: Language): Grid {
  const rows = attempt.filters.map(({ plugin, skipped }, index) => ({
    title: plugin, cells: attempt.table.map((node) => filterCell(attempt, node, { plugin, skipped, index }, language)),
  }));
  const before = attempt.table.filter(({ refused }) => refused?.preFilter);
  const extra = [...new Set(before.map(({ refused }) => refused?.plugin ?? ''))].map((plugin) => ({
    title: plugin,
    more: text(language, 'filter.prefilter'),
    cells: attempt.table.map((node): Cell =>
      node.refused?.preFilter && node.refused.plugin === plugin
        ? refusedCell(attempt, node, plugin, language)
        : {
            look: 'pass',
            words: '✓',
            sentence: text(language, 'why.passes', { plugin, node: node.name }),
            node: node.name,
            plugin,
          },
    ),
  }));
  return { corner: text(language, 'filter.corner'), columns: columnsOf(attempt.table), rows: [...extra, ...rows] };
}

interface AskedFilter {
  readonly plugin: string;
  readonly skipped: boolean;
  readonly index: number;
}

function filterCell(
  attempt: AttemptTable,
  node: AttemptNode,
  { plugin, skipped, index }: AskedFilter,
  language: Language,
): Cell {
  const own = { node: node.name, plugin };
  const { refused, verdict } = node;
  if (verdict === 'unvisited')
    return { ...own, look: 'unasked', words: '·', sentence: whyNode(node, attempt, language) };
  if (refused && !refused.preFilter && refused.plugin === plugin) return refusedCell(attempt, node, plugin, language);
  if (skipped) return { ...own, look: 'skipped', words: '–', sentence: text(language, 'why.skipped', own) };
  const at = refused ? attempt.filters.findIndex((filter) => filter.plugin === refused.plugin) : -1;
  if (refused && (refused.preFilter || index > at)) {
    return {
      ...own,
      look: 'unasked',
      words: '·',
      sentence: text(language, 'why.unasked', { ...own, refuser: refused.plugin }),
    };
  }
  return { ...own, look: 'pass', words: '✓', sentence: text(language, 'why.passes', own) };
}

function refusedCell(attempt: AttemptTable, node: AttemptNode, plugin: string, language: Language): Cell {
  return {
    look: 'refused',
    words: '✕',
    more: node.refused?.reasons.join(', '),
    sentence: whyNode(node, attempt, language),
    node: node.name,
    plugin,
  };
}

/** What each plugin gave each node that passed, and the sums. Undefined where nothing was scored. */
export function scoreGrid(attempt: AttemptTable, language: Language): Grid | undefined {
  const { scorers, node: chosen } = attempt;
  const scored = attempt.table.filter(({ scores }) => scores.length > 0);
  if (scored.length === 0) return undefined;
  const rows = scorers.map(({ plugin, weight }, at) => ({
    title: plugin, more: text(language, 'score.weight', { weight }),
    cells: scored.map(({ name: node, scores }): Cell => {
      const { raw = 0, normalized = 0, weighted = 0 } = scores[at] ?? {};
      const sentence = `${node}, ${plugin}: ${text(language, 'score.cell', { raw, normalized, weight, weighted })}.`;
      return {
        look: 'score',
        words: String(weighted),
        more: `${raw} → ${normalized} × ${weight}`,
        sentence,
        node,
        plugin,
      };
    }),
  }));
  const sums = scored.map((node): Cell => ({
    look: node.name === chosen ? 'best' : 'sum',
    words: String(node.total ?? 0),
    sentence: whyNode(node, attempt, language),
    node: node.name,
  }));
  return {
    corner: text(language, 'filter.corner'), columns: columnsOf(scored),
    rows: [...rows, { title: text(language, 'score.sum'), cells: sums }],
  };
}

function columnsOf(nodes: readonly AttemptNode[]): Heading[] {
  return nodes.map(({ name }) => ({ title: name, node: name }));
}

/** Rows as columns and columns as rows. */
export function transposed({ columns, rows }: Grid, corner: string): Grid {
  return {
    corner, columns: rows.map(({ cells: _, ...heading }) => heading),
    rows: columns.map((heading, at) => ({ ...heading, cells: rows.flatMap(({ cells }) => cells[at] ?? []) })),
  };
}

const headWidth = 150;
const nodeWidth = 88;

/** The table as it suits a width: nodes side by side as long as there is room for them. */
export function arranged(grid: Grid, width: number, language: Language): Grid {
  const fits = Math.max(4, Math.floor((width - headWidth) / nodeWidth));
  return grid.columns.length <= fits ? grid : transposed(grid, text(language, 'filter.node'));
}
