/** A sandbox with one terminal in it, on the virtual clock: lines go in, and what is on the screen comes out. */
import assert from 'node:assert/strict';
import { kindErrorText } from '../../../../src/kind/config/problem';
import type { Cluster } from '../../../../src/cluster/cluster';
import { Sandbox } from '../../../../src/cluster/sandbox';
import type { ShellHost } from '../../../../src/shell/line/host';
import { ShellSession } from '../../../../src/shell/line/session';

const limitMs = 600_000;

export class World {
  readonly sandbox = new Sandbox({ seed: 1, epochMs: () => Date.parse('2026-05-20T08:00:00Z') });
  readonly session: ShellSession;
  readonly host: ShellHost;
  /** What the next editor that opens does to its text. */
  editor: (text: string) => string | undefined = () => undefined;
  screen = '';
  /** The same by stream. */
  stdout = '';
  stderr = '';
  private readonly lookers = new Set<() => boolean>();
  private done = true;

  constructor(readonly files: Readonly<Record<string, string>> = {}) {
    const { sandbox } = this;
    this.host = {
      get clusterNames() {
        return sandbox.names;
      },
      get active() {
        return sandbox.active;
      },
      cluster: (name) => sandbox.cluster(name),
      activate: (name) => void sandbox.activate(name),
      checkConfig: (yaml) => {
        const plan = sandbox.plan(yaml);
        return plan.kind === 'invalid' ? { name: '', problems: [kindErrorText(plan.result.problems)] }
          : { name: plan.name, problems: [] };
      },
      createCluster: (yaml, done) => done(sandbox.create(yaml)),
      deleteCluster: (name) => void sandbox.delete(name),
      until: (look) => {
        if (look()) return () => undefined;
        this.lookers.add(look);
        return () => void this.lookers.delete(look);
      },
      readFile: (path, done) => done(files[path]),
      edit: (_, text, done) => void this.lookers.add(() => {
        done(this.editor(text));
        return true;
      }),
      write: (stream, text) => {
        this.screen += text;
        this[stream] += text;
      },
    };
    this.session = new ShellSession(this.host, () => void (this.done = true));
  }

  get cluster(): Cluster {
    return this.sandbox.active ?? assert.fail('there is no cluster');
  }

  /** Runs a line to its end and gives what it printed. */
  type(line: string): string {
    this.begin(line);
    this.runUntil(() => this.done, line);
    return this.screen;
  }

  /** Begins a line without waiting for its end. */
  begin(line: string): void {
    this.screen = '';
    this.stdout = '';
    this.stderr = '';
    this.done = false;
    this.session.submit(line);
  }

  get finished(): boolean {
    return this.done;
  }

  /** Lets the active cluster run until something is so. */
  runUntil(condition: () => boolean, what = 'the condition'): void {
    const reached = (): boolean => {
      for (const look of [...this.lookers]) if (look()) this.lookers.delete(look);
      return condition();
    };
    if (reached()) return;
    assert.ok(this.sandbox.active?.runUntil(reached, limitMs),
      `it did not come to ${what}; the screen shows:\n${this.screen}`);
  }

  /** Creates the cluster of a kind.yaml and lets it come up. */
  boot(line = 'kind create cluster --config kind.yaml'): string {
    const screen = this.type(line);
    this.runUntil(() => this.cluster.isUp, 'a cluster that is up');
    return screen;
  }
}
