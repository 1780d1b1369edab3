/** Errors of pods: a fragment of a manifest and upstream's texts. */
import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { podKind } from '../../../src/api/kinds/pod/kind';
import { createErrors, stored, texts } from './support';

const base = 'serviceAccountName: default';

/** A pod with one container, both with whatever a test adds to them, as YAML. */
function pod(container: string, spec = ''): string {
  const fields = (text: string): object => (text === '' ? {} : load(text)) as object;
  const containers = [{ name: 'app', image: 'nginx:1', ...fields(container) }];
  return JSON.stringify({ spec: { serviceAccountName: 'default', ...fields(spec), containers } });
}

const label63 = 'must be no more than 63 bytes';
const podSpecCases: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing is wrong', '', []],
  ['restart policy', 'restartPolicy: Sometimes', [
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"']],
  ['DNS policy', 'dnsPolicy: None', [
    'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
  ['DNS servers', 'dnsConfig: {nameservers: [1.2.3, 1.1.1.1, 2.2.2.2, 3.3.3.3], searches: [a_b.c, "."], '
    + 'options: [{}]}', [
    'spec.dnsConfig.nameservers: Invalid value: ["1.2.3","1.1.1.1","2.2.2.2","3.3.3.3"]: '
      + 'must not have more than 3 nameservers',
    'spec.dnsConfig.nameservers[0]: Invalid value: "1.2.3": '
      + 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    'spec.dnsConfig.options[0]: Required value: must not be empty']],
  ['deadline', 'activeDeadlineSeconds: 0', [
    'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
  ['volume without a name, twice the same, two sources',
    'volumes: [{emptyDir: {}}, {name: a}, {name: a}, {name: b, emptyDir: {}, hostPath: {path: /x}}]', [
      'spec.volumes[0].name: Required value', 'spec.volumes[2].name: Duplicate value: "a"',
      'spec.volumes[3].hostPath: Forbidden: may not specify more than 1 volume type']],
  ['volume sources', [
    'volumes:', '- {name: a, hostPath: {path: /a/../b, type: Folder}}', '- {name: b, secret: {}}',
    '- {name: c, configMap: {name: x, defaultMode: 1000, items: [{key: k, path: /abs}]}}',
    '- {name: d, nfs: {server: s, path: rel}}', '- {name: e, persistentVolumeClaim: {}}'].join('\n'), [
    'spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
    'spec.volumes[0].hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", "CharDevice", '
      + '"Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    'spec.volumes[1].secret.secretName: Required value',
    'spec.volumes[2].configMap.defaultMode: Invalid value: 1000: '
      + 'must be a number between 0 and 0777 (octal), both inclusive',
    'spec.volumes[2].configMap.items[0].path: Invalid value: "/abs": must be a relative path',
    'spec.volumes[3].nfs.path: Invalid value: "rel": must be an absolute path',
    'spec.volumes[4].persistentVolumeClaim.claimName: Required value']],
  ['tolerations', 'tolerations: [{key: a, operator: Exists, value: b}, {value: x}, {key: k, effect: Maybe}, '
    + '{key: k, tolerationSeconds: 5}]', [
    'spec.tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
    'spec.tolerations[1].operator: Invalid value: "": operator must be Exists when `key` is empty, '
      + 'which means "match all values and all keys"',
    'spec.tolerations[2].effect: Unsupported value: "Maybe": '
      + 'supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    'spec.tolerations[3].effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set']],
  ['node affinity', 'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: '
    + '[{matchExpressions: [{key: a, operator: In}, {key: b, operator: Near}]}]}, '
    + 'preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, preference: {}}]}}', [
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]'
      + ".values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1]'
      + '.operator: Invalid value: "Near": not a valid selector operator',
    'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: '
      + 'must be in the range 1-100']],
  ['pod affinity', 'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{}]}}', [
    'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: '
      + 'can not be empty',
    'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": '
      + 'name part must be non-empty',
    'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": '
      + "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
      + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
      + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"]],
  ['topology spread', 'topologySpreadConstraints: [{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: Never}]', [
    'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": '
      + 'supported values: "DoNotSchedule", "ScheduleAnyway"']],
  ['security', 'securityContext: {runAsUser: -1, fsGroupChangePolicy: Never, seccompProfile: {type: Localhost}}', [
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": '
      + 'supported values: "Always", "OnRootMismatch"',
    'spec.securityContext.seccompProfile.localhostProfile: Required value: '
      + 'must be set when seccomp type is Localhost']],
  ['host aliases', 'hostAliases: [{ip: "1.2.3.04", hostnames: [ok.example]}]', [
    'spec.hostAliases[0].ip: Invalid value: "1.2.3.04": must not have leading 0s']],
  ['gates', 'schedulingGates: [{name: a}, {name: a}]\nnodeName: n', [
    'spec.schedulingGates[1]: Duplicate value: "a"',
    'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared']],
  ['priority and runtime', 'preemptionPolicy: Always', [
    'spec.preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"']],
  ['sidecars and init containers', 'initContainers: [{name: app, image: i, livenessProbe: {exec: {command: [x]}}}, '
    + '{name: s, image: i, restartPolicy: Always, livenessProbe: {exec: {command: [x]}}}]', [
    'spec.initContainers[0].name: Duplicate value: "app"',
    'spec.initContainers[0].livenessProbe: Forbidden: '
      + 'may not be set for init containers without restartPolicy=Always']],
];

const containerCases: readonly (readonly [string, string, readonly string[]])[] = [
  ['name', 'name: a-name-that-is-by-far-too-long-for-a-label-of-the-domain-name-system', [
    'spec.containers[0].name: Invalid value: "a-name-that-is-by-far-too-long-for-a-label-of-the-domain-name-system": '
      + label63]],
  ['image', 'image: ""', ['spec.containers[0].image: Required value']],
  ['padded image', 'image: " nginx"', [
    'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace']],
  ['pull policy', 'imagePullPolicy: Often', [
    'spec.containers[0].imagePullPolicy: Unsupported value: "Often": '
      + 'supported values: "Always", "IfNotPresent", "Never"']],
  ['ports', 'ports: [{containerPort: 0}, {containerPort: 70000, name: UP, protocol: ICMP}, '
    + '{containerPort: 80, name: web, hostPort: 80}, {containerPort: 81, name: web, hostPort: 80}]', [
    'spec.containers[0].ports[0].containerPort: Required value',
    'spec.containers[0].ports[1].name: Invalid value: "UP": '
      + 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    'spec.containers[0].ports[1].name: Invalid value: "UP": must contain at least one letter (a-z)',
    'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    'spec.containers[0].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    'spec.containers[0].ports[3].name: Duplicate value: "web"',
    'spec.containers[0].ports[3].hostPort: Duplicate value: "TCP//80"']],
  ['environment', 'env: [{value: a}, {name: "A=B", value: b}, {name: C, value: c, valueFrom: {fieldRef: '
    + '{fieldPath: metadata.name}}}, {name: D, valueFrom: {}}, '
    + '{name: E, valueFrom: {fieldRef: {fieldPath: spec.x}}}]', [
    'spec.containers[0].env[0].name: Required value',
    'spec.containers[0].env[1].name: Invalid value: "A=B": '
      + "a valid environment variable name must consist only of printable ASCII characters other than '='",
    'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    'spec.containers[0].env[3].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
      + '`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    'spec.containers[0].env[4].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": '
      + 'error converting fieldPath: field label not supported: spec.x']],
  ['fields of the pod', 'env: [{name: A, valueFrom: {fieldRef: {fieldPath: "metadata.labels[\'app\']"}}}, '
    + '{name: B, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}, '
    + '{name: C, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "2"}}}]', [
    'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: '
      + '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", '
      + '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
    'spec.containers[0].env[2].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": '
      + "only divisor's values 1m and 1 are supported with the cpu resource"]],
  ['sources of variables', 'envFrom: [{}]', [
    'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']],
  ['mounts', 'volumeMounts: [{name: nowhere, mountPath: /a}, {name: nowhere, mountPath: /a, subPath: ../b}]', [
    'spec.containers[0].volumeMounts[0].name: Not found: "nowhere"',
    'spec.containers[0].volumeMounts[1].name: Not found: "nowhere"',
    'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    'spec.containers[0].volumeMounts.subPath: Invalid value: "../b": must not contain \'..\'']],
  ['resources', 'resources: {requests: {cpu: "2", memory: 1Gi, gpu: "1"}, limits: {cpu: "1", memory: -1Mi}}', [
    'spec.containers[0].resources.limits[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": '
      + 'must be a standard resource type or fully qualified',
    'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    'spec.containers[0].resources.requests: Invalid value: "1Gi": '
      + 'must be less than or equal to memory limit of -1Mi']],
  ['extended resources', 'resources: {requests: {example.com/gpu: 500m}, limits: {example.com/gpu: "1"}}', [
    'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
    'spec.containers[0].resources.requests: Invalid value: "500m": must be equal to example.com/gpu limit of 1']],
  ['probes', 'livenessProbe: {successThreshold: 2, periodSeconds: -1, exec: {}, httpGet: {port: 80}}\n'
    + 'readinessProbe: {terminationGracePeriodSeconds: 5, tcpSocket: {port: no_name}}\nstartupProbe: {}', [
    'spec.containers[0].livenessProbe.exec.command: Required value',
    'spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type',
    'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: "no_name": '
      + 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: '
      + 'must not be set for readinessProbes',
    'spec.containers[0].startupProbe: Required value: must specify a handler type']],
  ['lifecycle', 'lifecycle: {preStop: {sleep: {seconds: 31}}, postStart: {httpGet: {port: 0, scheme: ftp}}}', [
    'spec.containers[0].lifecycle.postStart.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    'spec.containers[0].lifecycle.postStart.httpGet.scheme: Unsupported value: "ftp": '
      + 'supported values: "HTTP", "HTTPS"',
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: '
      + 'must be non-negative and less than terminationGracePeriodSeconds (30)']],
  ['security context', 'securityContext: {privileged: true, allowPrivilegeEscalation: false}', [
    'spec.containers[0].securityContext: Invalid value: {"allowPrivilegeEscalation":false,"privileged":true}: '
      + 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true']],
  ['termination message', 'terminationMessagePolicy: Log', [
    'spec.containers[0].terminationMessagePolicy: Unsupported value: "Log": '
      + 'supported values: "File", "FallbackToLogsOnError"']],
];

describe('validation of a pod', () => {
  for (const [what, spec, expected] of podSpecCases) {
    it(what, () => assert.deepEqual(createErrors(podKind, pod('', spec)), expected));
  }
  for (const [what, container, expected] of containerCases) {
    it(`container: ${what}`, () => assert.deepEqual(createErrors(podKind, pod(container)), expected));
  }

  it('needs containers', () => {
    assert.deepEqual(createErrors(podKind, `spec: {${base}}`), ['spec.containers: Required value']);
    assert.deepEqual(createErrors(podKind, `spec: {${base}, containers: []}`), ['spec.containers: Required value']);
  });

  it('needs a spec', () => {
    assert.deepEqual(createErrors(podKind, '{}'), ['spec.containers: Required value']);
  });

  it('reports two errors in one object', () => {
    const yaml = `spec: {${base}, restartPolicy: x, containers: [{name: A, image: i}, {image: i}]}`;
    const errors = createErrors(podKind, yaml);
    assert.equal(errors.length, 3);
    assert.match(errors[0] ?? '', /^spec\.containers\[0\]\.name: Invalid value: "A": a lowercase RFC 1123 label must/);
    assert.equal(errors[1], 'spec.containers[1].name: Required value');
  });

  it('accepts what no admission plugin has touched except for tokens without an account', () => {
    const object = stored(podKind, 'spec: {containers: [{name: a, image: i}], volumes: [{name: t, projected: '
      + '{sources: [{serviceAccountToken: {path: token, expirationSeconds: 60}}]}}]}');
    assert.deepEqual(texts(podKind.validate?.(object)), [
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: '
        + 'may not specify a duration less than 10 minutes',
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: '
        + 'must not be specified when serviceAccountName is not set']);
  });

  it('compares host ports with the network of the node', () => {
    const errors = createErrors(podKind, pod('ports: [{containerPort: 80, hostPort: 81}]', 'hostNetwork: true'));
    assert.deepEqual(errors, ['spec.containers[0].ports[0].hostPort: Invalid value: 81: '
      + 'must match `containerPort` when `hostNetwork` is true']);
  });
});
