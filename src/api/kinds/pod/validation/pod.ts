/**
 * A whole Pod, as opposed to the template of one. Models validatePodMetadataAndSpec and ValidatePodCreate of
 * pkg/apis/core/validation.
 */
import { child, forbidden, index } from '../../../field-errors';
import type { FieldError } from '../../../field-errors';
import type { Pod } from '../../../types';
import { eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { checkPodAnnotations } from './annotations';
import { checkImagePadding } from './containers';
import { checkPodSpec } from './spec';

/** What is wrong with a pod whether it is new or updated. */
export function checkPod(pod: Pod, errors: FieldErrors): void {
  const { metadata, spec } = pod;
  checkPodAnnotations(metadata.annotations, spec ?? { containers: [] }, 'metadata.annotations', errors);
  checkPodSpec(spec, metadata, 'spec', errors);
  if (spec === undefined) return;
  if (!spec.serviceAccountName) {
    (spec.volumes ?? []).forEach((volume, i) => {
      const sources = child(index('spec.volumes', i), 'projected', 'sources');
      eachItem(volume.projected?.sources, sources, (source, at) => {
        if (source.serviceAccountToken === undefined) return;
        const why = 'must not be specified when serviceAccountName is not set';
        errors.push(forbidden(child(at, 'serviceAccountToken'), why));
      });
    });
  }
  eachItem(spec.containers, 'spec.containers', (container, at) => checkImagePadding(container, at, errors));
  eachItem(spec.initContainers, 'spec.initContainers', (container, at) => checkImagePadding(container, at, errors));
}

/** Everything wrong with a new pod, apart from its metadata. */
export function newPodErrors(pod: Pod): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkPod(pod, errors);
  const spec = pod.spec;
  if (spec?.ephemeralContainers?.length) errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec?.nodeName && spec.schedulingGates?.length) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}
