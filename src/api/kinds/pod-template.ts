/** PodTemplate: a stored template for pods, which nothing acts on. Models pkg/registry/core/podtemplate. */
import { withKey } from '../../base/freeze';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { PodTemplate } from '../types';
import { labelsText, nameColumn, containerColumns } from './columns';
import type { FieldErrors } from './field-checks';
import { podTemplateDefaults } from './pod/defaults';
import { checkPodTemplate } from './pod/validation/spec';
import { templateWarnings } from './pod/warnings';

function validate({ template }: PodTemplate): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkPodTemplate(template, 'template', errors);
  return errors;
}

export const podTemplateKind = defineKind<PodTemplate>({
  group: '', version: 'v1', kind: 'PodTemplate', listKind: 'PodTemplateList',
  plural: 'podtemplates', singular: 'podtemplate', namespaced: true, schema: 'PodTemplate',
  defaults: (object) => withKey(object, 'template', podTemplateDefaults(object.template)),
  validate,
  validateUpdate: validate,
  warnings: ({ template }, old) => (old?.template === template ? [] : templateWarnings(template, 'template')),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>(({ template }) => template?.spec?.containers)
      .map(({ priority: _wide, ...column }) => column),
    {
      name: 'Pod Labels', type: 'string', description: 'The labels for the pod template.',
      cell: ({ template }) => labelsText(template?.metadata?.labels),
    },
  ],
});
