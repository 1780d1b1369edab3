/**
 * What can be said about a kind config, in the user's language: notes on what a simulation cannot do. What kind itself
 * prints stays as kind prints it.
 */
import { l10n } from 'vscode';
import type { KindNoteCode } from '../../../kind/config/texts';
import type { KindProblem } from '../../../kind/config/problem';
import { yamlText } from './yaml';

type Args = Readonly<Record<string, string | number>>;

const notes: Readonly<Record<KindNoteCode, (args: Args) => string>> = {
  apiServerListen: (a) =>
    l10n.t('Nothing listens on {address}:{port}; the API server is reached from inside the editor.', a),
  containerdConfigPatches: () =>
    l10n.t('The simulated containerd has no configuration file, so this patch has no effect.'),
  defaultCniDisabled: () => l10n.t('Without kindnet the nodes stay NotReady; other network plugins are not simulated.'),
  dnsSearch: () => l10n.t('Search domains of the nodes are not simulated.'),
  extraMounts: (a) => l10n.t('No folder of your machine is mounted; {containerPath} stays empty in the node.', a),
  extraPortMappings: (a) =>
    l10n.t('Nothing listens on port {hostPort} of your machine; port {containerPort} is in the sandbox only.', a),
  featureGate: (a) => l10n.t('The components get the feature gate {name}={value} as a flag, but behave as before.', a),
  hostPortConflict: (a) =>
    l10n.t('Port {port} is mapped twice on your machine; Docker would refuse to start the second container.', a),
  imageDigest: () => l10n.t('The image is not downloaded, so its digest is not checked.'),
  imageUnknown: (a) => l10n.t('{image} is not a release of kindest/node; the node runs the simulated {simulated}.', a),
  imageVersion: (a) => l10n.t('The node reports {version}, but its components behave like {simulated}.', a),
  ipFamily: (a) =>
    l10n.t('The {ipFamily} address family is not simulated; addresses are taken from the subnets as written.', a),
  kubeadmPatchIgnored: (a) => l10n.t('Not simulated in this {kind} patch: {fields}.', a),
  kubeadmPatchJSON6902: () => l10n.t('JSON 6902 patches of the kubeadm configuration are not simulated.'),
  kubeadmPatchMapArguments: () =>
    l10n.t('kubeadm v1beta4 wants kubeletExtraArgs as a list of names and values, not a mapping.'),
  kubeadmPatchUnmatched: (a) =>
    l10n.t('kind leaves this patch out: no kubeadm document matches {kind} {apiVersion}.', a),
  kubeadmPatchUnreadable: () => l10n.t('This patch is not a YAML mapping with a kind; kind would fail to apply it.'),
  kubeletRefusesLabel: (a) => l10n.t('A real kubelet refuses to start with the label {label} in --node-labels.', a),
  kubeProxyMode: (a) =>
    l10n.t('kube-proxy keeps the same rules in every mode here; those of {mode} are not simulated.', a),
  moreDocuments: () => l10n.t('kind reads only the first document of the file; what follows is ignored.'),
  nameTooLong: (a) => l10n.t('The cluster name "{name}" is probably too long; some systems would not take it.', a),
  runtimeConfig: (a) =>
    l10n.t('The API server gets {key}={value} as a flag; it does not change which APIs are served here.', a),
};

/** The sentence of a note; a code that is not known here keeps the engine's English. */
export function kindNoteText(code: KindNoteCode, args: Args, message: string): string {
  return Object.hasOwn(notes, code) ? notes[code](args) : message;
}

/** The text of a problem under its place: the line's number is what the place says already. */
export function kindProblemText({ code, args, detail }: KindProblem): string {
  if (code === 'yaml.empty') return kindHintText();
  return yamlText(code, args) ?? detail.replace(/^(?:yaml: )?line \d+: /, '');
}

/** What a kind config begins with, for who left it out. */
export function kindHintText(): string {
  return l10n.t('A kind config starts with "kind: Cluster" and "apiVersion: kind.x-k8s.io/v1alpha4".');
}
