/** `kubectl describe` of storage classes and priority classes. Models the describers of kubectl's pkg/describe. */
import { labelsText } from '../../../api/kinds/columns';
import { annotationsOf } from '../../../api/object';
import type { PriorityClass, StorageClass, TopologySelectorTerm } from '../../../api/types';
import { writeEventsOf } from './events';
import { boolText, type DescribeContext, type DescribeWriter } from './writer';

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class',
];

export function describeStorageClass(w: DescribeWriter, storageClass: StorageClass, context: DescribeContext): void {
  const { metadata, provisioner, parameters, allowVolumeExpansion, mountOptions = [] } = storageClass;
  const isDefault = defaultAnnotations.some((name) => annotationsOf(storageClass)[name] === 'true');
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
  w.line(0, `Annotations:\t${labelsText(metadata.annotations)}`);
  w.line(0, `Provisioner:\t${provisioner}`);
  w.line(0, `Parameters:\t${labelsText(parameters)}`);
  w.line(0, `AllowVolumeExpansion:\t${boolText(allowVolumeExpansion)}`);
  w.line(0, mountOptions.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:');
  for (const option of mountOptions) w.line(1, option);
  if (storageClass.reclaimPolicy) w.line(0, `ReclaimPolicy:\t${storageClass.reclaimPolicy}`);
  if (storageClass.volumeBindingMode) w.line(0, `VolumeBindingMode:\t${storageClass.volumeBindingMode}`);
  if (storageClass.allowedTopologies) writeTopologies(w, storageClass.allowedTopologies);
  writeEventsOf(w, storageClass, context);
}

function writeTopologies(w: DescribeWriter, topologies: readonly TopologySelectorTerm[]): void {
  w.line(0, topologies.length === 0 ? 'AllowedTopologies:\t<none>' : 'AllowedTopologies:\t');
  topologies.forEach(({ matchLabelExpressions = [] }, i) => {
    w.write(1, `Term ${i}:\t`);
    if (matchLabelExpressions.length === 0) w.line(0, '<none>');
    matchLabelExpressions.forEach(({ key, values }, j) => {
      if (j > 0) w.write(1, '\t');
      w.line(0, values.length === 0 ? `${key} in` : `${key} in [${values.join(', ')}]`);
    });
  });
}

export function describePriorityClass(w: DescribeWriter, priorityClass: PriorityClass, context: DescribeContext): void {
  const { metadata, value = 0, globalDefault = false, preemptionPolicy = '', description = '' } = priorityClass;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Value:\t${value}`);
  w.line(0, `GlobalDefault:\t${globalDefault}`);
  w.line(0, `PreemptionPolicy:\t${preemptionPolicy}`);
  w.line(0, `Description:\t${description}`);
  w.line(0, `Annotations:\t${labelsText(metadata.annotations)}`);
  writeEventsOf(w, priorityClass, context);
}
