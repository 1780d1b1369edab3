/**
 * validatingadmissionpolicy-status-controller: checks the expressions of policies against the types of what they are
 * about, and reports what does not fit as warnings. Models pkg/controller/validatingadmissionpolicystatus and the type
 * checker of apiserver's policy/validating. Not modelled: types of custom resources, which are passed over.
 */
import { isCompileError } from '../api/cel/expression';
import { Environment } from '../api/cel/policy-environment';
import { celTypeOf } from '../api/cel/schema-types';
import { bool, string } from '../api/cel/types';
import type { AnyKind } from '../api/kind';
import { builtInKinds } from '../api/kinds';
import { apiVersionOf } from '../api/request';
import * as resources from '../api/resources';
import { typeOfKind } from '../api/schema/schema';
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '../api/types';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

const fieldManager = 'validatingadmissionpolicy-status';
/** A policy about more kinds than this is checked against the first ones only: maxTypesToCheck. */
const maxKinds = 10;

/** The controller, ready to start. */
export function policyStatusController({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('validatingadmissionpolicy-status-controller');
  const policies = informers.of(resources.validatingAdmissionPolicies);

  function* sync(name: string): Task<ReconcileResult> {
    const policy = policies.byKey(name);
    const { generation = 0 } = policy?.metadata ?? {};
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return done;
    const expressionWarnings = typeWarnings(policy);
    const typeChecking = expressionWarnings.length === 0 ? {} : { expressionWarnings };
    const body = {
      apiVersion: policy.apiVersion, kind: policy.kind, metadata: { name },
      status: { observedGeneration: generation, typeChecking },
    };
    const target = { name, subresource: 'status' };
    const options = { fieldManager, force: true };
    const answer = yield* own.patch(resources.validatingAdmissionPolicies, target, 'apply', body, options);
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, { name: 'validatingadmissionpolicy-status-controller', reconcile: sync });
  policies.addHandlers({
    added: ({ metadata }) => loop.add(metadata.name),
    updated: ({ metadata }) => loop.add(metadata.name),
  });
  return loop;
}

/** What is wrong with a policy's expressions for the kinds that it names one by one. */
export function typeWarnings({ spec }: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const kinds = kindsOf(spec);
  const params = builtInKinds.find((kind) =>
    apiVersionOf(kind) === spec.paramKind?.apiVersion && kind.kind === spec.paramKind.kind);
  const environments = kinds.map((kind) => ({
    kind,
    environment: new Environment({
      params: spec.paramKind !== undefined, authorizer: true, object: celTypeOf(typeOfKind(kind)),
      ...(params ? { paramsType: celTypeOf(typeOfKind(params)) } : {}),
    }, spec.variables),
  }));
  const warnings: ExpressionWarning[] = [];
  const check = (text: string | undefined, fieldRef: string, isMessage: boolean): void => {
    if (!text) return;
    const problems = environments.flatMap(({ kind, environment }) => {
      const compiled = environment.compile(text, [isMessage ? string : bool], !isMessage);
      if (!isCompileError(compiled)) return [];
      return [`${apiVersionOf(kind)}, Kind=${kind.kind}: ${compiled.error.replace(/^compilation failed: /, '')}\n`];
    });
    if (problems.length > 0) warnings.push({ fieldRef, warning: problems.join('\n') });
  };
  (spec.validations ?? []).forEach(({ expression, messageExpression }, i) => {
    check(expression, `spec.validations[${i}].expression`, false);
    check(messageExpression, `spec.validations[${i}].messageExpression`, true);
  });
  return warnings;
}

/** The kinds that the constraints name without wildcards, sorted. */
function kindsOf({ matchConstraints }: ValidatingAdmissionPolicy['spec']): readonly AnyKind[] {
  const found = new Set<AnyKind>();
  for (const { apiGroups = [], apiVersions = [], resources: plurals = [] } of matchConstraints?.resourceRules ?? []) {
    if ([...apiGroups, ...apiVersions, ...plurals].some((text) => text.includes('*') || text.includes('/'))) continue;
    for (const kind of builtInKinds) {
      const isNamed = apiGroups.includes(kind.group) && apiVersions.includes(kind.version);
      if (isNamed && plurals.includes(kind.plural)) found.add(kind);
    }
  }
  const text = (kind: AnyKind): string => `${kind.group}/${kind.version}/${kind.kind}`;
  return [...found].sort((a, b) => (text(a) < text(b) ? -1 : 1)).slice(0, maxKinds);
}
