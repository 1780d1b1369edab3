/** Tables: from an object to its cells. */
import assert from 'node:assert/strict';
import type { AnyKind } from '../../../src/api/kind';
import { builtInKinds } from '../../../src/api/kinds';
import { nodeRoles } from '../../../src/api/kinds/node/columns';
import { podStatusText } from '../../../src/api/kinds/pod/columns';
import { podKind } from '../../../src/api/kinds/pod/kind';
import { kindRegistry } from '../../../src/api/registry';
import { timeMs } from '../../../src/api/time';
import { cells, objectOf } from './support';

const registry = kindRegistry(builtInKinds);
const nowMs = timeMs('2026-01-01T01:00:00Z');
const meta = 'creationTimestamp: "2026-01-01T00:58:30Z"';

function kindOf(name: string): AnyKind {
  const kind = registry.byName(name);
  assert.ok(kind);
  return kind;
}

describe('status of a pod', () => {
  const oneInit = 'spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}';
  const two = 'spec: {containers: [{name: a}, {name: b}]}';
  const cases: readonly (readonly [string, string])[] = [
    ['status: {phase: Pending}', 'Pending'],
    ['status: {phase: Failed, reason: Evicted}', 'Evicted'],
    ['status: {phase: Pending, conditions: [{type: PodScheduled, reason: SchedulingGated}]}', 'SchedulingGated'],
    ['status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}',
      'ContainerCreating'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {running: {}}}, `
      + '{name: j, state: {waiting: {reason: PodInitializing}}}]}', 'Init:0/2'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, `
      + '{name: j, state: {waiting: {reason: PodInitializing}}}]}', 'Init:1/2'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 2}}}]}`,
      'Init:ExitCode:2'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {waiting: `
      + '{reason: CrashLoopBackOff}}}]}', 'Init:CrashLoopBackOff'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: `
      + '{exitCode: 1, reason: Error}}}]}', 'Init:Error'],
    [`${oneInit}\nstatus: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, `
      + '{name: j, state: {terminated: {exitCode: 0}}}], containerStatuses: '
      + '[{name: a, state: {waiting: {reason: PodInitializing}}}]}', 'PodInitializing'],
    ['status: {phase: Running, containerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}',
      'CrashLoopBackOff'],
    ['status: {phase: Succeeded, containerStatuses: [{name: a, state: '
      + '{terminated: {exitCode: 0, reason: Completed}}}]}',
      'Completed'],
    ['status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]}', 'ExitCode:3'],
    ['status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}',
      'Signal:9'],
    [`${two}\nstatus: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: `
      + '[{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, '
      + '{name: b, ready: true, state: {running: {}}}]}',
    'Running'],
    [`${two}\nstatus: {phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, `
      + 'reason: Completed}}}, {name: b, ready: true, state: {running: {}}}]}', 'NotReady'],
    ['metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}\nstatus: {phase: Running}', 'Terminating'],
    ['metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}\nstatus: {phase: Succeeded}', 'Succeeded'],
    ['metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}\nstatus: {phase: Running, reason: NodeLost}', 'Unknown'],
  ];
  for (const [yaml, expected] of cases) {
    it(expected, () => assert.equal(podStatusText(objectOf(podKind, yaml)), expected));
  }
});

describe('tables', () => {
  const cases: readonly (readonly [string, string, Record<string, unknown>])[] = [
    ['pods', `metadata: {${meta}}\nspec: {nodeName: n, initContainers: [{name: s, restartPolicy: Always}], containers: `
      + '[{name: a}, {name: b}], readinessGates: [{conditionType: g}]}\nstatus: {phase: Running, podIPs: '
      + '[{ip: 10.0.0.1}], initContainerStatuses: [{name: s, started: true, ready: true, restartCount: 1, state: '
      + '{running: {}}}], containerStatuses: [{name: a, ready: true, restartCount: 2, state: {running: {}}, lastState: '
      + '{terminated: {exitCode: 1, finishedAt: "2026-01-01T00:59:55Z"}}}, '
      + '{name: b, restartCount: 0, state: {running: {}}}]}', {
      Name: 'x', Ready: '2/3', Status: 'Running', Restarts: '3 (5s ago)', Age: '90s', IP: '10.0.0.1', Node: 'n',
      'Nominated Node': '<none>', 'Readiness Gates': '0/1',
    }],
    ['nodes', `metadata: {${meta}, labels: {node-role.kubernetes.io/control-plane: "", kubernetes.io/role: edge}}\n`
      + 'spec: {unschedulable: true}\nstatus: {conditions: [{type: Ready, status: "True"}], addresses: '
      + '[{type: InternalIP, address: 172.18.0.2}], nodeInfo: {kubeletVersion: v1.36.1, osImage: Debian}}', {
      Name: 'x', Status: 'Ready,SchedulingDisabled', Roles: 'control-plane,edge', Age: '90s', Version: 'v1.36.1',
      'Internal-IP': '172.18.0.2', 'External-IP': '<none>', 'OS-Image': 'Debian', 'Kernel-Version': '<unknown>',
      'Container-Runtime': '<unknown>',
    }],
    ['deploy', `metadata: {${meta}}\nspec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {spec: `
      + '{containers: [{name: a, image: i:1}, {name: b, image: j:2}]}}}\n'
      + 'status: {readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1}', {
      Name: 'x', Ready: '1/3', 'Up-to-date': 2, Available: 1, Age: '90s', Containers: 'a,b', Images: 'i:1,j:2',
      Selector: 'app=web',
    }],
    ['svc', `metadata: {${meta}}\nspec: {type: NodePort, clusterIPs: [10.96.0.1], selector: {a: b, c: d}, ports: `
      + '[{port: 80, nodePort: 30080, protocol: TCP}, {port: 443, protocol: TCP}]}', {
      Name: 'x', Type: 'NodePort', 'Cluster-IP': '10.96.0.1', 'External-IP': '<none>',
      'Port(s)': '80:30080/TCP,443/TCP', Age: '90s', Selector: 'a=b,c=d',
    }],
    ['svc', `metadata: {${meta}}\nspec: {type: LoadBalancer, clusterIPs: [10.96.0.1]}`, {
      Name: 'x', Type: 'LoadBalancer', 'Cluster-IP': '10.96.0.1', 'External-IP': '<pending>', 'Port(s)': '<none>',
      Age: '90s', Selector: '<none>',
    }],
    ['ds', `metadata: {${meta}}\nspec: {selector: {}, template: {spec: {nodeSelector: {k: v}, containers: []}}}\n`
      + 'status: {desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 1}', {
      Name: 'x', Desired: 2, Current: 2, Ready: 1, 'Up-to-date': 0, Available: 0, 'Node Selector': 'k=v', Age: '90s',
      Containers: '', Images: '', Selector: '<none>',
    }],
    ['ev', 'reason: Killing\ntype: Normal\nmessage: " Stopping "\ncount: 3\ninvolvedObject: {kind: Pod, name: p, '
      + 'fieldPath: "spec.containers{a}"}\nsource: {component: kubelet, host: n}\n'
      + 'firstTimestamp: "2026-01-01T00:50:00Z"\nlastTimestamp: "2026-01-01T00:59:00Z"', {
      'Last Seen': '60s', Type: 'Normal', Reason: 'Killing', Object: 'pod/p', Subobject: 'spec.containers{a}',
      Source: 'kubelet, n', Message: 'Stopping', 'First Seen': '10m', Count: 3, Name: 'x',
    }],
    ['endpointslices', `metadata: {${meta}}\naddressType: IPv4\nports: [{port: 80}, {name: any}]\nendpoints: `
      + '[{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}, {addresses: [10.0.0.3]}, {addresses: [10.0.0.4]}]', {
      Name: 'x', AddressType: 'IPv4', Ports: '80,any', Endpoints: '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...', Age: '90s',
    }],
    ['sc', `metadata: {${meta}, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}\n`
      + 'provisioner: rancher.io/local-path', {
      Name: 'x (default)', Provisioner: 'rancher.io/local-path', ReclaimPolicy: 'Delete',
      VolumeBindingMode: 'Immediate', AllowVolumeExpansion: false, Age: '90s',
    }],
    ['rolebindings', `metadata: {${meta}}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}, `
      + '{kind: ServiceAccount, namespace: n, name: s}]', {
      Name: 'x', Role: 'Role/r', Age: '90s', Users: 'u', Groups: '', ServiceAccounts: 'n/s',
    }],
    ['roles', `metadata: {${meta}}`, { Name: 'x', 'Created At': '2026-01-01T00:58:30Z' }],
    ['controllerrevisions', `metadata: {${meta}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, `
      + 'controller: true}]}\nrevision: 2', { Name: 'x', Controller: 'daemonset.apps/d', Revision: 2, Age: '90s' }],
    ['secrets', `metadata: {${meta}}\ntype: Opaque\ndata: {a: "", b: ""}`,
      { Name: 'x', Type: 'Opaque', Data: 2, Age: '90s' }],
  ];
  for (const [name, yaml, expected] of cases) {
    it(name, () => {
      const kind = kindOf(name);
      assert.deepEqual(cells(kind, objectOf(kind, yaml), nowMs), expected);
    });
  }

  it('have no age without a timestamp', () => {
    assert.equal(cells(kindOf('cm'), objectOf(kindOf('cm'), '{}'))['Age'], '<unknown>');
  });

  it('survive the barest object of every kind', () => {
    for (const kind of builtInKinds) {
      // The registry fills in a spec where a kind has one.
      const object = kind.defaults?.(objectOf(kind, 'spec: {}')) ?? objectOf(kind, 'spec: {}');
      if (kind.kind === 'Event') continue;
      assert.equal(Object.keys(cells(kind, object)).length, kind.columns.length, kind.kind);
    }
  });

  it('find no role in a label without one', () => {
    assert.deepEqual(nodeRoles(objectOf(kindOf('no'), 'metadata: {labels: {node-role.kubernetes.io/: ""}}')), []);
  });
});
