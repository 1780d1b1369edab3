import assert from 'node:assert/strict';
import { decodeProtobuf } from '../../../src/api/protobuf/decode';
import { findMessage, messageNames, messageOf } from '../../../src/api/protobuf/messages';
import { encode, envelope, field, text } from './protobuf-encoder';

const podSpec = {
  containers: [{
    name: 'app', image: 'nginx',
    ports: [{ containerPort: 80, protocol: 'TCP' }],
    env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k', optional: false } } }],
    resources: { limits: { cpu: '500m', memory: '1Gi' } },
    livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5, terminationGracePeriodSeconds: 0 },
    securityContext: { privileged: false, runAsUser: 0 },
  }],
  volumes: [{ name: 'tmp', emptyDir: {} }, { name: 'c', configMap: { name: 'cm', defaultMode: 420 } }],
  automountServiceAccountToken: false, terminationGracePeriodSeconds: 0,
  tolerations: [{ operator: 'Exists', tolerationSeconds: 0 }],
};

const objects: readonly Readonly<Record<string, unknown>>[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', creationTimestamp: '2026-01-02T03:04:05Z' }, spec: podSpec },
  {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', labels: { a: 'b', empty: '' } },
    spec: {
      replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: {}, spec: podSpec },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'dg==', empty: '' }, type: 'helm.sh/x' },
  {
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' },
    spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' },
    spec: { rules: [{ host: 'x', http: { paths: [{ pathType: 'Prefix', backend: { service: { name: 'a' } } }] } }] },
  },
  {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {},
    spec: { user: 'u', extra: { scopes: ['a', 'b'] }, resourceAttributes: { verb: 'get', resource: 'pods' } },
    status: { allowed: false },
  },
  {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {},
    spec: { audiences: ['api'], expirationSeconds: 3600 },
  },
  { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, deleteOptions: { gracePeriodSeconds: 0 } },
  { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
  { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 3 } },
  { apiVersion: 'apps/v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: 'u' } },
  {
    apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' },
    spec: { renewTime: '2026-01-02T03:04:05.000006Z', leaseTransitions: 0 },
  },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: {}, data: { spec: { a: [1] } }, revision: 0 },
  {
    apiVersion: 'v1', kind: 'ConfigMap', data: { 'ключ': 'ärger 😀' },
    metadata: {
      name: 'c', generation: 9007199254740993n,
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:data': { '.': {} } } }],
    },
  },
];

