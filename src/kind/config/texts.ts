/**
 * English sentences for the notes and hints on a kind config. The host translates by the same codes; what kind itself
 * prints is not here but where kind prints it.
 */

export type KindNoteCode =
  | 'apiServerListen'
  | 'containerdConfigPatches'
  | 'defaultCniDisabled'
  | 'dnsSearch'
  | 'extraMounts'
  | 'extraPortMappings'
  | 'featureGate'
  | 'hostPortConflict'
  | 'imageDigest'
  | 'imageUnknown'
  | 'imageVersion'
  | 'ipFamily'
  | 'kubeadmPatchIgnored'
  | 'kubeadmPatchJSON6902'
  | 'kubeadmPatchMapArguments'
  | 'kubeadmPatchUnmatched'
  | 'kubeadmPatchUnreadable'
  | 'kubeletRefusesLabel'
  | 'kubeProxyMode'
  | 'moreDocuments'
  | 'nameTooLong'
  | 'runtimeConfig';

const notes: Readonly<Record<KindNoteCode, string>> = {
  apiServerListen: 'nothing listens on {address}:{port}; the API server is reached from inside the editor',
  containerdConfigPatches: 'the simulated containerd has no configuration file, so this patch has no effect',
  defaultCniDisabled: 'without kindnet the nodes stay NotReady; other network plugins are not simulated',
  dnsSearch: 'search domains of the nodes are not simulated',
  extraMounts: 'no folder of your machine is mounted; {containerPath} stays empty in the node',
  extraPortMappings: 'nothing listens on port {hostPort} of your machine; port {containerPort} is in the sandbox only',
  featureGate: 'the components get the feature gate {name}={value} as a flag, but behave as before',
  hostPortConflict: 'port {port} is mapped twice on your machine; Docker would refuse to start the second container',
  imageDigest: 'the image is not downloaded, so its digest is not checked',
  imageUnknown: '{image} is not a release of kindest/node; the node runs the simulated {simulated}',
  imageVersion: 'the node reports {version}, but its components behave like {simulated}',
  ipFamily: 'the {ipFamily} address family is not simulated; addresses are taken from the subnets as written',
  kubeadmPatchIgnored: 'not simulated in this {kind} patch: {fields}',
  kubeadmPatchJSON6902: 'JSON 6902 patches of the kubeadm configuration are not simulated',
  kubeadmPatchMapArguments: 'kubeadm v1beta4 wants kubeletExtraArgs as a list of names and values, not a mapping',
  kubeadmPatchUnmatched: 'kind leaves this patch out: no kubeadm document matches {kind} {apiVersion}',
  kubeadmPatchUnreadable: 'this patch is not a YAML mapping with a kind; kind would fail to apply it',
  kubeletRefusesLabel: 'a real kubelet refuses to start with the label {label} in --node-labels',
  kubeProxyMode: 'kube-proxy keeps the same rules in every mode here; those of {mode} are not simulated',
  moreDocuments: 'kind reads only the first document of the file; what follows is ignored',
  nameTooLong: 'cluster name "{name}" is probably too long, this might not work properly on some systems',
  runtimeConfig: 'the API server gets {key}={value} as a flag; it does not change which APIs are served here',
};

/** The English sentence of a note. */
export function kindNoteText(code: KindNoteCode, args: Readonly<Record<string, string | number>>): string {
  return notes[code].replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/** What a user can do about an error whose own text says little. */
export type KindHintCode = 'emptyConfig' | 'missingTypeMeta';

const hints: Readonly<Record<KindHintCode, string>> = {
  emptyConfig: 'the file is empty; a kind config starts with "kind: Cluster" and "apiVersion: kind.x-k8s.io/v1alpha4"',
  missingTypeMeta: 'a kind config needs "kind: Cluster" and "apiVersion: kind.x-k8s.io/v1alpha4"',
};

/** The English sentence of a hint. */
export function kindHintText(code: KindHintCode): string {
  return hints[code];
}
