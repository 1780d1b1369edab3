/**
 * What is wrong with a Service. Models ValidateService and ValidateServiceUpdate of pkg/apis/core/validation; the
 * addresses are in addresses.ts. A missing healthCheckNodePort is not reported: the registry gives one out.
 */
import { child, duplicate, forbidden, index, invalid, key, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { GoStruct } from '../../go-text';
import { dnsSubdomainProblems, portNumberProblems } from '../../names';
import type { Service, ServicePort, ServiceSpec } from '../../types';
import {
  checkDnsLabel, checkLabels, checkOneOf, checkPortNumberOrName, checkProblems, checkQualifiedName, eachItem,
} from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkCidr, checkIp, checkNonSpecialIp, parseIp } from '../ip-address';
import { checkClusterIps, checkClusterIpsUpdate, isHeadless } from './addresses';
import { isExternallyAccessible, needsHealthCheck } from './defaults';

const maxAffinitySeconds = 86_400;
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";
const protocols = ['SCTP', 'TCP', 'UDP'];
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const policies = ['Cluster', 'Local'];
const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const topologyModeAnnotation = 'service.kubernetes.io/topology-mode';
const topologyHintsAnnotation = 'service.kubernetes.io/topology-aware-hints';

/** Everything wrong with a new Service, apart from its metadata. */
export function serviceErrors(service: Service): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = service.spec ?? {};
  checkTopologyAnnotations(service, errors);
  checkType(spec, errors);
  checkPorts(spec, errors);
  checkLabels(spec.selector, 'spec.selector', errors);
  checkAffinity(spec, errors);
  checkClusterIps(spec, errors);
  eachItem(spec.externalIPs, 'spec.externalIPs', (ip, at) => {
    if (checkIp(ip, at, errors)) checkNonSpecialIp(ip, at, errors);
  });
  checkOneOf(spec.type, types, 'spec.type', errors, true);
  checkPortsAgainstEachOther(spec, errors);
  checkLoadBalancer(service, spec, errors);
  checkTrafficPolicies(spec, errors);
  return errors;
}

/** Everything wrong with an update, apart from metadata. */
export function serviceUpdateErrors(service: Service, old: Service): readonly FieldError[] {
  const errors: FieldErrors = [];
  const [spec, before] = [service.spec, old.spec];
  checkClusterIpsUpdate(spec, before, errors);
  if (spec.type === 'LoadBalancer' && before.type === 'LoadBalancer'
    && spec.loadBalancerClass !== before.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? 'null', 'may not change once set'));
  }
  if (needsHealthCheck(spec) && needsHealthCheck(before) && spec.healthCheckNodePort !== before.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return [...errors, ...serviceErrors(service)];
}

function checkTopologyAnnotations({ metadata }: Service, errors: FieldErrors): void {
  const mode = metadata.annotations?.[topologyModeAnnotation];
  const hints = metadata.annotations?.[topologyHintsAnnotation];
  if (mode === undefined || hints === undefined || mode === hints) return;
  const detail = `must match annotations[${topologyHintsAnnotation}] when both are specified`;
  errors.push(invalid(key('metadata.annotations', topologyModeAnnotation), mode, detail));
}

/** What a type of Service must have and cannot have. */
function checkType(spec: ServiceSpec, errors: FieldErrors): void {
  const headless = isHeadless(spec);
  if (!spec.ports?.length && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    const detail = `may not be set to 'None' for ${spec.type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', detail));
  }
  if (spec.type !== 'ExternalName') return;
  const why = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length) errors.push(forbidden('spec.clusterIPs', why));
  if (spec.ipFamilies?.length) errors.push(forbidden('spec.ipFamilies', why));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', why));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  else checkProblems(dnsSubdomainProblems(name), name, 'spec.externalName', errors);
}

function checkPorts(spec: ServiceSpec, errors: FieldErrors): void {
  const names = new Set<string>();
  const needsNames = (spec.ports ?? []).length > 1;
  eachItem(spec.ports, 'spec.ports', (port, at) => {
    const namePath = child(at, 'name');
    if (!port.name) {
      if (needsNames) errors.push(required(namePath));
    } else {
      checkDnsLabel(port.name, namePath, errors);
      if (names.has(port.name)) errors.push(duplicate(namePath, port.name));
      names.add(port.name);
    }
    const number = port.port ?? 0;
    checkProblems(portNumberProblems(number), number, child(at, 'port'), errors);
    checkOneOf(port.protocol, protocols, child(at, 'protocol'), errors, true);
    checkPortNumberOrName(port.targetPort, child(at, 'targetPort'), errors);
    if (port.appProtocol !== undefined) checkQualifiedName(port.appProtocol, child(at, 'appProtocol'), errors);
  });
}

/** Ports and node ports may be used once per protocol. */
function checkPortsAgainstEachOther(spec: ServiceSpec, errors: FieldErrors): void {
  const ports = spec.ports ?? [];
  const seen = new Set<string>();
  const isRepeated = (port: ServicePort, field: 'port' | 'nodePort'): boolean => {
    const use = `${field} ${port[field]}/${port.protocol}`;
    const known = seen.has(use);
    seen.add(use);
    return known;
  };
  ports.forEach((port, i) => {
    if (!port.nodePort) return;
    const at = child(index('spec.ports', i), 'nodePort');
    if (spec.type === 'ClusterIP') errors.push(forbidden(at, "may not be used when `type` is 'ClusterIP'"));
    if (isRepeated(port, 'nodePort')) errors.push(duplicate(at, port.nodePort));
  });
  ports.forEach((port, i) => {
    if (isRepeated(port, 'port')) errors.push(duplicate(index('spec.ports', i), internalPort(port)));
  });
}

/** A port as upstream shows it in this error: its internal type with only protocol and number. */
function internalPort({ protocol, port }: ServicePort): GoStruct {
  return new GoStruct({
    Name: '', Protocol: protocol ?? '', AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0,
  });
}

function checkAffinity(spec: ServiceSpec, errors: FieldErrors): void {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  checkOneOf(sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity', errors, true);
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && config !== undefined) {
    errors.push(forbidden(path, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return;
  const seconds = config?.clientIP?.timeoutSeconds;
  const why = 'when session affinity type is ClientIP';
  const secondsPath = child(path, 'clientIP', 'timeoutSeconds');
  if (config === undefined) errors.push(required(path, why));
  else if (config.clientIP === undefined) errors.push(required(child(path, 'clientIP'), why));
  else if (seconds === undefined) errors.push(required(secondsPath, why));
  else if (seconds <= 0 || seconds > maxAffinitySeconds) {
    errors.push(invalid(secondsPath, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`));
  }
}

