/**
 * MutatingAdmissionPolicy: changes in CEL that bindings put to use, as a part of an object that is applied or as a JSON
 * patch. Models apiserver's pkg/admission/plugin/policy/mutating.
 */
import { compareText, equal } from '../../../base/freeze';
import { toJson } from '../../../api/cel/expression';
import { CelObject } from '../../../api/cel/message-literals';
import { type Compiled, Environment } from '../../../api/cel/policy-environment';
import { CelList } from '../../../api/cel/values';
import { ElementFailure } from '../../../api/managed-fields/compare';
import { mergeValues } from '../../../api/managed-fields/merge';
import {
  deduced, formOf, isRecord, itemElement, type ListShape, type MapShape, type Shape, shapeBelow, structShape,
} from '../../../api/managed-fields/shape';
import { elementText } from '../../../api/managed-fields/path-element';
import { applyJsonPatch } from '../../../api/patch/json-patch';
import { isPatchError, type PlainMap } from '../../../api/patch/plain';
import { mutatingAdmissionPolicies, mutatingAdmissionPolicyBindings } from '../../../api/resources';
import { typeOfKind } from '../../../api/schema/schema';
import { type FailureStatus, isFailure } from '../../../api/status';
import type {
  KubeObject, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, Mutation,
} from '../../../api/types';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { ServedResources } from '../../storage/served-resources';
import { decodeMutated } from '../decode-mutated';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin, type Mutated } from '../plugin';
import type { PluginReinvocation } from '../reinvocation';
import { compileConditions, type CompiledExpression, matchConditions, PolicyEvaluation } from './evaluation';
import { isHiddenFromPolicies, matchResources } from './matching';
import { paramsOf } from './params';
import { versioned } from './request';

const name = 'MutatingAdmissionPolicy';

interface CompiledMutation {
  readonly patchType: string;
  readonly expression: CompiledExpression;
}

interface CompiledPolicy {
  readonly environment: Environment;
  readonly conditions: readonly CompiledExpression[];
  readonly mutations: readonly CompiledMutation[];
}

const compiledPolicies = new WeakMap<MutatingAdmissionPolicy, CompiledPolicy>();

/** The plugin, which reads parameters of any kind. */
export function mutatingAdmissionPolicy(authorizer: Authorizer, resources: ServedResources): AdmissionPlugin {
  return {
    name,
    mutateLater(attributes, execution, reinvocation) {
      const bindings = execution.objects.list(mutatingAdmissionPolicyBindings);
      if (bindings.length === 0 || !attributes.object || isHiddenFromPolicies(attributes)) return undefined;
      const mutator = new Mutator(attributes, execution, authorizer, resources, reinvocation.of(name));
      return mutator.run(execution.objects.list(mutatingAdmissionPolicies), bindings);
    },
  };
}

/** A change that could not be made, which the failure policy may forgive. */
interface Problem {
  readonly problem: string;
}

class Mutator {
  constructor(
    private attributes: AdmissionAttributes,
    private readonly execution: Execution,
    private readonly authorizer: Authorizer,
    private readonly resources: ServedResources,
    private readonly round: PluginReinvocation,
  ) {}

  *run(
    policies: readonly MutatingAdmissionPolicy[], bindings: readonly MutatingAdmissionPolicyBinding[],
  ): Generator<never, Mutated> {
    const { object } = this.attributes;
    this.round.begin(object);
    const sorted = bindings.slice().sort((a, b) => compareText(a.metadata.name, b.metadata.name));
    for (const policy of policies) {
      for (const binding of sorted) {
        if (binding.spec.policyName !== policy.metadata.name) continue;
        const refusal = this.apply(policy, binding);
        if (refusal) return refusal;
      }
    }
    this.round.end(this.attributes.object);
    return this.attributes.object === object ? undefined : this.attributes.object;
  }

  private apply(policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding): FailureStatus | undefined {
    const { attributes, execution, resources } = this;
    const forgiven = policy.spec.failurePolicy === 'Ignore';
    const refuse = (why: string): FailureStatus | undefined =>
      (forgiven ? undefined : this.refusal(policy, binding, why));
    const matched = matchResources(policy.spec.matchConstraints, attributes, execution);
    if (matched === undefined) return undefined;
    if (isFailure(matched)) return refuse(`failed to configure policy: ${matched.message}`);
    const bound = matchResources(binding.spec.matchResources, attributes, execution);
    if (bound === undefined) return undefined;
    const params = isFailure(bound) ? bound.message
      : paramsOf(policy.spec.paramKind, binding.spec.paramRef, attributes.namespace, resources);
    if (typeof params === 'string') return refuse(`failed to configure binding: ${params}`);
    for (const param of params) {
      const id = `${policy.metadata.name}/${binding.metadata.name}/${param?.metadata.uid ?? ''}`;
      if (!this.round.isDue(id)) continue;
      const before = this.attributes.object;
      const problem = this.mutate(compile(policy), matched, param);
      if (problem !== undefined) {
        const refused = refuse(problem);
        if (refused) return refused;
      }
      if (this.attributes.object !== before) this.round.changed();
      if (policy.spec.reinvocationPolicy === 'IfNeeded') this.round.add(id);
    }
    return undefined;
  }

