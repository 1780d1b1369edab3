/** CSIDriver: what a storage driver can do. Models pkg/apis/storage and pkg/registry/storage/csidriver. */
import { equal, withKey } from '../../../base/freeze';
import { child, duplicate, immutable, index, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { CSIDriver, CSIDriverSpec, StorageV1TokenRequest } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkOneOf } from '../field-checks';
import type { FieldErrors } from '../field-checks';

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycleModes = ['Persistent', 'Ephemeral'];
const minTokenSeconds = 600;
const maxTokenSeconds = 2 ** 32;
const minUpdateSeconds = 10;

const specDefaults: CSIDriverSpec = Object.freeze({
  attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType',
  requiresRepublish: false, seLinuxMount: false,
});

function defaults(driver: CSIDriver): CSIDriver {
  let { spec } = driver;
  for (const field of Object.keys(specDefaults) as (keyof CSIDriverSpec)[]) {
    if (spec[field] === undefined) spec = withKey(spec, field, specDefaults[field] as never);
  }
  if (!spec.volumeLifecycleModes?.length) spec = withKey(spec, 'volumeLifecycleModes', ['Persistent']);
  return withKey(driver, 'spec', spec);
}

function validate({ spec }: CSIDriver): readonly FieldError[] {
  const errors: FieldErrors = [];
  // Upstream's path has a letter more than the field.
  if (spec.attachRequired === undefined) errors.push(required('spec.attachedRequired'));
  if (spec.podInfoOnMount === undefined) errors.push(required('spec.podInfoOnMount'));
  if (spec.storageCapacity === undefined) errors.push(required('spec.storageCapacity'));
  checkOneOf(spec.fsGroupPolicy, fsGroupPolicies, 'spec.fsGroupPolicy', errors);
  checkTokenRequests(spec.tokenRequests ?? [], 'spec.tokenRequests', errors);
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!lifecycleModes.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, lifecycleModes));
  }
  if (spec.seLinuxMount === undefined) errors.push(required('spec.seLinuxMount'));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period !== undefined && period < minUpdateSeconds) {
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period,
      `must be greater than or equal to ${minUpdateSeconds} seconds`));
  }
  return errors;
}

function checkTokenRequests(requests: readonly StorageV1TokenRequest[], path: string, errors: FieldErrors): void {
  requests.forEach(({ audience, expirationSeconds: seconds }, i) => {
    const at = index(path, i);
    if (requests.findIndex((request) => request.audience === audience) < i) {
      errors.push(duplicate(child(at, 'audience'), audience));
      return;
    }
    if (seconds === undefined) return;
    const secondsPath = child(at, 'expirationSeconds');
    if (seconds < minTokenSeconds) {
      errors.push(invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes'));
    }
    if (seconds > maxTokenSeconds) {
      errors.push(invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds'));
    }
  });
}

function validateUpdate(driver: CSIDriver, old: CSIDriver): readonly FieldError[] {
  const errors: FieldErrors = [...validate(driver)];
  const fixed = [
    ['attachRequired', 'attachedRequired'], ['fsGroupPolicy', 'fsGroupPolicy'],
    ['volumeLifecycleModes', 'volumeLifecycleModes'],
  ] as const;
  for (const [field, name] of fixed) {
    if (!equal(driver.spec[field], old.spec[field])) {
      errors.push(immutable(child('spec', name), driver.spec[field] ?? null));
    }
  }
  return errors;
}

/** Generations are counted from the first change on. */
function prepareForUpdate(driver: CSIDriver, old: CSIDriver): CSIDriver {
  if (equal(driver.spec, old.spec)) return driver;
  return { ...driver, metadata: { ...driver.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
}

function tokenText(requests: readonly StorageV1TokenRequest[] | undefined): string {
  return requests === undefined ? '<unset>' : requests.map(({ audience }) => audience).join(',');
}

export const csiDriverKind = defineKind<CSIDriver>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIDriver', listKind: 'CSIDriverList',
  plural: 'csidrivers', singular: 'csidriver', namespaced: false, schema: 'CSIDriver',
  defaults,
  prepareForUpdate,
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired', type: 'boolean', description: 'Whether volumes are attached to nodes first.',
      cell: ({ spec }) => spec.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount', type: 'boolean', description: 'Whether it is told of the pod when it mounts.',
      cell: ({ spec }) => spec.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity', type: 'boolean', description: 'Whether it reports free capacity.',
      cell: ({ spec }) => spec.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests', type: 'string', description: 'Audiences of the tokens that it gets.',
      cell: ({ spec }) => tokenText(spec.tokenRequests),
    },
    {
      name: 'RequiresRepublish', type: 'boolean', description: 'Whether it wants to mount again from time to time.',
      cell: ({ spec }) => spec.requiresRepublish ?? false,
    },
    {
      name: 'Modes', type: 'string', description: 'Lives of volumes that it supports.',
      cell: ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
    },
    ageColumn,
  ],
});
