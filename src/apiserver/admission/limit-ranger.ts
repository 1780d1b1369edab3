/**
 * LimitRanger: containers without requests and limits get those of their namespace's LimitRanges, and nothing goes
 * beyond the bounds that these set. Models plugin/pkg/admission/limitranger.
 */
import { sortedKeys, withKey } from '../../base/freeze';
import { aggregateText } from '../../api/go-text';
import { aggregate } from '../../api/kinds/pod/resource-defaults';
import { formatQuantity, type Quantity, quantity, quantityMillis, quantityValue, unitsOf } from '../../api/quantity';
import { limitRanges } from '../../api/resources';
import type { FailureStatus } from '../../api/status';
import type {
  Container, KubeObject, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod, PodSpec,
} from '../../api/types';
import type { Execution } from '../execution';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

type Amounts = Readonly<Record<string, string>>;

const annotation = 'kubernetes.io/limit-ranger';
/** The largest whole amount whose thousandths fit into 64 bits: resource.MaxMilliValue. */
const maxMilliValue = 9_223_372_036_854_775;
const none: Amounts = Object.freeze({});

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],

  mutate(attributes, execution) {
    if (attributes.resource.name !== 'pods' || !concerns(attributes)) return undefined;
    const given = attributes.object as Pod & KubeObject;
    let pod = given;
    for (const range of rangesOf(attributes, execution)) pod = withDefaults(pod, range);
    return pod === given ? undefined : pod;
  },

  validate(attributes, execution) {
    if (!concerns(attributes)) return undefined;
    for (const range of rangesOf(attributes, execution)) {
      const problems = attributes.resource.name === 'pods' ? podProblems((attributes.object as Pod).spec, range)
        : claimProblems(attributes.object as PersistentVolumeClaim, range);
      if (problems.length > 0) return refusal(attributes, problems);
    }
    return undefined;
  },
};

/** Containers of a pod change only through `resize`; what is on its way out is left alone. */
function concerns({ operation, subresource, resource, oldObject }: AdmissionAttributes): boolean {
  if (operation === 'DELETE' || oldObject?.metadata.deletionTimestamp !== undefined) return false;
  if (resource.name === 'pods') return operation === 'UPDATE' ? subresource === 'resize' : subresource === '';
  return subresource === '';
}

function rangesOf({ namespace }: AdmissionAttributes, { objects }: Execution): readonly LimitRange[] {
  return objects.list(limitRanges, namespace).filter(({ spec }) => spec?.limits !== undefined);
}

function refusal(attributes: AdmissionAttributes, problems: readonly string[]): FailureStatus {
  return admissionForbidden(attributes, aggregateText(problems));
}

// --- defaults -------------------------------------------------------------------------------------------------------

/** The pod with the defaults of one range, and an annotation that says which were set. */
function withDefaults(pod: Pod & KubeObject, { spec }: LimitRange): Pod & KubeObject {
  const items = spec.limits.filter(({ type }) => type === 'Container');
  const limits: Amounts = Object.assign({}, ...items.map((item) => item.default ?? none)) as Amounts;
  const requests: Amounts = Object.assign({}, ...items.map((item) => item.defaultRequest ?? none)) as Amounts;
  const notes: string[] = [];
  const completed = (container: Container, what: string): Container => {
    const { resources = {} } = container;
    const [withRequests, setRequests] = filled(resources.requests ?? none, requests);
    const [withLimits, setLimits] = filled(resources.limits ?? none, limits);
    if (setRequests.length > 0) notes.push(`${setRequests.join(', ')} request for ${what} ${container.name}`);
    if (setLimits.length > 0) notes.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`);
    if (setRequests.length === 0 && setLimits.length === 0) return container;
    const more = { ...(setLimits.length > 0 ? { limits: withLimits } : {}),
      ...(setRequests.length > 0 ? { requests: withRequests } : {}) };
    return { ...container, resources: { ...resources, ...more } };
  };
  const containers = pod.spec.containers.map((container) => completed(container, 'container'));
  const init = pod.spec.initContainers?.map((container) => completed(container, 'init container'));
  if (notes.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` };
  const changed: PodSpec = withKey({ ...pod.spec, containers }, 'initContainers', init);
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: changed };
}

function filled(given: Amounts, defaults: Amounts): readonly [Amounts, readonly string[]] {
  const missing = sortedKeys(defaults).filter((name) => !Object.hasOwn(given, name));
  return [missing.length === 0 ? given : { ...defaults, ...given }, missing];
}