describe('protobuf bodies', () => {
  for (const object of objects) {
    it(`reads a ${String(object['kind'])} as its JSON would be`, () => {
      const { apiVersion, kind } = object as { apiVersion: string; kind: string };
      assert.deepEqual(decodeProtobuf(encode(object)), { apiVersion, kind, object });
    });
  }

  const hexBytes = (hex: string): Uint8Array =>
    Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));

  it('reads what kubectl v1.36 sends to create a Deployment', () => {
    const read = decodeProtobuf(hexBytes(
      '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412b8010a1f0a0377656212001a0022002a003200380042005a0a0a' +
      '0361707012037765621286010802120c0a0a0a0361707012037765621a6c0a1c0a0012001a0022002a003200380042005a0a0a03617070' +
      '1203776562124c122e0a056e67696e7812056e67696e782a00320a0a001000185022002a0042006a007200800100880100900100a20100' +
      '1a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c0800100018002000280038001a002200'));
    assert.ok('object' in read, JSON.stringify(read));
    assert.deepEqual(read.object, {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 2, selector: { matchLabels: { app: 'web' } }, strategy: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], resources: {} }] },
        },
      },
      status: {},
    });
  });

  it('reads what kubectl v1.36 sends to create a PodDisruptionBudget and a token', () => {
    const budget = decodeProtobuf(hexBytes(
      '6b3873000a200a09706f6c6963792f76311213506f6444697372757074696f6e42756467657412360a110a017012001a0022002a003200' +
      '3800420012150a09080110001a0335302512080a060a01611201621a0a080018002000280030001a002200'));
    assert.ok('object' in budget, JSON.stringify(budget));
    assert.deepEqual(budget.object, {
      apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'p' },
      spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    });
    const token = decodeProtobuf(hexBytes(
      '6b3873000a280a1861757468656e7469636174696f6e2e6b38732e696f2f7631120c546f6b656e52657175657374121d0a100a0012001a' +
      '0022002a00320038004200120320d8041a040a0012001a002200'));
    assert.ok('object' in token, JSON.stringify(token));
    assert.deepEqual(token.object, {
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {},
      spec: { expirationSeconds: 600 }, status: {},
    });
  });

  it('passes over unknown fields of every wire type, joins parts, and takes packed numbers', () => {
    const meta = [...text(1, 'a'), 0x98, 0x3f, 5, 0x9b, 0x3f, 0x08, 1, 0x9c, 0x3f, 0x99, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8];
    const raw = [...field(1, meta), ...field(1, text(3, 'ns'))];
    const read = decodeProtobuf(envelope('v1', 'ConfigMap', raw));
    assert.ok('object' in read, JSON.stringify(read));
    assert.deepEqual(read.object['metadata'], { name: 'a', namespace: 'ns' });
    const groups = decodeProtobuf(envelope('v1', 'Pod', field(2, field(14, field(4, [1, 0xac, 2])))));
    assert.ok('object' in groups, JSON.stringify(groups));
    assert.deepEqual(groups.object['spec'], { securityContext: { supplementalGroups: [1, 300] } });
  });

  it('keeps a key named __proto__ as data', () => {
    const entry = [...text(1, '__proto__'), ...text(2, 'x')];
    const read = decodeProtobuf(envelope('v1', 'ConfigMap', field(2, entry)));
    assert.ok('object' in read);
    assert.deepEqual(Object.entries(read.object['data'] as object), [['__proto__', 'x']]);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  const pod = (...raw: number[]): Uint8Array => envelope('v1', 'Pod', raw);
  const hostile: readonly (readonly [string, Uint8Array, string])[] = [
    ['no bytes', new Uint8Array(0), 'empty data'],
    ['JSON', Uint8Array.from([0x7b, 0x7d]),
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
    ['the prefix alone', Uint8Array.from([0x6b, 0x38, 0x73, 0]), 'empty body'],
    ['no kind', envelope('v1', '', []), "Object 'Kind' is missing in ''"],
    ['no version', envelope('', 'Pod', []), "Object 'apiVersion' is missing in ''"],
    ['an unknown kind', envelope('v1', 'Nope', []), 'no kind "Nope" is registered for version "v1"'],
    ['an endless varint', pod(...Array<number>(11).fill(0xff)), 'proto: integer overflow'],
    ['a truncated varint', pod(0x80), 'unexpected EOF'],
    ['a huge length', pod(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), 'unexpected EOF'],
    ['a negative length', pod(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
      'proto: negative length found during unmarshaling'],
    ['a wrong wire type', pod(0x08, 1), 'proto: wrong wireType = 0 for field Metadata'],
    ['field number 0', pod(0x02, 0), 'proto: Pod: illegal tag 0 (wire type 2)'],
    ['the end of no group', pod(0x0c), 'proto: Pod: wiretype end group for non-group'],
    ['an unknown wire type', pod(0x9f, 0x3f), 'proto: illegal wireType 7'],
    ['groups without end', pod(...Array<number>(20_000).fill(0x7b)), 'proto: groups are nested too deeply'],
    ['raw JSON that is none', envelope('apps/v1', 'ControllerRevision', field(2, text(1, '{'))),
      'json: error calling MarshalJSON for type runtime.RawExtension: unexpected end of JSON input'],
  ];
  for (const [what, bytes, error] of hostile) {
    it(`refuses ${what}`, () => {
      const read = decodeProtobuf(bytes);
      assert.equal('error' in read ? read.error : 'accepted', error);
    });
  }

  it('ends with an error or an object for every body that is cut off or altered', () => {
    for (const object of objects.slice(0, 3)) {
      const bytes = encode(object);
      for (let i = 0; i < bytes.length; i += 1) {
        decodeProtobuf(bytes.subarray(0, i));
        for (const flip of [0x01, 0x07, 0x80, 0xff]) {
          const altered = Uint8Array.from(bytes);
          altered[i] = (altered[i] ?? 0) ^ flip;
          decodeProtobuf(altered);
        }
      }
    }
  });

  it('has a message behind every field of the table', () => {
    for (const name of messageNames()) {
      for (const { value } of messageOf(name).fields.values()) {
        if ('message' in value) assert.ok(findMessage(value.message), `${name} -> ${value.message}`);
      }
    }
  });
});
