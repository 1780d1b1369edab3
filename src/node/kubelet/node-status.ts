/** The Node object that a kubelet registers, and the status it keeps. Models pkg/kubelet/nodestatus/setters.go. */
import { formatTime } from '../../api/time';
import { formatQuantity, quantity } from '../../api/quantity';
import type { ContainerImage, NewObject, Node, NodeCondition, NodeStatus, Taint } from '../../api/types';

/** A machine as the kubelet finds it. */
export interface MachineFacts {
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  readonly maxPods: number;
}

export interface NodeFacts {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly kubeletVersion: string;
  readonly runtimeVersion: string;
  readonly machine: MachineFacts;
  readonly images: readonly ContainerImage[];
  readonly machineId: string;
  readonly bootId: string;
  readonly wallMs: number;
  readonly diskPressure: boolean;
  /** Why the node is not ready, or undefined when it is. */
  readonly notReady: string | undefined;
}

export interface Registration {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly providerID: string;
}

/** The object of the first registration. */
export function newNode(facts: NodeFacts, registration: Registration): NewObject<Node> {
  const { name } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...registration.labels,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      providerID: registration.providerID,
      ...(registration.taints.length > 0 ? { taints: registration.taints } : {}),
    },
    status: nodeStatus(facts, undefined),
  };
}

/** The status now; transition times are kept where a condition did not change. */
export function nodeStatus(facts: NodeFacts, before: NodeStatus | undefined): NodeStatus {
  const { machine, name } = facts;
  const capacity = {
    cpu: String(machine.cpu),
    'ephemeral-storage': formatQuantity(quantity(`${Math.floor(machine.ephemeralBytes / 1024)}Ki`)),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: formatQuantity(quantity(`${Math.floor(machine.memoryBytes / 1024)}Ki`)),
    pods: String(machine.maxPods),
  };
  return {
    capacity,
    allocatable: capacity,
    conditions: conditions(facts, before?.conditions ?? []),
    addresses: [
      ...facts.addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: facts.runtimeVersion,
      kernelVersion: '6.12.0-simulated',
      kubeProxyVersion: '',
      kubeletVersion: facts.kubeletVersion,
      // systemd writes it without the dashes.
      machineID: facts.machineId.replaceAll('-', ''),
      operatingSystem: 'linux',
      osImage: 'Debian GNU/Linux 13 (trixie)',
      systemUUID: facts.machineId,
    },
    images: facts.images,
  };
}

function conditions(facts: NodeFacts, before: readonly NodeCondition[]): NodeCondition[] {
  const now = formatTime(facts.wallMs);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const old = before.find((candidate) => candidate.type === type);
    return {
      type, status, reason, message, lastHeartbeatTime: now,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
    };
  };
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    facts.diskPressure ? condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure')
      : condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    facts.notReady === undefined
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', 'False', 'KubeletNotReady', facts.notReady),
  ];
}
