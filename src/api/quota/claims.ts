/**
 * What PersistentVolumeClaims use of a quota: their number and storage, in all and of each storage class. Models
 * evaluator/core/persistent_volume_claims.go.
 */
import { compareQuantities, type Quantity, quantity } from '../quantity';
import type { PersistentVolumeClaim } from '../types';
import { one } from './amounts';
import type { QuotaEvaluator } from './evaluator';
import { matchesNames } from './scopes';

const names = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage'];
const classSuffix = '.storageclass.storage.k8s.io/';
const betaAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const claimEvaluator: QuotaEvaluator = {
  resource: 'persistentvolumeclaims',
  handles: (operation, subresource) => operation !== 'DELETE' && subresource === '',
  matching: (wanted) => wanted.filter((name) => names.includes(name)
    || ['requests.storage', 'persistentvolumeclaims'].some((end) => name.endsWith(classSuffix + end))),
  constraint: () => undefined,
  inScope: (scope, object) => scope.scopeName === 'VolumeAttributesClass'
    && matchesNames(scope, attributesClasses(object as unknown as PersistentVolumeClaim)),
  usage: (object) => {
    const claim = object as unknown as PersistentVolumeClaim;
    const className = claim.metadata.annotations?.[betaAnnotation] ?? claim.spec.storageClassName ?? '';
    const storage = storageOf(claim);
    const own: (readonly [string, Quantity])[] = [
      ['persistentvolumeclaims', one], ...(storage ? [['requests.storage', storage] as const] : []),
    ];
    const ofClass = className === '' ? []
      : own.map(([name, amount]) => [className + classSuffix + name, amount] as const);
    return new Map([['count/persistentvolumeclaims', one], ...own, ...ofClass]);
  },
};

/** What is asked for, or what has been set aside already where that is more. */
function storageOf({ spec, status }: PersistentVolumeClaim): Quantity | undefined {
  const asked = spec.resources?.requests?.['storage'];
  const allocated = status?.allocatedResources?.['storage'];
  if (asked === undefined) return undefined;
  if (allocated === undefined || compareQuantities(quantity(asked), quantity(allocated)) >= 0) return quantity(asked);
  return quantity(allocated);
}

function attributesClasses({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const all = [
    spec.volumeAttributesClassName, status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return all.flatMap((name) => (name ? [name] : []));
}
