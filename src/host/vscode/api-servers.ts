/**
 * The API servers that this window has opened on loopback, one for each cluster that was asked for: endpoint,
 * kubeconfig in the extension's own storage, and the driver that keeps a served cluster running while another one is
 * active. Nothing is opened before the user asks, and nothing in Restricted Mode.
 */
import { type Event, EventEmitter, type LogOutputChannel, Uri, window, workspace } from 'vscode';
import type { Cluster } from '../../cluster/cluster';
import { Driver } from '../driver';
import { realTime } from '../real-time';
import type { Clusters } from './clusters';

/** What the desktop entry offers and a browser cannot. */
export type EndpointModule = typeof import('../endpoint');

interface Running {
  readonly cluster: Cluster;
  readonly url: string;
  readonly kubeconfig: Uri;
  readonly driver: Driver;
  close(): Promise<void>;
}

export class ApiServers {
  private readonly changed = new EventEmitter<void>();
  /** An API server was started or stopped. */
  readonly onDidChange: Event<void> = this.changed.event;
  private readonly running = new Map<string, Running>();
  private channel: LogOutputChannel | undefined;

  constructor(
    private readonly clusters: Clusters,
    /** Where kubeconfigs lie; the extension's own storage. */
    private readonly storage: Uri,
    private readonly load: (() => Promise<EndpointModule>) | undefined,
  ) {
    clusters.onDidSwitch(() => this.followClusters());
  }

  /** Whether this window could open one: on a machine, and in a workspace that the user trusts. */
  get possible(): boolean {
    return this.load !== undefined && workspace.isTrusted;
  }

  /** The kubeconfig of a cluster whose API is served, and where it is served. */
  of(name: string): { readonly url: string; readonly kubeconfig: Uri } | undefined {
    return this.running.get(name);
  }

  /** Serves the API of a cluster; what was started before stays. Fails when no port can be had. */
  async start(cluster: Cluster): Promise<{ readonly url: string; readonly kubeconfig: Uri }> {
    const present = this.running.get(cluster.name);
    if (present) return present;
    if (!this.load || !workspace.isTrusted) throw new Error('the API server needs a machine and a trusted workspace');
    const { openEndpoint, ServedCluster, writeKubeconfig, removeKubeconfig } = await this.load();
    const driver = new Driver(realTime, {
      isWatched: () => true,
      advanced: () => undefined,
      failed: (error) => this.fail(cluster, error),
    });
    const served = new ServedCluster(cluster, {
      waiting: () => {
        if (this.clusters.active === cluster) this.clusters.wake();
        else driver.catchUp();
      },
      advanced: () => {
        if (this.clusters.active === cluster) this.clusters.wake();
      },
      failed: (error) => this.fail(cluster, error),
    });
    const { certificatePem, keyPem } = cluster.serving(Date.now());
    const endpoint = await openEndpoint({
      cluster: served, clientAuthority: cluster.pki.ca.certificate.pem, certificate: certificatePem, key: keyPem,
      audit: ({ method, path, user, code, durationMs }) =>
        this.log().info(`${cluster.name}: ${method} ${path} ${user || '-'} ${code} ${durationMs.toFixed(1)} ms`),
    });
    const kubeconfig = Uri.joinPath(this.storage, `kubeconfig-${cluster.name}`);
    try {
      await writeKubeconfig(kubeconfig.fsPath, cluster.kubeconfig(endpoint.url, Date.now()));
    } catch (error) {
      await endpoint.close();
      throw error;
    }
    const running: Running = {
      cluster, url: endpoint.url, kubeconfig, driver,
      close: async () => {
        driver.dispose();
        served.close();
        await endpoint.close();
        await removeKubeconfig(kubeconfig.fsPath);
      },
    };
    this.running.set(cluster.name, running);
    this.followClusters();
    this.changed.fire();
    return running;
  }

  /** Stops serving a cluster and removes its kubeconfig; false when it was not served. */
  async stop(name: string): Promise<boolean> {
    const running = this.running.get(name);
    if (!running) return false;
    this.running.delete(name);
    this.changed.fire();
    await running.close();
    return true;
  }

  /** Adds a served cluster to the user's own kubeconfig; returns where, and where the copy of what was there lies. */
  async export(cluster: Cluster): Promise<{ readonly path: string; readonly copy: string | undefined }> {
    const running = this.running.get(cluster.name);
    if (!running || !this.load) throw new Error('the API server is not running');
    const { defaultKubeconfigPath, mergeKubeconfig } = await this.load();
    const path = defaultKubeconfigPath();
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    return { path, copy: await mergeKubeconfig(path, cluster.kubeconfig(running.url, Date.now()), stamp) };
  }

  /** The channel with one line for each request. */
  showRequests(): void {
    this.log().show();
  }

  dispose(): void {
    for (const { close } of this.running.values()) void close();
    this.running.clear();
    this.channel?.dispose();
    this.changed.dispose();
  }

  /** A cluster that is gone is served no more; one that is not active any more is moved by its own driver. */
  private followClusters(): void {
    for (const { cluster, driver } of [...this.running.values()]) {
      if (!this.clusters.holds(cluster)) void this.stop(cluster.name);
      else driver.drive(this.clusters.active === cluster ? undefined : cluster.control);
    }
  }

  private fail(cluster: Cluster, error: unknown): void {
    this.log().error(error instanceof Error ? error.stack ?? error.message : String(error));
    void this.stop(cluster.name);
  }

  private log(): LogOutputChannel {
    this.channel ??= window.createOutputChannel('Kindergarten: API Requests', { log: true });
    return this.channel;
  }
}
