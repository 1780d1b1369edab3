/**
 * kind itself, v0.32.0: creates, lists and deletes clusters of the sandbox, with the lines that it prints on the way. What
 * needs a real docker (load, build, export logs) is answered as kind answers without images, or refused by name.
 */
import { parseFlags, isFlagProblem, type FlagSpecs, type Flags } from '../kubectl/command/flags';
import type { CommandContext, ShellCluster, ShellCommand } from './host';

export const kindVersion = 'v0.32.0';
const defaultImage = 'kindest/node:v1.36.1';

const flags: FlagSpecs = {
  all: { type: 'bool', short: 'A' }, config: { type: 'string' }, help: { type: 'bool', short: 'h' },
    image: { type: 'string' },
  internal: { type: 'unmodelledBool' }, kubeconfig: { type: 'unmodelled' }, name: { type: 'string', short: 'n' },
  nodes: { type: 'list' }, quiet: { type: 'bool', short: 'q' }, retain: { type: 'bool' },
    verbosity: { type: 'string', short: 'v' },
  wait: { type: 'string' },
};

type Action = (context: CommandContext, flags: Flags, args: readonly string[]) => (() => void) | void;

/** `kind`. */
export const kind: ShellCommand = (context) => {
  const parsed = parseFlags(flags, context.args);
  if (isFlagProblem(parsed)) return fail(context, parsed.problem);
  const [verb = '', what = '', ...rest] = parsed.args;
  const action = actions[`${verb} ${what}`] ?? actions[verb];
  if (verb === '' || parsed.is('help')) {
    context.out(
      "kind creates and manages local Kubernetes clusters using Docker container 'nodes'\n\nUsage:\n  kind [command]\n\n" +
        `Available Commands:\n${['create', 'delete', 'export', 'get', 'load', 'version'].map((name) => `  ${name}\n`).join('')}`,
    );
    return context.done(0);
  }
  if (!action) return fail(context, ['build', 'completion'].includes(verb) || what !== ''
    && ['export', 'load', 'get', 'create', 'delete'].includes(verb)
    ? `kind ${verb} ${what}`.trim() + ' is not modelled in the sandbox' : `unknown command "${verb}" for "kind"`);
  return action(context, parsed, actions[`${verb} ${what}`] ? rest : parsed.args.slice(1));
};

function fail({ err, done }: CommandContext, message: string): void {
  err(`ERROR: ${message}\n`);
  done(1);
}

const actions: Readonly<Record<string, Action>> = {
  'create cluster': create,
  'delete cluster': ({ host, err, done }, given) => {
    const name = given.text('name') ?? 'kind';
    err(`Deleting cluster "${name}" ...\n`);
    const cluster = host.cluster(name);
    if (cluster) {
      err(`Deleted nodes: [${nodesOf(cluster).map((node) => `"${node}"`).join(' ')}]\n`);
      host.deleteCluster(name);
    }
    done(0);
  },
  'delete clusters': (context, given, names) => {
    const { host, err, done } = context;
    const wanted = given.is('all') ? host.clusterNames : names;
    if (wanted.length === 0 && !given.is('all')) return fail(context, 'no cluster names provided');
    for (const name of wanted) {
      const cluster = host.cluster(name);
      if (cluster) err(`Deleted nodes: [${nodesOf(cluster).map((node) => `"${node}"`).join(' ')}]\n`);
      host.deleteCluster(name);
    }
    err(`Deleted clusters: [${wanted.map((name) => `"${name}"`).join(' ')}]\n`);
    done(0);
  },
  'export kubeconfig': (context, given) => {
    const name = given.text('name') ?? 'kind';
    if (!context.host.cluster(name)) return fail(
      context,
      `could not locate any control plane nodes for cluster named '${name}'. Use the --name option to select a different cluster`,
    );
    // The terminal's kubectl knows one context, that of the active cluster.
    context.host.activate(name);
    context.err(`Set kubectl context to "kind-${name}"\n`);
    context.done(0);
  },
  'get clusters': ({ host, out, err, done }) => {
    if (host.clusterNames.length === 0) err('No kind clusters found.\n');
    for (const name of [...host.clusterNames].sort()) out(`${name}\n`);
    done(0);
  },
  'get kubeconfig': (context, given) => {
    const name = given.text('name') ?? 'kind';
    if (!context.host.cluster(name)) return fail(
      context,
      `could not locate any control plane nodes for cluster named '${name}'. Use the --name option to select a different cluster`,
    );
    return fail(
      context,
      'kind get kubeconfig is not modelled in the sandbox terminal; the command "Export Kubeconfig" serves the cluster and writes one',
    );
  },
  'get nodes': ({ host, out, err, done }, given) => {
    const name = given.text('name') ?? 'kind';
    const names = given.is('all') ? host.clusterNames : [name];
    const nodes = names.flatMap((each) => {
      const cluster = host.cluster(each);
      return cluster ? nodesOf(cluster) : [];
    });
    if (nodes.length === 0) err(given.is('all') ? 'No kind nodes found.\n'
      : `No kind nodes found for cluster "${name}".\n`);
    for (const node of nodes) out(`${node}\n`);
    done(0);
  },
  'load docker-image': (context, given, images) => {
    const [image] = images;
    const name = given.text('name') ?? 'kind';
    if (image === undefined) return fail(context, 'a list of image names is required');
    if (!context.host.cluster(name)) return fail(context, `no nodes found for cluster "${name}"`);
    // There is no docker daemon whose images could be loaded; the nodes pull everything from the simulated registry.
    return fail(context, `image: "${image}" not present locally`);
  },
  'version': ({ out, done }) => {
    out(`kind ${kindVersion} go1.25.8 linux/amd64\n`);
    done(0);
  },
};

