/**
 * Runs one cluster in real time and serves its API, without VS Code. The cluster was created a little in the past and
 * is brought up as fast as possible, so that its clock never runs ahead of the clients' clock at speed 1.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster';
import { Driver } from '../driver';
import { realTime } from '../real-time';
import type { AuditRecord } from './plain-request';

export interface ServeOptions {
  readonly kindYaml: string;
  /** The file's name, for messages. */
  readonly configName: string;
  /** Where the kubeconfig is written. */
  readonly kubeconfig: string;
  readonly port: number;
  readonly speed: number;
  /** Whether every request is told. */
  readonly audit?: boolean;
  say(line: string): void;
  /** Called once, when every node is Ready and the endpoint is open. */
  ready(url: string): void;
}

/** How old the cluster is when it is served; more than any boot takes. */
const ageMs = 120_000;
/** Virtual time after which a cluster that is not up never will be. */
const bootLimitMs = 600_000;
const sliceMs = 16;

/** Serves until the signal; fails when the file is wrong, the port is taken or the cluster does not come up. */
export async function serve(options: ServeOptions, stop: AbortSignal): Promise<void> {
  const cluster = await create(options);
  const { openEndpoint, removeKubeconfig, ServedCluster, writeKubeconfig } = await import('../endpoint');
  if (!(await boot(cluster, stop))) return;
  const broken = new AbortController();
  const failed = (error: unknown): void => broken.abort(error);
  const driver = new Driver(realTime, { isWatched: () => true, advanced: () => undefined, failed });
  const served = new ServedCluster(cluster, { waiting: () => driver.catchUp(), advanced: () => undefined, failed });
  const { certificatePem, keyPem } = cluster.serving(Date.now());
  const endpoint = await openEndpoint({
    cluster: served,
    port: options.port,
    clientAuthority: cluster.pki.ca.certificate.pem,
    certificate: certificatePem,
    key: keyPem,
    ...(options.audit ? { audit: (record: AuditRecord) => options.say(auditLine(record)) } : {}),
  });
  try {
    await writeKubeconfig(options.kubeconfig, cluster.kubeconfig(endpoint.url, Date.now()));
    cluster.control.set('live', options.speed);
    driver.drive(cluster.control);
    if (!stop.aborted) {
      options.ready(endpoint.url);
      await new Promise<void>((resolve) => {
        for (const { signal } of [{ signal: stop }, broken])
          signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (broken.signal.aborted)
      throw new Error(`the simulation has a mistake: ${(broken.signal.reason as Error).stack}`);
  } finally {
    driver.dispose();
    served.close();
    await endpoint.close();
    await removeKubeconfig(options.kubeconfig);
  }
}

async function create({ kindYaml, configName }: ServeOptions): Promise<Cluster> {
  const { kindErrorText, Sandbox } = await import('../engine');
  const sandbox = new Sandbox({
    seed: 1,
    epochMs: () => Math.floor((Date.now() - ageMs) / 1000) * 1000,
    entropy: () => randomBytes(32).toString('hex'),
  });
  const plan = sandbox.plan(kindYaml);
  const cluster = plan.kind === 'invalid' ? undefined : sandbox.create(kindYaml);
  if (!cluster) throw new Error(`${configName}: ${kindErrorText(plan.result.problems)}`);
  return cluster;
}

/** Brings the cluster up and its clock to now; false when it was stopped meanwhile. */
async function boot(cluster: Cluster, stop: AbortSignal): Promise<boolean> {
  const slice = async (done: () => boolean): Promise<boolean> => {
    while (!done()) {
      if (stop.aborted) return false;
      const startMs = performance.now();
      cluster.runUntil(() => performance.now() - startMs >= sliceMs || done(), bootLimitMs);
      await turn();
    }
    return true;
  };
  if (!(await slice(() => cluster.createStep === 'done' || cluster.nowMs > bootLimitMs))) return false;
  if (!(await slice(() => cluster.isUp || cluster.nowMs > bootLimitMs))) return false;
  if (!cluster.isUp) throw new Error('the cluster did not come up: not every node became Ready');
  const nowMs = (): number => cluster.options.epochMs + cluster.nowMs;
  while (nowMs() < Date.now()) {
    if (stop.aborted) return false;
    cluster.runFor(Math.min(1_000, Date.now() - nowMs()));
    await turn();
  }
  return true;
}

function auditLine({ method, path, user, code, durationMs }: AuditRecord): string {
  return `${method} ${path} ${user || '-'} ${code} ${durationMs.toFixed(1)} ms`;
}
