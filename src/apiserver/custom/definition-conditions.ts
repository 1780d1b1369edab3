/**
 * What a definition's status says: which names it has got, whether its group is approved, and whether it is served.
 * Pure functions over the definitions of a cluster. Models the naming, establishing and API approval controllers of
 * apiextensions-apiserver's pkg/controller.
 */
import { equal } from '../../base/freeze';
import { apiApproval, conditionOf, isConditionTrue, isProtectedGroup, withCondition,
  withoutCondition } from '../../api/custom/definition';
import { aggregateText, quote } from '../../api/go-text';
import type {
  CustomResourceDefinition, CustomResourceDefinitionCondition, CustomResourceDefinitionNames,
} from '../../api/types';

type Names = Partial<CustomResourceDefinitionNames>;

/** The definition with the status that it should have now; the same object when it has it. */
export function withConditions(
  definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[], now: string,
): CustomResourceDefinition {
  const approved = withApproval(definition, now);
  const named = withAcceptedNames(approved, all, now);
  // What is being named now is established in a write of its own, when the names are there to be seen.
  return named === approved ? withEstablished(named, now) : named;
}

function withEstablished(definition: CustomResourceDefinition, now: string): CustomResourceDefinition {
  if (definition.metadata.deletionTimestamp !== undefined) return definition;
  if (!isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established')) return definition;
  return withCondition(definition, {
    type: 'Established', status: 'True', reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  }, now);
}

const approvalReasons = {
  missing: 'MissingAnnotation', bypassed: 'UnapprovedAnnotation', approved: 'ApprovedAnnotation',
  invalid: 'InvalidAnnotation',
} as const;

function withApproval(definition: CustomResourceDefinition, now: string): CustomResourceDefinition {
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const present = conditionOf(definition, type);
  if (!isProtectedGroup(definition.spec.group)) return present ? withoutCondition(definition, type) : definition;
  const { state, reason } = apiApproval(definition.metadata.annotations);
  const wanted = {
    type,
    status: state === 'approved' ? 'True' : 'False',
    reason: approvalReasons[state],
    message: reason,
  };
  return isEquivalent(present, wanted) ? definition : withCondition(definition, wanted, now);
}

function isEquivalent(
  present: CustomResourceDefinitionCondition | undefined, wanted: CustomResourceDefinitionCondition,
): boolean {
  return present !== undefined && present.status === wanted.status && present.reason === wanted.reason
    && present.message === wanted.message;
}

function withAcceptedNames(
  definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[], now: string,
): CustomResourceDefinition {
  const wanted = definition.spec.names;
  const accepted: Names = definition.status?.acceptedNames ?? {};
  if (equal(wanted, accepted)) return definition;
  const { names, condition } = judgeNames(wanted, accepted, usedNames(definition, all));
  if (equal(names, accepted) && isEquivalent(conditionOf(definition, 'NamesAccepted'), condition)) return definition;
  const status = { ...definition.status, acceptedNames: names as CustomResourceDefinitionNames };
  const named = withCondition({ ...definition, status }, condition, now);
  if (isConditionTrue(definition, 'Established')) return named;
  const established = condition.status === 'True'
    ? { reason: 'Installing', message: 'the initial names have been accepted' }
    : { reason: 'NotAccepted', message: 'not all names are accepted' };
  return withCondition(named, { type: 'Established', status: 'False', ...established }, now);
}

interface UsedNames {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** The names that definitions of the group have got, the definition's own among them. */
function usedNames({ spec }: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): UsedNames {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of all) {
    if (other.spec.group !== spec.group) continue;
    const names: Names = other.status?.acceptedNames ?? {};
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [names.kind, names.listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

/** Which of the wanted names are free or had already, and what the condition says of it. */
function judgeNames(
  wanted: CustomResourceDefinitionNames, accepted: Names, used: UsedNames,
): { readonly names: Names; readonly condition: CustomResourceDefinitionCondition } {
  const names: { -readonly [K in keyof Names]: Names[K] } = { ...accepted };
  let conflict: { readonly reason: string; readonly message: string } | undefined;
  const problem = (name: string | undefined, had: string | undefined, taken: ReadonlySet<string>): string | undefined =>
    (name === had || name === undefined || !taken.has(name) ? undefined : `${quote(name)} is already in use`);
  const judge = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    taken: ReadonlySet<string>,
    reason: string,
  ): void => {
    const message = problem(wanted[field], accepted[field], taken);
    if (message !== undefined) conflict = { reason, message };
    else if (wanted[field] !== undefined) names[field] = wanted[field];
  };
  judge('plural', used.resources, 'PluralConflict');
  judge('singular', used.resources, 'SingularConflict');
  if (!equal(wanted.shortNames, accepted.shortNames)) {
    const own = new Set([...(accepted.shortNames ?? []), accepted.plural, accepted.singular]);
    const taken = (wanted.shortNames ?? []).filter((name) => !own.has(name))
      .map((name) => problem(name, '', used.resources)).filter((message) => message !== undefined);
    if (taken.length > 0) conflict = { reason: 'ShortNamesConflict', message: aggregateText(taken) };
    else if (wanted.shortNames) names.shortNames = wanted.shortNames;
    else delete names.shortNames;
  }
  judge('kind', used.kinds, 'KindConflict');
  judge('listKind', used.kinds, 'ListKindConflict');
  if (wanted.categories) names.categories = wanted.categories;
  else delete names.categories;
  const condition = conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { names, condition };
}
