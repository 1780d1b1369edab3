/** Run to Breakpoint and Run Until Quiet. A breakpoint is chosen from a list, or put together from its parts. */
import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { Breakpoint } from '../../../protocol/time';
import type { Kindergarten } from '../context';
import { sayBriefly, sayNote } from '../say';
import { pastText } from '../texts/run';
import { noCluster } from './cluster';

interface BreakpointPick extends QuickPickItem {
  readonly breakpoint?: Breakpoint | 'compose';
}

/** A fast run ends by itself after so much virtual time; see src/cluster/run-control.ts. */
const fastLimitMs = 600_000;
const verbs = ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete', 'ADDED', 'MODIFIED', 'DELETED'];
const codes = [200, 201, 400, 401, 403, 404, 409, 422, 500, 503];

/** As fast as possible until nothing but background work is left; then paused if it was before. */
export function runUntilQuiet({ clusters }: Kindergarten): boolean {
  if (!clusters.active) return noCluster();
  clusters.setPace((pace) => pace.untilQuiet());
  return true;
}

/**
 * Goes to the next hop that a breakpoint asks for: in the past to one that has happened, else it runs until one does.
 * Whoever runs the command may give the breakpoint.
 */
export async function runToBreakpoint(k: Kindergarten, wanted: unknown): Promise<boolean> {
  if (!k.clusters.active) return noCluster();
  const breakpoint = isBreakpoint(wanted) ? wanted : await choose(k);
  const { active, past } = k.clusters;
  if (!breakpoint || !active) return false;
  const found = past && active.history.find(breakpoint, past.moment.hops);
  if (found) {
    k.clusters.lookAt(found);
    return true;
  }
  const startMs = active.nowMs;
  k.clusters.setPace((pace) => pace.runTo(breakpoint));
  if (!await k.clusters.until(active, () => active.control.state.mode !== 'fast')) return false;
  const { metAt } = active.control;
  if (metAt) sayBriefly(l10n.t('stopped at the breakpoint, {0}', pastText(metAt)));
  // Otherwise somebody has paused it, and knows.
  else if (active.nowMs - startMs >= fastLimitMs) {
    sayNote(l10n.t('Nothing of the kind has happened within ten minutes of the cluster\'s own time.'));
  }
  return metAt !== undefined;
}

async function choose(k: Kindergarten): Promise<Breakpoint | undefined> {
  const items: BreakpointPick[] = [
    { label: l10n.t('A pod is created'), breakpoint: { verb: 'create', resource: 'pods', outcome: 201 } },
    { label: l10n.t('A pod is bound to a node'), breakpoint: { verb: 'create', resource: 'pods/binding' } },
    { label: l10n.t('A container is started'), breakpoint: { verb: 'StartContainer' } },
    { label: l10n.t('The status of a pod is reported'), breakpoint: { verb: 'patch', resource: 'pods/status' } },
    { label: l10n.t('A request is forbidden (403)'), breakpoint: { outcome: 403 } },
    { label: l10n.t('A write meets a conflict (409)'), breakpoint: { outcome: 409 } },
    { label: l10n.t('Something fails'), breakpoint: { outcome: 'failed' } },
    { label: '', kind: QuickPickItemKind.Separator },
    { label: l10n.t('Choose component, verb, kind, name and outcome …'), breakpoint: 'compose' },
  ];
  const pick = await window.showQuickPick(items, { title: l10n.t('Run to Breakpoint') });
  return pick?.breakpoint === 'compose' ? compose(k) : pick?.breakpoint;
}

/** One question after the other; each may be left open, and Esc ends it all. */
async function compose({ clusters }: Kindergarten): Promise<Breakpoint | undefined> {
  const { active } = clusters;
  if (!active) return undefined;
  const ids = active.view().nodes.flatMap(({ components }) => components.map(({ id }) => id));
  const names = [...new Set(ids.map((id) => id.slice(0, id.lastIndexOf('@'))))];
  const component = await ask(l10n.t('Component'), 1, [...names, ...ids]);
  if (component === undefined) return undefined;
  const verb = await ask(l10n.t('Verb'), 2, verbs);
  if (verb === undefined) return undefined;
  const resource = await ask(l10n.t('Kind'), 3, active.kinds.kinds.map(({ plural, group }) =>
    (group === '' ? plural : `${plural}.${group}`)).sort());
  if (resource === undefined) return undefined;
  const name = await window.showInputBox({ title: title(4), prompt: l10n.t('Name, or how it begins; empty for any') });
  if (name === undefined) return undefined;
  const outcome = await ask(l10n.t('Outcome'), 5, [l10n.t('failed'), ...codes.map(String)]);
  if (outcome === undefined) return undefined;
  const code = Number(outcome);
  return {
    ...(component === '' ? {} : { component }), ...(verb === '' ? {} : { verb }),
    ...(resource === '' ? {} : { resource }), ...(name === '' ? {} : { name }),
    ...(outcome === '' ? {} : { outcome: Number.isNaN(code) ? 'failed' as const : code }),
  };
}

/** One of these, an empty text for any, undefined for Esc. */
async function ask(placeHolder: string, step: number, choices: readonly string[]): Promise<string | undefined> {
  const any = l10n.t('any');
  const pick = await window.showQuickPick([any, ...choices], { title: title(step), placeHolder });
  return pick === any ? '' : pick;
}

function title(step: number): string {
  return l10n.t('Run to Breakpoint ({0} of {1})', step, 5);
}

function isBreakpoint(value: unknown): value is Breakpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { component, verb, resource, name, outcome } = value as Readonly<Record<string, unknown>>;
  const texts = [component, verb, resource, name];
  return texts.every((text) => text === undefined || typeof text === 'string')
    && (outcome === undefined || outcome === 'failed' || typeof outcome === 'number')
    && [...texts, outcome].some((part) => part !== undefined);
}
