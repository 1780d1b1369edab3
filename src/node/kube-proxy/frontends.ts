/**
 * The addresses under which a service is reached, in the order in which kube-proxy writes its rules: per port the
 * cluster IPs, external IPs, load balancer IPs and the node port. Models pkg/proxy newBaseServiceInfo.
 */
import type { Service, ServicePort } from '../../api/types';

export type FrontendKind = 'clusterIP' | 'externalIP' | 'loadBalancerIP' | 'nodePort';

/** One address of a service port. */
export interface Frontend {
  readonly kind: FrontendKind;
  /** Empty for a node port: every address of the machine. */
  readonly ip: string;
  readonly port: number;
  readonly servicePort: ServicePort;
}

/** The key under which packets find a frontend: `ip:port`, `:port` for node ports. */
export function frontendKey(ip: string, port: number): string {
  return `${ip}:${port}`;
}

/** All addresses of a service; none for headless services and external names, which only DNS serves. */
export function frontendsOf({ spec, status }: Service): readonly Frontend[] {
  const clusterIPs = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  if (spec.type === 'ExternalName' || clusterIPs[0] === undefined || clusterIPs[0] === 'None') return [];
  const ingress = (status?.loadBalancer?.ingress ?? [])
    .filter(({ ip, ipMode }) => ip !== undefined && ipMode !== 'Proxy')
    .map(({ ip }) => ip as string);
  const frontends: Frontend[] = [];
  for (const servicePort of spec.ports ?? []) {
    const { port, nodePort } = servicePort;
    const add = (kind: FrontendKind, ip: string, at = port) => frontends.push({ kind, ip, port: at, servicePort });
    for (const ip of clusterIPs) add('clusterIP', ip);
    for (const ip of spec.externalIPs ?? []) add('externalIP', ip);
    for (const ip of ingress) add('loadBalancerIP', ip);
    if (nodePort) add('nodePort', '', nodePort);
  }
  return frontends;
}
