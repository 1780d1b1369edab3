/** StatefulSets, ReplicationControllers, Jobs, CronJobs, PodTemplates and PodDisruptionBudgets. */
import assert from 'node:assert/strict';
import { cronJobKind } from '../../../src/api/kinds/cron-job';
import { jobKind } from '../../../src/api/kinds/job/kind';
import { podDisruptionBudgetKind } from '../../../src/api/kinds/pod-disruption-budget';
import { podTemplateKind } from '../../../src/api/kinds/pod-template';
import { replicationControllerKind } from '../../../src/api/kinds/replication-controller';
import { statefulSetKind } from '../../../src/api/kinds/stateful-set';
import type { AnyKind } from '../../../src/api/kind';
import { timeMs } from '../../../src/api/time';
import { cells, createErrors, objectOf, stored, texts, updateErrors } from './support';

const template = 'template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: "i:1"}]}}';
const selector = 'selector: {matchLabels: {app: web}}';
const once = 'template: {spec: {restartPolicy: Never, containers: [{name: a, image: "i:1"}]}}';
const scheduled = `schedule: "* * * * *", jobTemplate: {spec: {${once}}}`;

describe('StatefulSet', () => {
  it('is defaulted', () => {
    const { spec, status } = stored(statefulSetKind, `spec: {${selector}, ${template}, volumeClaimTemplates: `
      + '[{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}');
    assert.deepEqual([spec.replicas, spec.podManagementPolicy, spec.revisionHistoryLimit], [1, 'OrderedReady', 10]);
    const rollingUpdate = { partition: 0, maxUnavailable: 1 };
    assert.deepEqual(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate });
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' });
    const [claim] = spec.volumeClaimTemplates;
    assert.deepEqual([claim.apiVersion, claim.kind, claim.spec.volumeMode, claim.status],
      ['v1', 'PersistentVolumeClaim', 'Filesystem', { phase: 'Pending' }]);
    assert.deepEqual(status, { replicas: 0, availableReplicas: 0 });
  });

  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['an empty object', '{}', [
      'spec.selector: Required value']],
    ['policies', `spec: {${selector}, ${template}, podManagementPolicy: Later, updateStrategy: {type: Later}, `
      + 'persistentVolumeClaimRetentionPolicy: {whenDeleted: Never}}', [
      'spec.podManagementPolicy: Invalid value: "Later": must be \'OrderedReady\' or \'Parallel\'',
      'spec.updateStrategy: Invalid value: {"Type":"Later","RollingUpdate":null}: '
        + "must be 'RollingUpdate' or 'OnDelete'",
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Never": '
        + 'supported values: "Retain", "Delete"']],
    ['a rolling update of none', `spec: {${selector}, ${template}, updateStrategy: `
      + '{rollingUpdate: {maxUnavailable: 0, partition: -1}}}', [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0']],
    ['another template', `spec: {selector: {matchLabels: {app: db}}, ${template}}`, [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']],
    ['a container that cannot be', `spec: {${selector}, template: {metadata: {labels: {app: web}}, `
      + 'spec: {containers: [{name: "A b"}]}}}', []],
  ];
  for (const [what, yaml, expected] of refusals) {
    it(`is refused: ${what}`, () => assert.deepEqual(createErrors(statefulSetKind, yaml), expected));
  }

  it('may change only some of its spec', () => {
    const before = `spec: {${selector}, ${template}, serviceName: a}`;
    assert.deepEqual(updateErrors(statefulSetKind, before, `spec: {${selector}, ${template}, serviceName: a, `
      + 'replicas: 3, revisionHistoryLimit: 2, minReadySeconds: 1, ordinals: {start: 1}}'), []);
    assert.deepEqual(updateErrors(statefulSetKind, before, `spec: {${selector}, ${template}, serviceName: b}`), [
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
      + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
      + 'forbidden']);
  });
});

describe('ReplicationController', () => {
  it('takes selector and labels from its template', () => {
    const controller = stored(replicationControllerKind, `spec: {${template}}`);
    assert.deepEqual([controller.spec.selector, controller.metadata.labels], [{ app: 'web' }, { app: 'web' }]);
    assert.equal(replicationControllerKind.scale?.selector(controller), 'app=web');
  });

  it('is refused without selector and template', () => {
    assert.deepEqual(createErrors(replicationControllerKind, 'spec: {replicas: -1}'), [
      'spec.selector: Required value',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template: Required value']);
  });
});

describe('Job', () => {
  it('is defaulted, and its pods are labelled', () => {
    const job = stored(jobKind, `spec: {${once}}`);
    const { completions, parallelism, backoffLimit, completionMode, suspend, manualSelector } = job.spec;
    assert.deepEqual([completions, parallelism, backoffLimit, completionMode, suspend, manualSelector],
      [1, 1, 6, 'NonIndexed', false, false]);
    assert.equal(job.spec.podReplacementPolicy, 'TerminatingOrFailed');
    assert.deepEqual(job.spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
    assert.deepEqual(job.spec.template.metadata.labels, {
      'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'x', 'controller-uid': 'u',
      'job-name': 'x',
    });
  });

  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['a valid one', `spec: {${once}}`, []],
    ['a restart policy', 'spec: {template: {spec: {containers: [{name: a, image: i}]}}}', [
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
    ['a selector of its own', `spec: {selector: {matchLabels: {a: b}}, ${once}}`, [
      'spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"u"}}: '
        + '`selector` not auto-generated',
      'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u",'
        + '"batch.kubernetes.io/job-name":"x","controller-uid":"u","job-name":"x"}: '
        + '`selector` does not match template `labels`']],
    ['a label that is reserved', 'spec: {template: {metadata: {labels: {job-name: y}}, spec: {restartPolicy: Never, '
      + 'containers: [{name: a, image: i}]}}}', [
      'spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u",'
        + '"controller-uid":"u","job-name":"y"}: must be \'x\'',
      "spec.template.metadata.labels[batch.kubernetes.io/job-name]: Required value: must be 'x'"]],
    ['indexes without a number', `spec: {completionMode: Indexed, parallelism: 2, ${once}}`, [
      'spec.completions: Required value: when completion mode is Indexed']],
    ['a limit per index without indexes', `spec: {backoffLimitPerIndex: 1, maxFailedIndexes: 1, ${once}}`, [
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode']],
    ['a failure policy', `spec: {podFailurePolicy: {rules: [{action: Later, onExitCodes: {operator: In, values: `
      + '[2, 0, 2], containerName: b}}, {action: Ignore}, {action: FailIndex, onPodConditions: [{type: A}]}]}, '
      + `${once}}`, [
      'spec.podFailurePolicy.rules[0].action: Unsupported value: "Later": '
        + 'supported values: "Count", "FailIndex", "FailJob", "Ignore"',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "b": must be one of the container or '
        + 'initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 2',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,0,2]: must be ordered',
      'spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      'spec.podFailurePolicy.rules[2].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    ]],
    ['a success policy', `spec: {completionMode: Indexed, completions: 3, successPolicy: {rules: `
      + `[{succeededIndexes: "0-1,1"}, {succeededIndexes: "0-2", succeededCount: 4}, {}]}, ${once}}`, [
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-1,1": error parsing succeededIndexes: '
        + 'non-increasing order, previous: 1, current: 1',
      'spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 3 '
        + '(the number of specified completions)',
      'spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 3 '
        + '(the number of indexes in the specified succeededIndexes field)',
      'spec.successPolicy.rules[2]: Required value: at least one of succeededCount or succeededIndexes must be '
        + 'specified']],
    ['a manager', `spec: {managedBy: me, ${once}}`, [
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")']],
  ];
  for (const [what, yaml, expected] of refusals) {
    it(`${expected.length === 0 ? 'is accepted' : 'is refused'}: ${what}`, () => {
      assert.deepEqual(createErrors(jobKind, yaml), expected);
    });
  }

  it('cannot change what its pods are', () => {
    const old = stored(jobKind, `spec: {completions: 2, suspend: true, ${once}}`);
    const change = (spec: object, status: object = {}): string[] => (
      texts(jobKind.validateUpdate?.({ ...old, spec: { ...old.spec, ...spec } }, { ...old, status })));
    assert.deepEqual(change({ completions: 3 }), ['spec.completions: Invalid value: 3: field is immutable']);
    assert.deepEqual(change({ completionMode: 'Indexed' }),
      ['spec.completionMode: Invalid value: "Indexed": field is immutable']);
    const moved = { ...old.spec.template, spec: { ...old.spec.template.spec, nodeSelector: { a: 'b' } } };
    assert.deepEqual(change({ template: moved }), []);
    assert.equal(change({ template: moved }, { startTime: '2026-01-01T00:00:00Z' }).length, 1);
  });

  it('has a status that makes sense', () => {
    const old = stored(jobKind, `spec: {${once}}`);
    const complete = [{ type: 'Complete', status: 'True' }];
    const errors = texts(jobKind.validateStatusUpdate?.({ ...old, status: { active: 1, conditions: complete } }, old));
    assert.deepEqual(errors, [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true '
        + 'condition',
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.startTime: Required value: startTime is required for finished job']);
    const done = { ...old, status: { succeeded: 1, conditions: complete } };
    assert.deepEqual(texts(jobKind.validateStatusUpdate?.({ ...old, status: {} }, done)), [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.succeeded: Invalid value: 0: cannot decrease the succeeded counter']);
  });
});

describe('CronJob', () => {
  it('is defaulted', () => {
    const { spec } = stored(cronJobKind, `spec: {${scheduled}}`);
    const { concurrencyPolicy, suspend, successfulJobsHistoryLimit: successful, failedJobsHistoryLimit: failed } = spec;
    assert.deepEqual([concurrencyPolicy, suspend, successful, failed], ['Allow', false, 3, 1]);
    assert.equal(spec.jobTemplate.spec.backoffLimit, undefined);
    assert.equal(spec.jobTemplate.spec.template.spec.dnsPolicy, 'ClusterFirst');
  });

  const refusals: readonly (readonly [string, string, readonly string[]])[] = [
    ['a schedule of four', `spec: {schedule: "* * * *", jobTemplate: {spec: {${once}}}}`, [
      'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]']],
    ['a zone in the schedule', `spec: {schedule: "TZ=UTC 0 0 * * *", jobTemplate: {spec: {${once}}}}`, [
      'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field '
        + 'instead']],
    ['zones', `spec: {timeZone: Europe/Atlantis, ${scheduled}}`, [
      'spec.timeZone: Invalid value: "Europe/Atlantis": unknown time zone Europe/Atlantis']],
    ['no zone', `spec: {timeZone: "", ${scheduled}}`, [
      'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
    ['the local zone', `spec: {timeZone: Local, ${scheduled}}`, [
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in '
        + 'https://www.iana.org/time-zones']],
    ['a real zone', `spec: {timeZone: America/Argentina/Buenos_Aires, ${scheduled}}`, []],
    ['a selector', `spec: {concurrencyPolicy: Never, schedule: "@daily", jobTemplate: {spec: {manualSelector: true, `
      + `selector: {}, ${once}}}}`, [
      'spec.concurrencyPolicy: Unsupported value: "Never": supported values: "Allow", "Forbid", "Replace"',
      'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"']],
    ['a long name', `metadata: {name: ${'a'.repeat(53)}}\nspec: {${scheduled}}`, [
      `metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`]],
    ['nothing', '{}', [
      'spec.schedule: Required value',
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
  ];
  for (const [what, yaml, expected] of refusals) {
    it(`${expected.length === 0 ? 'is accepted' : 'is refused'}: ${what}`, () => {
      assert.deepEqual(createErrors(cronJobKind, yaml), expected);
    });
  }
});

describe('PodDisruptionBudget', () => {
  it('is refused with two bounds, or with a strange one', () => {
    assert.deepEqual(createErrors(podDisruptionBudgetKind, 'spec: {minAvailable: 1, maxUnavailable: 101%, '
      + 'unhealthyPodEvictionPolicy: Never}'), [
      'spec: Invalid value: {"MaxUnavailable":"101%","MinAvailable":1,"Selector":null,'
        + '"UnhealthyPodEvictionPolicy":"Never"}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ]);
  });

  it('has conditions with reasons', () => {
    const budget = stored(podDisruptionBudgetKind, 'spec: {minAvailable: 1}');
    const conditions = [{ type: 'A', status: 'Maybe', reason: 'no reason', lastTransitionTime: '' }];
    const changed = { ...budget, status: { conditions } };
    assert.equal(texts(podDisruptionBudgetKind.validateStatusUpdate?.(changed, budget)).length, 3);
  });
});

describe('tables of workloads', () => {
  const nowMs = timeMs('2026-01-01T01:00:00Z');
  const meta = 'metadata: {creationTimestamp: "2026-01-01T00:58:30Z"}';
  const rows: readonly (readonly [AnyKind, string, Record<string, unknown>])[] = [
    [statefulSetKind, `${meta}\nspec: {replicas: 3, ${template}}\nstatus: {readyReplicas: 1}`,
      { Name: 'x', Ready: '1/3', Age: '90s', Containers: 'a', Images: 'i:1' }],
    [replicationControllerKind,
      `${meta}\nspec: {replicas: 3, selector: {app: web}, ${template}}\nstatus: {replicas: 2}`,
      { Name: 'x', Desired: 3, Current: 2, Ready: 0, Age: '90s', Containers: 'a', Images: 'i:1', Selector: 'app=web' }],
    [podTemplateKind, template, { Name: 'x', Containers: 'a', Images: 'i:1', 'Pod Labels': 'app=web' }],
    [jobKind, `${meta}\nspec: {parallelism: 2, ${template}}\nstatus: {startTime: "2026-01-01T00:59:00Z"}`, {
      Name: 'x', Status: 'Running', Completions: '0/1 of 2', Duration: '60s', Age: '90s', Containers: 'a',
      Images: 'i:1', Selector: '<none>',
    }],
    [jobKind, `${meta}\nspec: {completions: 2, ${template}}\nstatus: {succeeded: 2, startTime: "2026-01-01T00:59:00Z", `
      + 'completionTime: "2026-01-01T00:59:05Z", conditions: [{type: Complete, status: "True"}]}', {
      Name: 'x', Status: 'Complete', Completions: '2/2', Duration: '5s', Age: '90s', Containers: 'a', Images: 'i:1',
      Selector: '<none>',
    }],
    [cronJobKind, `${meta}\nspec: {suspend: false, schedule: "@daily", jobTemplate: {spec: {${template}}}}\n`
      + 'status: {active: [{}], lastScheduleTime: "2026-01-01T00:59:00Z"}', {
      Name: 'x', Schedule: '@daily', Timezone: '<none>', Suspend: 'False', Active: 1, 'Last Schedule': '60s',
      Age: '90s', Containers: 'a', Images: 'i:1', Selector: '<none>',
    }],
    [podDisruptionBudgetKind, `${meta}\nspec: {maxUnavailable: 10%}\nstatus: {disruptionsAllowed: 2}`,
      { Name: 'x', 'Min Available': 'N/A', 'Max Unavailable': '10%', 'Allowed Disruptions': 2, Age: '90s' }],
  ];
  for (const [kind, yaml, expected] of rows) {
    it(kind.kind, () => assert.deepEqual(cells(kind, objectOf(kind, yaml), nowMs), expected));
  }

  it('warn of names that pods cannot have', () => {
    const named = stored(jobKind, `metadata: {name: a.b}\nspec: {${once}}`);
    assert.deepEqual(jobKind.warnings?.(named, undefined), ['metadata.name: this is used in Pod names and hostnames, '
      + 'which can result in surprising behavior; a DNS label is recommended: [must not contain dots]']);
  });
});
