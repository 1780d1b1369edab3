/**
 * `kubectl describe` of persistent volumes and claims, and the claim templates of a stateful set. Sources of volumes are
 * described for host paths, local disks, NFS and CSI; any other is named unknown. Models kubectl's pkg/describe.
 */
import { ageText } from '../../../api/kinds/columns';
import { canonicalQuantity } from '../../../api/quantity';
import type {
  KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, VolumeNodeAffinity,
} from '../../../api/types';
import { writeEventsOf } from './events';
import { writeAnnotations, writeItems, writeLabels } from './metadata';
import { dateText } from './time-text';
import { type DescribeContext, type DescribeWriter, goList } from './writer';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export function describePersistentVolume(w: DescribeWriter, volume: PersistentVolume, context: DescribeContext): void {
  const { metadata, spec, status } = volume;
  const { claimRef } = spec;
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Finalizers:\t${goList(metadata.finalizers)}`);
  w.line(0, `StorageClass:\t${classOf(volume)}`);
  w.line(0, `Status:\t${stateText(volume, status?.phase, context.nowMs)}`);
  w.line(0, `Claim:\t${claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''}`);
  w.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`);
  w.line(0, `Access Modes:\t${modesText(spec.accessModes)}`);
  if (spec.volumeMode !== undefined) w.line(0, `VolumeMode:\t${spec.volumeMode}`);
  w.line(0, `Capacity:\t${amountText(spec.capacity?.['storage'])}`);
  writeNodeAffinity(w, spec.nodeAffinity);
  w.line(0, `Message:\t${status?.message ?? ''}`);
  w.line(0, 'Source:');
  writeSource(w, volume);
  writeEventsOf(w, volume, context);
}

function writeNodeAffinity(w: DescribeWriter, affinity: VolumeNodeAffinity | undefined): void {
  const terms = affinity?.required?.nodeSelectorTerms;
  w.line(0, `Node Affinity:\t${terms ? '' : '<none>'}`);
  if (!terms) return;
  w.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`);
  terms.forEach(({ matchExpressions = [] }, i) => {
    w.write(2, `Term ${i}:\t`);
    if (matchExpressions.length === 0) w.line(0, '<none>');
    matchExpressions.forEach(({ key, operator, values = [] }, j) => {
      if (j > 0) w.write(2, '\t');
      w.line(0, `${key} ${operator.toLowerCase()}${values.length > 0 ? ` [${values.join(', ')}]` : ''}`);
    });
  });
}

function writeSource(w: DescribeWriter, { spec: { hostPath, local, nfs, csi } }: PersistentVolume): void {
  const write = (type: string, fields: readonly (readonly [string, unknown])[]): void => {
    w.line(2, `Type:\t${type}`);
    for (const [title, value] of fields) w.line(2, `${title}:\t${String(value ?? '')}`);
  };
  if (hostPath) {
    write('HostPath (bare host directory volume)',
      [['Path', hostPath.path], ['HostPathType', hostPath.type ?? '<none>']]);
  } else if (local) {
    write('LocalVolume (a persistent volume backed by local storage on a node)', [['Path', local.path]]);
  } else if (nfs) {
    write("NFS (an NFS mount that lasts the lifetime of a pod)",
      [['Server', nfs.server], ['Path', nfs.path], ['ReadOnly', nfs.readOnly ?? false]]);
  } else if (csi) {
    write('CSI (a Container Storage Interface (CSI) volume source)', [
      ['Driver', csi.driver], ['FSType', csi.fsType], ['VolumeHandle', csi.volumeHandle],
      ['ReadOnly', csi.readOnly ?? false],
    ]);
    const attributes = Object.entries(csi.volumeAttributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    w.line(2, `VolumeAttributes:\t${attributes.map(([key, value]) => `${key}=${value}`).join('\n    \t') || '<none>'}`);
  } else w.line(1, '<unknown>');
}

export function describePersistentVolumeClaim(
  w: DescribeWriter, claim: PersistentVolumeClaim, context: DescribeContext,
): void {
  const { metadata, spec, status } = claim;
  const isBound = (spec.volumeName ?? '') !== '';
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `StorageClass:\t${classOf(claim)}`);
  w.line(0, `Status:\t${stateText(claim, status?.phase, context.nowMs)}`);
  w.line(0, `Volume:\t${spec.volumeName ?? ''}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Finalizers:\t${goList(metadata.finalizers)}`);
  w.line(0, `Capacity:\t${isBound ? amountText(status?.capacity?.['storage']) : ''}`);
  w.line(0, `Access Modes:\t${isBound ? modesText(status?.accessModes) : ''}`);
  if (spec.volumeMode !== undefined) w.line(0, `VolumeMode:\t${spec.volumeMode}`);
  const { dataSource } = spec;
  if (dataSource) {
    w.line(0, 'DataSource:');
    if (dataSource.apiGroup !== undefined) w.line(1, `APIGroup:\t${dataSource.apiGroup}`);
    w.line(1, `Kind:\t${dataSource.kind}`);
    w.line(1, `Name:\t${dataSource.name}`);
  }
  const users = context.reader.list<Pod>('v1', 'Pod', 0, metadata.namespace).filter(({ spec: { volumes = [] } }) => (
    volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name)));
  writeItems(w, 'Used By', users.map((pod) => pod.metadata.name).sort());
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  }
  for (const { type, status: state, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions) {
    const times = `${dateText(lastProbeTime)} \t${dateText(lastTransitionTime)}`;
    w.line(1, `${type} \t${state} \t${times} \t${reason} \t${message}`);
  }
  writeEventsOf(w, claim, context);
}

/** What a stateful set makes of each of its pods. */
export function writeClaimTemplates(w: DescribeWriter, templates: readonly PersistentVolumeClaim[] | undefined): void {
  w.line(0, `Volume Claims:${templates?.length ? '' : '\t<none>'}`);
  for (const template of templates ?? []) {
    const { metadata, spec } = template;
    w.line(1, `Name:\t${metadata.name}`);
    w.line(1, `StorageClass:\t${classOf(template)}`);
    writeLabels(w, '  Labels', metadata.labels);
    const annotations = Object.entries(metadata.annotations ?? {}).map(([key, value]) => `${key}=${value}`);
    writeItems(w, '  Annotations', annotations.sort());
    const storage = spec.resources?.requests?.['storage'];
    w.line(1, `Capacity:\t${storage === undefined ? '<default>' : amountText(storage)}`);
    w.line(1, `Access Modes:\t${goList(spec.accessModes)}`);
  }
}

function classOf({ metadata, spec }: KubeObject & { readonly spec: { readonly storageClassName?: string } }): string {
  return metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '';
}

function stateText({ metadata }: KubeObject, phase: string | undefined, nowMs: number): string {
  const { deletionTimestamp } = metadata;
  return deletionTimestamp === undefined ? phase ?? '' : `Terminating (lasts ${ageText(deletionTimestamp, nowMs)})`;
}

const modeLetters: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP',
};

/** The access modes in few letters, in upstream's order. */
function modesText(modes: readonly string[] | undefined): string {
  return Object.keys(modeLetters).filter((mode) => modes?.includes(mode)).map((mode) => modeLetters[mode]).join(',');
}

function amountText(text: string | undefined): string {
  const canonical = canonicalQuantity(String(text ?? '0'));
  return typeof canonical === 'string' ? canonical : String(text);
}
