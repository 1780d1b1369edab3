/**
 * Answers the paths of OpenAPI: the index /openapi/v3 with the hash of every document, the documents below it, and
 * /openapi/v2 in JSON and protobuf. A document is made when it is first asked for. Its hash is that of what it is made
 * from, so that the index costs no document. Models kube-openapi's pkg/handler and pkg/handler3.
 */
import type { AnyKind } from '../../api/kind';
import { apiVersionOf } from '../../api/request';
import { acceptedTypes } from '../accept';
import type { DiscoveredGroup } from '../discovery/groups';
import { contentHash, withETag } from '../etag';
import type { PathAnswer } from '../http/path-handlers';
import type { Query } from '../http/target';
import { serverVersion } from '../options';
import type { JsonSchema } from './schemas';
import { groupVersionDocument, singlePathDocument, versionDocument } from './v3';
import { openApiV2Document } from './v2';
import { encodeOpenApiV2 } from './v2-protobuf';
import { operationPrefix, tagOf } from './operations';

const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const v2ProtobufTypes = new Set([v2Protobuf, 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf']);

type Headers = Readonly<Record<string, string>>;

/** A document that can be made: what tells it from others, and how. */
interface Source {
  readonly hash: string;
  readonly make: () => JsonSchema;
}

/**
 * Answers for one set of kinds, which discovery has sorted into groups. `elsewhere`: the addresses of documents that
 * other servers serve, by name.
 */
export class OpenApiHandler {
  private sources: ReadonlyMap<string, Source> | undefined;
  private index: string | undefined;
  private v2Hash: string | undefined;
  private readonly bodies = new Map<string, string | Uint8Array>();

  constructor(
    private readonly groups: readonly DiscoveredGroup[], private readonly kinds: readonly AnyKind[],
    private readonly elsewhere: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** The answer to a GET, or undefined when no document lies at the path. */
  answer(path: string, query: Query, accept: string, ifNoneMatch: string | undefined): PathAnswer | undefined {
    if (path === '/openapi/v2') return this.answerV2(accept, ifNoneMatch);
    if (path === '/openapi/v3' || path === '/openapi/v3/') return this.answerIndex(ifNoneMatch);
    if (!path.startsWith('/openapi/v3/')) return undefined;
    const name = path.slice('/openapi/v3/'.length);
    const source = this.allSources().get(name);
    if (source === undefined) return undefined;
    const asked = query.get('hash');
    if (asked !== undefined && asked !== source.hash) {
      return { status: 301, contentType: 'text/plain', body: '', headers: { location: `${path}?hash=${source.hash}` } };
    }
    const headers: Headers = asked === undefined ? {} : { 'cache-control': 'public, immutable' };
    const body = (): string | Uint8Array => this.body(name, () => text(source.make()));
    return this.tagged('application/json', source.hash, ifNoneMatch, headers, body);
  }

  private answerIndex(ifNoneMatch: string | undefined): PathAnswer {
    const body = this.index ??= text({ paths: Object.fromEntries(this.urls().map(
      ([name, serverRelativeURL]) => [name, { serverRelativeURL }])) });
    return this.tagged('application/json', contentHash(body), ifNoneMatch, {}, () => body);
  }

  private urls(): readonly (readonly [name: string, url: string])[] {
    const own = Array.from(
      this.allSources(),
      ([name, { hash }]) => [name, `/openapi/v3/${name}?hash=${hash}`] as const,
    );
    if (this.elsewhere.size === 0) return own;
    return [...new Map([...own, ...this.elsewhere])].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private answerV2(accept: string, ifNoneMatch: string | undefined): PathAnswer | undefined {
    const hash = this.v2Hash ??= contentHash(fingerprint('v2', this.kinds, this.groups));
    const document = (): JsonSchema => openApiV2Document(this.kinds, this.groups.flatMap(
      ({ name, versions }) => versions.map(({ version }) => ({ group: name, version }))));
    for (const { type } of acceptedTypes(accept)) {
      if (v2ProtobufTypes.has(type)) {
        const body = (): string | Uint8Array => this.body('v2 protobuf', () => encodeOpenApiV2(document()));
        return this.tagged(v2Protobuf, hash, ifNoneMatch, {}, body);
      }
      if (type === 'application/json' || type === 'application/*' || type === '*/*') {
        return this.tagged('application/json', hash, ifNoneMatch, {}, () => this.body('v2', () => text(document())));
      }
    }
    return { status: 406, contentType: 'text/plain; charset=utf-8', body: '406 not acceptable\n' };
  }

  private tagged(
    contentType: string, hash: string, ifNoneMatch: string | undefined, more: Headers,
    body: () => string | Uint8Array,
  ): PathAnswer {
    const headers = { vary: 'Accept', ...more };
    const unchanged = withETag({ status: 200, contentType, body: '', headers }, hash, ifNoneMatch);
    return unchanged.status === 304 ? unchanged : { ...unchanged, body: body() };
  }

  private body(name: string, make: () => string | Uint8Array): string | Uint8Array {
    const known = this.bodies.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.bodies.set(name, made);
    return made;
  }

  private allSources(): ReadonlyMap<string, Source> {
    return this.sources ??= new Map([...this.findSources()].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private *findSources(): Iterable<readonly [name: string, source: Source]> {
    yield ['version', simple('version', versionDocument)];
    yield ['api', simple('api', () => singlePathDocument(
      '/api/', 'get available API versions', 'getCoreAPIVersions', 'core', 'APIVersions'))];
    yield ['apis', simple('apis', () => singlePathDocument(
      '/apis/', 'get available API versions', 'getAPIVersions', 'apis', 'APIGroupList'))];
    const builtIn = this.kinds.filter((kind) => typeof kind.schema === 'string');
    const known = contentHash(builtIn.map((kind) => `${apiVersionOf(kind)} ${kind.kind}`).join());
    for (const { name, versions } of this.groups) {
      if (name !== '') {
        yield [`apis/${name}`, simple(name, () => singlePathDocument(
          `/apis/${name}/`, 'get information of a group', `get${operationPrefix(name, '')}APIGroup`,
          tagOf(name, '').slice(0, -1), 'APIGroup'))];
      }
      for (const { version } of versions) {
        const kinds = this.kinds.filter((kind) => kind.group === name && kind.version === version);
        const path = name === '' ? `api/${version}` : `apis/${apiVersionOf({ group: name, version })}`;
        yield [path, {
          hash: contentHash(fingerprint(path, kinds, known)),
          make: () => groupVersionDocument(name, version, kinds, builtIn),
        }];
      }
    }
  }
}

/** A document that is the same in every server of a release. */
function simple(name: string, make: () => JsonSchema): Source {
  return { hash: contentHash(`${serverVersion.gitVersion} ${name}`), make };
}

function text(document: JsonSchema): string {
  return JSON.stringify(document);
}

/** What a document is made from, as text: two servers of one release with the same kinds have the same hashes. */
function fingerprint(name: string, kinds: readonly AnyKind[], beside: unknown): string {
  const described = kinds.map((kind) => {
    const { group, version, listKind, plural, namespaced, verbs, subresources, schema, jsonSchema } = kind;
    const type = typeof schema === 'string' ? schema : jsonSchema;
    return [group, version, kind.kind, listKind, plural, namespaced, verbs, subresources, type];
  });
  return JSON.stringify([serverVersion.gitVersion, name, described, beside]);
}
