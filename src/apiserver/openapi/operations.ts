/**
 * What can be done under a group and version: paths with their operations, in terms that both versions of OpenAPI are
 * written from. The deprecated paths below `/watch/` are left out, and connections (exec, log, proxy) are named without
 * their own parameters. Models apiserver's pkg/endpoints/installer.go with its operation ids.
 */
import type { AnyKind } from '../../api/kind';
import { apiVersionOf, type ResourceVerb } from '../../api/request';
import { describeSubresources, type SubresourceDescription } from '../discovery/subresources';
import type { GroupVersionKind } from './schemas';
import {
  deleteCollectionParameters, deleteParameters, listParameters, nameParameter, namespaceParameter, type Parameter,
  patchParameters, pretty, writeParameters,
} from './parameters';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

/** What a body or an answer holds: the kind's own objects, another type of the table, a name beside it, or text. */
export type Content =
  | { readonly kind: AnyKind; readonly list?: boolean }
  | { readonly type: string }
  | { readonly named: string }
  | 'text';

export interface Operation {
  readonly method: Method;
  readonly description: string;
  readonly operationId: string;
  readonly tag: string;
  /** x-kubernetes-action. */
  readonly action?: string;
  readonly groupVersionKind?: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  readonly body?: Content;
  /** Codes of success with their texts; all of them hold the same. */
  readonly answers: readonly (readonly [code: number, text: string])[];
  readonly answer: Content;
  /** Whether the answer can be a stream of watch events. */
  readonly streams?: boolean;
}

/** Media types of patches that an operation takes; nothing says how the lists of custom resources merge. */
export function patchTypes({ answer }: Operation): readonly string[] {
  const custom = typeof answer === 'object' && 'kind' in answer && typeof answer.kind.schema !== 'string';
  return [
    'application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json',
    ...(custom ? [] : ['application/strategic-merge-patch+json']),
  ];
}

