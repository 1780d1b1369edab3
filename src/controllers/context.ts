/**
 * What every controller of kube-controller-manager is given: the shared informers, a client under its own service
 * account, and a recorder for events; and what the manager may ask of a controller. Models the ControllerContext of
 * cmd/kube-controller-manager with --use-service-account-credentials.
 */
import type { ResourceType } from '../api/request';
import type { KubeObject, ObjectReference } from '../api/types';
import type { ApiClient } from '../client/api-client';
import { Controller, type ControllerOptions } from '../client/controller';
import type { SharedInformers } from '../client/informers';
import type { ProcessHost } from '../sim/process';
import { runTask, type Task, waitFor } from '../sim/task';

/** Reports what happens to an object as an Event; fire and forget. */
export interface EventSink {
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** The same where only a reference is known. */
  eventFor(about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** A controller as the manager sees it. */
export interface ControllerLoop {
  /** Upstream's name: `deployment-controller`. */
  readonly name: string;
  /** Keys that wait or are being worked on. */
  readonly depth: number;
  /** Starts working; the informers are in sync by then. */
  start(): void;
}

export interface ControllerContext {
  readonly host: ProcessHost;
  readonly informers: SharedInformers;
  /** The resources that discovery would name: the garbage collector and the namespace controller work on all. */
  readonly resources: readonly ResourceType[];
  /**
   * A client under the service account `kube-system/<account>` with its own rate limit: the flags' 20 requests a
   * second in bursts of 30, times what upstream grants to controllers that need more.
   */
  client(account: string, more?: { readonly qps: number; readonly burst: number }): ApiClient;
  /** A recorder whose events name this component as their source. */
  recorder(client: ApiClient, component: string): EventSink;
}

/** What a step reports: nothing, or the message of what went wrong. */
export type Failure = string | undefined;

/** Runs a task as a foreground change although what led to it is background work, such as a periodic check. */
export function* inForeground<T>(host: ProcessHost, task: Task<T>): Task<T> {
  return yield* waitFor<T>((resume) => host.foreground(() => runTask(task, resume)));
}

/**
 * A controller whose reconciling is always a foreground change: what a deadline or a late retry finds to do is a change
 * like any other, although the wait for it was background work.
 */
export function foregroundLoop(host: ProcessHost, options: ControllerOptions): Controller {
  return new Controller(host, { ...options, reconcile: (key) => inForeground(host, options.reconcile(key)) });
}

/** Calls `run` every `periodMs` as background work, first after one period. */
export function every(host: ProcessHost, periodMs: number, run: () => void): void {
  host.after(periodMs, () => {
    run();
    every(host, periodMs, run);
  }, { background: true });
}
