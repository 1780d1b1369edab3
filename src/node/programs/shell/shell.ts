/**
 * The shell: walks a script's tree and runs it. Its state is copied for subshells and for the stages of pipelines,
 * which are processes of their own. Not modelled: job control, history, aliases, arrays.
 */
import { runTask, type Task } from '../../../sim/task';
import type { ListItem, Node, Simple, Word } from './ast';
import { builtins, specialBuiltins } from './builtins';
import { calculateCommand, evaluateCondition } from './conditions';
import { arithmeticValue, expandPattern, expandText, expandWords } from './expansion';
import { execute } from './execution';
import { patternExpression } from './patterns';
import { type Parsed, parseScript } from './parser';
import type { ContainerProcess } from './process';
import { openRedirects } from './redirects';
import { type Descriptors, type Flow, ShellState, textLimit, type Variable } from './state';
import { CaptureStream, NullStream, Pipe } from './streams';
import { syntaxMessage } from './syntax-message';

const functionDepthLimit = 1_000;
/** What starting a process costs, in commands. */
const forkSteps = 100;
/** The status of a command that Ctrl+C has ended: 128 and SIGINT. */
const interrupted = 130;
/** After so many levels the interpreter continues on a fresh stack. */
const stackLevels = 40;

export class Shell extends ShellState {
  private depth = 0;
  private functionDepth = 0;
  /** Above 0 where a failure is looked at, and `set -e` must not act. */
  private tested = 0;
  /** The status of the last command substitution of the running command. */
  private substituted: number | undefined;

  // --- running -------------------------------------------------------------------------------------------------------

  /** Runs a whole script and then the EXIT trap; its exit code. */
  *runScript(parsed: Parsed): Task<number> {
    if (!parsed.ok) {
      yield* this.print(2, syntaxMessage(this, parsed.problem));
      return 2;
    }
    yield* this.run(parsed.script);
    return yield* this.finish();
  }

  /** The EXIT trap, and the code with which the shell ends. */
  *finish(): Task<number> {
    const status = this.flow?.kind === 'exit' ? this.flow.status : this.status;
    const trap = this.traps.get('EXIT');
    this.flow = undefined;
    this.status = status;
    if (!trap) return status;
    this.traps.delete('EXIT');
    yield* this.evaluate(trap);
    const changed = this.flow as Flow | undefined;
    return changed?.kind === 'exit' ? changed.status : status;
  }

  /**
   * Runs a command that Ctrl+C may end: then nothing of it goes on, the shell does, and the status is that of a command
   * ended by SIGINT.
   */
  *runInterruptible(node: Node, offer: (interrupt: () => void) => void): Task<number> {
    const { io, depth, functionDepth, tested, positional, locals } = this;
    const status = yield* this.process.interruptible(this.run(node), offer);
    if (status !== undefined) return status;
    Object.assign(this, { io, depth, functionDepth, tested, positional, locals });
    for (const process of [...this.world.processes.values()]) {
      if (process.parent === this.process.pid && !this.jobs.has(process)) process.end(interrupted);
    }
    this.status = interrupted;
    return interrupted;
  }

  /** Runs text as part of this shell: `eval`, traps, sourced files. */
  *evaluate(text: string): Task<number> {
    const parsed = parseScript(text, this.dialect === 'bash');
    if (parsed.ok) return yield* this.run(parsed.script);
    yield* this.print(2, syntaxMessage(this, parsed.problem));
    this.status = 2;
    return 2;
  }

  /** Runs one node; `tail` when the shell has nothing to do after it, and a program may take its place. */
  *run(node: Node, tail = false): Task<number> {
    this.depth += 1;
    const deep = this.depth % stackLevels === 0;
    const status = deep ? yield* this.onFreshStack(() => this.step(node, tail)) : yield* this.step(node, tail);
    this.depth -= 1;
    this.status = status;
    return status;
  }

  /** Deep nesting would fill the stack of the host; an event of its own begins at its bottom. */
  private *onFreshStack(make: () => Task<number>): Task<number> {
    const { host } = this.world;
    return yield* this.process.wait<number>((resume) =>
      host.after(0, () => runTask(make(), (status) => host.after(0, () => resume(status)))));
  }

  private *step(node: Node, tail: boolean): Task<number> {
    switch (node.kind) {
      case 'simple': return yield* this.simple(node, tail);
      case 'list': return yield* this.list(node.items, tail);
      case 'and': case 'or': return yield* this.andOr(node.kind, node.left, node.right, tail);
      case 'pipeline': return yield* this.pipeline(node.stages, node.negated);
      case 'function': {
        this.functions.set(node.name, node.body);
        return 0;
      }
      default: return yield* this.compound(node);
    }
  }

