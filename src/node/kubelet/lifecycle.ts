/**
 * Lifecycle hooks: what a container asks to be done after its start and before its end. Models
 * pkg/kubelet/lifecycle/handlers.go.
 */
import type { LifecycleHandler } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import { type ActionTarget, execAction, httpAction, type Outcome, tcpAction } from './actions';

/** Without a time of its own an HTTP hook must answer within this. */
const requestMs = 60_000;

/** Runs a hook; the text says why it failed. `limitSeconds` of 0 means without end. */
export function* runHook(
  host: ProcessHost, target: ActionTarget, handler: LifecycleHandler, limitSeconds: number,
): Task<string | undefined> {
  const outcome = yield* perform(host, target, handler, limitSeconds);
  if (outcome.result === 'success') return undefined;
  const { container, subject } = target;
  const who = `for Container "${container.name}" in Pod "${subject.name}"`;
  if (!handler.exec) return `HTTP lifecycle hook ${who} failed - error: ${outcome.message}`;
  const command = (handler.exec.command ?? []).join(' ');
  return `Exec lifecycle hook ([${command}]) ${who} failed - error: command '${command}' exited with an error, `
    + `message: ${JSON.stringify(outcome.message)}`;
}

function* perform(
  host: ProcessHost, target: ActionTarget, handler: LifecycleHandler, limitSeconds: number,
): Task<Outcome> {
  const timeoutMs = limitSeconds === 0 ? requestMs : limitSeconds * 1000;
  if (handler.exec) return yield* execAction(host, target, handler.exec, limitSeconds);
  if (handler.httpGet) return yield* httpAction(host, target, handler.httpGet, timeoutMs, 'kube-lifecycle/1.36');
  if (handler.tcpSocket) return yield* tcpAction(host, target, handler.tcpSocket, timeoutMs);
  const seconds = handler.sleep?.seconds ?? 0;
  const sleepMs = limitSeconds === 0 ? seconds * 1000 : Math.min(seconds * 1000, timeoutMs);
  yield* waitFor<void>((resume) => host.after(sleepMs, () => resume()));
  return { result: 'success', message: '' };
}
