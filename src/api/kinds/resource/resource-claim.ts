/**
 * ResourceClaim and ResourceClaimTemplate: wishes for devices. Models pkg/apis/resource and
 * pkg/registry/resource/resourceclaim and resourceclaimtemplate.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, duplicate, forbidden, immutable, index, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type {
  AllocatedDeviceStatus, AllocationResult, DeviceRequestAllocationResult, ResourceClaimConsumerReference,
  ResourceClaimStatus, ResourceClaimTemplate, ResourceV1ResourceClaim,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkAnnotations, checkDnsLabel, checkLabels, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkNodeSelector } from '../pod/validation/affinity';
import { checkDriverName } from '../storage/volume-checks';
import {
  checkBindingConditions, checkConfiguration, checkDeviceToleration, checkJsonObject, checkList, checkPoolName,
  checkSet,
} from './checks';
import {
  checkClaimSpec,
  checkRequestReference,
  claimSpecDefaults,
  requestNames,
  type RequestNames,
} from './claim-spec';

const maxConsumers = 256;
const maxResults = 32;
const maxConfigurations = 64;
const maxDeviceConditions = 8;
const maxDataBytes = 10 * 1024;
const noStatus: ResourceClaimStatus = Object.freeze({});

function validate({ spec }: ResourceV1ResourceClaim): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkClaimSpec(spec, 'spec', errors);
  return errors;
}

function validateStatusUpdate(claim: ResourceV1ResourceClaim, old: ResourceV1ResourceClaim): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = claim.status ?? noStatus;
  const before = old.status ?? noStatus;
  checkConsumers(status, before, claim.metadata.deletionTimestamp !== undefined, errors);
  checkDevices(status, errors);
  if (before.allocation !== undefined && status.allocation !== undefined) {
    if (!equal(status.allocation, before.allocation)) {
      errors.push(immutable('status.allocation', status.allocation));
    }
  } else if (status.allocation !== undefined) {
    checkAllocation(status.allocation, requestNames(claim.spec.devices), 'status.allocation', errors);
  }
  return errors;
}

function checkConsumers(
  { reservedFor = [], allocation }: ResourceClaimStatus, before: ResourceClaimStatus, isDeleted: boolean,
  errors: FieldErrors,
): void {
  const path = 'status.reservedFor';
  checkSet(reservedFor, maxConsumers, path, errors, ({ uid }) => uid, (consumer, at) => {
    for (const field of ['resource', 'name', 'uid'] as const) {
      if (!consumer[field]) errors.push(required(child(at, field)));
    }
  });
  if (reservedFor.length === 0) return;
  const isNew = (consumer: ResourceClaimConsumerReference): boolean => (
    !(before.reservedFor ?? []).some((other) => equal(other, consumer)));
  if (allocation === undefined) {
    errors.push(forbidden(path, 'may not be specified when `allocated` is not set'));
  } else if (isDeleted && reservedFor.some(isNew)) {
    errors.push(forbidden(path,
      'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'));
  }
}

/** A device by driver, pool, name and share, as upstream writes such a key. */
function deviceKey({ driver, pool, device, shareID }: AllocatedDeviceStatus | DeviceRequestAllocationResult): string {
  return [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/');
}

function checkDevices({ devices, allocation }: ResourceClaimStatus, errors: FieldErrors): void {
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceKey));
  const path = 'status.devices';
  eachItem(devices, path, (device, at) => {
    checkDriverName(device.driver, child(at, 'driver'), errors);
    checkPoolName(device.pool, child(at, 'pool'), errors);
    checkDnsLabel(device.device ?? '', child(at, 'device'), errors);
    if (!allocated.has(deviceKey(device))) {
      errors.push(invalid(at, deviceKey(device), 'must be an allocated device in the claim'));
    }
    checkList(device.conditions, maxDeviceConditions, child(at, 'conditions'), errors, () => undefined);
    if (device.data !== undefined) checkJsonObject(device.data, child(at, 'data'), maxDataBytes, errors);
  });
  const keys = (devices ?? []).map(deviceKey);
  keys.forEach((key, i) => {
    if (keys.indexOf(key) < i) errors.push(duplicate(index(path, i), key));
  });
}

function checkAllocation(
  { devices, nodeSelector }: AllocationResult, names: RequestNames, path: string, errors: FieldErrors,
): void {
  checkList(devices?.results, maxResults, child(path, 'devices', 'results'), errors, (result, at) => {
    checkRequestReference(result.request ?? '', names, child(at, 'request'), errors);
    checkDriverName(result.driver, child(at, 'driver'), errors);
    checkPoolName(result.pool, child(at, 'pool'), errors);
    checkDnsLabel(result.device ?? '', child(at, 'device'), errors);
    checkBindingConditions(result.bindingConditions, result.bindingFailureConditions, at, errors);
    eachItem(result.tolerations, child(at, 'tolerations'), (item, place) => checkDeviceToleration(item, place, errors));
  });
  checkList(devices?.config, maxConfigurations, child(path, 'devices', 'config'), errors, (config, at) => {
    const sourcePath = child(at, 'source');
    const sources = ['FromClaim', 'FromClass'];
    if (!config.source) errors.push(required(sourcePath));
    else if (!sources.includes(config.source)) errors.push(notSupported(sourcePath, config.source, sources));
    eachItem(config.requests, child(at, 'requests'), (name, place) => {
      checkRequestReference(name, names, place, errors);
    });
    checkConfiguration(config.opaque, at, errors);
  });
  if (nodeSelector !== undefined) checkNodeSelector(nodeSelector, child(path, 'nodeSelector'), errors);
}

function stateText({ metadata, status }: ResourceV1ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  const states = isDeleted ? ['deleted'] : [];
  if (status?.allocation === undefined) return [...states, ...(isDeleted ? [] : ['pending'])].join(',');
  return [...states, 'allocated', ...(status.reservedFor?.length ? ['reserved'] : [])].join(',');
}

export const resourceClaimKind = defineKind<ResourceV1ResourceClaim>({
  group: 'resource.k8s.io', version: 'v1', kind: 'ResourceClaim', listKind: 'ResourceClaimList',
  plural: 'resourceclaims', singular: 'resourceclaim', namespaced: true, schema: 'ResourceV1ResourceClaim',
  subresources: ['status'],
  defaults: (claim) => withKey(claim, 'spec', claimSpecDefaults(claim.spec)),
  validate,
  validateUpdate: ({ spec }, old) => (equal(spec, old.spec) ? [] : [immutable('spec', spec)]),
  validateStatusUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    { name: 'State', type: 'string', description: 'Whether it has devices, and a user.', cell: stateText },
    ageColumn,
  ],
});

function validateTemplate({ spec }: ResourceClaimTemplate): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkAnnotations(spec.metadata?.annotations, 'spec.metadata.annotations', errors);
  checkLabels(spec.metadata?.labels, 'spec.metadata.labels', errors);
  checkClaimSpec(spec.spec ?? {}, 'spec.spec', errors);
  return errors;
}

export const resourceClaimTemplateKind = defineKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io', version: 'v1', kind: 'ResourceClaimTemplate', listKind: 'ResourceClaimTemplateList',
  plural: 'resourceclaimtemplates', singular: 'resourceclaimtemplate', namespaced: true,
  schema: 'ResourceClaimTemplate',
  defaults: (template) => withKey(template, 'spec',
    withKey(template.spec, 'spec', claimSpecDefaults(template.spec.spec ?? {}))),
  validate: validateTemplate,
  validateUpdate: ({ spec }, old) => (equal(spec, old.spec) ? [] : [immutable('spec', spec)]),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [nameColumn, ageColumn],
});
