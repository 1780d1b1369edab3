/** Hostile requests one by one, each with upstream's status code, reason, message and causes. */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Asking } from './raw';

export interface Case {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly asking?: Asking;
  readonly code: number;
  readonly reason?: string;
  readonly message: string | RegExp;
  readonly causes?: readonly (readonly [reason: string, field: string])[];
}

export const pods = '/api/v1/namespaces/default/pods';
export const configMaps = '/api/v1/namespaces/default/configmaps';
const target = `${configMaps}/target`;
export const dryRun = '?dryRun=All';
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const typed = (type: string) => (body: NonNullable<Asking['body']>): Asking => ({ headers: { 'content-type': type },
  body });
export const json = typed('application/json');
const yaml = typed('application/yaml');
const protobuf = typed('application/vnd.kubernetes.protobuf');
export const jsonPatch = typed('application/json-patch+json');
export const mergePatch = typed('application/merge-patch+json');
export const strategicPatch = typed('application/strategic-merge-patch+json');
const applyPatch = typed('application/apply-patch+yaml');
export const many = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; '
  + 'json parse error: ';
const noResource = 'the server could not find the requested resource';
const tooLarge = 'Request entity too large: limit is 3145728';

/** A pod whose only container has these fields besides its name and image. */
const pod = (container: object): Asking => json({ metadata: { name: 'p' }, spec: { containers: [{ name: 'c',
  image: 'i', ...container }] } });

/** Nine levels of ten aliases each. */
const aliasBomb = many(9, (i) => (i === 0 ? 'l0: &l0 [x,x,x,x,x,x,x,x,x,x]'
  : `l${i}: &l${i} [${many(10, () => `*l${i - 1}`).join(',')}]`)).join('\n');

/** `k8s\0`, then an envelope of v1 ConfigMap around these bytes. */
function envelope(raw: Uint8Array): Buffer {
  const field = (number: number, bytes: Uint8Array): Buffer => {
    const head = [(number << 3) | 2];
    let left = bytes.length;
    for (; left > 127; left >>>= 7) head.push((left & 127) | 128);
    return Buffer.concat([Buffer.from([...head, left]), bytes]);
  };
  const meta = Buffer.concat([field(1, Buffer.from('v1')), field(2, Buffer.from('ConfigMap'))]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, meta), field(2, raw)]);
}

/** A token that says it is unsigned, and one signed with a key of the attacker's own. */
function forgedToken(alg: 'none' | 'HS256'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: ['https://kubernetes.default.svc.cluster.local'], exp: 4_102_444_800, iat: 0,
    iss: 'https://kubernetes.default.svc.cluster.local',
    sub: 'system:serviceaccount:kube-system:generic-garbage-collector',
  };
  const signed = `${part({ alg, kid: 'x' })}.${part(claims)}`;
  return `${signed}.${alg === 'none' ? '' : createHmac('sha256', 'secret').update(signed).digest('base64url')}`;
}

