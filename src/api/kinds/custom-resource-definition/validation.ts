/**
 * Validation of a CustomResourceDefinition apart from its schemas: group, names, versions, columns, subresources,
 * conversion and the approval of community groups. Where every version says the same of its schema, subresources,
 * columns or selectable fields, errors name the place where older API versions had it once for all
 * (`spec.validation`), because that is the form in which upstream validates. Models apiextensions-apiserver's
 * pkg/apis/apiextensions/validation.
 */
import { equal } from '../../../base/freeze';
import {
  apiApproval,
  approvedAnnotation,
  isConditionTrue,
  isProtectedGroup,
  resourceName,
} from '../../custom/definition';
import { validFieldPath } from '../../custom/field-path';
import type { Schema } from '../../custom/structural';
import { child, duplicate, type FieldError, immutable, index, invalid, key, notSupported, required,
  tooMany } from '../../field-errors';
import { byteLength, dns1035LabelProblems, dnsSubdomainProblems } from '../../names';
import type {
  CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion, CustomResourceSubresources, SelectableField,
} from '../../types';
import { conversionErrors } from './conversion';
import { type SchemaOptions, versionSchemaErrors } from './schema-validation';

const maxSelectableFields = 8;
const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** Everything wrong with a new definition. */
export function definitionErrors(definition: CustomResourceDefinition): readonly FieldError[] {
  const { spec, status } = definition;
  return [
    ...nameErrors(definition),
    ...specErrors(spec, {}, { lenientBundle: true }),
    ...acceptedNameErrors(definition),
    ...storedVersionErrors(status?.storedVersions ?? [], spec.versions ?? []),
    ...preserveErrors(spec, undefined),
  ];
}

/** Everything wrong with a changed definition. */
export function definitionUpdateErrors(
  definition: CustomResourceDefinition, old: CustomResourceDefinition,
): readonly FieldError[] {
  const { spec, status } = definition;
  const established = isConditionTrue(old, 'Established');
  const isUnchanged = ({ name, schema }: CustomResourceDefinitionVersion): boolean =>
    old.spec.versions?.some((before) => before.name === name && equal(before.schema, schema)) === true;
  const unchanged = new Set((spec.versions ?? []).filter(isUnchanged).map(({ name }) => name));
  const errors: FieldError[] = [...specErrors(spec, { unchanged, oldSpec: old.spec }, { lenientBundle: !established })];
  const fixed = (path: string, value: unknown, before: unknown): void => {
    if (value !== before) errors.push(immutable(path, value ?? ''));
  };
  if (established) {
    fixed('spec.scope', spec.scope, old.spec.scope);
    fixed('spec.names.kind', spec.names?.kind, old.spec.names?.kind);
  }
  fixed('spec.group', spec.group, old.spec.group);
  fixed('spec.names.plural', spec.names?.plural, old.spec.names?.plural);
  errors.push(...acceptedNameErrors(definition));
  errors.push(...storedVersionErrors(status?.storedVersions ?? [], spec.versions ?? []));
  errors.push(...preserveErrors(spec, old.spec));
  return errors;
}

/** Everything wrong with a changed status. */
export function statusErrors(definition: CustomResourceDefinition): readonly FieldError[] {
  return acceptedNameErrors(definition);
}

/** Groups of the Kubernetes community need an annotation that links to the review, or says that there was none. */
export function apiApprovalErrors(
  definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined,
): readonly FieldError[] {
  if (!isProtectedGroup(definition.spec.group ?? '')) return [];
  const { annotations } = definition.metadata;
  const { state, reason } = apiApproval(annotations);
  if (old !== undefined && apiApproval(old.metadata.annotations).state === state) return [];
  const path = key('metadata.annotations', approvedAnnotation);
  if (state === 'missing') return [required(path, reason)];
  return state === 'invalid' ? [invalid(path, annotations?.[approvedAnnotation], reason)] : [];
}

function nameErrors(definition: CustomResourceDefinition): readonly FieldError[] {
  const { name } = definition.metadata;
  return name === resourceName(definition) ? []
    : [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function acceptedNameErrors({ status }: CustomResourceDefinition): readonly FieldError[] {
  return status?.acceptedNames ? namesErrors(status.acceptedNames, 'status.acceptedNames') : [];
}

function preserveErrors(
  spec: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec | undefined,
): readonly FieldError[] {
  if (spec.preserveUnknownFields !== true || old?.preserveUnknownFields === true) return [];
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalid('spec.preserveUnknownFields', true, why)];
}

function storedVersionErrors(
  stored: readonly string[], versions: readonly CustomResourceDefinitionVersion[],
): readonly FieldError[] {
  const path = 'status.storedVersions';
  if (stored.length === 0) return [invalid(path, undefined, 'must have at least one stored version')];
  const errors: FieldError[] = [];
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) {
      errors.push(invalid(path, stored, `must have the storage version ${name}`));
    }
  }
  stored.forEach((name, i) => {
    if (versions.some((version) => version.name === name)) return;
    errors.push(
      invalid(
        index(path, i),
        name,
        `missing from spec.versions; ${name} was previously a storage version, and ` +
          `must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ` +
          `${name} from status.storedVersions`,
      ),
    );
  });
  return errors;
}

