/**
 * Paths that are no resources: discovery, OpenAPI, health, version, metrics. Each is a function from a path to an
 * answer; the HTTP layer asks them in turn once the caller is authorized. Models PathRecorderMux.
 */
import type { Query } from './target';

/** What a path is answered with. */
export interface PathAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a GET of a path, or undefined when nothing of this handler lies there. `accept` is the whole header. */
export type PathHandler = (
  path: string, query: Query, accept: string, headers: Readonly<Record<string, string>>,
) => PathAnswer | undefined;