function nodesOf({ topology: { nodes, loadBalancer } }: ShellCluster): readonly string[] {
  return [...nodes.map(({ name }) => name), ...(loadBalancer ? [loadBalancer.name] : [])];
}

function create(context: CommandContext, given: Flags): (() => void) | void {
  const { host } = context;
  const path = given.text('config');
  let stop = (): void => undefined;
  let interrupted = false;
  const begin = (text: string | undefined): void => {
    if (interrupted) return;
    if (text === undefined) return fail(context,
      `failed to create cluster: failed to read config: open ${path}: no such file or directory`);
    const yaml = withOverrides(text, given);
    if (typeof yaml !== 'string') return fail(context, yaml.problem);
    const { name, problems } = host.checkConfig(yaml);
    if (problems.length > 0) return fail(context, `failed to create cluster: ${problems.join('\n')}`);
    if (host.cluster(name)) return fail(context,
      `failed to create cluster: node(s) already exist for a cluster with the name "${name}"`);
    context.err(`Creating cluster "${name}" ...\n`);
    host.createCluster(yaml, (cluster) => {
      if (!cluster) return fail(context, 'failed to create cluster');
      stop = follow(context, given, cluster);
    });
  };
  if (path === undefined) begin('kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n');
  else host.readFile(path, begin);
  return () => {
    interrupted = true;
    stop();
    context.done(130);
  };
}

/** The config with what flags say: `--name`, and `--image` where the file names no nodes. */
function withOverrides(yaml: string, given: Flags): string | { readonly problem: string } {
  let text = yaml;
  const image = given.text('image');
  if (image !== undefined) {
    if (/^nodes:/m.test(text))
      return { problem: '--image together with nodes in a config is not modelled in the sandbox' };
    text = `${text.replace(/\n*$/, '\n')}nodes:\n- role: control-plane\n  image: ${JSON.stringify(image)}\n`;
  }
  const name = given.text('name');
  if (name === undefined) return text;
  const line = `name: ${JSON.stringify(name)}`;
  return /^name:.*$/m.test(text) ? text.replace(/^name:.*$/m, line) : `${text.replace(/\n*$/, '\n')}${line}\n`;
}

const steps = [
  'preparingNodes', 'configuringLoadBalancer', 'writingConfiguration', 'startingControlPlane', 'installingCNI',
  'installingStorageClass', 'joiningControlPlanes', 'joiningWorkers', 'done',
];

/** The line of each step that this cluster has. */
function stepLines(cluster: ShellCluster): readonly { readonly step: string; readonly line: string }[] {
  const { nodes, loadBalancer, config } = cluster.topology;
  const boxes = nodes.length + (loadBalancer ? 1 : 0);
  const several = nodes.filter(({ role }) => role === 'control-plane').length > 1;
  const texts: Readonly<Record<string, string | undefined>> = {
    preparingNodes: `Preparing nodes ${Array<string>(boxes).fill('📦').join(' ')} `,
    configuringLoadBalancer: several ? 'Configuring the external load balancer ⚖️' : undefined,
    writingConfiguration: 'Writing configuration 📜', startingControlPlane: 'Starting control-plane 🕹️',
    installingCNI: config.networking.disableDefaultCNI ? undefined : 'Installing CNI 🔌',
    installingStorageClass: 'Installing StorageClass 💾',
    joiningControlPlanes: several ? 'Joining more control-plane nodes 🎮' : undefined,
    joiningWorkers: nodes.some(({ role }) => role === 'worker') ? 'Joining worker nodes 🚜' : undefined,
  };
  return steps.flatMap((step) => {
    const line = texts[step];
    return line === undefined ? [] : [{ step, line: ` ✓ ${line.trimEnd()}` }];
  });
}

/** Prints the steps as the cluster comes to their ends. */
function follow(context: CommandContext, given: Flags, cluster: ShellCluster): () => void {
  const { host, err, done } = context;
  const lines = [...stepLines(cluster)];
  const [node] = cluster.topology.nodes;
  err(` ✓ Ensuring node image (${node?.spec.image || defaultImage}) 🖼\n`);
  const wait = given.text('wait') ?? '0s';
  const waits = !/^0+[smh]?$/.test(wait);
  const startedMs = { value: -1 };
  return host.until(() => {
    if (host.cluster(cluster.name) !== cluster) {
      fail(context, 'failed to create cluster: the cluster is gone');
      return true;
    }
    const now = steps.indexOf(cluster.createStep);
    for (let next = lines[0]; next && steps.indexOf(next.step) < now; next = lines[0]) {
      err(`${next.line}\n`);
      lines.shift();
    }
    if (cluster.createStep !== 'done') return false;
    if (waits) {
      if (startedMs.value < 0) startedMs.value = cluster.nowMs;
      const ready = cluster
        .view()
        .nodes.filter(({ controlPlane }) => controlPlane)
        .every(({ health }) => health === 'ready');
      if (!ready) return false;
      err(
        ` ✓ Waiting ≤ ${wait} for control-plane = Ready ⏳\n • Ready after ${Math.round((cluster.nowMs - startedMs.value) / 1000)}s 💚\n`,
      );
    }
    err(
      `Set kubectl context to "kind-${cluster.name}"\nYou can now use your cluster with:\n\nkubectl cluster-info --context kind-${cluster.name}\n\nHave a nice day! 👋\n`,
    );
    done(0);
    return true;
  });
}
