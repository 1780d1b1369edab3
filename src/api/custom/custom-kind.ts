/**
 * From a CustomResourceDefinition to the kinds that the API server serves: one description per served version. What is
 * stored is one version's object; every other version is the same object under another apiVersion, pruned and with
 * defaults by that version's schema (conversion strategy None; a conversion webhook is refused by the registry). Models
 * apiextensions-apiserver's pkg/apiserver customresource_handler and pkg/registry/customresource.
 */
import { equal, withKey } from '../../base/freeze';
import { decode, type Decoded, type DecodeProblem, pathText } from '../decode/decode';
import { type FieldError, invalid } from '../field-errors';
import { quote } from '../go-text';
import type { AnyKind, Conversion, KindDescription, StrategyContext, Subresource } from '../kind';
import { getIn } from '../object';
import { apiVersionOf } from '../request';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, KubeObject } from '../types';
import { customColumns } from './columns';
import { compareVersions, deprecationOf, storageVersion } from './definition';
import { applyDefaults } from './defaulting';
import { embeddedErrors } from './embedded';
import { listTypeErrors } from './list-types';
import { resourceType } from './object-type';
import { type PrunedPath, pruneResource } from './prune';
import { ruleErrors } from './rules';
import { scaleAccess, scaleErrors } from './scale';
import { isObject, type PlainObject, type Schema } from './structural';
import { changedValueErrors, valueErrors } from './value-validation';

type CustomObject = KubeObject & { readonly status?: unknown };

/** What a definition brings: the kind as it is stored, which is not served itself, and the kinds that are. */
export interface CustomKinds {
  readonly storage: AnyKind;
  /** In the order in which discovery prefers them. */
  readonly served: readonly AnyKind[];
}

/** A schema for versions without one: nothing is known, so that everything stays. */
const anything: Schema = Object.freeze({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });

function schemaOf(version: CustomResourceDefinitionVersion): Schema {
  return version.schema?.openAPIV3Schema ?? anything;
}

/**
 * The kinds of a definition whose names are accepted. `stored` is the storage kind that is in use already; it is kept
 * as long as objects lie where they lay.
 */
export function customKinds(definition: CustomResourceDefinition, stored?: AnyKind): CustomKinds | undefined {
  const version = storageVersion(definition);
  const names = definition.status?.acceptedNames;
  if (!version || !names?.kind) return undefined;
  const fresh = storageKind(definition, version);
  const same = stored !== undefined && stored.version === fresh.version && stored.namespaced === fresh.namespaced
    && stored.kind === fresh.kind;
  const storage = same ? stored : fresh;
  const served = definition.spec.versions.filter((one) => one.served)
    .sort((a, b) => compareVersions(a.name, b.name))
    .map((one) => servedKind(definition, one, storage));
  return { storage, served };
}

function identity(definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion) {
  const { group, scope } = definition.spec;
  const { kind, listKind, plural, singular } = definition.status.acceptedNames ?? definition.spec.names;
  const schema = schemaOf(version);
  return {
    group, version: version.name, kind, listKind: listKind ?? `${kind}List`, plural,
    singular: singular ?? kind.toLowerCase(), namespaced: scope === 'Namespaced',
    schema: resourceType(kind, schema), jsonSchema: schema,
    nameRule: 'dnsSubdomain', hasGeneration: true, resourceVersionRequired: true,
  } as const;
}

function storageKind(definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion): AnyKind {
  return Object.freeze({ ...identity(definition, version), columns: [] });
}

function servedKind(
  definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion, storage: AnyKind,
): AnyKind {
  const { status, scale } = version.subresources ?? {};
  const subresources: Subresource[] = [...(status ? ['status' as const] : []), ...(scale ? ['scale' as const] : [])];
  const names = definition.status.acceptedNames ?? definition.spec.names;
  const described = identity(definition, version);
  const strategy = new CustomStrategy(version, described);
  const fields = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  const deprecation = deprecationOf(definition, version);
  const kind: KindDescription<CustomObject> = {
    ...described,
    ...(names.shortNames?.length ? { shortNames: names.shortNames } : {}),
    ...(names.categories?.length ? { categories: names.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
    ...(deprecation === undefined ? {} : { deprecation }),
    ...(fields.length === 0 ? {} : { selectableFields: (object) => selectableValues(object, fields) }),
    ...(scale ? { scale: scaleAccess(scale) } : {}),
    conversion: conversionOf(definition, version, storage),
    decode: (document) => strategy.decode(document),
    defaults: (object) => applyDefaults(object, strategy.schema),
    prepareForCreate: (object) => (status ? withKey(object, 'status', undefined) : object),
    prepareForUpdate: (object, old, context) => strategy.prepareForUpdate(object, old, context),
    validate: (object) => strategy.errors(object, undefined, false),
    validateUpdate: (object, old) => strategy.errors(object, old, false),
    validateStatusUpdate: (object, old) => strategy.errors(object, old, true),
    columns: customColumns(version.additionalPrinterColumns),
  };
  return Object.freeze(kind);
}

function selectableValues(object: KubeObject, fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field) => {
    const value = getIn(object, field.split('.'));
    return [field, value === undefined || value === null || typeof value === 'object' ? '' : String(value)];
  }));
}

