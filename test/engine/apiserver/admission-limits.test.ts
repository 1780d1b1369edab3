/** LimitRanger, ResourceQuota and the small plugins about classes and storage, with the built-in kinds. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { Ingress, KubeObject, PersistentVolumeClaim, Pod, ResourceQuota } from '../../../src/api/types';
import { type Ask, pod, World } from './harness';

const namespace = 'default';
const inDefault = { namespace } as const;

function world(): World {
  const made = new World({ kinds: kindRegistry(builtInKinds) });
  made.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });
  return made;
}

function create(resource: string, body: object, group = ''): Ask {
  return { verb: 'create', resource, group, ...inDefault, body };
}

const container = (name: string, resources: object): object => ({ name, image: 'i', resources });
const withContainers = (...containers: object[]): object => pod('p', { spec: { containers } });

describe('admission: LimitRanger', () => {
  const made = world();
  made.must(create('limitranges', { metadata: { name: 'l' }, spec: { limits: [
    {
      type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m', memory: '16Mi' },
      max: { cpu: '1' }, min: { memory: '8Mi' }, maxLimitRequestRatio: { cpu: '4' },
    },
    { type: 'Pod', max: { cpu: '1500m' } },
    { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
  ] } }));

  it('fills in what is missing and says so', () => {
    const body = withContainers(container('a', { requests: { cpu: '200m' } }), container('b', { limits: { cpu: '400m' } }));
    const { metadata, spec } = made.must<Pod & KubeObject>({ ...create('pods', body), options: { dryRun: true } });
    assert.equal(metadata.annotations?.['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: memory request for container a; cpu limit for container a; memory request for container b');
    assert.deepEqual(spec.containers.map(({ resources }) => resources), [
      { limits: { cpu: '500m' }, requests: { cpu: '200m', memory: '16Mi' } },
      { limits: { cpu: '400m' }, requests: { cpu: '400m', memory: '16Mi' } },
    ]);
  });

  for (const [what, body, message] of [
    ['a limit', withContainers(container('a', { limits: { cpu: '2' }, requests: { cpu: '1' } })),
      '[maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Pod is 1500m, but limit is 2]'],
    ['a request', withContainers(container('a', { requests: { memory: '4Mi' } })),
      '[minimum memory usage per Container is 8Mi, but request is 4Mi, '
      + 'cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000]'],
    ['a sum', withContainers(container('a', { limits: { cpu: '1' } }), container('b', { limits: { cpu: '1' } })),
      'maximum cpu usage per Pod is 1500m, but limit is 2'],
  ] as const) {
    it(`refuses ${what} out of bounds`, () => {
      assert.equal(made.refused(create('pods', body)).message, `pods "p" is forbidden: ${message}`);
    });
  }

  it('bounds claims', () => {
    const claim = (storage: string): Ask => create('persistentvolumeclaims', {
      metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } });
    assert.equal(made.refused(claim('3Gi')).message, 'persistentvolumeclaims "c" is forbidden: '
      + 'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi');
    assert.equal(made.refused(claim('1')).message, 'persistentvolumeclaims "c" is forbidden: '
      + 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1');
  });
});

describe('admission: ResourceQuota', () => {
  const made = world();
  const quota = (name: string, hard: Record<string, string>, more: object = {}, used?: Record<string, string>): void => {
    made.must(create('resourcequotas', { metadata: { name }, spec: { hard, ...more } }));
    if (!used) return;
    made.must({ verb: 'patch', patchType: 'merge', resource: 'resourcequotas', ...inDefault, name, subresource: 'status',
      body: { status: { hard, used } } });
  };
  const usedOf = (name: string): unknown => made.get<ResourceQuota & KubeObject>('resourcequotas', name, namespace).status.used;

  it('does not let in what nobody has counted yet', () => {
    quota('new', { services: '1' });
    made.must({ verb: 'patch', patchType: 'merge', resource: 'resourcequotas', ...inDefault, name: 'new',
      subresource: 'status', body: { status: { hard: { services: '1' } } } });
    assert.equal(made.refused(create('services', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } })).message,
      'services "s" is forbidden: status unknown for quota: new, resources: services');
    made.must({ verb: 'delete', resource: 'resourcequotas', ...inDefault, name: 'new' });
  });

  it('asks for amounts, refuses too much and charges the rest', () => {
    quota('compute', { 'limits.cpu': '2', 'requests.memory': '1Gi', pods: '10' }, {},
      { 'limits.cpu': '500m', 'requests.memory': '0', pods: '1' });
    assert.equal(made.refused(create('pods', withContainers(container('c', {}), container('b', { limits: { cpu: '1' } })))).message,
      'pods "p" is forbidden: failed quota: compute: must specify limits.cpu for: c; requests.memory for: b,c');
    const sized = (cpu: string): object => withContainers(container('c', { limits: { cpu }, requests: { memory: '64Mi' } }));
    assert.equal(made.refused(create('pods', sized('1600m'))).message,
      'pods "p" is forbidden: exceeded quota: compute, requested: limits.cpu=1600m, used: limits.cpu=500m, limited: limits.cpu=2');
    made.must({ ...create('pods', sized('1')), options: { dryRun: true } });
    made.must(create('pods', sized('1')));
    assert.deepEqual(usedOf('compute'), { 'limits.cpu': '1500m', pods: '2', 'requests.memory': '64Mi' });
    made.must({ verb: 'delete', resource: 'resourcequotas', ...inDefault, name: 'compute' });
  });

  it('counts within its scopes only', () => {
    quota('best', { pods: '0' }, { scopes: ['BestEffort'] }, { pods: '0' });
    quota('high', { pods: '0' }, { scopeSelector: { matchExpressions: [
      { scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }] } }, { pods: '0' });
    const name = { metadata: { name: 'q' } };
    const refusal = (spec: object): string => made.refused(create('pods', pod('q', { spec }))).message;
    assert.equal(refusal({}),
      'pods "q" is forbidden: exceeded quota: best, requested: pods=1, used: pods=0, limited: pods=0');
    const containers = [container('c', { requests: { cpu: '1' } })];
    assert.equal(refusal({ containers, priorityClassName: 'system-node-critical' }),
      'pods "q" is forbidden: exceeded quota: high, requested: pods=1, used: pods=0, limited: pods=0');
    made.must(create('pods', pod('q', { spec: { containers }, ...name })));
  });

  it('gives the last place to one of many', () => {
    quota('maps', { 'count/configmaps': '2', configmaps: '2' }, {}, { 'count/configmaps': '0', configmaps: '0' });
    const codes: number[] = [];
    const user = { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] } as const;
    for (let i = 0; i < 5; i += 1) {
      made.send(create('configmaps', { metadata: { name: `m${i}` } }), user,
        (result) => codes.push((result.ok ? result.payload as { code: number } : { code: 0 }).code));
    }
    made.settle(500);
    assert.deepEqual(codes.sort(), [201, 201, 403, 403, 403]);
    assert.deepEqual(usedOf('maps'), { configmaps: '2', 'count/configmaps': '2' });
  });

  it('charges an update with what is new', () => {
    const service = (type: string): object => ({ metadata: { name: 's' }, spec: { type, ports: [{ port: 80 }, { port: 81, name: 'b' }].map((p, i) => ({ name: `p${i}`, ...p })) } });
    made.must(create('services', service('ClusterIP')));
    quota('ports', { 'services.nodeports': '1', services: '1' }, {}, { 'services.nodeports': '0', services: '1' });
    assert.equal(made.refused({ verb: 'patch', patchType: 'merge', resource: 'services', ...inDefault, name: 's',
      body: { spec: { type: 'NodePort' } } }).message,
    'services "s" is forbidden: exceeded quota: ports, requested: services.nodeports=2, used: services.nodeports=0, '
      + 'limited: services.nodeports=1');
  });
});

describe('admission: classes and storage', () => {
  const made = world();

  it('gives an Ingress the default class', () => {
    const group = 'networking.k8s.io';
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    made.must({ verb: 'create', group, resource: 'ingressclasses', body: { metadata: { name: 'nginx', annotations },
      spec: { controller: 'k8s.io/nginx' } } });
    const spec = { defaultBackend: { service: { name: 's', port: { number: 80 } } } };
    const ingress = made.must<Ingress & KubeObject>(create('ingresses', { metadata: { name: 'i' }, spec }, group));
    assert.equal(ingress.spec?.ingressClassName, 'nginx');
  });

  it('gives pods the overhead and nodes of their runtime class', () => {
    made.must({ verb: 'create', group: 'node.k8s.io', resource: 'runtimeclasses', body: {
      metadata: { name: 'vm' }, handler: 'vm', overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] } } });
    const { spec } = made.must<Pod & KubeObject>(create('pods', pod('vm', { spec: { runtimeClassName: 'vm' } })));
    assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: '250m' }, { vm: 'yes' }]);
    assert.ok(spec.tolerations?.some(({ key }) => key === 'vm'));
    for (const [given, message] of [
      [{ runtimeClassName: 'nope' }, 'pod rejected: RuntimeClass "nope" not found'],
      [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
      [{ runtimeClassName: 'vm', overhead: { cpu: '1' } },
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"],
      [{ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } },
        'conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no'],
    ] as const) {
      assert.equal(made.refused(create('pods', pod('x', { spec: given }))).message, `pods "x" is forbidden: ${message}`);
    }
  });

  it('protects claims, which grow only when bound', () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claim = made.must<PersistentVolumeClaim & KubeObject>(
      create('persistentvolumeclaims', { metadata: { name: 'c' }, spec }));
    assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
    const grow: Ask = { verb: 'patch', patchType: 'merge', resource: 'persistentvolumeclaims', ...inDefault, name: 'c',
      body: { spec: { resources: { requests: { storage: '2Gi' } } } } };
    const bind = (more: object): void => void made.must({ ...grow, subresource: 'status',
      body: { status: { phase: 'Bound', ...more } } });
    bind({});
    assert.equal(made.refused(grow).message, 'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc '
      + 'can be resized and the storageclass that provisions the pvc must support resize');
  });
});
