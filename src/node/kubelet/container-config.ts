/** From a container of a pod to what the runtime is told: command with variables expanded, environment, mounts. */
import { configMaps, secrets } from '../../api/resources';
import { formatQuantity, quantity, quantityValue } from '../../api/quantity';
import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../../api/types';
import { sortedKeys } from '../../base/freeze';
import type { Task } from '../../sim/task';
import type { ContainerConfig, CriMount } from '../cri';
import { base64Text } from './base64';
import { fieldValue } from './downward';
import type { ObjectCache } from './object-cache';

export interface ConfigContext {
  readonly pod: Pod;
  readonly objects: ObjectCache;
  readonly volumes: ReadonlyMap<string, string>;
  readonly hostIP: string;
  readonly podIP: string;
  /** Services of the pod's namespace and `kubernetes`, for the classic environment variables. */
  readonly services: readonly Service[];
}

type Config = { readonly ok: true; readonly config: ContainerConfig } | { readonly ok: false; readonly message: string };

/** Builds the runtime's configuration of one run of a container. */
export function* containerConfig(
  context: ConfigContext, container: Container, attempt: number, imageRef: string, startupWork: boolean,
): Task<Config> {
  const { pod } = context;
  const env = yield* environment(context, container);
  if (!env.ok) return env;
  const expand = (text: string): string => expandVariables(text, env.values);
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  const memory = container.resources?.limits?.['memory'];
  return {
    ok: true,
    config: {
      name: container.name,
      attempt,
      image: container.image ?? '',
      imageRef,
      command: (container.command ?? []).map(expand),
      args: (container.args ?? []).map(expand),
      workingDir: container.workingDir,
      env: [...env.values].map(([name, value]) => ({ name, value })),
      mounts: mountsOf(context, container, expand),
      labels: {
        'io.kubernetes.container.name': container.name,
        'io.kubernetes.pod.name': pod.metadata.name,
        'io.kubernetes.pod.namespace': pod.metadata.namespace ?? '',
        'io.kubernetes.pod.uid': pod.metadata.uid,
      },
      annotations: pod.metadata.annotations ?? {},
      memoryLimit: memory === undefined ? undefined : quantityValue(memory),
      runAsUser: security.runAsUser,
      runAsNonRoot: security.runAsNonRoot,
      readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
      stdin: container.stdin ?? false,
      tty: container.tty ?? false,
      startupWork,
    },
  };
}

function mountsOf(context: ConfigContext, container: Container, expand: (text: string) => string): CriMount[] {
  const mounts: CriMount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const source = context.volumes.get(mount.name);
    if (source === undefined) continue;
    const below = mount.subPathExpr ? expand(mount.subPathExpr) : mount.subPath ?? '';
    mounts.push({
      containerPath: mount.mountPath,
      hostPath: below === '' ? source : `${source}/${below}`,
      readOnly: mount.readOnly ?? false,
    });
  }
  return mounts;
}

type Environment = { readonly ok: true; readonly values: Map<string, string> } | { readonly ok: false; readonly message: string };

function* environment(context: ConfigContext, container: Container): Task<Environment> {
  const namespace = context.pod.metadata.namespace ?? '';
  const values = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? '';
    if (source.configMapRef) {
      const name = source.configMapRef.name ?? '';
      const found = yield* context.objects.get<ConfigMap>(configMaps, namespace, name);
      if (!found && !source.configMapRef.optional) return { ok: false, message: `configmap "${name}" not found` };
      for (const key of sortedKeys(found?.data)) values.set(`${prefix}${key}`, found?.data?.[key] ?? '');
    } else if (source.secretRef) {
      const name = source.secretRef.name ?? '';
      const found = yield* context.objects.get<Secret>(secrets, namespace, name);
      if (!found && !source.secretRef.optional) return { ok: false, message: `secret "${name}" not found` };
      for (const key of sortedKeys(found?.data)) values.set(`${prefix}${key}`, base64Text(found?.data?.[key] ?? ''));
    }
  }
  for (const variable of container.env ?? []) {
    const value = yield* valueOf(context, container, variable, values);
    if (!value.ok) return value;
    if (value.text !== undefined) values.set(variable.name, value.text);
  }
  for (const [name, value] of serviceVariables(context)) if (!values.has(name)) values.set(name, value);
  return { ok: true, values };
}

type Value = { readonly ok: true; readonly text: string | undefined } | { readonly ok: false; readonly message: string };

function* valueOf(
  context: ConfigContext, container: Container, { value, valueFrom }: EnvVar, known: ReadonlyMap<string, string>,
): Task<Value> {
  const namespace = context.pod.metadata.namespace ?? '';
  if (!valueFrom) return { ok: true, text: expandVariables(value ?? '', known) };
  if (valueFrom.fieldRef) {
    const path = valueFrom.fieldRef.fieldPath;
    const text = path.startsWith('status.podIP') ? context.podIP : fieldValue(context.pod, path, context.hostIP);
    return { ok: true, text };
  }
  if (valueFrom.resourceFieldRef) return { ok: true, text: resourceText(container, valueFrom.resourceFieldRef.resource) };
  if (valueFrom.configMapKeyRef) {
    const { name = '', key, optional } = valueFrom.configMapKeyRef;
    const found = yield* context.objects.get<ConfigMap>(configMaps, namespace, name);
    if (!found) return optional ? { ok: true, text: undefined } : { ok: false, message: `configmap "${name}" not found` };
    const text = found.data?.[key];
    if (text === undefined && !optional) return { ok: false, message: `couldn't find key ${key} in ConfigMap ${namespace}/${name}` };
    return { ok: true, text };
  }
  if (valueFrom.secretKeyRef) {
    const { name = '', key, optional } = valueFrom.secretKeyRef;
    const found = yield* context.objects.get<Secret>(secrets, namespace, name);
    if (!found) return optional ? { ok: true, text: undefined } : { ok: false, message: `secret "${name}" not found` };
    const text = found.data?.[key];
    if (text === undefined && !optional) return { ok: false, message: `couldn't find key ${key} in Secret ${namespace}/${name}` };
    return { ok: true, text: text === undefined ? undefined : base64Text(text) };
  }
  return { ok: true, text: undefined };
}

function resourceText(container: Container, resource: string): string {
  const [list, name = ''] = resource.split('.') as ['limits' | 'requests', string];
  const written = container.resources?.[list]?.[name];
  return written === undefined ? '0' : formatQuantity(quantity(quantityValue(written)));
}

/** `WEB_SERVICE_HOST` and `WEB_SERVICE_PORT` of each Service of the namespace (enableServiceLinks). */
function serviceVariables({ pod, services }: ConfigContext): [string, string][] {
  const variables: [string, string][] = [];
  for (const { metadata, spec } of services) {
    const isMaster = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    const linked = pod.spec.enableServiceLinks !== false && metadata.namespace === pod.metadata.namespace;
    if ((!isMaster && !linked) || !spec.clusterIP || spec.clusterIP === 'None') continue;
    const prefix = metadata.name.toUpperCase().replace(/-/g, '_');
    variables.push([`${prefix}_SERVICE_HOST`, spec.clusterIP]);
    const [first] = spec.ports ?? [];
    if (first) variables.push([`${prefix}_SERVICE_PORT`, String(first.port)]);
    for (const port of spec.ports ?? []) {
      if (port.name) variables.push([`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replace(/-/g, '_')}`, String(port.port)]);
    }
  }
  return variables;
}

/** `$(NAME)` becomes the variable's value; `$$(NAME)` stays `$(NAME)`; an unknown name stays as written. */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    return values.get(name ?? '') ?? whole;
  });
}
