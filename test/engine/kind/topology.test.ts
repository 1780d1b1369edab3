import assert from 'node:assert/strict';
import { formatIp, parseCidr, parseIp, subBlock } from '../../../src/kind/config/address';
import { parseKindConfig } from '../../../src/kind/config/parse';
import type { KindConfig } from '../../../src/kind/config/types';
import { imageVersion, parseNodeImage } from '../../../src/kind/config/version';
import { compareKindConfig } from '../../../src/kind/change';
import type { KindChange } from '../../../src/kind/change';
import { kindTopology } from '../../../src/kind/topology';

function read(body: string): KindConfig {
  const { config, problems } = parseKindConfig(`kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${body}`);
  assert.deepEqual(problems, []);
  assert.ok(config);
  return config;
}

/** A config with nodes written as a list of roles and labels: `cp`, `w`, `w:a=b`. */
function nodes(list: string, rest = ''): KindConfig {
  const entries = list.split(' ').map((each) => {
    const [role, label] = each.split(':');
    const labels = label ? `, labels: {${label.replace('=', ': ')}}` : '';
    return `- {role: ${role === 'cp' ? 'control-plane' : 'worker'}${labels}}\n`;
  });
  return read(`${rest}nodes:\n${entries.join('')}`);
}

describe('kindTopology', () => {
  it('a single node', () => {
    const { nodes: [node], ...cluster } = kindTopology(read(''));
    assert.equal(cluster.loadBalancer, undefined);
    assert.equal(cluster.controlPlaneEndpoint, 'kind-control-plane:6443');
    assert.equal(cluster.kubernetesVersion, 'v1.36.1');
    assert.deepEqual([cluster.kubernetesServiceIP, cluster.dnsServiceIP], ['10.96.0.1', '10.96.0.10']);
    assert.equal(node?.name, 'kind-control-plane');
    assert.equal(node?.address, '172.18.0.2');
    assert.deepEqual(node?.podCIDRs, ['10.244.0.0/24']);
    assert.equal(node?.providerID, 'kind://docker/kind/kind-control-plane');
    assert.deepEqual(node?.taints, []);
    assert.deepEqual(node?.nodeLabels, {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': 'kind-control-plane',
      'kubernetes.io/os': 'linux',
      'node-role.kubernetes.io/control-plane': '',
    });
  });

  it('one control plane and two workers', () => {
    const topology = kindTopology(nodes('w:a=b cp w', 'name: dev\n'));
    const table = topology.nodes.map((node) => [node.name, node.address, node.podCIDRs[0], node.taints.length]);
    assert.deepEqual(table, [
      ['dev-control-plane', '172.18.0.3', '10.244.0.0/24', 1],
      ['dev-worker', '172.18.0.2', '10.244.1.0/24', 0],
      ['dev-worker2', '172.18.0.4', '10.244.2.0/24', 0],
    ]);
    const [plane, worker] = topology.nodes;
    assert.deepEqual(plane?.taints, [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
    assert.equal(plane?.nodeLabels['node.kubernetes.io/exclude-from-external-load-balancers'], '');
    assert.equal(worker?.nodeLabels['a'], 'b');
    assert.equal(worker?.nodeLabels['node-role.kubernetes.io/control-plane'], undefined);
  });

  it('three control planes and three workers', () => {
    const topology = kindTopology(nodes('cp w cp w cp w'));
    assert.deepEqual(topology.loadBalancer, { name: 'kind-external-load-balancer', address: '172.18.0.2' });
    assert.equal(topology.controlPlaneEndpoint, 'kind-external-load-balancer:6443');
    assert.deepEqual(topology.nodes.map((node) => `${node.name} ${node.address} ${node.isFirstControlPlane}`), [
      'kind-control-plane 172.18.0.3 true',
      'kind-control-plane2 172.18.0.5 false',
      'kind-control-plane3 172.18.0.7 false',
      'kind-worker 172.18.0.4 false',
      'kind-worker2 172.18.0.6 false',
      'kind-worker3 172.18.0.8 false',
    ]);
  });

  it('other subnets and families', () => {
    const dual = kindTopology(read('networking: {ipFamily: dual}'));
    assert.deepEqual(dual.nodes[0]?.podCIDRs, ['10.244.0.0/24', 'fd00:10:244::/64']);
    assert.deepEqual(dual.nodes[0]?.addresses, ['172.18.0.2', 'fc00:f853:ccd:e793::2']);
    const six = kindTopology(read('networking: {ipFamily: ipv6}'));
    assert.equal(six.nodes[0]?.address, 'fc00:f853:ccd:e793::2');
    assert.equal(six.dnsServiceIP, 'fd00:10:96::a');
    const small = kindTopology(nodes('cp w w',
      'networking: {podSubnet: 192.168.0.0/23, serviceSubnet: 10.1.2.0/24}\n'));
    assert.deepEqual(small.nodes.map((node) => node.podCIDRs), [['192.168.0.0/24'], ['192.168.1.0/24'], []]);
    assert.deepEqual([small.kubernetesServiceIP, small.dnsServiceIP], ['10.1.2.1', '10.1.2.10']);
  });

  it('labels and taints of kubeadm patches', () => {
    const patch = (kind: string, body: string): string => 
      `  - |\n    kind: ${kind}\n    nodeRegistration:\n${body.replace(/^/gm, '      ')}\n`;
    const args = 'kubeletExtraArgs:\n- name: node-labels\n  value: "ingress-ready=true,x="\n- {name: v, value: "2"}';
    const topology = kindTopology(
      read(`nodes:\n- labels: {a: b}\n  ` +
        `kubeadmConfigPatches:\n${patch('InitConfiguration', args)}${patch('JoinConfiguration', 'taints: [{key: ' +
        'no, effect: NoSchedule}]')}- role: worker\n  kubeadmConfigPatches:\n${patch('JoinConfiguration',
        'taints: [{key: gpu, value: "1", effect: NoExecute}]')}`),
    );
    const [plane, worker] = topology.nodes;
    assert.deepEqual(plane?.labels, { 'ingress-ready': 'true', x: '' });
    assert.equal(plane?.nodeLabels['a'], undefined);
    assert.equal(plane?.taints[0]?.key, 'node-role.kubernetes.io/control-plane');
    assert.deepEqual(worker?.taints, [{ key: 'gpu', value: '1', effect: 'NoExecute' }]);
  });

  it('reads versions from image tags', () => {
    assert.equal(imageVersion('kindest/node:v1.35.0@sha256:abc'), 'v1.35.0');
    assert.equal(imageVersion('kindest/node:latest'), 'v1.36.1');
    assert.equal(parseNodeImage('localhost:5000/node').tag, '');
    assert.equal(kindTopology(read('nodes: [{image: "kindest/node:v1.34.0"}]')).nodes[0]?.version, 'v1.34.0');
  });
});

describe('compareKindConfig', () => {
  const compare = (before: string, after: string): KindChange => 
    compareKindConfig(kindTopology(nodes(before)), nodes(after));
  const summary = ({ addWorkers, removeWorkers, inPlace, needsRecreate }: KindChange): string =>
    [
      ...addWorkers.map(({ name }) => `+${name}`),
      ...removeWorkers.map((name) => `-${name}`),
      ...inPlace.map(({ node, path, oldValue, newValue }) => `~${node} ${path.join('.')} ${oldValue}>${newValue}`),
      ...needsRecreate.map(({ path, oldValue, newValue }) => `!${path.join('.')} ${oldValue}>${newValue}`),
    ].join(' ');

  const cases: readonly [string, string, string][] = [
    ['cp w', 'cp w', ''],
    ['cp w:a=b w', 'cp w w:a=b', ''],
    ['cp w', 'cp w w', '+kind-worker2'],
    ['cp', 'cp w w', '+kind-worker +kind-worker2'],
    ['cp w w w', 'cp w w', '-kind-worker3'],
    ['cp w w w', 'cp', '-kind-worker -kind-worker2 -kind-worker3'],
    ['cp w:a=1 w:a=2 w:a=3', 'cp w:a=1 w:a=3', '-kind-worker2'],
    ['cp w:a=1 w:a=2', 'cp w:a=0 w:a=1 w:a=2', '+kind-worker3'],
    ['cp w:a=1 w', 'cp w:a=2 w', '~kind-worker nodes.1.labels.a 1>2'],
    ['cp w', 'cp w:b=x', '~kind-worker nodes.1.labels.b >x'],
    ['cp:a=1 w', 'cp w', '~kind-control-plane nodes.0.labels.a 1>'],
    ['cp w', 'cp cp cp w', '!nodes 1 control-plane>3 control-plane'],
  ];
  for (const [before, after, expected] of cases) {
    it(`${before} -> ${after}`, () => {
      const change = compare(before, after);
      assert.equal(summary(change), expected);
      assert.equal(change.unchanged, expected === '');
    });
  }

  it('a new worker moves nothing else and takes what is free', () => {
    const running = kindTopology(nodes('cp w w:a=1 w'));
    const smaller = compareKindConfig(running, nodes('cp w w'));
    assert.deepEqual(smaller.removeWorkers, ['kind-worker2']);
    assert.deepEqual(smaller.topology.nodes.map(({ name, address, podCIDRs }) => [name, address, podCIDRs[0]]), [
      ['kind-control-plane', '172.18.0.2', '10.244.0.0/24'],
      ['kind-worker', '172.18.0.3', '10.244.1.0/24'],
      ['kind-worker3', '172.18.0.5', '10.244.3.0/24'],
    ]);
    const larger = compareKindConfig(smaller.topology, nodes('w:new=1 cp w w w'));
    assert.deepEqual(larger.addWorkers.map(({ name, address, podCIDRs, labels }) => 
      [name, address, podCIDRs[0], labels]), [
      ['kind-worker2', '172.18.0.4', '10.244.2.0/24', { new: '1' }],
      ['kind-worker4', '172.18.0.6', '10.244.4.0/24', {}],
    ]);
    assert.equal(larger.topology.nodes.find(({ name }) => name === 'kind-worker3')?.address, '172.18.0.5');
  });

  it('a control plane that was alone keeps running pods when a worker joins', () => {
    const [plane, worker] = compare('cp', 'cp w').topology.nodes;
    assert.deepEqual(plane?.taints, []);
    assert.deepEqual(worker?.taints, []);
  });

  it('labels in place keep the others', () => {
    const [, worker] = compare('cp w:a=1', 'cp w:b=2').topology.nodes;
    assert.equal(worker?.nodeLabels['a'], undefined);
    assert.equal(worker?.nodeLabels['b'], '2');
    assert.equal(worker?.nodeLabels['kubernetes.io/hostname'], 'kind-worker');
  });

  it('lists what needs a new cluster', () => {
    const before = kindTopology(read('networking: {podSubnet: 10.1.0.0/16}\nfeatureGates: {A: true}\nnodes: [{}, ' +
      '{role: worker}]\n'));
    const after = read(
      'name: x\nnetworking: {kubeProxyMode: none}\nfeatureGates: {A: false, B: true}\ncontainerdConfigPatches: ' +
        '[p]\nnodes: [{image: "kindest/node:v1.35.0"}, {role: worker, extraMounts: [{hostPath: /a}]}]\n',
    );
    assert.deepEqual(
      compareKindConfig(before,
        after).needsRecreate.map(({ path, oldValue, newValue, node }) => 
        [path.join('.'), oldValue.slice(0, 20), newValue.slice(0, 20), node]),
      [
        ['containerdConfigPatches', '[]', '["p"]', undefined],
        ['name', 'kind', 'x', undefined],
        ['networking.kubeProxyMode', 'iptables', 'none', undefined],
        ['networking.podSubnet', '10.1.0.0/16', '10.244.0.0/16', undefined],
        ['featureGates.A', 'true', 'false', undefined],
        ['featureGates.B', '', 'true', undefined],
        ['nodes.0.image', 'kindest/node:v1.36.1', 'kindest/node:v1.35.0', 'kind-control-plane'],
        ['nodes.1.extraMounts', '[]', '[{"containerPath":"",'.slice(0, 20), 'kind-worker'],
      ],
    );
  });
});

describe('addresses', () => {
  it('reads and prints as Go does', () => {
    for (const [text, printed] of [
      ['1.2.3.4', '1.2.3.4'], ['01.2.3.4', undefined], ['1.2.3', undefined], ['256.1.1.1', undefined], ['', undefined],
      ['::', '::'], ['::1', '::1'], ['1::', '1::'], ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'], ['::ffff:1.2.3.4', '1.2.3.4'], ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
      ['1:2:3:4:5:6:7', undefined], ['1::2::3', undefined], ['1:2:3:4:5:6:7:8::', undefined],
        ['fe80::1%eth0', undefined],
      ['12345::', undefined], ['::1.2.3.4:5', undefined],
    ] as const) {
      const address = parseIp(text);
      assert.equal(address && formatIp(address), printed, text);
    }
  });

  it('cuts blocks', () => {
    const block = parseCidr('10.244.7.9/16');
    assert.ok(block);
    assert.equal(subBlock(block, 24, 255), '10.244.255.0/24');
    assert.equal(subBlock(block, 24, 256), undefined);
    for (const text of ['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '::/129', '/8', '10.0.0.0/8/8', '10.0.0.0/-1']) {
      assert.equal(parseCidr(text), undefined, text);
    }
  });
});
