/** What the terminal's shell needs of this window: its clusters, its files, an editor. */
import type { Cluster } from '../../../cluster/cluster';
import type { ShellCluster, ShellHost } from '../../../shell/line/host';
import type { Clusters, Loaded } from '../clusters';
import type { EditFiles } from './edit-files';
import type { PastRuns } from './past-runs';
import { pastShell } from './past-shell';
import { readWorkspaceFile } from './workspace-files';

export interface ShellHostOptions {
  readonly clusters: Clusters;
  readonly loaded: Loaded;
  readonly editFiles: EditFiles;
  readonly pastRuns: PastRuns;
  /** Creates a cluster and shows it as the command does. */
  create(kindYaml: string): Promise<unknown>;
  write(stream: 'stdout' | 'stderr', text: string): void;
}

const adapters = new WeakMap<Cluster, ShellCluster>();

/** Makes the face of this window to one terminal. */
export function shellHost({ clusters, loaded, pastRuns, editFiles, create, write }: ShellHostOptions): ShellHost {
  const { engine, sandbox } = loaded;
  const shown = (cluster: Cluster | undefined): ShellCluster | undefined => {
    if (!cluster) return undefined;
    const { past, active } = clusters;
    return past && cluster === active ? pastShell(loaded, pastRuns, cluster, past) : adapted(clusters, cluster);
  };
  return {
    get clusterNames() {
      return clusters.names;
    },
    get active() {
      return shown(clusters.active);
    },
    cluster: (name) => shown(sandbox.cluster(name)),
    activate: (name) => void clusters.activate(name),
    checkConfig: (kindYaml) => {
      const plan = sandbox.plan(kindYaml);
      const problems = plan.kind === 'invalid' ? [engine.kindErrorText(plan.result.problems)] : [];
      return { name: plan.kind === 'invalid' ? '' : plan.name, problems };
    },
    createCluster: (kindYaml, done) => {
      void create(kindYaml).then(() => done(shown(clusters.active)), () => done(undefined));
    },
    deleteCluster: (name) => void clusters.delete(name),
    until: (look) => {
      if (look()) return () => undefined;
      const subscription = clusters.onDidChange(() => {
        if (look()) subscription.dispose();
      });
      return () => subscription.dispose();
    },
    readFile: (path, done) => void readWorkspaceFile(path).then(done),
    edit: (name, text, done) => void editFiles.edit(name, text, done).catch(() => done(undefined)),
    write,
  };
}

/** A cluster whose programs move: it becomes the active one, because the others stand still. */
function adapted(clusters: Clusters, cluster: Cluster): ShellCluster {
  const known = adapters.get(cluster);
  if (known) return known;
  const made: ShellCluster = {
    name: cluster.name,
    kinds: cluster.kinds,
    objects: cluster.objects,
    get createStep() {
      return cluster.createStep;
    },
    get nowMs() {
      return cluster.nowMs;
    },
    get topology() {
      return cluster.topology;
    },
    view: () => cluster.view(),
    run: (program, onOutput) => {
      if (clusters.active !== cluster) clusters.activate(cluster.name);
      const input = cluster.run(program, onOutput);
      clusters.wake();
      return (given) => {
        input(given);
        clusters.wake();
      };
    },
  };
  adapters.set(cluster, made);
  return made;
}