const bodies: readonly Case[] = [
  { name: 'a body of more than 3 MiB', method: 'POST', path: configMaps, code: 413, reason: 'RequestEntityTooLarge',
    asking: json(Buffer.alloc(3 * 1024 * 1024 + 1, 0x20)), message: tooLarge },
  { name: 'so large a body in chunks', method: 'POST', path: configMaps, code: 413, reason: 'RequestEntityTooLarge',
    asking: { headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(4_000_000, 0x20) },
    message: tooLarge },
  { name: '3 GB in 3 MB of gzip', method: 'POST', path: configMaps, code: 413, reason: 'RequestEntityTooLarge',
    asking: { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: Buffer.concat(many(48, () => gzipSync(Buffer.alloc(64 * 1024 * 1024)))) },
    message: tooLarge },
  { name: 'a million empty containers', method: 'POST', path: pods + dryRun, code: 413, reason: 'RequestEntityTooLarge',
    asking: json(`{"spec":{"containers":[${'{},'.repeat(1_000_000)}{}]}}`),
    message: 'Request entity too large: limit is 100000 objects and lists, and 250000 values' },
  { name: 'lists nested 100,000 times', method: 'POST', path: configMaps, asking: json('['.repeat(100_000)), code: 400,
    reason: 'BadRequest', message: /invalid character '\[' exceeded max depth/ },
  { name: 'objects nested 100,000 times', method: 'POST', path: configMaps, asking: json('{"a":'.repeat(100_000)),
    code: 400,
    reason: 'BadRequest', message: /invalid character '\{' exceeded max depth/ },
  { name: 'YAML nested 100,000 times', method: 'POST', path: configMaps, asking: yaml(`a: ${'['.repeat(100_000)}`),
    code: 400,
    reason: 'BadRequest',
      message: /^the object provided is unrecognized \(must be of type ConfigMap\): yaml: line 1: / },
  { name: 'a bomb of aliases', method: 'POST', path: configMaps, asking: yaml(aliasBomb), code: 400,
    reason: 'BadRequest',
    message: /^the object provided is unrecognized \(must be of type ConfigMap\): yaml: .*alias/ },
  { name: '3 MiB of YAML brackets', method: 'POST', path: configMaps, asking: yaml('{['.repeat(1_500_000)), code: 400,
    reason: 'BadRequest', message: /^the object provided is unrecognized/ },
  { name: 'groups in protobuf', method: 'POST', path: configMaps, asking: protobuf(envelope(Buffer.alloc(500_000,
    0x0b))),
    code: 400, reason: 'BadRequest',
      message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: wrong '
      + 'wireType = 3 for field Metadata' },
  { name: 'a number in protobuf that never ends', method: 'POST', path: configMaps, code: 400, reason: 'BadRequest',
    asking: protobuf(envelope(Buffer.alloc(500_000, 0xff))),
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: integer overflow' },
  { name: 'a length in protobuf that is longer than all', method: 'POST', path: configMaps, code: 400,
    reason: 'BadRequest',
    asking: protobuf(Buffer.from([0x6b, 0x38, 0x73, 0, 0x12, 0xff, 0xff, 0xff, 0xff, 0x07])),
      message: /unexpected EOF/ },
  { name: 'a body that ends early', method: 'POST', path: configMaps, asking: json('{"data":{"a":'), code: 400,
    reason: 'BadRequest', message: `${unrecognized}unexpected end of JSON input ({"data":{"a":)` },
  { name: 'text behind the object', method: 'POST', path: configMaps, asking: json('{}{}'), code: 400,
    reason: 'BadRequest',
    message: `${unrecognized}invalid character '{' after top-level value ({}{})` },
  { name: 'a byte order mark', method: 'POST', path: configMaps, asking: json(Buffer.from('\ufeff{}')), code: 400,
    reason: 'BadRequest', message: `${unrecognized}invalid character 'ï' looking for beginning of value (efbbbf7b7d)` },
  { name: 'a control character in a text', method: 'POST', path: configMaps, asking: json('{"kind":"\u0000"}'),
    code: 400,
    reason: 'BadRequest', message: `${unrecognized}invalid character '\\x00' in string literal ({"kind":"\u0000"})` },
  { name: 'a number beyond every double', method: 'POST', path: pods, asking: json('{"spec":{"priority":1e999}}'),
    code: 400,
    reason: 'BadRequest', message: /json: cannot unmarshal number 1e999/ },
  { name: 'an integer beyond 32 bits', method: 'POST', path: pods, code: 400, reason: 'BadRequest',
    asking: json('{"metadata":{"name":"a"},"spec":{"priority":2147483648}}'),
    message: 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number 2147483648 into Go struct '
      + 'field PodSpec.spec.priority of type int32' },
  { name: 'an integer beyond 64 bits', method: 'POST', path: pods, code: 400, reason: 'BadRequest',
    asking: json('{"metadata":{"name":"a"},"spec":{"terminationGracePeriodSeconds":9223372036854775808}}'),
    message: /cannot unmarshal number \S+ into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64$/ },
  { name: 'keys that appear twice, strictly', method: 'POST', path: `${configMaps}?fieldValidation=Strict`, code: 400,
    reason: 'BadRequest', asking: json('{"metadata":{"name":"a"},"data":{"x":"1","x":"2"},"data":{}}'),
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.x", '
      + 'duplicate field "data"' },
  { name: 'an unknown field named __proto__, strictly', method: 'POST', path: `${configMaps}?fieldValidation=Strict`,
    asking: json('{"metadata":{"name":"a"},"__proto__":{"data":{"a":"b"}}}'), code: 400, reason: 'BadRequest',
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "__proto__"' },
];

const objects: readonly Case[] = [
  { name: 'a name with a null byte', method: 'POST', path: configMaps,
    asking: json({ metadata: { name: 'a\u0000b' } }), code: 422,
    reason: 'Invalid', message: /^ConfigMap "a\\x00b" is invalid: metadata\.name: Invalid value: "a\\x00b": a lowercase RFC 1123/,
    causes: [['FieldValueInvalid', 'metadata.name']] },
  { name: 'a name of a megabyte', method: 'POST', path: configMaps,
    asking: json({ metadata: { name: 'a.'.repeat(500_000) } }),
    code: 422, reason: 'Invalid', message: /must be no more than 253 bytes/ },
  { name: 'a name that is a path', method: 'POST', path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    asking: json({ metadata: { name: '../../secrets' } }), code: 422, reason: 'Invalid',
    message: 'ClusterRole.rbac.authorization.k8s.io "../../secrets" is invalid: metadata.name: Invalid value: '
      + '"../../secrets": may not contain \'/\'', causes: [['FieldValueInvalid', 'metadata.name']] },
  { name: 'annotations of more than 256 KiB', method: 'POST', path: configMaps, code: 422, reason: 'Invalid',
    asking: json({ metadata: { name: 'a', annotations: { a: 'x'.repeat(262_144) } } }),
    message: 'ConfigMap "a" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
    causes: [['FieldValueTooLong', 'metadata.annotations']] },
  { name: 'a ConfigMap of more than 1 MiB', method: 'POST', path: configMaps, code: 422, reason: 'Invalid',
    asking: json({ metadata: { name: 'a' }, data: { a: 'x'.repeat(1_048_577) } }),
    message: 'ConfigMap "a" is invalid: []: Too long: may not be more than 1048576 bytes' },
  { name: 'an object larger than etcd takes', method: 'POST', path: pods, code: 500,
    asking: pod({ args: many(1_600, () => 'x'.repeat(1_024)) }), message: 'etcdserver: request is too large' },
  { name: 'a quantity with a monstrous exponent', method: 'POST', path: pods, code: 400, reason: 'BadRequest',
    asking: pod({ resources: { limits: { cpu: '1e99999999999' } } }),
    message: 'Pod in version "v1" cannot be handled as a Pod: unable to parse numeric part of quantity' },
  { name: 'a privileged mount into the host\'s root by traversal', method: 'POST', path: pods, code: 422,
    reason: 'Invalid',
    asking: json({ metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }],
      volumes: [{ name: 'v', hostPath: { path: '/var/../../etc' } }] } }),
    message: 'Pod "p" is invalid: spec.volumes[0].hostPath.path: Invalid value: "/var/../../etc": must not contain \'..\'',
    causes: [['FieldValueInvalid', 'spec.volumes[0].hostPath.path']] },
  { name: 'owners without end that are all in control', method: 'POST', path: configMaps, code: 422, reason: 'Invalid',
    asking: json({ metadata: { name: 'a', ownerReferences: many(10_000, (i) => (
      { apiVersion: 'v1', kind: 'Pod', name: `p${i}`, uid: `u${i}`, controller: true })) } }),
    message: /Only one reference can have Controller set to true\. Found "true" in references for Pod\/p0 and Pod\/p1/ },
  { name: 'a CRD whose pattern is too large', method: 'POST', path: definitions,
    asking: json(definition('large', { type: 'string', pattern: '((a{1,100}){1,100}){1,100}' })), code: 422,
      reason: 'Invalid',
    message: /properties\[spec\]\.pattern: Invalid value: "\(\(a\{1,100\}\)\{1,100\}\)\{1,100\}": must be a valid regular expression/ },
  { name: 'a CRD whose rule costs too much', method: 'POST', path: definitions, code: 422, reason: 'Invalid',
    asking: json(definition('costly', { type: 'array', items: { type: 'integer' },
      'x-kubernetes-validations': [{ rule: 'self.all(a, self.all(b, self.all(c, a + b > c)))' }] })),
    message: /contributed to estimated rule cost total exceeding cost limit|exceeds budget by (more than )?/ },
  { name: 'a CRD with a schema nested too deeply', method: 'POST', path: definitions, code: 400, reason: 'BadRequest',
    asking: json(JSON.stringify(definition('deep', { deep: 1 }))
      .replace('{"deep":1}', `${'{"type":"object","properties":{"a":'.repeat(5_000)}{}${'}}'.repeat(5_000)}`)),
    message: /exceeded max depth/ },
];

