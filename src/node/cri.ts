/**
 * The Container Runtime Interface: what a kubelet asks of containerd over its socket, as closed unions. Models
 * k8s.io/cri-api runtime/v1 RuntimeService and ImageService, with the fields that this simulation uses under their own
 * names (times in milliseconds since 1970, sizes in bytes). Not modelled: metrics descriptors, checkpoints, statistics of
 * the network.
 */
import type { ProcessHost } from '../sim/process';
import type { CallResult } from '../sim/process';
import { type Task, waitFor } from '../sim/task';
import type { Subject } from '../protocol/trace';

/** Where containerd listens on each machine. */
export const criSocket = 'unix:///run/containerd/containerd.sock';

export type Labels = Readonly<Record<string, string>>;

export interface PodSandboxMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface PortMapping {
  readonly protocol: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIP: string;
}

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  /** One process namespace for all containers: then the pause process is PID 1. */
  readonly sharedProcesses: boolean;
  readonly dns: DnsConfig;
  readonly portMappings: readonly PortMapping[];
  /** Where the logs of its containers lie on the node's disk. */
  readonly logDirectory: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata: PodSandboxMetadata;
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  readonly createdAt: number;
  readonly hostNetwork: boolean;
  /** Absent on the host network and once the sandbox was stopped. */
  readonly ip?: string;
  readonly labels: Labels;
}

