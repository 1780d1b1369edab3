/**
 * CustomResourceDefinition: a kind that users bring. Defaults of names and conversion, the versions that lie in etcd,
 * and the finalizer that keeps a definition until its objects are gone. Models
 * apiextensions-apiserver's pkg/apis/apiextensions/v1 defaults and pkg/registry/customresourcedefinition.
 */
import { equal, withKey } from '../../../base/freeze';
import { cleanupFinalizer, withCondition } from '../../custom/definition';
import type { FieldError } from '../../field-errors';
import { defineKind, type StrategyContext } from '../../kind';
import { formatTime } from '../../time';
import type {
  CustomResourceConversion, CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionSpec,
} from '../../types';
import { createdAtColumn, nameColumn } from '../columns';
import { apiApprovalErrors, definitionErrors, definitionUpdateErrors, statusErrors } from './validation';

function defaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  const spec = (definition.spec ?? {}) as CustomResourceDefinitionSpec;
  let filled = withKey(spec, 'names', withNames((spec.names ?? {}) as CustomResourceDefinitionNames));
  filled = withKey(filled, 'conversion', withConversion(spec.conversion));
  return equal(filled, definition.spec) ? definition : { ...definition, spec: filled };
}

function withNames(names: CustomResourceDefinitionNames): CustomResourceDefinitionNames {
  const { kind = '', singular, listKind } = names;
  if (singular && (listKind || kind === '')) return names;
  return {
    ...names,
    ...(singular ? {} : { singular: kind.toLowerCase() }),
    ...(listKind || kind === '' ? {} : { listKind: `${kind}List` }),
  };
}

function withConversion(conversion: CustomResourceConversion | undefined): CustomResourceConversion {
  if (conversion === undefined) return { strategy: 'None' };
  const service = conversion.webhook?.clientConfig?.service;
  if (service === undefined || service.port !== undefined) return conversion;
  const clientConfig = { ...conversion.webhook?.clientConfig, service: { ...service, port: 443 } };
  return { ...conversion, webhook: { ...conversion.webhook, clientConfig } as CustomResourceConversion['webhook'] };
}

/** The version that is stored now joins those that have ever been stored. */
function withStoredVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const storage = definition.spec.versions?.find((version) => version.storage);
  const stored = definition.status?.storedVersions ?? [];
  if (storage === undefined || stored.includes(storage.name)) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...stored, storage.name] } };
}

/** The first DELETE: instances have to go before the definition can. */
function prepareForDelete(definition: CustomResourceDefinition, { nowMs }: StrategyContext): CustomResourceDefinition {
  const { metadata } = definition;
  const finalizers = metadata.finalizers ?? [];
  const kept = finalizers.includes(cleanupFinalizer) ? metadata
    : { ...metadata, finalizers: [...finalizers, cleanupFinalizer] };
  return withCondition({ ...definition, metadata: kept }, {
    type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }, formatTime(nowMs));
}

function withApproval(errors: readonly FieldError[], more: readonly FieldError[]): readonly FieldError[] {
  return more.length === 0 ? errors : [...errors, ...more];
}

export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition',
  listKind: 'CustomResourceDefinitionList', plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition', shortNames: ['crd', 'crds'], categories: ['api-extensions'],
  namespaced: false, schema: 'CustomResourceDefinition', subresources: ['status'],
  defaults,
  initialStatus: () => ({ acceptedNames: { kind: '', plural: '' } }),
  prepareForCreate: withStoredVersion,
  prepareForUpdate: (definition, _old, { subresource }) => (
    subresource === 'status' ? definition : withStoredVersion(definition)),
  prepareForDelete,
  validate: (definition) => withApproval(definitionErrors(definition), apiApprovalErrors(definition, undefined)),
  validateUpdate: (definition, old) => (definition.spec === old.spec && definition.metadata === old.metadata ? []
    : withApproval(definitionUpdateErrors(definition, old), apiApprovalErrors(definition, old))),
  validateStatusUpdate: statusErrors,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [nameColumn, createdAtColumn],
});
