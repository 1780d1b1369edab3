/**
 * Projected volumes and files of the downward API. Models validateProjectionSources and validateDownwardAPIVolumeFile
 * of pkg/apis/core/validation; trust bundles and pod certificates are checked for their paths only.
 */
import { child, forbidden, index, invalid, required } from '../../../field-errors';
import type { DownwardAPIVolumeFile, ProjectedVolumeSource, VolumeProjection } from '../../../types';
import { checkNonReservedPath } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { checkKeysToPaths, checkMode } from './checks';
import { checkFieldSelector, checkResourceSelector } from './env';

const volumeFields = [
  'metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid',
];
const leastTokenSeconds = 600;
const mostTokenSeconds = 2 ** 32;

/** Files that show fields of the pod; upstream reports them all under the path of the source. */
export function checkDownwardFiles(
  files: readonly DownwardAPIVolumeFile[] | undefined, path: string, errors: FieldErrors,
): void {
  for (const file of files ?? []) {
    if (!file.path) errors.push(required(child(path, 'path')));
    checkNonReservedPath(file.path ?? '', child(path, 'path'), errors);
    if (file.fieldRef) {
      checkFieldSelector(file.fieldRef, volumeFields, child(path, 'fieldRef'), errors);
      if (file.resourceFieldRef) {
        errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
      }
    } else if (file.resourceFieldRef) {
      checkResourceSelector(file.resourceFieldRef, child(path, 'resourceFieldRef'), true, errors);
    } else {
      errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
    }
    checkMode(file.mode, child(path, 'mode'), errors);
  }
}

/** The sources of a projected volume and the paths that they write, each of which may be written once. */
export function checkProjected(volume: ProjectedVolumeSource, path: string, errors: FieldErrors): void {
  const written = new Set<string>();
  const write = (file: string | undefined, value: string): void => {
    if (!file) return;
    if (written.has(file)) errors.push(invalid(path, value, 'conflicting duplicate paths'));
    written.add(file);
  };
  (volume.sources ?? []).forEach((source, i) => {
    const at = index(child(path, 'sources'), i);
    for (const field of ['secret', 'configMap'] as const) {
      const projection = source[field];
      if (projection === undefined) continue;
      if (!projection.name) errors.push(required(child(at, field, 'name')));
      checkKeysToPaths(projection.items, child(at, field, 'items'), errors);
      for (const item of projection.items ?? []) write(item.path, projection.name ?? '');
    }
    if (source.downwardAPI) {
      checkDownwardFiles(source.downwardAPI.items, child(at, 'downwardAPI'), errors);
      for (const file of source.downwardAPI.items ?? []) write(file.path, file.path);
    }
    checkToken(source, path, child(at, 'serviceAccountToken'), errors);
    if (source.clusterTrustBundle) {
      const file = source.clusterTrustBundle.path;
      const filePath = child(at, 'clusterTrustBundle', 'path');
      if (!file) errors.push(required(filePath));
      checkNonReservedPath(file ?? '', filePath, errors);
      write(file, file);
    }
    if (Object.values(source).filter((value) => value !== undefined).length > 1) {
      errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
    }
  });
}

function checkToken(source: VolumeProjection, volumePath: string, path: string, errors: FieldErrors): void {
  const token = source.serviceAccountToken;
  if (token === undefined) return;
  const seconds = token.expirationSeconds ?? 0;
  const secondsPath = child(path, 'expirationSeconds');
  if (seconds < leastTokenSeconds) {
    errors.push(invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes'));
  }
  if (seconds > mostTokenSeconds) {
    errors.push(invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  // Upstream reports the path of a token under the volume, not under the source.
  if (!token.path) errors.push(required(child(volumePath, 'path')));
  else checkNonReservedPath(token.path, child(volumePath, 'path'), errors);
}
