/**
 * The contract of one description per kind: everything that distinguishes one kind from another, as data and pure
 * functions. The API server's registry, discovery, tables and the validation in an editor are generic and read only
 * this; adding a kind is adding one file under kinds/ and one line in its list. What happens to every kind alike
 * (uid, timestamps, resourceVersion, generation, finalizers, metadata validation) lives in the registry, not here.
 * Models the strategies of pkg/registry, the defaults of pkg/apis and the printers of pkg/printers/internalversion.
 */
import type { Decoded } from './decode/decode';
import type { FieldError } from './field-errors';
import type { ResourceVerb } from './request';
import type { ObjectType } from './schema/schema';
import type { JSONSchemaProps, KubeObject } from './types';

/** The rule that a kind's names follow; names.ts has the checks and their messages. */
export type NameRule =
  | 'dnsSubdomain' // NameIsDNSSubdomain: most kinds
  | 'dnsLabel' // NameIsDNSLabel: Namespace, Service before v1.35 relaxed it
  | 'dns1035Label' // NameIsDNS1035Label
  | 'pathSegment'; // any text that can stand in a URL path: RBAC kinds

/** Subresources that a kind serves. */
export type Subresource =
  | 'status'
  | 'scale'
  | 'binding'
  | 'eviction'
  | 'ephemeralcontainers'
  | 'resize'
  | 'log'
  | 'exec'
  | 'attach'
  | 'portforward'
  | 'proxy'
  | 'token'
  | 'finalize'
  | 'approval';

/** What a strategy may know besides the objects. */
export interface StrategyContext {
  /** Virtual time of the request, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** The subresource that is written, or undefined for the main resource. */
  readonly subresource?: Subresource;
  /** Who sends the request; absent where nobody does. */
  readonly user?: RequestUser;
  /** Adds a warning to the answer, about something that preparing changes. */
  readonly warn?: (text: string) => void;
}

/** Who a request comes from, as far as an object can say it. */
export interface RequestUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A value of a table cell as it goes over the wire. */
export type Cell = string | number | boolean | null;

/** One column of a server-side table. */
export interface TableColumn<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean' | 'number';
  /** `name` marks the column that identifies the object; otherwise empty. */
  readonly format?: 'name' | '';
  readonly description: string;
  /** 0 shows always (the default), 1 only in wide output. */
  readonly priority?: number;
  /** The cell of one object; `nowMs` is the virtual time, for ages. */
  readonly cell: (object: T, nowMs: number) => Cell;
}

/** How an object is deleted that needs time to stop: RESTGracefulDeleteStrategy.CheckGracefulDelete. */
export interface GracefulDeletion<T extends KubeObject = KubeObject> {
  /**
   * The grace period in seconds for a deletion that asks for `requestedSeconds` (undefined: nothing asked). Zero
   * removes the object at once.
   */
  readonly gracePeriodSeconds: (object: T, requestedSeconds: number | undefined) => number;
}

/** How a part of an object is written through a subresource of its own. */
export interface PartialUpdate<T extends KubeObject = KubeObject> {
  /** The old object with the part of the given one. */
  readonly merge: (object: T, old: T) => T;
  /** Everything wrong with the merged object, apart from its metadata. */
  readonly validate: (object: T, old: T) => readonly FieldError[];
}

/** The scale subresource of a kind: where it reads and writes. */
export interface ScaleAccess<T extends KubeObject = KubeObject> {
  readonly specReplicas: (object: T) => number;
  readonly statusReplicas: (object: T) => number;
  /** The label selector of the pods as text, empty when there is none. */
  readonly selector: (object: T) => string;
  readonly withReplicas: (object: T, replicas: number) => T;
  /** Where the wanted number lies, for field ownership: `spec.replicas` unless said otherwise. */
  readonly replicasPath?: readonly string[];
}

/**
 * A kind that is served in several versions is stored as one of them; storage, caches and controllers know only that
 * one. Requests in another version are converted at the edge. Both functions are pure and lose nothing.
 */
export interface Conversion<T extends KubeObject = KubeObject> {
  readonly storage: AnyKind;
  readonly toStorage: (object: T) => KubeObject;
  readonly fromStorage: (object: any) => T;
}

