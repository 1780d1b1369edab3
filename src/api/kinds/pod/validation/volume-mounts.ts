/**
 * Mounts and block devices of a container against the volumes of its pod. Models ValidateVolumeMounts and
 * ValidateVolumeDevices of pkg/apis/core/validation, with their field paths, some of which lack the list position.
 */
import { child, forbidden, invalid, notFound, notSupported, required } from '../../../field-errors';
import type { Container, VolumeMount } from '../../../types';
import { checkDescendingPath, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import type { PodChecks } from './checks';

/** All mounts and devices of a container. */
export function checkMountsAndDevices(container: Container, path: string, checks: PodChecks): void {
  if (container.volumeMounts) checkMounts(container, child(path, 'volumeMounts'), checks);
  if (container.volumeDevices) checkDevices(container, child(path, 'volumeDevices'), checks);
}

function checkMounts(container: Container, path: string, { errors, volumes }: PodChecks): void {
  const devices = container.volumeDevices ?? [];
  const seen = new Set<string>();
  eachItem(container.volumeMounts, path, (mount, at) => {
    const { name = '', mountPath = '', subPath, subPathExpr } = mount;
    const volume = volumes.get(name);
    if (name === '') errors.push(required(child(at, 'name')));
    if (volume === undefined) errors.push(notFound(child(at, 'name'), name));
    if (mountPath === '') errors.push(required(child(at, 'mountPath')));
    if (seen.has(mountPath)) errors.push(invalid(child(at, 'mountPath'), mountPath, 'must be unique'));
    seen.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(invalid(child(at, 'name'), name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.push(invalid(child(at, 'mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    }
    if (subPath) checkDescendingPath(subPath, child(path, 'subPath'), errors);
    if (subPathExpr) {
      if (subPath) {
        const detail = 'subPathExpr and subPath are mutually exclusive';
        errors.push(invalid(child(at, 'subPathExpr'), subPathExpr, detail));
      }
      checkDescendingPath(subPathExpr, child(path, 'subPathExpr'), errors);
    }
    checkPropagation(mount, container, child(path, 'mountPropagation'), errors);
    checkRecursiveReadOnly(mount, child(path, 'recursiveReadOnly'), errors);
  });
}

function checkPropagation(mount: VolumeMount, container: Container, path: string, errors: FieldErrors): void {
  const mode = mount.mountPropagation;
  if (mode === undefined) return;
  const modes = ['Bidirectional', 'HostToContainer', 'None'];
  if (!modes.includes(mode)) errors.push(notSupported(path, mode, modes));
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}

function checkRecursiveReadOnly(mount: VolumeMount, path: string, errors: FieldErrors): void {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === 'Disabled') return;
  if (mode !== 'Enabled' && mode !== 'IfPossible') {
    errors.push(notSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible']));
    return;
  }
  if (mount.readOnly !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}

function checkDevices(container: Container, path: string, { errors, volumes }: PodChecks): void {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  eachItem(container.volumeDevices, path, ({ name = '', devicePath = '' }, at) => {
    const namePath = child(at, 'name');
    const pathPath = child(at, 'devicePath');
    const volume = volumes.get(name);
    if (name === '') errors.push(required(namePath));
    if (names.has(name)) errors.push(invalid(namePath, name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(namePath, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(namePath, name, detail));
    }
    if (devicePath === '') errors.push(required(pathPath));
    if (paths.has(devicePath)) errors.push(invalid(pathPath, devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..')) {
      errors.push(invalid(pathPath, devicePath, "can not contain backsteps ('..')"));
    } else {
      paths.add(devicePath);
    }
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(invalid(namePath, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      errors.push(invalid(pathPath, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  });
}
