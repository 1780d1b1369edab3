/** Defaults, quality of service, preparation, updates and warnings of pods. */
import assert from 'node:assert/strict';
import { imageTag } from '../../../src/api/kinds/pod/container-defaults';
import { podKind } from '../../../src/api/kinds/pod/kind';
import { podQosClass } from '../../../src/api/kinds/pod/qos';
import { ephemeralContainersErrors } from '../../../src/api/kinds/pod/update';
import { deepFreeze } from '../../../src/base/freeze';
import { objectOf, stored, texts, updateErrors } from './support';

const simple = 'spec: {serviceAccountName: default, containers: [{name: a, image: "nginx:1"}]}';
const fieldsThatMayChange = '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,'
  + '`spec.tolerations` (only additions to existing tolerations),'
  + '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

describe('defaults of a pod', () => {
  it('fills in what a bare pod lacks', () => {
    const yaml = 'spec: {containers: [{name: a, image: nginx, ports: [{containerPort: 80}]}]}';
    assert.deepEqual(stored(podKind, yaml).spec, {
      containers: [{
        name: 'a', image: 'nginx', ports: [{ containerPort: 80, protocol: 'TCP' }], imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {},
      }],
      dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler', enableServiceLinks: true,
    });
  });

  it('takes requests from limits, ports of the node from ports, and the account by either name', () => {
    const { spec } = stored(podKind, 'spec: {serviceAccount: x, hostNetwork: true, containers: [{name: a, image: i, '
      + 'ports: [{containerPort: 80}], resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 100m}}}]}');
    assert.deepEqual(spec.containers[0].resources.requests, { cpu: '100m', memory: '1Gi' });
    assert.equal(spec.containers[0].ports[0].hostPort, 80);
    assert.equal(spec.serviceAccountName, 'x');
  });

  it('rounds amounts up to a thousandth', () => {
    const { spec } = stored(podKind, 'spec: {containers: [{name: a, image: i, resources: {requests: {cpu: 100u}}}]}');
    assert.equal(spec.containers[0].resources.requests.cpu, '1m');
  });

  it('sets resources of the pod from those of its containers', () => {
    const { spec } = stored(podKind, 'spec: {resources: {limits: {cpu: "2", memory: 1Gi}}, containers: '
      + '[{name: a, image: i, resources: {requests: {cpu: 100m}}}, '
      + '{name: b, image: i, resources: {requests: {cpu: 200m}}}]}');
    assert.deepEqual(spec.resources.requests, { cpu: '300m', memory: '1Gi' });
  });

  const tags: readonly (readonly [string, string])[] = [
    ['nginx', 'latest'], ['nginx:1.27', '1.27'], ['host:5000/a/b', 'latest'], ['host:5000/a/b:v1', 'v1'],
    ['nginx@sha256:0', ''], ['nginx:1@sha256:0', '1'], ['', ''],
  ];
  for (const [image, tag] of tags) {
    it(`the tag of "${image}" is "${tag}"`, () => assert.equal(imageTag(image), tag));
  }

  it('gives volumes modes, and an empty directory to those without a source', () => {
    const { spec } = stored(podKind, 'spec: {containers: [{name: a, image: i}], volumes: [{name: v}, '
      + '{name: s, secret: {secretName: x}}, {name: h, hostPath: {path: /x}}]}');
    assert.deepEqual(spec.volumes, [
      { name: 'v', emptyDir: {} }, { name: 's', secret: { secretName: 'x', defaultMode: 420 } },
      { name: 'h', hostPath: { path: '/x', type: '' } },
    ]);
  });
});

