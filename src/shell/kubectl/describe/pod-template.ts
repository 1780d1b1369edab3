/**
 * Pod templates as workloads describe them, and what templates and pods print alike: tolerations, topology spread and
 * scheduling groups. Models DescribePodTemplate and its neighbours in kubectl's pkg/describe.
 */
import { formatLabelSelector } from '../../../api/selectors';
import type { PodSpec, PodTemplateSpec, Toleration } from '../../../api/types';
import { compareText } from '../../../base/freeze';
import { writeContainers } from './containers';
import { writeAnnotations, writeItems, writeLabels } from './metadata';
import { writeVolumes } from './volumes';
import type { DescribeWriter } from './writer';

/** The `Pod Template` section. */
export function writePodTemplate(w: DescribeWriter, template: PodTemplateSpec | undefined): void {
  w.line(0, 'Pod Template:');
  if (!template) {
    w.write(1, '<unset>');
    return;
  }
  const { metadata, spec } = template;
  const indent = '  ';
  writeLabels(w, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) writeAnnotations(w, '  Annotations', metadata?.annotations);
  if (spec.serviceAccountName) w.line(1, `Service Account:\t${spec.serviceAccountName}`);
  const { initContainers = [] } = spec;
  if (initContainers.length > 0) writeContainers(w, 'Init Containers', initContainers, { indent });
  writeContainers(w, 'Containers', spec.containers, { indent });
  writeVolumes(w, spec.volumes, indent);
  writeTopologySpread(w, spec, indent);
  if (spec.priorityClassName) w.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  writeLabels(w, '  Node-Selectors', spec.nodeSelector);
  writeTolerations(w, '  Tolerations', spec.tolerations);
  writeSchedulingGroup(w, spec, indent);
}

/** Tolerations by key; one without a key tolerates everything. */
export function writeTolerations(
  w: DescribeWriter, title: string, tolerations: readonly Toleration[] | undefined,
): void {
  const sorted = (tolerations ?? []).slice().sort((a, b) => compareText(a.key ?? '', b.key ?? ''));
  writeItems(w, title, sorted.map(tolerationText));
}

function tolerationText({ key = '', value, effect, operator, tolerationSeconds }: Toleration): string {
  const taint = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
  const parts = taint === '' ? [] : [taint];
  if (operator === 'Exists' && !value) parts.push('op=Exists');
  const seconds = tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`;
  return `${parts.join(' ')}${seconds}`;
}

/** How pods are to be spread, by topology key; nothing when they are not. */
export function writeTopologySpread(w: DescribeWriter, spec: PodSpec, indent: string): void {
  const { topologySpreadConstraints: constraints = [] } = spec;
  if (constraints.length === 0) return;
  const sorted = constraints.slice().sort((a, b) => compareText(a.topologyKey, b.topologyKey));
  w.write(0, `${indent}Topology Spread Constraints:\t`);
  sorted.forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, i) => {
    if (i > 0) w.write(0, `${indent}\t`);
    const selector = labelSelector === undefined ? '' : ` for selector ${formatLabelSelector(labelSelector)}`;
    w.line(0, `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`);
  });
}

/** The pod group that a pod is scheduled with, if any. */
export function writeSchedulingGroup(w: DescribeWriter, { schedulingGroup }: PodSpec, indent: string): void {
  if (!schedulingGroup) return;
  w.line(0, `${indent}SchedulingGroup:`);
  w.line(1, `PodGroupName:\t${schedulingGroup.podGroupName ?? ''}`);
}