function checkLoadBalancer(service: Service, spec: ServiceSpec, errors: FieldErrors): void {
  const isBalanced = spec.type === 'LoadBalancer';
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const annotated = service.metadata.annotations?.[sourceRangesAnnotation];
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (!isBalanced) errors.push(forbidden(path, onlyLoadBalancer));
    eachItem(ranges, path, (range, at) => checkCidr(range.trim(), at, errors));
  } else if (annotated !== undefined) {
    const path = key('metadata.annotations', sourceRangesAnnotation);
    if (!isBalanced) errors.push(forbidden(path, onlyLoadBalancer));
    const text = annotated.trim();
    if (text !== '') for (const range of text.split(',')) checkCidr(range.trim(), path, errors);
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalanced) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyLoadBalancer));
  }
  if (isBalanced && spec.allocateLoadBalancerNodePorts === undefined) {
    errors.push(required('allocateLoadBalancerNodePorts'));
  }
  if (spec.loadBalancerClass === undefined) return;
  if (isBalanced) checkQualifiedName(spec.loadBalancerClass, 'spec.loadBalancerClass', errors);
  else errors.push(forbidden('spec.loadBalancerClass', onlyLoadBalancer));
}

function checkTrafficPolicies(spec: ServiceSpec, errors: FieldErrors): void {
  const external = spec.externalTrafficPolicy;
  if (isExternallyAccessible(spec)) {
    checkOneOf(external, policies, 'spec.externalTrafficPolicy', errors, true);
  } else if (external) {
    errors.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'));
  }
  const port = spec.healthCheckNodePort;
  if (port) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (!needsHealthCheck(spec)) errors.push(invalid('spec.healthCheckNodePort', port, detail));
    else checkProblems(portNumberProblems(port), port, 'spec.healthCheckNodePort', errors);
  }
  const hasClusterIp = spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (spec.internalTrafficPolicy === undefined) {
    if (hasClusterIp) errors.push(required('spec.internalTrafficPolicy'));
  } else {
    checkOneOf(spec.internalTrafficPolicy, policies, 'spec.internalTrafficPolicy', errors);
  }
  checkOneOf(spec.trafficDistribution, distributions, 'spec.trafficDistribution', errors);
}

/** Everything wrong with a status update: the addresses of the load balancer. */
export function serviceStatusErrors({ spec, status }: Service): readonly FieldError[] {
  const errors: FieldErrors = [];
  const ingress = status?.loadBalancer?.ingress ?? [];
  const path = 'status.loadBalancer.ingress';
  if (spec.type !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  eachItem(ingress, path, ({ ip, ipMode, hostname }, at) => {
    if (ip) checkIp(ip, child(at, 'ip'), errors);
    const modePath = child(at, 'ipMode');
    if (ipMode === undefined) {
      if (ip) errors.push(required(modePath, 'must be specified when `ip` is set'));
    } else if (!ip) errors.push(forbidden(modePath, 'may not be specified when `ip` is not set'));
    else if (!['Proxy', 'VIP'].includes(ipMode)) errors.push(notSupported(modePath, ipMode, ['Proxy', 'VIP']));
    if (!hostname) return;
    checkProblems(dnsSubdomainProblems(hostname), hostname, child(at, 'hostname'), errors);
    if (parseIp(hostname) !== undefined) {
      errors.push(invalid(child(at, 'hostname'), hostname, 'must be a DNS name, not an IP address'));
    }
  });
  return errors;
}
