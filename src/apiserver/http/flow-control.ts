/**
 * API priority and fairness as clients see it: which flow schema a request falls under, told in two headers, and the
 * limit on requests that are carried out at the same time. There are no queues: beyond the limit a request is refused
 * at once. Models util/flowcontrol and the filter WithPriorityAndFairness.
 */
import type { FlowcontrolV1Subject, FlowSchema, KubeObject, PolicyRulesWithSubjects } from '../../api/types';
import { splitServiceAccountName, type UserInfo } from '../authentication/user';
import type { AuthorizationAttributes } from '../authorization/attributes';
import type { ServedResources } from '../storage/served-resources';

/** --max-requests-inflight and --max-mutating-requests-inflight together. */
const maxInFlight = 400 + 200;

/** What a request falls under. */
export interface Flow {
  readonly headers: Readonly<Record<string, string>>;
  /** Of a priority level without limits. */
  readonly exempt: boolean;
}

const noFlow: Flow = Object.freeze({ headers: Object.freeze({}), exempt: false });
const exemptFlow: Flow = Object.freeze({ headers: Object.freeze({}), exempt: true });

type Schema = FlowSchema & KubeObject;

export class FlowControl {
  private inFlight = 0;
  private schemas: readonly Schema[] | undefined;

  constructor(private readonly resources: ServedResources) {
    const cache = resources.named('flowschemas.flowcontrol.apiserver.k8s.io')?.cache;
    cache?.onEvent(() => this.forget());
    cache?.onReset(() => this.forget());
  }

  /** The flow of a request. */
  classify(attributes: AuthorizationAttributes): Flow {
    const schema = this.sorted().find(({ spec }) => (spec.rules ?? []).some((rule) => matches(rule, attributes)));
    if (!schema) return attributes.user.superuser ? exemptFlow : noFlow;
    const name = schema.spec.priorityLevelConfiguration.name;
    const level = this.resources.named('prioritylevelconfigurations.flowcontrol.apiserver.k8s.io')?.cache.get(name);
    const headers = {
      'X-Kubernetes-Pf-Flowschema-Uid': schema.metadata.uid,
      ...(level ? { 'X-Kubernetes-Pf-Prioritylevel-Uid': level.metadata.uid } : {}),
    };
    return { headers, exempt: name === 'exempt' };
  }

  /** Takes a place for a request; the function gives it back. Undefined when all are taken. */
  enter({ exempt }: Flow): (() => void) | undefined {
    if (exempt) return () => undefined;
    if (this.inFlight >= maxInFlight) return undefined;
    this.inFlight += 1;
    return () => {
      this.inFlight -= 1;
    };
  }

  private forget(): void {
    this.schemas = undefined;
  }

  /** Flow schemas in the order in which they are asked. */
  private sorted(): readonly Schema[] {
    if (!this.schemas) {
      const listed = this.resources.named('flowschemas.flowcontrol.apiserver.k8s.io')?.cache.list() ?? [];
      const precedence = ({ spec }: Schema): number => spec.matchingPrecedence ?? 1_000;
      // The cache lists by name, and sorting keeps that order among equals.
      this.schemas = (listed as Schema[]).slice().sort((a, b) => precedence(a) - precedence(b));
    }
    return this.schemas;
  }
}

function matches(rule: PolicyRulesWithSubjects, attributes: AuthorizationAttributes): boolean {
  if (!rule.subjects.some((subject) => isSubject(subject, attributes.user))) return false;
  const { verb, group, resource, subresource, namespace, path } = attributes;
  const holds = (list: readonly string[] | undefined, value: string): boolean =>
    list?.some((entry) => entry === '*' || entry === value) ?? false;
  if (path !== undefined) {
    return (rule.nonResourceRules ?? []).some((each) => holds(each.verbs, verb)
      && each.nonResourceURLs.some((url) => url === '*' || url === path
        || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))));
  }
  const name = subresource === '' ? resource : `${resource}/${subresource}`;
  return (rule.resourceRules ?? []).some((each) => holds(each.verbs, verb) && holds(each.apiGroups, group)
    && holds(each.resources, name)
    && (namespace === '' ? each.clusterScope === true : holds(each.namespaces, namespace)));
}

function isSubject({ kind, user, group, serviceAccount }: FlowcontrolV1Subject, asker: UserInfo): boolean {
  if (kind === 'User') return user?.name === '*' || user?.name === asker.name;
  if (kind === 'Group') return group?.name === '*' || asker.groups.includes(group?.name ?? '');
  const account = splitServiceAccountName(asker.name);
  return account !== undefined && account.namespace === serviceAccount?.namespace
    && (serviceAccount.name === '*' || serviceAccount.name === account.name);
}
