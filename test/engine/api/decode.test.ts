import assert from 'node:assert/strict';
import { decode, decodeFailure, decodeFailureMessage, decodeWarnings } from '../../../src/api/decode/decode';

const pod = (spec: unknown): Record<string, unknown> => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' },
  spec });
const deployment = (spec: unknown): Record<string, unknown> => (
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec });

describe('decode', () => {
  it('returns a good document itself', () => {
    const document = pod({ containers: [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80 }], tty: false }] });
    const { object, problems } = decode(document, 'Pod');
    assert.equal(object, document);
    assert.deepEqual(problems, []);
  });

  const refused: readonly (readonly [string, unknown, string, string, readonly (string | number)[]])[] = [
    ['unknown field', pod({ containers: [{ name: 'a', foo: 1 }] }), 'Pod',
      'strict decoding error: unknown field "spec.containers[0].foo"', ['spec', 'containers', 0, 'foo']],
    ['text for a number', deployment({ replicas: 'three' }), 'Deployment',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32', ['spec',
        'replicas']],
    ['fraction for a number', deployment({ replicas: 1.5 }), 'Deployment',
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32', ['spec',
        'replicas']],
    ['overflow', deployment({ replicas: 3_000_000_000 }), 'Deployment',
      'json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
      ['spec', 'replicas']],
    ['number in env', pod({ containers: [{ name: 'a', env: [{ name: 'A', value: 5 }] }] }), 'Pod',
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
      ['spec', 'containers', 0, 'env', 0, 'value']],
    ['number as label', { metadata: { labels: { a: true } } }, 'Pod',
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string', ['metadata',
        'labels', 'a']],
    ['object for a list', pod({ containers: { name: 'a' } }), 'Pod',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container', ['spec',
        'containers']],
    ['text for a struct', { spec: 'x' }, 'Deployment',
      'json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec', ['spec']],
    ['named string type', pod({ containers: [], dnsPolicy: 1 }), 'Pod',
      'json: cannot unmarshal number into Go struct field PodSpec.spec.dnsPolicy of type v1.DNSPolicy', ['spec',
        'dnsPolicy']],
    ['quantity', pod({ containers: [{ name: 'a', resources: { limits: { cpu: 'lots' } } }] }), 'Pod',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      ['spec', 'containers', 0, 'resources', 'limits', 'cpu']],
    ['base64', { data: { a: 'not base64!' } }, 'Secret', 'illegal base64 data at input byte 3', ['data', 'a']],
    ['time', { metadata: { creationTimestamp: '2026-01-32T00:00:00Z' } }, 'Pod',
      'parsing time "2026-01-32T00:00:00Z": day out of range', ['metadata', 'creationTimestamp']],
    ['half a time', { metadata: { creationTimestamp: 'today' } }, 'Pod',
      'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"', ['metadata',
        'creationTimestamp']],
  ];
  for (const [what, document, type, message, path] of refused) {
    it(`refuses ${what}`, () => {
      const { problems } = decode(document, type);
      assert.equal(decodeFailure(problems, 'Strict'), message);
      assert.deepEqual(problems[0]?.path, path);
    });
  }

  const converted: readonly (readonly [what: string, spec: unknown, message: string])[] = [
    ['a text for a number', { replicas: 'x' }, 'unrecognized type: int32'],
    ['a fraction for a number', { replicas: 1.5 }, 'cannot convert float64 to int32'],
    ['a text for a truth', { paused: 'yes' }, 'unrecognized type: bool'],
    ['a truth for a text', { strategy: { type: true } }, 'unrecognized type: string'],
    ['a number for a text', { strategy: { type: 3 } }, 'cannot convert int64 to v1.DeploymentStrategyType'],
    ['a text for a list', { template: { spec: { containers: 'x' } } }, 'cannot restore slice from string'],
    ['a list for a map', { selector: { matchLabels: [] } }, 'cannot restore map from slice'],
    ['a text for an object', { template: 'x' }, 'cannot restore struct from: string'],
    ['a value that has a parser of its own', { strategy: { rollingUpdate: { maxSurge: true } } },
      'json: cannot unmarshal bool into Go struct field '
        + 'RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32'],
  ];
  for (const [what, spec, message] of converted) {
    it(`says of a patched object what its conversion would: ${what}`, () => {
      const { problems } = decode(deployment(spec), 'Deployment');
      assert.equal(decodeFailure(problems, 'Warn', true), message);
    });
  }

  it('lists all unknown fields when strict, warns or stays silent otherwise', () => {
    const { object, problems } = decode({ ...pod({ containers: [], one: 1 }), two: 2 }, 'Pod');
    assert.equal(decodeFailure(problems, 'Strict'),
      'strict decoding error: unknown field "spec.one", unknown field "two"');
    assert.equal(decodeFailure(problems, 'Warn'), undefined);
    assert.deepEqual(decodeWarnings(problems, 'Warn'), ['unknown field "spec.one"', 'unknown field "two"']);
    assert.deepEqual(decodeWarnings(problems, 'Ignore'), []);
    assert.deepEqual(object, pod({ containers: [] }));
    assert.equal(decodeFailureMessage('Pod', 'v1', 'why'), 'Pod in version "v1" cannot be handled as a Pod: why');
  });

  it('puts a wrong type before unknown fields and a refused value before both', () => {
    const document = pod({ foo: 1, hostNetwork: 'yes', containers: [{ name: 'a',
      resources: { requests: { cpu: 'x' } } }] });
    assert.match(decodeFailure(decode(document, 'Pod').problems, 'Strict') ?? '', /^quantities must match/);
    assert.match(decodeFailure(decode(pod({ foo: 1, hostNetwork: 'yes' }), 'Pod').problems, 'Strict') ?? '',
      /^json: cannot unmarshal string .* of type bool$/);
  });

  it('normalises as Go does', () => {
    const { object, problems } = decode(pod({
      hostname: null, containers: [{
        name: 'a', args: ['x', null], env: [], resources: { limits: { cpu: 0.5, memory: '1024Mi' }, requests: {} },
          tty: null,
      }], volumes: [{ name: 'v', emptyDir: {} }], activeDeadlineSeconds: 0,
    }), 'Pod');
    assert.deepEqual(problems, []);
    assert.deepEqual(object, pod({
      containers: [{ name: 'a', args: ['x', ''], resources: { limits: { cpu: '500m', memory: '1Gi' } } }],
      volumes: [{ name: 'v', emptyDir: {} }], activeDeadlineSeconds: 0,
    }));
    const time = decode({ metadata: { creationTimestamp: '2026-01-02T04:04:05.5+01:00' } }, 'Pod').object;
    assert.deepEqual(time, { metadata: { creationTimestamp: '2026-01-02T03:04:05Z' } });
  });

  it('treats __proto__ and its like as the unknown fields and keys that they are', () => {
    const text = '{"__proto__":{"a":1},"constructor":1,"metadata":{"labels":{"__proto__":"x"}}}';
    const hostile = JSON.parse(text) as unknown;
    const { object, problems } = decode(hostile, 'Pod');
    assert.deepEqual(problems.map((p) => p.message), ['unknown field "__proto__"', 'unknown field "constructor"']);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    assert.equal(JSON.stringify(object), '{"metadata":{"labels":{"__proto__":"x"}}}');
  });

  it('takes base64 with line breaks and any padding that is right', () => {
    for (const good of ['', 'YQ==', 'YWI=', 'YWJj', 'YWJj\nYQ==']) {
      assert.deepEqual(decode({ data: { a: good } }, 'Secret').problems, [], good);
    }
    for (const bad of ['YQ', 'YQ=', 'Y', 'YWJj=', 'a*==']) {
      assert.equal(decode({ data: { a: bad } }, 'Secret').problems.length, 1, bad);
    }
  });
});
