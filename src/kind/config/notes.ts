/**
 * What a simulation cannot honour in a valid kind config, and what a real machine would choke on although kind does not
 * check it. Nothing is dropped silently: every field that has no full effect here gives a note at its place.
 */
import type { YamlPath } from '../../base/yaml/node';
import { readKubeadmPatch } from '../kubeadm-patch';
import { DEFAULT_KUBERNETES_VERSION } from './defaults';
import type { KindNoteCode } from './texts';
import type { KindConfig, KindNode } from './types';
import { parseNodeImage } from './version';

/** One note before it has a place in the text. */
export interface FoundNote {
  readonly code: KindNoteCode;
  readonly path: YamlPath;
  readonly args: Readonly<Record<string, string | number>>;
}

type Add = (code: KindNoteCode, path: YamlPath, args?: FoundNote['args']) => void;

const CLUSTER_NAME_MAX = 50;

/** Labels below kubernetes.io and k8s.io that a kubelet may set on its own node (kubelet's --node-labels). */
const allowedLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.kubernetes.io/zone',
  'failure-domain.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
]);

function isRefusedLabel(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) return false;
  return !allowedLabels.has(label) && !/(^|\.)(kubelet|node)\.kubernetes\.io$/.test(domain);
}

function noteNetworking({ networking }: KindConfig, isSet: (path: YamlPath) => boolean, add: Add): void {
  const at = (field: string): YamlPath => ['networking', field];
  const listen = { address: networking.apiServerAddress, port: networking.apiServerPort };
  for (const field of ['apiServerAddress', 'apiServerPort']) {
    if (isSet(at(field))) add('apiServerListen', at(field), listen);
  }
  if (networking.ipFamily !== 'ipv4') add('ipFamily', at('ipFamily'), { ipFamily: networking.ipFamily });
  if (networking.kubeProxyMode === 'ipvs' || networking.kubeProxyMode === 'nftables') {
    add('kubeProxyMode', at('kubeProxyMode'), { mode: networking.kubeProxyMode });
  }
  if (networking.disableDefaultCNI) add('defaultCniDisabled', at('disableDefaultCNI'));
  if (networking.dnsSearch) add('dnsSearch', at('dnsSearch'));
}

function noteKubeadmPatches(patches: readonly string[], path: YamlPath, add: Add): void {
  patches.forEach((text, i) => {
    const at = [...path, i];
    const patch = readKubeadmPatch(text);
    if (!patch) return add('kubeadmPatchUnreadable', at);
    if (!patch.matches) {
      const apiVersion = /^\s*apiVersion:\s*(\S+)/m.exec(text)?.[1] ?? '';
      return add('kubeadmPatchUnmatched', at, { kind: patch.kind, apiVersion });
    }
    if (patch.mapArguments) add('kubeadmPatchMapArguments', at);
    const fields = patch.ignored.join(', ');
    if (fields !== '') add('kubeadmPatchIgnored', at, { kind: patch.kind, fields });
  });
}

function noteImage(image: string, path: YamlPath, add: Add): void {
  const { repository, version, digest } = parseNodeImage(image);
  const simulated = DEFAULT_KUBERNETES_VERSION;
  if (!/(^|\/)kindest\/node$/.test(repository) || version === undefined) {
    add('imageUnknown', path, { image, simulated });
  } else if (version !== simulated) {
    add('imageVersion', path, { version, simulated });
  }
  if (digest !== '') add('imageDigest', path);
}

function noteNode(node: KindNode, path: YamlPath, add: Add): void {
  noteImage(node.image, [...path, 'image'], add);
  for (const label of Object.keys(node.labels).sort()) {
    if (isRefusedLabel(label)) add('kubeletRefusesLabel', [...path, 'labels', label], { label });
  }
  node.extraMounts.forEach(({ containerPath }, i) => {
    add('extraMounts', [...path, 'extraMounts', i], { containerPath });
  });
  node.extraPortMappings.forEach(({ hostPort, containerPort }, i) => {
    add('extraPortMappings', [...path, 'extraPortMappings', i], { hostPort, containerPort });
  });
  noteKubeadmPatches(node.kubeadmConfigPatches, [...path, 'kubeadmConfigPatches'], add);
  node.kubeadmConfigPatchesJSON6902.forEach((_, i) => {
    add('kubeadmPatchJSON6902', [...path, 'kubeadmConfigPatchesJSON6902', i]);
  });
}

/** Port mappings of different nodes, or with and without a protocol, that only Docker would find to collide. */
function noteHostPorts(config: KindConfig, add: Add): void {
  const bound = new Map<string, Set<string>>();
  config.nodes.forEach((node, n) => {
    node.extraPortMappings.forEach(({ hostPort, listenAddress, protocol }, i) => {
      if (hostPort <= 0) return;
      const port = `${hostPort}/${protocol}`;
      const address = listenAddress === '::' ? '0.0.0.0' : listenAddress;
      const taken = bound.get(port) ?? new Set<string>();
      if (taken.has(address) || taken.has('0.0.0.0') || (address === '0.0.0.0' && taken.size > 0)) {
        add('hostPortConflict', ['nodes', n, 'extraPortMappings', i, 'hostPort'], { port });
      }
      bound.set(port, taken.add(address));
    });
  });
}

function noteCluster(config: KindConfig, add: Add): void {
  if (config.name.length > CLUSTER_NAME_MAX) add('nameTooLong', ['name'], { name: config.name });
  for (const name of Object.keys(config.featureGates).sort()) {
    add('featureGate', ['featureGates', name], { name, value: String(config.featureGates[name]) });
  }
  for (const key of Object.keys(config.runtimeConfig).sort()) {
    add('runtimeConfig', ['runtimeConfig', key], { key, value: config.runtimeConfig[key] ?? '' });
  }
  noteKubeadmPatches(config.kubeadmConfigPatches, ['kubeadmConfigPatches'], add);
  config.kubeadmConfigPatchesJSON6902.forEach((_, i) => {
    add('kubeadmPatchJSON6902', ['kubeadmConfigPatchesJSON6902', i]);
  });
  for (const field of ['containerdConfigPatches', 'containerdConfigPatchesJSON6902'] as const) {
    config[field].forEach((_, i) => add('containerdConfigPatches', [field, i]));
  }
}

/** All notes on a config. `isSet` tells whether the file itself holds a value at a path. */
export function findNotes(config: KindConfig, isSet: (path: YamlPath) => boolean): readonly FoundNote[] {
  const notes: FoundNote[] = [];
  const add: Add = (code, path, args = {}) => void notes.push({ code, path, args });
  noteCluster(config, add);
  noteNetworking(config, isSet, add);
  config.nodes.forEach((node, i) => noteNode(node, ['nodes', i], add));
  noteHostPorts(config, add);
  return notes;
}
