/** From what an operation reads or writes to a reference to its schema, for built-in and custom kinds alike. */
import type { AnyKind } from '../../api/kind';
import type { Content } from './operations';
import { refToCustom, refToCustomList } from './custom';
import { type GroupVersionKind, type JsonSchema, type OpenApiVersion, SchemaCollection } from './schemas';

/** Kinds that are read and written through subresources or options only. */
const furtherKinds: Readonly<Record<string, GroupVersionKind>> = {
  Status: { group: '', kind: 'Status', version: 'v1' },
  Scale: { group: 'autoscaling', kind: 'Scale', version: 'v1' },
  Eviction: { group: 'policy', kind: 'Eviction', version: 'v1' },
  TokenRequest: { group: 'authentication.k8s.io', kind: 'TokenRequest', version: 'v1' },
  Binding: { group: '', kind: 'Binding', version: 'v1' },
  APIResourceList: { group: '', kind: 'APIResourceList', version: 'v1' },
  APIGroup: { group: '', kind: 'APIGroup', version: 'v1' },
  APIGroupList: { group: '', kind: 'APIGroupList', version: 'v1' },
  APIVersions: { group: '', kind: 'APIVersions', version: 'v1' },
};

/** A collection of schemas that knows which type is served as which kinds. */
export function schemasFor(kinds: readonly AnyKind[], version: OpenApiVersion): SchemaCollection {
  const byType = new Map<string, GroupVersionKind[]>();
  const add = (type: string, kind: GroupVersionKind): void => {
    const known = byType.get(type) ?? [];
    if (!known.some((each) => each.group === kind.group && each.version === kind.version && each.kind === kind.kind)) {
      byType.set(type, [...known, kind]);
    }
  };
  for (const [type, kind] of Object.entries(furtherKinds)) add(type, kind);
  // Options of a delete and watch events are kinds of every group.
  for (const { group, version: apiVersion, kind, listKind, schema } of kinds) {
    if (typeof schema !== 'string') continue;
    add(schema, { group, kind, version: apiVersion });
    add(`${schema}List`, { group, kind: listKind, version: apiVersion });
    for (const common of ['DeleteOptions', 'WatchEvent']) add(common, { group, kind: common, version: apiVersion });
  }
  return new SchemaCollection(version, (type) => byType.get(type) ?? []);
}

/** The schema of a body or an answer. */
export function contentSchema(content: Content, schemas: SchemaCollection, version: OpenApiVersion): JsonSchema {
  if (content === 'text') return { type: 'string' };
  if ('type' in content) return schemas.refToType(content.type);
  if ('named' in content) return schemas.refToNamed(content.named);
  const { kind, list } = content;
  if (typeof kind.schema === 'string') return schemas.refToType(list ? `${kind.schema}List` : kind.schema);
  return list ? refToCustomList(kind, schemas, version) : refToCustom(kind, schemas, version);
}
