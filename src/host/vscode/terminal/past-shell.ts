/** A moment of the past as the terminal sees it: programs that read are answered from it, all others are refused. */
import { l10n } from 'vscode';
import type { Cluster } from '../../../cluster/cluster';
import type { PastCluster } from '../../../cluster/history/past-cluster';
import type { ShellCluster } from '../../../shell/line/host';
import type { Loaded } from '../clusters';
import { pastText } from '../texts/run';
import type { PastRuns } from './past-runs';

const shells = new WeakMap<PastCluster, ShellCluster>();

/** One object for each moment. */
export function pastShell(
  { engine, sandbox }: Loaded, runs: PastRuns, cluster: Cluster, past: PastCluster,
): ShellCluster {
  const known = shells.get(past);
  if (known) return known;
  const present = past.view().nodes.map(({ name }) => name);
  const made: ShellCluster = {
    name: past.name, createStep: cluster.createStep, nowMs: past.nowMs, kinds: past.kinds, objects: past.objects,
    topology: { ...cluster.topology, nodes: cluster.topology.nodes.filter(({ name }) => present.includes(name)) },
    view: () => past.view(),
    refusal: (program) => (engine.readsOnly(program) ? undefined : refusalText(past)),
    run: (program, onOutput) => runs.run(sandbox, cluster, past, program, onOutput),
  };
  shells.set(past, made);
  return made;
}

function refusalText({ moment }: PastCluster): string {
  return l10n.t('{0}: the past can be read and not changed. To do this, choose "{1}" or "{2}".',
    pastText(moment), l10n.t('Return to Now'), l10n.t('Branch from Here'));
}
