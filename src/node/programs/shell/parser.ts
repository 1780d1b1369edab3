/**
 * Reads shell scripts: the grammar of POSIX XCU 2.10 with the parts of bash that ash also takes (`[[ ]]`, `function`,
 * `&>`, `<<<`, `$'...'`), and bash's `(( ))` and `for (( ))`. Not modelled: aliases, arrays, process substitution,
 * `select`, `coproc`. A script that is wrong anywhere is refused as a whole; real shells run what stands before.
 */
import { type Assignment, type CaseClause, literal, type ListItem, type Node, type Part, quotedWord, type Redirect,
  type Word } from './ast';
import { isName, Scanner, SyntaxProblem } from './scanner';

export type Parsed =
  /** `open`: a here-document goes on beyond the text. */
  | { readonly ok: true; readonly script: Node; readonly open: boolean }
  | { readonly ok: false; readonly problem: Problem };

/** What is wrong: an open quote, a word that may not stand there, or the end where something was expected. */
export type Problem =
  | { readonly kind: 'quote'; readonly quote: string; readonly line: number }
  | { readonly kind: 'unexpected'; readonly token: string; readonly expecting?: string; readonly line: number }
  | { readonly kind: 'end'; readonly expecting?: string; readonly line: number }
  | { readonly kind: 'nesting'; readonly line: number };

/**
 * Deeper than this a script is refused instead of exhausting the stack that reads it. Levels within words weigh more,
 * because more functions are at work on them.
 */
const depthLimit = 1_050;
const wordWeight = 3;

const closing = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

/** Parses a script. `double`: `((` opens arithmetic, as in bash. */
export function parseScript(text: string, double = true): Parsed {
  const scanner = new Scanner(text);
  const parser = new Parser(scanner, double, 0);
  try {
    const script = parser.script();
    return { ok: true, script, open: scanner.openHeredoc };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { ok: false, problem: problem.problem };
    throw problem;
  }
}

class Parser {
  constructor(
    private readonly scan: Scanner,
    private readonly double: boolean,
    private depth: number,
  ) {
    scan.substitution = () => this.substitution();
    scan.bind = (other) => void new Parser(other, this.double, this.depth);
    scan.backquoted = (inner) => {
      this.enter(wordWeight);
      return this.leave(wordWeight, new Parser(new Scanner(inner), this.double, this.depth).script());
    };
    scan.enter = () => this.enter(wordWeight);
    scan.leave = () => this.leave(wordWeight, undefined);
  }

  script(): Node {
    const list = this.list();
    if (!this.scan.atEnd) this.unexpected();
    this.scan.finishHeredocs();
    return list;
  }

  private enter(weight = 1): void {
    this.depth += weight;
    if (this.depth > depthLimit) this.scan.fail({ kind: 'nesting', line: this.scan.line });
  }

  private leave<T>(weight: number, result: T): T {
    this.depth -= weight;
    return result;
  }

  /** `$( ... )`, after its opening. */
  private substitution(): Node {
    this.enter(wordWeight);
    const list = this.list();
    this.close(')');
    return this.leave(wordWeight, list);
  }

  private list(): Node {
    const items: ListItem[] = [];
    for (;;) {
      this.scan.skipLines();
      if (this.scan.atEnd || this.atClosing()) break;
      const node = this.andOr();
      this.scan.skipBlanks();
      const background = this.scan.at('&') && !this.scan.at('&&');
      items.push({ node, background });
      if (background || (this.scan.at(';') && !this.scan.at(';;') && !this.scan.at(';&'))) this.scan.advance(1);
      else if (!this.scan.at('\n')) break;
    }
    return items.length === 1 && !items[0]?.background ? items[0]?.node as Node : { kind: 'list', items };
  }

  private atClosing(): boolean {
    const { scan } = this;
    return scan.at(')') || scan.at(';;') || scan.at(';&') || closing.has(scan.peekWord());
  }

  private andOr(): Node {
    let left = this.pipeline();
    for (;;) {
      this.scan.skipBlanks();
      const kind = this.scan.at('&&') ? 'and' : this.scan.at('||') ? 'or' : undefined;
      if (!kind) return left;
      this.scan.advance(2);
      this.scan.skipLines();
      left = { kind, left, right: this.pipeline() };
    }
  }

