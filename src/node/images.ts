/**
 * What is inside container images: sizes, defaults, and the simulated programs behind their executables. The catalog is
 * data injected by the composition root, which adds the Kubernetes components that other layers implement. An image
 * that the catalog does not know runs whatever it is told as a program that goes on until it is stopped.
 */
import type { Program, ProcessHost } from '../sim/process';
import type { FileSystem } from './filesystem';
import type { MachineNetwork } from './host-network';

/** The pod a container belongs to, as the runtime knows it from the sandbox. */
export interface ContainerPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  /** The address of its network namespace. */
  readonly ip: string;
}

/** The container's first process, as a program that was executed beside it can see and signal it. */
export interface MainProcess {
  readonly name: string;
  alive(): boolean;
  terminate(): void;
}

/** Hears what comes in on standard input. */
export interface InputListener {
  text(text: string): void;
  /** The end of input. At a terminal (Ctrl+D) more may follow; elsewhere nothing will. */
  end(): void;
  /** What a terminal makes of Ctrl+C and Ctrl+\\: `INT`, `QUIT`; `HUP` when it is gone. */
  signal(name: string): void;
}

/** Standard input that somebody feeds from outside: exec, attach. */
export interface StandardInput {
  /** Hears what came so far and whatever comes; who listens last gets all. */
  listen(listener: InputListener): void;
}

/** What a program finds when it starts in a container. */
export interface ContainerContext {
  /** Command and arguments, as they were resolved from pod and image. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly image: ImageDescription;
  readonly pod: ContainerPod;
  readonly name: string;
  /** 0 for the first run, then one more with each restart. */
  readonly attempt: number;
  /** True in init containers: others wait for what this program does. */
  readonly startupWork: boolean;
  readonly tty: boolean;
  readonly machine: string;
  readonly network: MachineNetwork;
  readonly files: FileSystem;
  /** Absent for the main process itself. */
  readonly main?: MainProcess;
  /** Tools that a package manager inside the container has added. */
  readonly installed: Set<string>;
  /** Standard input, where somebody can feed it; otherwise it is /dev/null. */
  readonly stdin?: StandardInput;
  /** One line of output; for the main process it becomes a log line. */
  print(stream: 'stdout' | 'stderr', text: string): void;
  /** Output as it comes, with its line ends. */
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Says how much memory the program uses now; above the container's limit the kernel kills it. */
  useMemory(bytes: number): void;
  /** Says that the program has used so much processor time, in milliseconds. */
  spendCpu(ms: number): void;
  /** Says how many processors the program keeps busy from now on. */
  loadCpu(cores: number): void;
}

export type ProgramFactory = (context: ContainerContext) => Program;

/** Which everyday tools an image brings along. `any`: nothing is known, so everything is assumed to be there. */
export type ImageBase = 'scratch' | 'busybox' | 'debian' | 'any';

export interface ImageDescription {
  readonly sizeBytes: number;
  readonly base: ImageBase;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** The user id the image runs as; 0 when absent. */
  readonly user?: number;
  /** Programs of this image by the name they are called with (`nginx`, `/coredns`, `etcd`). */
  readonly executables?: Readonly<Record<string, ProgramFactory>>;
  /** Tools beyond those of the base. */
  readonly tools?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Set for components of Kubernetes: the process is then called `<component>@<machine>`, one on each machine.
   */
  readonly component?: string;
  /** Tags that exist, besides `latest`; absent means any. */
  readonly tags?: RegExp;
}

/** Images by repository: `docker.io/library/nginx`, `registry.k8s.io/kube-apiserver`. */
export type ImageCatalog = ReadonlyMap<string, ImageDescription>;

/** A catalog of the given images; where two name one repository, the later list wins. */
export function imageCatalog(...lists: readonly Readonly<Record<string, ImageDescription>>[]): ImageCatalog {
  const catalog = new Map<string, ImageDescription>();
  for (const list of lists) {
    for (const repository of Object.keys(list).sort()) catalog.set(repository, list[repository] as ImageDescription);
  }
  return catalog;
}

/** Stands for what a program that the catalog does not know would need: nothing, until it is stopped. */
export const unknownImage: ImageDescription = Object.freeze({
  sizeBytes: 60_000_000, base: 'any', entrypoint: Object.freeze(['/entrypoint']),
});

/** A program of one function: it is started, and ends by itself or when it is stopped. */
export function simpleProgram(start: (host: ProcessHost) => void, onTerminate?: (host: ProcessHost) => void): Program {
  let host: ProcessHost | undefined;
  return {
    start: (given) => {
      host = given;
      start(given);
    },
    ...(onTerminate ? { terminate: () => host && onTerminate(host) } : {}),
  };
}