  private *compound(
    node: Exclude<Node, { kind: 'simple' | 'list' | 'and' | 'or' | 'pipeline' | 'function' }>,
  ): Task<number> {
    const before = this.io;
    if (node.redirects.length > 0) {
      const opened = yield* openRedirects(this, node.redirects);
      if (!opened) return 1;
      this.io = opened;
    }
    const status = yield* this.inside(node);
    this.io = before;
    return yield* this.checked(status);
  }

  private *inside(
    node: Exclude<Node, { kind: 'simple' | 'list' | 'and' | 'or' | 'pipeline' | 'function' }>,
  ): Task<number> {
    switch (node.kind) {
      case 'group': return yield* this.run(node.body);
      case 'subshell': return yield* this.fork(this.process, this.io).subshell(node.body);
      case 'if': return yield* this.choose(node.branches, node.otherwise);
      case 'loop': return yield* this.loop(node.until, node.condition, node.body);
      case 'for': return yield* this.each(node.name, node.words, node.body);
      case 'count': return yield* this.count(node.first, node.condition, node.step, node.body);
      case 'case': return yield* this.select(node.word, node.clauses);
      case 'calculation': return yield* calculateCommand(this, node.expression);
      case 'condition': return yield* evaluateCondition(this, node.words);
    }
  }

  private *list(items: readonly ListItem[], tail: boolean): Task<number> {
    let status = 0;
    for (let index = 0; index < items.length; index += 1) {
      const { node, background } = items[index] as ListItem;
      if (background) status = yield* this.background(node);
      else status = yield* this.run(node, tail && index === items.length - 1);
      if (this.pendingSignals.length > 0) yield* this.runPendingTraps();
      if (this.flow) return status;
    }
    return status;
  }

  private *andOr(kind: 'and' | 'or', left: Node, right: Node, tail: boolean): Task<number> {
    const status = yield* this.looked(left);
    if (this.flow || (kind === 'and') !== (status === 0)) return status;
    return yield* this.run(right, tail);
  }

  /** Runs what is only asked whether it succeeds. */
  private *looked(node: Node): Task<number> {
    this.tested += 1;
    const status = yield* this.run(node);
    this.tested -= 1;
    if (this.pendingSignals.length > 0) yield* this.runPendingTraps();
    return status;
  }

  /** What `set -e` makes of a failure. */
  private *checked(status: number): Task<number> {
    if (status !== 0 && this.options.has('e') && this.tested === 0 && !this.flow) this.flow = { kind: 'exit', status };
    return status;
  }

  private *choose(branches: readonly { condition: Node; body: Node }[], otherwise: Node | undefined): Task<number> {
    for (const { condition, body } of branches) {
      const status = yield* this.looked(condition);
      if (this.flow) return status;
      if (status === 0) return yield* this.run(body);
    }
    return otherwise ? yield* this.run(otherwise) : 0;
  }

  private *loop(until: boolean, condition: Node, body: Node): Task<number> {
    let status = 0;
    for (;;) {
      if (this.world.isDue(this.process)) yield* this.world.settle(this.process);
      const asked = yield* this.looked(condition);
      if (this.leavesLoop()) return status;
      if (!this.flow && (asked === 0) === until) return status;
      if (!this.flow) status = yield* this.run(body);
      if (this.leavesLoop()) return status;
    }
  }

  /** Whether `break`, `return`, `exit` leave the loop that has just run its body; `continue` is used up. */
  private leavesLoop(): boolean {
    const { flow } = this;
    if (!flow) return false;
    if (flow.kind !== 'break' && flow.kind !== 'continue') return true;
    if (flow.levels > 1) {
      flow.levels -= 1;
      return true;
    }
    this.flow = undefined;
    return flow.kind === 'break';
  }

  private *each(name: string, words: readonly Word[] | undefined, body: Node): Task<number> {
    const values = words ? yield* expandWords(this, words) : this.positional;
    let status = 0;
    if (this.flow) return 1;
    for (const value of values) {
      if (this.world.isDue(this.process)) yield* this.world.settle(this.process);
      if (!this.assign(name, value)) return 1;
      status = yield* this.run(body);
      if (this.leavesLoop()) break;
    }
    return status;
  }

  private *count(first: Word, condition: Word, step: Word, body: Node): Task<number> {
    let status = 0;
    arithmeticValue(this, yield* expandText(this, first));
    while (!this.flow) {
      if (this.world.isDue(this.process)) yield* this.world.settle(this.process);
      const asked = yield* expandText(this, condition);
      if (asked.trim() !== '' && arithmeticValue(this, asked) === 0n) break;
      status = yield* this.run(body);
      if (this.leavesLoop()) break;
      arithmeticValue(this, yield* expandText(this, step));
    }
    return status;
  }

