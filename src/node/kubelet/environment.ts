/**
 * The environment of a container: envFrom, env with its references, and the variables that announce services. Models
 * the kubelet's makeEnvironmentVariables and pkg/kubelet/envvars.
 */
import { configMaps, secrets } from '../../api/resources';
import type { ConfigMap, Container, EnvFromSource, EnvVar, Node, Pod, Secret, Service } from '../../api/types';
import { base64Decode } from '../../base/base64';
import { sortedKeys } from '../../base/freeze';
import type { Task } from '../../sim/task';
import { fieldValue, type PodAddresses, resourceValue } from './downward';
import type { ObjectCache } from './object-cache';

export interface EnvironmentInputs extends PodAddresses {
  readonly pod: Pod;
  readonly objects: ObjectCache;
  readonly node: Node | undefined;
  /** All services that this node knows. */
  readonly services: readonly Service[];
}

/** The variables in the order they are set, or why they cannot be. */
export type Environment =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string };

type Problem = Extract<Environment, { ok: false }>;
type Data = { readonly ok: true; readonly data: Readonly<Record<string, string>> | undefined } | Problem;
type Value = { readonly ok: true; readonly text: string | undefined } | Problem;
type Known = (name: string) => string | undefined;

/** Builds the environment of a container. */
export function* environment(inputs: EnvironmentInputs, container: Container): Task<Environment> {
  const announced = new Map(serviceVariables(inputs));
  const values = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    const found = yield* sourceData(inputs, source);
    if (!found.ok) return found;
    for (const key of sortedKeys(found.data)) values.set(`${source.prefix ?? ''}${key}`, found.data?.[key] ?? '');
  }
  for (const variable of container.env ?? []) {
    const known: Known = (name) => values.get(name) ?? announced.get(name);
    const value = yield* valueOf(inputs, container, variable, known);
    if (!value.ok) return value;
    if (value.text !== undefined) values.set(variable.name, value.text);
  }
  for (const [name, value] of announced) if (!values.has(name)) values.set(name, value);
  return { ok: true, values };
}

function* sourceData(inputs: EnvironmentInputs, source: EnvFromSource): Task<Data> {
  if (source.configMapRef) {
    const { name = '', optional = false } = source.configMapRef;
    return yield* dataOf(inputs, 'configMap', name, optional);
  }
  const { name = '', optional = false } = source.secretRef ?? {};
  return yield* dataOf(inputs, 'secret', name, optional);
}

/** All texts of a ConfigMap or Secret; no data when it is optional and missing. */
function* dataOf(inputs: EnvironmentInputs, kind: 'configMap' | 'secret', name: string, optional: boolean): Task<Data> {
  const namespace = inputs.pod.metadata.namespace ?? '';
  const found = kind === 'configMap'
    ? yield* inputs.objects.get<ConfigMap>(configMaps, namespace, name)
    : yield* inputs.objects.get<Secret>(secrets, namespace, name);
  if (!found) {
    const message = `${kind.toLowerCase()} "${name}" not found`;
    return optional ? { ok: true, data: undefined } : { ok: false, message };
  }
  if (kind === 'configMap') return { ok: true, data: found.data ?? {} };
  const data: Record<string, string> = {};
  for (const key of sortedKeys(found.data)) data[key] = base64Decode(found.data?.[key] ?? '') ?? '';
  return { ok: true, data };
}

function* valueOf(
  inputs: EnvironmentInputs, container: Container, { value, valueFrom }: EnvVar, known: Known,
): Task<Value> {
  if (!valueFrom) return { ok: true, text: expandVariables(value ?? '', known) };
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return { ok: true, text: fieldValue(inputs.pod, fieldRef.fieldPath, inputs) };
  if (resourceFieldRef) {
    const { containerName, resource, divisor } = resourceFieldRef;
    const { containers, initContainers = [] } = inputs.pod.spec;
    const named = [...containers, ...initContainers].find((candidate) => candidate.name === containerName) ?? container;
    return { ok: true, text: resourceValue(named, resource, divisor, inputs.node) };
  }
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) return { ok: true, text: undefined };
  const { name = '', key, optional = false } = reference;
  const found = yield* dataOf(inputs, configMapKeyRef ? 'configMap' : 'secret', name, optional);
  if (!found.ok) return found;
  const text = found.data?.[key];
  if (text !== undefined || optional) return { ok: true, text };
  const where = `${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${inputs.pod.metadata.namespace}/${name}`;
  return { ok: false, message: `couldn't find key ${key} in ${where}` };
}

/** `WEB_SERVICE_HOST`, `WEB_PORT` and their kin for the services of the pod's namespace and for `kubernetes`. */
function serviceVariables({ pod, services }: EnvironmentInputs): [string, string][] {
  const variables: [string, string][] = [];
  for (const { metadata, spec } of services) {
    const isMaster = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    const linked = pod.spec.enableServiceLinks !== false && metadata.namespace === pod.metadata.namespace;
    const { clusterIP, ports = [] } = spec;
    const [first] = ports;
    if ((!isMaster && !linked) || !clusterIP || clusterIP === 'None' || !first) continue;
    const prefix = variableName(metadata.name);
    variables.push([`${prefix}_SERVICE_HOST`, clusterIP], [`${prefix}_SERVICE_PORT`, String(first.port)]);
    for (const { name, port } of ports) {
      if (name) variables.push([`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port)]);
    }
    variables.push([`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${clusterIP}:${first.port}`]);
    for (const { port, protocol = 'TCP' } of ports) {
      const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      variables.push(
        [link, `${protocol.toLowerCase()}://${clusterIP}:${port}`], [`${link}_PROTO`, protocol.toLowerCase()],
        [`${link}_PORT`, String(port)], [`${link}_ADDR`, clusterIP],
      );
    }
  }
  return variables;
}

function variableName(name: string): string {
  return name.toUpperCase().replace(/-/g, '_');
}

/** `$(NAME)` becomes the variable's value; `$$(NAME)` stays `$(NAME)`; an unknown name stays as written. */
export function expandVariables(text: string, known: Known): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    return known(name ?? '') ?? whole;
  });
}
