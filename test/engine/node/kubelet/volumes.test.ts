/** What containers find when they start: environment, volumes, /etc/hosts and /etc/resolv.conf. */
import assert from 'node:assert/strict';
import type { Container, PodSpec } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { asAdmin, containersOf, create, events, isReady, machine, podOf, pod, stateOf, until } from './pods';
import { ContainerFileSystem } from '../../../../src/node/filesystem';
import { sandboxMounts } from '../../../../src/node/runtime/sandbox-files';
import { configMaps } from '../../../../src/api/resources';

const cluster = bootedCluster(1, 0);
const object = (kind: string, name: string, rest: object) =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'default' }, ...rest });

before(() => {
  create(cluster,
    object('ConfigMap', 'settings', { data: { COLOR: 'blue', 'app.conf': 'a=1\n' } }),
    object('Secret', 'login', { data: { USER: 'w6l2YQ==' } }),
    object('Service', 'web-app', { spec: { ports: [{ name: 'http', port: 80 }], selector: { app: 'web' } } }));
});

/** What a container of a pod sees of the file system. */
function filesOf(name: string, container = 'app'): ContainerFileSystem {
  const run = containersOf(cluster, name).find((candidate) => candidate.config.name === container);
  assert.ok(run);
  const tree = machine(cluster).files;
  return new ContainerFileSystem(run.files, [...sandboxMounts(run.sandbox.id), ...run.config.mounts]
    .map(({ containerPath, hostPath, readOnly }) => ({ containerPath, tree, sourcePath: hostPath, readOnly })));
}

describe('kubelet: the environment of a container', () => {
  it('comes from values, references, the pod itself and services', () => {
    const from = (valueFrom: object) => ({ valueFrom });
    create(cluster, podOf('env', {}, {}, {
      resources: { requests: { cpu: '250m' }, limits: { memory: '64Mi' } },
      args: ['$(GREETING)', '$$(COLOR)', '$(UNKNOWN)'],
      envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'C_' }, { secretRef: { name: 'login' } },
        { configMapRef: { name: 'absent', optional: true } }],
      env: [
        { name: 'GREETING', value: 'hello $(USER) at $(WEB_APP_SERVICE_HOST)' },
        { name: 'KEY', ...from({ configMapKeyRef: { name: 'settings', key: 'COLOR' } }) },
        { name: 'SECRET', ...from({ secretKeyRef: { name: 'login', key: 'USER' } }) },
        { name: 'NONE', ...from({ secretKeyRef: { name: 'login', key: 'nothing', optional: true } }) },
        { name: 'NODE', ...from({ fieldRef: { fieldPath: 'spec.nodeName' } }) },
        { name: 'IP', ...from({ fieldRef: { fieldPath: 'status.podIP' } }) },
        { name: 'CPU', ...from({ resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } }) },
        { name: 'MEMORY', ...from({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }) },
        { name: 'CPUS', ...from({ resourceFieldRef: { resource: 'limits.cpu' } }) },
      ],
    }));
    const { status } = until(cluster, 'env', isReady);
    const { config } = containersOf(cluster, 'env')[0] ?? assert.fail();
    const env = Object.fromEntries(config.env.map(({ name, value }) => [name, value]));
    const host = env['WEB_APP_SERVICE_HOST'] ?? '';
    assert.match(host, /^10\.96\./);
    const expected: Record<string, string | undefined> = {
      C_COLOR: 'blue', USER: 'éva', GREETING: `hello éva at ${host}`, KEY: 'blue', SECRET: 'éva', NONE: undefined,
      NODE: 'kind-control-plane', IP: status.podIP, CPU: '250', MEMORY: '64', CPUS: '8',
      KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT_HTTPS: '443',
        KUBERNETES_PORT: 'tcp://10.96.0.1:443',
      WEB_APP_SERVICE_PORT: '80', WEB_APP_SERVICE_PORT_HTTP: '80', WEB_APP_PORT_80_TCP: `tcp://${host}:80`,
      WEB_APP_PORT_80_TCP_PROTO: 'tcp', WEB_APP_PORT_80_TCP_PORT: '80', WEB_APP_PORT_80_TCP_ADDR: host,
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(env[name], value, name);
    assert.deepEqual(config.args, [env['GREETING'], '$(COLOR)', '$(UNKNOWN)']);
  });

  const missing: readonly (readonly [string, Partial<Container>, string])[] = [
    ['no-map', { envFrom: [{ configMapRef: { name: 'absent' } }] }, 'configmap "absent" not found'],
    ['no-secret', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'k' } } }] },
      'secret "absent" not found'],
    ['no-key', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'k' } } }] },
      'couldn\'t find key k in ConfigMap default/settings'],
  ];
  for (const [name, app, message] of missing) {
    it(`keeps the container waiting: ${message}`, () => {
      create(cluster, podOf(name, {}, {}, app));
      const found = until(cluster, name, (candidate) => stateOf(candidate) === 'waiting CreateContainerConfigError');
      assert.equal(found.status.containerStatuses?.[0]?.state?.waiting?.message, message);
      cluster.runFor(12_000);
      assert.ok(events(cluster, name).some((event) => /^Warning Failed x\d+ Error: /.test(event)
        && event.endsWith(message)));
    });
  }

  it('is complete as soon as what was missing is there', () => {
    create(cluster, object('ConfigMap', 'absent', { data: {} }));
    until(cluster, 'no-map', isReady, 75_000);
  });
});

