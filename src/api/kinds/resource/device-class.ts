/** DeviceClass: a name for devices of a sort. Models pkg/apis/resource and pkg/registry/resource/deviceclass. */
import { invalid } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { qualifiedNameProblems } from '../../names';
import type { DeviceClass } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import type { FieldErrors } from '../field-checks';
import { checkConfiguration, checkList, checkSelectors } from './checks';

const maxConfigurations = 32;

function validate({ spec }: DeviceClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkSelectors(spec.selectors, 'spec.selectors', errors);
  checkList(spec.config, maxConfigurations, 'spec.config', errors, ({ opaque }, at) => {
    checkConfiguration(opaque, at, errors);
  });
  const name = spec.extendedResourceName;
  if (name !== undefined && !isExtendedResource(name)) {
    errors.push(invalid('spec.extendedResourceName', name, 'must be a valid extended resource name'));
  }
  return errors;
}

/** A resource with a domain of its own: IsExtendedResourceName. */
function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false;
  return qualifiedNameProblems(`requests.${name}`).length === 0;
}

export const deviceClassKind = defineKind<DeviceClass>({
  group: 'resource.k8s.io', version: 'v1', kind: 'DeviceClass', listKind: 'DeviceClassList',
  plural: 'deviceclasses', singular: 'deviceclass', namespaced: false, schema: 'DeviceClass',
  validate,
  validateUpdate: validate,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [nameColumn, ageColumn],
});
