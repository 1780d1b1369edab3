/**
 * One evaluation of a policy's expressions: the values of what they can name, and the cost that all of them share.
 * Models condition.go and activation.go of apiserver's pkg/admission/plugin/cel.
 */
import { costLimits, isCompileError } from '../../../api/cel/expression';
import { untyped } from '../../../api/cel/json-values';
import { type AccessQuestion, authorizerValue, resourceCheckValue } from '../../../api/cel/optional-library';
import { CelMap, fail } from '../../../api/cel/values';
import { namespaces } from '../../../api/resources';
import { aggregateText, quote } from '../../../api/go-text';
import type { KubeObject, MatchCondition, Namespace } from '../../../api/types';
import { serviceAccountGroups, serviceAccountUserName, userInfo } from '../../authentication/user';
import type { AuthorizationAttributes } from '../../authorization/attributes';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { AdmissionAttributes } from '../plugin';
import type { Compiled, Environment } from '../../../api/cel/policy-environment';
import { admissionRequest, versioned } from './request';

const noBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** A value, or why there is none. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** What is evaluated: the request as the matched version of the resource shows it, and the binding's parameter. */
export interface Subject {
  readonly attributes: AdmissionAttributes;
  readonly matched: ServedResource;
  readonly execution: Execution;
  readonly authorizer: Authorizer;
  readonly params?: KubeObject | undefined;
}

/** An expression with the text that error messages show. */
export interface CompiledExpression {
  readonly text: string;
  readonly compiled: Compiled;
}

export class PolicyEvaluation {
  private readonly values = new Map<string, unknown>();
  private budget: number = costLimits.perResource;

  constructor(private readonly subject: Subject, private readonly environment: Environment) {}

  /** The value of an expression. */
  evaluate({ text, compiled }: CompiledExpression): Outcome {
    if (isCompileError(compiled)) return { error: `compilation error: ${compiled.error}` };
    if (this.budget <= 0) return { error: noBudget };
    const result = compiled.evaluate((name) => this.value(name), Math.min(costLimits.perCall, this.budget));
    this.budget -= result.cost;
    return result.ok ? { value: result.value } : { error: `expression '${text}' resulted in error: ${result.error}` };
  }

  /** A value that expressions can name, worked out when the first asks for it. */
  private value(name: string): unknown {
    if (!this.values.has(name)) this.values.set(name, this.compute(name));
    return this.values.get(name);
  }

  private compute(name: string): unknown {
    const { attributes, matched, execution, params } = this.subject;
    switch (name) {
      case 'object': return untyped.read(versioned(attributes, matched).object);
      case 'oldObject': return untyped.read(versioned(attributes, matched).oldObject);
      case 'request': return untyped.read(admissionRequest(attributes, matched));
      case 'params': return untyped.read(params);
      case 'namespaceObject': return untyped.read(namespaceOf(attributes, execution));
      case 'variables':
        return new Composed(this.environment, (expression, variable) => this.compose(expression, variable));
      case 'authorizer': return authorizerValue((question) => this.check(question));
      case 'authorizer.requestResource': {
        const { resource: { kind }, subresource, namespace, name: object } = attributes;
        return resourceCheckValue((question) => this.check(question), {
          group: kind.group, resource: kind.plural, namespace, name: object, ...(subresource ? { subresource } : {}),
        });
      }
      default: return fail(`no such attribute: ${name}`);
    }
  }

  private compose(compiled: Compiled, name: string): unknown {
    const which = `composited variable ${quote(name)}`;
    if (isCompileError(compiled)) return fail(`${which} fails to compile: ${compiled.error}`);
    const result = compiled.evaluate((variable) => this.value(variable), Math.min(costLimits.perCall, this.budget));
    this.budget -= result.cost;
    return result.ok ? result.value : fail(`${which} fails to evaluate: ${result.error}`);
  }

  private check({ path, group, resource, subresource, namespace, name, verb, serviceAccount }: AccessQuestion): {
    readonly allowed: boolean; readonly reason: string;
  } {
    const { authorizer, attributes } = this.subject;
    const user = serviceAccount === undefined ? attributes.user
      : userInfo(serviceAccountUserName(serviceAccount.namespace, serviceAccount.name),
        [...serviceAccountGroups(serviceAccount.namespace), 'system:authenticated']);
    const asked: AuthorizationAttributes = {
      user, verb, group: group ?? '', resource: resource ?? '', subresource: subresource ?? '',
      namespace: namespace ?? '', name: name ?? '', ...(path === undefined ? {} : { path }),
    };
    return authorizer.explain(asked);
  }
}

/** `variables`: each is worked out once, when it is asked for. */
class Composed extends CelMap {
  override readonly objectType = 'kubernetes.variables';
  private readonly values = new Map<string, unknown>();

  constructor(
    private readonly environment: Environment,
    private readonly compose: (compiled: Compiled, name: string) => unknown,
  ) {
    super();
  }

  get size(): number {
    return this.environment.composed.length;
  }

  has(key: unknown): boolean {
    return this.environment.composed.some(({ name }) => name === key);
  }

  get(key: unknown): unknown {
    const found = this.environment.composed.find(({ name }) => name === key);
    if (!found) return fail(`no such key: ${String(key)}`);
    if (!this.values.has(found.name)) this.values.set(found.name, this.compose(found.compiled, found.name));
    return this.values.get(found.name);
  }

  keys(): readonly unknown[] {
    return this.environment.composed.map(({ name }) => name);
  }
}

/** What expressions see of the request's namespace; null for what has none, and for namespaces themselves. */
function namespaceOf({ namespace, resource }: AdmissionAttributes, { objects }: Execution): unknown {
  const found: Namespace | undefined = namespace === '' || resource.name === 'namespaces' ? undefined
    : objects.get(namespaces, undefined, namespace);
  if (!found) return null;
  const { managedFields: _m, ownerReferences: _o, selfLink: _s, uid, ...metadata } = found.metadata;
  return { metadata: { ...metadata, UID: uid }, spec: found.spec, status: { phase: found.status.phase } };
}

/** What match conditions say: go on, leave it, or an error. */
export function matchConditions(
  evaluation: PolicyEvaluation, conditions: readonly CompiledExpression[],
): boolean | { readonly error: string } {
  const errors: string[] = [];
  for (const condition of conditions) {
    const outcome = evaluation.evaluate(condition);
    if ('error' in outcome) errors.push(outcome.error);
    else if (outcome.value === false) return false;
  }
  return errors.length === 0 ? true : { error: aggregateText(errors) };
}

/** Match conditions, compiled. */
export function compileConditions(
  environment: Environment, conditions: readonly MatchCondition[] | undefined,
): readonly CompiledExpression[] {
  return (conditions ?? []).map(({ expression }) =>
    ({ text: expression, compiled: environment.compile(expression, [{ kind: 'simple', name: 'bool' }]) }));
}