describe('kubelet: volumes', () => {
  const mount = (name: string, mountPath: string, rest: object = {}) => ({ name, mountPath, ...rest });

  it('hold keys, projections, fields of the pod, shared files and files of the node', () => {
    machine(cluster).files.write('/srv/data/note', 'from the node');
    const spec: Partial<PodSpec> = {
      volumes: [
        { name: 'config', configMap: { name: 'settings', items: [{ key: 'app.conf', path: 'sub/app.conf' }] } },
        { name: 'secret', secret: { secretName: 'login' } },
        { name: 'all', projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'login' } },
          { downwardAPI: { items: [{ path: 'who', fieldRef: { fieldPath: 'metadata.name' } }] } }] } },
        { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { name: 'host', hostPath: { path: '/srv/data', type: 'Directory' } },
        { name: 'machine', hostPath: { path: '/etc/machine-id', type: 'File' } },
        { name: 'scratch', emptyDir: {} },
      ],
      containers: ['app', 'other'].map((name): Container => ({
        name, image: 'example.com/app:1.0',
        volumeMounts: [
          mount('config', '/config'), mount('secret', '/secret', { readOnly: true }), mount('all', '/all'),
            mount('info', '/info'),
          mount('host', '/host'), mount('scratch', '/scratch'),
            mount('config', '/etc/app.conf', { subPath: 'sub/app.conf' }),
        ],
      })),
    };
    const made = podOf('volumes', {}, spec);
    create(cluster, { ...made, metadata: { ...made.metadata, labels: { app: 'web', tier: 'front' } } });
    until(cluster, 'volumes', isReady);
    const files = filesOf('volumes');
    const expected: Record<string, string> = {
      '/config/sub/app.conf': 'a=1\n', '/etc/app.conf': 'a=1\n', '/secret/USER': 'éva', '/all/COLOR': 'blue',
        '/all/USER': 'éva',
      '/all/who': 'volumes', '/info/labels': 'app="web"\ntier="front"', '/host/note': 'from the node',
    };
    for (const [path, text] of Object.entries(expected)) assert.equal(files.read(path), text, path);
    assert.deepEqual(files.list('/var/run/secrets/kubernetes.io/serviceaccount'), ['ca.crt', 'namespace', 'token']);
    assert.equal(files.write('/secret/USER', 'x'), 'Read-only file system');
    assert.match(machine(cluster).files.read('/etc/machine-id') ?? '', /^[0-9a-f]{32}\n$/);
    files.write('/scratch/file', 'shared');
    assert.equal(filesOf('volumes', 'other').read('/scratch/file'), 'shared');
  });

  it('follow their ConfigMap within two minutes and drop keys that are gone, while an emptyDir keeps what it has',
    () => {
    asAdmin(cluster, (api) =>
      api.patch(configMaps, { namespace: 'default', name: 'settings' }, 'merge',
        { data: { COLOR: null, 'app.conf': 'a=2\n' } }));
    cluster.runFor(121_000);
    const files = filesOf('volumes');
    assert.equal(files.read('/config/sub/app.conf'), 'a=2\n');
    assert.equal(files.read('/all/COLOR'), undefined);
    assert.equal(files.read('/scratch/file'), 'shared');
  });

  const failing: readonly (readonly [string, object, string])[] = [
    ['lost-map', { configMap: { name: 'none' } }, 'configmap "none" not found'],
    ['lost-secret', { secret: { secretName: 'none' } }, 'secret "none" not found'],
    ['lost-key', { configMap: { name: 'settings', items: [{ key: 'zzz', path: 'z' }] } },
      'configmap references non-existent config key: zzz'],
    ['no-dir', { hostPath: { path: '/nowhere', type: 'Directory' } },
      'hostPath type check failed: /nowhere is not a directory'],
    ['no-file', { hostPath: { path: '/srv/data', type: 'File' } },
      'hostPath type check failed: /srv/data is not a file'],
    ['claim', { persistentVolumeClaim: { claimName: 'data' } },
      'volumes of type persistentVolumeClaim are not modelled by this simulation'],
  ];
  for (const [name, source, message] of failing) {
    it(`that fail keep the pod in ContainerCreating: ${message}`, () => {
      create(cluster, podOf(name, {}, { nodeName: 'kind-control-plane', volumes: [{ name: 'v', ...source }] }));
      cluster.runFor(10_000);
      assert.equal(stateOf(pod(cluster, name)), 'waiting ContainerCreating');
      assert.match(events(cluster, name)[0] ?? '', /^Warning FailedMount x\d /);
      assert.ok(events(cluster, name)[0]?.endsWith(`MountVolume.SetUp failed for volume "v" : ${message}`));
    });
  }

  it('of the node are made when their type says so', () => {
    create(cluster, podOf('makes', {}, { volumes: [
      { name: 'dir', hostPath: { path: '/srv/new', type: 'DirectoryOrCreate' } },
      { name: 'file', hostPath: { path: '/srv/file', type: 'FileOrCreate' } },
    ] }));
    until(cluster, 'makes', isReady);
    assert.ok(machine(cluster).files.isDirectory('/srv/new'));
    assert.equal(machine(cluster).files.read('/srv/file'), '');
  });
});

