/**
 * Answers the paths of discovery: /api, /api/v1, /apis, /apis/GROUP and /apis/GROUP/VERSION, the first and the third in
 * the aggregated form for clients that ask for it. Documents are made once per set of resources. Models apiserver's
 * pkg/endpoints/discovery with its aggregated package.
 */
import { acceptedTypes } from '../accept';
import type { PathAnswer } from '../http/path-handlers';
import { contentHash, withETag } from '../etag';
import {
  aggregatedDocument, apiVersionsDocument, groupDocument, groupListDocument, resourceListDocument,
} from './documents';
import type { DiscoveredGroup } from './groups';

type AggregatedVersion = 'v2' | 'v2beta1';

/** Answers for one set of groups; `serverAddress` is told to clients of /api. */
export class DiscoveryHandler {
  private readonly bodies = new Map<string, string>();

  constructor(private readonly groups: readonly DiscoveredGroup[], private readonly serverAddress: string) {}

  /** The answer to a GET, or undefined when no document lies at the path. */
  answer(path: string, accept: string, ifNoneMatch: string | undefined): PathAnswer | undefined {
    const route = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    if (route === '/api' || route === '/apis') {
      const version = aggregatedVersion(accept);
      if (version !== undefined) return this.aggregated(route, version, ifNoneMatch);
    }
    const body = this.body(route, () => this.document(route));
    return body === undefined ? undefined : { status: 200, contentType: 'application/json', body };
  }

  private aggregated(route: '/api' | '/apis', version: AggregatedVersion, ifNoneMatch: string | undefined): PathAnswer {
    const groups = this.groups.filter(({ name }) => (name === '') === (route === '/api'));
    const body = this.body(`${route} ${version}`, () => aggregatedDocument(groups, version)) ?? '';
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return withETag({ status: 200, contentType, body, headers: { vary: 'Accept' } }, contentHash(body), ifNoneMatch);
  }

  private body(key: string, make: () => object | undefined): string | undefined {
    const known = this.bodies.get(key);
    if (known !== undefined) return known;
    const document = make();
    if (document === undefined) return undefined;
    const body = `${JSON.stringify(document)}\n`;
    this.bodies.set(key, body);
    return body;
  }

  private document(route: string): object | undefined {
    if (route === '/api') return apiVersionsDocument(this.serverAddress);
    if (route === '/apis') return groupListDocument(this.groups);
    const [, root, first = '', second, ...more] = route.split('/');
    if (more.length > 0) return undefined;
    if (root === 'api') return second === undefined ? this.versionDocument('', first) : undefined;
    if (root !== 'apis' || first === '') return undefined;
    if (second !== undefined) return this.versionDocument(first, second);
    const group = this.groups.find(({ name }) => name === first);
    return group && groupDocument(group);
  }

  private versionDocument(group: string, version: string): object | undefined {
    const found = this.groups.find(({ name }) => name === group)?.versions.find((each) => each.version === version);
    return found && resourceListDocument(group, found);
  }
}

/** The aggregated form that a client prefers to plain JSON, if any. */
function aggregatedVersion(accept: string): AggregatedVersion | undefined {
  for (const { type, parameters } of acceptedTypes(accept)) {
    const isList = parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList';
    const version = parameters.get('v');
    if (isList && (type === 'application/json' || type === '*/*') && (version === 'v2' || version === 'v2beta1')) {
      return version;
    }
    if (!parameters.has('as') && (type === 'application/json' || type === '*/*')) return undefined;
  }
  return undefined;
}