/**
 * The same object under another version. On the way out it is cut to the version's schema and gets its defaults; on the
 * way in only the label changes, so that it can still be validated as what it was sent as.
 */
function conversionOf(
  definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion, storage: AnyKind,
): Conversion<CustomObject> {
  const { group } = definition.spec;
  const apiVersion = apiVersionOf({ group, version: version.name });
  const storedVersion = apiVersionOf(storage);
  const schema = schemaOf(version);
  return {
    storage,
    toStorage: (object) => labelled(object, storedVersion),
    fromStorage: (object: KubeObject) => {
      const pruned = pruneResource(labelled(object, apiVersion) as unknown as PlainObject, schema, []);
      return applyDefaults(pruned as unknown as KubeObject, schema);
    },
  };
}

function labelled<T extends KubeObject>(object: T, apiVersion: string): T {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** Errors after which rules are not run, because they could trip over them: hasBlockingErr. */
const blocking = new Set([
  'FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid',
]);
const blockedDetail = 'some validation rules were not checked because the object was invalid; '
  + 'correct the existing errors to complete validation';

/** What the registry does with the objects of one version. */
class CustomStrategy {
  readonly schema: Schema;

  private readonly apiVersion: string;
  private readonly kind: string;

  constructor(
    private readonly version: CustomResourceDefinitionVersion,
    { group, kind }: { readonly group: string; readonly kind: string },
  ) {
    this.schema = schemaOf(version);
    this.apiVersion = apiVersionOf({ group, version: version.name });
    this.kind = kind;
  }

  /** Metadata is decoded as everywhere; the rest is cut to the schema, and its types are for validation to judge. */
  decode(document: PlainObject): Decoded {
    const problems: DecodeProblem[] = [];
    const pruned: PrunedPath[] = [];
    let object = pruneResource(document, this.schema, pruned);
    for (const path of pruned) {
      problems.push({ kind: 'unknownField', path, message: `unknown field ${quote(pathText(path))}` });
    }
    const { metadata } = document;
    if (isObject(metadata)) {
      const decoded = decode(metadata, 'ObjectMeta');
      for (const problem of decoded.problems) {
        const path = ['metadata', ...problem.path];
        const message = problem.kind === 'unknownField' ? `unknown field ${quote(pathText(path))}` : problem.message;
        problems.push({ ...problem, path, message });
      }
      if (decoded.object !== metadata) object = { ...object, metadata: decoded.object };
    } else if (metadata !== undefined && metadata !== null) {
      const message = `${this.kind}.metadata: Invalid value: must be an object`;
      problems.push({ kind: 'badValue', path: ['metadata'], message });
    }
    return { object, problems };
  }

  /** Without a status subresource the status is a field like any other, and counts for the generation. */
  prepareForUpdate(object: CustomObject, old: CustomObject, { subresource }: StrategyContext): CustomObject {
    if (this.version.subresources?.status) {
      return Object.hasOwn(object, 'status') && object.status === undefined
        ? withKey(object, 'status', undefined)
        : object;
    }
    if (subresource !== undefined || equal(object.status, old.status)) return object;
    const generation = (old.metadata.generation ?? 0) + 1;
    return { ...object, metadata: { ...object.metadata, generation } };
  }

  /** Everything wrong with an object, whatever version it is labelled with on its way to storage. */
  errors(given: CustomObject, before: CustomObject | undefined, ofStatus: boolean): readonly FieldError[] {
    const { schema } = this;
    const object = labelled(given, this.apiVersion);
    const old = before && labelled(before, this.apiVersion);
    const plain = object as unknown as PlainObject;
    const { scale } = this.version.subresources ?? {};
    const errors = [
      ...(old === undefined ? valueErrors(plain, schema) : changedValueErrors(plain, old, schema)),
      ...(scale ? scaleErrors(object, scale, ofStatus || !this.version.subresources?.status) : []),
      ...embeddedErrors(plain, schema),
      ...(old === undefined || !equal(object, old) ? listTypeErrors(plain, schema) : []),
    ];
    const rules = ruleErrors(plain, old as unknown as PlainObject | undefined, schema);
    if (rules === undefined) return errors;
    const isBlocked = errors.some(({ type }) => blocking.has(type));
    return [...errors, ...(isBlocked ? [invalid('', undefined, blockedDetail)] : rules())];
  }
}
