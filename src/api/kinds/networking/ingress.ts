/** Ingress: HTTP from outside to Services. Models pkg/apis/networking and pkg/registry/networking/ingress. */
import { child, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import {
  dnsLabelProblems, dnsSubdomainProblems, portNameProblems, portNumberProblems, wildcardSubdomainProblems,
} from '../../names';
import type {
  HTTPIngressPath, Ingress, IngressBackend, IngressLoadBalancerIngress, IngressRule, IngressServiceBackend,
  IngressSpec,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkProblems, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkIp, parseIp } from '../ip-address';
import { checkTypedReference } from '../qualified-paths';

const classAnnotation = 'kubernetes.io/ingress.class';
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const invalidSequences = ['//', '/./', '/../', '%2f', '%2F'];
const invalidSuffixes = ['/..', '/.'];
const shownHosts = 3;

function validate(ingress: Ingress): readonly FieldError[] {
  const errors: FieldErrors = [...specErrors(ingress.spec)];
  const annotation = ingress.metadata.annotations?.[classAnnotation];
  const className = ingress.spec.ingressClassName;
  if (annotation !== undefined && className !== undefined && annotation !== className) {
    errors.push(invalid(`annotations.${classAnnotation}`, annotation,
      'must match `ingressClassName` when both are specified'));
  }
  return errors;
}

function specErrors(spec: IngressSpec): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { rules = [], defaultBackend, tls, ingressClassName } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend !== undefined) checkBackend(defaultBackend, 'spec.defaultBackend', errors);
  eachItem(rules, 'spec.rules', (rule, at) => checkRule(rule, at, errors));
  eachItem(tls, 'spec.tls', ({ hosts, secretName }, at) => {
    eachItem(hosts, child(at, 'hosts'), (host, place) => checkHost(host, place, errors));
    if (secretName) checkSubdomain(secretName, child(at, 'secretName'), errors);
  });
  if (ingressClassName !== undefined) checkSubdomain(ingressClassName, 'spec.ingressClassName', errors);
  return errors;
}

function checkHost(host: string, path: string, errors: FieldErrors): void {
  const problems = host.includes('*') ? wildcardSubdomainProblems(host) : dnsSubdomainProblems(host);
  checkProblems(problems, host, path, errors);
}

function checkRule({ host, http }: IngressRule, path: string, errors: FieldErrors): void {
  if (host) {
    const at = child(path, 'host');
    if (parseIp(host) !== undefined) errors.push(invalid(at, host, 'must be a DNS name, not an IP address'));
    checkHost(host, at, errors);
  }
  if (http === undefined) return;
  const pathsPath = child(path, 'http', 'paths');
  if (!http.paths?.length) errors.push(required(pathsPath));
  eachItem(http.paths, pathsPath, (item, at) => checkPath(item, at, errors));
}

function checkPath({ path = '', pathType, backend }: HTTPIngressPath, at: string, errors: FieldErrors): void {
  if (pathType === undefined) {
    errors.push(required(child(at, 'pathType'), 'pathType must be specified'));
    return;
  }
  const place = child(at, 'path');
  if (!pathTypes.includes(pathType)) {
    errors.push(notSupported(child(at, 'pathType'), pathType, pathTypes));
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(invalid(place, path, 'must be an absolute path'));
  } else {
    if (!path.startsWith('/')) errors.push(invalid(place, path, 'must be an absolute path'));
    for (const text of invalidSequences) {
      if (path.includes(text)) errors.push(invalid(place, path, `must not contain '${text}'`));
    }
    for (const text of invalidSuffixes) {
      if (path.endsWith(text)) errors.push(invalid(place, path, `cannot end with '${text}'`));
    }
  }
  checkBackend(backend ?? {}, child(at, 'backend'), errors);
}

function checkBackend({ resource, service }: IngressBackend, path: string, errors: FieldErrors): void {
  if (resource !== undefined && service !== undefined) {
    errors.push(invalid(path, '', 'cannot set both resource and service backends'));
  } else if (resource !== undefined) {
    checkTypedReference(resource, child(path, 'resource'), errors);
  } else if (service !== undefined) {
    checkService(service, path, errors);
  } else {
    errors.push(invalid(path, '', 'resource or service backend is required'));
  }
}

function checkService({ name, port }: IngressServiceBackend, path: string, errors: FieldErrors): void {
  const namePath = child(path, 'service', 'name');
  if (!name) errors.push(required(namePath));
  else checkProblems(dnsLabelProblems(name), name, namePath, errors);
  const portPath = child(path, 'service', 'port');
  if (port?.name && port.number) {
    errors.push(invalid(path, '', 'cannot set both port name & port number'));
  } else if (port?.name) {
    checkProblems(portNameProblems(port.name), port.name, child(portPath, 'name'), errors);
  } else if (port?.number) {
    checkProblems(portNumberProblems(port.number), port.number, child(portPath, 'number'), errors);
  } else {
    errors.push(required(path, 'port name or number is required'));
  }
}

function validateStatusUpdate({ status }: Ingress): readonly FieldError[] {
  const errors: FieldErrors = [];
  eachItem(status?.loadBalancer?.ingress, 'status.loadBalancer.ingress', ({ ip, hostname }, at) => {
    if (ip) checkIp(ip, child(at, 'ip'), errors);
    if (!hostname) return;
    checkProblems(dnsSubdomainProblems(hostname), hostname, child(at, 'hostname'), errors);
    if (parseIp(hostname) === undefined) return;
    errors.push(invalid(child(at, 'hostname'), hostname, 'must be a DNS name, not an IP address'));
  });
  return errors;
}

function hostsText(rules: readonly IngressRule[] = []): string {
  const hosts: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (hosts.length === shownHosts) more = true;
    else if (host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return more ? `${hosts.join(',')} + ${rules.length - shownHosts} more...` : hosts.join(',');
}

function addressText(ingress: readonly IngressLoadBalancerIngress[] = []): string {
  const addresses = new Set(ingress.map(({ ip, hostname }) => ip || hostname || '').filter((text) => text !== ''));
  return [...addresses].sort().join(',');
}

export const ingressKind = defineKind<Ingress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', listKind: 'IngressList',
  plural: 'ingresses', singular: 'ingress', shortNames: ['ing'], namespaced: true, schema: 'Ingress',
  subresources: ['status'],
  validate,
  validateUpdate: ({ spec }) => specErrors(spec),
  validateStatusUpdate,
  warnings: ({ metadata, spec }, old) => (
    old !== undefined || metadata.annotations?.[classAnnotation] === undefined || spec.ingressClassName !== undefined
      ? [] : [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  initialStatus: () => ({ loadBalancer: {} }),
  columns: [
    nameColumn,
    {
      name: 'Class', type: 'string', description: 'The class of controllers that carry it out.',
      cell: ({ spec }) => spec.ingressClassName ?? '<none>',
    },
    {
      name: 'Hosts', type: 'string', description: 'Hosts that its rules are about.',
      cell: ({ spec }) => hostsText(spec.rules),
    },
    {
      name: 'Address', type: 'string', description: 'Addresses of the load balancer.',
      cell: ({ status }) => addressText(status?.loadBalancer?.ingress),
    },
    {
      name: 'Ports', type: 'string', description: 'Ports of HTTP and, with TLS, HTTPS.',
      cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80'),
    },
    ageColumn,
  ],
});
