/** Namespace: a scope for names. Models pkg/apis/core and pkg/registry/core/namespace. */
import { withKey } from '../../base/freeze';
import { invalid } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { StrategyContext } from '../kind';
import type { Namespace, NamespaceSpec } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkQualifiedName, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';

const nameLabel = 'kubernetes.io/metadata.name';
const ownFinalizer = 'kubernetes';
const standardFinalizers = [ownFinalizer, 'orphan', 'foregroundDeletion'];
const noSpec: NamespaceSpec = Object.freeze({});

/** Every namespace carries its own name as a label, so that selectors can find it. */
function withNameLabel(namespace: Namespace): Namespace {
  const { name, labels } = namespace.metadata;
  if (!name || labels?.[nameLabel] === name) return namespace;
  return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [nameLabel]: name } } };
}

function prepareForCreate(given: Namespace): Namespace {
  const namespace = withNameLabel(given);
  const spec = namespace.spec ?? noSpec;
  const finalizers = spec.finalizers ?? [];
  if (finalizers.includes(ownFinalizer)) return withKey(namespace, 'spec', spec);
  return { ...namespace, spec: { ...spec, finalizers: [...finalizers, ownFinalizer] } };
}

/** Only the finalize subresource may change the finalizers of the spec. */
function prepareForUpdate(given: Namespace, old: Namespace, { subresource }: StrategyContext): Namespace {
  const namespace = withNameLabel(given);
  return subresource === 'finalize' ? namespace : withKey(namespace, 'spec', old.spec);
}

function validate(namespace: Namespace): readonly FieldError[] {
  const errors: FieldErrors = [];
  for (const finalizer of namespace.spec?.finalizers ?? []) checkFinalizer(finalizer, 'spec.finalizers', errors);
  return errors;
}

function checkFinalizer(finalizer: string, path: string, errors: FieldErrors): void {
  checkQualifiedName(finalizer, path, errors);
  if (finalizer.includes('/') || standardFinalizers.includes(finalizer)) return;
  errors.push(invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
}

function validateUpdate(namespace: Namespace, old: Namespace): readonly FieldError[] {
  if (namespace.spec === old.spec) return [];
  const errors: FieldErrors = [];
  eachItem(namespace.spec.finalizers, 'spec.finalizers', (finalizer, at) => checkFinalizer(finalizer, at, errors));
  return errors;
}

function validateStatusUpdate({ metadata, status }: Namespace): readonly FieldError[] {
  const phase = status?.phase ?? '';
  if (metadata.deletionTimestamp === undefined) {
    return phase === 'Active' ? []
      : [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  return phase === 'Terminating' ? []
    : [invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}

export const namespaceKind = defineKind<Namespace>({
  group: '', version: 'v1', kind: 'Namespace', listKind: 'NamespaceList',
  plural: 'namespaces', singular: 'namespace', shortNames: ['ns'], namespaced: false, schema: 'Namespace',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: ['finalize', 'status'],
  defaults: withNameLabel,
  prepareForCreate,
  prepareForUpdate,
  validate,
  validateUpdate,
  validateStatusUpdate,
  nameRule: 'dnsLabel',
  hasGeneration: false,
  initialStatus: () => ({ phase: 'Active' }),
  selectableFields: ({ metadata, status }) => ({ name: metadata.name, 'status.phase': status?.phase ?? '' }),
  columns: [
    nameColumn,
    {
      name: 'Status', type: 'string', description: 'The status of the namespace',
      cell: ({ status }) => status?.phase ?? '',
    },
    ageColumn,
  ],
});
