/**
 * What a command is meant for, from what VS Code hands over: files from the Explorer (the one clicked, then all that
 * are selected), an editor's file, rows of the tree, or nothing when it comes from the palette or a key.
 */
import { Uri, window } from 'vscode';
import type { ObjectRef } from '../../../protocol/commands';
import type { Kindergarten } from '../context';
import { refOf, type Row } from '../tree/rows';

/** The files a command is meant for: those given, else the one in the active editor. */
export function filesOf(args: readonly unknown[]): readonly Uri[] {
  const [clicked, selected] = args;
  const several = Array.isArray(selected) ? selected.filter((each): each is Uri => each instanceof Uri) : [];
  if (clicked instanceof Uri) {
    // A click beside the selection means what was clicked, as everywhere in VS Code.
    return several.some((uri) => uri.toString() === clicked.toString()) ? several : [clicked];
  }
  if (Array.isArray(clicked)) return clicked.filter((each): each is Uri => each instanceof Uri);
  const active = window.activeTextEditor?.document.uri;
  return active && active.scheme !== 'kindergarten' ? [active] : [];
}

/** The rows of the tree a command is meant for: those given, else those selected. */
export function rowsOf({ tree }: Kindergarten, args: readonly unknown[]): readonly Row[] {
  const [clicked, selected] = args;
  const ids: readonly unknown[] = typeof clicked !== 'string' ? tree.view.selection
    : Array.isArray(selected) && selected.includes(clicked) ? selected : [clicked];
  return ids.flatMap((id) => (typeof id === 'string' ? tree.row(id) ?? [] : []));
}

/** Whether the command comes from the tree: by its menu, or by a key, for which package.json says `fromTree`. */
export function isFromTree([target]: readonly unknown[]): boolean {
  return typeof target === 'string'
    || (typeof target === 'object' && target !== null && (target as { fromTree?: unknown }).fromTree === true);
}

/** The objects behind rows, each once. */
export function refsOf(rows: readonly Row[]): readonly ObjectRef[] {
  const refs = new Map(rows.flatMap((row) => {
    const ref = refOf(row);
    return ref ? [[`${ref.kind}/${ref.namespace ?? ''}/${ref.name}`, ref] as const] : [];
  }));
  return [...refs.values()];
}
