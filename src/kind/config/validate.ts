/**
 * Validates a defaulted kind config with kind's own texts, each with the field that it speaks of. What kind does not
 * check (overlapping subnets, label syntax, duplicate mounts) is not checked here either; see notes.ts for hints.
 * Models pkg/internal/apis/config/validate.go of kind v0.32.0.
 */
import type { YamlPath } from '../../base/yaml/node';
import { formatIp, parseCidr, parseIp } from './address';
import type { UncheckedConfig, UncheckedNode } from './types';

export type ValidationCode =
  | 'invalidName'
  | 'invalidApiServerPort'
  | 'invalidIpFamily'
  | 'invalidPodSubnet'
  | 'invalidServiceSubnet'
  | 'invalidKubeProxyMode'
  | 'noControlPlane'
  | 'invalidRole'
  | 'invalidHostPort'
  | 'invalidContainerPort'
  | 'invalidListenAddress'
  | 'duplicatePortMapping';

/** One broken rule; `text` is kind's, for rules about a node without the sentence that names the node. */
export interface ValidationError {
  readonly code: ValidationCode;
  readonly text: string;
  readonly args: Readonly<Record<string, string | number>>;
  /** Path in the config; node numbers are those of the defaulted list. */
  readonly path: YamlPath;
  readonly node?: number;
}

type Found = Omit<ValidationError, 'node'>;

const validName = '^[a-z0-9.-]+$';

function isPort(port: number): boolean {
  return port >= -1 && port <= 65535;
}

/** What is wrong with a comma-separated list of CIDRs for this family, or undefined. */
function subnetError(subnets: string, ipFamily: string): string | undefined {
  const blocks = [];
  for (const text of subnets.split(',')) {
    const block = parseCidr(text);
    if (!block) {
      return `failed to parse cidr value:${JSON.stringify(text)} with error: invalid CIDR address: ${text}`;
    }
    blocks.push(block);
  }
  const families = new Set(blocks.map((block) => block.address.family));
  if (ipFamily === 'dual') {
    return blocks.length > 2 || (blocks.length === 2 && families.size !== 2)
      ? 'expected one (IPv4 or IPv6) CIDR or two CIDRs from each family for dual-stack networking'
      : undefined;
  }
  if (blocks.length > 1) return 'only one CIDR allowed for single-stack networking';
  if (ipFamily === 'ipv4' && families.has(6)) return 'expected IPv4 CIDR for IPv4 family';
  return ipFamily === 'ipv6' && families.has(4) ? 'expected IPv6 CIDR for IPv6 family' : undefined;
}

function validateNetworking({ networking }: UncheckedConfig): readonly Found[] {
  const found: Found[] = [];
  const add = (code: ValidationCode, field: string, text: string, value: string | number): void => {
    found.push({ code, text, args: { value }, path: ['networking', field] });
  };
  const { apiServerPort: port, ipFamily, podSubnet, serviceSubnet, kubeProxyMode: mode } = networking;
  if (!isPort(port)) {
    add('invalidApiServerPort', 'apiServerPort', `invalid apiServerPort: invalid port number: ${port}`, port);
  }
  if (!['ipv4', 'ipv6', 'dual'].includes(ipFamily)) {
    add('invalidIpFamily', 'ipFamily', `invalid ipFamily: ${ipFamily}`, ipFamily);
  }
  const podError = subnetError(podSubnet, ipFamily);
  if (podError) add('invalidPodSubnet', 'podSubnet', `invalid pod subnet ${podError}`, podSubnet);
  const serviceError = subnetError(serviceSubnet, ipFamily);
  if (serviceError) {
    add('invalidServiceSubnet', 'serviceSubnet', `invalid service subnet ${serviceError}`, serviceSubnet);
  }
  if (!['iptables', 'ipvs', 'nftables', 'none'].includes(mode)) {
    add('invalidKubeProxyMode', 'kubeProxyMode', `invalid kubeProxyMode: ${mode}`, mode);
  }
  return found;
}

/** The first mapping that collides with an earlier one. The wildcard addresses of both families are the same one. */
function validatePortMappings({ extraPortMappings }: UncheckedNode, path: YamlPath): readonly Found[] {
  const bound = new Map<string, Set<string>>();
  for (const [i, mapping] of extraPortMappings.entries()) {
    if (mapping.hostPort === 0 || mapping.hostPort === -1) continue;
    const at = [...path, 'extraPortMappings', i];
    const address = parseIp(mapping.listenAddress || '0.0.0.0');
    if (!address) {
      const text = `invalid portMapping: invalid listen address: ${mapping.listenAddress}`;
      const args = { value: mapping.listenAddress };
      return [{ code: 'invalidListenAddress', text, args, path: [...at, 'listenAddress'] }];
    }
    const port = `${mapping.hostPort}/${mapping.protocol}`;
    const key = address.value === 0n ? '0.0.0.0' : formatIp(address);
    const taken = bound.get(port) ?? new Set();
    if (taken.has(key) || taken.has('0.0.0.0') || (key === '0.0.0.0' && taken.size > 0)) {
      const value = `${formatIp(address)}:${port}`;
      const rule = 'port mapping with same listen address, port and protocol already configured';
      const text = `invalid portMapping: ${rule}: ${value}`;
      return [{ code: 'duplicatePortMapping', text, args: { value }, path: [...at, 'hostPort'] }];
    }
    bound.set(port, taken.add(key));
  }
  return [];
}

function validateNode(node: UncheckedNode, path: YamlPath): readonly Found[] {
  const found: Found[] = [];
  if (node.role !== 'control-plane' && node.role !== 'worker') {
    const text = `${JSON.stringify(node.role)} is not a valid node role`;
    found.push({ code: 'invalidRole', text, args: { value: node.role }, path: [...path, 'role'] });
  }
  node.extraPortMappings.forEach((mapping, i) => {
    for (const [field, code] of [
      ['hostPort', 'invalidHostPort'],
      ['containerPort', 'invalidContainerPort'],
    ] as const) {
      const port = mapping[field];
      if (isPort(port)) continue;
      const text = `invalid ${field}: invalid port number: ${port}`;
      found.push({ code, text, args: { value: port }, path: [...path, 'extraPortMappings', i, field] });
    }
  });
  return [...found, ...validatePortMappings(node, path)];
}

/** Every rule that the config breaks, in kind's order. */
export function validateConfig(config: UncheckedConfig): readonly ValidationError[] {
  const errors: ValidationError[] = [];
  if (!new RegExp(validName).test(config.name)) {
    const text = `'${config.name}' is not a valid cluster name, cluster names must match \`${validName}\``;
    errors.push({ code: 'invalidName', text, args: { value: config.name }, path: ['name'] });
  }
  errors.push(...validateNetworking(config));
  config.nodes.forEach((each, node) => {
    for (const error of validateNode(each, ['nodes', node])) errors.push({ ...error, node });
  });
  if (!config.nodes.some((node) => node.role === 'control-plane')) {
    const text = 'must have at least one control-plane node';
    errors.push({ code: 'noControlPlane', text, args: {}, path: ['nodes'] });
  }
  return errors;
}
