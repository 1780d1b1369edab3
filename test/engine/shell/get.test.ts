/** Tables and YAML as `kubectl get` prints them. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import type { TableColumn } from '../../../src/api/kind';
import { kindRegistry } from '../../../src/api/registry';
import type { KubeObject } from '../../../src/api/types';
import { tableText } from '../../../src/shell/kubectl/get/table';
import { yamlText } from '../../../src/shell/kubectl/get/yaml';
import { objects } from './stored';

const kinds = kindRegistry(builtInKinds);
const nowMs = Date.parse('2026-05-20T08:30:00Z');

function kindOf(name: string) {
  return kinds.byName(name) ?? assert.fail(name);
}

function all(kind: string, namespace?: string): readonly KubeObject[] {
  return objects.filter(({ kind: own, metadata }) => (
    own === kind && (namespace === undefined || metadata.namespace === namespace)));
}

describe('kubectl get', () => {
  it('prints the columns of the kind with three spaces between them', () => {
    assert.equal(tableText(kindOf('pods'), all('Pod', 'default'), { nowMs }), [
      'NAME                   READY   STATUS             RESTARTS       AGE',
      'drivers                0/1     Evicted            0              25m',
      'leaving                0/0     Unknown            0              25m',
      'too-big                0/1     Pending            0              10m',
      'web-6d4b9c7f55-abcde   2/3     CrashLoopBackOff   8 (110s ago)   20m',
      '',
    ].join('\n'));
  });

  it('shows more columns in wide output and where objects are across namespaces', () => {
    const text = tableText(kindOf('rs'), all('ReplicaSet'), { nowMs, wide: true, namespaceColumn: true });
    assert.equal(text, [
      'NAMESPACE   NAME             DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES       SELECTOR',
      'default     web-5c9d8d5f44   0         0         0       30m   nginx        nginx:1.28   '
        + 'app=web,pod-template-hash=5c9d8d5f44',
      'default     web-6d4b9c7f55   1         1         1       20m   nginx        nginx:1.29   '
        + 'app=web,pod-template-hash=6d4b9c7f55',
      '',
    ].join('\n'));
  });

  it('has no namespace column for kinds without namespaces', () => {
    const options = { nowMs, namespaceColumn: true };
    assert.match(tableText(kindOf('storageclass'), all('StorageClass'), options), /^NAME /);
  });

  const nothing: readonly (readonly [string, string, Partial<Parameters<typeof tableText>[2]>])[] = [
    ['pods', 'No resources found in default namespace.\n', {}],
    ['pods', 'No resources found in web namespace.\n', { namespace: 'web' }],
    ['pods', 'No resources found\n', { namespaceColumn: true }],
    ['nodes', 'No resources found\n', {}],
  ];
  for (const [kind, sentence, options] of nothing) {
    it(`says ${sentence.trim()} for ${kind}`, () => {
      assert.equal(tableText(kindOf(kind), [], { nowMs, ...options }), sentence);
    });
  }

  it('shows the first line of a cell of several, and nothing for no value', () => {
    const columns: readonly TableColumn[] = [
      { name: 'Name', type: 'string', description: '', cell: () => 'one\ntwo' },
      { name: 'None', type: 'string', description: '', cell: () => null },
      { name: 'Red', type: 'string', description: '', cell: () => '\u001b[31m' },
    ];
    const text = tableText({ ...kindOf('configmaps'), columns }, all('ConfigMap').slice(0, 1), { nowMs });
    assert.equal(text, 'NAME     NONE   RED\none...          ^[[31m\n');
  });
});

describe('kubectl get -o yaml', () => {
  it('prints an object with its secrets and without its managed fields', () => {
    const secret = all('Secret')[0] ?? assert.fail();
    const managedFields = [{ manager: 'kubectl', operation: 'Update' }];
    const text = yamlText({ ...secret, metadata: { ...secret.metadata, managedFields } });
    assert.equal(text, [
      'apiVersion: v1',
      'data:',
      '  empty: ""',
      '  password: aHVudGVyMg==',
      '  username: YWRtaW4=',
      'kind: Secret',
      'metadata:',
      '  creationTimestamp: "2026-05-20T08:01:00Z"',
      '  labels:',
      '    app: web',
      '  name: credentials',
      '  namespace: default',
      '  resourceVersion: "504"',
      '  uid: 0a4ec5d2-52a6-4d55-9fd5-6c1c8f1e0305',
      'type: Opaque',
      '',
    ].join('\n'));
  });
});
