import assert from 'node:assert/strict';
import type { KubeObject, Service, ServiceSpec } from '../../../src/api/types';
import { IpRange } from '../../../src/apiserver/registry/services/ip-range';
import { RandomStream } from '../../../src/base/random';
import { type Ask, World } from './harness';

type Stored = Service & KubeObject;
const inDefault = { namespace: 'default' } as const;
const create = (name: string, spec: ServiceSpec): Ask =>
  ({ verb: 'create', resource: 'services', ...inDefault, body: { metadata: { name }, spec } });
const http = { port: 80, protocol: 'TCP' } as const;

describe('service address ranges', () => {
  const random = new RandomStream(1, 'test');
  const cases: [string, string, string | undefined, string[]][] = [
    ['10.96.0.0/16', '10.96.0.1', undefined, ['10.96.0.0', '10.96.255.255', '10.97.0.1', 'fd00::1', 'x']],
    ['10.0.0.0/30', '10.0.0.1', '10.0.0.2', ['10.0.0.3']],
    ['fd00:10:96::/112', 'fd00:10:96::1', undefined, ['10.96.0.1', 'fd00:10:97::1']],
  ];
  for (const [cidr, first, last, outside] of cases) {
    it(`knows what lies in ${cidr}`, () => {
      const range = new IpRange(cidr);
      assert.equal(range.first, first);
      for (const address of outside) assert.equal(range.contains(address), false, address);
      for (let i = 0; i < 50; i += 1) assert.ok(range.contains(range.pick(random, new Set()) ?? ''));
      if (last) assert.equal(range.pick(random, new Set([first])), last);
      if (last) assert.equal(range.pick(random, new Set([first, last])), undefined);
    });
  }

  it('leaves the lower band to those who ask for an address', () => {
    const range = new IpRange('10.96.0.0/16');
    for (let i = 0; i < 100; i += 1) assert.doesNotMatch(range.pick(random, new Set()) ?? '', /^10\.96\.0\./);
  });
});

describe('API server: Services', () => {
  const world = new World();
  const must = (name: string, spec: ServiceSpec): Stored => world.must<Stored>(create(name, spec));

  it('allocates an address and fills in the families', () => {
    const { spec } = must('plain', { ports: [http], selector: { app: 'web' } });
    assert.match(spec?.clusterIP ?? '', /^10\.96\.\d+\.\d+$/);
    assert.deepEqual(spec?.clusterIPs, [spec?.clusterIP]);
    assert.deepEqual([spec?.ipFamilies, spec?.ipFamilyPolicy], [['IPv4'], 'SingleStack']);
  });

  it('honours an address and gives it back', () => {
    assert.equal(must('dns', { clusterIP: '10.96.0.10', ports: [http] }).spec?.clusterIP, '10.96.0.10');
    assert.equal(world.refused(create('twice', { clusterIP: '10.96.0.10', ports: [http] })).message,
      'Service "twice" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: '
      + 'provided IP is already allocated');
    world.must({ verb: 'delete', resource: 'services', name: 'dns', ...inDefault });
    assert.equal(must('again', { clusterIP: '10.96.0.10', ports: [http] }).spec?.clusterIP, '10.96.0.10');
  });

  const refusals: [string, ServiceSpec, string][] = [
    ['an address outside', { clusterIP: '1.2.3.4' },
      'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not '
      + 'match the current range'],
    ['a family that is not there', { ipFamilies: ['IPv6'] },
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    ['dual stack', { ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'],
    ['a node port outside', { type: 'NodePort', ports: [{ ...http, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid '
      + 'ports is 30000-32767'],
  ];
  for (const [what, spec, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.equal(world.refused(create('bad', { ports: [http], ...spec })).message,
        `Service "bad" is invalid: ${message}`);
    });
  }

  it('gives headless and external Services no address', () => {
    const headless = must('headless', { clusterIP: 'None', selector: { app: 'web' } }).spec;
    assert.deepEqual([headless?.clusterIPs, headless?.ipFamilies, headless?.ipFamilyPolicy], [['None'], ['IPv4'],
      'SingleStack']);
    const selectorless = must('selectorless', { clusterIP: 'None' }).spec;
    assert.deepEqual([selectorless?.ipFamilies, selectorless?.ipFamilyPolicy], [['IPv4', 'IPv6'], 'RequireDualStack']);
    assert.equal(must('external', { type: 'ExternalName', externalName: 'example.com' }).spec?.clusterIP, undefined);
  });

  it('allocates node ports, shares them between protocols, and refuses what is taken', () => {
    const { spec } = must('np', { type: 'NodePort', ports: [{ ...http, nodePort: 30080 }, { port: 81,
      protocol: 'TCP' }] });
    assert.equal(spec?.ports?.[0]?.nodePort, 30080);
    assert.ok((spec?.ports?.[1]?.nodePort ?? 0) >= 30086);
    const both = must('both', { type: 'NodePort', ports: [{ name: 'a', port: 53, protocol: 'TCP' }, { name: 'b',
      port: 53, protocol: 'UDP' }] }).spec?.ports;
    assert.equal(both?.[0]?.nodePort, both?.[1]?.nodePort);
    assert.equal(world.refused(create('taken', { type: 'NodePort', ports: [{ ...http, nodePort: 30080 }] })).message,
      'Service "taken" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated');
    const balanced = must('lb', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [http] }).spec;
    assert.ok(balanced?.healthCheckNodePort && balanced.ports?.[0]?.nodePort);
  });

  it('keeps what was allocated over updates and frees what is no longer needed', () => {
    const target = { resource: 'services', name: 'np', ...inDefault } as const;
    const before = world.get<Stored>('services', 'np', 'default');
    const bare = { metadata: { name: 'np' }, spec: { type: 'NodePort', ports: [http, { port: 81, protocol: 'TCP' }],
      selector: { a: 'b' } } };
    const after = world.must<Stored>({ ...target, verb: 'update', body: bare });
    assert.equal(after.spec?.clusterIP, before.spec?.clusterIP);
    assert.deepEqual(after.spec?.ports?.map((port) => port.nodePort), before.spec?.ports?.map((port) => port.nodePort));
    world.must({ ...target, verb: 'delete' });
    assert.equal(must('np2', { type: 'NodePort', ports: [{ ...http, nodePort: 30080 }] }).spec?.ports?.[0]?.nodePort,
      30080);
  });

  it('runs out of addresses with upstream\'s text', () => {
    const tiny = new World({ serviceSubnet: '10.0.0.0/30' });
    tiny.must(create('one', { ports: [http] }));
    assert.equal(tiny.refused(create('two', { ports: [http] })).message,
      'Internal error occurred: failed to allocate a serviceIP: range is full');
  });

  it('serves both families on a dual-stack cluster', () => {
    const dual = new World({ serviceSubnet: '10.96.0.0/16,fd00:10:96::/112' });
    const single = dual.must<Stored>(create('single', { ports: [http] })).spec;
    assert.deepEqual(single?.ipFamilies, ['IPv4']);
    const both = dual.must<Stored>(create('both', { ports: [http], ipFamilyPolicy: 'PreferDualStack' })).spec;
    assert.deepEqual(both?.ipFamilies, ['IPv4', 'IPv6']);
    assert.match(both?.clusterIPs?.[1] ?? '', /^fd00:10:96::/);
  });
});
