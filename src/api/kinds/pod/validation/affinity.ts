/**
 * Affinity to nodes and pods, and spreading over topologies. Models validateAffinity and
 * validateTopologySpreadConstraints of pkg/apis/core/validation.
 */
import { child, duplicate, forbidden, index, invalid, notSupported, required } from '../../../field-errors';
import { labelValueProblems, nameProblems, qualifiedNameProblems } from '../../../names';
import { labelSelectorErrors } from '../../../selectors';
import type {
  Affinity, LabelSelector, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, PodSpec,
  TopologySpreadConstraint,
} from '../../../types';
import { checkOneOf, checkProblems, checkQualifiedName, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

const operatorMessage = 'not a valid selector operator';
const bothMessage = 'exists in both matchLabelKeys and labelSelector';
const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

/** All of spec.affinity. */
export function checkAffinity(affinity: Affinity, path: string, errors: FieldErrors): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity) {
    const at = child(path, 'nodeAffinity');
    const needed = nodeAffinity[requiredTerms];
    if (needed) checkNodeSelector(needed, child(at, requiredTerms), errors);
    eachItem(nodeAffinity[preferredTerms], child(at, preferredTerms), ({ weight, preference }, termPath) => {
      checkWeight(weight, termPath, errors);
      // A preference with an invalid label value is accepted: it simply never matches.
      checkNodeTerm(preference ?? {}, child(termPath, 'preference'), false, errors);
    });
  }
  if (podAffinity) checkPodTerms(podAffinity, child(path, 'podAffinity'), errors);
  if (podAntiAffinity) checkPodTerms(podAntiAffinity, child(path, 'podAntiAffinity'), errors);
}

/** A selector of nodes, as pods, volumes and slices of devices have it: ValidateNodeSelector. */
export function checkNodeSelector(selector: NodeSelector, path: string, errors: FieldErrors): void {
  const termsPath = child(path, 'nodeSelectorTerms');
  if (!selector.nodeSelectorTerms?.length) {
    errors.push(required(termsPath, 'must have at least one node selector term'));
  }
  eachItem(selector.nodeSelectorTerms, termsPath, (term, at) => checkNodeTerm(term, at, true, errors));
}

function checkWeight(weight: number | undefined, path: string, errors: FieldErrors): void {
  const value = weight ?? 0;
  if (value <= 0 || value > 100) errors.push(invalid(child(path, 'weight'), value, 'must be in the range 1-100'));
}

function checkNodeTerm(term: NodeSelectorTerm, path: string, checkValues: boolean, errors: FieldErrors): void {
  eachItem(term.matchExpressions, child(path, 'matchExpressions'), (requirement, at) => {
    checkNodeRequirement(requirement, at, checkValues, errors);
  });
  eachItem(term.matchFields, child(path, 'matchFields'), (requirement, at) => {
    checkNodeField(requirement, at, errors);
  });
}

function checkNodeRequirement(
  { key, operator, values = [] }: NodeSelectorRequirement, path: string, checkValues: boolean, errors: FieldErrors,
): void {
  const valuesPath = child(path, 'values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(valuesPath, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(forbidden(valuesPath, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      errors.push(required(valuesPath, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    }
  } else {
    errors.push(invalid(child(path, 'operator'), operator ?? '', operatorMessage));
  }
  checkQualifiedName(key ?? '', child(path, 'key'), errors);
  if (!checkValues) return;
  values.forEach((value, i) => checkProblems(labelValueProblems(value), value, index(valuesPath, i), errors));
}

function checkNodeField(
  { key, operator, values = [] }: NodeSelectorRequirement, path: string, errors: FieldErrors,
): void {
  const valuesPath = child(path, 'values');
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(child(path, 'operator'), operator ?? '', operatorMessage));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(valuesPath, detail));
  }
  if (key !== 'metadata.name') {
    errors.push(invalid(child(path, 'key'), key ?? '', 'not a valid field selector key'));
    return;
  }
  values.forEach((value, i) => checkProblems(nameProblems('dnsSubdomain', value), value, index(valuesPath, i), errors));
}

function checkPodTerms(affinity: NonNullable<Affinity['podAffinity']>, path: string, errors: FieldErrors): void {
  eachItem(affinity[requiredTerms], child(path, requiredTerms), (term, at) => checkPodTerm(term, at, errors));
  eachItem(affinity[preferredTerms], child(path, preferredTerms), ({ weight, podAffinityTerm }, at) => {
    checkWeight(weight, at, errors);
    checkPodTerm(podAffinityTerm ?? { topologyKey: '' }, child(at, 'podAffinityTerm'), errors);
  });
}

