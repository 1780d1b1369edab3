/**
 * `/containerLogs/NAMESPACE/POD/CONTAINER`: which run of the container is meant, and its log, as far as it goes or for
 * as long as it grows. Models getContainerLogs of pkg/kubelet/server and validateContainerLogStatus of kubelet_pods.go.
 */
import type { ContainerStatus, PodStatus } from '../../../api/types';
import { timeMs } from '../../../api/time';
import { bytesOfText } from '../../../base/byte-text';
import type { HttpMessage } from '../../../protocol/http';
import type { ProcessHost } from '../../../sim/process';
import type { FileTree } from '../../filesystem';
import { ContainerLog } from '../../runtime/container-log';
import { type LogOptions, LogReader } from './log-reader';
import { type KubeletRequest, queryValue, respond } from './request';
import { findPod, type ServedPod } from './served-pod';

/** Answers a request for a log. */
export function serveLogs(
  host: ProcessHost, files: FileTree, pods: readonly ServedPod[], request: KubeletRequest,
): void {
  const [namespace = '', name = '', container = ''] = request.parts;
  if (namespace === '' || name === '' || container === '')
    return respond(request, 400, '{"message": "Missing podID."}');
  const pod = findPod(pods, namespace, name);
  if (!pod) return respond(request, 404, `pod "${name}" does not exist\n`);
  const { spec } = pod.current;
  const all = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  if (!all.some((candidate) => candidate.name === container)) {
    return respond(request, 404, `container "${container}" not found in pod "${name}"\n`);
  }
  const options = logOptions(request, host.wallMs);
  const run = logContainer(pod.status, name, container, options.previous);
  if (!run.ok) return respond(request, 400, run.message);
  const path = pod.containers.find(({ id }) => `containerd://${id}` === run.containerId)?.logPath;
  const log = path === undefined ? undefined : files.content(path);
  if (!(log instanceof ContainerLog)) {
    const id = run.containerId;
    return respond(request, 500, `failed to try resolving symlinks in path "${path ?? ''}": lstat ${path ?? id}: `
      + 'no such file or directory');
  }
  stream(host, request, log, options);
}

function stream(host: ProcessHost, request: KubeletRequest, log: ContainerLog, options: LogOptions): void {
  const { call, streams } = request;
  const reader = new LogReader(log, options);
  if (!streams) return respond(request, 200, reader.read());
  const subject = { ...call.subject, code: 200 };
  const head: HttpMessage = { kind: 'head', status: 200, headers: { 'content-type': 'text/plain' } };
  call.event(head, subject);
  const send = (): void => {
    const text = reader.read();
    if (text !== '') call.event({ kind: 'chunk', data: bytesOfText(text) }, { ...call.subject, verb: 'chunk' });
  };
  send();
  const finished = (): boolean => !options.follow || log.closed || reader.full;
  if (finished()) return call.reply({ kind: 'end' }, subject);
  let scheduled = false;
  const watch = log.watch(() => {
    if (scheduled) return;
    scheduled = true;
    // The kubelet hears of a change of the file in an event of its own.
    host.after(0, () => {
      scheduled = false;
      if (!call.open) return;
      send();
      if (!finished()) return;
      watch.cancel();
      call.reply({ kind: 'end' }, subject);
    });
  });
  call.onClose(() => watch.cancel());
}

function logOptions(request: KubeletRequest, wallMs: number): LogOptions {
  const flag = (name: string): boolean => /^(true|1|)$/.test(queryValue(request, name) ?? 'false');
  const number = (name: string): number | undefined => {
    const text = queryValue(request, name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const seconds = number('sinceSeconds');
  const time = queryValue(request, 'sinceTime');
  const sinceMs = seconds !== undefined ? wallMs - seconds * 1000 : time === undefined ? undefined : timeMs(time);
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  return {
    follow: flag('follow'), previous: flag('previous'), timestamps: flag('timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }), ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined || Number.isNaN(sinceMs) ? {} : { sinceMs }),
    stream: queryValue(request, 'stream') ?? 'All',
  };
}

type LogContainer = { readonly ok: true; readonly containerId: string }
  | { readonly ok: false; readonly message: string };

/** Which run of a container has the log that is meant. */
export function logContainer(status: PodStatus, pod: string, container: string, previous: boolean): LogContainer {
  const found = [
    ...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ].find(({ name }) => name === container);
  const who = `container "${container}" in pod "${pod}"`;
  if (!found) return { ok: false, message: `${who} is not available` };
  const { state = {}, containerID } = found;
  const last = found.lastState?.terminated?.containerID;
  if (previous) return last ? { ok: true, containerId: last } : missing(`previous terminated ${who} not found`);
  if (state.running && containerID) return { ok: true, containerId: containerID };
  if (state.terminated) {
    const containerId = state.terminated.containerID || last;
    return containerId ? { ok: true, containerId } : missing(`${who} is terminated`);
  }
  if (last) return { ok: true, containerId: last };
  return missing(`${who} is waiting to start${waitingReason(found)}`);
}

function waitingReason({ state }: ContainerStatus): string {
  const reason = state?.waiting?.reason;
  switch (reason) {
    case undefined: return ' - no logs yet';
    case 'ErrImagePull': return ": image can't be pulled";
    case 'ImagePullBackOff': return ': trying and failing to pull image';
    default: return `: ${reason}`;
  }
}

function missing(message: string): LogContainer {
  return { ok: false, message };
}
