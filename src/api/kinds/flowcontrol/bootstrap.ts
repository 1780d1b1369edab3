/**
 * The flow schemas and priority levels that every API server makes for itself: `exempt` and `catch-all`, which must be
 * as they are, and those suggested beside them. Models apiserver's pkg/apis/flowcontrol/bootstrap/default.go.
 */
import { deepFreeze } from '../../../base/freeze';
import type {
  FlowcontrolV1Subject, FlowSchemaSpec, LimitedPriorityLevelConfiguration, PolicyRulesWithSubjects,
  PriorityLevelConfigurationSpec, ResourcePolicyRule,
} from '../../types';

/** Says that the API server keeps the spec up to date, as long as nobody sets it to false. */
export const autoUpdateAnnotation = 'apf.kubernetes.io/autoupdate-spec';

const everything: ResourcePolicyRule = {
  verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'],
};

function resourceRule(verbs: readonly string[], group: string, resources: readonly string[], clusterScope?: true) {
  const rule: ResourcePolicyRule = { verbs, apiGroups: [group], resources, namespaces: ['*'] };
  return clusterScope ? { ...rule, clusterScope } : rule;
}

function groups(...names: readonly string[]): readonly FlowcontrolV1Subject[] {
  return names.map((name) => ({ kind: 'Group', group: { name } }));
}

function users(...names: readonly string[]): readonly FlowcontrolV1Subject[] {
  return names.map((name) => ({ kind: 'User', user: { name } }));
}

function systemAccounts(...names: readonly string[]): readonly FlowcontrolV1Subject[] {
  return names.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { name, namespace: 'kube-system' } }));
}

function schema(
  level: string, matchingPrecedence: number, method: 'ByUser' | 'ByNamespace' | undefined,
  rules: PolicyRulesWithSubjects,
): FlowSchemaSpec {
  const distinguisher = method === undefined ? {} : { distinguisherMethod: { type: method } };
  return { priorityLevelConfiguration: { name: level }, matchingPrecedence, ...distinguisher, rules: [rules] };
}

/** Every request of some subjects. */
function all(subjects: readonly FlowcontrolV1Subject[]): PolicyRulesWithSubjects {
  return {
    subjects, resourceRules: [everything], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  };
}

const anyone = groups('system:unauthenticated', 'system:authenticated');
const lockVerbs = ['get', 'create', 'update'];
const leaseRule = resourceRule(lockVerbs, 'coordination.k8s.io', ['leases']);

/** Specs of the flow schemas, by name. */
export const bootstrapFlowSchemas: Readonly<Record<string, FlowSchemaSpec>> = deepFreeze({
  exempt: schema('exempt', 1, undefined, all(groups('system:masters'))),
  probes: schema('exempt', 2, undefined, {
    subjects: anyone,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  'system-leader-election': schema('leader-election', 100, 'ByUser', {
    subjects: [...users('system:kube-controller-manager', 'system:kube-scheduler'), ...systemAccounts('*')],
    resourceRules: [leaseRule],
  }),
  'endpoint-controller': schema('workload-high', 150, 'ByUser', {
    subjects: [
      ...users('system:kube-controller-manager'),
      ...systemAccounts('endpoint-controller', 'endpointslicemirroring-controller'),
    ],
    resourceRules: [resourceRule(lockVerbs, '', ['endpoints'])],
  }),
  'workload-leader-election': schema('leader-election', 200, 'ByUser', {
    subjects: systemAccounts('*'),
    resourceRules: [resourceRule(lockVerbs, '', ['endpoints', 'configmaps']), leaseRule],
  }),
  'system-node-high': schema('node-high', 400, 'ByUser', {
    subjects: groups('system:nodes'),
    resourceRules: [
      resourceRule(['*'], '', ['nodes', 'nodes/status'], true), resourceRule(['*'], 'coordination.k8s.io', ['leases']),
    ],
  }),
  'system-nodes': schema('system', 500, 'ByUser', all(groups('system:nodes'))),
  'kube-controller-manager': schema('workload-high', 800, 'ByNamespace', all(users('system:kube-controller-manager'))),
  'kube-scheduler': schema('workload-high', 800, 'ByNamespace', all(users('system:kube-scheduler'))),
  'kube-system-service-accounts': schema('workload-high', 900, 'ByNamespace', all(systemAccounts('*'))),
  'service-accounts': schema('workload-low', 9000, 'ByUser', all(groups('system:serviceaccounts'))),
  'global-default': schema('global-default', 9900, 'ByUser', all(anyone)),
  'catch-all': schema('catch-all', 10_000, 'ByUser', all(anyone)),
});

function queued(shares: number, lendablePercent: number, queues: number, handSize: number) {
  const limited: LimitedPriorityLevelConfiguration = {
    nominalConcurrencyShares: shares, lendablePercent,
    limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
  };
  return { type: 'Limited', limited };
}

/** Specs of the priority levels, by name. */
export const bootstrapPriorityLevels: Readonly<Record<string, PriorityLevelConfigurationSpec>> = deepFreeze({
  'catch-all': {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  },
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  system: queued(30, 33, 64, 6),
  'node-high': queued(40, 25, 64, 6),
  'leader-election': queued(10, 0, 16, 4),
  'workload-high': queued(40, 50, 128, 6),
  'workload-low': queued(100, 90, 128, 6),
  'global-default': queued(20, 50, 128, 6),
});

/** Names whose specs nobody can change. */
export const mandatoryNames: readonly string[] = Object.freeze(['catch-all', 'exempt']);
