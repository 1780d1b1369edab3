import assert from 'node:assert/strict';
import { customKinds } from '../../../src/api/custom/custom-kind';
import type { CustomResourceDefinition } from '../../../src/api/types';
import { WireReader } from '../../../src/api/protobuf/wire';
import { utf8Decode } from '../../../src/base/utf8';
import { PathWorld } from './path-world';

type Schema = Record<string, any>;

/** Every reference in a document. */
function references(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) value.forEach((item) => references(item, found));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name === '$ref' && typeof inner === 'string') found.add(inner);
      else references(inner, found);
    }
  }
  return found;
}

function operations(document: Schema): readonly Schema[] {
  const methods = ['get', 'put', 'post', 'delete', 'patch'];
  return Object.values<Schema>(document['paths']).flatMap((item) => methods.flatMap((method) => item[method] ?? []));
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com', uid: 'u', resourceVersion: '1' },
  spec: {
    group: 'stable.example.com', scope: 'Namespaced',
    names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' },
    versions: [{
      name: 'v1', served: true, storage: true,
      schema: {
        openAPIV3Schema: {
          type: 'object', description: 'A table of times.',
          properties: {
            spec: {
              type: 'object', required: ['cron'],
              properties: {
                cron: { type: 'string', pattern: '^x' }, port: { 'x-kubernetes-int-or-string': true },
                note: { type: 'string', nullable: true },
              },
            },
          },
        },
      },
    }],
  },
  status: {
    acceptedNames: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' },
    storedVersions: ['v1'],
    conditions: [{ type: 'Established', status: 'True' }, { type: 'NamesAccepted', status: 'True' }],
  },
} as unknown as CustomResourceDefinition;

