/**
 * What discovery and OpenAPI say of subresources: the kind that they speak, where it is of another group, and their
 * verbs. Models the storages of pkg/registry (GroupVersionKind, ConnectMethods) as APIInstaller reads them.
 */
import type { AnyKind, Subresource } from '../../api/kind';
import type { ResourceVerb } from '../../api/request';

/** How a subresource is shown. */
export interface SubresourceDescription {
  readonly name: Subresource;
  /** The kind of what is read or written. */
  readonly kind: string;
  /** Group and version of that kind when they are not the resource's own. */
  readonly group?: string;
  readonly version?: string;
  /** In alphabetical order. */
  readonly verbs: readonly ResourceVerb[];
  /** Whether a connection is made, rather than an object read or written: exec, log, proxy. */
  readonly connects?: boolean;
}

type Shape = Omit<SubresourceDescription, 'name' | 'kind'> & {
  /** The kind; the resource's own if absent, and prefixed by the resource's kind if it begins with a hyphen. */
  readonly kind?: string;
};

const readWrite: readonly ResourceVerb[] = ['get', 'patch', 'update'];
const connect: readonly ResourceVerb[] = ['create', 'get'];
const proxyVerbs: readonly ResourceVerb[] = ['create', 'delete', 'get', 'patch', 'update'];

const shapes: Readonly<Record<Subresource, Shape>> = {
  status: { verbs: readWrite },
  scale: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: readWrite },
  approval: { verbs: readWrite },
  ephemeralcontainers: { verbs: readWrite },
  resize: { verbs: readWrite },
  finalize: { verbs: ['update'] },
  binding: { kind: 'Binding', verbs: ['create'] },
  eviction: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  log: { verbs: ['get'], connects: true },
  attach: { kind: '-AttachOptions', verbs: connect, connects: true },
  exec: { kind: '-ExecOptions', verbs: connect, connects: true },
  portforward: { kind: '-PortForwardOptions', verbs: connect, connects: true },
  proxy: { kind: '-ProxyOptions', verbs: proxyVerbs, connects: true },
};

/** The subresources of a kind, in alphabetical order. */
export function describeSubresources(kind: AnyKind): readonly SubresourceDescription[] {
  const names = [...(kind.subresources ?? [])].sort();
  return names.map((name) => {
    const shape = shapes[name];
    const own = shape.kind ?? kind.kind;
    return { ...shape, name, kind: own.startsWith('-') ? kind.kind + own.slice(1) : own };
  });
}