  private pipeline(): Node {
    const { scan } = this;
    scan.skipBlanks();
    let negated = false;
    while (scan.peekWord() === '!') {
      scan.advance(1);
      scan.skipBlanks();
      negated = !negated;
    }
    const stages = [this.command()];
    for (;;) {
      scan.skipBlanks();
      if (!scan.at('|') || scan.at('||')) break;
      const both = scan.at('|&');
      scan.advance(both ? 2 : 1);
      if (both) stages.push(withBoth(stages.pop() as Node));
      scan.skipLines();
      stages.push(this.command());
    }
    return stages.length === 1 && !negated ? stages[0] as Node : { kind: 'pipeline', stages, negated };
  }

  private command(): Node {
    const { scan } = this;
    scan.skipBlanks();
    if (scan.at('((') && this.double) {
      const expression = scan.tryArithmetic();
      if (expression) return { kind: 'calculation', expression, redirects: this.redirects() };
    }
    if (scan.at('(')) return this.subshell();
    const word = scan.peekWord();
    switch (word) {
      case 'if': return this.ifCommand();
      case 'while': case 'until': return this.loop(word === 'until');
      case 'for': return this.forCommand();
      case 'case': return this.caseCommand();
      case '{': return this.group();
      case '[[': return this.condition();
      case 'function': return this.functionCommand();
      default: if (closing.has(word)) return this.unexpected();
    }
    return this.simple();
  }

  private subshell(): Node {
    this.scan.advance(1);
    this.enter();
    const body = this.list();
    if (body.kind === 'list' && body.items.length === 0) this.unexpected();
    this.close(')');
    return this.leave(1, { kind: 'subshell', body, redirects: this.redirects() });
  }

  private group(): Node {
    this.scan.advance(1);
    this.enter();
    const body = this.leave(1, this.list());
    this.word('}');
    return { kind: 'group', body, redirects: this.redirects() };
  }

