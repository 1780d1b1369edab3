/**
 * Paths that are no resources, nearly all of them behind one function: the version, health checks, metrics, discovery,
 * OpenAPI, and the list of these paths (the issuer of tokens is beside it, in authentication). Models the mux of
 * apiserver's pkg/server with its routes. Not served: /logs, /debug and the configuration pages.
 */
import type { Aggregator } from './aggregation/aggregator';
import { mergeGroups } from './aggregation/discovery';
import { DiscoveryHandler } from './discovery/handler';
import { type DiscoveredGroup, discoverKinds } from './discovery/groups';
import { answerHealth, healthPaths, type ServerHealth } from './health';
import type { PathAnswer, PathHandler } from './http/path-handlers';
import { metricsContentType, metricsText } from './metrics';
import { OpenApiHandler } from './openapi/handler';
import { serverVersion } from './options';
import type { RequestCounts } from './request-counts';
import type { ServedResources } from './storage/served-resources';

/** What the paths tell of. */
export interface PathContext {
  readonly resources: ServedResources;
  readonly aggregator: Aggregator;
  /** Where the server is reached from outside the cluster network: `172.18.0.2:6443`. */
  readonly serverAddress: () => string;
  readonly health: () => ServerHealth;
  readonly requests: RequestCounts;
}

/** What is made from the set of kinds, and made anew when the set changes. */
interface Documents {
  readonly groups: readonly DiscoveredGroup[];
  readonly discovery: DiscoveryHandler;
  readonly openApi: OpenApiHandler;
}

/** The handler of all paths that are no resources. */
export function nonResourcePaths(context: PathContext): PathHandler {
  let documents: Documents | undefined;
  const forget = (): void => {
    documents = undefined;
  };
  context.resources.onChange(forget);
  context.aggregator.onChange(forget);
  const current = (): Documents => documents ??= makeDocuments(context);
  return (path, query, accept, headers) => {
    const ifNoneMatch = headers['if-none-match'];
    const health = answerHealth(path, query, context.health());
    if (health) return health;
    if (path.startsWith('/openapi/')) return current().openApi.answer(path, query, accept, ifNoneMatch);
    if (/^\/apis?(\/|$)/.test(path)) return current().discovery.answer(path, accept, ifNoneMatch);
    return answerOther(path, context, () => current().groups);
  };
}

function makeDocuments({ resources, aggregator, serverAddress }: PathContext): Documents {
  const kinds = resources.all.map(({ kind }) => kind);
  const own = discoverKinds(kinds);
  const { versions } = aggregator;
  const groups = mergeGroups(own, versions);
  const elsewhere = new Map(versions.flatMap(({ openApi }) => [...openApi]));
  return {
    groups,
    discovery: new DiscoveryHandler(groups, serverAddress()),
    openApi: new OpenApiHandler(own, kinds, elsewhere),
  };
}

function answerOther(
  path: string, context: PathContext, groups: () => readonly DiscoveredGroup[],
): PathAnswer | undefined {
  switch (path) {
    case '/':
      return json({ paths: listPaths(groups()) });
    case '/version': case '/version/':
      return json(serverVersion);
    case '/metrics': {
      const { resources, requests } = context;
      const { etcdReachable } = context.health();
      const body = metricsText({ resources, requests, etcdReachable });
      return { status: 200, contentType: metricsContentType, body };
    }
    default:
      return undefined;
  }
}

function json(value: unknown): PathAnswer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(value, undefined, 2) };
}

function listPaths(groups: readonly DiscoveredGroup[]): readonly string[] {
  const api = groups.flatMap(({ name, versions }) => {
    const root = name === '' ? '/api' : `/apis/${name}`;
    const own = versions.map(({ version }) => `${root}/${version}`);
    return name === '' ? own : [`/apis/${name}`, ...own];
  });
  return [
    '/.well-known/openid-configuration', '/api', '/apis', '/apis/', ...api, ...healthPaths(), '/metrics', '/openapi/v2',
    '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/version',
  ].sort();
}
