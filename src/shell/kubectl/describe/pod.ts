/** `kubectl describe pod`. Models describePod of kubectl's pkg/describe. */
import { ageText } from '../../../api/kinds/columns';
import { podQosClass } from '../../../api/kinds/pod/qos';
import type { Pod } from '../../../api/types';
import { writeContainers, writeResources } from './containers';
import { eventsOf, writeEvents } from './events';
import { writeAnnotations, writeController, writeLabels } from './metadata';
import { writeSchedulingGroup, writeTolerations, writeTopologySpread } from './pod-template';
import { dateText } from './time-text';
import { writeVolumes } from './volumes';
import type { DescribeContext, DescribeWriter } from './writer';

/** A kubelet reports about a static pod under the uid that it knows, which its mirror keeps here. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

export function describePod(w: DescribeWriter, pod: Pod, context: DescribeContext): void {
  const { metadata, spec } = pod;
  const status = pod.status ?? {};
  writeIdentity(w, pod);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeState(w, pod, context.nowMs);
  w.line(0, `IP:\t${status.podIP ?? ''}`);
  const { podIPs = [] } = status;
  w.line(0, podIPs.length === 0 ? 'IPs:\t<none>' : 'IPs:');
  for (const { ip } of podIPs) w.line(1, `IP:\t${ip}`);
  writeController(w, pod);
  if (status.nominatedNodeName) w.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
  if (spec.resources) {
    w.line(0, 'Resources:');
    writeResources(w, spec.resources, 1);
  }
  writeAllContainers(w, pod);
  writeConditions(w, pod);
  writeVolumes(w, spec.volumes, '');
  w.line(0, `QoS Class:\t${status.qosClass || podQosClass(spec)}`);
  writeLabels(w, 'Node-Selectors', spec.nodeSelector);
  writeTolerations(w, 'Tolerations', spec.tolerations);
  writeTopologySpread(w, spec, '');
  writeSchedulingGroup(w, spec, '');
  const { name, namespace, uid } = metadata;
  // Without a kind, as upstream asks: a pod's events are found by its uid.
  const events = eventsOf(context, { name, namespace, uid: metadata.annotations?.[mirrorAnnotation] ?? uid });
  writeEvents(w, events, context);
}

function writeIdentity(w: DescribeWriter, { metadata, spec, status }: Pod): void {
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  if (spec.priority !== undefined) w.line(0, `Priority:\t${spec.priority}`);
  if (spec.priorityClassName) w.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec.runtimeClassName) w.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`);
  if (spec.serviceAccountName) w.line(0, `Service Account:\t${spec.serviceAccountName}`);
  w.line(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`);
  if (status?.startTime) w.line(0, `Start Time:\t${dateText(status.startTime)}`);
}

function writeState(w: DescribeWriter, { metadata, spec, status = {} }: Pod, nowMs: number): void {
  const { phase = '', reason, message } = status;
  if (metadata.deletionTimestamp !== undefined && phase !== 'Failed' && phase !== 'Succeeded') {
    w.line(0, `Status:\tTerminating (lasts ${ageText(metadata.deletionTimestamp, nowMs)})`);
    w.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else w.line(0, `Status:\t${phase}`);
  if (reason) w.line(0, `Reason:\t${reason}`);
  if (message) w.line(0, `Message:\t${message}`);
  const seccomp = spec.securityContext?.seccompProfile;
  if (!seccomp) return;
  w.line(0, `SeccompProfile:\t${seccomp.type}`);
  if (seccomp.type === 'Localhost') w.line(0, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`);
}

function writeAllContainers(w: DescribeWriter, pod: Pod): void {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  const indent = '';
  if (initContainers.length > 0) {
    writeContainers(w, 'Init Containers', initContainers, { pod, statuses: initContainerStatuses, indent });
  }
  writeContainers(w, 'Containers', containers, { pod, statuses: containerStatuses, indent });
  if (ephemeralContainers.length > 0) {
    const place = { pod, statuses: ephemeralContainerStatuses, indent } as const;
    writeContainers(w, 'Ephemeral Containers', ephemeralContainers, place);
  }
}

function writeConditions(w: DescribeWriter, { spec, status }: Pod): void {
  const conditions = status?.conditions ?? [];
  const { readinessGates = [] } = spec;
  if (readinessGates.length > 0) w.line(0, 'Readiness Gates:\n  Type\tStatus');
  for (const { conditionType } of readinessGates) {
    const found = conditions.find(({ type }) => type === conditionType);
    w.line(1, `${conditionType} \t${found?.status ?? '<none>'} `);
  }
  if (conditions.length > 0) w.line(0, 'Conditions:\n  Type\tStatus');
  for (const condition of conditions) w.line(1, `${condition.type} \t${condition.status} `);
}
