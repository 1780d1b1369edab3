import assert from 'node:assert/strict';
import { defaultKindConfig } from '../../../src/kind/config/defaults';
import { parseKindConfig } from '../../../src/kind/config/parse';
import { kindErrorText } from '../../../src/kind/config/problem';
import type { KindConfig } from '../../../src/kind/config/types';

const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

function read(body: string): KindConfig {
  const { config, problems } = parseKindConfig(head + body);
  assert.deepEqual(problems, []);
  assert.ok(config);
  return config;
}

/** kind's whole text, and the texts in the file that its errors point at. */
function errors(text: string): { text: string; at: string[]; codes: string[] } {
  const { config, problems } = parseKindConfig(text);
  assert.equal(config, undefined);
  return {
    text: kindErrorText(problems),
    at: problems.map(({ start, end }) => text.slice(start, end)),
    codes: problems.map(({ code }) => code),
  };
}

describe('parseKindConfig: every field', () => {
  it('decodes a file that uses all of them', () => {
    const config = read(`
name: demo
featureGates: {A: true, B: no}
runtimeConfig: {"api/alpha": "false", n: 1}
kubeadmConfigPatches: ["kind: X"]
kubeadmConfigPatchesJSON6902: [{group: g, version: v1, kind: K, patch: p}]
containerdConfigPatches: [a]
containerdConfigPatchesJSON6902: [b]
networking:
  ipFamily: dual
  apiServerAddress: 0.0.0.0
  apiServerPort: 6443
  podSubnet: 10.0.0.0/16,fd00::/56
  serviceSubnet: 10.1.0.0/16,fd01::/112
  disableDefaultCNI: on
  kubeProxyMode: nftables
  dnsSearch: []
nodes:
- role: control-plane
  image: kindest/node:v1.35.0@sha256:1
  labels: {tier: 1, on: yes, empty: }
  kubeadmConfigPatches: [x]
  kubeadmConfigPatchesJSON6902: [{kind: K}]
  extraMounts:
  - {hostPath: ./a, containerPath: /a, readOnly: true, selinuxRelabel: true, propagation: Bidirectional}
  - hostPath: /b
  extraPortMappings:
  - {containerPort: 80, hostPort: 8080, listenAddress: 127.0.0.1, protocol: udp}
  - containerPort: 443
- role: worker
-
`);
    assert.deepEqual(config, {
      name: 'demo',
      featureGates: { A: true, B: false },
      runtimeConfig: { 'api/alpha': 'false', n: '1' },
      kubeadmConfigPatches: ['kind: X'],
      kubeadmConfigPatchesJSON6902: [{ group: 'g', version: 'v1', kind: 'K', patch: 'p' }],
      containerdConfigPatches: ['a'],
      containerdConfigPatchesJSON6902: ['b'],
      networking: {
        ipFamily: 'dual',
        apiServerAddress: '0.0.0.0',
        apiServerPort: 6443,
        podSubnet: '10.0.0.0/16,fd00::/56',
        serviceSubnet: '10.1.0.0/16,fd01::/112',
        disableDefaultCNI: true,
        kubeProxyMode: 'nftables',
        dnsSearch: [],
      },
      nodes: [
        {
          role: 'control-plane',
          image: 'kindest/node:v1.35.0@sha256:1',
          labels: { tier: '1', on: 'yes', empty: '' },
          kubeadmConfigPatches: ['x'],
          kubeadmConfigPatchesJSON6902: [{ group: '', version: '', kind: 'K', patch: '' }],
          extraMounts: [
            { hostPath: './a', containerPath: '/a', readOnly: true, selinuxRelabel: true,
              propagation: 'Bidirectional' },
            { hostPath: '/b', containerPath: '', readOnly: false, selinuxRelabel: false, propagation: 'None' },
          ],
          extraPortMappings: [
            { containerPort: 80, hostPort: 8080, listenAddress: '127.0.0.1', protocol: 'UDP' },
            { containerPort: 443, hostPort: 0, listenAddress: '0.0.0.0', protocol: 'TCP' },
          ],
        },
        {
          role: 'worker',
          image: 'kindest/node:v1.36.1',
          labels: {},
          kubeadmConfigPatches: [],
          kubeadmConfigPatchesJSON6902: [],
          extraMounts: [],
          extraPortMappings: [],
        },
      ],
    });
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.nodes[0]?.extraPortMappings[0]));
  });

  it('defaults', () => {
    const config = read('');
    assert.deepEqual(config, defaultKindConfig());
    assert.equal(config.name, 'kind');
    assert.deepEqual(config.nodes.map(({ role, image }) => [role, image]), [['control-plane', 'kindest/node:v1.36.1']]);
    assert.deepEqual(config.networking, {
      ipFamily: 'ipv4',
      apiServerAddress: '127.0.0.1',
      apiServerPort: 0,
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/16',
      disableDefaultCNI: false,
      kubeProxyMode: 'iptables',
      dnsSearch: undefined,
    });
    assert.equal(read('nodes: [{image: ""}]').nodes[0]?.image, 'kindest/node:v1.36.1');
    const ipv6 = read('networking: {ipFamily: ipv6}\nnodes: [{extraPortMappings: [{hostPort: 1}]}]');
    assert.equal(ipv6.networking.apiServerAddress, '::1');
    assert.equal(ipv6.networking.podSubnet, 'fd00:10:244::/56');
    assert.equal(ipv6.networking.serviceSubnet, 'fd00:10:96::/112');
    assert.equal(ipv6.nodes[0]?.extraPortMappings[0]?.listenAddress, '::');
    const dual = read('networking: {ipFamily: dual}').networking;
    assert.equal(dual.podSubnet, '10.244.0.0/16,fd00:10:244::/56');
    assert.equal(dual.serviceSubnet, '10.96.0.0/16,fd00:10:96::/112');
  });

  it('merges anchors', () => {
    const { nodes } = read('nodes:\n- &n {role: control-plane, labels: {a: b}}\n- <<: *n\n  role: worker\n');
    assert.deepEqual(nodes.map(({ role, labels }) => [role, labels]),
      [['control-plane', { a: 'b' }], ['worker', { a: 'b' }]]);
  });
});