describe('quality of service', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['[{}]', 'BestEffort'],
    ['[{resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 1000m, memory: 1024Mi}}}]', 'Guaranteed'],
    ['[{resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 1000m, memory: 1024Mi}}}, {}]', 'Burstable'],
    ['[{resources: {requests: {cpu: 100m}}}]', 'Burstable'],
    ['[{resources: {limits: {cpu: "1"}, requests: {cpu: "1"}}}]', 'Burstable'],
    ['[{resources: {requests: {cpu: "0"}}}]', 'BestEffort'],
  ];
  for (const [containers, expected] of cases) {
    it(`${containers} is ${expected}`, () => {
      assert.equal(podQosClass(objectOf(podKind, `spec: {containers: ${containers}}`).spec), expected);
    });
  }
});

describe('preparation of a pod', () => {
  it('gives a new pod a status', () => {
    assert.deepEqual(stored(podKind, simple).status, { phase: 'Pending', qosClass: 'BestEffort' });
    const gated = stored(podKind, 'spec: {schedulingGates: [{name: g}], containers: [{name: a, image: i}]}');
    assert.equal(gated.status.conditions[0].reason, 'SchedulingGated');
  });

  it('merges label keys into selectors', () => {
    const { spec } = stored(podKind, 'metadata: {labels: {v: "1"}}\nspec: {containers: [{name: a, image: i}], '
      + 'topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, '
      + 'matchLabelKeys: [v, w], labelSelector: {matchLabels: {a: b}}}]}');
    assert.deepEqual(spec.topologySpreadConstraints[0].labelSelector, {
      matchLabels: { a: 'b' }, matchExpressions: [{ key: 'v', operator: 'In', values: ['1'] }],
    });
  });

  it('drops projections whose gates are off', () => {
    const { spec } = stored(podKind, 'spec: {containers: [{name: a, image: i}], volumes: [{name: v, projected: '
      + '{sources: [{clusterTrustBundle: {name: b, path: p}}, {configMap: {name: m}}, '
      + '{podCertificate: {signerName: s, keyType: ED25519, credentialBundlePath: c}}]}}]}');
    assert.deepEqual(spec.volumes[0].projected.sources, [{}, { configMap: { name: 'm' } }, {}]);
  });

  it('makes fields of the annotations of AppArmor, and tells so', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io';
    const object = objectOf(podKind, `metadata: {annotations: {${key}/a: localhost/deny, ${key}/b: unconfined, `
      + `${key}/c: nonsense, ${key}/d: unconfined}}\nspec: {securityContext: {appArmorProfile: {type: Unconfined}}, `
      + 'containers: [{name: a, image: i}, {name: b, image: i}, {name: c, image: i}, '
      + '{name: d, image: i, securityContext: {appArmorProfile: {type: RuntimeDefault}}}]}');
    const warnings: string[] = [];
    const made = podKind.prepareForCreate?.(object, { nowMs: 0, warn: (text) => void warnings.push(text) }) as any;
    assert.deepEqual(made.spec.containers.map((each: any) => each.securityContext?.appArmorProfile), [
      { type: 'Localhost', localhostProfile: 'deny' }, undefined, undefined, { type: 'RuntimeDefault' },
    ]);
    const told = (name: string): string =>
      `metadata.annotations[${key}/${name}]: deprecated since v1.30; use the "appArmorProfile" field instead`;
    assert.deepEqual(warnings, [told('a'), told('c')]);
  });

  it('keeps the quality of service through a status update that forgets it', () => {
    const old = stored(podKind, simple);
    const changed = { ...old, status: { phase: 'Running' } };
    const kept = podKind.prepareForUpdate?.(changed, old, { nowMs: 0, subresource: 'status' });
    assert.equal(kept?.status.qosClass, 'BestEffort');
    assert.deepEqual(texts(podKind.validateStatusUpdate?.(kept ?? old, old)), []);
  });

  it('deletes with grace only what runs', () => {
    const seconds = (fields: object, asked?: number): number | undefined => (
      podKind.graceful?.gracePeriodSeconds({ ...stored(podKind, simple), ...fields }, asked));
    const spec = { ...stored(podKind, simple).spec, nodeName: 'n' };
    assert.equal(seconds({}), 0);
    assert.equal(seconds({ spec }), 30);
    assert.equal(seconds({ spec }, 5), 5);
    assert.equal(seconds({ spec }, -1), 1);
    assert.equal(seconds({ spec, status: { phase: 'Succeeded' } }), 0);
  });
});

