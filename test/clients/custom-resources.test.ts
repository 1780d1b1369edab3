/** Custom resources as their users meet them: a definition that uses every feature,
  and kubectl on objects of its kind. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { Served } from './served';

const definitions = join(root, 'test', 'clients', 'manifests', 'widgets.yaml');
const one = { apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata: { name: 'one', namespace: 'default' } };
const widget = (spec: object, metadata: object = {}): string => JSON.stringify({ ...one, metadata: { ...one.metadata,
  ...metadata }, spec });

/** Ages are the server's business. */
function withoutAges(table: string): string {
  return table.replace(/\b\d+[smh](?:\d+[sm])?$/gm, 'AGE');
}

describe('custom resources', function () {
  this.timeout(180_000);
  let served: Served;

  const succeed = async (args: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await served.kubectl(args, input === undefined ? {} : { input });
    assert.equal(code, 0, `kubectl ${String(args)}: ${stderr}`);
    return stdout;
  };

  const fail = async (args: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await served.kubectl(args, input === undefined ? {} : { input });
    assert.equal(code, 1, `kubectl ${String(args)}: ${stdout}`);
    return stderr;
  };

  before(async () => {
    served = await Served.start();
    await succeed(['apply', '-f', definitions]);
    await succeed(['wait', '--for=condition=established', '-f', definitions]);
  });

  after(async () => {
    await served.stop();
  });

  it('are known to discovery', async () => {
    assert.equal(await succeed('api-resources --api-group=shop.example.com'), [
      'NAME      SHORTNAMES   APIVERSION            NAMESPACED   KIND',
      'shops                  shop.example.com/v1   false        Shop',
      'widgets   wg           shop.example.com/v1   true         Widget', ''].join('\n'));
    assert.match(await succeed('api-versions'), /^shop\.example\.com\/v1\nshop\.example\.com\/v1beta1$/m);
  });

  it('are explained', async () => {
    assert.equal(await succeed('explain widget.spec.code'), [
      'GROUP:      shop.example.com', 'KIND:       Widget', 'VERSION:    v1', '', 'FIELD: code <string>', '', '',
      'DESCRIPTION:', '    Code of the catalogue.', '    ', '', ''].join('\n'));
    const recursive = await succeed('explain wg --recursive');
    assert.match(recursive, /^DESCRIPTION:\n {4}Widget is something that a shop sells\.$/m);
    assert.match(recursive, /^ {2}spec\t<Object> -required-\n {4}code\t<string> -required-\n {4}extra\t<Object>\n/m);
    assert.match(recursive,
      /^ {4}parts\t<\[\]Object>\n {6}color\t<string>\n {6}name\t<string> -required-\n {6}weight\t<number>\n/m);
    assert.match(recursive, /^ {4}size\t<string>\n {4}enum: small, large\n/m);
  });

  it('are filled with defaults and freed of what nobody declared', async () => {
    const spec = { code: 'AB1', port: 'http', parts: [{ name: 'wheel' }], extra: { any: { thing: [1] } }, nothing: 1,
      template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { x: 1 } } };
    assert.match(await fail('create -f -', widget(spec)),
      /^Error from server \(BadRequest\): error when creating "STDIN": Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec\.nothing"$/m);
    const { code, stdout, stderr } = await served.kubectl('create --validate=warn -f -', { input: widget(spec) });
    assert.deepEqual([code, stdout, stderr], [0, 'widget.shop.example.com/one created\n',
      'Warning: unknown field "spec.nothing"\n']);
    const made = JSON.parse(await succeed('get widget one -o json'));
    assert.deepEqual(made.spec, {
      code: 'AB1', size: 'small', replicas: 1, port: 'http', parts: [{ name: 'wheel', color: 'grey' }],
        extra: { any: { thing: [1] } },
      template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { x: 1 } },
    });
    assert.equal(made.metadata.generation, 1);
  });

  it('are printed in the columns of their definition', async () => {
    assert.equal(withoutAges(await succeed('get wg')),
      'NAME   SIZE    REPLICAS   READY   AGE\none    small   1                  AGE\n');
    assert.equal(withoutAges(await succeed('get shop -o wide')),
      'NAME   SIZE    REPLICAS   READY   CODE   AGE\none    small   1                  AB1    AGE\n');
    assert.equal(await succeed('get wg one -o name'), 'widget.shop.example.com/one\n');
    assert.match(await succeed('describe wg one'), /^API Version: {2}shop\.example\.com\/v1\nKind: {9}Widget$/m);
  });

  const patch = (type: string, body: object): readonly string[] => ['patch', 'wg', 'one', `--type=${type}`, '-p',
    JSON.stringify(body)];
  const refusals: readonly (readonly [name: string, spec: object, words: string])[] = [
    ['a missing field', { size: 'small' }, 'spec.code: Required value'],
    ['a value outside an enumeration', { code: 'AB1', size: 'huge' },
      'spec.size: Unsupported value: "huge": supported values: "small", "large"'],
    ['a value below the least', { code: 'AB1', replicas: -1 },
      'spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0'],
    ['a value above the most', { code: 'AB1', limit: 101 },
      'spec.limit: Invalid value: 101: spec.limit in body should be less than or equal to 100'],
    ['a value that does not match', { code: 'ab1' },
      'spec.code: Invalid value: "ab1": spec.code in body should match \'^[A-Z]{2}[0-9]+$\''],
    ['a value of another type', { code: 'AB1', replicas: 'two' },
      'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    ['too long a text', { code: 'AB1', note: 'a'.repeat(11) }, 'spec.note: Too long: may not be more than 10 bytes'],
    ['too many items', { code: 'AB1', tags: ['a', 'b', 'c', 'd'] },
      'spec.tags: Too many: 4: must have at most 3 items'],
    ['an item of a set twice', { code: 'AB1', tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    ['a key of a list twice', { code: 'AB1', parts: [{ name: 'a' }, { name: 'a' }] },
      'spec.parts[1]: Duplicate value: {"name":"a"}'],
    ['a resource inside without a kind', { code: 'AB1', template: { apiVersion: 'v1' } },
      'spec.template.kind: Required value: must not be empty'],
    ['what a rule forbids', { code: 'AB1', replicas: 5, limit: 4 },
      'spec.replicas: Forbidden: replicas must not exceed the limit of 4'],
  ];
  for (const [name, spec, words] of refusals) {
    it(`refuse ${name}`, async () => {
      const said = await fail('create -f -', widget(spec, { name: 'bad' }));
      assert.ok(said.startsWith('The Widget "bad" is invalid: ') && said.includes(words), said);
    });
  }

  it('are patched as JSON and merged, but not strategically', async () => {
    assert.equal(await fail(patch('strategic', { spec: { size: 'large' } })),
      'error: application/strategic-merge-patch+json is not supported by shop.example.com/v1, Kind=Widget: the body of the '
      + 'request was in an unknown format - accepted media types include: application/json-patch+json, '
      + 'application/merge-patch+json, application/apply-patch+yaml\n');
    assert.equal(await succeed(patch('merge', { spec: { size: 'large', port: 8080 } })),
      'widget.shop.example.com/one patched\n');
    assert.equal(await succeed(patch('json', [{ op: 'add', path: '/spec/tags', value: ['x'] }])),
      'widget.shop.example.com/one patched\n');
    assert.equal(await fail(patch('merge', { spec: { code: 'CD2' } })),
      'The Widget "one" is invalid: spec.code: Invalid value: "string": code is immutable\n');
    assert.equal(await succeed('get wg one -o jsonpath={.metadata.generation},{.spec.port},{.spec.tags[0]}'),
      '3,8080,x');
  });

  it('keep their status apart', async () => {
    const status = { phase: 'Sold', replicas: 1, conditions: [{ type: 'Ready', status: 'True' }] };
    await succeed(patch('merge', { status }));
    assert.equal(await succeed('get wg one -o jsonpath={.status}'), '');
    await succeed([...patch('merge', { status, spec: { size: 'small' } }), '--subresource=status']);
    assert.equal(await succeed('get wg one -o jsonpath={.status.phase},{.spec.size},{.metadata.generation}'),
      'Sold,large,3');
    assert.equal(withoutAges(await succeed('get wg')),
      'NAME   SIZE    REPLICAS   READY   AGE\none    large   1          True    AGE\n');
    await succeed('wait --for=condition=Ready wg/one');
    await succeed('wait --for=jsonpath={.status.phase}=Sold wg/one');
  });

  it('scale', async () => {
    assert.equal(await succeed('scale wg one --replicas=3'), 'widget.shop.example.com/one scaled\n');
    assert.equal(await succeed('get wg one --subresource=scale -o jsonpath={.kind},{.spec.replicas},{.status.replicas}'), 'Scale,3,1');
    assert.equal(await succeed('autoscale wg one --max=5'), 'horizontalpodautoscaler.autoscaling/one autoscaled\n');
  });

  it('are selected by the fields that their definition names', async () => {
    await succeed('create -f -', widget({ code: 'EF3' }, { name: 'two' }));
    assert.equal(await succeed('get wg --field-selector spec.size=large -o name'), 'widget.shop.example.com/one\n');
    assert.equal(await fail('get wg --field-selector spec.code=EF3'), 'Error from server (BadRequest): Unable to find '
      + '"shop.example.com/v1, Resource=widgets" that match label selector "", field selector "spec.code=EF3": field label not '
      + 'supported: spec.code\n');
  });

  it('are served in every version, with a word where one is deprecated', async () => {
    const { stdout, stderr } = await served.kubectl('get widgets.v1beta1.shop.example.com two -o jsonpath={.apiVersion},{.spec.code}');
    assert.equal(stdout, 'shop.example.com/v1beta1,EF3');
    assert.equal(stderr, 'Warning: shop.example.com/v1beta1 Widget is deprecated; use shop.example.com/v1 Widget\n');
  });

  it('are owned field by field, down to the items of lists', async () => {
    const by = (manager: string, spec: object, ...more: string[]): Promise<string> =>
      succeed(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-', ...more], widget(spec,
        { name: 'two' }));
    await by('painter', { parts: [{ name: 'door', color: 'red' }] });
    await by('smith', { parts: [{ name: 'hinge', weight: 0.5 }] });
    assert.equal(await succeed('get wg two -o jsonpath={.spec.parts[*].name}'), 'door hinge');
    const conflict = await fail(['apply', '--server-side', '--field-manager=smith', '-f', '-'],
      widget({ parts: [{ name: 'hinge', weight: 0.5 }, { name: 'door', color: 'blue' }] }, { name: 'two' }));
    assert.match(conflict,
      /^error: Apply failed with 1 conflict: conflict with "painter": \.spec\.parts\[name="door"\]\.color\n/);
    await by('painter', {});
    assert.equal(await succeed('get wg two -o jsonpath={.spec.parts[*].name}'), 'hinge');
  });

  it('are edited, labelled, replaced and compared', async () => {
    const env = { KUBE_EDITOR: 'sed -i s/EF3/EF4/' };
    const { code, stderr } = await served.kubectl('edit wg two', { env });
    assert.equal(code, 1);
    assert.match(stderr, /^error: widgets\.shop\.example\.com "two" is invalid$/m);
    const edited = await served.kubectl('edit wg two', { env: { KUBE_EDITOR: 'sed -i s/small/large/' } });
    assert.equal(edited.stdout, 'widget.shop.example.com/two edited\n');
    assert.equal(await succeed('label wg two a=b'), 'widget.shop.example.com/two labeled\n');
    assert.equal(await succeed('get wg -l a=b -o name'), 'widget.shop.example.com/two\n');
    const difference = await served.kubectl('diff -f -', { input: widget({ code: 'EF3', size: 'small' },
      { name: 'two' }) });
    assert.equal(difference.code, 1);
    assert.match(difference.stdout, /^-  size: large\n\+  size: small$/m);
  });

  it('of the cluster need no namespace', async () => {
    const shop = { apiVersion: 'shop.example.com/v1', kind: 'Shop', metadata: { name: 'corner' },
      spec: { open: true } };
    assert.equal(await succeed('create -f -', JSON.stringify(shop)), 'shop.shop.example.com/corner created\n');
    assert.equal(withoutAges(await succeed('get shops.shop.example.com')), 'NAME     AGE\ncorner   AGE\n');
  });

  it('go with their definition', async () => {
    assert.equal(await succeed('delete crd widgets.shop.example.com'),
      'customresourcedefinition.apiextensions.k8s.io "widgets.shop.example.com" deleted\n');
    assert.match(await fail('get --raw /apis/shop.example.com/v1/namespaces/default/widgets'),
      /^Error from server \(NotFound\): /);
    await succeed(['apply', '-f', definitions]);
    await succeed('wait --for=condition=established crd/widgets.shop.example.com');
    const { stderr } = await served.kubectl('get wg');
    assert.equal(stderr, 'No resources found in default namespace.\n');
  });

  const badDefinitions: readonly (readonly [name: string, schema: object, words: string])[] = [
    ['without a type', { properties: { spec: { type: 'object' } } },
      'spec.versions[0].schema.openAPIV3Schema.type: Required value'],
    ['with a rule that does not compile', { type: 'object', properties: { spec: { type: 'object',
      properties: { a: { type: 'string' } },
      'x-kubernetes-validations': [{ rule: 'self.b' }] } } }, 'undefined field \'b\''],
    ['with a default of another type', { type: 'object', properties: { spec: { type: 'object',
      properties: { a: { type: 'integer', default: 'x' } } } } },
      'properties[a].default: Invalid value: "string": '],
  ];
  for (const [name, openAPIV3Schema, words] of badDefinitions) {
    it(`refuse a definition ${name}`, async () => {
      const said = await fail('create -f -', JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
          metadata: { name: 'bads.shop.example.com' },
        spec: { group: 'shop.example.com', scope: 'Namespaced', names: { plural: 'bads', kind: 'Bad' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] },
      }));
      assert.match(said, /^The CustomResourceDefinition "bads\.shop\.example\.com" is invalid: /);
      assert.ok(said.includes(words) || said.includes(words.replace('versions[0].schema', 'validation')), said);
    });
  }
});
