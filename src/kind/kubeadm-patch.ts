/**
 * The part of kubeadm patches that a simulated node can honour: labels and taints with which a node registers
 * (`nodeRegistration.kubeletExtraArgs` node-labels, `nodeRegistration.taints` of Init- and JoinConfiguration). All
 * else in a patch is listed by name so that the user can be told. kind matches a patch by `kind`, and by `apiVersion`
 * if the patch names one; Kubernetes 1.36 reads kubeadm.k8s.io/v1beta4. Models pkg/cluster/internal/patch of kind.
 */
import { parseYaml } from '../base/yaml/parse';

const KUBEADM_API_VERSION = 'kubeadm.k8s.io/v1beta4';

/** The documents that kind writes into kubeadm's configuration, and so the kinds that a patch can match. */
const KUBEADM_KINDS = [
  'ClusterConfiguration',
  'InitConfiguration',
  'JoinConfiguration',
  'KubeletConfiguration',
  'KubeProxyConfiguration',
];

/** A taint as in node.spec.taints. */
export interface KindTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** What one patch says. */
export interface KubeadmPatch {
  readonly kind: string;
  /** False if kind would leave the patch out, because its kind or apiVersion matches nothing. */
  readonly matches: boolean;
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly taints?: readonly KindTaint[];
  /** True if kubelet arguments are written as a mapping, which v1beta4 no longer reads. */
  readonly mapArguments: boolean;
  /** Fields that the simulation leaves out, as dotted paths. */
  readonly ignored: readonly string[];
}

type Data = Readonly<Record<string, unknown>>;

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kubelet arguments by name, from the list of v1beta4 or the mapping of v1beta3. */
function kubeletArguments(value: unknown): ReadonlyMap<string, string> {
  if (isData(value)) return new Map(Object.entries(value).map(([name, each]) => [name, String(each)]));
  const list = Array.isArray(value) ? value.filter(isData) : [];
  return new Map(list.map((each) => [String(each['name']), String(each['value'])]));
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.freeze(
    Object.fromEntries(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')])),
  );
}

function parseTaints(value: unknown): readonly KindTaint[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const taints = value.filter(isData).map((each) => {
    const taint = { key: String(each['key'] ?? ''), effect: String(each['effect'] ?? '') };
    return Object.freeze(each['value'] === undefined ? taint : { ...taint, value: String(each['value']) });
  });
  return Object.freeze(taints);
}

/** Dotted paths of what a registration patch holds beyond labels and taints. */
function ignoredRegistration(registration: Data, args: ReadonlyMap<string, string>): string[] {
  const fields = Object.keys(registration).filter((field) => field !== 'kubeletExtraArgs' && field !== 'taints');
  const names = [...args.keys()].filter((name) => name !== 'node-labels');
  return [
    ...fields.map((field) => `nodeRegistration.${field}`),
    ...names.map((name) => `nodeRegistration.kubeletExtraArgs.${name}`),
  ];
}

/** Reads one patch; undefined if it is not a YAML mapping with a kind, which kind itself refuses when it applies it. */
export function readKubeadmPatch(text: string): KubeadmPatch | undefined {
  const data = parseYaml(text)[0]?.value;
  if (!isData(data) || typeof data['kind'] !== 'string') return undefined;
  const { kind, apiVersion, ...fields } = data as Data & { kind: string };
  const isComponent = kind.startsWith('Kube');
  const matches =
    KUBEADM_KINDS.includes(kind) && (apiVersion === undefined || isComponent || apiVersion === KUBEADM_API_VERSION);
  const registers = kind === 'InitConfiguration' || kind === 'JoinConfiguration';
  const registration = registers && isData(fields['nodeRegistration']) ? fields['nodeRegistration'] : undefined;
  if (!registration) return { kind, matches, mapArguments: false, ignored: Object.keys(fields).sort() };
  const args = kubeletArguments(registration['kubeletExtraArgs']);
  const labels = args.get('node-labels');
  const taints = parseTaints(registration['taints']);
  const others = Object.keys(fields).filter((field) => field !== 'nodeRegistration');
  return Object.freeze({
    kind,
    matches,
    mapArguments: isData(registration['kubeletExtraArgs']),
    ignored: Object.freeze([...others, ...ignoredRegistration(registration, args)].sort()),
    ...(labels === undefined ? {} : { nodeLabels: parseLabels(labels) }),
    ...(taints === undefined ? {} : { taints }),
  });
}

/** Labels and taints that the patches give a node that registers by `kind`; later patches win over earlier ones. */
export function registrationOf(
  patches: readonly string[],
  kind: 'InitConfiguration' | 'JoinConfiguration',
): Pick<KubeadmPatch, 'nodeLabels' | 'taints'> {
  let registration: Pick<KubeadmPatch, 'nodeLabels' | 'taints'> = {};
  for (const text of patches) {
    const patch = readKubeadmPatch(text);
    if (!patch?.matches || patch.kind !== kind) continue;
    registration = {
      ...registration,
      ...(patch.nodeLabels && { nodeLabels: patch.nodeLabels }),
      ...(patch.taints && { taints: patch.taints }),
    };
  }
  return registration;
}
