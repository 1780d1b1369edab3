/**
 * Volume sources that name a storage system: CSI, and the in-tree drivers whose fields still exist although most of
 * them no longer work. Models their validators in pkg/apis/core/validation, without the formats of iSCSI names.
 */
import { sortedKeys } from '../../../../base/freeze';
import { child, invalid, key, notSupported, required, tooLong } from '../../../field-errors';
import { byteLength, dnsSubdomainProblems, nameProblems, rangeMessage } from '../../../names';
import type { CSIVolumeSource, FCVolumeSource, FlexVolumeSource, Volume } from '../../../types';
import { checkDnsLabel, checkOneOf, checkProblems } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

type DriverCheck = (source: never, path: string, place: { readonly errors: FieldErrors }) => void;

/** A check that only looks for fields that must be there. */
function requires(...fields: readonly string[]): DriverCheck {
  return (source: Readonly<Record<string, unknown>>, path, { errors }) => {
    for (const field of fields) {
      const value = source[field];
      const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
      if (isEmpty) errors.push(required(child(path, field)));
    }
  };
}

function checkDisk(field: string): DriverCheck {
  return (source: Readonly<Record<string, unknown>>, path, place) => {
    requires(field)(source as never, path, place);
    const partition = Number(source['partition'] ?? 0);
    if (partition < 0 || partition > 255) {
      place.errors.push(invalid(child(path, 'partition'), partition, rangeMessage(1, 255)));
    }
  };
}

function checkCsi(source: CSIVolumeSource, path: string, { errors }: { readonly errors: FieldErrors }): void {
  const driverPath = child(path, 'driver');
  const driver = source.driver ?? '';
  if (driver === '') errors.push(required(driverPath));
  if (byteLength(driver) > 63) errors.push(tooLong(driverPath, 63));
  checkProblems(dnsSubdomainProblems(driver.toLowerCase()), driver, driverPath, errors);
  const secret = source.nodePublishSecretRef;
  if (secret === undefined) return;
  if (!secret.name) errors.push(required(child(path, 'nodePublishSecretRef', 'name')));
  else checkProblems(nameProblems('dnsSubdomain', secret.name), secret.name, child(path, 'name'), errors);
}

function checkFc(source: FCVolumeSource, path: string, { errors }: { readonly errors: FieldErrors }): void {
  const { targetWWNs = [], wwids = [], lun } = source;
  const at = child(path, 'targetWWNs');
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (targetWWNs.length === 0) return;
  const lunPath = child(path, 'lun');
  if (lun === undefined) errors.push(required(lunPath, 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errors.push(invalid(lunPath, lun, rangeMessage(0, 255)));
}

function checkFlex(source: FlexVolumeSource, path: string, { errors }: { readonly errors: FieldErrors }): void {
  if (!source.driver) errors.push(required(child(path, 'driver')));
  for (const name of sortedKeys(source.options)) {
    const namespace = `.${(name.split('/')[0] ?? '').toLowerCase()}`;
    if (!namespace.endsWith('.kubernetes.io') && !namespace.endsWith('.k8s.io')) continue;
    const at = key(child(path, 'options'), name);
    errors.push(invalid(at, name, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
}

/** Checks by source. A source without an entry has nothing that can be wrong. */
export const driverChecks: { readonly [K in keyof Volume]?: DriverCheck } = {
  gcePersistentDisk: checkDisk('pdName'),
  awsElasticBlockStore: checkDisk('volumeID'),
  iscsi: (source: NonNullable<Volume['iscsi']>, path, place) => {
    requires('targetPortal', 'iqn')(source as never, path, place);
    if (source.lun < 0 || source.lun > 255) {
      place.errors.push(invalid(child(path, 'lun'), source.lun, rangeMessage(0, 255)));
    }
    if ((source.chapAuthDiscovery || source.chapAuthSession) && source.secretRef === undefined) {
      place.errors.push(required(child(path, 'secretRef')));
    }
  },
  glusterfs: requires('endpoints', 'path'),
  flocker: (source: NonNullable<Volume['flocker']>, path, { errors }) => {
    const { datasetName, datasetUUID } = source;
    if (!datasetName && !datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'));
    if (datasetName && datasetUUID) {
      errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
    }
    if (datasetName?.includes('/')) {
      errors.push(invalid(child(path, 'datasetName'), datasetName, "must not contain '/'"));
    }
  },
  rbd: requires('monitors', 'image'),
  cinder: requires('volumeID'),
  cephfs: requires('monitors'),
  quobyte: (source: NonNullable<Volume['quobyte']>, path, { errors }) => {
    const detail = 'must be a host:port pair or multiple pairs separated by commas';
    if (!source.registry) errors.push(required(child(path, 'registry'), detail));
    if (!source.volume) errors.push(required(child(path, 'volume')));
  },
  fc: checkFc as DriverCheck,
  flexVolume: checkFlex as DriverCheck,
  azureFile: requires('secretName', 'shareName'),
  vsphereVolume: requires('volumePath'),
  photonPersistentDisk: requires('pdID'),
  portworxVolume: requires('volumeID'),
  azureDisk: (source: NonNullable<Volume['azureDisk']>, path, { errors }) => {
    requires('diskName', 'diskURI')(source as never, path, { errors });
    checkOneOf(source.cachingMode, ['None', 'ReadOnly', 'ReadWrite'], child(path, 'cachingMode'), errors);
    checkOneOf(source.kind, ['Dedicated', 'Managed', 'Shared'], child(path, 'kind'), errors);
    const isManaged = source.kind === 'Managed';
    const uri = source.diskURI ?? '';
    if (source.kind === undefined || uri.startsWith(isManaged ? '/subscriptions/' : 'https://')) return;
    errors.push(notSupported(child(path, 'diskURI'), uri, [isManaged
      ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
      : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']));
  },
  storageos: (source: NonNullable<Volume['storageos']>, path, { errors }) => {
    if (!source.volumeName) errors.push(required(child(path, 'volumeName')));
    else checkDnsLabel(source.volumeName, child(path, 'volumeName'), errors);
  },
  scaleIO: requires('gateway', 'system', 'volumeName'),
  csi: checkCsi as DriverCheck,
};