const patches: readonly Case[] = [
  { name: '10,001 operations', method: 'PATCH', path: target, code: 413, reason: 'RequestEntityTooLarge',
    asking: jsonPatch(many(10_001, () => ({ op: 'test', path: '/kind', value: 'ConfigMap' }))),
    message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001' },
  { name: 'copies that double again and again', method: 'PATCH', path: target, code: 422, reason: 'Invalid',
    asking: jsonPatch(many(64, (i) => ({ op: 'copy', from: '/data', path: `/data/c${i}` }))),
    message: 'the server rejected our request due to an error in our request' },
  { name: 'an operation on the prototype', method: 'PATCH', path: target, code: 422, reason: 'Invalid',
    asking: jsonPatch([{ op: 'add', path: '/data/__proto__/polluted', value: 'x' }]),
    message: 'the server rejected our request due to an error in our request' },
  { name: 'a merge patch that is a list', method: 'PATCH', path: target, asking: mergePatch('[]'), code: 400,
    reason: 'BadRequest',
      message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}' },
  { name: 'a patch that renames', method: 'PATCH', path: target, asking: mergePatch({ metadata: { name: 'other' } }),
    code: 400,
    reason: 'BadRequest', message: 'the name of the object (other) does not match the name on the URL (target)' },
  { name: 'a patch that changes the uid', method: 'PATCH', path: target,
    asking: mergePatch({ metadata: { uid: 'x' } }), code: 409,
    reason: 'Conflict', message: new RegExp('^Operation cannot be fulfilled on configmaps "target": StorageError: invalid object, Code: 4, Key: '
      + '/registry/configmaps/default/target, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in '
      + 'precondition: x, UID in object meta: [-0-9a-f]{36}$') },
  { name: 'an unknown directive', method: 'PATCH', path: target,
    asking: strategicPatch({ data: { $patch: 'explode' } }), code: 500,
    message: 'unknown patch type: explode in map: map[$patch:explode]' },
  { name: 'apply in YAML with a bomb of aliases', method: 'PATCH', path: `${target}?fieldManager=x`, code: 400,
    reason: 'BadRequest', asking: applyPatch(aliasBomb),
      message: /^error decoding YAML: error converting YAML to JSON: yaml: .*alias/ },
  { name: 'apply of fields that nobody knows', method: 'PATCH', path: `${target}?fieldManager=x`, code: 500,
    asking: applyPatch({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'target' }, spec: {} }),
    message: 'failed to create typed patch object (/target; /v1, Kind=ConfigMap): .spec: field not declared in schema' },
];

