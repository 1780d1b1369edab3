/**
 * The spec of a claim for devices, in a ResourceClaim or in a template: defaults and what is wrong with it. Models
 * pkg/apis/resource/v1/defaults.go and validateResourceClaimSpec. Expressions are not compiled here.
 */
import { withKey } from '../../../base/freeze';
import { child, invalid, notSupported, required } from '../../field-errors';
import type {
  DeviceClaim, DeviceConstraint, DeviceRequest, DeviceSubRequest, DeviceToleration, ExactDeviceRequest,
  ResourceClaimSpec,
} from '../../types';
import { checkDnsLabel, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { mapList, withDefault } from '../pod/container-defaults';
import {
  checkConfiguration, checkDeviceToleration, checkFullAttributeName, checkList, checkSelectors, checkSet,
} from './checks';

const maxRequests = 32;
const maxAlternatives = 8;
const noClaim: DeviceClaim = Object.freeze({});
const notARequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** Names of requests with those of their alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** A spec in which every request says how many devices it wants. */
export function claimSpecDefaults(spec: ResourceClaimSpec): ResourceClaimSpec {
  // Go writes the struct even where it is empty.
  const devices = spec.devices ?? noClaim;
  const requests = mapList(devices.requests, (request) => {
    let filled = request;
    if (filled.exactly !== undefined) filled = withKey(filled, 'exactly', requestDefaults(filled.exactly));
    return withKey(filled, 'firstAvailable', mapList(filled.firstAvailable, requestDefaults));
  });
  return withKey(spec, 'devices', withKey(devices, 'requests', requests));
}

function requestDefaults<T extends ExactDeviceRequest | DeviceSubRequest>(given: T): T {
  let request = withDefault(given, 'allocationMode', 'ExactCount' as T['allocationMode']);
  if (request.allocationMode === 'ExactCount') request = withDefault(request, 'count', 1 as T['count']);
  const tolerations = mapList(request.tolerations, (toleration: DeviceToleration) => (
    withDefault(toleration, 'operator', 'Equal')));
  return withKey(request, 'tolerations', tolerations as T['tolerations']);
}

/** The names under which a claim's requests can be referred to. */
export function requestNames(devices: DeviceClaim = noClaim): RequestNames {
  return new Map((devices.requests ?? []).map(({ name, firstAvailable = [] }) => (
    [name, new Set(firstAvailable.map((alternative) => alternative.name))])));
}

/** Everything wrong with a spec. */
export function checkClaimSpec({ devices = noClaim }: ResourceClaimSpec, path: string, errors: FieldErrors): void {
  const at = child(path, 'devices');
  const names = requestNames(devices);
  checkSet(devices.requests, maxRequests, child(at, 'requests'), errors, ({ name }) => name ?? '', (request, place) => {
    checkRequest(request, place, errors);
  });
  checkList(devices.constraints, maxRequests, child(at, 'constraints'), errors, (constraint, place) => {
    checkConstraint(constraint, names, place, errors);
  });
  checkList(devices.config, maxRequests, child(at, 'config'), errors, ({ requests, opaque }, place) => {
    checkReferences(requests, names, child(place, 'requests'), errors);
    checkConfiguration(opaque, place, errors);
  });
}

function checkRequest(request: DeviceRequest, path: string, errors: FieldErrors): void {
  const { name = '', exactly, firstAvailable = [] } = request;
  checkDnsLabel(name, child(path, 'name'), errors);
  const message = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly === undefined && firstAvailable.length === 0) errors.push(required(path, message));
  else if (exactly !== undefined && firstAvailable.length > 0) {
    errors.push(invalid(path, null, `${message}, but multiple fields are set`));
  } else if (exactly !== undefined) {
    checkWanted(exactly, child(path, 'exactly'), errors);
  } else {
    checkSet(firstAvailable, maxAlternatives, child(path, 'firstAvailable'), errors, (item) => item.name ?? '',
      (alternative, at) => {
        checkDnsLabel(alternative.name ?? '', child(at, 'name'), errors);
        checkWanted(alternative, at, errors);
      });
  }
}

function checkWanted(wanted: ExactDeviceRequest | DeviceSubRequest, path: string, errors: FieldErrors): void {
  const classPath = child(path, 'deviceClassName');
  if (!wanted.deviceClassName) errors.push(required(classPath));
  else checkSubdomain(wanted.deviceClassName, classPath, errors);
  checkSelectors(wanted.selectors, child(path, 'selectors'), errors);
  const { allocationMode: mode = '', count = 0 } = wanted;
  if (mode === 'All') {
    if (count !== 0) {
      errors.push(invalid(child(path, 'count'), count, `must not be specified when allocationMode is '${mode}'`));
    }
  } else if (mode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(child(path, 'count'), count, 'must be greater than zero'));
  } else {
    errors.push(notSupported(child(path, 'allocationMode'), mode, ['All', 'ExactCount']));
  }
  eachItem(wanted.tolerations, child(path, 'tolerations'), (item, at) => checkDeviceToleration(item, at, errors));
}

function checkConstraint(constraint: DeviceConstraint, names: RequestNames, path: string, errors: FieldErrors): void {
  const { requests, matchAttribute, distinctAttribute } = constraint;
  checkReferences(requests, names, child(path, 'requests'), errors);
  if (matchAttribute !== undefined) checkFullAttributeName(matchAttribute, child(path, 'matchAttribute'), errors);
  else if (distinctAttribute !== undefined) {
    checkFullAttributeName(distinctAttribute, child(path, 'distinctAttribute'), errors);
  } else {
    errors.push(required(path,
      'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'));
  }
}

function checkReferences(
  requests: readonly string[] | undefined, names: RequestNames, path: string, errors: FieldErrors,
): void {
  checkSet(requests, maxRequests, path, errors, (name) => name, (name, at) => {
    checkRequestReference(name, names, at, errors);
  });
}

/** `request` or `request/alternative`, and there is one of that name: validateRequestNameRef. */
export function checkRequestReference(
  name: string, names: RequestNames, path: string, errors: FieldErrors,
): void {
  const [request = '', alternative, ...more] = name.split('/');
  if (more.length > 0) {
    errors.push(invalid(path, name, notARequest));
    return;
  }
  checkDnsLabel(request, path, errors);
  if (alternative !== undefined) checkDnsLabel(alternative, path, errors);
  const alternatives = names.get(request);
  const isKnown = alternatives !== undefined && (alternative === undefined || alternatives.has(alternative));
  if (!isKnown) errors.push(invalid(path, name, notARequest));
}