// --- bounds ---------------------------------------------------------------------------------------------------------

function podProblems(spec: PodSpec, range: LimitRange): readonly string[] {
  const problems: string[] = [];
  for (const item of range.spec.limits) {
    if (item.type === 'Container') {
      for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        check(item, resources?.requests ?? none, resources?.limits ?? none, problems);
      }
    } else if (item.type === 'Pod') {
      check(item, podAmounts(spec, 'requests'), podAmounts(spec, 'limits'), problems);
    }
  }
  return problems;
}

function podAmounts(spec: PodSpec, field: 'requests' | 'limits'): Amounts {
  const sums: [string, Quantity][] = [...aggregate(spec, field)];
  const whole = spec.resources?.[field] ?? none;
  return { ...Object.fromEntries(sums.map(([name, amount]) => [name, formatQuantity(amount)])), ...whole };
}

function check(item: LimitRangeItem, requests: Amounts, limits: Amounts, problems: string[]): void {
  const { type } = item;
  const each = (bounds: Amounts | undefined, judge: typeof belowMin): void => {
    for (const name of sortedKeys(bounds)) {
      const problem = judge(name, type, bounds?.[name] ?? '0', requests[name], limits[name]);
      if (problem !== undefined) problems.push(problem);
    }
  };
  each(item.min, belowMin);
  each(item.max, aboveMax);
  each(item.maxLimitRequestRatio, aboveRatio);
}

function claimProblems({ spec }: PersistentVolumeClaim, range: LimitRange): readonly string[] {
  const requests = spec.resources?.requests ?? none;
  const problems: string[] = [];
  for (const { type, min, max } of range.spec.limits) {
    if (type !== 'PersistentVolumeClaim') continue;
    for (const name of sortedKeys(min)) {
      const problem = belowMin(name, type, min?.[name] ?? '0', requests[name], undefined);
      if (problem !== undefined) problems.push(problem);
    }
    for (const name of sortedKeys(max)) {
      const problem = requestAboveMax(name, type, max?.[name] ?? '0', requests[name]);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

/** Amounts as numbers that can be compared: in thousandths, unless one of them is too large for that. */
function comparable(...amounts: readonly (string | undefined)[]): readonly number[] {
  const given = amounts.map((amount) => amount ?? '0');
  const small = given.every((amount) => quantityValue(amount) <= maxMilliValue);
  return given.map(small ? quantityMillis : quantityValue);
}

function belowMin(
  name: string, type: string, min: string, request: string | undefined, limit: string | undefined,
): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${min}`;
  const [wanted = 0, given = 0, allowed = 0] = comparable(min, request, limit);
  if (request === undefined) return `${head}. No request is specified`;
  if (given < wanted) return `${head}, but request is ${request}`;
  return limit !== undefined && allowed < wanted ? `${head}, but limit is ${limit}` : undefined;
}

function requestAboveMax(name: string, type: string, max: string, request: string | undefined): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${max}`;
  const [wanted = 0, given = 0] = comparable(max, request);
  if (request === undefined) return `${head}. No request is specified`;
  return given > wanted ? `${head}, but request is ${request}` : undefined;
}

function aboveMax(
  name: string, type: string, max: string, request: string | undefined, limit: string | undefined,
): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${max}`;
  const [wanted = 0, given = 0, allowed = 0] = comparable(max, request, limit);
  if (limit === undefined) return `${head}. No limit is specified`;
  if (allowed > wanted) return `${head}, but limit is ${limit}`;
  return request !== undefined && given > wanted ? `${head}, but request is ${request}` : undefined;
}

function aboveRatio(
  name: string, type: string, ratio: string, request: string | undefined, limit: string | undefined,
): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${ratio}`;
  const [, given = 0, allowed = 0] = comparable(ratio, request, limit);
  if (given === 0) return `${head}, but no request is specified or request is 0`;
  if (allowed === 0) return `${head}, but no limit is specified or limit is 0`;
  const observed = allowed / given;
  const exact = unitsOf(quantity(ratio)) <= maxMilliValue;
  const isOver = exact ? observed * 1000 > quantityMillis(ratio) : observed > quantityValue(ratio);
  return isOver ? `${head}, but provided ratio is ${observed.toFixed(6)}` : undefined;
}