const determine = 'could not determine kind / apiVersion for config: ';
const unable = 'unable to decode config: yaml: unmarshal errors:\n  ';

describe('parseKindConfig: decode errors', () => {
  const cases: readonly [string, string, string, readonly string[]][] = [
    ['empty', '', 'unknown apiVersion: ', ['']],
    ['only comments', '# x\n', 'unknown apiVersion: ', ['# x']],
    ['no apiVersion', 'kind: Cluster\n', 'unknown apiVersion: ', ['kind']],
    ['other apiVersion', 'kind: Cluster\napiVersion: v1\n', 'unknown apiVersion: v1', ['v1']],
    ['old apiVersion', 'kind: Cluster\napiVersion: kind.sigs.k8s.io/v1alpha3\n',
      'unknown apiVersion: kind.sigs.k8s.io/v1alpha3', ['kind.sigs.k8s.io/v1alpha3']],
    ['other kind', 'kind: Pod\napiVersion: kind.x-k8s.io/v1alpha4\n',
      'unknown kind Pod for apiVersion: kind.x-k8s.io/v1alpha4', ['Pod']],
    ['a list', '- a\n', `${determine}yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into encoding.typeMeta`,
      ['- a']],
    ['a text', 'hello world\n',
      `${determine}yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str \`hello w...\` into encoding.typeMeta`,
      ['hello world']],
    ['kind is a list', 'kind: [a]\n',
      `${determine}yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string`, ['[a]']],
    ['tabs', `${head}nodes:\n\t- role: worker\n`,
      `${determine}yaml: line 4: tabs cannot be used for indentation; use spaces`, ['\t']],
    ['syntax', `${head}name: "x\n`, `${determine}yaml: line 3: the quote " opened here is never closed`, ['"x']],
    ['same key twice', `${head}name: a\nname: b\n`,
      `${determine}yaml: unmarshal errors:\n  line 4: mapping key "name" already defined at line 3`, ['name']],
    ['same key twice inside', `${head}networking:\n  podSubnet: a\n  podSubnet: b\n`,
      `${unable}line 5: mapping key "podSubnet" already defined at line 4`, ['podSubnet']],
    ['unknown field', `${head}nodez: []\n`, `${unable}line 3: field nodez not found in type v1alpha4.Cluster`,
      ['nodez']],
    ['unknown fields',
      `${head}a: 1\nnodes:\n- role: worker\n  gpus: all\n  extraMounts: [{x: 1}]\n  extraPortMappings: [{y: 1}]\n  ` +
      `kubeadmConfigPatchesJSON6902: [{name: z}]\nnetworking: {dns: 1}\n`,
      `${unable}line 3: field a not found in type v1alpha4.Cluster\n  line 6: field gpus not found in type ` +
        `v1alpha4.Node\n  line 7: field x not found in type v1alpha4.MountAlias\n  line 8: field y not found in ` +
        `type v1alpha4.PortMappingAlias\n  line 9: field name not found in type v1alpha4.PatchJSON6902\n  line 10: ` +
        `field dns not found in type v1alpha4.Networking`,
      ['a', 'gpus', 'x', 'y', 'name', 'dns']],
    ['wrong types',
      `${head}name: [x]\nnodes: 3\nnetworking:\n  apiServerPort: abc\n  disableDefaultCNI: maybe\n  dnsSearch: ` +
      `{}\nfeatureGates: {A: 1}\nruntimeConfig: []\n`,
      `${unable}line 3: cannot unmarshal !!seq into string\n  line 4: cannot unmarshal !!int \`3\` into ` +
        `[]v1alpha4.Node\n  line 6: cannot unmarshal !!str \`abc\` into int32\n  line 7: cannot unmarshal !!str ` +
        `\`maybe\` into bool\n  line 8: cannot unmarshal !!map into []string\n  line 9: cannot unmarshal !!int ` +
        `\`1\` into bool\n  line 10: cannot unmarshal !!seq into map[string]string`,
      ['[x]', '3', 'abc', 'maybe', '{}', '1', '[]']],
    ['wrong types in a node',
      `${head}nodes:\n- role: []\n  image: {}\n- worker\n- labels: x\n  extraPortMappings:\n  - containerPort: ` +
      `"80"\n    hostPort: 99999999999\n`,
      `${unable}line 4: cannot unmarshal !!seq into v1alpha4.NodeRole\n  line 5: cannot unmarshal !!map into ` +
        `string\n  line 6: cannot unmarshal !!str \`worker\` into v1alpha4.Node\n  line 7: cannot unmarshal !!str ` +
        `\`x\` into map[string]string\n  line 9: cannot unmarshal !!str \`80\` into int32\n  line 10: cannot ` +
        `unmarshal !!int \`9999999...\` into int32`,
      ['[]', '{}', 'worker', 'x', '"80"', '99999999999']],
    ['bad indentation', `${head}nodes:\n- role: control-plane\n- role: worker\n image: x\n`,
      `${determine}yaml: line 6: wrong indentation: this line does not line up with the lines above it`, ['image: x']],
    ['propagation', `${head}nodes:\n- extraMounts: [{propagation: Rshared}]\n`,
      'unable to decode config: Unknown MountPropagation: "Rshared"', ['Rshared']],
    ['protocol', `${head}nodes:\n- extraPortMappings: [{protocol: icmp}]\n`,
      'unable to decode config: Unknown PortMappingProtocol: "ICMP"', ['icmp']],
  ];
  for (const [name, text, message, at] of cases) {
    it(name, () => {
      const found = errors(text);
      assert.equal(found.text, message);
      assert.deepEqual(found.at, at);
    });
  }

  it('hints where kind says little', () => {
    assert.equal(parseKindConfig('').hint, 'emptyConfig');
    assert.equal(parseKindConfig('name: x\n').hint, 'missingTypeMeta');
    assert.equal(parseKindConfig('apiVersion: v1\n').hint, undefined);
  });

  it('places errors by line also with BOM, CR LF and emoji', () => {
    const text = `\uFEFF# 😀\n${head}name: x # 😀\nfoo: 1\n`.replaceAll('\n', '\r\n');
    const [problem] = parseKindConfig(text).problems;
    assert.equal(problem?.detail, 'line 5: field foo not found in type v1alpha4.Cluster');
    assert.equal(problem?.message, `${unable}line 5: field foo not found in type v1alpha4.Cluster`);
    assert.equal(text.slice(problem?.start, problem?.end), 'foo');
    assert.deepEqual(problem?.path, ['foo']);
  });

  it('gives one sentence for hostile texts', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x]',
      ...'bcdefghijk'.split('').map((c, i) => 
      `${c}: &${c} [${Array.from({ length: 8 }, () => `*${'abcdefghijk'.charAt(i)}`).join(',')}]`)].join('\n');
    for (const [text, pattern] of [
      [`${head}${'#'.repeat(10 * 1024 * 1024)}`, /the text has 10\.0 MiB; at most 3 MiB/],
      [`${head}${bomb}\n`, /aliases in this document stand for more than 400000 values/],
      [`${head}nodes: ${'['.repeat(1000)}`, /nested more than 100 levels deep/],
    ] as const) {
      const { config, problems } = parseKindConfig(text);
      assert.equal(config, undefined);
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.message ?? '', pattern);
    }
    assert.equal(parseKindConfig(head + 'x: 1\n'.repeat(200_000)).problems.length, 100);
  });
});

