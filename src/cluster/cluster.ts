/**
 * One cluster: the machines and processes of a kind.yaml in one simulation, the commands that were given to it, and
 * what can be seen of it. Commands enter as inputs and are carried out by kubectl, kind or the hand that pulls a plug,
 * inside the run; replaying their log gives the same run again.
 */
import { CustomRegistry, definitionsAmong } from '../api/custom/custom-registry';
import { isConditionTrue } from '../api/custom/definition';
import { newObjectRefusal } from '../api/custom/new-object';
import type { KindRegistry } from '../api/registry';
import type { ApiResponse } from '../api/request';
import type { KubeObject, Status } from '../api/types';
import { EtcdInspection } from '../etcd/inspection';
import type { SharedLog } from '../etcd/shared-log';
import { compareKindConfig } from '../kind/change';
import { parseKindConfig } from '../kind/config/parse';
import type { KindTopology } from '../kind/topology';
import type { Command, CommandProgress, LoggedCommand, ObjectOutcome, ObjectRef } from '../protocol/commands';
import type { HttpMessage, HttpRequest, SessionMessage, VerifiedIdentity } from '../protocol/http';
import type { Moment } from '../protocol/time';
import type { TerminalInput, TerminalOutput, TerminalProgram } from '../protocol/terminal';
import type { ClusterView } from '../protocol/view';
import type { PlainMap } from '../api/patch/plain';
import { apiServerNames } from '../kind/kubeadm/certificates';
import { kindKubeconfig } from '../kind/kubeconfig';
import { ClusterPki, type KeyPair } from '../pki/cluster-pki';
import type { DecisionLog } from '../scheduler/decision';
import { noMatchesText, previewRequest, refOf } from '../shell/kubectl/apply';
import { serverError } from '../shell/kubectl/text';
import { Simulation } from '../sim/simulation';
import type { Trace } from '../sim/trace';
import type { CreateStep } from './boot/kind';
import { kubernetesAdmin } from './boot/identities';
import { History } from './history/history';
import { type ClusterState, PastCluster } from './history/past-cluster';
import { ClusterMachines } from './machines';
import { type KeyReader, StoredObjects } from './stored-objects';
import { RunControl } from './run-control';
import { clusterView } from './views/cluster-view';

export interface ClusterOptions {
  /** The text of the kind.yaml it is made from, for the log. */
  readonly kindYaml: string;
  readonly topology: KindTopology;
  readonly kinds: KindRegistry;
  readonly seed: number;
  readonly epochMs: number;
  /**
   * Secret random bytes as hexadecimal digits, 32 bytes and more, from which all keys of the cluster follow. Derived
   * from the seed when absent: for tests only, because everyone could make the same keys then.
   */
  readonly entropy?: string;
}

/** What applying one object would do now: kubectl's word for it, or the API server's refusal. */
export interface PlannedObject {
  readonly ref: ObjectRef;
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'refused';
  readonly status?: Status;
  /** What kubectl would print for a refusal. */
  readonly text?: string;
}

/** The client's end of a request that is under way. */
export interface HttpConnection {
  send(message: SessionMessage): void;
  /** Hangs up. Does nothing once the answer is complete. */
  close(): void;
}

export class Cluster implements ClusterState {
  readonly control: RunControl;
  /** The moments of the run that can be shown. */
  readonly history: History;
  /** Where kind's creation of the cluster stands. */
  createStep: CreateStep = 'preparingNodes';
  readonly objects: StoredObjects;
  /** The kinds of the cluster: the built-in ones and those of its definitions. */
  readonly kinds: KindRegistry;
  /** The cluster's CA and the certificates it issues to the host: `serving` for TLS, `client` for users. */
  readonly pki: ClusterPki;
  /** A look into etcd as it is now. */
  readonly etcd: EtcdInspection;
  private readonly sim: Simulation;
  private readonly machines: ClusterMachines;
  private readonly commands: LoggedCommand[] = [];
  private readonly listeners = new Map<number, (message: HttpMessage) => void>();
  private nextConnection = 1;
  private readonly terminalListeners = new Map<number, (output: TerminalOutput) => void>();
  private nextRun = 1;

