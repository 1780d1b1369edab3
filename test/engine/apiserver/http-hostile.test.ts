/** Bad and hostile input over HTTP: each case with upstream's status code, reason and message. */
import assert from 'node:assert/strict';
import { bootedCluster } from '../../support/cluster';
import { HttpClient, type Sending } from './http-client';

interface Case {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly sending?: Sending;
  readonly code: number;
  readonly reason?: string | undefined;
  readonly message: string | RegExp;
  readonly causes?: readonly { readonly reason: string; readonly field?: string }[];
}

const pods = '/api/v1/namespaces/default/pods';
const configMaps = '/api/v1/namespaces/default/configmaps';
const target = `${configMaps}/target`;
const strict = '?fieldValidation=Strict';
const json = (body: string | Uint8Array): Sending => ({ headers: { 'content-type': 'application/json' }, body });
const yaml = (body: string): Sending => ({ headers: { 'content-type': 'application/yaml' }, body });
const jsonPatch = (body: string): Sending => ({ headers: { 'content-type': 'application/json-patch+json' }, body });
const mergePatch = (body: string): Sending => ({ headers: { 'content-type': 'application/merge-patch+json' }, body });
const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; '
  + 'json parse error: ';
const noResource = 'the server could not find the requested resource';
const noMethod = 'the server does not allow this method on the requested resource';
const operations = (count: number): string =>
  `[${Array.from({ length: count }, () => '{"op":"test","path":"/kind","value":"ConfigMap"}').join(',')}]`;

