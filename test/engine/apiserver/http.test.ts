/** The API over HTTP as ordinary clients use it: forms of answers, streams, headers, and requests from inside pods. */
import assert from 'node:assert/strict';
import { bootedCluster } from '../../support/cluster';
import { HttpClient } from './http-client';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const configMaps = '/api/v1/namespaces/default/configmaps';
const event = (stream: { type: string; object: any }): string => `${stream.type} ${stream.object.metadata.name ?? ''}`;

describe('the API over HTTP', () => {
  let client: HttpClient;
  before(() => {
    client = new HttpClient(bootedCluster(1, 0));
  });

  describe('answers', () => {
    it('are compact JSON with kind first, a line break at the end, and the usual headers', () => {
      const { status, headers, text, user } = client.send('GET', '/api/v1/namespaces/default');
      assert.equal(status, 200);
      assert.match(text, /^\{"kind":"Namespace","apiVersion":"v1","metadata":\{.*\}\n$/);
      assert.equal(headers['Content-Type'], 'application/json');
      assert.equal(headers['Cache-Control'], 'no-cache, private');
      assert.match(headers['Audit-Id'] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual(user, { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] });
    });

    it('are indented for people', () => {
      const asked = client.send('GET', '/api/v1/namespaces/default?pretty=true').text;
      assert.match(asked, /^\{\n {2}"kind": "Namespace",\n {2}"apiVersion": "v1",\n/);
      assert.equal(client.send('GET', '/api/v1/namespaces/default', { headers: { 'user-agent': 'curl/8.0' } }).text, asked);
      assert.ok(!asked.endsWith('\n'));
    });

    it('are YAML where that is accepted', () => {
      const { headers, text } = client.send('GET', '/api/v1/namespaces/default', { headers: { accept: 'application/yaml' } });
      assert.equal(headers['Content-Type'], 'application/yaml');
      assert.match(text, /^apiVersion: v1\nkind: Namespace\n/);
    });

    it('are JSON for clients that would rather have protobuf', () => {
      const accept = 'application/vnd.kubernetes.protobuf,application/json';
      assert.equal(client.send('GET', '/api/v1/nodes', { headers: { accept } }).headers['Content-Type'], 'application/json');
      const only = client.send('GET', '/api/v1/nodes', { headers: { accept: 'application/vnd.kubernetes.protobuf' } });
      assert.equal(only.status, 406);
    });

    it('keep the audit id of the client', () => {
      assert.equal(client.send('GET', '/api/v1/nodes', { headers: { 'audit-id': 'mine' } }).headers['Audit-Id'], 'mine');
    });

    it('escape what means something in HTML, as Go does', () => {
      client.json('POST', configMaps, { body: { metadata: { name: 'html' }, data: { a: '<b>&\u2028' } } }, 201);
      assert.match(client.send('GET', `${configMaps}/html`).text, /"data":\{"a":"\\u003cb\\u003e\\u0026\\u2028"\}/);
    });

    it('leave kind and apiVersion out of the items of lists', () => {
      const list = client.json('GET', '/api/v1/nodes');
      assert.equal(list.kind, 'NodeList');
      assert.deepEqual(Object.keys(list.items[0]).sort(), ['metadata', 'spec', 'status']);
    });
  });

  describe('tables', () => {
    it('show a list', () => {
      const { kind, apiVersion, metadata, columnDefinitions, rows } = client.json('GET', '/api/v1/nodes', { headers: { accept: table } });
      assert.deepEqual([kind, apiVersion], ['Table', 'meta.k8s.io/v1']);
      assert.match(metadata.resourceVersion, /^\d+$/);
      assert.deepEqual(columnDefinitions.filter((column: any) => column.priority === 0).map((column: any) => column.name),
        ['Name', 'Status', 'Roles', 'Age', 'Version']);
      assert.deepEqual(columnDefinitions[0].format, 'name');
      assert.deepEqual(rows[0].cells.slice(0, 3), ['kind-control-plane', 'Ready', 'control-plane']);
      assert.deepEqual([rows[0].object.kind, rows[0].object.apiVersion], ['PartialObjectMetadata', 'meta.k8s.io/v1']);
      assert.equal(rows[0].object.metadata.name, 'kind-control-plane');
      assert.equal(rows[0].object.spec, undefined);
    });

    it('include whole objects or none', () => {
      const whole = client.json('GET', '/api/v1/nodes?includeObject=Object', { headers: { accept: table } });
      assert.equal(whole.rows[0].object.kind, 'Node');
      assert.ok(whole.rows[0].object.spec);
      const none = client.json('GET', '/api/v1/nodes?includeObject=None', { headers: { accept: table } });
      assert.equal(none.rows[0].object, null);
    });

    it('show one object, its scale, and an empty list', () => {
      const deployments = '/apis/apps/v1/namespaces/kube-system/deployments';
      const one = client.json('GET', `${deployments}/coredns`, { headers: { accept: table } });
      assert.equal(one.rows.length, 1);
      assert.equal(one.metadata.resourceVersion, one.rows[0].object.metadata.resourceVersion);
      const scale = client.json('GET', `${deployments}/coredns/scale`, { headers: { accept: table } });
      assert.deepEqual(scale.columnDefinitions.map((column: any) => column.name), ['Name', 'Desired', 'Available', 'Age']);
      assert.deepEqual(scale.rows[0].cells.slice(0, 3), ['coredns', 2, 2]);
      const empty = client.json('GET', '/api/v1/namespaces/none/pods', { headers: { accept: table } });
      assert.deepEqual(empty.rows, []);
    });

    it('are not made of refusals', () => {
      const status = client.json('GET', `${configMaps}/none`, { headers: { accept: table } }, 404);
      assert.equal(status.kind, 'Status');
    });
  });

  it('shows metadata alone', () => {
    const list = client.json('GET', '/api/v1/nodes', { headers: { accept: metadataOnly } });
    assert.equal(list.kind, 'PartialObjectMetadataList');
    assert.deepEqual(Object.keys(list.items[0]), ['kind', 'apiVersion', 'metadata']);
    const one = client.json('GET', '/api/v1/namespaces/default',
      { headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' } });
    assert.deepEqual([one.kind, one.metadata.name], ['PartialObjectMetadata', 'default']);
  });

  describe('writing', () => {
    it('goes through create, get, update, patch and delete', () => {
      const created = client.json('POST', configMaps, { body: { metadata: { name: 'life' }, data: { a: '1' } } }, 201);
      assert.equal(created.metadata.namespace, 'default');
      const updated = client.json('PUT', `${configMaps}/life`, { body: { ...created, data: { a: '2' } } });
      assert.equal(updated.data.a, '2');
      const stale = client.json('PUT', `${configMaps}/life`, { body: created }, 409);
      assert.equal(stale.reason, 'Conflict');
      const merge = { headers: { 'content-type': 'application/merge-patch+json' }, body: { data: { b: '3' } } };
      assert.deepEqual(client.json('PATCH', `${configMaps}/life`, merge).data, { a: '2', b: '3' });
      const deleted = client.json('DELETE', `${configMaps}/life`, { body: { propagationPolicy: 'Background' } });
      assert.equal(deleted.status, 'Success');
      client.json('GET', `${configMaps}/life`, {}, 404);
    });

    it('takes YAML', () => {
      const yaml = { headers: { 'content-type': 'application/yaml' }, body: 'metadata:\n  name: yaml\ndata:\n  a: "1"\n' };
      assert.equal(client.json('POST', configMaps, yaml, 201).data.a, '1');
    });

    it('changes nothing in a dry run', () => {
      const dry = client.json('POST', `${configMaps}?dryRun=All`, { body: { metadata: { name: 'dry' } } }, 201);
      assert.equal(dry.metadata.name, 'dry');
      client.json('GET', `${configMaps}/dry`, {}, 404);
    });

    it('takes a scale without a content type, as kubectl sends it', () => {
      const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns/scale';
      const scale = client.json('GET', path);
      assert.equal(client.json('PUT', path, { body: scale }).spec.replicas, scale.spec.replicas);
    });

    it('takes the options of a delete from the query, or from a body of any version', () => {
      const make = (name: string): void => void client.json('POST', configMaps, { body: { metadata: { name } } }, 201);
      make('orphan');
      client.json('DELETE', `${configMaps}/orphan?propagationPolicy=Orphan`);
      make('grouped');
      client.json('DELETE', `${configMaps}/grouped`, { body: { kind: 'DeleteOptions', apiVersion: 'policy/v1' } });
    });

    it('deletes a collection', () => {
      const labels = { batch: 'x' };
      for (const name of ['one', 'two']) client.json('POST', configMaps, { body: { metadata: { name, labels } } }, 201);
      client.json('DELETE', `${configMaps}?labelSelector=batch%3Dx`);
      assert.deepEqual(client.json('GET', `${configMaps}?labelSelector=batch%3Dx`).items, []);
    });
  });

  describe('watches', () => {
    it('stream one line for each event', () => {
      const stream = client.stream(`${configMaps}?watch=true&labelSelector=w%3D1`);
      assert.deepEqual([stream.head().status, stream.head().headers['Content-Type']], [200, 'application/json']);
      client.json('POST', configMaps, { body: { metadata: { name: 'watched', labels: { w: '1' } } } }, 201);
      client.json('DELETE', `${configMaps}/watched`);
      client.cluster.runFor(20);
      assert.deepEqual(stream.events().map(event), ['ADDED watched', 'DELETED watched']);
      assert.deepEqual(Object.keys(stream.events()[0]?.object).slice(0, 3), ['kind', 'apiVersion', 'metadata']);
      stream.connection.close();
    });

    it('share the text of an event among all who see it in the same form', () => {
      const streams = [1, 2].map(() => client.stream(`${configMaps}?watch=true&labelSelector=s%3D1`));
      client.json('POST', configMaps, { body: { metadata: { name: 'shared', labels: { s: '1' } } } }, 201);
      client.cluster.runFor(20);
      const [one, two] = streams.map(({ messages }) => messages.at(-1));
      assert.equal(one?.kind, 'chunk');
      assert.equal(one, two);
      for (const { connection } of streams) connection.close();
    });

    it('begin with what is there and an annotated bookmark, if asked', () => {
      const stream = client.stream('/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
        + '&allowWatchBookmarks=true');
      assert.deepEqual(stream.events().map(event), ['ADDED kind-control-plane', 'BOOKMARK ']);
      assert.deepEqual(stream.events()[1]?.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
      stream.connection.close();
    });

    it('tell the columns of a table once', () => {
      const stream = client.stream('/api/v1/namespaces?watch=true', { headers: { accept: table } });
      const events = stream.events();
      assert.ok(events.length > 1);
      assert.deepEqual(events.map(({ object }) => [object.kind, object.rows.length]), events.map(() => ['Table', 1]));
      assert.deepEqual(events.map(({ object }) => object.columnDefinitions !== null), events.map((_, i) => i === 0));
      stream.connection.close();
    });

    it('end when their time is up', () => {
      const stream = client.stream('/api/v1/nodes?watch=true&timeoutSeconds=5');
      client.cluster.runFor(6_000);
      assert.equal(stream.messages.at(-1)?.kind, 'end');
    });

    it('of one object by an old path select its name', () => {
      const stream = client.stream('/api/v1/watch/namespaces/kube-system');
      assert.deepEqual(stream.events().map(event), ['ADDED kube-system']);
      stream.connection.close();
    });

    it('that begin in a lost past get an error event and end', () => {
      const stream = client.stream(`${configMaps}?watch=true&resourceVersion=1`);
      const last = stream.events().at(-1);
      if (last?.type === 'ERROR') assert.equal(last.object.code, 410);
      stream.connection.close();
    });
  });

  it('acts as another user', () => {
    const headers = { 'impersonate-user': 'eve' };
    const refused = client.json('GET', '/api/v1/nodes', { headers }, 403);
    assert.equal(refused.message, 'nodes is forbidden: User "eve" cannot list resource "nodes" in API group "" at the cluster scope');
  });

  it('lets anybody see the version and the health, and nobody else', () => {
    assert.equal(client.send('GET', '/healthz', { identity: null }).text, 'ok');
    assert.equal(client.send('GET', '/version', { identity: null }).status, 200);
    assert.equal(client.send('GET', '/api', { identity: null }).status, 403);
    assert.equal(client.send('POST', '/readyz').text, 'ok');
  });

  it('refuses with 429 what comes while 600 requests are being answered', () => {
    const codes: number[] = [];
    const headers = {};
    const identity = { name: 'eve', groups: ['kubeadm:cluster-admins'] };
    for (let i = 0; i < 700; i += 1) {
      const body = new TextEncoder().encode(JSON.stringify({ metadata: { name: `flood-${i}` } }));
      client.cluster.open({ method: 'POST', target: configMaps, headers, body, identity },
        (message) => message.kind === 'response' && codes.push(message.status));
    }
    client.cluster.runFor(5_000);
    assert.equal(codes.length, 700);
    assert.equal(codes.filter((code) => code === 429).length, 100);
    assert.equal(client.send('GET', '/api/v1/nodes').status, 200);
  });
});