  constructor(readonly options: ClusterOptions) {
    const { topology, kinds, seed, epochMs } = options;
    this.sim = new Simulation(seed, epochMs);
    this.pki = new ClusterPki(options.entropy ?? `seed ${seed}`, epochMs);
    this.kinds = new CustomRegistry(kinds, () => this.objects.definitions());
    this.machines = new ClusterMachines(this.sim, topology, kinds, this.kinds, this.pki, (step) => {
      this.createStep = step;
    });
    this.history = new History(this.sim, this.machines, () => this.commands.length);
    this.control = new RunControl(this.sim, this.history);
    const { etcd } = this.machines;
    this.etcd = new EtcdInspection(etcd);
    etcd.onRevision = (events) => this.history.revisions.add(events);
    this.objects = new StoredObjects(presentReader(etcd, this.history), this.kinds);
    this.sim.input('user@client', 'kind create cluster', () => this.machines.create());
  }

  get name(): string {
    return this.topology.name;
  }

  /** The topology as it is now, with workers that were added or removed. */
  get topology(): KindTopology {
    return this.machines.topology;
  }

  get trace(): Trace {
    return this.sim.trace;
  }

  /** What the schedulers have decided, with their tables. */
  get decisions(): DecisionLog {
    return this.machines.decisions;
  }

  /** Virtual milliseconds since the cluster's creation began. */
  get nowMs(): number {
    return this.sim.nowMs;
  }

  get eventsProcessed(): number {
    return this.sim.eventsProcessed;
  }

  /** All commands so far, with the moments at which they entered. */
  get log(): readonly LoggedCommand[] {
    return this.commands;
  }

  /** True once every node is Ready, kind has finished, and every pod that the cluster started with is ready. */
  get isUp(): boolean {
    // Asked after every event of a boot: the view is only worth making when the steps are done.
    if (this.createStep !== 'done') return false;
    const { nodes, unboundPods } = this.view();
    return unboundPods.length === 0
      && nodes.every((node) => node.health === 'ready' && node.pods.every((pod) => pod.health === 'ready'));
  }

  /** The cluster as tree and diagram show it, at this moment. */
  view(): ClusterView {
    const { topology, machines, sim } = this;
    return clusterView({
      name: topology.name,
      kubernetesVersion: topology.kubernetesVersion,
      epochMs: sim.epochMs,
      nowMs: sim.nowMs,
      revision: this.objects.revision,
      hops: sim.trace.length,
      run: this.control.state,
      machines: machines.nodeMachines(),
      loadBalancer: machines.loadBalancerView(),
      nodes: this.objects.nodes(),
      pods: this.objects.pods(),
      leases: this.objects.systemLeases(),
      processes: sim,
    });
  }

  /** The cluster as it was at a moment of its history. */
  at(moment: Moment): PastCluster {
    const { name, kubernetesVersion } = this.topology;
    const { epochMs, kinds } = this.options;
    return new PastCluster({ name, kubernetesVersion, epochMs, kinds }, this.history, moment);
  }

  /**
   * Lets nothing happen any more but what commands ask for from now on: for looking around in a moment that was replayed.
   * The run does not go on from here.
   */
  standStill(): void {
    this.sim.standStill();
  }

  /** Runs at once, as fast as it goes, until only background work is left or that much virtual time has passed. */
  settle(limitMs = 600_000): boolean {
    return this.sim.runUntilQuiet(limitMs);
  }

  /** Runs at once for that much virtual time. */
  runFor(ms: number): void {
    this.sim.runUntil(this.sim.nowMs + ms);
  }

  /** Runs at once until the condition holds or that much virtual time has passed. */
  runUntil(condition: () => boolean, limitMs = 600_000): boolean {
    return this.sim.runUntilTrue(condition, limitMs);
  }

  /**
   * What applying these objects would do, judged by an API server against its present state, without a trace and
   * without changing anything. A Status instead when no API server answers.
   */
  planApply(objects: readonly PlainMap[]): readonly PlannedObject[] | Status {
    const definitions = definitionsAmong(objects);
    const kinds = new CustomRegistry(this.kinds, () => definitions);
    const identity = { user: kubernetesAdmin, userAgent: 'kubectl/v1.36.1' };
    const refs = objects.map(refOf);
    const currents = refs.map((ref) => this.objects.get(ref));
    const requests = objects.map((object, i) => (this.isServed(refs[i] as ObjectRef)
      ? previewRequest(this.kinds, object, currents[i], identity) : undefined));
    const answers = this.machines.preview((server) =>
      server.previewAll(requests.filter((request) => request !== undefined)),
    );
    if (!Array.isArray(answers)) return answers as Status;
    let next = 0;
    return refs.map((ref, i): PlannedObject => {
      if (!this.isServed(ref)) return planNew(kinds, ref, objects[i] as PlainMap);
      if (!requests[i]) return { ref, outcome: 'unchanged' };
      const response = answers[next++] as ApiResponse;
      if (response.code < 400) return { ref, outcome: currents[i] ? 'configured' : 'created' };
      const status = response.body as Status;
      return { ref, outcome: 'refused', status, text: serverError(status) };
    });
  }