function specErrors(
  spec: CustomResourceDefinitionSpec, schemaOptions: SchemaOptions, options: { readonly lenientBundle: boolean },
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const versions = spec.versions ?? [];
  checkGroup(spec.group ?? '', errors);
  if (!spec.scope) errors.push(required('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(spec.scope)) {
    errors.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  }
  versions.forEach(({ schema }, i) => {
    if (schema?.openAPIV3Schema) return;
    errors.push(required(`${index('spec.versions', i)}.schema.openAPIV3Schema`, 'schemas are required'));
  });
  const shared = sharedParts(versions);
  versions.forEach((version, i) =>
    errors.push(...versionErrors(version, index('spec.versions', i), shared, schemaOptions)),
  );
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length)
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'));
  }
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!spec.names?.[name]) errors.push(required(child('spec.names', name)));
  }
  if (spec.names) errors.push(...namesErrors(spec.names, 'spec.names'));
  const [first] = versions;
  if (first) {
    if (shared.schema)
      errors.push(...versionSchemaErrors(first, 'spec.validation', hasAnyStatus(versions), schemaOptions));
    if (shared.subresources) errors.push(...subresourceErrors(first.subresources, 'spec.subresources'));
    if (shared.columns) errors.push(...columnErrors(first.additionalPrinterColumns, 'spec.additionalPrinterColumns'));
    if (shared.fields) errors.push(...selectableErrors(first, 'spec.selectableFields'));
  }
  errors.push(...conversionErrors(spec, options.lenientBundle));
  return errors;
}

function checkGroup(group: string, errors: FieldError[]): void {
  const path = 'spec.group';
  const problems = dnsSubdomainProblems(group);
  if (group === '') errors.push(required(path));
  else if (problems.length > 0) errors.push(invalid(path, group, problems.join(',')));
  else if (!group.includes('.')) errors.push(invalid(path, group, 'should be a domain with at least one dot'));
}

/** What all versions have in common, and so is validated once. */
interface SharedParts {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly columns: boolean;
  readonly fields: boolean;
}

function sharedParts(versions: readonly CustomResourceDefinitionVersion[]): SharedParts {
  const [first, ...others] = versions;
  const same = (part: (version: CustomResourceDefinitionVersion) => unknown): boolean =>
    first !== undefined && others.every((other) => equal(part(other), part(first)));
  return {
    schema: same(({ schema }) => schema),
    subresources: same(({ subresources }) => subresources),
    columns: same(({ additionalPrinterColumns }) => additionalPrinterColumns),
    fields: same(({ selectableFields }) => selectableFields),
  };
}

function hasAnyStatus(versions: readonly CustomResourceDefinitionVersion[]): boolean {
  return versions.some(({ subresources }) => subresources?.status !== undefined);
}

function versionErrors(
  version: CustomResourceDefinitionVersion, path: string, shared: SharedParts, options: SchemaOptions,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const problems = dns1035LabelProblems(version.name ?? '');
  if (problems.length > 0) errors.push(invalid(child(path, 'name'), version.name ?? '', problems.join(',')));
  for (const problem of deprecationProblems(version)) {
    errors.push(invalid(child(path, 'deprecationWarning'), version.deprecationWarning, problem));
  }
  const hasStatus = version.subresources?.status !== undefined;
  if (!shared.schema) errors.push(...versionSchemaErrors(version, child(path, 'schema'), hasStatus, options));
  if (!shared.subresources) errors.push(...subresourceErrors(version.subresources, child(path, 'subresources')));
  if (!shared.columns) {
    errors.push(...columnErrors(version.additionalPrinterColumns, child(path, 'additionalPrinterColumns')));
  }
  if (!shared.fields) errors.push(...selectableErrors(version, child(path, 'selectableFields')));
  return errors;
}