describe('updates of a pod', () => {
  const withSpec = (fields: string): string => `spec: {serviceAccountName: default, ${fields}}`;
  const container = 'containers: [{name: a, image: "nginx:1"}]';
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['another image', simple, withSpec('containers: [{name: a, image: "nginx:2"}]'), []],
    ['another container', simple, withSpec('containers: [{name: a, image: i}, {name: b, image: i}]'), [
      'spec.containers: Forbidden: pod updates may not add or remove containers']],
    ['other fields', simple, withSpec(`${container}, hostNetwork: true, nodeSelector: {a: b}`), [
      `spec: Forbidden: pod updates may not change fields other than ${fieldsThatMayChange}\n`
        + '+ hostNetwork: true\n+ nodeSelector: {"a":"b"}']],
    ['a longer deadline', withSpec(`${container}, activeDeadlineSeconds: 5`),
      withSpec(`${container}, activeDeadlineSeconds: 6`),
      ['spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value']],
    ['no deadline any more', withSpec(`${container}, activeDeadlineSeconds: 5`), simple, [
      'spec.activeDeadlineSeconds: Invalid value: "null": must not update from a positive integer to nil value']],
    ['another toleration', simple, withSpec(`${container}, tolerations: [{key: a, operator: Exists}]`), []],
    ['no toleration any more', withSpec(`${container}, tolerations: [{key: a, operator: Exists}]`), simple, [
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds']],
    ['another gate', simple, withSpec(`${container}, schedulingGates: [{name: g}]`), [
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"]],
    ['a narrower gated pod', withSpec(`${container}, schedulingGates: [{name: g}]`),
      withSpec(`${container}, schedulingGates: [{name: g}], nodeSelector: {a: b}`), []],
  ];
  for (const [what, before, after, expected] of cases) {
    it(what, () => assert.deepEqual(updateErrors(podKind, before, after), expected));
  }

  it('does not let an ended container run again', () => {
    const never = 'spec: {restartPolicy: Never, containers: [{name: a, image: i}]}';
    const ended = { name: 'a', state: { terminated: { exitCode: 1 } } };
    const status = { qosClass: 'BestEffort', containerStatuses: [ended] };
    const old = deepFreeze({ ...stored(podKind, never), status });
    const running = { ...old, status: { ...old.status, containerStatuses: [{ name: 'a', state: { running: {} } }] } };
    assert.deepEqual(texts(podKind.validateStatusUpdate?.(running, old)), [
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']);
  });

  it('keeps ephemeral containers', () => {
    const old = stored(podKind, withSpec(`${container}, ephemeralContainers: [{name: e, image: i}]`));
    assert.deepEqual(texts(ephemeralContainersErrors(stored(podKind, simple), old)), [
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "e" may not be removed\n']);
  });
});

describe('warnings about pods', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['containers: [{name: a, image: i, resources: {limits: {memory: 100m}}}]',
      'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer'],
    ['containers: [{name: a, image: i, env: [{name: A, value: x}, {name: A, value: y}]}]',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ['containers: [{name: a, image: i}], nodeSelector: {beta.kubernetes.io/os: linux}',
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ['containers: [{name: a, image: i, ports: [{containerPort: 80}]}, '
      + '{name: b, image: i, ports: [{containerPort: 80}]}]',
      'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]'],
  ];
  for (const [spec, warning] of cases) {
    it(warning, () => {
      const object = objectOf(podKind, `spec: {${spec}}`);
      assert.ok(podKind.warnings?.(podKind.defaults?.(object) ?? object, undefined).includes(warning));
    });
  }
});