  /** Whether the kind is one that the API servers serve by now. */
  private isServed({ apiVersion, kind }: ObjectRef): boolean {
    const description = this.kinds.byKind(apiVersion, kind);
    if (description?.jsonSchema === undefined) return description !== undefined;
    const name = `${description.plural}.${description.group}`;
    const definition = this.objects.definitions().find(({ metadata }) => metadata.name === name);
    return definition !== undefined && isConditionTrue(definition, 'Established');
  }

  /**
   * The certificate by which an API server at 127.0.0.1 and localhost is known, with kubeadm's other names. Valid for
   * a year from `nowMs`, which should be the clock of whoever connects; the cluster's start unless said otherwise.
   */
  serving(nowMs?: number): KeyPair {
    const { dnsNames, addresses } = apiServerNames(this.machines.plan);
    return this.pki.serving('kube-apiserver', dnsNames, addresses, nowMs);
  }

  /** The kubeconfig of kind's administrator for an API server at that URL; its certificate is valid from `nowMs`. */
  kubeconfig(serverUrl: string, nowMs?: number): string {
    const { commonName, organizations } = kubernetesAdmin;
    const user = this.pki.client(commonName, organizations, nowMs);
    return kindKubeconfig(this.name, serverUrl, this.pki.ca.certificate.pem, user);
  }

  /** Gives a command to the cluster. It takes effect as the run goes on; the answer fills up meanwhile. */
  execute(command: Command): CommandProgress {
    const { sim } = this;
    this.commands.push({ afterEvents: sim.eventsProcessed, atMs: sim.nowMs, command });
    const outcomes: ObjectOutcome[] = [];
    const progress = { done: false, outcomes };
    const finish = (): void => {
      progress.done = true;
    };
    const collect = (outcome: ObjectOutcome): void => {
      outcomes.push(outcome);
    };
    sim.input('user@client', command.type, () => {
      switch (command.type) {
        case 'apply': return this.machines.kubectl.apply(command.objects as readonly PlainMap[], collect, finish);
        case 'delete': return this.machines.kubectl.delete(command.targets, collect, finish);
        case 'reconfigure': return this.reconfigure(command.kindYaml, finish);
        case 'kill': sim.kill(command.process); return finish();
        case 'cutLink': sim.cutLink(command.a, command.b); return finish();
        case 'healLink': sim.healLink(command.a, command.b); return finish();
        case 'powerOff': sim.powerOff(command.machine); return finish();
        case 'powerOn': this.machines.powerOn(command.machine); return finish();
        case 'stopUnit': this.machines.machine(command.machine)?.stop(command.unit); return finish();
        case 'startUnit': this.machines.machine(command.machine)?.start(command.unit); return finish();
        case 'dropMessage': sim.dropNext(command.from, command.to); return finish();
        case 'fillDisk': case 'freeDisk': case 'fillDatabase': case 'freeDatabase':
          this.machines.storage.change(command.type, command.machine);
          return finish();
        case 'http':
          this.machines.outside.open(command.connection, command.request, this.listener(command.connection));
          return finish();
        case 'httpMessage': this.machines.outside.send(command.connection, command.message); return finish();
        case 'httpClose': this.machines.outside.close(command.connection); return finish();
        case 'terminal':
          this.machines.terminals.start(command.run, command.program, this.terminalListener(command.run));
          return finish();
        case 'terminalInput': this.machines.terminals.input(command.run, command.input); return finish();
      }
    });
    return progress;
  }

