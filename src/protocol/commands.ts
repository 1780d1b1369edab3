/**
 * Commands: what a user does to a cluster. They are the only inputs of a run; their log, with the moment each entered,
 * is the save file, and entering them again at the same moments gives the same run. Plain data, frozen.
 */

import type { HttpRequest, SessionMessage } from './http';
import type { TerminalInput, TerminalProgram } from './terminal';

/** Names one object of the API. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
}

/** Where an object of an apply was written: in which file, as a URI, and at which line, counted from 1. */
export interface AppliedSource {
  readonly file: string;
  readonly line: number;
}

export type Command =
  /** `kubectl apply` of objects, one after the other; `sources` in the same order, where they came from files. */
  | { readonly type: 'apply'; readonly objects: readonly unknown[]; readonly sources?: readonly AppliedSource[] }
  /** `kubectl delete` of objects, one after the other. */
  | { readonly type: 'delete'; readonly targets: readonly ObjectRef[] }
  /** Applying an edited kind.yaml: its text as a whole; workers come and go in place. */
  | { readonly type: 'reconfigure'; readonly kindYaml: string }
  /** Ends a process as `kill -9` does: `kube-scheduler@kind-control-plane`. */
  | { readonly type: 'kill'; readonly process: string }
  | { readonly type: 'cutLink' | 'healLink'; readonly a: string; readonly b: string }
  | { readonly type: 'powerOff' | 'powerOn'; readonly machine: string }
  /** `systemctl stop` and `start` on a node. */
  | { readonly type: 'stopUnit' | 'startUnit'; readonly machine: string; readonly unit: 'containerd' | 'kubelet' }
  /** The next message that a process sends is lost with its connection; `to`: the next one to that process. */
  | { readonly type: 'dropMessage'; readonly from: string; readonly to?: string }
  /** Somebody fills a node's disk, or deletes again what filled it. */
  | { readonly type: 'fillDisk' | 'freeDisk'; readonly machine: string }
  /** Somebody fills etcd's database up to its quota, or has etcdctl compact, defragment and disarm it. */
  | { readonly type: 'fillDatabase' | 'freeDatabase'; readonly machine: string }
  /** A request of a client outside the sandbox arrives; `connection` is a number of its own. */
  | { readonly type: 'http'; readonly connection: number; readonly request: HttpRequest }
  /** Such a client sends more, in a session it has opened. */
  | { readonly type: 'httpMessage'; readonly connection: number; readonly message: SessionMessage }
  /** Such a client hangs up. */
  | { readonly type: 'httpClose'; readonly connection: number }
  /** The sandbox terminal starts a program; `run` is a number of its own. */
  | { readonly type: 'terminal'; readonly run: number; readonly program: TerminalProgram }
  /** The user types at such a program, or ends it. */
  | { readonly type: 'terminalInput'; readonly run: number; readonly input: TerminalInput };

/** What became of one object of an apply or delete, in kubectl's words. */
export interface ObjectOutcome {
  readonly target: ObjectRef;
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'deleted' | 'failed';
  /** kubectl's line: `deployment.apps/web created`, or `Error from server (NotFound): ...`. */
  readonly text: string;
  /** The fields a refusal names, as the API server writes them: `spec.replicas`. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

/** Where a command stands; `outcomes` fills up while it runs. */
export interface CommandProgress {
  readonly done: boolean;
  readonly outcomes: readonly ObjectOutcome[];
}

/** A command with the moment at which it entered: after so many events, at that virtual time. */
export interface LoggedCommand {
  readonly afterEvents: number;
  readonly atMs: number;
  readonly command: Command;
}
