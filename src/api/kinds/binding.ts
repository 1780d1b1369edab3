/**
 * Binding: sends a pod to a node. Never stored: to post one is to bind the pod of its name. Models the BindingREST of
 * pkg/registry/core/pod/storage.
 */
import { notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { Binding } from '../types';
import { nameColumn } from './columns';
import type { FieldErrors } from './field-checks';

function validate({ target }: Binding): readonly FieldError[] {
  const errors: FieldErrors = [];
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (!target?.name) errors.push(required('target.name'));
  return errors;
}

export const bindingKind = defineKind<Binding>({
  group: '', version: 'v1', kind: 'Binding', listKind: 'BindingList',
  plural: 'bindings', singular: 'binding', namespaced: true, schema: 'Binding',
  virtual: true, verbs: ['create'],
  validate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [nameColumn],
});
