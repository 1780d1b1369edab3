/** `kindergarten serve` as a process of its own, and the real clients that speak to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientRelease, fetchClients, fetchDebianKubectl } from '../../scripts/clients';
import { root } from '../../scripts/paths';

/** How a program ended and what it said. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const commandTimeoutMs = 60_000;

/** Runs a program to its end; never throws for a failing one. */
export function run(program: string, args: readonly string[], options: RunOptions & { cwd?: string } = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? commandTimeoutMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => { stdout += data.toString(); });
    child.stderr.on('data', (data: Buffer) => { stderr += data.toString(); });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

export interface ServeOptions {
  /** The kind.yaml; one control plane and one worker when absent. */
  readonly kindYaml?: string;
  readonly speed?: number;
}

const onePlusOne = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n  - role: control-plane\n  - role: worker\n';

/** A served cluster with a folder for its files and a home of its own for the clients' caches. */
export class Served {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** A folder for the test's files. */
    readonly folder: string,
    readonly kubeconfig: string,
    private readonly clients: Readonly<Record<ClientRelease, { kubectl: string; helm: string }>>,
    /** Debian's kubectl, where there is apt. */
    readonly debianKubectl: string | undefined,
  ) {}

  /** Starts one and waits until it says that it is ready. Needs dist/cli.js. */
  static async start({ kindYaml = onePlusOne, speed = 20 }: ServeOptions = {}): Promise<Served> {
    const clients = { 'v1.36': await fetchClients('v1.36'), 'v1.34': await fetchClients('v1.34') };
    const debianKubectl = await fetchDebianKubectl();
    const folder = mkdtempSync(join(tmpdir(), 'kindergarten-clients-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(join(folder, 'kind.yaml'), kindYaml);
    const args = ['serve', '--config', join(folder, 'kind.yaml'), '--kubeconfig', kubeconfig, '--speed', String(speed)];
    const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (data: Buffer) => {
        text += data.toString();
        const ready = /^ready (https:\S+)\n/m.exec(text);
        if (ready?.[1]) resolve(ready[1]);
      });
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`kindergarten serve ended with ${code} before it was ready`)));
    });
    return new Served(child, url, folder, kubeconfig, clients, debianKubectl);
  }

  /** kubectl v1.36 with these arguments. */
  kubectl(args: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.client(this.clients['v1.36'].kubectl, args, options);
  }

  /** kubectl of another release. */
  kubectlOf(release: ClientRelease, args: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.client(this.clients[release].kubectl, args, options);
  }

  helm(args: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.client(this.clients['v1.36'].helm, args, options);
  }

  /** Any program, with this cluster's kubeconfig and home. A text of arguments is cut at its spaces. */
  client(program: string, args: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    const list = typeof args === 'string' ? args.split(' ').filter((arg) => arg !== '') : args;
    const env = { KUBECONFIG: this.kubeconfig, HOME: this.folder, KUBECACHEDIR: join(this.folder, 'cache'), ...options.env };
    return run(program, list, { ...options, env, cwd: this.folder });
  }

  /** Starts a client that runs until it is killed, such as `port-forward` or `get -w`. */
  background(
    args: readonly string[], more: Readonly<Record<string, string>> = {}, release: ClientRelease = 'v1.36',
  ): ChildProcess {
    const env = { ...process.env, KUBECONFIG: this.kubeconfig, HOME: this.folder, ...more };
    return spawn(this.program(release), args, { env, cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Where kubectl of a release lies. */
  program(release: ClientRelease = 'v1.36'): string {
    return this.clients[release].kubectl;
  }

  /** Ends the server and removes the test's files. */
  async stop(): Promise<void> {
    await this.interrupt('SIGTERM');
    this.clean();
  }

  /** Ends the server as a user or a supervisor does; resolves with its exit code. */
  interrupt(signal: NodeJS.Signals): Promise<number> {
    return new Promise((resolve) => {
      if (this.child.exitCode !== null) return resolve(this.child.exitCode);
      this.child.once('close', (ended) => resolve(ended ?? -1));
      this.child.kill(signal);
    });
  }

  clean(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
