/** What kubeadm and kind put into a fresh cluster: phases in order, golden texts, references that hold. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import { defaultClusterRoles, defaultRoles } from '../../../src/apiserver/bootstrap/rbac';
import type { ClusterRoleBinding, ConfigMap, DaemonSet, Deployment, Secret, Service } from '../../../src/api/types';
import { kindnetAddon } from '../../../src/kind/addons/kindnet';
import { storageAddon } from '../../../src/kind/addons/storage';
import { preloadedImages } from '../../../src/kind/images';
import { dnsServiceAddress, hostPort, indexedAddress } from '../../../src/kind/kubeadm/address';
import { base64Encode } from '../../../src/base/base64';
import { coreDnsAddon } from '../../../src/kind/kubeadm/coredns';
import { kubeadmInitObjects } from '../../../src/kind/kubeadm/init-objects';
import { kubeProxyAddon } from '../../../src/kind/kubeadm/kube-proxy';
import { staticPodManifests } from '../../../src/kind/kubeadm/static-pods';
import type { ClusterPlan, Manifest } from '../../../src/kind/kubeadm/types';
import { yamlText } from '../../../src/kind/kubeadm/yaml-text';
import { planOf } from './plan';

const plan = planOf(1, 1);

function everything(of: ClusterPlan): readonly Manifest[] {
  return [kubeadmInitObjects, coreDnsAddon, kubeProxyAddon, kindnetAddon, storageAddon].flatMap((phase) => phase(of));
}

function find<T>(kind: string, name: string, of = plan): T {
  const found = everything(of).find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found as T;
}

function data(name: string, key: string, of = plan): string {
  return find<ConfigMap>('ConfigMap', name, of).data?.[key] ?? '';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const listOf = (objects: readonly Manifest[]) => objects.map((object) => `${object.kind} ${object.metadata.name}`);

describe('objects of a fresh cluster', () => {
  it('come from kubeadm init in the order of its phases', () => {
    assert.deepEqual(listOf(kubeadmInitObjects(plan)), [
      'ClusterRoleBinding kubeadm:cluster-admins',
      'ConfigMap kubeadm-config',
      'Role kubeadm:nodes-kubeadm-config',
      'RoleBinding kubeadm:nodes-kubeadm-config',
      'ConfigMap kubelet-config',
      'Role kubeadm:kubelet-config',
      'RoleBinding kubeadm:kubelet-config',
      'Secret bootstrap-token-abcdef',
      'ClusterRole kubeadm:get-nodes',
      'ClusterRoleBinding kubeadm:get-nodes',
      'ClusterRoleBinding kubeadm:kubelet-bootstrap',
      'ClusterRoleBinding kubeadm:node-autoapprove-bootstrap',
      'ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation',
      'ConfigMap cluster-info',
      'Role kubeadm:bootstrap-signer-clusterinfo',
      'RoleBinding kubeadm:bootstrap-signer-clusterinfo',
    ]);
  });

  it('bind roles that exist and are frozen', () => {
    const all = everything(plan);
    const roles = new Set([...defaultClusterRoles(), ...defaultRoles(), ...all]
      .map((object) => `${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`));
    for (const object of all) {
      assert.ok(Object.isFrozen(object));
      if (!object.kind.endsWith('Binding')) continue;
      const ref = (object as unknown as ClusterRoleBinding).roleRef;
      const namespace = ref.kind === 'Role' ? object.metadata.namespace ?? '' : '';
      assert.ok(roles.has(`${ref.kind} ${namespace} ${ref.name}`), `${object.metadata.name} -> ${ref.name}`);
    }
  });

  it('use only images that are on the node', () => {
    const preloaded = new Set(preloadedImages('v1.36.1').flatMap((image) => image.names));
    const first = plan.nodes[0];
    assert.ok(first);
    const text = JSON.stringify([...everything(plan), ...staticPodManifests(plan, first)]);
    const used = [...text.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1] ?? '');
    assert.equal(new Set(used).size, 8);
    for (const image of used) assert.ok(preloaded.has(image), image);
  });

  it('leave out kube-proxy and kindnet when kind.yaml says so', () => {
    assert.deepEqual(kubeProxyAddon(planOf(1, 0, { kubeProxyMode: 'none' })), []);
    assert.deepEqual(kindnetAddon(planOf(1, 0, { disableDefaultCNI: true })), []);
  });
});

describe('configuration texts', () => {
  for (const [name, key, digest] of [
    ['coredns', 'Corefile', '22847ad9af7452500838865a67e018076226d8fbfcabf54f8673973571f470f6'],
    ['local-path-config', 'config.json', '00112e23d095775fb664cbd04ca45734a237bbdd3fe8445c6b04857c702f0381'],
    ['local-path-config', 'setup', 'b79c9a0bc2128407670551dc4086f4761bece38ca2aee95c23d307ac83ba99da'],
    ['local-path-config', 'teardown', 'b4567ea114784d0ab18a26d0057a0dc3e6945dc15ced1f40f6241e10f94b4d16'],
    ['local-path-config', 'helperPod.yaml', 'eb44d89e8e474527ec44571f5a2ba0c7bda81e13201124d225d2e9c5727c53be'],
  ] as const) {
    it(`${name} ${key} is byte for byte that of kind v0.32.0`, () => {
      assert.equal(sha256(data(name, key)), digest);
    });
  }

  it('kubeadm-config is the v1beta4 document of kubeadm', () => {
    assert.equal(data('kubeadm-config', 'ClusterConfiguration'), `apiServer:
  certSANs:
  - localhost
  - 127.0.0.1
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kind
controlPlaneEndpoint: kind-control-plane:6443
controllerManager:
  extraArgs:
  - name: enable-hostpath-provisioner
    value: "true"
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: v1.36.1
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/16
proxy: {}
scheduler: {}
`);
  });

  it('kubelet-config and kube-proxy read back as YAML with what kind sets', () => {
    const gated = planOf(1, 0, { featureGates: { A: true } });
    const kubelet = load(data('kubelet-config', 'kubelet', gated)) as Record<string, unknown>;
    assert.deepEqual(kubelet['clusterDNS'], ['10.96.0.10']);
    assert.deepEqual(kubelet['evictionHard'], {
      'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%',
    });
    assert.deepEqual(kubelet['featureGates'], { A: true });
    const proxy = load(data('kube-proxy', 'config.conf')) as Record<string, Record<string, unknown>>;
    assert.equal(proxy['mode'], 'iptables');
    assert.equal(proxy['iptables']?.['minSyncPeriod'], '1s');
    assert.equal(proxy['conntrack']?.['maxPerCore'], 0);
    assert.equal(proxy['bindAddress'], '0.0.0.0');
  });

  it('cluster-info points to the endpoint and carries the CA', () => {
    const text = data('cluster-info', 'kubeconfig', planOf(3, 0));
    assert.ok(text.includes('    server: https://kind-external-load-balancer:6443\n  name: ""\n'));
    const encoded = /certificate-authority-data: (\S+)/.exec(text)?.[1] ?? '';
    assert.equal(Buffer.from(encoded, 'base64').toString(), plan.caCertificate);
  });

  it('the token Secret holds kind\'s token', () => {
    const secret = find<Secret>('Secret', 'bootstrap-token-abcdef');
    const plain = (key: string) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
    assert.equal(`${plain('token-id')}.${plain('token-secret')}`, 'abcdef.0123456789abcdef');
    assert.equal(plain('expiration'), plan.bootstrapTokenExpiration);
    assert.equal(secret.type, 'bootstrap.kubernetes.io/token');
  });
});

describe('workloads of the add-ons', () => {
  it('CoreDNS: two replicas behind 10.96.0.10', () => {
    const deployment = find<Deployment>('Deployment', 'coredns');
    assert.equal(deployment.spec.replicas, 2);
    assert.equal(deployment.spec.template.spec.priorityClassName, 'system-cluster-critical');
    const service = find<Service>('Service', 'kube-dns');
    assert.equal(service.spec.clusterIP, '10.96.0.10');
    assert.deepEqual(service.spec.ports?.map((port) => [port.name, port.port, port.protocol]), [
      ['dns', 53, 'UDP'], ['dns-tcp', 53, 'TCP'], ['metrics', 9153, 'TCP'],
    ]);
  });

  it('DaemonSets select their own pods and tolerate everything', () => {
    for (const name of ['kube-proxy', 'kindnet']) {
      const { spec } = find<DaemonSet>('DaemonSet', name);
      const labels = spec.template.metadata?.labels ?? {};
      for (const [key, value] of Object.entries(spec.selector.matchLabels ?? {})) assert.equal(labels[key], value);
      assert.deepEqual(spec.template.spec.tolerations, [{ operator: 'Exists' }]);
      assert.equal(spec.template.spec.hostNetwork, true);
    }
    const kindnet = find<DaemonSet>('DaemonSet', 'kindnet').spec.template.spec.containers[0];
    assert.deepEqual(kindnet?.resources, {
      requests: { cpu: '100m', memory: '50Mi' }, limits: { cpu: '100m', memory: '50Mi' },
    });
    assert.deepEqual(kindnet?.env?.slice(2), [
      { name: 'POD_SUBNET', value: '10.244.0.0/16' },
      { name: 'CONTROL_PLANE_ENDPOINT', value: 'kind-control-plane:6443' },
    ]);
  });

  it('storage is applied by kubectl, with its annotation', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const first = storageAddon(plan)[0];
    assert.equal(
      first?.metadata.annotations?.[annotation],
      '{"apiVersion":"v1","kind":"Namespace","metadata":{"annotations":{},"name":"local-path-storage"}}\n',
    );
    for (const object of storageAddon(plan)) {
      const applied = JSON.parse(object.metadata.annotations?.[annotation] ?? '') as Manifest;
      assert.equal(applied.metadata.annotations?.[annotation], undefined);
      assert.deepEqual({ ...applied, metadata: undefined }, { ...object, metadata: undefined });
    }
  });
});

describe('addresses and texts', () => {
  for (const [cidr, index, expected] of [
    ['10.96.0.0/16', 10, '10.96.0.10'],
    ['10.96.0.250/16', 10, '10.96.1.4'],
    ['fd00:10:96::/112', 10, 'fd00:10:96::a'],
    ['2001:db8:0:1:1:1:1:0/112', 1, '2001:db8:0:1:1:1:1:1'],
    ['::/64', 0, '::'],
    ['fd00::ffff/112', 1, 'fd00::1:0'],
  ] as const) {
    it(`${cidr} + ${index} is ${expected}`, () => assert.equal(indexedAddress(cidr, index), expected));
  }

  it('take the first family of two', () => {
    assert.equal(dnsServiceAddress('fd00:10:96::/112,10.96.0.0/16'), 'fd00:10:96::a');
    assert.equal(hostPort('fd00::2', 6443), '[fd00::2]:6443');
  });

  it('quote YAML only where needed', () => {
    const document = {
      a: '', b: 'true', c: '0', d: '1.5', e: '127.0.0.1', f: '::', g: '::1', h: '0%', i: '0s', j: 'a: b', k: null,
      l: [], m: {}, n: [{ x: 1, y: ['z'] }], o: 'kind-control-plane:6443',
    };
    const text = yamlText(document);
    assert.deepEqual(load(text), document);
    for (const line of ['a: ""', 'b: "true"', 'c: "0"', 'e: 127.0.0.1', "f: '::'", 'g: ::1', 'h: 0%', 'n:', '- x: 1']) {
      assert.ok(text.split('\n').includes(line), line);
    }
  });

  it('encode base64 of every length', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'abcd\n']) {
      assert.equal(base64Encode(text), Buffer.from(text).toString('base64'));
    }
  });
});
