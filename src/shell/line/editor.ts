/**
 * The line editor of the sandbox terminal: what is typed becomes a line and what has to be drawn. It knows the keys that
 * bash has by default (cursor, Home, End, Ctrl+A, E, U, K, W, L, C, D, history, Tab) and the escape sequences of terminals.
 * Not modelled: search in the history, several lines, undo.
 */
import type { Completion } from './completion';

/** What the editor tells. */
export interface EditorEvents {
  draw(text: string): void;
  submit(line: string): void;
  /** Ctrl+C at the prompt. */
  cancel(): void;
  /** Ctrl+D on an empty line. */
  leave(): void;
  clear(): void;
  history(): readonly string[];
  complete(text: string): Completion;
}

/** Longer lines are not taken: as much as the parser reads, and a little, so that it can say so. */
const editorLimit = 140_000;

const escapeKeys: Readonly<Record<string, string>> = {
  '[A': 'up', '[B': 'down', '[C': 'right', '[D': 'left', 'OA': 'up', 'OB': 'down', 'OC': 'right', 'OD': 'left',
    '[H': 'home',
  '[F': 'end', 'OH': 'home', 'OF': 'end', '[1~': 'home', '[4~': 'end', '[3~': 'delete', 'b': 'wordLeft',
    'f': 'wordRight',
  '[1;5D': 'wordLeft', '[1;5C': 'wordRight', '[1;3D': 'wordLeft', '[1;3C': 'wordRight', '\x7f': 'eraseWord',
};

const controlKeys: Readonly<Record<string, string>> = {
  '\x01': 'home', '\x02': 'left', '\x05': 'end', '\x06': 'right', '\x0b': 'eraseRight', '\x0c': 'clear',
    '\x0e': 'down', '\x10': 'up',
  '\x15': 'eraseLeft', '\x17': 'eraseWord', '\x7f': 'erase', '\b': 'erase', '\x04': 'endOfInput', '\x03': 'cancel',
    '\t': 'complete',
};

export class LineEditor {
  private chars: string[] = [];
  private cursor = 0;
  private place = 0;
  private draft = '';
  private afterReturn = false;
  /** Lines that were pasted behind one that still runs. */
  private waiting = '';
  private paused = false;

  constructor(private readonly prompt: string, private readonly columns: () => number,
    private readonly events: EditorEvents) {}

  get line(): string {
    return this.chars.join('');
  }

  /** Shows the prompt and takes keys again; what was typed ahead is taken now. */
  begin(): void {
    this.chars = [];
    this.cursor = 0;
    this.place = this.events.history().length;
    this.paused = false;
    this.events.draw(this.prompt);
    const { waiting } = this;
    this.waiting = '';
    if (waiting !== '') this.type(waiting);
  }

