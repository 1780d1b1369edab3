/**
 * DefaultStorageClass: a claim that names no class gets the default one, the newest when there are several. Models
 * plugin/pkg/admission/storage/storageclass/setdefault.
 */
import { compareText } from '../../base/freeze';
import { storageClasses } from '../../api/resources';
import type { KubeObject, PersistentVolumeClaim, StorageClass } from '../../api/types';
import type { AdmissionPlugin } from './plugin';

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class',
];

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],

  mutate({ operation, subresource, object }, execution) {
    if (operation !== 'CREATE' || subresource !== '') return undefined;
    const claim = object as PersistentVolumeClaim & KubeObject;
    const named = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
      || claim.spec.storageClassName !== undefined;
    if (named) return undefined;
    const [chosen] = execution.objects.list(storageClasses).filter(isDefault).sort(newestFirst);
    return chosen && { ...claim, spec: { ...claim.spec, storageClassName: chosen.metadata.name } };
  },
};

function isDefault(storageClass: StorageClass): boolean {
  return defaultAnnotations.some((name) => storageClass.metadata.annotations?.[name] === 'true');
}

function newestFirst(a: StorageClass, b: StorageClass): number {
  return compareText(b.metadata.creationTimestamp, a.metadata.creationTimestamp)
    || compareText(a.metadata.name, b.metadata.name);
}