describe('OpenAPI', () => {
  const world = new PathWorld();
  const index: Record<string, { serverRelativeURL: string }> = world.json('/openapi/v3').paths;
  const at = (name: string): Schema => world.json(index[name]?.serverRelativeURL ?? `no ${name}`);
  const names = Object.keys(index);

  it('has a document for every group and version, under the hash that the index names', () => {
    for (const name of ['api', 'api/v1', 'apis', 'apis/apps', 'apis/apps/v1', 'apis/storage.k8s.io/v1', 'version']) {
      assert.ok(names.includes(name), name);
    }
    for (const name of names) assert.equal(at(name)['openapi'], '3.0.0', name);
    assert.match(index['api/v1']?.serverRelativeURL ?? '', /^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{128}$/);
    const moved = world.get('/openapi/v3/api/v1?hash=OLD');
    assert.deepEqual([moved?.status, moved?.headers?.['location']], [301, index['api/v1']?.serverRelativeURL]);
    assert.equal(world.get('/openapi/v3/apis/nope/v1'), undefined);
  });

  it('does not send a document again that the client has, and names it alike in every server', () => {
    for (const path of ['/openapi/v2', '/openapi/v3', '/openapi/v3/api/v1']) {
      const etag = world.get(path)?.headers?.['etag'] ?? '';
      assert.equal(world.get(path, '', { 'if-none-match': etag })?.status, 304, path);
      assert.equal(new PathWorld().get(path)?.headers?.['etag'], etag, path);
    }
  });

  it('refers only to schemas that are there, and names every operation once', () => {
    for (const name of names) {
      const document = at(name);
      for (const reference of references(document)) {
        const schema = document['components'].schemas[reference.replace('#/components/schemas/', '')];
        assert.ok(schema && Object.keys(schema).length > 0, `${name}: ${reference}`);
      }
      const ids = operations(document).map((operation) => operation['operationId']);
      assert.equal(new Set(ids).size, ids.length, name);
    }
  });

  it('describes fields with their texts, types, merge rules, defaults and enumerations', () => {
    const { schemas } = at('api/v1')['components'];
    const { containers, tolerations, affinity, dnsPolicy } = schemas['io.k8s.api.core.v1.PodSpec'].properties;
    assert.deepEqual(containers, {
      description: 'List of containers belonging to the pod. Containers cannot currently be added or removed. There '
        + 'must be at least one container in a Pod. Cannot be updated.',
      type: 'array', items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
      'x-kubernetes-list-map-keys': ['name'], 'x-kubernetes-list-type': 'map',
      'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge',
    });
    assert.equal(tolerations['x-kubernetes-list-type'], 'atomic');
    assert.deepEqual(affinity.allOf, [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Affinity' }]);
    assert.equal(affinity.description, "If specified, the pod's scheduling constraints");
    assert.deepEqual(dnsPolicy.enum, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']);
    const pod = schemas['io.k8s.api.core.v1.Pod'];
    assert.deepEqual(pod['x-kubernetes-group-version-kind'], [{ group: '', kind: 'Pod', version: 'v1' }]);
    assert.equal(pod.properties.spec.default, undefined);
    assert.ok(pod.properties.apiVersion.description.startsWith('APIVersion defines the versioned schema'));
    assert.deepEqual(schemas['io.k8s.api.core.v1.ContainerPort'].properties.containerPort.type, 'integer');
    assert.deepEqual(schemas['io.k8s.api.core.v1.ContainerPort'].required, ['containerPort']);
    const selector = schemas['io.k8s.api.core.v1.ConfigMapKeySelector'];
    assert.equal(selector['x-kubernetes-map-type'], 'atomic');
    const port = schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString'];
    assert.deepEqual([port.format, port.oneOf], ['int-or-string', [{ type: 'integer' }, { type: 'string' }]]);
  });

  it('has the PATCH operation by which kubectl sees that the server validates fields', () => {
    const item = at('apis/apps/v1')['paths']['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    assert.deepEqual(Object.keys(item).sort(), ['delete', 'get', 'parameters', 'patch', 'put']);
    const { patch } = item;
    const parameters = patch.parameters.map(({ name }: Schema) => name);
    assert.deepEqual(parameters, ['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: 'apps', kind: 'Deployment', version: 'v1' });
    assert.equal(patch.operationId, 'patchAppsV1NamespacedDeployment');
    assert.ok('application/apply-patch+yaml' in patch.requestBody.content);
  });

  it('names operations as the generated clients of the world know them', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      'api/v1': [
        'listCoreV1NamespacedPod', 'listCoreV1PodForAllNamespaces', 'deleteCoreV1CollectionNamespacedPod',
        'readCoreV1Namespace',
        'connectCoreV1GetNamespacedPodExec', 'readCoreV1NamespacedPodLog', 'createCoreV1NamespacedPodEviction',
        'replaceCoreV1NamespaceFinalize', 'createCoreV1NamespacedServiceAccountToken', 'patchCoreV1NodeStatus',
        'connectCoreV1PatchNodeProxy',
      ],
      'apis/rbac.authorization.k8s.io/v1': [
        'createRbacAuthorizationV1NamespacedRole', 'getRbacAuthorizationV1APIResources',
      ],
      'apis/apps/v1': ['readAppsV1NamespacedDeploymentScale'],
      'apis/authentication.k8s.io/v1': ['createAuthenticationV1TokenReview'],
    };
    for (const [name, ids] of Object.entries(known)) {
      const have = operations(at(name)).map((operation) => operation['operationId']);
      for (const id of ids) assert.ok(have.includes(id), id);
    }
  });

  it('says the same in OpenAPI v2, in JSON and in protobuf', () => {
    const document: Schema = world.json('/openapi/v2');
    for (const reference of references(document)) {
      assert.ok(document['definitions'][reference.replace('#/definitions/', '')], reference);
    }
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const answer = world.get('/openapi/v2', accept);
    assert.equal(answer?.contentType, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const found = { swagger: '', paths: [] as string[], definitions: [] as string[] };
    const bytes = answer?.body as Uint8Array;
    const reader = new WireReader(bytes, 0, bytes.length);
    const firstText = (part: WireReader): string => {
      part.tag('Named');
      return utf8Decode(part.part().rest());
    };
    while (!reader.done) {
      const { number } = reader.tag('Document');
      const part = reader.part();
      if (number === 1) found.swagger = utf8Decode(part.rest());
      while ((number === 8 || number === 9) && !part.done) {
        part.tag('Map');
        (number === 8 ? found.paths : found.definitions).push(firstText(part.part()));
      }
    }
    assert.equal(found.swagger, '2.0');
    assert.deepEqual(found.paths, Object.keys(document['paths']));
    assert.deepEqual(found.definitions, Object.keys(document['definitions']));
    assert.equal(world.get('/openapi/v2', 'text/html')?.status, 406);
  });

  it('describes custom resources as their authors do, and leaves out in v2 what it cannot say', () => {
    const changing = new PathWorld();
    for (const kind of customKinds(definition)?.served ?? []) changing.resources.add(kind);
    const own = changing.json('/openapi/v3').paths['apis/stable.example.com/v1'].serverRelativeURL;
    const document = changing.json(own);
    const schema = document.components.schemas['com.example.stable.v1.CronTab'];
    assert.equal(schema.description, 'A table of times.');
    assert.deepEqual(schema.properties.spec.properties.cron, { type: 'string', pattern: '^x' });
    assert.deepEqual(Object.keys(schema.properties).sort(), ['apiVersion', 'kind', 'metadata', 'spec']);
    const itself = { group: 'stable.example.com', kind: 'CronTab', version: 'v1' };
    assert.deepEqual(schema['x-kubernetes-group-version-kind'], [itself]);
    const patch = operations(document).find(
      ({ operationId }) => operationId === 'patchStableExampleComV1NamespacedCronTab');
    assert.equal('application/strategic-merge-patch+json' in patch?.['requestBody'].content, false);
    const v2 = changing.json('/openapi/v2').definitions['com.example.stable.v1.CronTab'].properties.spec;
    assert.deepEqual(v2.required, ['cron']);
    const port = { 'x-kubernetes-int-or-string': true };
    assert.deepEqual(v2.properties, { cron: { type: 'string', pattern: '^x' }, port, note: {} });
    assert.equal(changing.json('/openapi/v3').paths['api/v1'].serverRelativeURL, index['api/v1']?.serverRelativeURL);
  });

  it('writes definitions of any size in protobuf', () => {
    const changing = new PathWorld();
    const fields = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`field${i}`, { type: 'string' }]));
    const large = { ...definition, spec: { ...definition.spec, versions: definition.spec.versions.map((version) => ({
      ...version, schema: { openAPIV3Schema: { type: 'object', properties: fields } },
    })) } };
    for (const kind of customKinds(large)?.served ?? []) changing.resources.add(kind);
    const { body } = changing.get('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf') ?? {};
    assert.ok(utf8Decode(body as Uint8Array).includes('field29999'));
  });
});
