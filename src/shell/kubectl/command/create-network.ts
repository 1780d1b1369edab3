/** `kubectl create service` and `kubectl create ingress`. Models kubectl's pkg/cmd/create. */
import type { IngressBackend, IngressRule } from '../../../api/types';
import type { Call, KubectlCommand } from './call';
import type { FlagSpecs } from './flags';
import { generator, type Made, meta } from './generator';
import { pairs } from './run';

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

function service(type: ServiceType) {
  return ({ flags }: Call, name: string): Made => {
    const list = [];
    for (const word of flags.list('tcp')) {
      const [port = '', target = port] = word.split(':');
      if (!/^\d+$/.test(port)) return { problem: `strconv.ParseUint: parsing "${port}": invalid syntax` };
      list.push({
        name: word.replace(':', '-'), ...(flags.has('node-port') ? { nodePort: Number(flags.text('node-port')) } : {}),
        port: Number(port), protocol: 'TCP', targetPort: /^\d+$/.test(target) ? Number(target) : target,
      });
    }
    const externalName = flags.text('external-name');
    const clusterIP = flags.text('clusterip');
    if (list.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') {
      return { problem: 'at least one tcp port specifier must be provided' };
    }
    return { object: {
      apiVersion: 'v1', kind: 'Service', metadata: meta(name, { app: name }),
      spec: {
        ...(clusterIP === undefined ? {} : { clusterIP }), ...(externalName === undefined ? {} : { externalName }),
        ...(list.length > 0 ? { ports: list } : {}), selector: { app: name }, type,
      },
      status: { loadBalancer: {} },
    } };
  };
}

const ports: FlagSpecs = { tcp: { type: 'list' } };
const services: Readonly<Record<string, KubectlCommand>> = {
  clusterip: generator('Create a ClusterIP service', { ...ports, clusterip: { type: 'string' } }, service('ClusterIP')),
  externalname: generator('Create an ExternalName service',
    { ...ports, 'external-name': { type: 'string', required: true } }, service('ExternalName')),
  loadbalancer: generator('Create a LoadBalancer service', ports, service('LoadBalancer')),
  nodeport: generator('Create a NodePort service', { ...ports, 'node-port': { type: 'int' } }, service('NodePort')),
};

/** host, path, `*` for a prefix, service, port, and TLS. */
const rulePattern = new RegExp('^(?<host>[\\w.*-]*)(?<path>/[\\w./-]*)(?<prefix>\\*?)=(?<name>[\\w-]+):(?<port>[\\w-]+)'
  + '(?:,tls(?:=(?<secret>[\\w.-]+))?)?$');

function ingress({ flags }: Call, name: string): Made {
  const backend = flags.text('default-backend');
  const words = flags.all('rule');
  if (words.length === 0 && backend === undefined) {
    return { problem: 'not enough information provided: every ingress has to either specify a default-backend (which '
      + 'catches all traffic) or a list of rules (which catch specific paths)' };
  }
  const rules: IngressRule[] = [];
  const tls: { readonly hosts?: readonly string[]; readonly secretName?: string }[] = [];
  for (const word of words) {
    const groups = rulePattern.exec(word)?.groups;
    if (!groups) {
      return { problem: `rule ${word} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]` };
    }
    const { host = '', path = '', prefix, name: serviceName = '', port = '', secret } = groups;
    const entry = {
      backend: backendOf(serviceName, port), path, pathType: prefix === '*' ? 'Prefix' : 'Exact',
    };
    const same = rules.findIndex((rule) => (rule.host ?? '') === host);
    const known = rules[same];
    if (known) rules[same] = { ...known, http: { paths: [...known.http?.paths ?? [], entry] } };
    else rules.push({ ...(host === '' ? {} : { host }), http: { paths: [entry] } });
    if (/,tls(=|$)/.test(word)) {
      tls.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secret === undefined ? {} : { secretName: secret }) });
    }
  }
  const [backendName = '', backendPort = ''] = backend?.split(':') ?? [];
  if (backend !== undefined && (backendName === '' || backendPort === '')) {
    return { problem: 'default-backend should be in format servicename:serviceport' };
  }
  const annotations = pairs(flags.all('annotation'));
  if (!annotations) {
    const [first = ''] = flags.all('annotation');
    return { problem: `annotation ${first} is invalid and should be in format key=[value]` };
  }
  const ingressClassName = flags.text('class');
  return { object: {
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress',
    metadata: { ...(Object.keys(annotations).length > 0 ? { annotations } : {}), ...meta(name) },
    spec: {
      ...(backend === undefined ? {} : { defaultBackend: backendOf(backendName, backendPort) }),
      ...(ingressClassName === undefined ? {} : { ingressClassName }), ...(rules.length > 0 ? { rules } : {}),
      ...(tls.length > 0 ? { tls } : {}),
    },
    status: { loadBalancer: {} },
  } };
}

function backendOf(name: string, port: string): IngressBackend {
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

export const network: Readonly<Record<string, KubectlCommand>> = {
  ingress: generator('Create an ingress with the specified name', {
    'annotation': { type: 'array' }, 'class': { type: 'string' }, 'default-backend': { type: 'string' },
    'rule': { type: 'array' },
  }, ingress, ['ing']),
  service: { about: 'Create a service using a specified subcommand', aliases: ['svc'], commands: services },
};