const requests: readonly Case[] = [
  { name: 'XML', method: 'POST', path: configMaps, asking: typed('text/xml')('<ConfigMap/>'), code: 415,
    reason: 'UnsupportedMediaType', message: 'the body of the request was in an unknown format - accepted media types '
      + 'include: application/json, application/yaml, application/vnd.kubernetes.protobuf' },
  { name: 'a form of a web page', method: 'POST', path: configMaps,
    asking: typed('application/x-www-form-urlencoded')('a=b'), code: 415,
    reason: 'UnsupportedMediaType', message: /^the body of the request was in an unknown format/ },
  { name: 'plain text, which a web page may send without asking', method: 'POST', path: configMaps,
    asking: typed('text/plain')('{}'),
    code: 415, reason: 'UnsupportedMediaType', message: /^the body of the request was in an unknown format/ },
  { name: 'a patch in plain JSON', method: 'PATCH', path: target, asking: json('{}'), code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type' },
  { name: 'a page for the browser', method: 'GET', path: pods, asking: { headers: { accept: 'text/html' } }, code: 406,
    reason: 'NotAcceptable', message: /^406: Not Acceptable/ },
  { name: 'traversal to another namespace', method: 'GET', path: `${pods}/../../kube-system/secrets`, code: 404,
    reason: 'NotFound', message: noResource },
  { name: 'traversal in escapes', method: 'GET', path: `${pods}/%2e%2e`, code: 400, reason: 'BadRequest',
    message: 'Name parameter invalid: "..": may not be \'..\'' },
  { name: 'a null byte in a path', method: 'GET', path: `${pods}/a%00b`, code: 404, reason: 'NotFound',
    message: 'pods "a\\x00b" not found' },
  { name: 'a line break in a path', method: 'GET', path: `${pods}/a%0d%0aX-Evil:%201`, code: 404, reason: 'NotFound',
    message: 'pods "a\\r\\nX-Evil: 1" not found' },
  { name: 'a resource that nobody knows', method: 'GET', path: '/apis/apps/v1/__proto__', code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'a method that nobody may send', method: 'TRACE', path: pods, code: 405, reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource' },
  { name: 'a selector of 50,000 brackets', method: 'GET', path: `${pods}?labelSelector=${'('.repeat(50_000)}`,
    code: 400,
    reason: 'BadRequest', message: 'found \'(\', expected: !, identifier, or \'end of string\'' },
  { name: 'a selector that has no end', method: 'GET', path: `${pods}?labelSelector=a%20in%20(b`, code: 400,
    reason: 'BadRequest',
    message: 'unable to parse requirement: found \'\', expected: \',\' or \')\'' },
  { name: 'a continue token that leaves the resource', method: 'GET', code: 400, reason: 'BadRequest',
    path: `${pods}?limit=1&continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":"../../secrets"}').toString('base64url')}`,
    message: 'invalid continue token: continue key is not valid: ../../secrets' },
  { name: 'a continue token of no kind', method: 'GET', path: `${pods}?limit=1&continue=%ff%fe`, code: 400,
    reason: 'BadRequest',
    message: /^invalid continue token: / },
  { name: 'a version of the future', method: 'GET', path: `${pods}?resourceVersion=99999999999`, code: 504,
    reason: 'Timeout',
    message: /^Timeout: Too large resource version: 99999999999, current: \d+$/, causes: [['ResourceVersionTooLarge',
      '']] },
];

const callers: readonly Case[] = [
  { name: 'a token that is none', method: 'GET', path: pods, asking: bearer('nonsense'), code: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized' },
  { name: 'a token without signature', method: 'GET', path: pods, asking: bearer(forgedToken('none')), code: 401,
    reason: 'Unauthorized', message: 'Unauthorized' },
  { name: 'a token signed with another key', method: 'GET', path: pods, asking: bearer(forgedToken('HS256')), code: 401,
    reason: 'Unauthorized', message: 'Unauthorized' },
  { name: 'a token of 60 KB', method: 'GET', path: pods, asking: bearer('a.'.repeat(30_000)), code: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized' },
  { name: 'a user and a password', method: 'GET', path: pods, code: 403, reason: 'Forbidden',
    asking: { anonymous: true, headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` } },
    message: 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"' },
  { name: 'a token in the query', method: 'GET', path: `${pods}?access_token=abc&token=abc`,
    asking: { anonymous: true }, code: 403,
    reason: 'Forbidden', message: /^pods is forbidden: User "system:anonymous" cannot list/ },
  { name: 'nobody, who says that he is somebody', method: 'GET', path: pods, code: 403, reason: 'Forbidden',
    asking: { anonymous: true, headers: { 'impersonate-user': 'kubernetes-admin',
      'impersonate-group': 'system:masters' } },
    message: /is forbidden: User "system:anonymous" cannot impersonate/ },
  { name: 'headers of a proxy that nobody trusts', method: 'GET', path: pods, code: 403, reason: 'Forbidden',
    asking: { anonymous: true, headers: { 'x-remote-user': 'kubernetes-admin', 'x-remote-group': 'system:masters' } },
    message: /^pods is forbidden: User "system:anonymous" cannot list/ },
  { name: 'a role that gives more than its author has', method: 'POST', code: 403, reason: 'Forbidden',
    path: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles',
    asking: { headers: { 'content-type': 'application/json', 'impersonate-user': 'eve' },
      body: { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }] } },
    message: /user "eve" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["\*"\]\}$/ },
];

function bearer(token: string): Asking {
  return { anonymous: true, headers: { authorization: `Bearer ${token}` } };
}

/** A definition of objects whose `spec` has this schema. */
export function definition(singular: string, spec: object): object {
  const plural = `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.hostile.example` },
    spec: {
      group: 'hostile.example', scope: 'Namespaced', names: { plural, singular,
        kind: singular[0]?.toUpperCase() + singular.slice(1) },
      versions: [{ name: 'v1', served: true, storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
    },
  };
}

/** All of them, by what is wrong with them. */
export const hostileCases: Readonly<Record<string, readonly Case[]>> = { bodies, objects, patches, requests, callers };