function deprecationProblems(
  { deprecated, deprecationWarning }: CustomResourceDefinitionVersion,
): readonly string[] {
  if (deprecationWarning === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const problems: string[] = [];
  if (byteLength(deprecationWarning) > 256) problems.push('must be <= 256 characters long');
  if (deprecationWarning === '') problems.push('must not be an empty string');
  const unprintable = /[\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029]/.exec(deprecationWarning);
  if (unprintable) {
    const at = byteLength(deprecationWarning.slice(0, unprintable.index));
    problems.push(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`);
  }
  return problems;
}

/** Names as a spec asks for them or a status has accepted them. */
function namesErrors(names: CustomResourceDefinitionNames, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const label = (value: string | undefined, at: string, mixed: boolean): void => {
    if (!value) return;
    const problems = dns1035LabelProblems(mixed ? value.toLowerCase() : value).join(',');
    if (problems === '') return;
    const detail = mixed ? `may have mixed case, but should otherwise match: ${problems}` : problems;
    errors.push(invalid(at, value, detail));
  };
  label(names.plural, child(path, 'plural'), false);
  label(names.singular, child(path, 'singular'), false);
  label(names.kind, child(path, 'kind'), true);
  label(names.listKind, child(path, 'listKind'), true);
  const each = (values: readonly string[] | undefined, at: string): void => values?.forEach((value, i) => {
    const problems = dns1035LabelProblems(value);
    if (problems.length > 0) errors.push(invalid(index(at, i), value, problems.join(',')));
  });
  each(names.shortNames, child(path, 'shortNames'));
  if (names.kind && names.kind === names.listKind) {
    errors.push(invalid(child(path, 'listKind'), names.listKind, 'kind and listKind may not be the same'));
  }
  each(names.categories, child(path, 'categories'));
  return errors;
}

function columnErrors(
  columns: readonly CustomResourceColumnDefinition[] | undefined, path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  columns?.forEach(({ name, type, format, jsonPath }, i) => {
    const at = index(path, i);
    const oneOf = `must be one of ${columnTypes.join(',')}`;
    if (!name) errors.push(required(child(at, 'name')));
    if (!type) errors.push(required(child(at, 'type'), oneOf));
    else if (!columnTypes.includes(type)) errors.push(invalid(child(at, 'type'), type, oneOf));
    if (format && !columnFormats.includes(format)) {
      errors.push(invalid(child(at, 'format'), format, `must be one of ${columnFormats.join(',')}`));
    }
    if (!jsonPath) errors.push(required(child(at, 'JSONPath')));
    else errors.push(...simplePathErrors(jsonPath, child(at, 'JSONPath')));
  });
  return errors;
}

function simplePathErrors(text: string, path: string): readonly FieldError[] {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')];
}

function subresourceErrors(subresources: CustomResourceSubresources | undefined, path: string): readonly FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  const check = (
    name: 'specReplicasPath' | 'statusReplicasPath' | 'labelSelectorPath',
    below: readonly string[],
  ): void => {
    const at = `${path}.scale.${name}`;
    const value = scale[name];
    if (!value) {
      if (name !== 'labelSelectorPath') errors.push(required(at));
      return;
    }
    const problems = simplePathErrors(value, at);
    const where = below.length === 1 ? `under ${below[0] ?? ''}` : `under either ${below.join(' or ')}`;
    if (problems.length > 0) errors.push(...problems);
    else if (!below.some((part) => value.startsWith(`${part}.`))) {
      errors.push(invalid(at, value, `should be a json path ${where}`));
    }
  };
  check('specReplicasPath', ['.spec']);
  check('statusReplicasPath', ['.status']);
  check('labelSelectorPath', ['.spec', '.status']);
  return errors;
}

function selectableErrors(version: CustomResourceDefinitionVersion, path: string): readonly FieldError[] {
  const fields: readonly SelectableField[] = version.selectableFields ?? [];
  if (fields.length === 0) return [];
  const schema: Schema | undefined = version.schema?.openAPIV3Schema;
  if (schema === undefined) {
    const why = 'selectableFields may only be set when version.schema.openAPIV3Schema is not included';
    return [invalid(path, '', why)];
  }
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const at = `${index(path, i)}.jsonPath`;
    if (!jsonPath) {
      errors.push(required(at));
      return;
    }
    const found = validFieldPath(jsonPath, schema, false);
    if ('error' in found) {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found.error}`));
      return;
    }
    if (/^metadata(?:$|[.[])/.test(found.path))
      errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
      errors.push(invalid(at, jsonPath, 'must point to a field of type string, boolean or integer. '
        + 'Enum string fields and strings with formats are allowed.'));
    }
    if (seen.has(found.path)) errors.push(duplicate(at, jsonPath));
    seen.add(found.path);
  });
  if (seen.size > maxSelectableFields) errors.push(tooMany(path, seen.size, maxSelectableFields));
  return errors;
}

