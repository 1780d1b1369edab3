/**
 * Which form of an answer a client accepts: JSON or YAML, indented or not, the object itself, its metadata alone, or a
 * table. Answers are never made in protobuf: clients that ask for it accept JSON beside it, and one that does not gets
 * the 406 of a server that has no such serializer. Models endpoints/handlers/negotiation.
 */
import { failure, type FailureStatus, notAcceptable } from '../../api/status';
import { type AcceptedType, acceptedTypes } from '../accept';
import type { Query } from './target';

export type Transform = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** The form of an answer. */
export interface Form {
  readonly media: 'json' | 'yaml';
  readonly pretty: boolean;
  /** What the object is turned into, and in which version of meta.k8s.io. */
  readonly transform?: Transform;
  readonly version?: 'v1' | 'v1beta1';
}

/** What apiserver's serializers of the API read and write, in the order of their registration. */
export const serializedTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;
export const streamedTypes = [
  'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch',
] as const;

const producible = ['application/json', 'application/yaml'] as const;
const transforms: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** Whether a query or a client that is a person's tool asks for indented output: isPrettyPrint. */
export function wantsPretty(query: Query, userAgent: string): boolean {
  const asked = query.get('pretty');
  if (asked) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked);
  return ['curl', 'Wget', 'Mozilla/5.0'].some((tool) => userAgent.startsWith(tool));
}

/** What a request accepts. */
export interface Acceptance {
  readonly accept: string;
  readonly query: Query;
  readonly userAgent: string;
}

/** The form of an answer with an object of the API; `transforms` are allowed only for those. */
export function negotiate(request: Acceptance, transformable: boolean): Form | FailureStatus {
  return negotiated(request, transformable, false) ?? notAcceptable(serializedTypes);
}

/** The form of a watch stream: JSON, since YAML cannot be streamed. */
export function negotiateStream(request: Acceptance): Form | FailureStatus {
  const form = negotiated(request, true, true);
  return form?.media === 'json' ? form : notAcceptable(streamedTypes);
}

/**
 * What go-restful checks before any handler runs: whether a route makes anything of what is accepted at all. It looks
 * at the names of types only, and knows no half wildcards.
 */
export function routeRefusal(accept: string, streamable: boolean): FailureStatus | undefined {
  const wanted = accept === '' ? ['*/*'] : accept.split(',').map((clause) => clause.split(';', 1)[0]?.trim() ?? '');
  const produced: readonly string[] = streamable ? [...serializedTypes, ...streamedTypes] : serializedTypes;
  if (wanted.some((type) => type === '*/*' || produced.includes(type))) return undefined;
  const message = `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`;
  return failure(406, 'NotAcceptable', message, {});
}

function negotiated(
  { accept, query, userAgent }: Acceptance, transformable: boolean, stream: boolean,
): Form | undefined {
  const tool = wantsPretty(query, userAgent);
  if (accept === '') return { media: 'json', pretty: tool };
  for (const clause of ordered(acceptedTypes(accept))) {
    for (const type of producible) {
      if (!matches(clause.type, type)) continue;
      const form = formOf(clause, type === 'application/json' ? 'json' : 'yaml', transformable, tool, stream);
      if (form) return form;
    }
  }
  return undefined;
}

/** Of equally wanted types, those without wildcards come first: the order of goautoneg. */
function ordered(types: readonly AcceptedType[]): readonly AcceptedType[] {
  const quality = ({ parameters }: AcceptedType): number => {
    const value = Number(parameters.get('q') ?? '1');
    return Number.isFinite(value) ? value : 1;
  };
  const wildcards = ({ type }: AcceptedType): number => (type.startsWith('*/') ? 2 : type.endsWith('/*') ? 1 : 0);
  return types.slice().sort((a, b) => quality(b) - quality(a) || wildcards(a) - wildcards(b));
}

function matches(asked: string, made: string): boolean {
  return asked === made || asked === '*/*' || (asked.endsWith('/*') && made.startsWith(asked.slice(0, -1)));
}

function formOf(
  { parameters }: AcceptedType, media: Form['media'], transformable: boolean, tool: boolean, stream: boolean,
): Form | undefined {
  const streaming = parameters.get('stream');
  if (streaming !== undefined && streaming !== 'watch') return undefined;
  if (stream && media === 'yaml') return undefined;
  const pretty = !stream && (tool || parameters.get('pretty') === '1');
  const asked = ['as', 'g', 'v'].some((name) => parameters.has(name));
  if (!asked) return { media, pretty };
  const transform = parameters.get('as') ?? '';
  const version = parameters.get('v');
  if (!transformable || parameters.get('g') !== 'meta.k8s.io' || !transforms.includes(transform)) return undefined;
  if (version !== 'v1' && version !== 'v1beta1') return undefined;
  return { media, pretty, transform: transform as Transform, version };
}

/** The media type of a Content-Type header without its parameters, in lower case; undefined when malformed. */
export function mediaTypeOf(contentType: string): string | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+*-]+$/.test(type) ? type : undefined;
}
