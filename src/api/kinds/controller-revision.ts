/**
 * ControllerRevision: a snapshot of a workload's template. Models pkg/apis/apps and
 * pkg/registry/apps/controllerrevision.
 */
import { equal } from '../../base/freeze';
import { immutable, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { controllerOf, groupOf } from '../object';
import type { ControllerRevision } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';

function validate({ data, revision }: ControllerRevision): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  checkNonnegative(revision, 'revision', errors);
  return errors;
}

function validateUpdate(revision: ControllerRevision, old: ControllerRevision): readonly FieldError[] {
  const errors = validate(revision);
  return equal(revision.data, old.data) ? errors : [...errors, immutable('data', revision.data)];
}

/** `deployment.apps/web`, or `<none>`. */
function controllerText(revision: ControllerRevision): string {
  const owner = controllerOf(revision);
  if (owner === undefined) return '<none>';
  const group = groupOf(owner.apiVersion);
  const kind = group === '' ? owner.kind : `${owner.kind}.${group}`;
  return `${kind.toLowerCase()}/${owner.name}`;
}

export const controllerRevisionKind = defineKind<ControllerRevision>({
  group: 'apps', version: 'v1', kind: 'ControllerRevision', listKind: 'ControllerRevisionList',
  plural: 'controllerrevisions', singular: 'controllerrevision', namespaced: true, schema: 'ControllerRevision',
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Controller of the object', cell: controllerText },
    {
      name: 'Revision', type: 'string', description: 'The number of the revision.',
      cell: ({ revision }) => revision ?? 0,
    },
    ageColumn,
  ],
});