  private *select(word: Word, clauses: readonly { patterns: readonly Word[]; body: Node }[]): Task<number> {
    const value = yield* expandText(this, word);
    for (const { patterns, body } of clauses) {
      for (const pattern of patterns) {
        const form = yield* expandPattern(this, pattern);
        if (this.flow) return 1;
        if (patternExpression(form).test(value)) return yield* this.run(body);
      }
    }
    return 0;
  }

  // --- commands ------------------------------------------------------------------------------------------------------

  private *simple(node: Simple, tail: boolean): Task<number> {
    if (this.world.isDue(this.process)) yield* this.world.settle(this.process);
    this.line = node.line;
    this.substituted = undefined;
    const words = yield* expandWords(this, node.words);
    if (this.flow) return this.flow.kind === 'exit' ? this.flow.status : 1;
    const before = this.io;
    if (node.redirects.length > 0) {
      const opened = yield* openRedirects(this, node.redirects);
      if (!opened) return yield* this.redirectFailed(words[0]);
      this.io = opened;
    }
    const status = words.length === 0 ? yield* this.assignAll(node)
      : yield* this.command(node, words, tail && node.redirects.length === 0);
    // `exec` without a command keeps its redirections.
    if (words[0] !== 'exec' || words.length > 1) this.io = before;
    return yield* this.checked(status);
  }

  private *redirectFailed(name: string | undefined): Task<number> {
    const status = this.dialect === 'dash' ? 2 : 1;
    if (this.dialect !== 'bash' && name !== undefined && specialBuiltins.has(name)) {
      this.flow = { kind: 'exit', status: 2 };
    }
    return yield* this.checked(status);
  }

  /** Assignments without a command; the status is that of the last command substitution in them. */
  private *assignAll(node: Simple): Task<number> {
    for (const assignment of node.assignments) {
      const value = yield* expandText(this, assignment.value);
      if (this.flow) return 1;
      const { name, append } = assignment;
      if (!this.assign(name, append ? (this.variable(name) ?? '') + value : value)) return 1;
      if (this.options.has('x')) yield* this.print(2, `+ ${name}=${value}\n`);
    }
    return this.substituted ?? 0;
  }

  private *command(node: Simple, words: readonly string[], tail: boolean): Task<number> {
    const covered = new Map<string, Variable | undefined>();
    for (const assignment of node.assignments) {
      const value = yield* expandText(this, assignment.value);
      if (this.flow) return 1;
      covered.set(assignment.name, this.variables.get(assignment.name));
      if (!this.assign(assignment.name, value)) return 1;
      this.mark(assignment.name, { exported: true });
    }
    if (this.options.has('x')) yield* this.print(2, `+ ${words.map(shown).join(' ')}\n`);
    const status = yield* this.dispatch(words, tail);
    for (const [name, before] of covered) this.restore(name, before);
    return status;
  }

  /** Runs a command by name: function, builtin, or what the container has under that name. */
  *dispatch(words: readonly string[], tail = false): Task<number> {
    const [name = ''] = words;
    const body = this.functions.get(name);
    if (body) return yield* this.callFunction(name, body, words.slice(1));
    const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
    if (builtin) return yield* builtin(this, words.slice(1));
    return yield* execute(this, words, tail && this.traps.size === 0);
  }

  private *callFunction(name: string, body: Node, args: readonly string[]): Task<number> {
    if (this.functionDepth >= functionDepthLimit) {
      this.abort(`${name}: maximum function nesting level exceeded (${functionDepthLimit})`, 1);
      return 1;
    }
    const { positional, locals } = this;
    this.positional = args;
    this.locals = new Map();
    this.functionDepth += 1;
    let status = yield* this.run(body);
    this.functionDepth -= 1;
    for (const [variable, before] of this.locals) this.restore(variable, before);
    this.locals = locals;
    this.positional = positional;
    if (this.flow?.kind === 'return') {
      status = this.flow.status;
      this.flow = undefined;
    }
    return status;
  }

  // --- processes -----------------------------------------------------------------------------------------------------

