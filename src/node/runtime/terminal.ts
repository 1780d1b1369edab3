/**
 * A pseudo-terminal: the kernel's line discipline between a person who types and a program. It echoes, lets a line be
 * corrected before it is sent off, turns Ctrl+C into a signal and Ctrl+D into an end, and line ends into what terminals
 * want. Models N_TTY in canonical mode. Not modelled: raw mode, job control (Ctrl+Z), the line editors of shells with
 * their history and completion: cursor keys and the tab key do nothing.
 */
import type { InputQueue } from './input';

/** A line longer than this takes no further characters (N_TTY_BUF_SIZE). */
const lineLimit = 4_095;
const backspace = '\b \b';

export class Terminal {
  columns = 80;
  rows = 24;
  private line = '';
  /** An escape sequence that has begun. */
  private escape = '';

  constructor(
    private readonly input: InputQueue,
    /** What is seen on the screen. */
    private readonly show: (text: string) => void,
  ) {}

  /** Output of the program. */
  write(text: string): void {
    this.show(text.replace(/\r?\n/g, '\r\n'));
  }

  /** What a person types, or pastes. */
  type(text: string): void {
    for (const char of text) this.key(char);
  }

  /** `{"Width":80,"Height":24}`, as clients send the size; anything else is ignored. */
  resize(json: string): void {
    const size = /"Width":(\d+).*"Height":(\d+)/.exec(json);
    if (!size) return;
    this.columns = Number(size[1]);
    this.rows = Number(size[2]);
  }

  private key(char: string): void {
    if (this.escape !== '') return this.continueEscape(char);
    switch (char) {
      case '\x1b': this.escape = char; return;
      case '\r': case '\n': return this.send('\n');
      case '\x7f': case '\b': return this.erase(1);
      case '\x15': return this.erase(this.line.length);
      case '\x17': return this.erase((/\S*\s*$/.exec(this.line) as RegExpExecArray)[0].length);
      case '\x03': return this.interrupt('^C', 'INT');
      case '\x1c': return this.interrupt('^\\', 'QUIT');
      case '\x04': return this.endOfInput();
      default:
        if (char < ' ' || this.line.length >= lineLimit) return;
        this.line += char;
        this.show(char);
    }
  }

  /** Cursor and function keys: `ESC [ ... letter`, `ESC O letter`, or a key with Alt. */
  private continueEscape(char: string): void {
    this.escape += char;
    const open = this.escape === '\x1b[' || this.escape === '\x1bO' || /^\x1b\[[0-9;?]*$/.test(this.escape);
    if (!open) this.escape = '';
  }

  private send(end: string): void {
    this.show('\r\n');
    const { line } = this;
    this.line = '';
    this.input.text(line + end);
  }

  private erase(count: number): void {
    const gone = Array.from(this.line.slice(this.line.length - Math.min(count, this.line.length)));
    const kept = Array.from(this.line).slice(0, Array.from(this.line).length - gone.length);
    this.line = kept.join('');
    this.show(backspace.repeat(gone.length));
  }

  private interrupt(shown: string, signal: string): void {
    this.line = '';
    this.show(shown);
    this.input.signal(signal);
  }

  private endOfInput(): void {
    const { line } = this;
    this.line = '';
    if (line === '') this.input.end();
    else this.input.text(line);
  }
}
