/** Servers behind APIServices: what is asked of them, what is said of them, and what clients see. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds/index';
import { kindRegistry } from '../../../src/api/registry';
import type { APIService, APIServiceCondition, Service } from '../../../src/api/types';
import type { HttpRequest as WebRequest, HttpResponse as WebResponse } from '../../../src/api/web';
import type { HttpRequest, HttpResponse, VerifiedIdentity } from '../../../src/protocol/http';
import type { IncomingCall, ProcessHost, Program } from '../../../src/sim/process';
import { World } from './harness';

const address = '172.18.0.50';
const group = 'toys.example.com';
const admin: VerifiedIdentity = { name: 'admin', groups: ['system:masters'] };
const resourceList = {
  kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/v1`, resources: [
    { name: 'cars', singularName: 'car', namespaced: true, kind: 'Car', verbs: ['get', 'list'], shortNames: ['c'] },
    { name: 'cars/wheels', singularName: '', namespaced: true, kind: 'Wheels', verbs: ['get'] },
  ],
};

/** A server that serves one version of a group, and remembers what it was asked. */
class Extension implements Program {
  readonly asked: WebRequest[] = [];
  answers: Readonly<Record<string, WebResponse>> = {
    [`/apis/${group}/v1`]: { code: 200, body: JSON.stringify(resourceList) },
    [`/apis/${group}/v1/namespaces/default/cars?limit=500`]: { code: 200, body: '{"kind":"CarList","items":[]}', headers: { etag: 'x' } },
    '/openapi/v3': { code: 200, body: JSON.stringify({ paths: {
      [`apis/${group}/v1`]: { serverRelativeURL: `/openapi/v3/apis/${group}/v1?hash=1` }, version: { serverRelativeURL: '/x' },
    } }) },
    [`/openapi/v3/apis/${group}/v1?hash=1`]: { code: 200, body: '{"openapi":"3.0.0"}' },
  };

  start(host: ProcessHost): void {
    host.listen(443);
  }

  serve(call: IncomingCall): void {
    const request = call.payload as WebRequest;
    this.asked.push(request);
    call.reply(this.answers[request.path] ?? { code: 404, body: '404 page not found\n' }, call.subject);
  }
}

class AggregatedWorld extends World {
  readonly extension = new Extension();

