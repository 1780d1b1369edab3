/** Starting and stopping the API server of the active cluster, and what makes the user's own kubectl reach it. */
import { commands, type Disposable, l10n, type Memento, Uri, window } from 'vscode';
import type { Kindergarten } from '../context';
import { sayBriefly, sayRefusal } from '../say';
import { noCluster } from './cluster';
import { commandIds } from './ids';

/** Start API Server: serves the active cluster on loopback and opens a terminal in which kubectl and helm reach it. */
export async function startApiServer(k: Kindergarten): Promise<string | undefined> {
  const cluster = k.clusters.active;
  if (!cluster) return void noCluster();
  if (!k.apiServers.possible) {
    sayRefusal(
      l10n.t('The API server can only be started on a desktop or remote machine, in a workspace that you trust.'),
    );
    return undefined;
  }
  try {
    const { url, kubeconfig } = await k.apiServers.start(cluster);
    k.log.info(`API server of ${cluster.name}: ${url}`);
    openTerminal(cluster.name, kubeconfig);
    return url;
  } catch (error) {
    sayRefusal(
      l10n.t('The API server could not be started: {0}', error instanceof Error ? error.message : String(error)),
    );
    return undefined;
  }
}

/** Stop API Server: frees the port and removes the kubeconfig. */
export async function stopApiServer(k: Kindergarten): Promise<boolean> {
  const cluster = k.clusters.active;
  if (!cluster) return noCluster();
  const stopped = await k.apiServers.stop(cluster.name);
  sayBriefly(stopped ? l10n.t('the API server of {0} is stopped', cluster.name)
    : l10n.t('the API server of {0} was not running', cluster.name));
  return stopped;
}

/**
 * Export Kubeconfig: adds the cluster to the user's own kubeconfig, as `kind export kubeconfig` does, after saying so
 * and keeping a copy of what was there.
 */
export async function exportKubeconfig(k: Kindergarten): Promise<boolean> {
  const cluster = k.clusters.active;
  if (!cluster) return noCluster();
  const running = k.apiServers.of(cluster.name);
  if (!running) {
    sayRefusal(l10n.t('Start the API server first; without it the kubeconfig leads nowhere.'));
    return false;
  }
  const merge = l10n.t('Export');
  const question = l10n.t('Add the cluster {0} to your own kubeconfig and make it the current one?', cluster.name);
  const detail = l10n.t('A copy of the file is kept beside it. The entry works as long as the API server runs.');
  if (await window.showWarningMessage(question, { modal: true, detail }, merge) !== merge) return false;
  try {
    const { path, copy } = await k.apiServers.export(cluster);
    k.log.info(copy === undefined ? path : `${path} (${copy})`);
    sayBriefly(l10n.t('{0} has the cluster {1} now', path, cluster.name));
    return true;
  } catch (error) {
    sayRefusal(l10n.t('Nothing was exported: {0}', error instanceof Error ? error.message : String(error)));
    return false;
  }
}

/** A terminal whose kubectl and helm speak to the cluster. */
function openTerminal(name: string, kubeconfig: Uri): void {
  const terminal = window.createTerminal({
    name: `kubectl: ${name}`, env: { KUBECONFIG: kubeconfig.fsPath }, isTransient: true,
  });
  terminal.show();
}

const offeredKey = 'kindergarten.apiServerOffered';

/** Offers the API server once, when the user opens a terminal beside a running cluster. */
export function offerWithTerminals(k: Kindergarten, memory: Memento): Disposable {
  return window.onDidOpenTerminal(async ({ creationOptions }) => {
    // In a terminal without a process, such as the sandbox's own, nothing of the kind is needed.
    if ('pty' in creationOptions) return;
    const cluster = k.clusters.active;
    const asked = memory.get<boolean>(offeredKey) === true;
    if (asked || !cluster || !k.apiServers.possible || k.apiServers.of(cluster.name)) return;
    await memory.update(offeredKey, true);
    const start = l10n.t('Start API Server');
    const text = l10n.t('Shall kubectl and helm reach the cluster {0} from a terminal?', cluster.name);
    if (await window.showInformationMessage(text, start) === start) {
      await commands.executeCommand(commandIds.startApiServer);
    }
  });
}
