/**
 * Programs that the sandbox terminal starts inside the run: kubectl on the user's machine, and whatever is executed on a
 * node with `docker exec`. What they need of the world outside (files, standard input) is part of the command that starts
 * them, so that a replay needs nothing else. Plain data.
 */

/** What is started. */
export type TerminalProgram =
  | {
      readonly kind: 'kubectl';
      /** Without the word `kubectl`. */
      readonly args: readonly string[];
      /** The files that the arguments name, as they were read when the line was entered. */
      readonly files: Readonly<Record<string, string>>;
      /** What a pipe brought; absent at a terminal. */
      readonly stdin?: string;
    }
  | {
      readonly kind: 'node';
      /** The node container. */
      readonly node: string;
      /** The command and its arguments. */
      readonly args: readonly string[];
      /** A terminal is attached: the program reads keys and gets Ctrl+C itself. */
      readonly tty: boolean;
      readonly stdin?: string;
    };

/** What the user does to a running program. */
export type TerminalInput =
  | { readonly kind: 'text'; readonly text: string }
  /** End of input (Ctrl+D). */
  | { readonly kind: 'end' }
  /** Ctrl+C at a program that does not read keys itself. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** The editor was closed: the text as it is now, or undefined when it was left as it was. */
  | { readonly kind: 'edited'; readonly text: string | undefined };

/** What a program does to the terminal. */
export type TerminalOutput =
  | { readonly kind: 'text'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** From now on keys go to the program as they are typed; it echoes them itself. */
  | { readonly kind: 'raw' }
  /** Opens a text in an editor; the program waits for `edited`. */
  | { readonly kind: 'edit'; readonly name: string; readonly text: string }
  | { readonly kind: 'exit'; readonly code: number };
