/** The syntax tree of a shell script: what the parser makes and the interpreter walks. */

/** A piece of a word. What stands in quotes is neither split into fields nor taken for a file pattern. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | Parameter
  | { readonly kind: 'substitution'; readonly script: Node; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean };

export interface Parameter {
  readonly kind: 'parameter';
  readonly name: string;
  /** `${#name}` */
  readonly length?: boolean;
  /** `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`, `:`, `^^`, `,,`, or what is none. */
  readonly operator?: string;
  readonly argument?: Word;
  readonly quoted: boolean;
}

export type Word = readonly Part[];

export interface Redirect {
  readonly fd: number;
  /** `<<` has its body as target. */
  readonly operator: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly append: boolean;
  readonly value: Word;
}

export interface Simple {
  readonly kind: 'simple';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

export interface ListItem {
  readonly node: Node;
  /** Ended by `&`. */
  readonly background: boolean;
}

export interface CaseClause {
  readonly patterns: readonly Word[];
  readonly body: Node;
}

type Compound =
  | { readonly kind: 'subshell' | 'group'; readonly body: Node }
  | { readonly kind: 'if'; readonly branches: readonly { condition: Node; body: Node }[]; readonly otherwise?: Node }
  | { readonly kind: 'loop'; readonly until: boolean; readonly condition: Node; readonly body: Node }
  /** Without words it runs over the positional parameters. */
  | { readonly kind: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: Node }
  | { readonly kind: 'count'; readonly first: Word; readonly condition: Word; readonly step: Word; readonly body: Node }
  | { readonly kind: 'case'; readonly word: Word; readonly clauses: readonly CaseClause[] }
  /** `(( ... ))` */
  | { readonly kind: 'calculation'; readonly expression: Word }
  /** `[[ ... ]]`: its words, in which operators are unquoted text. */
  | { readonly kind: 'condition'; readonly words: readonly Word[] };

export type Node =
  | Simple
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'pipeline'; readonly stages: readonly Node[]; readonly negated: boolean }
  | { readonly kind: 'function'; readonly name: string; readonly body: Node }
  | (Compound & { readonly redirects: readonly Redirect[] });

/** The text of a word that has no expansions; undefined when it has. */
export function literal(word: Word): string | undefined {
  let text = '';
  for (const part of word) {
    if (part.kind !== 'text') return undefined;
    text += part.text;
  }
  return text;
}

/** A word of one piece of quoted text. */
export function quotedWord(text: string): Word {
  return [{ kind: 'text', text, quoted: true }];
}