export interface CriMount {
  readonly containerPath: string;
  /** A path on the node's file system. */
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/** What a container may use: processors in thousandths, memory in bytes; absent means without limit. */
export interface LinuxContainerResources {
  readonly cpuMillis?: number;
  readonly memoryLimit?: number;
}

/** What a container has used. */
export interface ContainerStats {
  readonly id: string;
  readonly podSandboxId: string;
  readonly name: string;
  readonly labels: Labels;
  /** When this was measured, in milliseconds since 1970. */
  readonly atMs: number;
  readonly startedAtMs: number;
  /** Processor time since the start, in milliseconds. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** What the container has written beside its image. */
  readonly writableLayerBytes: number;
  readonly logPath: string;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  /** As the pod names it, and as the runtime resolved it. */
  readonly image: string;
  readonly imageRef: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly CriMount[];
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Below the sandbox' directory. */
  readonly logPath: string;
  readonly resources: LinuxContainerResources;
  readonly runAsUser?: number;
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem: boolean;
  /** The path of a seccomp profile on the machine; undefined for those that the runtime brings along. */
  readonly seccompProfile?: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  /** No CRI counterpart: work that start-up waits for (init containers), whose sleeps count as activity. */
  readonly startupWork: boolean;
}

export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED';

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: ContainerState;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`. */
  readonly reason: string;
  readonly message: string;
  /** The image's full name, and its digest reference. */
  readonly image: string;
  readonly imageRef: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] };
  /** What it may use now: in-place resizing changes it. */
  readonly resources: LinuxContainerResources;
  /** The path of its log on the node's disk. */
  readonly logPath: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface Image {
  /** `sha256:...` of the image's configuration. */
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly size: number;
  /** The user that the image runs as, where that is known. */
  readonly uid?: number;
  /** The runtime needs it itself: it is not to be removed. */
  readonly pinned?: boolean;
}

export type ContainerEventType =
  | 'CONTAINER_CREATED_EVENT' | 'CONTAINER_STARTED_EVENT' | 'CONTAINER_STOPPED_EVENT' | 'CONTAINER_DELETED_EVENT';

/** One event of GetContainerEvents: it carries the pod's whole runtime status (ContainerEventResponse). */
export interface ContainerEvent {
  readonly type: ContainerEventType;
  readonly containerId: string;
  readonly podUid: string;
  readonly sandbox: PodSandboxStatus | undefined;
  readonly containers: readonly ContainerStatus[];
}

export interface RuntimeCondition {
  readonly type: 'RuntimeReady' | 'NetworkReady';
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

export type ImageAnnotations = Readonly<Record<string, string>>;
type Empty = Readonly<Record<never, never>>;

/** Requests and answers by method. */
export interface CriMethods {
  readonly Version: { request: Empty; response: { readonly runtimeName: string; readonly runtimeVersion: string } };
  readonly Status: { request: Empty; response: { readonly conditions: readonly RuntimeCondition[] } };
  readonly UpdateRuntimeConfig: { request: { readonly podCidr: string }; response: Empty };
  readonly RunPodSandbox: {
    request: { readonly config: PodSandboxConfig };
    response: { readonly podSandboxId: string };
  };
  readonly StopPodSandbox: { request: { readonly podSandboxId: string }; response: Empty };
  readonly RemovePodSandbox: { request: { readonly podSandboxId: string }; response: Empty };
  readonly PodSandboxStatus: {
    request: { readonly podSandboxId: string };
    response: { readonly status: PodSandboxStatus; readonly containers: readonly ContainerStatus[] };
  };
  readonly ListPodSandbox: { request: Empty; response: { readonly items: readonly PodSandboxStatus[] } };
  readonly CreateContainer: {
    request: { readonly podSandboxId: string; readonly config: ContainerConfig };
    response: { readonly containerId: string };
  };
  readonly StartContainer: { request: { readonly containerId: string }; response: Empty };
  /** The timeout in seconds is what a container gets between SIGTERM and SIGKILL. */
  readonly StopContainer: { request: { readonly containerId: string; readonly timeout: number }; response: Empty };
  readonly RemoveContainer: { request: { readonly containerId: string }; response: Empty };
  readonly ListContainers: { request: Empty; response: { readonly containers: readonly ContainerStatus[] } };
  readonly ContainerStatus: {
    request: { readonly containerId: string };
    response: { readonly status: ContainerStatus };
  };
  readonly ExecSync: {
    request: { readonly containerId: string; readonly cmd: readonly string[]; readonly timeout: number };
    response: { readonly stdout: string; readonly stderr: string; readonly exitCode: number };
  };
  /** Prepare a stream: it is opened at the URL of the answer, on the own machine, once. */
  readonly Exec: {
    request: StreamRequest & { readonly cmd: readonly string[] };
    response: { readonly url: string };
  };
  readonly Attach: { request: StreamRequest; response: { readonly url: string } };
  readonly PortForward: { request: { readonly podSandboxId: string }; response: { readonly url: string } };
  readonly UpdateContainerResources: {
    request: { readonly containerId: string; readonly linux: LinuxContainerResources };
    response: Empty;
  };
  readonly ListContainerStats: {
    request: Empty;
    response: {
      readonly stats: readonly ContainerStats[];
      /** No CRI counterpart: the whole machine, which the kubelet reads from the root cgroup itself. */
      readonly machine: { readonly cpuMs: number; readonly memoryBytes: number };
    };
  };
  readonly ListImages: { request: Empty; response: { readonly images: readonly Image[] } };
  readonly ImageStatus: { request: { readonly image: string }; response: { readonly image: Image | undefined } };
  readonly PullImage: {
    request: { readonly image: string; readonly annotations: ImageAnnotations };
    response: { readonly imageRef: string; readonly size: number };
  };
  readonly RemoveImage: { request: { readonly image: string }; response: Empty };
}

/** Which container is meant, and which of its streams are wanted. */
export interface StreamRequest {
  readonly containerId: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type CriMethod = keyof CriMethods;
export type CriRequest = { [M in CriMethod]: { readonly method: M } & CriMethods[M]['request'] }[CriMethod]
  | { readonly method: 'GetContainerEvents' };
export type GrpcCode = 'NotFound' | 'Unknown' | 'InvalidArgument' | 'Unavailable' | 'DeadlineExceeded';
export interface CriError {
  readonly ok: false;
  readonly code: GrpcCode;
  readonly message: string;
}
export type CriResult<M extends CriMethod> =
  { readonly ok: true; readonly value: CriMethods[M]['response'] } | CriError;

/** The error as Go prints it: an Unknown code is stripped by the kubelet's CRI client, others keep their prefix. */
export function criErrorText(error: CriError): string {
  return error.code === 'Unknown' ? error.message : `rpc error: code = ${error.code} desc = ${error.message}`;
}

/** The error with its prefix always, as calls other than PullImage print it. */
export function rpcErrorText(error: CriError): string {
  return `rpc error: code = ${error.code} desc = ${error.message}`;
}

/** One call to the runtime on the own machine. */
export function* criCall<M extends CriMethod>(
  host: ProcessHost, method: M, request: CriMethods[M]['request'], subject: Partial<Subject> = {},
): Task<CriResult<M>> {
  const result = yield* waitFor<CallResult>((resume) => {
    const payload = { method, ...request } as CriRequest;
    host.call({ to: criSocket, channel: 'cri', subject: { verb: method, ...subject }, payload }, { onResult: resume });
  });
  if (result.ok) return result.payload as CriResult<M>;
  const why = result.failure === 'refused' ? 'connect: connection refused' : 'error reading from server: EOF';
  const message =
    result.failure === 'refused'
      ? `connection error: desc = "transport: Error while dialing: dial unix ${criSocket.slice('unix://'.length)}: ${why}"`
      : why;
  return { ok: false, code: 'Unavailable', message };
}