describe('parseKindConfig: validation', () => {
  const cidr = 'expected one (IPv4 or IPv6) CIDR or two CIDRs from each family for dual-stack networking';
  const duplicate = 'invalid configuration for node 0: invalid portMapping: port mapping with same listen address, ' +
    'port and protocol already configured: ';
  const ports = (...mappings: readonly string[]): string => 
    `nodes: [{extraPortMappings: [${mappings.map((each) => `{${each}}`).join(', ')}]}]\n`;
  const cases: readonly [string, string | undefined, readonly string[]][] = [
    ['name: Abc\n', "'Abc' is not a valid cluster name, cluster names must match `^[a-z0-9.-]+$`", ['Abc']],
    ['name: a_b\n', "'a_b' is not a valid cluster name, cluster names must match `^[a-z0-9.-]+$`", ['a_b']],
    ['name: 1.a-b\n', undefined, []],
    ['networking: {apiServerPort: 65536}\n', 'invalid apiServerPort: invalid port number: 65536', ['65536']],
    ['networking: {apiServerPort: -2}\n', 'invalid apiServerPort: invalid port number: -2', ['-2']],
    ['networking: {apiServerPort: -1}\n', undefined, []],
    ['networking: {ipFamily: IPv4}\n', 'invalid ipFamily: IPv4', ['IPv4']],
    ['networking: {podSubnet: x}\n',
      'invalid pod subnet failed to parse cidr value:"x" with error: invalid CIDR address: x', ['x']],
    ['networking: {podSubnet: 10.0.0.0/33}\n',
      'invalid pod subnet failed to parse cidr value:"10.0.0.0/33" with error: invalid CIDR address: 10.0.0.0/33',
      ['10.0.0.0/33']],
    ['networking: {podSubnet: "10.0.0.0/16,10.1.0.0/16"}\n',
      'invalid pod subnet only one CIDR allowed for single-stack networking', ['"10.0.0.0/16,10.1.0.0/16"']],
    ['networking: {serviceSubnet: "fd00::/112"}\n', 'invalid service subnet expected IPv4 CIDR for IPv4 family',
      ['"fd00::/112"']],
    ['networking: {ipFamily: ipv6, podSubnet: 10.0.0.0/16}\n', 'invalid pod subnet expected IPv6 CIDR for IPv6 family',
      ['10.0.0.0/16']],
    ['networking: {ipFamily: dual, podSubnet: "10.0.0.0/16,10.1.0.0/16"}\n', `invalid pod subnet ${cidr}`,
      ['"10.0.0.0/16,10.1.0.0/16"']],
    ['networking: {ipFamily: dual, podSubnet: "10.0.0.0/16,fd00::/56,fd01::/56"}\n', `invalid pod subnet ${cidr}`,
      ['"10.0.0.0/16,fd00::/56,fd01::/56"']],
    ['networking: {ipFamily: dual, podSubnet: 10.0.0.0/16}\n', undefined, []],
    ['networking: {kubeProxyMode: ebpf}\n', 'invalid kubeProxyMode: ebpf', ['ebpf']],
    ['networking: {kubeProxyMode: none}\n', undefined, []],
    ['nodes: [{role: worker}]\n', 'must have at least one control-plane node', ['nodes']],
    ['nodes: [{role: control-plane}, {role: master}]\n',
      'invalid configuration for node 1: "master" is not a valid node role', ['master']],
    ['nodes: [{role: boss}]\n',
      '[invalid configuration for node 0: "boss" is not a valid node role, must have at least one control-plane node]',
      ['boss', 'nodes']],
    [ports('hostPort: 70000, containerPort: -2'),
      'invalid configuration for node 0: [invalid hostPort: invalid port number: 70000, invalid containerPort: ' +
      'invalid port number: -2]', ['70000', '-2']],
    [ports('hostPort: 80, protocol: TCP', 'hostPort: 80, protocol: TCP'), `${duplicate}0.0.0.0:80/TCP`, ['80']],
    [ports('hostPort: 80', 'hostPort: 80'), `${duplicate}0.0.0.0:80/`, ['80']],
    [ports('hostPort: 80, protocol: TCP', 'hostPort: 80, protocol: UDP'), undefined, []],
    [ports('hostPort: 80, listenAddress: 127.0.0.1', 'hostPort: 80, listenAddress: 127.0.0.2'), undefined, []],
    [ports('hostPort: 80, listenAddress: 127.0.0.1', 'hostPort: 80, listenAddress: 127.0.0.1'),
      `${duplicate}127.0.0.1:80/`, ['80']],
    [ports('hostPort: 80, listenAddress: 127.0.0.1', 'hostPort: 80'), `${duplicate}0.0.0.0:80/`, ['80']],
    [ports('hostPort: 80', 'hostPort: 80, listenAddress: 127.0.0.1'), `${duplicate}127.0.0.1:80/`, ['80']],
    [ports('hostPort: 80, listenAddress: 0.0.0.0', 'hostPort: 80, listenAddress: "::"'), `${duplicate}:::80/`, ['80']],
    [ports('hostPort: 80, listenAddress: "fe80:0::1"', 'hostPort: 80, listenAddress: "fe80::1"'),
      `${duplicate}fe80::1:80/`, ['80']],
    [ports('hostPort: 0', 'hostPort: 0', 'hostPort: -1', 'hostPort: -1', ''), undefined, []],
    [ports('hostPort: 80, listenAddress: localhost'),
      'invalid configuration for node 0: invalid portMapping: invalid listen address: localhost', ['localhost']],
    ['name: A\nnetworking: {kubeProxyMode: x, ipFamily: y}\nnodes: [{role: worker}]\n',
      "['A' is not a valid cluster name, cluster names must match `^[a-z0-9.-]+$`, invalid ipFamily: y, " +
        'invalid kubeProxyMode: x, must have at least one control-plane node]', ['A', 'y', 'x', 'nodes']],
    ['networking: {podSubnet: 1.2.3.0/24, serviceSubnet: 1.2.3.0/24}\n', undefined, []],
  ];
  for (const [body, message, at] of cases) {
    it(body.trim(), () => {
      if (message === undefined) return void read(body);
      const found = errors(head + body);
      assert.equal(found.text, message);
      assert.deepEqual(found.at, at);
    });
  }

  it('counts nodes as kind does and points at the right one when list items are empty', () => {
    const text = `${head}nodes:\n-\n- role: control-plane\n- \n- role: x\n`;
    const [problem] = parseKindConfig(text).problems;
    assert.equal(problem?.message, 'invalid configuration for node 1: "x" is not a valid node role');
    assert.deepEqual(problem?.path, ['nodes', 3, 'role']);
    assert.equal(text.slice(problem?.start), 'x\n');
  });

  it('prints equal errors once', () => {
    const problem = { stage: 'validate', detail: 'a', collected: true } as const;
    assert.equal(kindErrorText([problem, problem, { ...problem, detail: 'b' }]), '[a, b]');
    assert.equal(kindErrorText([problem, problem]), 'a');
    assert.equal(kindErrorText([]), '');
  });
});