function checkPodTerm(term: PodAffinityTerm, path: string, errors: FieldErrors): void {
  errors.push(...labelSelectorErrors(term.labelSelector, child(path, 'labelSelector')));
  errors.push(...labelSelectorErrors(term.namespaceSelector, child(path, 'namespaceSelector')));
  for (const namespace of term.namespaces ?? []) {
    checkProblems(nameProblems('dnsLabel', namespace), namespace, child(path, 'namespace'), errors);
  }
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  checkLabelKeys(matchLabelKeys, term.labelSelector, child(path, 'matchLabelKeys'), errors);
  checkLabelKeys(mismatchLabelKeys, term.labelSelector, child(path, 'mismatchLabelKeys'), errors);
  checkMergedKeys(matchLabelKeys, term.labelSelector, path, errors);
  matchLabelKeys.forEach((name, i) => {
    if (!mismatchLabelKeys.includes(name)) return;
    const at = index(child(path, 'matchLabelKeys'), i);
    errors.push(invalid(at, name, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  const topologyKey = term.topologyKey ?? '';
  const at = child(path, 'topologyKey');
  if (topologyKey === '') errors.push(required(at, 'can not be empty'));
  checkProblems(qualifiedNameProblems(topologyKey), topologyKey, at, errors);
}

function checkLabelKeys(
  names: readonly string[], selector: LabelSelector | undefined, path: string, errors: FieldErrors,
): void {
  if (names.length === 0) return;
  if (selector === undefined) {
    errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  names.forEach((name, i) => checkQualifiedName(name, index(path, i), errors));
}

/**
 * A key may not be in the selector as well. On creation the keys have been merged into the selector already, once each,
 * so what is wrong is a key that is found there a second time.
 */
function checkMergedKeys(
  names: readonly string[], selector: LabelSelector | undefined, path: string, errors: FieldErrors,
): void {
  if (selector === undefined || names.length === 0) return;
  const found = new Set(Object.keys(selector.matchLabels ?? {}));
  for (const { key } of selector.matchExpressions ?? []) {
    const position = names.indexOf(key);
    if (position >= 0 && found.has(key)) errors.push(invalid(index(path, position), key, bothMessage));
    found.add(key);
  }
}

/** All of spec.topologySpreadConstraints. */
export function checkTopologySpread(spec: PodSpec, path: string, errors: FieldErrors): void {
  const constraints = spec.topologySpreadConstraints;
  eachItem(constraints, path, (constraint, at, i) => {
    checkConstraint(constraint, at, errors);
    const { topologyKey, whenUnsatisfiable } = constraint;
    const isRepeated = (constraints ?? []).slice(i + 1).some((other) => (
      other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable));
    if (!isRepeated) return;
    const pair = `{${topologyKey ?? ''}, ${whenUnsatisfiable ?? ''}}`;
    errors.push(duplicate(child(at, '{topologyKey, whenUnsatisfiable}'), pair));
  });
}

function checkConstraint(constraint: TopologySpreadConstraint, path: string, errors: FieldErrors): void {
  const { maxSkew = 0, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
  if (maxSkew <= 0) errors.push(invalid(child(path, 'maxSkew'), maxSkew, 'must be greater than zero'));
  if (!topologyKey) errors.push(required(child(path, 'topologyKey'), 'can not be empty'));
  const actions = ['DoNotSchedule', 'ScheduleAnyway'];
  if (!actions.includes(whenUnsatisfiable)) {
    errors.push(notSupported(child(path, 'whenUnsatisfiable'), whenUnsatisfiable ?? '', actions));
  }
  if (minDomains !== undefined) {
    const at = child(path, 'minDomains');
    if (minDomains <= 0) errors.push(invalid(at, minDomains, 'must be greater than zero'));
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable ?? ''}`;
      errors.push(invalid(at, minDomains, detail));
    }
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    checkOneOf(constraint[field], ['Honor', 'Ignore'], child(path, field), errors);
  }
  const keysPath = child(path, 'matchLabelKeys');
  checkLabelKeys(constraint.matchLabelKeys ?? [], labelSelector, keysPath, errors);
  checkMergedKeys(constraint.matchLabelKeys ?? [], labelSelector, keysPath, errors);
  errors.push(...labelSelectorErrors(labelSelector, child(path, 'labelSelector')));
}
