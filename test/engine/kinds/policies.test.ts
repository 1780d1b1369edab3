/** LimitRanges, ResourceQuotas, Endpoints, HorizontalPodAutoscalers in both versions, ComponentStatuses. */
import assert from 'node:assert/strict';
import { componentStatusKind } from '../../../src/api/kinds/component-status';
import { endpointsKind, repackSubsets } from '../../../src/api/kinds/endpoints';
import {
  horizontalPodAutoscalerKind, horizontalPodAutoscalerV1Kind,
} from '../../../src/api/kinds/horizontal-pod-autoscaler/kind';
import { limitRangeKind } from '../../../src/api/kinds/limit-range';
import { resourceQuotaKind } from '../../../src/api/kinds/resource-quota';
import type { AnyKind } from '../../../src/api/kind';
import { timeMs } from '../../../src/api/time';
import { cells, createErrors, objectOf, stored, updateErrors } from './support';

const target = 'scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}';
const memory = '{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}';
const cpu = '{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}';

describe('LimitRange', () => {
  it('derives defaults of containers from bounds', () => {
    const { spec } = stored(limitRangeKind, 'spec: {limits: [{type: Container, max: {cpu: "2"}, min: {memory: 1Mi}}, '
      + '{type: Pod, max: {cpu: "4"}}]}');
    assert.deepEqual(spec.limits[0].default, { cpu: '2' });
    assert.deepEqual(spec.limits[0].defaultRequest, { cpu: '2', memory: '1Mi' });
    assert.equal(spec.limits[1].default, undefined);
  });

  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['types', '[{type: Container}, {type: Container}, {type: Node}, {type: PersistentVolumeClaim}]', [
      'spec.limits[1].type: Duplicate value: "Container"',
      'spec.limits[2].type: Invalid value: "Node": must be a standard limit type or fully qualified',
      'spec.limits[3].limits: Required value: either minimum or maximum storage value is required, but neither was '
        + 'provided']],
    ['defaults of a pod', '[{type: Pod, default: {cpu: 1}}]', [
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"]],
    ['amounts', '[{type: Container, min: {cpu: 300m}, defaultRequest: {cpu: 200m}, default: {cpu: 100m}, '
      + 'max: {cpu: 200m}, maxLimitRequestRatio: {cpu: 500m}}]', [
      'spec.limits[0].min[cpu]: Invalid value: "300m": min value 300m is greater than max value 200m',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "200m": min value 300m is greater than default request value '
        + '200m',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "200m": default request value 200m is greater than default '
        + 'limit value 100m',
      'spec.limits[0].default[cpu]: Invalid value: "300m": min value 300m is greater than default value 100m',
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1']],
    ['a ratio', '[{type: Container, min: {cpu: 100m}, max: {cpu: 400m}, maxLimitRequestRatio: {cpu: "10"}}]', [
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "10": ratio 10 is greater than max/min = 4.000000']],
  ];
  for (const [what, limits, expected] of refusals) {
    it(`is refused: ${what}`, () => {
      assert.deepEqual(createErrors(limitRangeKind, `spec: {limits: ${limits}}`), expected);
    });
  }
});

describe('ResourceQuota', () => {
  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['good ones', '{hard: {pods: 10, requests.cpu: "4", count/jobs.batch: 3, requests.nvidia.com/gpu: 1}}', []],
    ['resources', '{hard: {limit.cpu: 1, pods: 1500m}}', [
      'spec.hard[limit.cpu]: Invalid value: "limit.cpu": must be a standard resource type or fully qualified',
      'spec.hard[limit.cpu]: Invalid value: "limit.cpu": must be a standard resource for quota',
      'spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    ['scopes', '{hard: {cpu: 1}, scopes: [BestEffort, NotBestEffort, Odd]}', [
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Odd"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Odd"]: unsupported scope',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort","Odd"]: conflicting scopes']],
    ['a selector', '{hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In}, '
      + '{scopeName: Terminating, operator: In, values: [a]}, {scopeName: PriorityClass, operator: Exists, '
      + 'values: [b]}]}}', [
      'spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is '
        + "'In' or 'NotIn' for scope selector",
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exist\' when scope is any of '
        + 'ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, '
        + 'ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
      'spec.scopeSelector.matchExpressions.values: Invalid value: ["b"]: must be no value when `operator` is '
        + "'Exist' or 'DoesNotExist' for scope selector"]],
  ];
  for (const [what, spec, expected] of refusals) {
    it(`${expected.length === 0 ? 'is accepted' : 'is refused'}: ${what}`, () => {
      assert.deepEqual(createErrors(resourceQuotaKind, `spec: ${spec}`), expected);
    });
  }

  it('keeps its scopes', () => {
    assert.deepEqual(updateErrors(resourceQuotaKind, 'spec: {scopes: [BestEffort]}', 'spec: {hard: {pods: 1}}'), [
      'spec.scopes: Invalid value: null: field is immutable']);
  });
});

describe('Endpoints', () => {
  it('is refused with addresses and ports that cannot be', () => {
    assert.deepEqual(createErrors(endpointsKind, 'subsets: [{}, {addresses: [{ip: 127.0.0.1}], ports: '
      + '[{port: 0, protocol: HTTP}, {port: 80, name: a}]}]').slice(0, 5), [
      'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].ports[0].name: Required value',
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'subsets[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ]);
  });

  it('is packed: every address once for each set of ports', () => {
    const [http, dns] = [{ port: 80, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }];
    assert.deepEqual(repackSubsets([
      { addresses: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }], ports: [http] },
      { addresses: [{ ip: '10.0.0.1' }], ports: [dns] },
      { notReadyAddresses: [{ ip: '10.0.0.2' }], ports: [http] },
    ]), [
      { addresses: [{ ip: '10.0.0.1' }], ports: [dns, http] },
      { notReadyAddresses: [{ ip: '10.0.0.2' }], ports: [http] },
    ]);
  });
});

describe('HorizontalPodAutoscaler', () => {
  it('is defaulted', () => {
    const { spec, status } = stored(horizontalPodAutoscalerKind, `spec: {${target}, maxReplicas: 3, behavior: `
      + '{scaleDown: {stabilizationWindowSeconds: 60}}}');
    assert.equal(spec.minReplicas, 1);
    assert.deepEqual(spec.metrics[0].resource.target, { type: 'Utilization', averageUtilization: 80 });
    assert.deepEqual(spec.behavior.scaleDown, {
      stabilizationWindowSeconds: 60, selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    });
    assert.equal(spec.behavior.scaleUp.policies.length, 2);
    assert.deepEqual(status, { desiredReplicas: 0 });
  });

  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing', '{}', [
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group']],
    ['bounds', `spec: {${target}, minReplicas: 0, maxReplicas: 1}`, [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero '
        + 'replicas']],
    ['metrics', `spec: {${target}, maxReplicas: 1, metrics: [{type: Pods}, {type: Resource, resource: {name: cpu, `
      + 'target: {type: Utilization}}, pods: {metric: {name: a}, target: {type: AverageValue, averageValue: 1}}}, '
      + '{type: External, external: {metric: {name: ""}, target: {type: Odd, value: "0"}}}]}', [
      'spec.metrics[0].pods: Required value: must populate information for the given metric source',
      'spec.metrics[1].pods: Forbidden: must populate the given metric source only',
      'spec.metrics[2].external.metric.name: Required value: must specify a metric name',
      'spec.metrics[2].external.target.type: Invalid value: "Odd": must be either Utilization, Value, or AverageValue',
      'spec.metrics[2].external.target.value: Invalid value: "0": must be positive']],
    ['rules', `spec: {${target}, maxReplicas: 1, behavior: {scaleUp: {stabilizationWindowSeconds: 3601, `
      + 'selectPolicy: Odd, policies: [{type: Odd, value: 0, periodSeconds: 1801}], tolerance: "-1"}}}', [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Odd": supported values: "Disabled", "Max", "Min"',
      'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Odd": supported values: "Percent", "Pods"',
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
      'spec.behavior.scaleUp.tolerance: Invalid value: "-1": must be greater than or equal to 0']],
  ];
  for (const [what, yaml, expected] of refusals) {
    it(`is refused: ${what}`, () => assert.deepEqual(createErrors(horizontalPodAutoscalerKind, yaml), expected));
  }

  it('is one thing in two versions', () => {
    const { conversion } = horizontalPodAutoscalerV1Kind;
    assert.ok(conversion);
    const two = objectOf(horizontalPodAutoscalerKind, 'metadata: {annotations: {a: b}}\n'
      + `spec: {${target}, minReplicas: 1, maxReplicas: 4, metrics: [${memory}, ${cpu}], behavior: {scaleUp: `
      + '{stabilizationWindowSeconds: 0, selectPolicy: Max, policies: [{type: Pods, value: 1, periodSeconds: 15}]}, '
      + 'scaleDown: {selectPolicy: Max, policies: [{type: Pods, value: 1, periodSeconds: 15}]}}}\n'
      + 'status: {currentReplicas: 1, desiredReplicas: 2, currentMetrics: [{type: Resource, resource: {name: cpu, '
      + 'current: {averageUtilization: 30, averageValue: 5m}}}], conditions: [{type: AbleToScale, status: "True", '
      + 'reason: R, message: M, lastTransitionTime: "2026-01-01T00:00:00Z"}]}');
    const one = conversion.fromStorage(two);
    assert.equal(one.spec.targetCPUUtilizationPercentage, 60);
    assert.equal(one.status.currentCPUUtilizationPercentage, 30);
    assert.equal(one.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'],
      '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}}]');
    assert.deepEqual(conversion.toStorage(one), two);
  });

  it('takes v1 by its default and ignores annotations that say nothing', () => {
    const given = objectOf(horizontalPodAutoscalerV1Kind, 'metadata: {annotations: '
      + `{autoscaling.alpha.kubernetes.io/metrics: "[5]"}}\nspec: {${target}, maxReplicas: 2}`);
    const two = horizontalPodAutoscalerV1Kind.conversion?.toStorage(given) as any;
    assert.equal(two.spec.metrics[0].resource.target.averageUtilization, 80);
    assert.equal(two.metadata.annotations, undefined);
  });
});

describe('tables of policies', () => {
  const nowMs = timeMs('2026-01-01T01:00:00Z');
  const meta = 'metadata: {creationTimestamp: "2026-01-01T00:58:30Z"}';
  const rows: readonly (readonly [AnyKind, string, Record<string, unknown>])[] = [
    [resourceQuotaKind, `${meta}\nstatus: {hard: {pods: "10", limits.cpu: "4"}, used: {pods: "2"}}`,
      { Name: 'x', Request: 'pods: 2/10', Limit: 'limits.cpu: 0/4', Age: '90s' }],
    [endpointsKind, `${meta}\nsubsets: [{addresses: [{ip: 10.0.0.1}, {ip: "fd00::1"}], `
      + 'ports: [{port: 80}, {port: 81}]}]',
      { Name: 'x', Endpoints: '10.0.0.1:80,[fd00::1]:80,10.0.0.1:81 + 1 more...', Age: '90s' }],
    [endpointsKind, meta, { Name: 'x', Endpoints: '<none>', Age: '90s' }],
    [horizontalPodAutoscalerKind, `${meta}\nspec: {${target}, minReplicas: 1, maxReplicas: 4, metrics: `
      + `[${cpu}, ${memory}, ${cpu}]}\nstatus: {currentReplicas: 2, currentMetrics: [{type: Resource, resource: `
      + '{name: cpu, current: {averageUtilization: 5}}}]}', {
      Name: 'x', Reference: 'Deployment/web', Targets: 'cpu: 5%/60%, memory: <unknown>/100Mi + 1 more...',
      MinPods: '1', MaxPods: 4, Replicas: 2, Age: '90s',
    }],
    [horizontalPodAutoscalerV1Kind, `${meta}\nspec: {${target}, minReplicas: 1, maxReplicas: 4, `
      + 'targetCPUUtilizationPercentage: 50}', {
      Name: 'x', Reference: 'Deployment/web', Targets: 'cpu: <unknown>/50%', MinPods: '1', MaxPods: 4, Replicas: 0,
      Age: '90s',
    }],
    [componentStatusKind, 'conditions: [{type: Healthy, status: "False", message: no}]',
      { Name: 'x', Status: 'Unhealthy', Message: 'no', Error: '' }],
  ];
  for (const [kind, yaml, expected] of rows) {
    it(`${kind.version} ${kind.kind}`, () => assert.deepEqual(cells(kind, objectOf(kind, yaml), nowMs), expected));
  }
});