  /** A copy of this shell in the same or another process. */
  fork(process: ContainerProcess, io: Descriptors): Shell {
    const copy = new Shell(this.world, process, this.dialect, this.name, io, this.directory, {}, this.fromFile);
    copy.variables.clear();
    for (const [name, variable] of this.variables) copy.variables.set(name, variable);
    for (const [name, body] of this.functions) copy.functions.set(name, body);
    for (const option of this.options) copy.options.add(option);
    copy.positional = this.positional;
    copy.status = this.status;
    copy.line = this.line;
    copy.lastBackground = this.lastBackground;
    copy.depth = process === this.process ? this.depth : 0;
    copy.functionDepth = this.functionDepth;
    copy.tested = this.tested;
    if (this.locals) copy.locals = new Map();
    if (process !== this.process) process.onSignal = (signal) => copy.takeSignal(signal);
    return copy;
  }

  /** Whether a trap takes care of a signal: it runs when the running command is done, and `wait` ends at once. */
  takeSignal(signal: string): boolean {
    const trap = this.traps.get(signal);
    if (trap === undefined) return false;
    if (trap !== '') {
      this.pendingSignals.push(signal);
      this.interruptWait?.(signal);
    }
    return true;
  }

  /** Runs as a subshell: what it changes stays with it. */
  *subshell(node: Node): Task<number> {
    yield* this.run(node);
    return yield* this.finish();
  }

  /** `$( ... )` */
  *substitute(script: Node): Task<string> {
    const output = new CaptureStream(textLimit);
    const io = new Map(this.io).set(1, output);
    this.substituted = yield* this.fork(this.process, io).subshell(script);
    this.status = this.substituted;
    if (output.text.length > textLimit) {
      return this.abort(this.dialect === 'bash' ? 'xrealloc: cannot allocate memory' : 'out of memory', 2);
    }
    return output.text.replace(/\n+$/, '');
  }

  /** A new process; when there are too many the shell ends, as it does when it cannot fork. */
  *newProcess(command: string): Task<ContainerProcess | undefined> {
    // A process costs more than a command.
    if (this.world.isDue(this.process, forkSteps)) yield* this.world.settle(this.process);
    const process = this.world.spawn(this.process.pid, command);
    if (!process) {
      this.abort(this.dialect === 'bash' ? 'fork: Resource temporarily unavailable'
        : "can't fork: Resource temporarily unavailable", 2);
    }
    return process;
  }

  private *background(node: Node): Task<number> {
    const process = yield* this.newProcess(commandOf(node));
    if (!process) return 2;
    const shell = this.fork(process, new Map(this.io).set(0, new NullStream()));
    shell.tested = 0;
    this.lastBackground = process;
    this.jobs.add(process);
    process.run(shell.runTail(node));
    return 0;
  }

  /** Runs as the only thing its process does. */
  *runTail(node: Node): Task<number> {
    yield* this.run(node, true);
    return yield* this.finish();
  }

  private *pipeline(stages: readonly Node[], negated: boolean): Task<number> {
    if (negated) this.tested += 1;
    const statuses = stages.length === 1 ? [yield* this.run(stages[0] as Node)] : yield* this.runStages(stages);
    if (negated) this.tested -= 1;
    const failed = this.options.has('pipefail') ? [...statuses].reverse().find((status) => status !== 0) : undefined;
    const status = failed ?? statuses[statuses.length - 1] ?? 0;
    if (negated) return status === 0 ? 1 : 0;
    return stages.length === 1 ? status : yield* this.checked(status);
  }

  private *runStages(stages: readonly Node[]): Task<number[]> {
    const running: ContainerProcess[] = [];
    let input: Pipe | undefined;
    for (let index = 0; index < stages.length; index += 1) {
      const node = stages[index] as Node;
      const process = yield* this.newProcess(commandOf(node));
      if (!process) break;
      const output = index < stages.length - 1 ? new Pipe() : undefined;
      const io = new Map(this.io);
      if (input) io.set(0, input);
      if (output) io.set(1, output);
      const from = input;
      process.onEnd(() => {
        from?.closeReader();
        output?.closeWriter();
      });
      running.push(process);
      process.run(this.fork(process, io).runTail(node));
      input = output;
    }
    const statuses: number[] = [];
    for (const process of running) statuses.push(yield* this.process.join(process));
    return statuses;
  }

  /** Runs the traps of signals that have come. */
  *runPendingTraps(): Task {
    while (this.pendingSignals.length > 0 && !this.flow) {
      const script = this.traps.get(this.pendingSignals.shift() as string);
      const { status } = this;
      if (script) yield* this.evaluate(script);
      this.status = status;
    }
  }
}

/** A word as `set -x` shows it. */
function shown(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** The text that `ps` shows of a process that runs this. */
function commandOf(node: Node): string {
  if (node.kind !== 'simple') return 'sh';
  return node.words.map((word) => word.map((part) => (part.kind === 'text' ? part.text : '$')).join('')).join(' ');
}