describe('parseKindConfig: notes', () => {
  const cases: readonly [string, readonly [string, string][]][] = [
    ['', []],
    ['networking: {kubeProxyMode: none, podSubnet: 10.0.0.0/16}\n', []],
    ['networking:\n  apiServerAddress: 0.0.0.0\n  apiServerPort: 6443\n',
      [['apiServerListen', '0.0.0.0'], ['apiServerListen', '6443']]],
    ['networking: {ipFamily: dual, kubeProxyMode: ipvs, disableDefaultCNI: true, dnsSearch: [a]}\n',
      [['ipFamily', 'dual'], ['kubeProxyMode', 'ipvs'], ['defaultCniDisabled', 'true'], ['dnsSearch', '[a]']]],
    ['featureGates: {B: true, A: false}\nruntimeConfig: {x: "1"}\n',
      [['featureGate', 'false'], ['featureGate', 'true'], ['runtimeConfig', '"1"']]],
    ['containerdConfigPatches: [a]\ncontainerdConfigPatchesJSON6902: [b]\nkubeadmConfigPatchesJSON6902: [{kind: x}]\n',
      [['kubeadmPatchJSON6902', '{kind: x}'], ['containerdConfigPatches', 'a'], ['containerdConfigPatches', 'b']]],
    ['nodes: [{image: "kindest/node:v1.35.0@sha256:x"}]\n',
      [['imageVersion', '"kindest/node:v1.35.0@sha256:x"'], ['imageDigest', '"kindest/node:v1.35.0@sha256:x"']]],
    ['nodes: [{image: my/node}]\n', [['imageUnknown', 'my/node']]],
    ['nodes: [{image: "localhost:5000/kindest/node:v1.36.1"}]\n', []],
    ['nodes: [{extraMounts: [{hostPath: /a}], extraPortMappings: [{hostPort: 80}]}]\n',
      [['extraMounts', '{hostPath: /a}'], ['extraPortMappings', '{hostPort: 80}']]],
    ['nodes:\n- extraPortMappings: [{hostPort: 80}]\n- role: worker\n  extraPortMappings: [{hostPort: 80, ' +
      'protocol: TCP}]\n',
      [['extraPortMappings', '{hostPort: 80}'], ['extraPortMappings', '{hostPort: 80, protocol: TCP}'],
        ['hostPortConflict', '80']]],
    ['nodes: [{labels: {a: b, node-role.kubernetes.io/x: "", topology.kubernetes.io/zone: z, node.kubernetes.io/y: ' +
      '""}}]\n', [['kubeletRefusesLabel', '""']]],
    ['kubeadmConfigPatches:\n- "kind: InitConfiguration\\nnodeRegistration: {kubeletExtraArgs: {node-labels: a=b}}"\n',
      [['kubeadmPatchMapArguments',
      '"kind: InitConfiguration\\nnodeRegistration: {kubeletExtraArgs: {node-labels: a=b}}"']]],
    ['kubeadmConfigPatches: ["kind: ClusterConfiguration\\napiServer: {}", "kind: Foo", "[1]"]\n',
      [['kubeadmPatchIgnored', '"kind: ClusterConfiguration\\napiServer: {}"'],
        ['kubeadmPatchUnmatched', '"kind: Foo"'], ['kubeadmPatchUnreadable', '"[1]"']]],
    [`name: ${'a'.repeat(51)}\n`, [['nameTooLong', 'a'.repeat(51)]]],
    ['---\nkind: Pod\n---\n', [['moreDocuments', 'kind: Pod']]],
  ];
  for (const [body, expected] of cases) {
    it(body === '' ? 'nothing to note' : body, () => {
      const text = head + body;
      const { config, notes } = parseKindConfig(text);
      assert.ok(config);
      assert.deepEqual(notes.map(({ code, start, end }) => [code, text.slice(start, end)]), expected);
      for (const { message } of notes) assert.doesNotMatch(message, /\{\w+\}/);
    });
  }

  it('an error in a later document is none of kind', () => {
    assert.ok(parseKindConfig(`${head}---\na: "x\n`).config);
  });
});
