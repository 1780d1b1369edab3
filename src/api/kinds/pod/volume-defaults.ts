/**
 * Defaults of a volume: an emptyDir when no source is given, and the modes and settings of each source. Models
 * SetDefaults_Volume and the generated defaults of the sources in pkg/apis/core/v1.
 */
import { withKey } from '../../../base/freeze';
import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from '../../types';
import { fieldRefDefaults, mapList, pullPolicyFor, withDefault } from './container-defaults';

const defaultFileMode = 0o644;
const defaultTokenSeconds = 3600;
const emptyDir = Object.freeze({});

/** Fills in what a volume is given. */
export function volumeDefaults(given: Volume): Volume {
  if (!Object.keys(given).some((field) => field !== 'name' && given[field as keyof Volume] !== undefined)) {
    return { ...given, emptyDir };
  }
  let volume = withMode(given, 'secret');
  volume = withMode(volume, 'configMap');
  volume = projectedDefaults(downwardDefaults(volume));
  if (volume.hostPath !== undefined && volume.hostPath.type === undefined) {
    volume = withKey(volume, 'hostPath', { ...volume.hostPath, type: '' });
  }
  const image = volume.image;
  if (image !== undefined && !image.pullPolicy) {
    volume = withKey(volume, 'image', { ...image, pullPolicy: pullPolicyFor(image.reference) });
  }
  const claim = volume.ephemeral?.volumeClaimTemplate;
  if (claim?.spec !== undefined && claim.spec.volumeMode === undefined) {
    const spec = { ...claim.spec, volumeMode: 'Filesystem' };
    volume = withKey(volume, 'ephemeral', { ...volume.ephemeral, volumeClaimTemplate: { ...claim, spec } });
  }
  return legacyDefaults(volume);
}

function withMode(volume: Volume, source: 'secret' | 'configMap' | 'downwardAPI' | 'projected'): Volume {
  const value = volume[source];
  if (value === undefined || value.defaultMode !== undefined) return volume;
  return { ...volume, [source]: { ...value, defaultMode: defaultFileMode } };
}

function downwardDefaults(given: Volume): Volume {
  const volume = withMode(given, 'downwardAPI');
  const source = volume.downwardAPI;
  if (source === undefined) return volume;
  return withKey(volume, 'downwardAPI', withKey(source, 'items', mapList(source.items, fileDefaults)));
}

function fileDefaults(file: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  return file.fieldRef === undefined ? file : withKey(file, 'fieldRef', fieldRefDefaults(file.fieldRef));
}

function projectedDefaults(given: Volume): Volume {
  const volume = withMode(given, 'projected');
  const source = volume.projected;
  if (source === undefined) return volume;
  return withKey(volume, 'projected', withKey(source, 'sources', mapList(source.sources, projectionDefaults)));
}

function projectionDefaults(given: VolumeProjection): VolumeProjection {
  let projection = given;
  const token = projection.serviceAccountToken;
  if (token !== undefined && token.expirationSeconds === undefined) {
    projection = { ...projection, serviceAccountToken: { ...token, expirationSeconds: defaultTokenSeconds } };
  }
  const downward = projection.downwardAPI;
  if (downward === undefined) return projection;
  return withKey(projection, 'downwardAPI', withKey(downward, 'items', mapList(downward.items, fileDefaults)));
}

/** Sources of in-tree drivers that are gone or going; their defaults still show in the object. */
function legacyDefaults(given: Volume): Volume {
  let volume = given;
  const { azureDisk, iscsi, rbd, scaleIO } = volume;
  if (azureDisk !== undefined) {
    let disk = withDefault(azureDisk, 'cachingMode', 'ReadWrite');
    disk = withDefault(withDefault(disk, 'fsType', 'ext4'), 'kind', 'Shared');
    volume = withKey(volume, 'azureDisk', disk.readOnly === undefined ? { ...disk, readOnly: false } : disk);
  }
  if (iscsi !== undefined) volume = withKey(volume, 'iscsi', withDefault(iscsi, 'iscsiInterface', 'default'));
  if (rbd !== undefined) {
    const pool = withDefault(withDefault(rbd, 'pool', 'rbd'), 'user', 'admin');
    volume = withKey(volume, 'rbd', withDefault(pool, 'keyring', '/etc/ceph/keyring'));
  }
  if (scaleIO !== undefined) {
    const mode = withDefault(scaleIO, 'storageMode', 'ThinProvisioned');
    volume = withKey(volume, 'scaleIO', withDefault(mode, 'fsType', 'xfs'));
  }
  return volume;
}
