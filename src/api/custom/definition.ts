/**
 * Reading a CustomResourceDefinition: its conditions, and its versions in the order that discovery prefers. Models
 * apiextensions-apiserver's pkg/apihelpers and apimachinery's pkg/version helpers.
 */
import type {
  CustomResourceDefinition, CustomResourceDefinitionCondition, CustomResourceDefinitionVersion,
} from '../types';

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';
export const approvedAnnotation = 'api-approved.kubernetes.io';

/** The name that a definition must have, and the name of its resource in error texts: `crontabs.stable.example.com`. */
export function resourceName({ spec }: CustomResourceDefinition): string {
  return `${spec.names?.plural ?? ''}.${spec.group ?? ''}`;
}

export function conditionOf(
  definition: CustomResourceDefinition, type: string,
): CustomResourceDefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(definition: CustomResourceDefinition, type: string): boolean {
  return conditionOf(definition, type)?.status === 'True';
}

/** The definition with a condition set; the time of transition moves only when its status does. */
export function withCondition(
  definition: CustomResourceDefinition, condition: CustomResourceDefinitionCondition, now: string,
): CustomResourceDefinition {
  const conditions = definition.status?.conditions ?? [];
  const old = conditionOf(definition, condition.type);
  const lastTransitionTime = old !== undefined && old.status === condition.status ? old.lastTransitionTime ?? now : now;
  const made = { ...condition, lastTransitionTime };
  const list = old === undefined ? [...conditions, made] : conditions.map((one) => (one === old ? made : one));
  return { ...definition, status: { ...definition.status, conditions: list } };
}

/** The definition without a condition. */
export function withoutCondition(definition: CustomResourceDefinition, type: string): CustomResourceDefinition {
  const conditions = definition.status?.conditions?.filter((condition) => condition.type !== type);
  return { ...definition, status: { ...definition.status, ...(conditions ? { conditions } : {}) } };
}

/** Whether the group belongs to the Kubernetes community, which asks for an annotation. */
export function isProtectedGroup(group: string): boolean {
  return /(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(group);
}

export type ApprovalState = 'missing' | 'bypassed' | 'approved' | 'invalid';

/** What the approval annotation says, and upstream's words for it: GetAPIApprovalState. */
export function apiApproval(
  annotations: Readonly<Record<string, string>> | undefined,
): { readonly state: ApprovalState; readonly reason: string } {
  const text = annotations?.[approvedAnnotation] ?? '';
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (text === '') {
    const reason = `protected groups must have approval annotation "${approvedAnnotation}", ${see}`;
    return { state: 'missing', reason };
  }
  if (text.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${JSON.stringify(text)}` };
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+/.test(text)) return { state: 'approved', reason: `approved in ${text}` };
  const reason = `protected groups must have approval annotation "${approvedAnnotation}" with either a URL or a reason `
    + `starting with "unapproved", ${see}`;
  return { state: 'invalid', reason };
}

/** The version whose objects lie in etcd. */
export function storageVersion(definition: CustomResourceDefinition): CustomResourceDefinitionVersion | undefined {
  return definition.spec.versions?.find((version) => version.storage);
}

/**
 * Orders versions as Kubernetes does, the best first: stable before beta before alpha, higher numbers first, and names of
 * another form last, by the alphabet.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionRank(a), versionRank(b)];
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  for (let i = 0; i < 3; i += 1) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionRank(name: string): readonly number[] | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(name);
  if (match === null) return undefined;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

/** The warning of a deprecated version, or undefined: the definition's own or `GROUP/VERSION KIND is deprecated`. */
export function deprecationOf(
  { spec }: CustomResourceDefinition, version: CustomResourceDefinitionVersion,
): string | undefined {
  if (!version.deprecated) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const { group, names: { kind } } = spec;
  const message = `${group}/${version.name} ${kind} is deprecated`;
  const [better] = spec.versions
    .filter((other) => other.served && !other.deprecated && compareVersions(other.name, version.name) < 0)
    .map(({ name }) => name).sort(compareVersions);
  return better === undefined ? message : `${message}; use ${group}/${better} ${kind}`;
}
