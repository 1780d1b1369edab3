/** The paths of a server without a simulation around it: kinds in, answers out. */
import { builtInKinds } from '../../../src/api/kinds/index';
import { kindRegistry } from '../../../src/api/registry';
import { Aggregator } from '../../../src/apiserver/aggregation/aggregator';
import type { ServerHealth } from '../../../src/apiserver/health';
import type { PathAnswer } from '../../../src/apiserver/http/path-handlers';
import { parseTarget } from '../../../src/apiserver/http/target';
import { nonResourcePaths } from '../../../src/apiserver/paths';
import { RequestCounts } from '../../../src/apiserver/request-counts';
import { ServedResources } from '../../../src/apiserver/storage/served-resources';

export const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,'
  + 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

const healthy: ServerHealth = { etcdReachable: true, cachesFilled: true, hooksDone: true, shuttingDown: false };

export class PathWorld {
  readonly resources = new ServedResources(kindRegistry(builtInKinds), undefined, () => 0);
  readonly requests = new RequestCounts();
  health: ServerHealth = healthy;
  private readonly handler = nonResourcePaths({
    resources: this.resources, aggregator: new Aggregator(this.resources), requests: this.requests,
    serverAddress: () => '172.18.0.2:6443', health: () => this.health,
  });

  get(target: string, accept = '', headers: Readonly<Record<string, string>> = {}): PathAnswer | undefined {
    const parsed = parseTarget(target);
    return parsed && this.handler(parsed.path, parsed.query, accept, headers);
  }

  /** The document at a path; fails when there is none. */
  json(target: string, accept = ''): any {
    const answer = this.get(target, accept);
    if (answer?.status !== 200 || typeof answer.body !== 'string') throw new Error(`${target}: ${answer?.status}`);
    return JSON.parse(answer.body);
  }
}