/** Everything the generic machinery needs to know of a kind. */
export interface KindDescription<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  /** Resource name in paths: `deployments`. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  /** Discovery categories, `all` in practice. */
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Name of the type in the schema table, or the type itself for a custom resource. */
  readonly schema: string | ObjectType;
  /** A custom resource's schema as its author wrote it, for OpenAPI; only custom resources have one. */
  readonly jsonSchema?: JSONSchemaProps;
  /** Decodes a document where the schema's type alone does not tell how: custom resources, which are pruned. */
  readonly decode?: (document: Readonly<Record<string, unknown>>) => Decoded;
  /** Set when objects are stored as another version of the kind: how to come from one to the other. */
  readonly conversion?: Conversion<T>;
  /** Set for kinds that are answered and never stored, such as TokenReview: the server computes the answer. */
  readonly virtual?: boolean;
  /** Verbs served; all of them unless said otherwise. */
  readonly verbs?: readonly ResourceVerb[];
  readonly subresources?: readonly Subresource[];
  /** Fills in defaults on create, update and read; pure; the same object if nothing changed. */
  readonly defaults?: (object: T) => T;
  /** What is special on create, after the registry has dropped status and set generation 1. */
  readonly prepareForCreate?: (object: T, context: StrategyContext) => T;
  /** What is special on update, after the registry has kept status (or, for status, everything else). */
  readonly prepareForUpdate?: (object: T, old: T, context: StrategyContext) => T;
  /** Why an object of that name cannot be deleted at all; undefined for all others. */
  readonly undeletable?: (name: string) => string | undefined;
  /** What the first request to delete an object adds to it, such as a finalizer. */
  readonly prepareForDelete?: (object: T, context: StrategyContext) => T;
  /** Errors of a new object, apart from its metadata. */
  readonly validate?: (object: T) => readonly FieldError[];
  /** Errors of an update, apart from metadata; the registry does not run `validate` as well. */
  readonly validateUpdate?: (object: T, old: T) => readonly FieldError[];
  /** Subresources through which a part of the object is written; all else in a request is dropped. */
  readonly parts?: { readonly [name in Subresource]?: PartialUpdate<T> };
  /** Errors of an update through the status subresource. */
  readonly validateStatusUpdate?: (object: T, old: T) => readonly FieldError[];
  readonly nameRule: NameRule;
  /** Whether metadata.generation is kept: 1 on create, plus one whenever anything but metadata and status changes. */
  readonly hasGeneration: boolean;
  /** Whether PUT on a missing name creates it: AllowCreateOnUpdate (Lease, Event, Endpoints). */
  readonly createOnUpdate?: boolean;
  /** Whether an update must carry a resourceVersion; false allows unconditional updates, as nearly all kinds do. */
  readonly resourceVersionRequired?: boolean;
  /** What status is on create, before anything reports one; `{}` when absent. Only for kinds that have a status. */
  readonly initialStatus?: (object: T) => T extends { readonly status: infer S } ? S : never;
  /** Field selector values besides metadata.name and metadata.namespace. Only these fields can be selected on. */
  readonly selectableFields?: (object: T) => Readonly<Record<string, string>>;
  /** Warnings that the server sends with a create or update, in the Warning header. */
  readonly warnings?: (object: T, old: T | undefined) => readonly string[];
  /**
   * Set when dependents outlive an object that is deleted without a propagation policy; `warning` tells the client so.
   * DefaultGarbageCollectionPolicy of the few strategies that keep what v1 once did.
   */
  readonly orphansDependents?: { readonly warning?: string };
  /** The warning that every request for the kind is answered with: APILifecycleDeprecated and its replacement. */
  readonly deprecation?: string;
  readonly columns: readonly TableColumn<T>[];
  readonly graceful?: GracefulDeletion<T>;
  readonly scale?: ScaleAccess<T>;
}

/**
 * Declares a kind. The typed description is kept as it is; the list of all kinds holds it as `AnyKind`, because the
 * registry checks that an object's apiVersion and kind are the description's before it hands the object over.
 */
export function defineKind<T extends KubeObject>(description: KindDescription<T>): KindDescription<T> {
  return Object.freeze(description);
}

/** A description of some kind, for lists and registries: its functions take the kind's own objects. */
export type AnyKind = KindDescription<any>;