describe('kubelet: names in a pod', () => {
  const cluster10 = 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
  const cases: readonly (readonly [string, Partial<PodSpec>, string])[] = [
    ['first', {}, cluster10],
    ['host', { hostNetwork: true }, 'nameserver 172.18.0.1\noptions ndots:0\n'],
    ['both', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, cluster10],
    ['default', { dnsPolicy: 'Default' }, 'nameserver 172.18.0.1\noptions ndots:0\n'],
    ['none', { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a.b'],
      options: [{ name: 'ndots', value: '2' }] } },
      'search a.b\nnameserver 1.1.1.1\noptions ndots:2\n'],
    ['added', { dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
      cluster10.replace('\noptions ndots:5', '\nnameserver 1.1.1.1\noptions ndots:1 edns0')],
  ];
  it('are resolved as its DNS policy says', () => {
    create(cluster, ...cases.map(([name, spec]) => podOf(`dns-${name}`, {}, spec)));
    for (const [name, , text] of cases) {
      until(cluster, `dns-${name}`, isReady);
      assert.equal(filesOf(`dns-${name}`).read('/etc/resolv.conf'), text, name);
    }
  });

  it('include its own, those of the host, and aliases', () => {
    const hostAliases = [{ ip: '10.0.0.9', hostnames: ['db', 'db.local'] }];
    create(cluster, podOf('hosts', {}, { hostAliases, hostname: 'me', subdomain: 'us' }),
      podOf('hosts-host', {}, { hostNetwork: true }));
    const { podIP } = until(cluster, 'hosts', isReady).status;
    const text = filesOf('hosts').read('/etc/hosts') ?? '';
    assert.ok(text.startsWith('# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n'));
    assert.ok(text.endsWith(
      `${podIP}\tme.us.default.svc.cluster.local\tme\n\n# Entries added by HostAliases.\n10.0.0.9\tdb\tdb.local\n`));
    assert.equal(filesOf('hosts').read('/etc/hostname'), 'me\n');
    until(cluster, 'hosts-host', isReady);
    assert.match(filesOf('hosts-host').read('/etc/hosts') ?? '',
      /^# Kubernetes-managed hosts file \(host network\)\.\n/);
  });
});
