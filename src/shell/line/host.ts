/**
 * What the sandbox terminal needs of the world around the clusters: the clusters themselves, files, an editor, a screen. The
 * host implements it; nothing here waits, answers come through callbacks.
 */
import type { KindRegistry } from '../../api/registry';
import type { KubeObject } from '../../api/types';
import type { TerminalInput, TerminalOutput, TerminalProgram } from '../../protocol/terminal';

/** A cluster as the terminal uses it. */
export interface ShellCluster {
  readonly name: string;
  /** Where kind's creation of it stands: `preparingNodes` ... `done`. */
  readonly createStep: string;
  /** Virtual milliseconds since its creation began. */
  readonly nowMs: number;
  readonly kinds: KindRegistry;
  readonly topology: {
    readonly nodes: readonly {
      readonly name: string;
      readonly role: string;
      readonly spec: { readonly image: string };
    }[];
    readonly loadBalancer: { readonly name: string } | undefined;
    readonly config: { readonly networking: { readonly disableDefaultCNI: boolean } };
  };
  readonly objects: {
    list<T extends KubeObject>(apiVersion: string, kind: string, revision?: number, namespace?: string): readonly T[];
  };
  view(): {
    readonly nodes: readonly {
      readonly name: string;
      readonly controlPlane: boolean;
      readonly health: string;
      readonly poweredOn?: boolean;
    }[];
  };
  /** Why a program cannot be run now; undefined when it can. */
  refusal?(program: TerminalProgram): string | undefined;
  run(program: TerminalProgram, onOutput: (output: TerminalOutput) => void): (input: TerminalInput) => void;
}

export interface ShellHost {
  /** In order of creation. */
  readonly clusterNames: readonly string[];
  readonly active: ShellCluster | undefined;
  cluster(name: string): ShellCluster | undefined;
  activate(name: string): void;
  /** What is wrong with a kind.yaml, a sentence each; and the name it gives the cluster. */
  checkConfig(kindYaml: string): { readonly name: string; readonly problems: readonly string[] };
  createCluster(kindYaml: string, done: (cluster: ShellCluster | undefined) => void): void;
  deleteCluster(name: string): void;
  /** Calls `look` now and whenever something has changed, until it returns true; the result stops that. */
  until(look: () => boolean): () => void;
  /** The text of a file of the workspace; undefined when there is none. */
  readFile(path: string, done: (text: string | undefined) => void): void;
  /** Opens an editor; `done` gets its text when it is closed, or undefined when nothing was changed. */
  edit(name: string, text: string, done: (text: string | undefined) => void): void;
  /** Puts text on the screen. */
  write(stream: 'stdout' | 'stderr', text: string): void;
}

/** A command that the terminal runs itself; ends by calling `done` with its exit code. The result interrupts it. */
export type ShellCommand = (context: CommandContext) => (() => void) | void;

export interface CommandContext {
  readonly host: ShellHost;
  readonly args: readonly string[];
  out(text: string): void;
  err(text: string): void;
  done(code: number): void;
}