  constructor() {
    super({ kinds: kindRegistry(builtInKinds) });
    this.sim.network.addMachine('remote', address);
    const service: Partial<Service> = {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'toys' } as Service['metadata'],
      spec: { type: 'ExternalName', externalName: address } as Service['spec'],
    };
    this.must({ verb: 'create', resource: 'services', namespace: 'default', body: service });
  }

  startExtension(): void {
    this.sim.spawn({ id: 'toys@remote', machine: 'remote', program: this.extension });
  }

  register(more: Partial<APIService['spec']> = {}): void {
    const spec = {
      group, version: 'v1', groupPriorityMinimum: 2000, versionPriority: 10, service: { namespace: 'default', name: 'toys' }, ...more,
    };
    this.must({
      verb: 'create', group: 'apiregistration.k8s.io', resource: 'apiservices',
      body: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${spec.version}.${group}` }, spec },
    });
    this.sim.runUntilTrue(() => this.condition !== undefined, 10_000);
    this.settle();
  }

  get condition(): APIServiceCondition | undefined {
    const service = this.get<APIService>('apiservices', `v1.${group}`, undefined, 'apiregistration.k8s.io');
    return service.status?.conditions?.[0];
  }

  /** Sends a request as a client outside does. */
  http(method: string, target: string, more: Partial<HttpRequest> = {}): HttpResponse {
    let response: HttpResponse | undefined;
    const payload: HttpRequest = { method, target, headers: {}, body: new Uint8Array(0), identity: admin, ...more };
    this.sim.input('test@client', 'send', () => {
      this.client.host.call({ to: '172.18.0.2:6443', channel: 'https', subject: { verb: 'get', name: target }, payload },
        { onResult: (result) => { if (result.ok) response = result.payload as HttpResponse; } });
    });
    this.sim.runUntilTrue(() => response !== undefined, 60_000);
    assert.ok(response);
    return response;
  }

  text(target: string, headers: Readonly<Record<string, string>> = {}): string {
    const { body } = this.http('GET', target, { headers });
    return typeof body === 'string' ? body : new TextDecoder().decode(body);
  }
}

describe('the APIServices of custom resources', () => {
  it('come and go with their definitions', () => {
    const world = new World({ kinds: kindRegistry(builtInKinds) });
    const name = 'cars.toys.example.com';
    const versions = ['v1', 'v1beta1'].map((version) => ({
      name: version, served: true, storage: version === 'v1', schema: { openAPIV3Schema: { type: 'object' } },
    }));
    const definition = (served: typeof versions): object => ({
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name },
      spec: { group, scope: 'Namespaced', names: { plural: 'cars', kind: 'Car' }, versions: served },
    });
    const type = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
    const found = (): string[] => {
      world.settle();
      const { items } = world.must<APIService & { items: APIService[] }>(
        { verb: 'list', group: 'apiregistration.k8s.io', resource: 'apiservices' });
      return items.filter(({ spec }) => spec.group === group).map(({ metadata, spec, status }) =>
        [metadata.name, spec.groupPriorityMinimum, spec.versionPriority, status.conditions?.[0]?.reason,
          metadata.labels?.['kube-aggregator.kubernetes.io/automanaged']].join(' '));
    };
    world.must({ verb: 'create', ...type, body: definition(versions) });
    assert.deepEqual(found(), ['v1.toys.example.com 1000 100 Local true', 'v1beta1.toys.example.com 1000 100 Local true']);
    const current = world.must({ verb: 'get', ...type, name }) as object;
    const { spec } = definition(versions.slice(0, 1)) as { spec: object };
    world.must({ verb: 'update', ...type, name, body: { ...current, spec } });
    assert.deepEqual(found(), ['v1.toys.example.com 1000 100 Local true']);
    world.must({ verb: 'delete', ...type, name });
    assert.deepEqual(found(), []);
  });
});

describe('an aggregated API', () => {
  let world: AggregatedWorld;
  beforeEach(() => {
    world = new AggregatedWorld();
  });

  it('is available once its server answers', () => {
    world.startExtension();
    world.register();
    const { status, reason, message } = world.condition ?? {};
    assert.deepEqual([status, reason, message], ['True', 'Passed', 'all checks passed']);
    const [first] = world.extension.asked;
    assert.equal(first?.path, `/apis/${group}/v1`);
    assert.deepEqual([first?.headers?.['x-remote-user'], first?.headers?.['x-remote-group']],
      ['system:kube-aggregator', 'system:masters']);
  });

  it('is asked again until its server answers, and says why it does not', () => {
    world.register();
    const url = `https://${address}:443/apis/${group}/v1`;
    const { status, reason, message, lastTransitionTime } = world.condition ?? {};
    assert.deepEqual([status, reason, message], ['False', 'FailedDiscoveryCheck',
      `failing or missing response from ${url}: Get "${url}": dial tcp ${address}:443: connect: connection refused`]);
    world.extension.answers = {};
    world.startExtension();
    world.sim.runUntil(world.sim.nowMs + 61_000);
    assert.equal(world.condition?.message, `failing or missing response from ${url}: bad status from ${url}: 404`);
    assert.equal(world.condition?.lastTransitionTime, lastTransitionTime, 'it was not available before either');
    world.extension.answers = new Extension().answers;
    world.sim.runUntil(world.sim.nowMs + 61_000);
    assert.equal(world.condition?.status, 'True');
    assert.notEqual(world.condition?.lastTransitionTime, lastTransitionTime);
  });

  it('gets the requests of its group as they are, with the user in headers and without the credential', () => {
    world.startExtension();
    world.register();
    const identity = { name: 'jane', groups: ['system:masters', 'toy makers'], extra: { 'Example.com/Key': ['a', 'b'] } };
    const { status, headers, body } = world.http('GET', `/apis/${group}/v1/namespaces/default/cars?limit=500`, {
      identity, headers: { 'accept': 'application/json', 'authorization': 'Bearer x', 'x-remote-user': 'system:admin' },
    });
    assert.equal(status, 200);
    assert.equal(new TextDecoder().decode(body as Uint8Array), '{"kind":"CarList","items":[]}');
    assert.equal(headers['etag'], 'x');
    const { headers: sent = {} } = world.extension.asked.at(-1) ?? {};
    assert.deepEqual(Object.fromEntries(Object.entries(sent).filter(([name]) => /^(x-remote|auth|accept)/.test(name))), {
      'accept': 'application/json', 'x-remote-user': 'jane',
      'x-remote-group': 'system:masters, toy makers, system:authenticated', 'x-remote-extra-example.com%2Fkey': 'a, b',
    });
  });

  it('is authorized before its server is asked', () => {
    world.startExtension();
    world.register();
    const before = world.extension.asked.length;
    const { status } = world.http('GET', `/apis/${group}/v1/cars`, { identity: { name: 'jane', groups: [] } });
    assert.equal(status, 403);
    assert.equal(world.extension.asked.length, before);
  });

  it('answers 503 while nobody serves it', () => {
    world.register();
    for (const path of [`/apis/${group}/v1`, `/apis/${group}/v1/cars`]) {
      assert.equal(world.http('GET', path).status, 503);
      assert.equal(world.text(path), 'service unavailable\n');
    }
  });

  it('is listed among the groups, at its priority, with what its server offers', () => {
    world.startExtension();
    world.register();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const { items } = JSON.parse(world.text('/apis', { accept })) as { items: { metadata: { name: string }; versions: unknown }[] };
    const found = items.find(({ metadata }) => metadata.name === group);
    assert.deepEqual(found?.versions, [{ version: 'v1', freshness: 'Current', resources: [{
      resource: 'cars', responseKind: { group: '', version: '', kind: 'Car' }, scope: 'Namespaced', singularResource: 'car',
      verbs: ['get', 'list'], shortNames: ['c'],
      subresources: [{ subresource: 'wheels', responseKind: { group: '', version: '', kind: 'Wheels' }, verbs: ['get'] }],
    }] }]);
    assert.equal(items.at(-1)?.metadata.name, group, 'built-in groups come first');
    const { groups } = JSON.parse(world.text('/apis')) as { groups: { name: string; preferredVersion: { version: string } }[] };
    assert.equal(groups.find(({ name }) => name === group)?.preferredVersion.version, 'v1');
  });

  it('has its documents in the index of OpenAPI', () => {
    world.startExtension();
    world.register();
    const { paths } = JSON.parse(world.text('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> };
    const { serverRelativeURL = '' } = paths[`apis/${group}/v1`] ?? {};
    assert.equal(serverRelativeURL, `/openapi/v3/apis/${group}/v1?hash=1`);
    assert.equal(world.text(serverRelativeURL), '{"openapi":"3.0.0"}');
    assert.match(paths['version']?.serverRelativeURL ?? '', /^\/openapi\/v3\/version\?hash=/, 'and nothing of others');
  });

  it('goes when its APIService goes', () => {
    world.startExtension();
    world.register();
    world.must({ verb: 'delete', group: 'apiregistration.k8s.io', resource: 'apiservices', name: `v1.${group}` });
    world.settle();
    assert.equal(world.http('GET', `/apis/${group}/v1`).status, 404);
    assert.ok(!world.text('/apis').includes(group));
  });
});
