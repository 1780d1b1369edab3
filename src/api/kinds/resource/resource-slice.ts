/**
 * ResourceSlice: devices that a driver offers. Models pkg/apis/resource and pkg/registry/resource/resourceslice.
 */
import { equal, sortedKeys, withKey } from '../../../base/freeze';
import { child, forbidden, immutable, invalid, key, required, tooLong, tooMany } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { byteLength } from '../../names';
import { formatTime } from '../../time';
import type {
  Counter, CounterSet, Device, DeviceAttribute, DeviceCapacity, NodeSelector, ResourceSlice,
  ResourceSliceSpec,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkDnsLabel, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { mapList } from '../pod/container-defaults';
import { checkNodeSelector } from '../pod/validation/affinity';
import { checkDriverName } from '../storage/volume-checks';
import { checkRequestPolicy } from './capacity-policy';
import {
  checkAttributeName, checkBindingConditions, checkDeviceTaint, checkList, checkPoolName, checkSet,
} from './checks';

const maxDevices = 128;
const maxAdvancedDevices = 64;
const maxAttributes = 32;
const maxAttributeValues = 48;
const maxValueBytes = 64;
const maxTaints = 16;
const maxCounterSets = 8;
const maxCounters = 32;
const maxConsumptions = 2;
const number = '(0|[1-9]\\d*)';
const preRelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const semver = new RegExp(`^${number}\\.${number}\\.${number}(-${preRelease}(\\.${preRelease})*)?`
  + '(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$');
const listFields = ['bools', 'ints', 'strings', 'versions'] as const;
const whereFields = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const whereInDevice = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when '
  + '`perDeviceNodeSelection` is set to true in the ResourceSlice spec';

/** Taints say since when they are there. */
function prepare(slice: ResourceSlice, { nowMs }: { readonly nowMs: number }): ResourceSlice {
  const devices = mapList(slice.spec.devices, (device) => withKey(device, 'taints', mapList(device.taints, (taint) => (
    taint.timeAdded === undefined ? { ...taint, timeAdded: formatTime(nowMs) } : taint))));
  return withKey(slice, 'spec', withKey(slice.spec, 'devices', devices));
}

function specErrors(spec: ResourceSliceSpec, old: ResourceSliceSpec | undefined): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { driver, pool, nodeName, devices, sharedCounters } = spec;
  checkDriverName(driver, 'spec.driver', errors);
  checkPoolName(pool?.name, 'spec.pool.name', errors);
  const { resourceSliceCount: count = 0, generation = 0 } = pool ?? {};
  if (count <= 0) errors.push(invalid('spec.pool.resourceSliceCount', count, 'must be greater than zero'));
  if (generation < 0) {
    errors.push(invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  }
  if (old !== undefined) {
    if (pool?.name !== old.pool?.name) errors.push(immutable('spec.pool.name', pool?.name ?? ''));
    if (driver !== old.driver) errors.push(immutable('spec.driver', driver));
    if (nodeName !== old.nodeName) errors.push(immutable('spec.nodeName', nodeName ?? null));
  }
  checkWhere(spec, errors);
  if (sharedCounters !== undefined && devices !== undefined) {
    errors.push(invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  const max = (devices ?? []).some(isAdvanced) ? maxAdvancedDevices : maxDevices;
  checkSet(devices, max, 'spec.devices', errors, ({ name }) => name ?? '', (device, at) => {
    const before = old?.devices?.find(({ name }) => name === device.name);
    checkDevice(device, before, spec.perDeviceNodeSelection === true, at, errors);
  });
  checkSet(sharedCounters, maxCounterSets, 'spec.sharedCounters', errors, ({ name }) => name ?? '', (set, at) => {
    checkCounterSet(set, at, errors);
  });
  return errors;
}

/** Fewer of these fit into a slice. */
function isAdvanced({ taints, consumesCounters, attributes = {} }: Device): boolean {
  return Boolean(taints?.length || consumesCounters?.length)
    || Object.values(attributes).some((attribute) => listFields.some((field) => attribute[field] !== undefined));
}

/** The slice says which nodes can use it, in exactly one of four ways. */
function checkWhere(spec: ResourceSliceSpec, errors: FieldErrors): void {
  const set = checkPlace(spec, 'spec', 'must be either unset or set to a non-empty string', errors);
  const terms = spec.nodeSelector?.nodeSelectorTerms ?? [];
  if (spec.nodeSelector !== undefined && terms.length !== 1) {
    errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', terms, 'must have exactly one node selector term'));
  }
  if (spec.perDeviceNodeSelection === true) set.push('`perDeviceNodeSelection`');
  else if (spec.perDeviceNodeSelection === false) {
    errors.push(invalid('spec.perDeviceNodeSelection', false, 'must be either unset or set to true'));
  }
  if (set.length === 0) errors.push(required('spec', whereFields));
  else if (set.length > 1) {
    errors.push(invalid('spec', `{${set.join(', ')}}`, `${whereFields}, but multiple fields are set`));
  }
}

function checkPlace(
  place: { readonly nodeName?: string; readonly nodeSelector?: NodeSelector; readonly allNodes?: boolean },
  path: string, whenEmpty: string, errors: FieldErrors,
): string[] {
  const set: string[] = [];
  const { nodeName, nodeSelector, allNodes } = place;
  if (nodeName === '') errors.push(invalid(child(path, 'nodeName'), nodeName, whenEmpty));
  else if (nodeName !== undefined) {
    set.push('`nodeName`');
    checkSubdomain(nodeName, child(path, 'nodeName'), errors);
  }
  if (nodeSelector !== undefined) {
    set.push('`nodeSelector`');
    checkNodeSelector(nodeSelector, child(path, 'nodeSelector'), errors);
  }
  if (allNodes === true) set.push('`allNodes`');
  else if (allNodes === false) {
    errors.push(invalid(child(path, 'allNodes'), false, 'must be either unset or set to true'));
  }
  return set;
}

function checkDevice(
  device: Device, old: Device | undefined, isPlaced: boolean, path: string, errors: FieldErrors,
): void {
  checkDnsLabel(device.name ?? '', child(path, 'name'), errors);
  const attributes = device.attributes ?? {};
  const capacity = device.capacity ?? {};
  checkAmounts(attributes, Object.keys(capacity).length, path, errors);
  for (const name of sortedKeys(attributes)) {
    const at = child(path, 'attributes');
    checkAttributeName(name, at, errors);
    checkAttribute(attributes[name] ?? {}, key(at, name), errors);
  }
  if (!equal(old?.capacity, device.capacity)) {
    for (const name of sortedKeys(capacity)) {
      const at = child(path, 'capacity');
      checkAttributeName(name, at, errors);
      checkCapacity(capacity[name] as DeviceCapacity, device.allowMultipleAllocations === true, key(at, name), errors);
    }
  }
  if (!equal(old?.taints, device.taints)) {
    checkList(device.taints, maxTaints, child(path, 'taints'), errors, (taint, at) => {
      checkDeviceTaint(taint, at, errors);
    });
  }
  checkSet(device.consumesCounters, maxConsumptions, child(path, 'consumesCounters'), errors,
    ({ counterSet }) => counterSet ?? '', ({ counterSet, counters }, at) => {
      if (!counterSet) errors.push(required(child(at, 'counterSet')));
      else checkDnsLabel(counterSet, child(at, 'counterSet'), errors);
      checkCounters(counters, child(at, 'counters'), errors);
    });
  checkDevicePlace(device, isPlaced, path, errors);
  checkBindingConditions(device.bindingConditions, device.bindingFailureConditions, path, errors);
}

function checkAmounts(
  attributes: Readonly<Record<string, DeviceAttribute>>, capacities: number, path: string, errors: FieldErrors,
): void {
  const total = Object.keys(attributes).length + capacities;
  if (total > maxAttributes) {
    errors.push(invalid(path, total, `the total number of attributes and capacities must not exceed ${maxAttributes}`));
  }
  const values = Object.values(attributes).reduce((sum, attribute) => (
    sum + (listFields.reduce((items, field) => items + (attribute[field]?.length ?? 0), 0) || 1)), 0);
  if (values > maxAttributeValues) {
    errors.push(invalid(path, values, `the total number of attribute values must not exceed ${maxAttributeValues}`));
  }
}

function checkDevicePlace(device: Device, isPlaced: boolean, path: string, errors: FieldErrors): void {
  if (isPlaced) {
    const set = checkPlace(device, path, 'must not be empty', errors);
    if (set.length === 0) errors.push(required(path, whereInDevice));
    else if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, whereInDevice));
  } else if (device.nodeName !== undefined || device.nodeSelector !== undefined || device.allNodes !== undefined) {
    errors.push(invalid(path, null, '`nodeName`, `nodeSelector` and `allNodes` can only be set if '
      + '`perDeviceNodeSelection` is set to true in the ResourceSlice spec'));
  }
}

function checkAttribute(attribute: DeviceAttribute, path: string, errors: FieldErrors): void {
  if (attribute.string !== undefined) checkText(attribute.string, child(path, 'string'), errors);
  if (attribute.version !== undefined) checkVersion(attribute.version, child(path, 'version'), errors);
  for (const field of listFields) {
    if (attribute[field]?.length === 0) {
      errors.push(invalid(child(path, field), [], 'must not be empty if specified'));
    }
  }
  eachItem(attribute.strings, child(path, 'strings'), (text, at) => checkText(text, at, errors));
  eachItem(attribute.versions, child(path, 'versions'), (text, at) => checkVersion(text, at, errors));
  const set = (['bool', 'int', 'string', 'version', ...listFields] as const)
    .filter((field) => attribute[field] !== undefined);
  if (set.length !== 1) {
    errors.push(invalid(path, set.length === 0 ? '' : attribute, 'exactly one value must be specified'));
  }
}

function checkText(text: string, path: string, errors: FieldErrors): void {
  if (byteLength(text) > maxValueBytes) errors.push(tooLong(path, maxValueBytes));
}

function checkVersion(text: string, path: string, errors: FieldErrors): void {
  if (!semver.test(text)) errors.push(invalid(path, text, 'must be a string compatible with semver.org spec 2.0.0'));
  checkText(text, path, errors);
}

function checkCapacity(
  { value, requestPolicy }: DeviceCapacity, isShared: boolean, path: string, errors: FieldErrors,
): void {
  const at = child(path, 'requestPolicy');
  if (requestPolicy === undefined) return;
  if (!isShared) errors.push(forbidden(at, 'allowMultipleAllocations must be true'));
  else checkRequestPolicy(requestPolicy, value, at, errors);
}

function checkCounterSet({ name, counters }: CounterSet, path: string, errors: FieldErrors): void {
  if (!name) errors.push(required(child(path, 'name')));
  else checkDnsLabel(name, child(path, 'name'), errors);
  checkCounters(counters, child(path, 'counters'), errors);
}

function checkCounters(
  counters: Readonly<Record<string, Counter>> | undefined, path: string, errors: FieldErrors,
): void {
  const names = sortedKeys(counters);
  if (names.length === 0) errors.push(required(path));
  else if (names.length > maxCounters) errors.push(tooMany(path, names.length, maxCounters));
  else for (const name of names) checkDnsLabel(name, path, errors);
}

export const resourceSliceKind = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  listKind: 'ResourceSliceList',
  plural: 'resourceslices',
  singular: 'resourceslice',
  namespaced: false,
  schema: 'ResourceSlice',
  prepareForCreate: prepare,
  prepareForUpdate: (slice, _old, context) => prepare(slice, context),
  validate: ({ spec }) => specErrors(spec, undefined),
  validateUpdate: ({ spec }, old) => specErrors(spec, old.spec),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  selectableFields: ({ spec }) => ({ 'spec.nodeName': spec.nodeName ?? '', 'spec.driver': spec.driver }),
  columns: [
    nameColumn,
    {
      name: 'Node',
      type: 'string',
      description: 'The node of the devices.',
      cell: ({ spec }) => spec.nodeName ?? null,
    },
    { name: 'Driver', type: 'string', description: 'The driver.', cell: ({ spec }) => spec.driver },
    {
      name: 'Pool',
      type: 'string',
      description: 'The pool of the devices.',
      cell: ({ spec }) => spec.pool?.name ?? '',
    },
    ageColumn,
  ],
});
