/**
 * A sandbox terminal as VS Code sees it: a pseudo-terminal without a process. Keys go to the line editor, or straight to the
 * program that runs when it has taken the keyboard; output comes back with line ends and a little colour.
 */
import { type Event, EventEmitter, l10n, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import type { LineEditor } from '../../../shell/line/editor';
import type { ShellSession } from '../../../shell/line/session';
import type { Clusters, Loaded } from '../clusters';
import { pastText } from '../texts/run';
import type { EditFiles } from './edit-files';
import type { PastRuns } from './past-runs';
import { shellHost } from './shell-host';

export interface PtyOptions {
  readonly clusters: Clusters;
  readonly editFiles: EditFiles;
  readonly pastRuns: PastRuns;
  /** Resolves when clusters that come back after a reload are there. */
  ready(): Promise<void>;
  create(kindYaml: string): Promise<unknown>;
}

const prompt = '\x1b[1;32m$\x1b[0m ';
const colours = { red: '\x1b[31m', yellow: '\x1b[33m', green: '\x1b[32m', dim: '\x1b[2m', off: '\x1b[0m' } as const;
/** Programs that need a cluster that moves. */
const needsRun = /(^|[|;&]\s*)(kubectl|docker\s+exec|etcdctl|curl|wget|nslookup)\b/;

export class SandboxTerminal implements Pseudoterminal {
  private readonly written = new EventEmitter<string>();
  private readonly closed = new EventEmitter<number>();
  readonly onDidWrite: Event<string> = this.written.event;
  readonly onDidClose: Event<number> = this.closed.event;
  private columns = 80;
  private session: ShellSession | undefined;
  private editor: LineEditor | undefined;
  /** Keys that came before the engine was there. */
  private early = '';
  /** What standard input of a program without a keyboard of its own has got so far. */
  private typed = '';
  private isOpen = false;

  constructor(private readonly options: PtyOptions) {}

  open(size: TerminalDimensions | undefined): void {
    this.isOpen = true;
    if (size) this.setDimensions(size);
    this.write(
      `${colours.dim}${l10n.t('Kindergarten sandbox: kind, kubectl, docker exec and etcdctl work on the active cluster. Type help for more.')}${colours.off}\n`,
    );
    void this.options.ready().then(() => this.options.clusters.use()).then((loaded) => this.begin(loaded));
  }

  close(): void {
    this.isOpen = false;
    this.session?.interrupt();
    this.written.dispose();
    this.closed.dispose();
  }

  setDimensions({ columns, rows }: TerminalDimensions): void {
    this.columns = columns;
    this.session?.input({ kind: 'resize', columns, rows });
  }

  handleInput(data: string): void {
    const { session, editor } = this;
    if (!session || !editor) this.early += data;
    else if (!session.busy) editor.type(data);
    else if (session.raw) session.input({ kind: 'text', text: data });
    else this.typeAhead(session, editor, data);
  }

  private begin(loaded: Loaded): void {
    if (!this.isOpen) return;
    const { engine } = loaded;
    const host = shellHost({ ...this.options, loaded, write: (stream, text) => this.show(stream, text) });
    const session = new engine.ShellSession(host, () => this.next(), (what) => this.control(what));
    this.session = session;
    this.editor = new engine.LineEditor(prompt, () => this.columns, {
      draw: (text) => this.raw(text),
      submit: (line) => this.submit(session, line),
      cancel: () => this.editor?.begin(),
      leave: () => this.control('exit'),
      clear: () => this.control('clear'),
      history: () => session.history,
      complete: (text) => engine.complete(host, text),
    });
    this.next();
    const { early } = this;
    this.early = '';
    if (early !== '') this.handleInput(early);
  }

  private submit(session: ShellSession, line: string): void {
    const { clusters } = this.options;
    if (clusters.past) {
      if (needsRun.test(line)) this.note(pastText(clusters.past.moment));
    } else if (needsRun.test(line) && clusters.pace?.paused) {
      this.note(
        l10n.t('The cluster is paused: the command goes on when it runs, or step by step. Ctrl+C gives it up.'),
      );
    }
    session.submit(line);
  }

  /** The prompt, once everything that was asked for is done. */
  private next(): void {
    this.typed = '';
    if (this.isOpen) this.editor?.begin();
  }

  /** Keys while a program runs that reads lines at most. */
  private typeAhead(session: ShellSession, editor: LineEditor, data: string): void {
    for (const char of data) {
      if (char === '\x03') {
        this.raw('^C\r\n');
        editor.forget();
        return session.interrupt();
      }
      if (char === '\x04') session.input({ kind: 'end' });
      else if (char === '\r') {
        this.raw('\r\n');
        session.input({ kind: 'text', text: `${this.typed}\n` });
        this.typed = '';
      } else if (char === '\x7f' && this.typed !== '') {
        this.typed = this.typed.slice(0, -1);
        this.raw('\b \b');
      } else if (char >= ' ' && char !== '\x7f') {
        this.typed += char;
        this.raw(char);
      }
    }
  }

  private control(what: 'exit' | 'clear'): void {
    if (what === 'clear') return this.raw('\x1b[H\x1b[2J\x1b[3J');
    this.isOpen = false;
    this.closed.fire(0);
  }

  private note(text: string): void {
    this.write(`${colours.dim}${text}${colours.off}\n`);
  }

  private show(stream: 'stdout' | 'stderr', text: string): void {
    this.write(this.session?.raw || stream === 'stdout' ? text : coloured(text));
  }

  private write(text: string): void {
    this.raw(text.replace(/\r?\n/g, '\r\n'));
  }

  private raw(text: string): void {
    if (this.isOpen && text !== '') this.written.fire(text);
  }
}

/** Errors red, warnings yellow, ticks green. */
function coloured(text: string): string {
  return text
    .replace(
      /^(?:error:|Error from server|ERROR:|Error:|bash:|The \S+ ".*" is invalid).*$/gm,
      `${colours.red}$&${colours.off}`,
    )
    .replace(/^Warning:/gm, `${colours.yellow}Warning:${colours.off}`)
    .replace(/^ ✓/gm, ` ${colours.green}✓${colours.off}`);
}