  /** Takes keys; pasted text may hold many at once. */
  type(data: string): void {
    const text = data.replace(/\x1b\[20[01]~/g, '');
    let at = 0;
    while (at < text.length) {
      if (this.paused) {
        this.waiting += text.slice(at);
        return;
      }
      const plain = /^[^\x00-\x1f\x7f]+/.exec(text.slice(at))?.[0];
      if (plain !== undefined) {
        this.insert(plain);
        at += plain.length;
        this.afterReturn = false;
        continue;
      }
      at += this.key(text, at);
    }
  }

  /** Drops what was typed ahead, as Ctrl+C does. */
  forget(): void {
    this.waiting = '';
  }

  private key(text: string, at: number): number {
    const char = text[at] as string;
    if (char === '\x1b') {
      const match = /^(\[[0-9;]*[A-Za-z~]|O[A-Z]|[bf\x7f])/.exec(text.slice(at + 1, at + 12))?.[0] ?? '';
      this.act(escapeKeys[match] ?? '');
      return 1 + match.length;
    }
    if (char === '\n' && this.afterReturn) {
      this.afterReturn = false;
      return 1;
    }
    this.afterReturn = char === '\r';
    if (char === '\r' || char === '\n') this.submit();
    else this.act(controlKeys[char] ?? '');
    return 1;
  }

  private submit(): void {
    const { line } = this;
    this.move(this.chars.length);
    this.events.draw('\r\n');
    this.paused = true;
    this.events.submit(line);
  }

  private act(action: string): void {
    const { chars, cursor, events } = this;
    switch (action) {
      case 'left':
        return this.move(Math.max(0, cursor - 1));
      case 'right':
        return this.move(Math.min(chars.length, cursor + 1));
      case 'home':
        return this.move(0);
      case 'end':
        return this.move(chars.length);
      case 'wordLeft':
        return this.move(this.wordStart());
      case 'wordRight':
        return this.move(cursor + (/^\s*\S*/.exec(chars.slice(cursor).join('')) as RegExpExecArray)[0].length);
      case 'erase':
        return cursor > 0 ? this.replace(cursor - 1, cursor, []) : undefined;
      case 'delete':
        return this.replace(cursor, cursor + 1, []);
      case 'eraseLeft':
        return this.replace(0, cursor, []);
      case 'eraseRight':
        return this.replace(cursor, chars.length, []);
      case 'eraseWord':
        return this.replace(this.wordStart(), cursor, []);
      case 'up':
        return this.recall(this.place - 1);
      case 'down':
        return this.recall(this.place + 1);
      case 'endOfInput':
        return chars.length === 0 ? events.leave() : this.replace(cursor, cursor + 1, []);
      case 'complete':
        return this.complete();
      case 'cancel': {
        this.waiting = '';
        events.draw('^C\r\n');
        return events.cancel();
      }
      case 'clear': {
        events.clear();
        return events.draw(this.prompt + this.line + back(chars.length - cursor));
      }
      default:
        return undefined;
    }
  }

  private wordStart(): number {
    return this.cursor - (/\S*\s*$/.exec(this.chars.slice(0, this.cursor).join('')) as RegExpExecArray)[0].length;
  }

  private recall(place: number): void {
    const lines = this.events.history();
    if (place < 0 || place > lines.length) return;
    if (this.place === lines.length) this.draft = this.line;
    this.place = place;
    this.replace(0, this.chars.length, [...(lines[place] ?? this.draft)]);
  }

  private complete(): void {
    const { events, cursor, chars } = this;
    const { start, candidates } = events.complete(chars.slice(0, cursor).join(''));
    const [only] = candidates;
    if (only === undefined) return;
    const prefix = candidates.length === 1 ? (only.endsWith('/') ? only : `${only} `) : commonPrefix(candidates);
    if (prefix.length > cursor - start) return this.replace(start, cursor, [...prefix]);
    if (candidates.length === 1) return;
    const shown = candidates.slice(0, 200);
    const width = Math.max(...shown.map(({ length }) => length)) + 2;
    const perLine = Math.max(1, Math.floor(this.columns() / width));
    let list = '';
    shown.forEach((candidate, index) => {
      list += (index + 1) % perLine === 0 || index === shown.length - 1 ? `${candidate}\r\n` : candidate.padEnd(width);
    });
    events.draw(`\r\n${list}${this.prompt}${this.line}${back(chars.length - cursor)}`);
  }

  private insert(text: string): void {
    const room = editorLimit - this.chars.length;
    this.replace(this.cursor, this.cursor, [...text].slice(0, Math.max(0, room)));
  }

  /** Replaces characters and draws what has changed. */
  private replace(from: number, to: number, by: readonly string[]): void {
    const before = this.chars.length;
    const tail = this.chars.slice(to);
    if (this.cursor > from) this.events.draw(this.leftBy(this.cursor, from));
    else if (this.cursor < from) this.events.draw(this.chars.slice(this.cursor, from).join(''));
    this.chars = [...this.chars.slice(0, from), ...by, ...tail];
    this.cursor = from + by.length;
    const blank = Math.max(0, before - this.chars.length);
    this.events.draw(`${by.join('')}${tail.join('')}${blank > 0 ? '\x1b[J' : ''}`);
    this.events.draw(this.leftBy(this.chars.length, this.cursor));
  }

  private move(to: number): void {
    if (to < this.cursor) this.events.draw(this.leftBy(this.cursor, to));
    else this.events.draw(this.chars.slice(this.cursor, to).join(''));
    this.cursor = to;
  }

  /** The cursor from one place of the line to another one before it, over line ends of the screen. */
  private leftBy(from: number, to: number): string {
    if (from <= to) return '';
    const columns = Math.max(2, this.columns());
    const offset = this.prompt.replace(/\x1b\[[0-9;]*m/g, '').length;
    const [row, column] = [Math.floor((offset + from) / columns), (offset + from) % columns];
    const [wantedRow, wantedColumn] = [Math.floor((offset + to) / columns), (offset + to) % columns];
    const up = row > wantedRow ? `\x1b[${row - wantedRow}A` : '';
    return up === '' ? back(column - wantedColumn) : `${up}\x1b[${wantedColumn + 1}G`;
  }
}

function back(count: number): string {
  return count > 0 ? `\x1b[${count}D` : '';
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
