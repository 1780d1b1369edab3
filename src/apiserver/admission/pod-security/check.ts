/**
 * What the checks of pod security have in common: how they look at a pod's containers and how they name them. Models
 * pod-security-admission's policy/checks.go, visitor.go and helpers.go.
 */
import type { Container, NewObjectMeta, PodSpec } from '../../../api/types';
import type { Level } from './levels';

/** Why a pod is not allowed: in a word, and in detail. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type CheckPod = (spec: PodSpec, metadata: NewObjectMeta) => Violation | undefined;

/** One check: how it judges since which minor version of Kubernetes. */
export interface Check {
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  readonly versions: readonly (readonly [sinceMinor: number, check: CheckPod])[];
  /** The check of the baseline that this one of the restricted level makes superfluous. */
  readonly overrides?: string;
}

/** Every container of a pod; ephemeral ones have what the checks look at as well. */
export function containersOf(spec: PodSpec): readonly Container[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...(ephemeralContainers as readonly Container[])];
}

/** The names of the containers that are bad, in the order of the pod. */
export function namesOf(spec: PodSpec, isBad: (container: Container) => boolean): readonly string[] {
  return containersOf(spec).filter(isBad).map(({ name }) => name);
}

/** `"a", "b"`. */
export function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(', ');
}

/** A set of names, sorted. */
export function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort();
}

/** The one word or the other. */
export function plural(one: string, many: string, count: number): string {
  return count === 1 ? one : many;
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`;
}

/** `pod and containers "a", "b"`: who has set something. */
export function settersText(pod: boolean, containers: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(' and ');
}

/** Pods in a user namespace of their own may do in it what would be dangerous outside. */
export function isInUserNamespace({ hostUsers }: PodSpec): boolean {
  return hostUsers === false;
}

export function isWindows({ os }: PodSpec): boolean {
  return os?.name === 'windows';
}
