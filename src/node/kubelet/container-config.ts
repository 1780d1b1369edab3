/**
 * From a container of a pod to what the runtime is told: command with variables expanded, environment, mounts. Models
 * kuberuntime's generateContainerConfig.
 */
import { quantityMillis, quantityValue } from '../../api/quantity';
import type { Container, Pod, ResourceRequirements, SecurityContext } from '../../api/types';
import { fnv1a32 } from '../../base/hash';
import type { Task } from '../../sim/task';
import type { ContainerConfig, CriMount, Image, LinuxContainerResources } from '../cri';
import { environment, type EnvironmentInputs, expandVariables } from './environment';
import { etcHostsPath } from './hosts-file';
import { terminationMount } from './termination-message';

export interface ConfigInputs extends EnvironmentInputs {
  /** The directory on the node of each volume by its name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly attempt: number;
  readonly image: Image;
  readonly startupWork: boolean;
}

type Config =
  | { readonly ok: true; readonly config: ContainerConfig }
  | { readonly ok: false; readonly message: string };

const hashAnnotation = 'io.kubernetes.container.hash';
/** Where a kubelet has the profiles that pods name. */
const seccompFolder = '/var/lib/kubelet/seccomp';

/** Builds the runtime's configuration of one run of a container, or says why there is none. */
export function* containerConfig(inputs: ConfigInputs, container: Container): Task<Config> {
  const { pod, attempt, image } = inputs;
  const env = yield* environment(inputs, container);
  if (!env.ok) return env;
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  const asRoot = rootProblem(pod, container, security.runAsNonRoot ?? false, security.runAsUser, image.uid);
  if (asRoot) return { ok: false, message: asRoot };
  const expand = (text: string): string => expandVariables(text, (name) => env.values.get(name));
  return {
    ok: true,
    config: {
      name: container.name,
      attempt,
      image: container.image ?? '',
      imageRef: image.repoDigests[0] ?? image.id,
      command: (container.command ?? []).map(expand),
      args: (container.args ?? []).map(expand),
      workingDir: container.workingDir,
      env: Array.from(env.values, ([name, value]) => ({ name, value })),
      mounts: mountsOf(inputs, container, expand),
      labels: {
        'io.kubernetes.container.name': container.name,
        'io.kubernetes.pod.name': pod.metadata.name,
        'io.kubernetes.pod.namespace': pod.metadata.namespace ?? '',
        'io.kubernetes.pod.uid': pod.metadata.uid,
      },
      annotations: { [hashAnnotation]: containerHash(container) },
      logPath: `${container.name}/${attempt}.log`,
      resources: runtimeResources(container.resources),
      runAsUser: security.runAsUser,
      runAsNonRoot: security.runAsNonRoot,
      readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
      ...seccompOf(security),
      stdin: container.stdin ?? false,
      stdinOnce: container.stdinOnce ?? false,
      tty: container.tty ?? false,
      startupWork: inputs.startupWork,
    },
  };
}

/** The limits of a container as the runtime enforces them. */
export function runtimeResources({ limits }: ResourceRequirements = {}): LinuxContainerResources {
  const { cpu, memory } = limits ?? {};
  return {
    ...(cpu === undefined ? {} : { cpuMillis: quantityMillis(cpu) }),
    ...(memory === undefined ? {} : { memoryLimit: quantityValue(memory) }),
  };
}

/** A profile of the machine; what the default one and none forbid makes no difference here. */
function seccompOf({ privileged, seccompProfile }: SecurityContext): Pick<ContainerConfig, 'seccompProfile'> {
  if (privileged || seccompProfile?.type !== 'Localhost') return {};
  return { seccompProfile: `${seccompFolder}/${seccompProfile.localhostProfile ?? ''}` };
}

/** Whether a running container was made from an older definition. Its image is all that the API lets change. */
export function definitionChanged(container: Container, annotations: Readonly<Record<string, string>>): boolean {
  return annotations[hashAnnotation] !== containerHash(container);
}

function containerHash({ name, image = '' }: Container): string {
  return fnv1a32(`${name}/${image}`).toString(16);
}

/** kuberuntime's verifyRunAsNonRoot; an image of which nothing is known may run as anyone. */
function rootProblem(
  pod: Pod, container: Container, nonRoot: boolean, runAsUser: number | undefined, imageUser: number | undefined,
): string | undefined {
  if (!nonRoot) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const who = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
  if (runAsUser === 0) return `container's runAsUser breaks non-root policy ${who}`;
  if (runAsUser === undefined && imageUser === 0) return `container has runAsNonRoot and image will run as root ${who}`;
  return undefined;
}

function mountsOf(
  { pod, volumes, attempt }: ConfigInputs, container: Container, expand: (text: string) => string,
): CriMount[] {
  const mounts: CriMount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const source = volumes.get(mount.name);
    if (source === undefined) continue;
    const below = mount.subPathExpr ? expand(mount.subPathExpr) : mount.subPath ?? '';
    mounts.push({
      containerPath: mount.mountPath,
      hostPath: below === '' ? source : `${source}/${below}`,
      readOnly: mount.readOnly ?? false,
    });
  }
  mounts.push(terminationMount(pod, container, attempt));
  const ownHosts = mounts.some((mount) => mount.containerPath === '/etc/hosts');
  if (ownHosts) return mounts;
  return [...mounts, { containerPath: '/etc/hosts', hostPath: etcHostsPath(pod.metadata.uid), readOnly: false }];
}
