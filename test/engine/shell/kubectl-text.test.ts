/** What kubectl says: names of objects, refusals, and what apply remembers and sends. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { KubeObject, Status } from '../../../src/api/types';
import { lastAppliedAnnotation, previewRequest, refOf } from '../../../src/shell/kubectl/apply';
import { refText, serverError } from '../../../src/shell/kubectl/text';

const kinds = kindRegistry(builtInKinds);
const user = { kind: 'certificate', commonName: 'kubernetes-admin', organizations: [] } as const;
const identity = { user, userAgent: 'kubectl' };

const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { namespace: 'default', name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.28' }] } },
  },
};

/** The object as the server has it after the first apply. */
function applied(): KubeObject {
  const request = previewRequest(kinds, deployment, undefined, identity);
  return (request?.body ?? assert.fail()) as unknown as KubeObject;
}

function annotationOf(object: KubeObject): string {
  return object.metadata.annotations?.[lastAppliedAnnotation] ?? assert.fail('no annotation');
}

describe('kubectl apply', () => {
  it('creates what is new, with the object as it was written in an annotation', () => {
    const request = previewRequest(kinds, deployment, undefined, identity) ?? assert.fail();
    assert.equal(request.verb, 'create');
    assert.deepEqual([request.group, request.resource, request.namespace], ['apps', 'deployments', 'default']);
    assert.equal(annotationOf(applied()), '{"apiVersion":"apps/v1","kind":"Deployment",'
      + '"metadata":{"annotations":{},"name":"web","namespace":"default"},'
      + '"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},'
      + '"template":{"metadata":{"labels":{"app":"web"}},'
      + '"spec":{"containers":[{"image":"nginx:1.28","name":"nginx"}]}}}}\n');
  });

  it('does not remember itself, but the other annotations', () => {
    const annotations = { a: 'b', [lastAppliedAnnotation]: 'old' };
    const annotated = { ...deployment, metadata: { ...deployment.metadata, annotations } };
    const { body } = previewRequest(kinds, annotated, undefined, identity) ?? assert.fail();
    const text = annotationOf(body as unknown as KubeObject);
    assert.match(text, /"annotations":\{"a":"b"\}/);
    assert.doesNotMatch(text, /old/);
  });

  it('sends nothing when nothing changed, whatever others added', () => {
    const current = applied();
    const grown = { ...current, spec: { ...deployment.spec, paused: false }, status: {} } as unknown as KubeObject;
    assert.equal(previewRequest(kinds, deployment, grown, identity), undefined);
  });

  it('sends the difference: what changed, and what is no longer wanted', () => {
    const { replicas: _replicas, ...spec } = deployment.spec;
    const containers = [{ name: 'nginx', image: 'nginx:1.29' }];
    const wanted = { ...deployment, spec: { ...spec, template: { ...spec.template, spec: { containers } } } };
    const request = previewRequest(kinds, wanted, applied(), identity) ?? assert.fail();
    assert.deepEqual([request.verb, request.patchType, request.name], ['patch', 'strategic', 'web']);
    const patch = request.body as { metadata: unknown; spec: Record<string, unknown> };
    assert.equal(patch.spec['replicas'], null);
    assert.match(JSON.stringify(patch.spec['template']), /"image":"nginx:1.29"/);
    assert.match(JSON.stringify(patch.metadata), /nginx:1.29/);
  });
});

describe('kubectl', () => {
  it('names objects by resource and group', () => {
    assert.equal(refText(kinds, refOf(deployment)), 'deployment.apps/web');
    assert.equal(refText(kinds, { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'p' }), 'pod/p');
    assert.equal(refText(kinds, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'a' }),
      'clusterrole.rbac.authorization.k8s.io/a');
  });

  const cause = (field: string, message: string) => ({ field, message, reason: 'FieldValueInvalid' });
  const refusals: readonly (readonly [Status, string])[] = [
    [
      { code: 404, reason: 'NotFound', message: 'pods "p" not found' },
      'Error from server (NotFound): pods "p" not found',
    ],
    [
      {
        code: 422, reason: 'Invalid', message: 'long',
        details: { kind: 'Pod', name: 'p', causes: [cause('spec.containers', 'Required value')] },
      },
      'The Pod "p" is invalid: spec.containers: Required value',
    ],
    [
      {
        code: 422, reason: 'Invalid', message: 'long',
        details: { kind: 'Pod', name: 'p', causes: [cause('a', 'Required value'), cause('b', 'Invalid value: 1')] },
      },
      'The Pod "p" is invalid: \n* a: Required value\n* b: Invalid value: 1',
    ],
    [
      { code: 0, message: 'Get "https://172.18.0.2:6443/api": dial tcp 172.18.0.2:6443: connect: connection refused' },
      'The connection to the server 172.18.0.2:6443 was refused - did you specify the right host or port?',
    ],
    [
      { code: 0, message: 'net/http: TLS handshake timeout' },
      'Unable to connect to the server: net/http: TLS handshake timeout',
    ],
  ];
  for (const [status, text] of refusals) {
    it(`says ${JSON.stringify(text)}`, () => assert.equal(serverError(status), text));
  }
});