export interface PathOperations {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const ok = [200, 'OK'] as const;
const created = [201, 'Created'] as const;
const accepted = [202, 'Accepted'] as const;
const status: Content = { type: 'Status' };
const deleteOptions: Content = { type: 'DeleteOptions' };
const patchBody: Content = { named: 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch' };

/** `CoreV1`, `RbacAuthorizationV1`: how operation ids name a group and version. */
export function operationPrefix(group: string, version: string): string {
  return groupWords(group).map(capital).join('') + capital(version);
}

/** `core_v1`, `rbacAuthorization_v1`: how tags name a group and version. */
export function tagOf(group: string, version: string): string {
  const words = groupWords(group);
  return `${[words[0] ?? '', ...words.slice(1).map(capital)].join('')}_${version}`;
}

function groupWords(group: string): readonly string[] {
  if (group === '') return ['core'];
  return group.replace(/\.k8s\.io$/, '').replace(/\.apiserver$/, '.apiserver').split(/[.-]/);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function article(noun: string): string {
  return /^[AEIOU]/i.test(noun) ? 'an' : 'a';
}

/** Where the resources of a group and version lie. */
export function rootOf(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${apiVersionOf({ group, version })}`;
}

/** The paths of one kind, its subresources among them. */
export function kindPaths(kind: AnyKind): readonly PathOperations[] {
  const paths = new KindPaths(kind);
  const subresources = describeSubresources(kind).flatMap((each) => paths.subresource(each));
  return [...paths.collections(), ...paths.single(), ...subresources];
}

class KindPaths {
  private readonly root: string;
  private readonly prefix: string;
  private readonly tag: string;
  private readonly gvk: GroupVersionKind;
  private readonly scope: string;
  private readonly base: string;

  constructor(private readonly kind: AnyKind) {
    const { group, version, namespaced, plural } = kind;
    this.root = rootOf(group, version);
    this.prefix = operationPrefix(group, version);
    this.tag = tagOf(group, version);
    this.gvk = { group, kind: kind.kind, version };
    this.scope = namespaced ? 'Namespaced' : '';
    this.base = namespaced ? `${this.root}/namespaces/{namespace}/${plural}` : `${this.root}/${plural}`;
  }

  private serves(verb: ResourceVerb): boolean {
    const { verbs, virtual } = this.kind;
    return verbs ? verbs.includes(verb) : !virtual || verb === 'create';
  }

  private get common(): readonly Parameter[] {
    return this.kind.namespaced ? [namespaceParameter, pretty] : [pretty];
  }

  private operation(
    method: Method, action: string, id: string, description: string,
    rest: Pick<Operation, 'parameters' | 'answers' | 'answer'> & Partial<Operation>,
  ): Operation {
    return { method, action, description, operationId: id, tag: this.tag, groupVersionKind: this.gvk, ...rest };
  }

  collections(): readonly PathOperations[] {
    const { kind, prefix, scope } = this;
    const operations: Operation[] = [];
    const list = this.operation('get', 'list', `list${prefix}${scope}${kind.kind}`,
      `list or watch objects of kind ${kind.kind}`,
      { parameters: listParameters, answers: [ok], answer: { kind, list: true }, streams: this.serves('watch') });
    if (this.serves('deletecollection')) {
      operations.push(this.operation('delete', 'deletecollection', `delete${prefix}Collection${scope}${kind.kind}`,
        `delete collection of ${kind.kind}`,
        { parameters: deleteCollectionParameters, body: deleteOptions, answers: [ok], answer: status }));
    }
    if (this.serves('list')) operations.push(list);
    if (this.serves('create')) {
      operations.push(this.operation('post', 'post', `create${prefix}${scope}${kind.kind}`,
        `create ${article(kind.kind)} ${kind.kind}`,
        { parameters: writeParameters, body: { kind }, answers: [ok, created, accepted], answer: { kind } }));
    }
    const paths: PathOperations[] = [{ path: this.base, parameters: this.common, operations }];
    if (kind.namespaced && this.serves('list')) {
      const everywhere = { ...list, operationId: `list${prefix}${kind.kind}ForAllNamespaces`, parameters: [] };
      const parameters = [...listParameters, pretty].sort((a, b) => (a.name < b.name ? -1 : 1));
      paths.push({ path: `${this.root}/${kind.plural}`, parameters, operations: [everywhere] });
    }
    return paths.filter((each) => each.operations.length > 0);
  }

  single(): readonly PathOperations[] {
    const { kind, prefix, scope } = this;
    const operations: Operation[] = [];
    if (this.serves('delete')) {
      operations.push(this.operation('delete', 'delete', `delete${prefix}${scope}${kind.kind}`,
        `delete ${article(kind.kind)} ${kind.kind}`,
        { parameters: deleteParameters, body: deleteOptions, answers: [ok, accepted], answer: status }));
    }
    operations.push(...this.readWrite('', kind, this.gvk, (verb) => this.serves(verb), `${scope}${kind.kind}`, prefix));
    if (operations.length === 0) return [];
    return [{ path: `${this.base}/{name}`, parameters: this.onName(), operations }];
  }

  private onName(): readonly Parameter[] {
    const [last, ...first] = [...this.common].reverse();
    return [nameParameter(this.kind.kind), ...first, ...(last ? [last] : [])];
  }

  private readWrite(
    part: string, content: AnyKind | string, groupVersionKind: GroupVersionKind,
    serves: (verb: ResourceVerb) => boolean, name: string, prefix: string,
  ): readonly Operation[] {
    const what = `${part === '' ? '' : `${part} of `}the specified ${this.kind.kind}`;
    const answer: Content = typeof content === 'string' ? { type: content } : { kind: content };
    const own = { groupVersionKind, answer };
    const operations: Operation[] = [];
    if (serves('get')) {
      operations.push(this.operation('get', 'get', `read${prefix}${name}`, `read ${what}`,
        { ...own, parameters: [], answers: [ok] }));
    }
    if (serves('patch')) {
      operations.push(this.operation('patch', 'patch', `patch${prefix}${name}`, `partially update ${what}`,
        { ...own, parameters: patchParameters, body: patchBody, answers: [ok, created] }));
    }
    if (serves('update')) {
      operations.push(this.operation('put', 'put', `replace${prefix}${name}`, `replace ${what}`,
        { ...own, parameters: writeParameters, body: answer, answers: [ok, created] }));
    }
    return operations;
  }

  subresource(described: SubresourceDescription): readonly PathOperations[] {
    const { kind, prefix, scope } = this;
    const { name, verbs } = described;
    const path = `${this.base}/{name}/${name}`;
    if (described.connects) return [{ path, parameters: this.onName(), operations: this.connections(described) }];
    const groupVersionKind = {
      group: described.group ?? kind.group, kind: described.kind, version: described.version ?? kind.version,
    };
    const content = described.kind === kind.kind ? kind : described.kind;
    const id = `${scope}${kind.kind}${capital(name)}`;
    const operations = [...this.readWrite(name, content, groupVersionKind, (verb) => verbs.includes(verb), id, prefix)];
    if (verbs.includes('create') && typeof content === 'string') {
      const body: Content = { type: content };
      operations.push(this.operation('post', 'post', `create${prefix}${id}`,
        `create ${name} of ${article(kind.kind)} ${kind.kind}`,
        { groupVersionKind, parameters: writeParameters, body, answers: [ok, created, accepted], answer: body }));
    }
    return [{ path, parameters: this.onName(), operations }];
  }

  private connections({ name, kind, verbs }: SubresourceDescription): readonly Operation[] {
    const { prefix, scope } = this;
    const groupVersionKind = { ...this.gvk, kind };
    if (name === 'log') {
      return [this.operation('get', 'get', `read${prefix}${scope}${this.kind.kind}Log`,
        `read log of the specified ${this.kind.kind}`, { parameters: [], answers: [ok], answer: 'text' })];
    }
    const methods: Readonly<Partial<Record<ResourceVerb, Method>>> =
      { create: 'post', get: 'get', delete: 'delete', update: 'put', patch: 'patch' };
    return verbs.flatMap((verb) => {
      const method = methods[verb];
      if (method === undefined) return [];
      const id = `connect${prefix}${capital(method)}${scope}${this.kind.kind}${capital(name)}`;
      return [this.operation(method, 'connect', id,
        `connect ${method.toUpperCase()} requests to ${name} of ${this.kind.kind}`,
        { groupVersionKind, parameters: [], answers: [ok], answer: 'text' })];
    });
  }
}

/** The path that lists the resources of a group and version. */
export function resourceListPath(group: string, version: string): PathOperations {
  return {
    path: `${rootOf(group, version)}/`, parameters: [],
    operations: [{
      method: 'get', description: 'get available resources', tag: tagOf(group, version), parameters: [],
      operationId: `get${operationPrefix(group, version)}APIResources`, answers: [ok],
      answer: { type: 'APIResourceList' },
    }],
  };
}