  /** Carries the mutations out one after the other; a text says which could not be. */
  private mutate(
    { environment, conditions, mutations }: CompiledPolicy, matched: ServedResource, params: KubeObject | undefined,
  ): string | undefined {
    const { execution, authorizer } = this;
    const evaluate = (): PolicyEvaluation =>
      new PolicyEvaluation({ attributes: this.attributes, matched, execution, authorizer, params }, environment);
    const applies = matchConditions(evaluate(), conditions);
    if (applies === false) return undefined;
    if (applies !== true) return applies.error;
    for (const mutation of mutations) {
      const outcome = evaluate().evaluate(mutation.expression);
      if ('error' in outcome) return outcome.error;
      const shown = versioned(this.attributes, matched).object as unknown as PlainMap;
      const changed = mutation.patchType === 'JSONPatch' ? patched(shown, outcome.value)
        : merged(shown, outcome.value, matched);
      if ('problem' in changed) return (changed as Problem).problem;
      if (equal(changed, shown)) continue;
      const object = decodeMutated(changed as PlainMap, matched);
      if (isFailure(object)) return object.message;
      this.attributes = { ...this.attributes, object };
    }
    return undefined;
  }

  private refusal(
    policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding, why: string,
  ): FailureStatus {
    const message = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`;
    const status = admissionForbidden(this.attributes, 'admission request denied by policy');
    return {
      ...status, message, reason: 'Invalid', code: 422, details: { ...status.details, causes: [{ message }] },
    };
  }
}

function compile(policy: MutatingAdmissionPolicy): CompiledPolicy {
  const known = compiledPolicies.get(policy);
  if (known) return known;
  const { paramKind, variables, matchConditions: conditions, mutations = [] } = policy.spec;
  const environment = new Environment({ params: paramKind !== undefined, authorizer: true }, variables);
  const expressionOf = ({ patchType, jsonPatch, applyConfiguration }: Mutation): string =>
    (patchType === 'JSONPatch' ? jsonPatch : applyConfiguration)?.expression ?? '';
  const compiled: CompiledPolicy = {
    environment,
    conditions: compileConditions(environment, conditions),
    mutations: mutations.map((mutation) => {
      const text = expressionOf(mutation);
      const expression: Compiled = environment.compileMutation(text);
      return { patchType: mutation.patchType, expression: { text, compiled: expression } };
    }),
  };
  compiledPolicies.set(policy, compiled);
  return compiled;
}

// --- changes --------------------------------------------------------------------------------------------------------

function patched(object: PlainMap, value: unknown): PlainMap | Problem {
  const operations = value instanceof CelList ? value.toArray() : [];
  const isPatch = (item: unknown): boolean => item instanceof CelObject && item.objectType === 'JSONPatch';
  if (!(value instanceof CelList) || !operations.every(isPatch)) {
    return { problem: 'type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch' };
  }
  const result = applyJsonPatch(object, operations.map(toJson));
  if (!isPatchError(result)) return result;
  // A test that fails says that there is nothing to be done.
  return result.error.startsWith('testing value') ? object : { problem: `JSON Patch: ${result.error}` };
}

function merged(object: PlainMap, value: unknown, { kind }: ServedResource): PlainMap | Problem {
  if (!(value instanceof CelObject) || value.objectType !== 'Object') {
    return { problem: "type mismatch: ApplyConfiguration.expression should evaluate to 'Object'" };
  }
  const configuration = toJson(value);
  const shape = structShape(typeOfKind(kind));
  const atomic = atomicPath(configuration, shape, '');
  if (atomic !== undefined) {
    const why = `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic}`;
    return { problem: `error applying patch: ${why}` };
  }
  try {
    return mergeValues(object, configuration, shape) as PlainMap;
  } catch (error) {
    if (error instanceof ElementFailure) return { problem: `error applying patch: ${error.message}` };
    throw error;
  }
}

/** The first place where something would be replaced as a whole; undefined when nothing would. */
function atomicPath(value: unknown, shape: Shape, path: string): string | undefined {
  const isWhole = isRecord(value) || Array.isArray(value);
  if (!isWhole) return undefined;
  const form = formOf(shape, value);
  if (form === 'leaf') return path === '' ? '.' : path;
  if (form === 'list') {
    for (const item of value as readonly unknown[]) {
      const element = itemElement(shape as ListShape, item);
      const at = typeof element === 'string' ? path + elementText(element) : path;
      const found = atomicPath(item, (shape as ListShape).item, at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [field, inner] of Object.entries(value)) {
    const found = atomicPath(inner, shapeBelow(shape as MapShape, field) ?? deduced, `${path}.${field}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

