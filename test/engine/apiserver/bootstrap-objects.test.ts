/** What a cluster has from the start besides roles and namespaces, and the approval of certificate requests. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import { flowSchemaKind } from '../../../src/api/kinds/flowcontrol/flow-schema';
import type {
  APIService, CertificateSigningRequest, FlowSchema, IPAddress, KubeObject, PriorityLevelConfiguration, Service,
  ServiceCIDR,
} from '../../../src/api/types';
import { base64Encode } from '../../../src/base/base64';
import { rsaRequest } from '../pki/requests';
import { World } from './harness';

describe('API server: objects that it makes for itself', () => {
  const world = new World({ kinds: kindRegistry(builtInKinds) });
  const settle = (): void => {
    world.sim.runUntil(world.sim.nowMs + 1000);
  };
  settle();
  const flow = 'flowcontrol.apiserver.k8s.io';

  it('flow schemas whose priority levels exist', () => {
    for (const [name, level] of [['exempt', 'exempt'], ['probes', 'exempt'], ['system-nodes', 'system'],
      ['global-default', 'global-default'], ['catch-all', 'catch-all']] as const) {
      const schema = world.get<FlowSchema & KubeObject>('flowschemas', name, undefined, flow);
      assert.equal(schema.spec.priorityLevelConfiguration.name, level);
      assert.deepEqual(schema.status.conditions?.map(({ type, status, reason }) => [type, status, reason]),
        [['Dangling', 'False', 'Found']], name);
      assert.deepEqual(flowSchemaKind.validateUpdate?.(schema, schema), []);
    }
    const level = world.get<PriorityLevelConfiguration & KubeObject>('prioritylevelconfigurations', 'exempt', undefined, flow);
    assert.deepEqual(level.spec, { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } });
  });

  it('flow schemas that dangle when their level goes', () => {
    const target = { group: flow, resource: 'prioritylevelconfigurations', name: 'workload-low' } as const;
    world.must({ ...target, verb: 'delete' });
    settle();
    const { status } = world.get<FlowSchema & KubeObject>('flowschemas', 'service-accounts', undefined, flow);
    assert.deepEqual(status.conditions?.map((condition) => [condition.status, condition.message]), [['True',
      'This FlowSchema references the PriorityLevelConfiguration object named "workload-low" but there is no such '
      + 'object']]);
  });

  it('an APIService for each of its groups', () => {
    for (const [name, group, version] of [['v1.', 18_000, 1], ['v1.apps', 17_800, 15]] as const) {
      const service = world.get<APIService & KubeObject>('apiservices', name, undefined, 'apiregistration.k8s.io');
      assert.deepEqual([service.spec.groupPriorityMinimum, service.spec.versionPriority], [group, version]);
      assert.equal(service.status.conditions?.[0]?.reason, 'Local');
    }
  });

  it('the range of service addresses, and who has which', () => {
    const networking = 'networking.k8s.io';
    const range = world.get<ServiceCIDR & KubeObject>('servicecidrs', 'kubernetes', undefined, networking);
    assert.equal(range.status.conditions?.[0]?.message, 'Kubernetes default Service CIDR is ready');
    const { clusterIP = '' } = world.get<Service & KubeObject>('services', 'kubernetes', 'default').spec;
    const address = world.get<IPAddress & KubeObject>('ipaddresses', clusterIP, undefined, networking);
    assert.deepEqual(address.spec.parentRef, { group: '', resource: 'services', namespace: 'default', name: 'kubernetes' });
    assert.ok(address.metadata.uid && address.metadata.creationTimestamp);
  });

  it('approval of a request, apart from its status', () => {
    const target = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', name: 'csr' } as const;
    const created = world.must<CertificateSigningRequest & KubeObject>({ ...target, verb: 'create', body: {
      metadata: { name: 'csr' }, spec: { request: base64Encode(rsaRequest), username: 'forged',
        signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } } });
    assert.notEqual(created.spec.username, 'forged');
    assert.ok(created.spec.username);
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Test', message: 'by hand' }];
    const approved = { ...created, status: { conditions } };
    const put = { ...target, verb: 'update', body: approved } as const;
    assert.deepEqual(world.must<CertificateSigningRequest & KubeObject>(put).status, {});
    assert.match(world.refused({ ...put, subresource: 'status' }).message, /updates may not add a condition of type "Approved"/);
    const { status } = world.must<CertificateSigningRequest & KubeObject>({ ...put, subresource: 'approval' });
    assert.deepEqual(status.conditions?.map(({ type, reason }) => [type, reason]), [['Approved', 'Test']]);
    const read = world.must<CertificateSigningRequest & KubeObject>({ ...target, verb: 'get', subresource: 'approval' });
    assert.equal(read.status.conditions?.length, 1);
  });
});