  private ifCommand(): Node {
    const branches: { condition: Node; body: Node }[] = [];
    let otherwise: Node | undefined;
    this.word('if');
    for (;;) {
      const condition = this.filled('then');
      this.word('then');
      branches.push({ condition, body: this.filled('fi') });
      const next = this.scan.peekWord();
      if (next === 'elif') {
        this.word('elif');
        continue;
      }
      if (next === 'else') {
        this.word('else');
        otherwise = this.filled('fi');
      }
      this.word('fi');
      return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}), redirects: this.redirects() };
    }
  }

  private loop(until: boolean): Node {
    this.word(until ? 'until' : 'while');
    const condition = this.filled('do');
    const body = this.doBody();
    return { kind: 'loop', until, condition, body, redirects: this.redirects() };
  }

  private doBody(): Node {
    this.word('do');
    const body = this.filled('done');
    this.word('done');
    return body;
  }

  private forCommand(): Node {
    const { scan } = this;
    this.word('for');
    scan.skipBlanks();
    if (scan.at('((')) {
      const parts = scan.tryArithmetic();
      if (!parts) this.unexpected();
      scan.skipSeparator();
      const [first = [], condition = [], step = []] = scan.splitArithmetic(parts as Word);
      return { kind: 'count', first, condition, step, body: this.doBody(), redirects: this.redirects() };
    }
    const name = literal(scan.word() ?? []) ?? '';
    if (!isName(name)) this.unexpected(name);
    scan.skipLines();
    let words: Word[] | undefined;
    if (scan.peekWord() === 'in') {
      this.word('in');
      words = this.wordsToSeparator();
    }
    scan.skipSeparator();
    return { kind: 'for', name, ...(words ? { words } : {}), body: this.doBody(), redirects: this.redirects() };
  }

  private wordsToSeparator(): Word[] {
    const words: Word[] = [];
    for (;;) {
      this.scan.skipBlanks();
      const word = this.scan.word();
      if (!word) return words;
      words.push(word);
    }
  }

  private caseCommand(): Node {
    const { scan } = this;
    this.word('case');
    scan.skipBlanks();
    const word = scan.word() ?? this.unexpected();
    scan.skipLines();
    this.word('in');
    const clauses: CaseClause[] = [];
    for (;;) {
      scan.skipLines();
      if (scan.peekWord() === 'esac') break;
      clauses.push(this.clause());
      if (!scan.at(';;') && !scan.at(';&')) break;
      scan.advance(2);
    }
    this.word('esac');
    return { kind: 'case', word, clauses, redirects: this.redirects() };
  }

  private clause(): CaseClause {
    const { scan } = this;
    const patterns: Word[] = [];
    if (scan.at('(')) scan.advance(1);
    for (;;) {
      scan.skipBlanks();
      patterns.push(scan.word() ?? this.unexpected());
      scan.skipBlanks();
      if (!scan.at('|')) break;
      scan.advance(1);
    }
    this.close(')');
    this.enter();
    const body = this.leave(1, this.list());
    scan.skipLines();
    return { patterns, body };
  }

  private condition(): Node {
    const { scan } = this;
    scan.advance(2);
    const words: Word[] = [];
    for (;;) {
      scan.skipLines();
      if (scan.atEnd) scan.fail({ kind: 'end', expecting: ']]', line: scan.line });
      const operator = ['&&', '||', '(', ')', '<', '>'].find((each) => scan.at(each));
      // After =~ a pattern may hold what are operators elsewhere.
      const pattern = literal(words[words.length - 1] ?? []) === '=~';
      if (operator !== undefined && !pattern) {
        scan.advance(operator.length);
        words.push([{ kind: 'text', text: operator, quoted: false }]);
        continue;
      }
      const word = (pattern ? scan.patternWord() : scan.word()) ?? this.unexpected();
      if (literal(word) === ']]') break;
      words.push(word);
    }
    return { kind: 'condition', words, redirects: this.redirects() };
  }

  private functionCommand(): Node {
    const { scan } = this;
    this.word('function');
    scan.skipBlanks();
    const name = literal(scan.word() ?? this.unexpected()) ?? '';
    scan.skipBlanks();
    if (scan.at('(')) {
      scan.advance(1);
      this.close(')');
    }
    scan.skipLines();
    return { kind: 'function', name, body: this.functionBody() };
  }

  private simple(): Node {
    const { scan } = this;
    const { line } = scan;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      scan.skipBlanks();
      const redirect = this.redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const assignment = words.length === 0 ? scan.assignment() : undefined;
      if (assignment) {
        assignments.push(assignment);
        continue;
      }
      const word = scan.word();
      if (!word) break;
      words.push(word);
      const name = words.length === 1 && assignments.length === 0 ? literal(word) : undefined;
      scan.skipBlanks();
      if (name !== undefined && scan.at('(')) {
        if (!/^[\w.:-]+$/.test(name)) this.unexpected();
        scan.advance(1);
        this.close(')');
        scan.skipLines();
        return { kind: 'function', name, body: this.functionBody() };
      }
    }
    if (words.length + assignments.length + redirects.length === 0) this.unexpected();
    return { kind: 'simple', line, assignments, words, redirects };
  }

  private redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.scan.skipBlanks();
      const redirect = this.redirect();
      if (!redirect) return redirects;
      redirects.push(redirect);
    }
  }

  private redirect(): Redirect | undefined {
    const { scan } = this;
    const opened = scan.redirectOperator();
    if (!opened) return undefined;
    const { fd, operator, stripTabs } = opened;
    scan.skipBlanks();
    const word = scan.word() ?? this.unexpected();
    if (operator !== '<<') return { fd, operator, target: word };
    const target: Part[] = [];
    scan.pendingHeredocs.push({
      delimiter: literal(word) ?? '', expands: word.every((part) => part.kind === 'text' && !part.quoted), stripTabs,
      target,
    });
    return { fd, operator, target };
  }

  private functionBody(): Node {
    this.enter();
    return this.leave(1, this.command());
  }

  /** A list that must not be empty, before a word that ends it. */
  private filled(expecting: string): Node {
    this.enter();
    const list = this.leave(1, this.list());
    if (list.kind === 'list' && list.items.length === 0) this.unexpected(undefined, expecting);
    return list;
  }

  private word(expected: string): void {
    this.scan.skipLines();
    if (this.scan.peekWord() !== expected) this.unexpected(undefined, expected);
    this.scan.advance(expected.length);
  }

  private close(expected: string): void {
    this.scan.skipLines();
    if (!this.scan.at(expected)) this.unexpected(undefined, expected);
    this.scan.advance(expected.length);
  }

  private unexpected(token?: string, expecting?: string): never {
    const { scan } = this;
    scan.skipBlanks();
    if (token === undefined && scan.atEnd) {
      return scan.fail({ kind: 'end', ...(expecting ? { expecting } : {}), line: scan.line });
    }
    return scan.fail({
      kind: 'unexpected', token: token ?? scan.peekToken(), ...(expecting ? { expecting } : {}), line: scan.line,
    });
  }
}

/** `|&` sends standard error along. */
function withBoth(node: Node): Node {
  const redirect: Redirect = { fd: 2, operator: '>&', target: quotedWord('1') };
  if ('redirects' in node) return { ...node, redirects: [...node.redirects, redirect] };
  return { kind: 'group', body: node, redirects: [redirect] };
}
