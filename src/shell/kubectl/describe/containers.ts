/**
 * Containers of a pod or of a pod template: image, ports, command, state, resources, probes, environment and mounts.
 * Models describeContainers of kubectl's pkg/describe.
 */
import { quote } from '../../../api/go-text';
import type {
  Container, ContainerPort, ContainerState, ContainerStatus, Pod, ResourceRequirements,
} from '../../../api/types';
import { compareText, sortedKeys } from '../../../base/freeze';
import { writeEnvironment } from './container-environment';
import { probeText } from './probe';
import { dateText } from './time-text';
import { boolText, type DescribeWriter } from './writer';

/** Where containers stand: in a pod, which has their state, or in a template, further to the right. */
export interface ContainerPlace {
  readonly pod?: Pod;
  readonly statuses?: readonly ContainerStatus[];
  readonly indent: '' | '  ';
}

/** A section of containers. */
export function writeContainers(
  w: DescribeWriter, label: string, containers: readonly Container[], { pod, statuses, indent }: ContainerPlace,
): void {
  w.line(0, `${indent}${label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses?.find(({ name }) => name === container.name);
    writeBasics(w, container, status, indent);
    writeCommand(w, 'Command', container.command);
    writeCommand(w, 'Args', container.args);
    if (status) writeStatus(w, status);
    writeResources(w, container.resources, 2);
    const { livenessProbe, readinessProbe, startupProbe } = container;
    if (livenessProbe) w.line(2, `Liveness:\t${probeText(livenessProbe)}`);
    if (readinessProbe) w.line(2, `Readiness:\t${probeText(readinessProbe)}`);
    if (startupProbe) w.line(2, `Startup:\t${probeText(startupProbe)}`);
    writeEnvironment(w, container, pod);
    writeMounts(w, container);
  }
}

function writeBasics(
  w: DescribeWriter, container: Container, status: ContainerStatus | undefined, indent: string,
): void {
  const { name, image = '', ports = [], securityContext } = container;
  w.line(1, `${indent === '' ? '' : ' '}${name}:`);
  if (status) w.line(2, `Container ID:\t${status.containerID ?? ''}`);
  w.line(2, `Image:\t${image}`);
  if (status) w.line(2, `Image ID:\t${status.imageID}`);
  writePorts(w, 'Port', ports, (port) => port.containerPort);
  writePorts(w, 'Host Port', ports, (port) => port.hostPort ?? 0);
  const seccomp = securityContext?.seccompProfile;
  if (!seccomp) return;
  w.line(2, `SeccompProfile:\t${seccomp.type}`);
  if (seccomp.type === 'Localhost') w.line(3, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`);
}

function writePorts(
  w: DescribeWriter, title: string, ports: readonly ContainerPort[], numberOf: (port: ContainerPort) => number,
): void {
  const texts = ports.map((port) => {
    const text = `${numberOf(port)}/${port.protocol ?? ''}`;
    return port.name ? `${text} (${port.name})` : text;
  });
  w.line(2, `${title}${texts.length > 1 ? 's' : ''}:\t${texts.join(', ') || '<none>'}`);
}

function writeCommand(w: DescribeWriter, title: string, words: readonly string[] | undefined): void {
  if (!words || words.length === 0) return;
  w.line(2, `${title}:`);
  for (const line of words.flatMap((word) => word.split('\n'))) w.line(3, line);
}

function writeStatus(w: DescribeWriter, status: ContainerStatus): void {
  writeState(w, 'State', status.state ?? {});
  if (status.lastState?.terminated) writeState(w, 'Last State', status.lastState);
  w.line(2, `Ready:\t${boolText(status.ready)}`);
  w.line(2, `Restart Count:\t${status.restartCount}`);
}

function writeState(w: DescribeWriter, title: string, { running, waiting, terminated }: ContainerState): void {
  if (running) {
    w.line(2, `${title}:\tRunning`);
    w.line(3, `Started:\t${dateText(running.startedAt)}`);
  } else if (terminated && !waiting) {
    w.line(2, `${title}:\tTerminated`);
    if (terminated.reason) w.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) w.line(3, `Message:\t${terminated.message}`);
    w.line(3, `Exit Code:\t${terminated.exitCode}`);
    if ((terminated.signal ?? 0) > 0) w.line(3, `Signal:\t${terminated.signal}`);
    w.line(3, `Started:\t${dateText(terminated.startedAt)}`);
    w.line(3, `Finished:\t${dateText(terminated.finishedAt)}`);
  } else {
    w.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) w.line(3, `Reason:\t${waiting.reason}`);
  }
}

/** Limits and requests, each only when there are any: describeResources. */
export function writeResources(w: DescribeWriter, resources: ResourceRequirements | undefined, level: number): void {
  for (const [title, list] of [['Limits', resources?.limits], ['Requests', resources?.requests]] as const) {
    const names = sortedKeys(list);
    if (names.length > 0) w.line(level, `${title}:`);
    for (const name of names) w.line(level + 1, `${name}:\t${list?.[name] ?? ''}`);
  }
}

function writeMounts(w: DescribeWriter, { volumeMounts = [], volumeDevices = [] }: Container): void {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  w.line(2, `Mounts:${none}`);
  for (const mount of volumeMounts.slice().sort((a, b) => compareText(a.mountPath, b.mountPath))) {
    const flags = [mount.readOnly ? 'ro' : 'rw'];
    if (mount.subPath) flags.push(`path=${quote(mount.subPath)}`);
    w.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`);
  }
  // Upstream says `<none>` here when there are no mounts, although there are devices.
  if (volumeDevices.length > 0) w.line(2, `Devices:${none}`);
  for (const device of volumeDevices.slice().sort((a, b) => compareText(a.devicePath, b.devicePath))) {
    w.line(3, `${device.devicePath} from ${device.name}`);
  }
}
