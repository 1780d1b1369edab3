/**
 * Defaults of one container: its pull policy by tag, its termination message, its probes, hooks, ports and references
 * to its own pod. Models SetDefaults_Container, SetDefaults_Probe and the generated defaults of pkg/apis/core/v1.
 */
import { withKey } from '../../../base/freeze';
import type { Container, ContainerPort, EnvVar, LifecycleHandler, ObjectFieldSelector, Probe } from '../../types';
import { roundedRequirements } from './resource-defaults';

/** Applies a change to every item; the same list when no item changes. */
export function mapList<T>(list: readonly T[] | undefined, change: (item: T) => T): readonly T[] | undefined {
  if (list === undefined) return undefined;
  let copy: T[] | undefined;
  for (let i = 0; i < list.length; i += 1) {
    const before = list[i] as T;
    const after = change(before);
    if (after === before) continue;
    copy ??= list.slice();
    copy[i] = after;
  }
  return copy ?? list;
}

/** Sets a field that is missing or has Go's zero value (an empty text, zero). */
export function withDefault<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  const given = object[key];
  return given === undefined || given === '' || given === 0 ? withKey(object, key, value) : object;
}

/**
 * The tag of an image reference, `latest` when it has neither tag nor digest, and empty when it has only a digest:
 * parsers.ParseImageName.
 */
export function imageTag(image: string): string {
  const [reference = '', digest] = image.split('@');
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/')) return reference.slice(colon + 1);
  return digest === undefined && image !== '' ? 'latest' : '';
}

/** `Always` for the tag latest, otherwise `IfNotPresent`. */
export function pullPolicyFor(image: string | undefined): string {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}

const noResources = Object.freeze({});

/** Fills in what a container is given, in a pod as well as in a template. */
export function containerDefaults(given: Container): Container {
  let container = given;
  if (!container.imagePullPolicy) {
    container = withKey(container, 'imagePullPolicy', pullPolicyFor(container.image));
  }
  container = withDefault(container, 'terminationMessagePath', '/dev/termination-log');
  container = withDefault(container, 'terminationMessagePolicy', 'File');
  const resources = container.resources === undefined ? noResources : roundedRequirements(container.resources);
  container = withKey(container, 'resources', resources);
  container = withKey(container, 'ports', mapList(container.ports, portDefaults));
  container = withKey(container, 'env', mapList(container.env, envDefaults));
  container = withKey(container, 'livenessProbe', probeDefaults(container.livenessProbe));
  container = withKey(container, 'readinessProbe', probeDefaults(container.readinessProbe));
  container = withKey(container, 'startupProbe', probeDefaults(container.startupProbe));
  const lifecycle = container.lifecycle;
  if (lifecycle === undefined) return container;
  const withPostStart = withKey(lifecycle, 'postStart', handlerDefaults(lifecycle.postStart));
  return withKey(container, 'lifecycle', withKey(withPostStart, 'preStop', handlerDefaults(lifecycle.preStop)));
}

function portDefaults(port: ContainerPort): ContainerPort {
  return withDefault(port, 'protocol', 'TCP');
}

function envDefaults(variable: EnvVar): EnvVar {
  const fieldRef = variable.valueFrom?.fieldRef;
  if (fieldRef === undefined || fieldRef.apiVersion) return variable;
  return { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: fieldRefDefaults(fieldRef) } };
}

/** A reference to a field of the pod is read in API version v1. */
export function fieldRefDefaults(reference: ObjectFieldSelector): ObjectFieldSelector {
  return withDefault(reference, 'apiVersion', 'v1');
}

function probeDefaults(given: Probe | undefined): Probe | undefined {
  if (given === undefined) return undefined;
  let probe = withDefault(given, 'timeoutSeconds', 1);
  probe = withDefault(probe, 'periodSeconds', 10);
  probe = withDefault(probe, 'successThreshold', 1);
  probe = withDefault(probe, 'failureThreshold', 3);
  if (probe.grpc !== undefined && probe.grpc.service === undefined) {
    probe = withKey(probe, 'grpc', { ...probe.grpc, service: '' });
  }
  return httpDefaults(probe);
}

function handlerDefaults(handler: LifecycleHandler | undefined): LifecycleHandler | undefined {
  return handler && httpDefaults(handler);
}

function httpDefaults<T extends Probe | LifecycleHandler>(handler: T): T {
  const httpGet = handler.httpGet;
  if (httpGet === undefined) return handler;
  const filled = withDefault(withDefault(httpGet, 'path', '/'), 'scheme', 'HTTP');
  return filled === httpGet ? handler : { ...handler, httpGet: filled };
}
