/** The official client for Node: what programs rather than people do with a cluster. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  ApiException, AppsV1Api, Attach, AuthorizationV1Api, BatchV1Api, CoreV1Api, CustomObjectsApi, Exec, KubeConfig,
  KubernetesObjectApi, Log, makeInformer, Metrics, PatchStrategy, PortForward, setHeaderOptions, topNodes, type V1ConfigMap,
  type V1Deployment, type V1Pod, type V1Status, VersionApi, Watch,
} from '@kubernetes/client-node';
import { root } from '../../scripts/paths';
import { Served } from './served';

const namespace = 'node';

describe('@kubernetes/client-node', () => {
  let served: Served;
  let config: KubeConfig;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  before(async () => {
    served = await Served.start();
    config = new KubeConfig();
    config.loadFromFile(served.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedPod({ namespace, body: pod('shell', ['sh', '-c', 'echo started; sleep 1000000']) });
    await core.createNamespacedPod({ namespace, body: { ...pod('web'), metadata: { name: 'web', labels: { app: 'web' } } } });
    await served.kubectl('wait -n node --for=condition=Ready pod/shell pod/web');
  });

  after(() => served.stop());

  it('creates, reads, lists, replaces and deletes', async () => {
    const body: V1ConfigMap = { metadata: { generateName: 'made-' }, data: { key: 'value' } };
    const made = await core.createNamespacedConfigMap({ namespace, body });
    const name = made.metadata?.name ?? '';
    assert.match(name, /^made-\w{5}$/);
    assert.ok(made.metadata?.creationTimestamp instanceof Date);
    assert.deepEqual((await core.readNamespacedConfigMap({ namespace, name })).data, { key: 'value' });
    await core.replaceNamespacedConfigMap({ namespace, name, body: { ...made, data: { key: 'other' } } });
    const { items } = await core.listNamespacedConfigMap({ namespace, fieldSelector: `metadata.name=${name}` });
    assert.deepEqual(items.map(({ data }) => data), [{ key: 'other' }]);
    // The object that was read first is not the newest one any more.
    await assert.rejects(core.replaceNamespacedConfigMap({ namespace, name, body: made }),
      (error: ApiException<string>) => error.code === 409 && /"reason":"Conflict"/.test(error.body));
    await core.deleteNamespacedConfigMap({ namespace, name });
    await assert.rejects(core.readNamespacedConfigMap({ namespace, name }), { code: 404 });
  });

  it('lists in pages', async () => {
    const names: (string | undefined)[] = [];
    let next: string | undefined;
    do {
      const page = await core.listNamespacedPod({ namespace: 'kube-system', limit: 3, ...(next ? { _continue: next } : {}) });
      assert.ok(page.items.length <= 3);
      names.push(...page.items.map(({ metadata }) => metadata?.name));
      next = page.metadata?._continue;
    } while (next);
    const all = await core.listNamespacedPod({ namespace: 'kube-system' });
    assert.deepEqual(names, all.items.map(({ metadata }) => metadata?.name));
  });

  const patches: readonly (readonly [type: PatchStrategy, body: object, data: Record<string, string>])[] = [
    [PatchStrategy.JsonPatch, [{ op: 'replace', path: '/data/a', value: 'json' }], { a: 'json', b: '2' }],
    [PatchStrategy.MergePatch, { data: { a: 'merge', b: null } }, { a: 'merge' }],
    [PatchStrategy.StrategicMergePatch, { data: { $retainKeys: ['a'], a: 'strategic' } }, { a: 'strategic' }],
    [PatchStrategy.ServerSideApply, { apiVersion: 'v1', kind: 'ConfigMap', data: { c: 'applied' } }, { a: '1', b: '2', c: 'applied' }],
  ];
  for (const [type, body, data] of patches) {
    it(`patches by ${type}`, async () => {
      const name = type.slice('application/'.length).replace(/\W+/g, '-');
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: '1', b: '2' } } });
      const patched = await core.patchNamespacedConfigMap(
        { namespace, name, body, fieldManager: 'tests' }, setHeaderOptions('Content-Type', type));
      assert.deepEqual(patched.data, data);
    });
  }

  it('scales by the subresource', async () => {
    const body: V1Deployment = {
      metadata: { name: 'scaled' },
      spec: {
        selector: { matchLabels: { app: 'scaled' } },
        template: { metadata: { labels: { app: 'scaled' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    };
    await apps.createNamespacedDeployment({ namespace, body });
    assert.equal((await apps.readNamespacedDeploymentScale({ namespace, name: 'scaled' })).spec?.replicas, 1);
    const wanted = { metadata: { name: 'scaled', namespace }, spec: { replicas: 2 } };
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'scaled', body: wanted });
    await served.kubectl('rollout status -n node deployment/scaled');
    const { status } = await apps.readNamespacedDeployment({ namespace, name: 'scaled' });
    assert.equal(status?.readyReplicas, 2);
  });

  it('watches from where a list ended', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const seen: string[] = [];
    const watch = new Watch(config);
    const ended = new Promise<unknown>((resolve, reject) => {
      void watch.watch(`/api/v1/namespaces/${namespace}/configmaps`, { resourceVersion: metadata?.resourceVersion },
        (type, object: V1ConfigMap) => {
          seen.push(`${type} ${object.metadata?.name}`);
          if (type === 'DELETED') resolve(undefined);
        }, reject).then((controller) => ended.then(() => controller.abort(), () => undefined));
    });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' } } });
    await core.deleteNamespacedConfigMap({ namespace, name: 'watched' });
    await ended;
    assert.deepEqual(seen, ['ADDED watched', 'DELETED watched']);
  });

  it('keeps an informer up to date', async () => {
    const informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace }));
    const heard = (verb: 'add' | 'update' | 'delete') => new Promise<V1ConfigMap>((resolve) => {
      informer.on(verb, (object) => {
        if (object.metadata?.name === 'informed') resolve(object);
      });
    });
    const added = heard('add');
    const updated = heard('update');
    const deleted = heard('delete');
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'informed' } } });
    await added;
    await core.patchNamespacedConfigMap({ namespace, name: 'informed', body: { data: { now: 'there' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    assert.deepEqual((await updated).data, { now: 'there' });
    assert.equal(informer.get('informed', namespace)?.metadata?.name, 'informed');
    await core.deleteNamespacedConfigMap({ namespace, name: 'informed' });
    await deleted;
    assert.equal(informer.get('informed', namespace), undefined);
    await informer.stop();
  });

  describe('exec', () => {
    const run = async (command: readonly string[], input?: string): Promise<{ status: V1Status; out: string; err: string }> => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const stdin = input === undefined ? null : PassThrough.from([input]);
      const status = new Promise<V1Status>((resolve, reject) => {
        new Exec(config).exec(namespace, 'shell', 'c', [...command], stdout, stderr, stdin, false, resolve).catch(reject);
      });
      const [out, err] = await Promise.all([text(stdout), text(stderr)]);
      return { status: await status, out, err };
    };

    it('hears output, errors and success', async () => {
      const { status, out, err } = await run(['sh', '-c', 'echo out; echo err >&2']);
      assert.deepEqual([out, err, status.status], ['out\n', 'err\n', 'Success']);
    });

    it('hears the exit code', async () => {
      const { status } = await run(['sh', '-c', 'exit 42']);
      assert.deepEqual([status.reason, status.details?.causes], ['NonZeroExitCode', [{ reason: 'ExitCode', message: '42' }]]);
    });

    it('sends input and closes it', async () => {
      assert.equal((await run(['cat'], 'a line\n')).out, 'a line\n');
    });
  });

  it('attaches', async () => {
    await core.createNamespacedPod({ namespace, body: pod('ticks', ['sh', '-c', 'while true; do sleep 1; echo tick; done']) });
    await served.kubectl('wait -n node --for=condition=Ready pod/ticks');
    const stdout = new PassThrough();
    const socket = await new Attach(config).attach(namespace, 'ticks', 'c', stdout, null, null, false);
    const [data] = await once(stdout, 'data') as [Buffer];
    assert.match(data.toString(), /^tick\n/);
    socket.close();
  });

  it('reads logs, whole and as they come', async () => {
    assert.equal(await core.readNamespacedPodLog({ namespace, name: 'shell' }), 'started\n');
    const stream = new PassThrough();
    await new Log(config).log(namespace, 'ticks', 'c', stream, { follow: true, tailLines: 1 });
    const [data] = await once(stream, 'data') as [Buffer];
    assert.match(data.toString(), /^tick\n/);
    // The log ends with its container; to abort it instead would end in an error that the client library lets fall.
    await served.kubectl('delete -n node pod/ticks --now --wait=false');
    await once(stream.resume(), 'end');
  });

  it('forwards a port', async () => {
    const [output, input] = [new PassThrough(), new PassThrough()];
    const forward = new PortForward(config);
    const socket = await forward.portForward(namespace, 'web', [80], output, null, input);
    input.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const data of output as AsyncIterable<Buffer>) {
      answer += data.toString();
      if (answer.endsWith('</html>\n')) break;
    }
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*<title>Welcome to nginx!<\/title>/);
    if ('close' in socket) socket.close();
  });

  it('says why a port cannot be forwarded', async () => {
    const errors = new PassThrough();
    await new PortForward(config).portForward(namespace, 'web', [81], new PassThrough(), errors, new PassThrough());
    let message = '';
    for await (const data of errors as AsyncIterable<Buffer>) {
      message += data.toString();
      if (message !== '') break;
    }
    assert.match(message, /connect: connection refused/);
  });

  it('uses what it finds by discovery', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'found', namespace }, spec: { template: { spec: {
      restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }],
    } } } };
    await objects.create(job);
    const { items } = await config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace });
    assert.deepEqual(items.map(({ metadata }) => metadata?.name), ['found']);
    await objects.delete({ ...job, metadata: { name: 'found', namespace } });
  });

  it('works with custom resources', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    await objects.create({
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'toys.play.example.com' },
      spec: {
        group: 'play.example.com', scope: 'Namespaced', names: { plural: 'toys', singular: 'toy', kind: 'Toy' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: {
          spec: { type: 'object', properties: { wheels: { type: 'integer', minimum: 0 } } },
        } } } }],
      },
    } as object);
    await served.kubectl('wait crd/toys.play.example.com --for=condition=Established');
    const custom = config.makeApiClient(CustomObjectsApi);
    const where = { group: 'play.example.com', version: 'v1', namespace, plural: 'toys' };
    const toy = { apiVersion: 'play.example.com/v1', kind: 'Toy', metadata: { name: 'car' }, spec: { wheels: 4 } };
    await custom.createNamespacedCustomObject({ ...where, body: toy });
    const { items } = await custom.listNamespacedCustomObject(where) as { items: (typeof toy)[] };
    assert.deepEqual(items.map(({ spec }) => spec), [{ wheels: 4 }]);
    await assert.rejects(custom.createNamespacedCustomObject({ ...where, body: { ...toy, spec: { wheels: -1 } } }), { code: 422 });
  });

  it('asks who may what, and with which server it speaks', async () => {
    const { status } = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview(
      { body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } } });
    assert.equal(status?.allowed, true);
    assert.equal((await config.makeApiClient(VersionApi).getCode()).gitVersion, 'v1.36.1');
  });

  it('reads metrics', async () => {
    await assert.rejects(new Metrics(config).getNodeMetrics());
    await served.kubectl(['apply', '-f', join(root, 'examples', 'metrics-server.yaml')]);
    await served.kubectl('wait apiservice/v1beta1.metrics.k8s.io --for=condition=Available');
    const nodes = await new Metrics(config).getNodeMetrics();
    assert.deepEqual(nodes.items.map(({ metadata }) => metadata.name), ['kind-control-plane', 'kind-worker']);
    const pods = await new Metrics(config).getPodMetrics(namespace);
    assert.ok(pods.items.some(({ metadata, containers }) => metadata.name === 'shell' && containers[0]?.name === 'c'));
    assert.equal((await topNodes(core)).length, 2);
  });
});

function pod(name: string, command?: readonly string[]): V1Pod {
  const container = { name: 'c', image: command ? 'busybox' : 'nginx', ...(command ? { command: [...command] } : {}) };
  return { metadata: { name }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } };
}
