import assert from 'node:assert/strict';
import { findType, typeNames, typeOf } from '../../../src/api/schema/schema';
import type { FieldType } from '../../../src/api/schema/schema';
import { schemaTable } from '../../../src/api/schema/table';
import { zeroValue } from '../../../src/api/schema/zero';

describe('schema table', () => {
  it('parses whole, with every reference resolved, in less than 90 KB', () => {
    assert.ok(schemaTable.length < 90_000);
    assert.ok(typeNames().length > 400);
    const check = (type: FieldType): void => {
      if (type.form === 'ref') typeOf(type.name);
      if (type.form === 'list') check(type.item);
      if (type.form === 'map') check(type.value);
    };
    for (const name of typeNames()) for (const field of typeOf(name).fields.values()) check(field.type);
  });

  it('knows merge keys, list types and strategies', () => {
    assert.deepEqual(typeOf('PodSpec').fields.get('containers'), {
      name: 'containers', type: { form: 'list', item: { form: 'ref', name: 'Container' } }, required: true,
      listType: 'map', mapKeys: ['name'], patchStrategy: ['merge'], patchMergeKey: 'name',
    });
    const ports = typeOf('Container').fields.get('ports');
    assert.deepEqual([ports?.mapKeys, ports?.patchMergeKey], [['containerPort', 'protocol'], 'containerPort']);
    assert.deepEqual(typeOf('PodSpec').fields.get('volumes')?.patchStrategy, ['merge', 'retainKeys']);
    assert.equal(typeOf('PodSpec').fields.get('tolerations')?.listType, 'atomic');
    assert.equal(typeOf('PodSpec').fields.get('nodeSelector')?.mapType, 'atomic');
    assert.equal(typeOf('LabelSelector').atomic, true);
    assert.deepEqual(typeOf('ObjectMeta').fields.get('finalizers')?.patchStrategy, ['merge']);
    assert.equal(typeOf('ServicePort').fields.get('protocol')?.default, 'TCP');
    assert.equal(typeOf('PodSpec').fields.has('evictionResponders'), false, 'a field of a later release');
  });

  it('tells scalars apart', () => {
    const scalarOf = (type: string, field: string): FieldType | undefined => typeOf(type).fields.get(field)?.type;
    assert.deepEqual(scalarOf('ResourceRequirements', 'limits'), { form: 'map', value: { form: 'scalar',
      scalar: 'quantity' } });
    assert.deepEqual(scalarOf('ServicePort', 'targetPort'), { form: 'scalar', scalar: 'intOrString' });
    assert.deepEqual(scalarOf('LeaseSpec', 'renewTime'), { form: 'scalar', scalar: 'microTime' });
    assert.deepEqual(scalarOf('Secret', 'data'), { form: 'map', value: { form: 'scalar', scalar: 'bytes' } });
    assert.deepEqual(scalarOf('ControllerRevision', 'data'), { form: 'scalar', scalar: 'rawExtension' });
    assert.deepEqual(scalarOf('ObjectMeta', 'generation'), { form: 'scalar', scalar: 'int64' });
  });

  it('names types of later groups with their prefix and keeps the plain name', () => {
    assert.equal(typeOf('EventsV1Event').plainName, 'Event');
    assert.equal(typeOf('EventsV1Event').packageName, 'io.k8s.api.events.v1');
    assert.equal(typeOf('Event').packageName, 'io.k8s.api.core.v1');
    assert.equal(findType('Nonsense'), undefined);
    assert.equal(findType('__proto__'), undefined);
  });

  it('derives lists of kinds', () => {
    assert.deepEqual(typeOf('DeploymentList').fields.get('items')?.type, {
      form: 'list', item: { form: 'ref', name: 'Deployment' } });
    assert.equal(findType('ContainerList'), undefined);
  });

  it('makes the zero values that Go prints', () => {
    assert.deepEqual(zeroValue('DaemonSetStatus'), {
      currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 });
    assert.deepEqual(zeroValue('ReplicaSetStatus'), { replicas: 0 });
    assert.deepEqual(zeroValue('PodStatus'), {});
  });
});