const bodies: readonly Case[] = [
  { name: 'an empty body', method: 'POST', target: configMaps, sending: json(''), code: 400, reason: 'BadRequest',
    message: `${unrecognized}unexpected end of JSON input (<empty>)` },
  { name: 'a body that ends early', method: 'POST', target: configMaps, sending: json('{"data":'), code: 400,
    reason: 'BadRequest', message: `${unrecognized}unexpected end of JSON input ({"data":)` },
  { name: 'no JSON at all', method: 'POST', target: configMaps, sending: json('hello'), code: 400, reason: 'BadRequest',
    message: `${unrecognized}invalid character 'h' looking for beginning of value (68656c6c6f)` },
  { name: 'a long text that is no JSON', method: 'POST', target: configMaps,
    sending: json('{"metadata": {"name": "a" "b"}}'), code: 400, reason: 'BadRequest',
    message: `${unrecognized}invalid character '"' after object key:value pair ({"metadata": {"name": "a" "b"} ...)` },
  { name: 'text behind the object', method: 'POST', target: configMaps, sending: json('{} x'), code: 400,
    reason: 'BadRequest', message: `${unrecognized}invalid character 'x' after top-level value ({} x)` },
  { name: 'a list instead of an object', method: 'POST', target: configMaps, sending: json('[]'), code: 400,
    reason: 'BadRequest', message: `${unrecognized}json: cannot unmarshal array into Go value of type struct `
      + '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)' },
  { name: 'an apiVersion that is a number', method: 'POST', target: configMaps, sending: json('{"apiVersion":1}'),
    code: 400, reason: 'BadRequest', message: `${unrecognized}json: cannot unmarshal number into Go struct field `
      + '.apiVersion of type string ({"apiVersion":1})' },
  { name: 'an apiVersion with two slashes', method: 'POST', target: configMaps, sending: json('{"apiVersion":"a/b/c"}'),
    code: 400, reason: 'BadRequest', message: 'the object provided is unrecognized (must be of type ConfigMap): '
      + 'unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})' },
  { name: 'a kind nobody knows', method: 'POST', target: configMaps, sending: json('{"apiVersion":"v1","kind":"Foo"}'),
    code: 400, reason: 'BadRequest', message: 'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is '
      + 'registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"' },
  { name: 'an object of another kind', method: 'POST', target: configMaps,
    sending: json('{"apiVersion":"apps/v1","kind":"Deployment"}'), code: 400, reason: 'BadRequest',
    message: 'Deployment in version "v1" cannot be handled as a ConfigMap: converting (v1.Deployment) to '
      + '(core.ConfigMap): unknown conversion' },
  { name: 'a field of the wrong type', method: 'POST', target: configMaps,
    sending: json('{"metadata":{"name":"a"},"data":{"a":1}}'), code: 400, reason: 'BadRequest',
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct '
      + 'field ConfigMap.data of type string' },
  { name: 'unknown fields, strictly', method: 'POST', target: configMaps + strict,
    sending: json('{"metadata":{"name":"a"},"foo":1,"bar":{}}'), code: 400, reason: 'BadRequest',
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", '
      + 'unknown field "bar"' },
  { name: 'keys that appear twice, strictly', method: 'POST', target: configMaps + strict,
    sending: json('{"metadata":{"name":"a","labels":{"x":"1","x":"2"}},"data":{},"data":{}}'), code: 400,
    reason: 'BadRequest', message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
      + 'duplicate field "metadata.labels.x", duplicate field "data"' },
  { name: 'an integer beyond 64 bits', method: 'POST', target: pods, code: 400, reason: 'BadRequest',
    sending: json('{"metadata":{"name":"a"},"spec":{"activeDeadlineSeconds":92233720368547758080}}'),
    message: /cannot unmarshal number \S+ into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64$/ },
  { name: 'lists nested 20,000 times', method: 'POST', target: configMaps, sending: json('['.repeat(20_000)), code: 400,
    reason: 'BadRequest', message: /invalid character '\[' exceeded max depth \(5b5b/ },
  { name: 'objects nested 20,000 times', method: 'POST', target: configMaps, sending: json('{"a":'.repeat(20_000)),
    code: 400, reason: 'BadRequest', message: /invalid character '\{' exceeded max depth \(\{"a":/ },
  { name: 'a control character in a text', method: 'POST', target: configMaps, sending: json('{"kind":"a\u0001"}'),
    code: 400, reason: 'BadRequest', message: /invalid character '\\x01' in string literal/ },
  { name: 'a body of more than 3 MiB', method: 'POST', target: configMaps,
    sending: json(`{"data":{"a":"${'x'.repeat(3 * 1024 * 1024)}"}}`), code: 413, reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728' },
  { name: 'an unknown media type', method: 'POST', target: configMaps, code: 415, reason: 'UnsupportedMediaType',
    sending: { headers: { 'content-type': 'text/plain' }, body: '{}' },
    message: 'the body of the request was in an unknown format - accepted media types include: application/json, '
      + 'application/yaml, application/vnd.kubernetes.protobuf' },
  { name: 'a malformed media type', method: 'POST', target: configMaps, code: 415, reason: 'UnsupportedMediaType',
    sending: { headers: { 'content-type': 'json' }, body: '{}' }, message: /^the body of the request was in an unknown/ },
  { name: 'YAML with an alias bomb', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: yaml(bomb()), message: /must be of type ConfigMap\): yaml: .*aliases/ },
  { name: 'YAML nested too deeply', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: yaml(`a: ${'['.repeat(20_000)}`), message: /must be of type ConfigMap\): yaml: / },
  { name: 'YAML that is none', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: yaml('a: b: c'), message: /must be of type ConfigMap\): yaml: line 1: / },
  { name: 'YAML with a key twice, strictly', method: 'POST', target: configMaps + strict, code: 400,
    reason: 'BadRequest', sending: yaml('metadata:\n  name: a\ndata:\n  x: "1"\n  x: "2"\n'),
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:'
      + '\n  line 5: key "x" already set in map' },
  { name: 'protobuf that is none', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: { headers: { 'content-type': 'application/vnd.kubernetes.protobuf' }, body: 'hello' },
    message: 'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a '
      + 'protobuf message, expected prefix [107 56 115 0] (68656c6c6f)' },
  { name: 'protobuf that is cut off', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: { headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: new Uint8Array([0x6b, 0x38, 0x73, 0, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]) },
    message: /^the object provided is unrecognized \(must be of type ConfigMap\): / },
  { name: 'a namespace other than the path\'s', method: 'POST', target: configMaps, code: 400, reason: 'BadRequest',
    sending: json('{"metadata":{"name":"a","namespace":"other"}}'),
    message: 'the namespace of the provided object does not match the namespace sent on the request' },
  { name: 'no name at all', method: 'POST', target: configMaps, sending: json('{}'), code: 422, reason: 'Invalid',
    message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    causes: [{ reason: 'FieldValueRequired', field: 'metadata.name' }] },
  { name: 'a scale of a wrong type', method: 'PUT', code: 400, reason: 'BadRequest',
    target: '/apis/apps/v1/namespaces/kube-system/deployments/coredns/scale', sending: json('{"spec":{"replicas":"2"}}'),
    message: 'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field '
      + 'ScaleSpec.spec.replicas of type int32' },
];

const patches: readonly Case[] = [
  { name: '10,001 operations', method: 'PATCH', target, sending: jsonPatch(operations(10_001)), code: 413,
    reason: 'RequestEntityTooLarge', message: 'Request entity too large: The allowed maximum operations in a JSON patch '
      + 'is 10000, got 10001' },
  { name: 'a JSON patch that is no list', method: 'PATCH', target, sending: jsonPatch('{}'), code: 400,
    reason: 'BadRequest', message: 'error decoding patch: json: cannot unmarshal object into Go value of type '
      + '[]handlers.jsonPatchOp' },
  { name: 'a JSON patch of a missing path', method: 'PATCH', target, code: 422, reason: 'Invalid',
    sending: jsonPatch('[{"op":"remove","path":"/nothing"}]'), message: /the server rejected our request/ },
  { name: 'a merge patch that is no JSON', method: 'PATCH', target, sending: mergePatch('{"data"}'), code: 400,
    reason: 'BadRequest', message: 'error decoding patch: invalid character \'}\' after object key' },
  { name: 'a merge patch that is a list', method: 'PATCH', target, sending: mergePatch('[]'), code: 400,
    reason: 'BadRequest', message: 'error decoding patch: json: cannot unmarshal array into Go value of type '
      + 'map[string]interface {}' },
  { name: 'a bad patch of a missing object', method: 'PATCH', target: `${configMaps}/missing`, sending: mergePatch('['),
    code: 404, reason: 'NotFound', message: 'configmaps "missing" not found' },
  { name: 'a patch of no type', method: 'PATCH', target, sending: { body: '{}' }, code: 415,
    reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type' },
  { name: 'a patch of type JSON', method: 'PATCH', target, sending: json('{}'), code: 415,
    reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type' },
  { name: 'force without apply', method: 'PATCH', target: `${target}?force=true`, sending: mergePatch('{}'), code: 422,
    reason: 'Invalid', causes: [{ reason: 'FieldValueForbidden', field: 'force' }],
    message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch' },
  { name: 'apply without a manager', method: 'PATCH', target, code: 422, reason: 'Invalid',
    sending: { headers: { 'content-type': 'application/apply-patch+yaml' }, body: '{}' },
    causes: [{ reason: 'FieldValueRequired', field: 'fieldManager' }],
    message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch' },
];

const queries: readonly Case[] = [
  { name: 'a limit that is no number', method: 'GET', target: `${pods}?limit=many`, code: 400, reason: 'BadRequest',
    message: 'strconv.ParseInt: parsing "many": invalid syntax' },
  { name: 'a limit beyond 64 bits', method: 'GET', target: `${pods}?limit=99999999999999999999`, code: 400,
    reason: 'BadRequest', message: 'strconv.ParseInt: parsing "99999999999999999999": value out of range' },
  { name: 'an unknown dry run', method: 'POST', target: `${configMaps}?dryRun=Some`, sending: json('{}'), code: 422,
    reason: 'Invalid', causes: [{ reason: 'FieldValueNotSupported', field: 'dryRun' }],
    message: 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"' },
  { name: 'an unknown field validation', method: 'POST', target: `${configMaps}?fieldValidation=Mild`, code: 422,
    sending: json('{}'), reason: 'Invalid', message: 'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: '
      + 'Unsupported value: "Mild": supported values: "", "Ignore", "Strict", "Warn"' },
  { name: 'a field manager of 129 bytes', method: 'POST', target: `${configMaps}?fieldManager=${'m'.repeat(129)}`,
    sending: json('{}'), code: 422, reason: 'Invalid', message: 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: '
      + 'Too long: may not be more than 128 bytes' },
  { name: 'a field manager with a line break', method: 'POST', target: `${configMaps}?fieldManager=a%0Ab`,
    sending: json('{}'), code: 422, reason: 'Invalid', message: 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: '
      + 'Invalid value: "a\\nb": invalid character U+000A (at position 1)' },
  { name: 'a match without a version', method: 'GET', target: `${pods}?resourceVersionMatch=Exact`, code: 422,
    reason: 'Invalid', message: 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
      + 'resourceVersionMatch is forbidden unless resourceVersion is provided' },
  { name: 'initial events without a watch', method: 'GET', target: `${pods}?sendInitialEvents=true`, code: 422,
    reason: 'Invalid', message: 'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents '
      + 'is forbidden for list' },
  { name: 'initial events without a match', method: 'GET', target: `${pods}?watch=1&sendInitialEvents=true`, code: 422,
    reason: 'Invalid', message: 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
      + 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan' },
  { name: 'a bad label selector', method: 'GET', target: `${pods}?labelSelector=a%3D%3D%3Db`, code: 400,
    reason: 'BadRequest', message: /unable to parse requirement|found/ },
  { name: 'a field that cannot be selected', method: 'GET', target: `${pods}?fieldSelector=spec.foo%3Dx`, code: 400,
    reason: 'BadRequest', message: /field label not supported: spec.foo/ },
  { name: 'a resourceVersion that is none', method: 'GET', target: `${pods}?resourceVersion=abc`, code: 500,
    reason: undefined, message: /resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax/ },
  { name: 'a timeout that is none', method: 'GET', target: `${pods}?timeout=soon`, code: 400, reason: 'BadRequest',
    message: 'invalid timeout specified in the request URL - time: invalid duration "soon"' },
  { name: 'a timeout without a unit', method: 'GET', target: `${pods}?timeout=32`, code: 400, reason: 'BadRequest',
    message: 'invalid timeout specified in the request URL - time: missing unit in duration "32"' },
  { name: 'an unknown propagation policy', method: 'DELETE', target: `${target}?propagationPolicy=Sideways`, code: 422,
    reason: 'Invalid', message: 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: '
      + '"Sideways": supported values: "Foreground", "Background", "Orphan", "nil"' },
  { name: 'both ways to say what becomes of dependents', method: 'DELETE', target, code: 422, reason: 'Invalid',
    sending: json('{"propagationPolicy":"Orphan","orphanDependents":true}'),
    message: 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and '
      + 'deletionPropagation cannot be both set' },
  { name: 'options of a delete that are no JSON', method: 'DELETE', target, sending: json('{'), code: 500,
    reason: undefined, message: 'couldn\'t get version/kind; json parse error: unexpected end of JSON input' },
  { name: 'a uid that is not the object\'s', method: 'DELETE', target, sending: json('{"preconditions":{"uid":"x"}}'),
    code: 409, reason: 'Conflict', message: /the UID in the precondition \(x\) does not match the UID in record/ },
  { name: 'an unknown way to include objects', method: 'GET', target: `${pods}?includeObject=All`, code: 400,
    sending: { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } }, reason: 'BadRequest',
    message: 'Unable to convert to Table as requested: includeObject: Invalid value: "All": must be \'Metadata\', '
      + '\'Object\', \'None\', or empty' },
];

const paths: readonly Case[] = [
  { name: 'traversal in a name', method: 'GET', target: `${pods}/..`, code: 400, reason: 'BadRequest',
    message: 'Name parameter invalid: "..": may not be \'..\'' },
  { name: 'traversal in escapes', method: 'GET', target: `${pods}/%2e%2e`, code: 400, reason: 'BadRequest',
    message: 'Name parameter invalid: "..": may not be \'..\'' },
  { name: 'an escaped slash, which makes a subresource', method: 'GET', target: `${pods}/a%2Fsecret`, code: 404,
    reason: 'NotFound', message: noResource },
  { name: 'an escaped percent sign in a name', method: 'GET', target: `${pods}/a%25b`, code: 400, reason: 'BadRequest',
    message: 'Name parameter invalid: "a%b": may not contain \'%\'' },
  { name: 'a null byte in a name', method: 'GET', target: `${pods}/a%00b`, code: 404, reason: 'NotFound',
    message: 'pods "a\\x00b" not found' },
  { name: 'traversal out of the API', method: 'GET', target: '/api/../etc/passwd', code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'a resource that a group lacks', method: 'GET', target: '/apis/apps/v1/foos', code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'a version that a group lacks', method: 'GET', target: '/api/v2/pods', code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'a doubled slash', method: 'GET', target: '/api/v1//pods', code: 404, reason: 'NotFound', message: noResource },
  { name: 'a path below a subresource', method: 'GET', target: `${pods}/a/status/x`, code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'an unknown subresource', method: 'GET', target: `${pods}/a/nothing`, code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'a cluster-scoped resource in a namespace', method: 'GET', target: '/api/v1/namespaces/default/nodes',
    code: 404, reason: 'NotFound', message: noResource },
  { name: 'a pod without a namespace', method: 'GET', target: '/api/v1/pods/a', code: 404, reason: 'NotFound',
    message: noResource },
  { name: 'the old proxy prefix', method: 'GET', target: '/api/v1/proxy/namespaces/default/pods/a', code: 404,
    reason: 'NotFound', message: noResource },
  { name: 'creating over all namespaces', method: 'POST', target: '/api/v1/pods', sending: json('{}'), code: 405,
    reason: 'MethodNotAllowed', message: noMethod },
  { name: 'POST to an object', method: 'POST', target, sending: json('{}'), code: 405, reason: 'MethodNotAllowed',
    message: noMethod },
  { name: 'PUT of a collection', method: 'PUT', target: configMaps, sending: json('{}'), code: 405,
    reason: 'MethodNotAllowed', message: noMethod },
  { name: 'OPTIONS', method: 'OPTIONS', target: configMaps, code: 405, reason: 'MethodNotAllowed', message: noMethod },
  { name: 'HEAD', method: 'HEAD', target: configMaps, code: 405, reason: 'MethodNotAllowed', message: noMethod },
  { name: 'a method that nobody knows', method: 'BREW', target: configMaps, code: 405, reason: 'MethodNotAllowed',
    message: noMethod },
  { name: 'a name and a selector of another name', method: 'GET', code: 400, reason: 'BadRequest',
    target: '/api/v1/watch/namespaces/default/configmaps/a?fieldSelector=metadata.name%3Db',
    message: 'fieldSelector metadata.name doesn\'t match requested name' },
  { name: 'nothing that can be made', method: 'GET', target: pods, sending: { headers: { accept: 'text/html' } },
    code: 406, reason: 'NotAcceptable', message: '406: Not Acceptable\n\nAvailable representations: application/json, '
      + 'application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, '
      + 'application/vnd.kubernetes.protobuf;stream=watch' },
  { name: 'a form that nobody knows', method: 'GET', target: pods, code: 406, reason: 'NotAcceptable',
    sending: { headers: { accept: 'application/json;as=Poem;v=v1;g=meta.k8s.io' } },
    message: 'only the following media types are accepted: application/json, application/yaml, '
      + 'application/vnd.kubernetes.protobuf' },
  { name: 'metadata of one object for a list', method: 'GET', target: configMaps, code: 406, reason: 'NotAcceptable',
    sending: { headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' } },
    message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)' },
];

const callers: readonly Case[] = [
  { name: 'a bad token', method: 'GET', target: pods, code: 401, reason: 'Unauthorized', message: 'Unauthorized',
    sending: { identity: null, headers: { authorization: 'Bearer nonsense' } } },
  { name: 'a token in the query, which is none', method: 'GET', target: `${pods}?access_token=abc`, code: 403,
    sending: { identity: null }, reason: 'Forbidden', message: 'pods is forbidden: User "system:anonymous" cannot list '
      + 'resource "pods" in API group "" in the namespace "default"' },
  { name: 'nobody, at a path', method: 'GET', target: '/metrics', sending: { identity: null }, code: 403,
    reason: 'Forbidden', message: 'forbidden: User "system:anonymous" cannot get path "/metrics"' },
  { name: 'nobody, with a body that is none', method: 'POST', target: configMaps, code: 403, reason: 'Forbidden',
    sending: { identity: null, body: '{' }, message: 'configmaps is forbidden: User "system:anonymous" cannot create '
      + 'resource "configmaps" in API group "" in the namespace "default"' },
  { name: 'a user without rights, at a resource that is none', method: 'GET', target: '/apis/apps/v1/foos', code: 403,
    sending: { identity: { name: 'eve', groups: [] } }, reason: 'Forbidden', message: 'foos.apps is forbidden: User "eve" '
      + 'cannot list resource "foos" in API group "apps" at the cluster scope' },
];

/** Nine levels of ten aliases each. */
function bomb(): string {
  const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 10; i += 1) {
    const [name, below] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
    levels.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(',')}]`);
  }
  return `${levels.join('\n')}\n`;
}

describe('hostile requests over HTTP', () => {
  let client: HttpClient;
  before(() => {
    client = new HttpClient(bootedCluster(1, 0));
    client.json('POST', configMaps, { body: { metadata: { name: 'target' }, data: { a: '1' } } }, 201);
  });

  const groups = { bodies, patches, queries, paths, callers };
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const { name, method, target: to, sending, code, reason, message, causes } of cases) {
        it(`${name}: ${code}`, () => {
          const status = client.refusal(method, to, sending);
          if (typeof message === 'string') assert.equal(status.message, message);
          else assert.match(status.message ?? '', message);
          assert.deepEqual({ code: status.code, reason: status.reason, kind: status.kind, status: status.status },
            { code, reason, kind: 'Status', status: 'Failure' });
          const found = status.details?.causes?.map(({ reason: why, field }) => ({ reason: why, field }));
          if (causes) assert.deepEqual(found, causes);
        });
      }
    });
  }

  const texts: readonly (readonly [name: string, to: string, code: number, text: string])[] = [
    ['a path that nobody serves', '/nothing', 404, '404 page not found\n'],
    ['traversal out of every API', '/../../etc/passwd', 404, '404 page not found\n'],
    ['a group that nobody serves', '/apis/foo.example.com/v1/bars', 404, '404 page not found\n'],
    ['a broken escape', '/api/v1/pods/%zz', 400, '400 Bad Request'],
    ['a target that is no path', 'pods', 400, '400 Bad Request'],
    ['a target of 2 MiB', `/api/v1/pods?x=${'y'.repeat(2 * 1024 * 1024)}`, 431, '431 Request Header Fields Too Large'],
    ['a watch of nothing', '/api/v1/watch', 500, 'Internal Server Error: "/api/v1/watch": failed to create RequestInfo: '
      + 'unable to determine kind and namespace from url, /api/v1/watch\n'],
  ];
  for (const [name, to, code, text] of texts) {
    it(`${name}: ${code} as text`, () => {
      const received = client.send('GET', to);
      assert.deepEqual([received.status, received.text], [code, text]);
      assert.equal(received.headers['Content-Type'], 'text/plain; charset=utf-8');
    });
  }

  it('cannot stream YAML, and says so in YAML', () => {
    const { status, text } = client.send('GET', `${pods}?watch=true`, { headers: { accept: 'application/yaml' } });
    assert.equal(status, 406);
    assert.match(text, /only the following media types are accepted: application\/json;stream=watch,\s+application\/vnd/);
  });

  it('takes keys named __proto__ as data', () => {
    const body = '{"metadata":{"name":"proto"},"data":{"__proto__":"a","constructor":"b"}}';
    client.json('POST', configMaps, { body }, 201);
    const { text } = client.send('GET', `${configMaps}/proto`);
    assert.match(text, /"data":\{"__proto__":"a","constructor":"b"\}/);
    client.json('PATCH', `${configMaps}/proto`, mergePatch('{"data":{"__proto__":null}}'));
    assert.match(client.send('GET', `${configMaps}/proto`).text, /"data":\{"constructor":"b"\}/);
    assert.equal(({} as Record<string, unknown>)['a'], undefined);
  });

  it('keeps integers beyond 2^53 exactly', () => {
    const body = '{"metadata":{"name":"big","annotations":{}},"spec":{"activeDeadlineSeconds":9007199254740993,'
      + '"schedulingGates":[{"name":"a.b/wait"}],"containers":[{"name":"c","image":"nginx"}]}}';
    const { status, text } = client.send('POST', pods, json(body));
    // The API allows no more than 2^31-1 here, and says so with the number as it was sent.
    assert.equal(status, 422, text);
    assert.match(text, /spec.activeDeadlineSeconds: Invalid value: 9007199254740993: must be between 1 and 2147483647/);
  });

  it('replaces bytes that are no UTF-8, as Go does', () => {
    const bytes = new TextEncoder().encode('{"metadata":{"name":"bytes"},"data":{"a":"x?y"}}');
    bytes[bytes.indexOf(0x3f)] = 0xff;
    assert.equal(client.json('POST', configMaps, { body: bytes }, 201).data.a, 'x\ufffdy');
  });

  it('warns of unknown and repeated fields unless told otherwise', () => {
    const body = '{"metadata":{"name":"warned"},"data":{"x":"1","x":"2"},"foo":"\\"quoted\\""}';
    const { headers } = client.send('POST', `${configMaps}?dryRun=All`, { body });
    assert.equal(headers['Warning'], '299 - "unknown field \\"foo\\"", 299 - "duplicate field \\"data.x\\""');
    const ignored = client.send('POST', `${configMaps}?dryRun=All&fieldValidation=Ignore`, { body });
    assert.equal(ignored.headers['Warning'], undefined);
  });
});
