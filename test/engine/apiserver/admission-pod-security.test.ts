/** PodSecurity: what the levels allow, in upstream's words, and where it refuses or warns. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { ApiResponse } from '../../../src/api/request';
import type { PodSpec } from '../../../src/api/types';
import { violations, violationsText } from '../../../src/apiserver/admission/pod-security/evaluate';
import type { Level } from '../../../src/apiserver/admission/pod-security/levels';
import { type Ask, pod, World } from './harness';

const good = {
  allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const container = (securityContext: object = good, more: object = {}): object =>
  ({ name: 'a', image: 'i', securityContext, ...more });

function judged(level: Level, spec: object, minor = Infinity, annotations: Record<string, string> = {}): string {
  const whole = { containers: [container()], ...spec } as unknown as PodSpec;
  return violationsText(violations({ level, minor }, whole, { annotations }));
}

describe('pod security: levels', () => {
  const cases: [Level, object, string][] = [
    ['privileged', { hostNetwork: true }, ''],
    ['restricted', {}, ''],
    ['baseline', { containers: [container({})] }, ''],
    ['restricted', { containers: [container({})] },
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), '
      + 'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), '
      + 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), '
      + 'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
      + '"Localhost")'],
    ['baseline', { hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
    ['baseline', { volumes: [{ name: 'v', hostPath: { path: '/' } }, { name: 'w', hostPath: { path: '/' } }] },
      'hostPath volumes (volumes "v", "w")'],
    ['restricted', { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      'restricted volume types (volume "v" uses restricted volume type "hostPath")'],
    ['baseline', { containers: [container({ privileged: true }), { name: 'b', image: 'i', securityContext: { privileged: true } }] },
      'privileged (containers "a", "b" must not set securityContext.privileged=true)'],
    ['baseline', { containers: [container({}, { ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 9, hostPort: 443 }] })] },
      'hostPort (container "a" uses hostPorts 443, 80)'],
    ['baseline', { containers: [container({ capabilities: { add: ['NET_ADMIN', 'CHOWN'] } })] },
      'non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add)'],
    ['restricted', { containers: [container({ ...good, capabilities: { add: ['CHOWN'] } })] },
      'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; '
      + 'container "a" must not include "CHOWN" in securityContext.capabilities.add)'],
    ['baseline', { securityContext: { seLinuxOptions: { type: 'x', user: 'u' }, sysctls: [{ name: 'kernel.x', value: '1' }] } },
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x"; user may not be set), '
      + 'forbidden sysctls (kernel.x)'],
    ['baseline', { containers: [container({ seccompProfile: { type: 'Unconfined' }, appArmorProfile: { type: 'Unconfined' } })] },
      'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined"), '
      + 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")'],
    ['baseline', { containers: [container({ procMount: 'Unmasked' })] },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")'],
    ['baseline', { hostUsers: false, containers: [container({ procMount: 'Unmasked' })] }, ''],
    ['restricted', { securityContext: { runAsUser: 0 }, containers: [container({ ...good, runAsUser: 0 })] },
      'runAsUser=0 (pod and container "a" must not set runAsUser=0)'],
    ['restricted', { securityContext: { runAsNonRoot: false } },
      'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)'],
    ['baseline', { containers: [container({}, { livenessProbe: { httpGet: { host: 'h', port: 80 } } })] },
      'probe or lifecycle host (container "a" uses probe or lifecycle host "h")'],
    ['baseline', { securityContext: { windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)'],
  ];
  for (const [level, spec, expected] of cases) {
    it(`${level}: ${expected.split(' (', 1)[0] || 'allowed'} ${JSON.stringify(spec).slice(0, 50)}`, () => {
      assert.equal(judged(level, spec), expected);
    });
  }

  it('judges as older versions did', () => {
    const spec = { containers: [container({ ...good, capabilities: {} })] };
    assert.equal(judged('restricted', spec, 21), '');
    const seccomp = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
    assert.equal(judged('baseline', {}, 18, seccomp),
      'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")');
    assert.equal(judged('baseline', {}, 19, seccomp), '');
  });
});

describe('admission: PodSecurity', () => {
  const made = new World({ kinds: kindRegistry(builtInKinds) });
  const label = (name: string, mode: string, value: string): Ask => ({
    verb: 'patch', patchType: 'merge', resource: 'namespaces', name,
    body: { metadata: { labels: { [`pod-security.kubernetes.io/${mode}`]: value } } },
  });
  const warningsOf = (ask: Ask): readonly string[] => {
    const answer: ApiResponse = made.ask(ask);
    assert.ok(answer.code < 400, JSON.stringify(answer.body));
    return answer.warnings ?? [];
  };
  const detail = 'host namespaces (hostNetwork=true)';
  const hostPod = (name: string): Ask => ({
    verb: 'create', resource: 'pods', namespace: 'ps',
    body: pod(name, { spec: { hostNetwork: true, serviceAccountName: 'default' } }),
  });
  made.must({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'ps' } } });
  made.must({ verb: 'create', resource: 'serviceaccounts', namespace: 'ps', body: { metadata: { name: 'default' } } });

  it('tells a namespace of the pods that break its new rule', () => {
    for (const name of ['b', 'a']) assert.deepEqual(warningsOf(hostPod(name)), []);
    assert.deepEqual(warningsOf(label('ps', 'enforce', 'baseline')), [
      'existing pods in namespace "ps" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 1 other pod): host namespaces',
    ]);
  });

  it('refuses pods and warns of workloads', () => {
    assert.equal(made.refused(hostPod('c')).message,
      `pods "c" is forbidden: violates PodSecurity "baseline:latest": ${detail}`);
    const template = { metadata: { labels: { a: 'b' } }, spec: { hostNetwork: true, containers: [{ name: 'c', image: 'i' }] } };
    const workload: Ask = {
      verb: 'create', group: 'apps', resource: 'deployments', namespace: 'ps',
      body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } },
    };
    assert.deepEqual(warningsOf(workload), [`would violate PodSecurity "baseline:latest": ${detail}`]);
  });

  it('warns only where it is asked to', () => {
    made.must(label('ps', 'enforce', 'privileged'));
    made.must(label('ps', 'warn', 'baseline'));
    made.must(label('ps', 'warn-version', 'v1.20'));
    assert.deepEqual(warningsOf(hostPod('w')), [`would violate PodSecurity "baseline:v1.20": ${detail}`]);
  });

  it('refuses labels that it cannot read', () => {
    const { code, message } = made.refused(label('ps', 'enforce', 'strict'));
    assert.deepEqual([code, message], [422, 'Namespace "ps" is invalid: '
      + 'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": '
      + 'must be one of privileged, baseline, restricted']);
  });
});
