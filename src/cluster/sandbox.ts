/**
 * The sandbox: several named clusters, one of them active. It reads kind.yaml, says what applying it would do, and
 * creates, changes or deletes clusters. It keeps no clock: each cluster's run control is moved by the host.
 */
import { builtInKinds } from '../api/kinds';
import { type KindRegistry, kindRegistry } from '../api/registry';
import { compareKindConfig, type KindChange } from '../kind/change';
import { type KindConfigResult, parseKindConfig } from '../kind/config/parse';
import { kindTopology } from '../kind/topology';
import { Cluster } from './cluster';

export interface SandboxOptions {
  /** Same seed and same commands, same run. */
  readonly seed: number;
  /** The wall clock inside new clusters at their start, in milliseconds since 1970; the host's clock, whole seconds. */
  epochMs(): number;
  /** Secret random bytes as hexadecimal digits, from which a new cluster's keys are made; the seed serves in tests. */
  entropy?(): string;
}

/** What applying a kind.yaml would do. */
export type KindPlan =
  /** The file is wrong; nothing would happen. */
  | { readonly kind: 'invalid'; readonly result: KindConfigResult }
  /** No cluster of that name exists: it would be created. */
  | { readonly kind: 'create'; readonly name: string; readonly result: KindConfigResult }
  /** The cluster exists: what would change, in place or only by creating it anew. */
  | { readonly kind: 'change'; readonly name: string; readonly result: KindConfigResult; readonly change: KindChange };

export class Sandbox {
  private readonly builtIn: KindRegistry = kindRegistry(builtInKinds);
  private readonly clusters = new Map<string, Cluster>();
  private activeName: string | undefined;

  constructor(private readonly options: SandboxOptions) {}

  /** The kinds of the active cluster, custom ones among them; the built-in ones while there is no cluster. */
  get kinds(): KindRegistry {
    return this.active?.kinds ?? this.builtIn;
  }

  /** In order of creation. */
  get names(): readonly string[] {
    return [...this.clusters.keys()];
  }

  get active(): Cluster | undefined {
    return this.activeName === undefined ? undefined : this.clusters.get(this.activeName);
  }

  cluster(name: string): Cluster | undefined {
    return this.clusters.get(name);
  }

  /** Makes a cluster the active one; false when there is none of that name. */
  activate(name: string): boolean {
    if (!this.clusters.has(name)) return false;
    this.activeName = name;
    return true;
  }

  /** Reads a kind.yaml and says what applying it would do. Changes nothing. */
  plan(kindYaml: string): KindPlan {
    const result = parseKindConfig(kindYaml);
    const { config } = result;
    if (!config) return { kind: 'invalid', result };
    const running = this.clusters.get(config.name);
    if (!running) return { kind: 'create', name: config.name, result };
    return { kind: 'change', name: config.name, result, change: compareKindConfig(running.topology, config) };
  }

  /** Creates the cluster of a kind.yaml, in place of one of that name, and makes it active. Undefined for a wrong file. */
  create(kindYaml: string): Cluster | undefined {
    const { config } = parseKindConfig(kindYaml);
    if (!config) return undefined;
    const { seed, epochMs, entropy } = this.options;
    const cluster = new Cluster({
      kindYaml, topology: kindTopology(config), kinds: this.builtIn, seed, epochMs: epochMs(), entropy: entropy?.(),
    });
    this.clusters.delete(config.name);
    this.clusters.set(config.name, cluster);
    this.activeName = config.name;
    return cluster;
  }

  /** A cluster of the same options at its very beginning. Nobody sees it before it takes its place. */
  fork({ options }: Cluster): Cluster {
    return new Cluster(options);
  }

  /** Puts a cluster in the place of the one of its name. */
  replace(cluster: Cluster): void {
    this.clusters.set(cluster.name, cluster);
  }

  /** Deletes a cluster with everything in it; the newest of the others becomes active. */
  delete(name: string): boolean {
    if (!this.clusters.delete(name)) return false;
    if (this.activeName === name) this.activeName = this.names[this.names.length - 1];
    return true;
  }
}
