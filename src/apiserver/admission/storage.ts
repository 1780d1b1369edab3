/**
 * Two plugins for storage: claims and volumes get a finalizer that keeps them while they are used, and a claim grows
 * only where its class allows that. Models plugin/pkg/admission/storage/storageobjectinuseprotection and
 * persistentvolume/resize.
 */
import { compareQuantities, quantity } from '../../api/quantity';
import { storageClasses } from '../../api/resources';
import type { KubeObject, PersistentVolumeClaim } from '../../api/types';
import { admissionForbidden, type AdmissionPlugin } from './plugin';

const finalizers: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};
const betaAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(finalizers),

  mutate({ operation, subresource, resource, object }) {
    if (operation !== 'CREATE' || subresource !== '' || !object) return undefined;
    const finalizer = finalizers[resource.name] ?? '';
    const present = object.metadata.finalizers ?? [];
    if (present.includes(finalizer)) return undefined;
    return { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } };
  },
};

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],

  validate(attributes, execution) {
    const { operation, subresource } = attributes;
    if (operation !== 'UPDATE' || subresource !== '') return undefined;
    const claim = attributes.object as PersistentVolumeClaim & KubeObject;
    const old = attributes.oldObject as PersistentVolumeClaim & KubeObject;
    if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return undefined;
    if (old.status?.phase !== 'Bound') {
      return admissionForbidden(attributes, 'Only bound persistent volume claims can be expanded');
    }
    const name = classOf(claim);
    const isSame = name !== '' && name === classOf(old);
    if (isSame && execution.objects.get(storageClasses, undefined, name)?.allowVolumeExpansion) return undefined;
    return admissionForbidden(attributes, 'only dynamically provisioned pvc can be resized and the storageclass that '
      + 'provisions the pvc must support resize');
  },
};

function sizeOf({ spec }: PersistentVolumeClaim): ReturnType<typeof quantity> {
  return quantity(spec.resources?.requests?.['storage'] ?? '0');
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[betaAnnotation] ?? spec.storageClassName ?? '';
}
