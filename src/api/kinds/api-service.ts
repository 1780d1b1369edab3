/**
 * APIService: who serves a version of a group. Models kube-aggregator's pkg/apis/apiregistration and
 * pkg/registry/apiservice. One without a Service is served by this very server and always available.
 */
import { withKey } from '../../base/freeze';
import { child, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { quote } from '../go-text';
import { defineKind } from '../kind';
import { dns1035LabelProblems, portNumberProblems } from '../names';
import { formatTime } from '../time';
import type { APIService, APIServiceCondition, APIServiceSpec } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkProblems, checkSubdomain, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';

const maxGroupPriority = 20_000;
const maxVersionPriority = 1000;

function defaults(service: APIService): APIService {
  const reference = service.spec.service;
  if (reference === undefined || reference.port !== undefined) return service;
  return withKey(service, 'spec', withKey(service.spec, 'service', withKey(reference, 'port', 443)));
}

/** A local one is available from the start. */
function prepareForCreate(service: APIService, { nowMs }: { readonly nowMs: number }): APIService {
  if (service.spec.service !== undefined) return service;
  const condition: APIServiceCondition = {
    type: 'Available', status: 'True', lastTransitionTime: formatTime(nowMs), reason: 'Local',
    message: 'Local APIServices are always available',
  };
  return { ...service, status: { conditions: [condition] } };
}

function validate({ metadata, spec }: APIService): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { group = '', version = '' } = spec;
  const name = `${version}.${group}`;
  if (metadata.name !== name) {
    errors.push(invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${quote(name)}`));
  }
  if (group === '' && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '') checkSubdomain(group, 'spec.group', errors);
  checkProblems(dns1035LabelProblems(version), version, 'spec.version', errors);
  checkPriority(spec.groupPriorityMinimum, maxGroupPriority, 'spec.groupPriorityMinimum', errors);
  checkPriority(spec.versionPriority, maxVersionPriority, 'spec.versionPriority', errors);
  if (spec.service === undefined) checkLocal(spec, errors);
  else checkRemote(spec, spec.service, errors);
  return errors;
}

function checkPriority(priority: number | undefined, max: number, path: string, errors: FieldErrors): void {
  const value = priority ?? 0;
  if (value <= 0 || value > max) errors.push(invalid(path, value, `must be positive and less than ${max}`));
}

function checkLocal({ caBundle, insecureSkipTLSVerify }: APIServiceSpec, errors: FieldErrors): void {
  if (caBundle) {
    const bytes = Math.floor(caBundle.replace(/=+$/, '').length * 3 / 4);
    errors.push(invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle'));
  }
  if (insecureSkipTLSVerify) {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'));
  }
}

function checkRemote(
  { caBundle, insecureSkipTLSVerify }: APIServiceSpec, service: NonNullable<APIServiceSpec['service']>,
  errors: FieldErrors,
): void {
  const path = 'spec.service';
  if (!service.namespace) errors.push(required(child(path, 'namespace')));
  if (!service.name) errors.push(required(child(path, 'name')));
  for (const problem of portNumberProblems(service.port ?? 443)) {
    errors.push(invalid(child(path, 'port'), service.port ?? 443, `port is not valid: ${problem}`));
  }
  if (insecureSkipTLSVerify && caBundle) {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  }
}

function validateStatusUpdate({ status }: APIService): readonly FieldError[] {
  const errors: FieldErrors = [];
  eachItem(status?.conditions, 'status.conditions', (condition, at) => {
    if (['False', 'True', 'Unknown'].includes(condition.status)) return;
    errors.push(notSupported(child(at, 'status'), condition.status ?? '', ['False', 'True', 'Unknown']));
  });
  return errors;
}

function availableText({ status }: APIService): string {
  const available = status?.conditions?.find(({ type }) => type === 'Available');
  if (available === undefined) return 'Unknown';
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
}

export const apiServiceKind = defineKind<APIService>({
  group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService', listKind: 'APIServiceList',
  plural: 'apiservices', singular: 'apiservice', categories: ['api-extensions'], namespaced: false,
  schema: 'APIService', subresources: ['status'],
  defaults,
  prepareForCreate,
  validate,
  validateUpdate: validate,
  validateStatusUpdate,
  nameRule: 'pathSegment',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Service', type: 'string', description: 'The Service that leads to the server, or Local.',
      cell: ({ spec }) => (
        spec.service === undefined ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`),
    },
    { name: 'Available', type: 'string', description: 'Whether it can be reached.', cell: availableText },
    ageColumn,
  ],
});