  /**
   * Sends a request that came from outside to the API server. `onMessage` hears the answer as the run goes on; the
   * connection takes what the client sends afterwards.
   */
  open(request: HttpRequest, onMessage: (message: HttpMessage) => void): HttpConnection {
    const connection = this.nextConnection++;
    const entry = this.commands.length;
    this.listeners.set(connection, (message) => {
      if ('user' in message && message.user) this.rememberCaller(entry, message.user);
      else if (message.kind === 'response' && message.status === 401) this.rememberCaller(entry, undefined);
      onMessage(message);
    });
    this.execute({ type: 'http', connection, request });
    return {
      send: (message) => void this.execute({ type: 'httpMessage', connection, message }),
      close: () => {
        if (this.listeners.delete(connection)) this.execute({ type: 'httpClose', connection });
      },
    };
  }

  /** Starts a program of the sandbox terminal. `onOutput` hears what it does; the result takes what the user does. */
  run(program: TerminalProgram, onOutput: (output: TerminalOutput) => void): (input: TerminalInput) => void {
    const run = this.nextRun++;
    this.terminalListeners.set(run, onOutput);
    this.execute({ type: 'terminal', run, program });
    return (input) => {
      if (this.terminalListeners.has(run)) this.execute({ type: 'terminalInput', run, input });
    };
  }

  /** Who hears a program of the terminal; nobody does in a replay. */
  private terminalListener(run: number): (output: TerminalOutput) => void {
    this.nextRun = Math.max(this.nextRun, run + 1);
    return (output) => {
      const listener = this.terminalListeners.get(run);
      if (output.kind === 'exit') this.terminalListeners.delete(run);
      listener?.(output);
    };
  }

  /** What the log keeps of a caller is who he was; the token that proved it is forgotten. */
  private rememberCaller(entry: number, identity: VerifiedIdentity | undefined): void {
    const logged = this.commands[entry];
    if (logged?.command.type !== 'http' || logged.command.request.headers['authorization'] === undefined) return;
    const { authorization: _, ...others } = logged.command.request.headers;
    // Who nobody vouched for is refused again in a replay.
    const headers = identity ? others : { ...others, authorization: 'Bearer refused' };
    const request = { ...logged.command.request, headers, ...(identity ? { identity } : {}) };
    this.commands[entry] = { ...logged, command: { ...logged.command, request } };
  }

  /** Who hears the answers on a connection; nobody does in a replay. */
  private listener(connection: number): (message: HttpMessage) => void {
    this.nextConnection = Math.max(this.nextConnection, connection + 1);
    return (message) => {
      const listener = this.listeners.get(connection);
      if (message.kind === 'response' || message.kind === 'end' || message.kind === 'failed') {
        this.listeners.delete(connection);
      }
      listener?.(message);
    };
  }

  private reconfigure(kindYaml: string, done: () => void): void {
    const { config } = parseKindConfig(kindYaml);
    if (!config) return done();
    const change = compareKindConfig(this.topology, config);
    if (change.needsRecreate.length > 0) return done();
    this.machines.reconfigure(change, done);
  }
}

/** The same run again: a cluster of the same options to which the same commands were given at the same moments. */
export function replay(options: ClusterOptions, log: readonly LoggedCommand[], untilEvents: number): Cluster {
  const cluster = new Cluster(options);
  const runTo = (events: number): void => {
    cluster.runUntil(() => cluster.eventsProcessed >= events, Infinity);
  };
  for (const entry of log) {
    runTo(entry.afterEvents);
    // The clock may have gone on without an event before the command came.
    if (cluster.nowMs < entry.atMs) cluster.runFor(entry.atMs - cluster.nowMs);
    cluster.execute(entry.command);
  }
  runTo(untilEvents);
  return cluster;
}

/** etcd as it is, and for other revisions as it was, also where it has compacted them. */
function presentReader({ machine: { store } }: SharedLog, { revisions }: History): KeyReader {
  return {
    get revision() {
      return store.revision;
    },
    range: (range, revision) => {
      if (revision !== 0) return revisions.range(range, revision);
      const result = store.range({ rpc: 'Range', ...range });
      return result.ok ? result.response.kvs : [];
    },
  };
}

/** What applying an object does whose kind only comes with a definition in the same set. */
function planNew(kinds: KindRegistry, ref: ObjectRef, object: PlainMap): PlannedObject {
  const kind = kinds.byKind(ref.apiVersion, ref.kind);
  if (kind === undefined) return { ref, outcome: 'refused', text: noMatchesText(ref) };
  const status = newObjectRefusal(kind, object as unknown as KubeObject);
  return status ? { ref, outcome: 'refused', status, text: serverError(status) } : { ref, outcome: 'created' };
}
