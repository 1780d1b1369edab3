/**
 * Limits on what comes from outside, in one file, so that a reader sees at once how large anything may become. A text
 * beyond a limit is answered with one clear sentence; it is never truncated silently and never exhausts the stack.
 */

/** How large a YAML text may be before it is refused. */
export interface YamlLimits {
  /** Size of one text in UTF-8 bytes, as the API server counts a request. */
  readonly textBytes: number;
  /** Levels of mappings and lists inside each other, aliases followed. */
  readonly depth: number;
  /** Nodes that aliases and merge keys stand for in one document, as if each were written out. */
  readonly aliasNodes: number;
  /** Documents in one text. */
  readonly documents: number;
  /** Problems reported for one document; whoever has more sees the rest after mending those. */
  readonly problems: number;
}

/** The API server refuses requests above 3 MiB; go-yaml stops at 400,000 alias-driven nodes in a small document. */
export const yamlLimits: YamlLimits = Object.freeze({
  textBytes: 3 * 1024 * 1024,
  depth: 100,
  aliasNodes: 400_000,
  documents: 1_000,
  problems: 100,
});
