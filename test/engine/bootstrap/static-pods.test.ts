/** Static pods against manifests seen on kind nodes of v1.36.1. */
import assert from 'node:assert/strict';
import type { Container, NewObject, Pod } from '../../../src/api/types';
import { staticPodManifests } from '../../../src/kind/kubeadm/static-pods';
import type { ClusterPlan } from '../../../src/kind/kubeadm/types';
import { planOf } from './plan';

function podsOf(plan: ClusterPlan, index = 0): readonly NewObject<Pod>[] {
  const node = plan.nodes[index];
  assert.ok(node);
  return staticPodManifests(plan, node);
}

function containerOf(name: string, plan: ClusterPlan, index = 0): Container {
  const pod = podsOf(plan, index).find((other) => other.metadata.name === name);
  const container = pod?.spec.containers[0];
  assert.ok(container, name);
  return container;
}

function flag(container: Container, name: string): string | undefined {
  return container.command?.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

describe('static pods', () => {
  it('are four, host-networked, system-node-critical and frozen', () => {
    const pods = podsOf(planOf(1, 1));
    assert.deepEqual(pods.map((pod) => pod.metadata.name), [
      'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler',
    ]);
    for (const pod of pods) {
      assert.deepEqual(pod.metadata.labels, { component: pod.metadata.name, tier: 'control-plane' });
      assert.equal(pod.metadata.namespace, 'kube-system');
      assert.equal(pod.spec.hostNetwork, true);
      assert.equal(pod.spec.priority, 2_000_001_000);
      assert.deepEqual(pod.spec.securityContext, { seccompProfile: { type: 'RuntimeDefault' } });
      assert.deepEqual(
        pod.spec.volumes?.map((volume) => volume.name),
        pod.spec.containers[0]?.volumeMounts?.map((mount) => mount.name).sort(),
      );
      assert.ok(Object.isFrozen(pod.spec.containers[0]?.command));
    }
  });

  it('write the API server as on a v1.36.1 node', () => {
    const pod = podsOf(planOf(1, 0))[1];
    assert.deepEqual(pod?.metadata.annotations, {
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '172.18.0.2:6443',
    });
    const container = containerOf('kube-apiserver', planOf(1, 0));
    assert.equal(container.image, 'registry.k8s.io/kube-apiserver:v1.36.1');
    assert.deepEqual(container.command, [
      'kube-apiserver',
      '--advertise-address=172.18.0.2',
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--enable-admission-plugins=NodeRestriction',
      '--enable-bootstrap-token-auth=true',
      '--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt',
      '--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt',
      '--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key',
      '--etcd-servers=https://127.0.0.1:2379',
      '--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt',
      '--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key',
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt',
      '--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key',
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      '--service-account-key-file=/etc/kubernetes/pki/sa.pub',
      '--service-account-signing-key-file=/etc/kubernetes/pki/sa.key',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt',
      '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
    ]);
    assert.deepEqual(container.livenessProbe, {
      httpGet: { host: '172.18.0.2', path: '/livez', port: 'probe-port', scheme: 'HTTPS' },
      initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8,
    });
    assert.deepEqual(container.readinessProbe, {
      httpGet: { host: '172.18.0.2', path: '/readyz', port: 'probe-port', scheme: 'HTTPS' },
      periodSeconds: 1, timeoutSeconds: 15, failureThreshold: 3,
    });
    assert.equal(container.startupProbe?.failureThreshold, 24);
    assert.deepEqual(container.volumeMounts?.map((mount) => mount.mountPath), [
      '/etc/ssl/certs', '/etc/ca-certificates', '/etc/kubernetes/pki', '/usr/local/share/ca-certificates',
      '/usr/share/ca-certificates',
    ]);
  });

  it('write the controller manager with the name of the cluster', () => {
    const container = containerOf('kube-controller-manager', planOf(1, 0, { name: 'lab' }));
    assert.deepEqual(container.command?.slice(5, 13), [
      '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--cluster-cidr=10.244.0.0/16',
      '--cluster-name=lab',
      '--cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt',
      '--cluster-signing-key-file=/etc/kubernetes/pki/ca.key',
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--enable-hostpath-provisioner=true',
      '--kubeconfig=/etc/kubernetes/controller-manager.conf',
    ]);
    assert.equal(container.readinessProbe, undefined);
    assert.deepEqual(container.ports, [{ containerPort: 10257, name: 'probe-port', protocol: 'TCP' }]);
  });

  it('request what kubeadm requests', () => {
    const requests = podsOf(planOf(1, 0)).map((pod) => pod.spec.containers[0]?.resources?.requests);
    assert.deepEqual(requests, [{ cpu: '100m', memory: '100Mi' }, { cpu: '250m' }, { cpu: '200m' }, { cpu: '100m' }]);
  });

  it('let etcd members join one after another', () => {
    const plan = planOf(3, 0);
    const first = containerOf('etcd', plan);
    assert.equal(first.image, 'registry.k8s.io/etcd:3.6.8-0');
    assert.equal(flag(first, 'initial-cluster'), 'kind-control-plane=https://172.18.0.2:2380');
    assert.equal(flag(first, 'initial-cluster-state'), undefined);
    const third = containerOf('etcd', plan, 2);
    assert.equal(flag(third, 'initial-cluster-state'), 'existing');
    assert.equal(flag(third, 'initial-cluster'), [
      'kind-control-plane=https://172.18.0.2:2380', 'kind-control-plane2=https://172.18.0.3:2380',
      'kind-control-plane3=https://172.18.0.4:2380',
    ].join(','));
    assert.equal(flag(third, 'listen-client-urls'), 'https://127.0.0.1:2379,https://172.18.0.4:2379');
  });

  it('hand feature gates to all three components and runtime config to the API server, sorted', () => {
    const plan = planOf(1, 0, { featureGates: { B: false, A: true }, runtimeConfig: { 'api/beta': 'true' } });
    for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      assert.equal(flag(containerOf(name, plan), 'feature-gates'), 'A=true,B=false');
    }
    assert.equal(flag(containerOf('kube-apiserver', plan), 'runtime-config'), 'api/beta=true');
  });

  it('follow the address family', () => {
    const base = planOf(1, 0, { podSubnet: 'fd00:10:244::/56', serviceSubnet: 'fd00:10:96::/112' });
    const plan = { ...base, nodes: base.nodes.map((node) => ({ ...node, address: 'fc00:f853:ccd:e793::2' })) };
    assert.equal(flag(containerOf('etcd', plan), 'listen-metrics-urls'), 'http://[::1]:2381');
    assert.equal(flag(containerOf('kube-apiserver', plan), 'etcd-servers'), 'https://[::1]:2379');
    assert.equal(flag(containerOf('kube-controller-manager', plan), 'bind-address'), '::');
    assert.equal(containerOf('kube-controller-manager', plan).livenessProbe?.httpGet?.host, undefined);
    assert.equal(flag(containerOf('kube-scheduler', plan), 'bind-address'), '::1');
  });

  it('refuse a worker', () => {
    assert.throws(() => podsOf(planOf(1, 1), 1), /not a control-plane node/);
  });
});
