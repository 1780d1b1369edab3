/** IngressClass: who carries out Ingresses. Models pkg/apis/networking and pkg/registry/networking/ingressclass. */
import { withKey } from '../../../base/freeze';
import { child, forbidden, immutable, notSupported, required, tooLong } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { byteLength } from '../../names';
import type { IngressClass, IngressClassParametersReference } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkDnsLabel } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { checkDomainPrefixedPath, checkTypedReference } from '../qualified-paths';

const maxControllerBytes = 250;

function defaults(ingressClass: IngressClass): IngressClass {
  const { parameters } = ingressClass.spec;
  if (parameters === undefined) return ingressClass;
  return withKey(ingressClass, 'spec',
    withKey(ingressClass.spec, 'parameters', withDefault(parameters, 'scope', 'Cluster')));
}

function validate({ spec }: IngressClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { controller = '', parameters } = spec;
  const path = 'spec.controller';
  if (controller === '') errors.push(required(path));
  else {
    if (byteLength(controller) > maxControllerBytes) errors.push(tooLong(path, maxControllerBytes));
    checkDomainPrefixedPath(controller, path, errors);
  }
  if (parameters !== undefined) checkParameters(parameters, 'spec.parameters', errors);
  return errors;
}

function checkParameters(parameters: IngressClassParametersReference, path: string, errors: FieldErrors): void {
  checkTypedReference(parameters, path, errors);
  const { scope, namespace } = parameters;
  const namespacePath = child(path, 'namespace');
  if (scope === undefined) errors.push(required(child(path, 'scope')));
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(namespacePath, "`parameters.scope` is set to 'Namespace'"));
    else checkDnsLabel(namespace, namespacePath, errors);
  } else if (scope === 'Cluster') {
    if (namespace !== undefined) errors.push(forbidden(namespacePath, "`parameters.scope` is set to 'Cluster'"));
  } else {
    errors.push(notSupported(child(path, 'scope'), scope, ['Cluster', 'Namespace']));
  }
}

function parametersText(parameters: IngressClassParametersReference | undefined): string {
  if (parameters === undefined) return '<none>';
  const { kind, apiGroup, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}

export const ingressClassKind = defineKind<IngressClass>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IngressClass', listKind: 'IngressClassList',
  plural: 'ingressclasses', singular: 'ingressclass', namespaced: false, schema: 'IngressClass',
  defaults,
  validate,
  validateUpdate: (ingressClass, old) => [
    ...(ingressClass.spec.controller === old.spec.controller ? []
      : [immutable('spec.controller', ingressClass.spec.controller ?? '')]),
    ...validate(ingressClass),
  ],
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Controller', type: 'string', description: 'The controller that carries out Ingresses of this class.',
      cell: ({ spec }) => spec.controller ?? '',
    },
    {
      name: 'Parameters', type: 'string', description: 'The object with further settings of the controller.',
      cell: ({ spec }) => parametersText(spec.parameters),
    },
    ageColumn,
  ],
});
