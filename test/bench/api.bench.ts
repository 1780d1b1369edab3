/**
 * The served API in figures: requests over loopback as clients send them, the same through the cluster's own door in
 * one process, what real kubectl and helm take, and what 100,000 requests leave behind.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { Cluster } from '../../src/cluster/cluster';
import { Sandbox } from '../../src/cluster/sandbox';
import { fetchClients } from '../../scripts/clients';

const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n  - role: control-plane\n  - role: worker\n';
const json = { 'content-type': 'application/json' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };
const admin = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };
const namespaces = '/api/v1/namespaces';
const pods = `${namespaces}/many/pods`;
const configMaps = `${namespaces}/default/configmaps`;

const sideBySide = 16;

/** Sends a request and waits for the whole answer. */
type Send = (method: string, path: string, headers?: Record<string, string>, body?: object) => Promise<string>;

function report(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(66)} ${value.toFixed(unit === 'ms' ? 2 : 0).padStart(10)} ${unit}`);
}

function at(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}

async function times(count: number, run: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const startMs = performance.now();
    await run(i);
    taken.push(performance.now() - startMs);
  }
  return taken;
}

/** One request after the other for latency, several side by side for throughput. */
async function measure(where: string, what: string, count: number,
  run: (i: number) => Promise<unknown>): Promise<void> {
  await times(Math.ceil(count / 10), (i) => run(-1 - i));
  const taken = await times(count, run);
  report(`${where}: ${what}, p50`, at(taken, 0.5), 'ms');
  report(`${where}: ${what}, p99`, at(taken, 0.99), 'ms');
  const startMs = performance.now();
  let next = count;
  await Promise.all(Array.from({ length: sideBySide }, async () => {
    while (next < 2 * count) await run(next++);
  }));
  report(`${where}: ${what}, throughput`, count / ((performance.now() - startMs) / 1000), '/s');
}

async function measureAll(where: string, send: Send): Promise<void> {
  await send('POST', namespaces, json, { metadata: { name: 'many' } });
  const spec = { schedulingGates: [{ name: 'bench.example/wait' }], containers: [{ name: 'web',
    image: 'nginx:1.27' }] };
  for (let i = 0; i < 1_000; i += 1) {
    await send('POST', pods, json, { metadata: { name: `pod-${i}`, labels: { app: 'web' } }, spec });
  }
  const map = (name: string): object => ({ metadata: { name }, data: { key: 'value' } });
  await measure(where, 'get of a pod', 2_000, () => send('GET', `${pods}/pod-500`));
  await measure(where, 'list of 1,000 pods', 40, () => send('GET', pods));
  await measure(where, 'create of a ConfigMap', 1_000, (i) => send('POST', configMaps, json,
    map(`made${i < 0 ? `-w${-i}` : `-${i}`}`)));
  // As many as are patched side by side: those who fight for one object measure only their fight.
  for (let i = 0; i < sideBySide; i += 1) await send('POST', configMaps, json, map(`patched-${i}`));
  await measure(where, 'patch of a ConfigMap', 1_000,
    (i) => send('PATCH', `${configMaps}/patched-${Math.abs(i) % sideBySide}`, mergePatch, { data: { i: String(i) } }));
}

// --- in one process --------------------------------------------------------------------------------------------------

function inProcess(cluster: Cluster): Send {
  return (method, target, headers = {}, body) => new Promise((done, reject) => {
    const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
    let answer: string | undefined;
    cluster.open({ method, target, headers, body: bytes, identity: admin }, (message) => {
      if (message.kind !== 'response') return;
      answer = typeof message.body === 'string' ? message.body : new TextDecoder().decode(message.body);
      if (message.status >= 400) reject(new Error(answer));
    });
    cluster.runUntil(() => answer !== undefined);
    done(answer ?? '');
  });
}

function boot(): Cluster {
  const cluster = new Sandbox({ seed: 1, epochMs: () => Date.now() }).create(kindYaml);
  if (!cluster?.runUntil(() => cluster.isUp)) throw new Error('the cluster did not come up');
  return cluster;
}

async function fanOutInProcess(cluster: Cluster): Promise<void> {
  let heard = 0;
  for (let i = 0; i < 100; i += 1) {
    cluster.open({ method: 'GET', target: `${configMaps}?watch=true`, headers: {}, body: new Uint8Array(),
      identity: admin }, (message) => {
      if (message.kind === 'chunk') heard += String(message.data).split('\n').length - 1;
    });
  }
  cluster.runFor(100);
  const send = inProcess(cluster);
  const taken = await times(200, async (i) => {
    const wanted = heard + 100;
    await send('PATCH', `${configMaps}/patched-0`, mergePatch, { data: { fan: String(i) } });
    cluster.runUntil(() => heard >= wanted);
  });
  report('in process: a change until 100 watchers have it, p50', at(taken, 0.5), 'ms');
  report('in process: a change until 100 watchers have it, p99', at(taken, 0.99), 'ms');
}

// --- over loopback ---------------------------------------------------------------------------------------------------

interface Server {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly agent: Agent;
  readonly port: number;
}

async function serve(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'kindergarten-bench-'));
  const [config, kubeconfig] = [join(folder, 'kind.yaml'), join(folder, 'kubeconfig')];
  writeFileSync(config, kindYaml);
  const args = [resolve('dist/cli.js'), 'serve', '--config', config, '--kubeconfig', kubeconfig];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('ready ')) ready();
    });
    child.once('close', () => reject(new Error('kindergarten serve did not start')));
  });
  const { clusters: [{ cluster }], users: [{ user }] } = load(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }]; users: [{ user: Record<string, string> }];
  };
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  const agent = new Agent({
    keepAlive: true, ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']), key: bytes(user['client-key-data']),
  });
  return { child, folder, kubeconfig, agent, port: Number(new URL(cluster['server'] ?? '').port) };
}

function overLoopback({ agent, port }: Server): Send {
  return (method, path, headers = {}, body) => new Promise((done, reject) => {
    const request = httpsRequest({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('end', () => {
        const text = Buffer.concat(pieces).toString();
        if ((response.statusCode ?? 500) < 400) done(text);
        else reject(new Error(text));
      });
    });
    request.once('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function fanOutOverLoopback(server: Server, send: Send): Promise<void> {
  let heard = 0;
  let wake = (): void => undefined;
  await Promise.all(Array.from({ length: 100 }, () => new Promise<void>((ready, reject) => {
    const { port } = server;
    const request = httpsRequest({ host: '127.0.0.1', port, agent: server.agent,
      path: `${configMaps}?watch=true&resourceVersion=0` }, (response) => {
      response.on('data', (piece: Buffer) => {
        heard += piece.toString().split('\n').length - 1;
        wake();
      });
      response.on('error', () => undefined);
      ready();
    });
    request.once('error', reject);
    request.end();
  })));
  // What was there before comes first.
  for (let before = -1; before !== heard;) {
    before = heard;
    await new Promise((quiet) => setTimeout(quiet, 500));
  }
  const taken = await times(200, async (i) => {
    const wanted = heard + 100;
    await send('PATCH', `${configMaps}/patched-0`, mergePatch, { data: { fan: String(i) } });
    await new Promise<void>((all) => {
      wake = () => {
        if (heard >= wanted) all();
      };
      wake();
    });
  });
  report('loopback: a change until 100 watchers have it, p50', at(taken, 0.5), 'ms');
  report('loopback: a change until 100 watchers have it, p99', at(taken, 0.99), 'ms');
}

const requests = 100_000;

/** What so many requests, a tenth of them patches, leave behind in the memory that is in use. */
async function memory(): Promise<void> {
  const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
  const used = (): number => {
    gc();
    return process.memoryUsage().heapUsed / 1024 / 1024;
  };
  const cluster = boot();
  const send = inProcess(cluster);
  await send('POST', configMaps, json, { metadata: { name: 'patched' } });
  report('heap before 100,000 requests', used(), 'MB');
  for (let i = 0; i < requests; i += 1) {
    if (i % 10 === 0) await send('PATCH', `${configMaps}/patched`, mergePatch, { data: { i: String(i) } });
    else await send('GET', `${configMaps}/patched`);
  }
  report('heap after 100,000 requests, their log and the trace included', used(), 'MB');
}

function clientTimes(server: Server, program: string, count: number, ...variants: string[][]): number[] {
  const env = { ...process.env, KUBECONFIG: server.kubeconfig, HOME: server.folder };
  const taken = variants.map(() => [] as number[]);
  for (let round = 0; round < count; round += 1) {
    variants.forEach((args, i) => {
      const startMs = performance.now();
      const { status, stderr } = spawnSync(program, args.map((arg) => arg.replace('ROUND', String(round))), { env,
        encoding: 'utf8', cwd: server.folder });
      if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
      taken[i]?.push(performance.now() - startMs);
    });
  }
  return taken.map((each) => at(each, 0.5));
}

async function realClients(server: Server): Promise<void> {
  const { kubectl, helm } = await fetchClients('v1.36');
  const [version = NaN, get = NaN] = clientTimes(server, kubectl, 11, ['version', '--client'], ['get', 'pods', '-n',
    'kube-system']);
  report('kubectl version --client, median of 11', version, 'ms');
  report('kubectl get pods, median of 11', get, 'ms');
  report('kubectl get pods costs beyond that', get - version, 'ms');
  clientTimes(server, helm, 1, ['create', 'chart']);
  const [install = NaN] = clientTimes(server, helm, 5, ['install', 'releaseROUND', 'chart']);
  report('helm install of the default chart, median of 5', install, 'ms');
}

async function main(): Promise<void> {
  const cluster = boot();
  await measureAll('in process', inProcess(cluster));
  await fanOutInProcess(cluster);
  await memory();
  const server = await serve();
  try {
    const send = overLoopback(server);
    await measureAll('loopback', send);
    await fanOutOverLoopback(server, send);
  } finally {
    server.agent.destroy();
    server.child.kill('SIGTERM');
  }
  const fresh = await serve();
  try {
    await realClients(fresh);
  } finally {
    fresh.agent.destroy();
    fresh.child.kill('SIGTERM');
    rmSync(server.folder, { recursive: true });
    rmSync(fresh.folder, { recursive: true });
  }
}

void main();
