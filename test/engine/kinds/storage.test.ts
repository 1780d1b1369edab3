/** Volumes, claims and what drivers report: defaults, errors, updates, tables. */
import assert from 'node:assert/strict';
import type { AnyKind } from '../../../src/api/kind';
import { csiDriverKind } from '../../../src/api/kinds/storage/csi-driver';
import { csiNodeKind } from '../../../src/api/kinds/storage/csi-node';
import { persistentVolumeKind } from '../../../src/api/kinds/storage/persistent-volume';
import { persistentVolumeClaimKind } from '../../../src/api/kinds/storage/persistent-volume-claim';
import { volumeAttachmentKind } from '../../../src/api/kinds/storage/volume-attachment';
import { volumeAttributesClassKind } from '../../../src/api/kinds/storage/volume-attributes-class';
import { cells, createErrors, objectOf, stored, texts, updateErrors } from './support';

const claim = 'accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}';
const volume = 'accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}';

describe('storage kinds', () => {
  const cases: readonly (readonly [AnyKind, string, readonly string[]])[] = [
    [persistentVolumeClaimKind, `spec: {${claim}}`, []],
    [persistentVolumeClaimKind, 'spec: {}', [
      'spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value',
    ]],
    [persistentVolumeClaimKind, 'spec: {accessModes: [RWO], resources: {requests: {storage: 0}}}', [
      'spec.accessModes: Unsupported value: "RWO": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", '
        + '"ReadWriteOncePod"',
      'spec.resources[storage]: Invalid value: 0: must be greater than zero',
    ]],
    [persistentVolumeClaimKind, `spec: {${claim}, dataSourceRef: {kind: Pod, name: x}}`, [
      'spec.dataSource: Invalid value: "Pod": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
      'spec.dataSourceRef: Invalid value: "Pod": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    ]],
    [persistentVolumeKind, `spec: {${volume}, hostPath: {path: /data}}`, []],
    [persistentVolumeKind, 'spec: {}', [
      'spec.accessModes: Required value', 'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ]],
    [persistentVolumeKind, `spec: {${volume}, hostPath: {path: /}, nfs: {server: a, path: /b}, `
      + 'persistentVolumeReclaimPolicy: Recycle}', [
      'spec.nfs: Forbidden: may not specify more than 1 volume type',
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ]],
    [persistentVolumeKind, `spec: {${volume}, local: {path: /mnt}}`,
      ['spec.nodeAffinity: Required value: Local volume requires node affinity']],
    [persistentVolumeKind, `spec: {${volume}, csi: {driver: a.b}}`, ['spec.csi.volumeHandle: Required value']],
    [csiDriverKind, 'spec: {}', []],
    [csiDriverKind, 'spec: {tokenRequests: [{audience: a, expirationSeconds: 1}, {audience: a}]}', [
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ]],
    [csiNodeKind, 'spec: {drivers: [{name: a.b, nodeID: n}, {name: a.b, nodeID: ""}]}', [
      'spec.drivers[1].nodeID: Required value', 'spec.drivers[1].name: Duplicate value: "a.b"',
    ]],
    [volumeAttachmentKind, 'spec: {attacher: a.b, nodeName: n, source: {persistentVolumeName: pv}}', []],
    [volumeAttachmentKind, 'spec: {attacher: a.b, nodeName: n, source: {}}',
      ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName']],
    [volumeAttributesClassKind, 'driverName: a.b',
      ['parameters: Required value: must contain at least one key/value pair']],
  ];
  for (const [kind, yaml, expected] of cases) {
    it(`${kind.kind} ${yaml}`, () => assert.deepEqual(createErrors(kind, yaml), expected));
  }

  it('begin as pending', () => {
    assert.deepEqual(stored(persistentVolumeClaimKind, `spec: {${claim}}`).status, { phase: 'Pending' });
    const { spec, status } = stored(persistentVolumeKind, `spec: {${volume}, hostPath: {path: /data}}`);
    assert.deepEqual([spec.persistentVolumeReclaimPolicy, spec.volumeMode, spec.hostPath.type], ['Retain', 'Filesystem', '']);
    assert.deepEqual(status, { phase: 'Pending', lastPhaseTransitionTime: '1970-01-01T00:00:00Z' });
  });

  it('write a data source into both fields', () => {
    const { spec } = stored(persistentVolumeClaimKind,
      `spec: {${claim}, dataSource: {kind: PersistentVolumeClaim, name: old}}`);
    assert.deepEqual(spec.dataSourceRef, { kind: 'PersistentVolumeClaim', name: 'old' });
    const other = stored(persistentVolumeClaimKind, `spec: {${claim}, dataSource: {apiGroup: a.b, kind: X, name: y}}`);
    assert.equal(other.spec.dataSource, undefined);
  });

  it('let a claim be bound once and grow, and nothing else', () => {
    const before = `spec: {${claim}}`;
    assert.deepEqual(updateErrors(persistentVolumeClaimKind, before, `spec: {${claim}, volumeName: pv}`), []);
    const grown = 'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}';
    assert.match(updateErrors(persistentVolumeClaimKind, before, grown)[0] ?? '',
      /^spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName/);
    const bound = (yaml: string, storage: string) => objectOf(persistentVolumeClaimKind,
      `${yaml}\nstatus: {phase: Bound, capacity: {storage: ${storage}}}`);
    assert.deepEqual(texts(persistentVolumeClaimKind.validateUpdate?.(bound(grown, '1Gi'), bound(before, '1Gi'))), []);
    assert.deepEqual(texts(persistentVolumeClaimKind.validateUpdate?.(bound(before, '2Gi'), bound(grown, '2Gi'))),
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity']);
  });

  it('keep the source of a volume', () => {
    const [error = ''] = updateErrors(persistentVolumeKind, `spec: {${volume}, hostPath: {path: /a}}`,
      `spec: {${volume}, hostPath: {path: /b}}`);
    assert.match(error, /^spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n/);
  });

  it('are shown as tables', () => {
    const shown = cells(persistentVolumeKind, objectOf(persistentVolumeKind, `spec: {${volume}, claimRef: `
      + '{namespace: default, name: data}, persistentVolumeReclaimPolicy: Delete, storageClassName: standard}\n'
      + 'status: {phase: Bound}'));
    assert.deepEqual(Object.values(shown).slice(1, 9), [
      '1Gi', 'RWO', 'Delete', 'Bound', 'default/data', 'standard', '<unset>', '',
    ]);
    const pending = cells(persistentVolumeClaimKind, stored(persistentVolumeClaimKind, `spec: {${claim}}`));
    assert.deepEqual(Object.values(pending).slice(1, 7), ['Pending', '', '', '', '', '<unset>']);
    const driver = cells(csiDriverKind, stored(csiDriverKind, 'spec: {tokenRequests: [{audience: a}]}'));
    assert.deepEqual(Object.values(driver).slice(1, 7), [true, false, false, 'a', false, 'Persistent']);
  });
});
