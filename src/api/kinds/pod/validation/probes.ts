/**
 * Probes, lifecycle hooks and the handlers that both have. Models validateProbe, validateLifecycle and validateHandler
 * of pkg/apis/core/validation. A sleep of zero seconds is allowed, as since v1.34.
 */
import { child, forbidden, invalid, required } from '../../../field-errors';
import { httpHeaderNameProblems } from '../../../names';
import type { Container, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../../types';
import { checkNonnegative, checkOneOf, checkPortNumberOrName, checkProblems } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

const probeNumbers = [
  'initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold',
] as const;

/** The three probes and the hooks of a container that may have them. */
export function checkProbesAndHooks(
  container: Container, path: string, gracePeriod: number | undefined, errors: FieldErrors,
): void {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  if (lifecycle) checkLifecycle(lifecycle, child(path, 'lifecycle'), gracePeriod, errors);
  if (livenessProbe) checkProbe(livenessProbe, child(path, 'livenessProbe'), gracePeriod, true, errors);
  if (readinessProbe) {
    const at = child(path, 'readinessProbe');
    checkProbe(readinessProbe, at, gracePeriod, false, errors);
    if (readinessProbe.terminationGracePeriodSeconds !== undefined) {
      const seconds = readinessProbe.terminationGracePeriodSeconds;
      errors.push(invalid(child(at, 'terminationGracePeriodSeconds'), seconds, 'must not be set for readinessProbes'));
    }
  }
  if (startupProbe) checkProbe(startupProbe, child(path, 'startupProbe'), gracePeriod, true, errors);
}

function checkProbe(
  probe: Probe, path: string, gracePeriod: number | undefined, mustSucceedOnce: boolean, errors: FieldErrors,
): void {
  checkHandler(probe, path, gracePeriod, errors);
  for (const field of probeNumbers) checkNonnegative(probe[field], child(path, field), errors);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid(child(path, 'terminationGracePeriodSeconds'), seconds, 'must be greater than 0'));
  }
  if (mustSucceedOnce && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.push(invalid(child(path, 'successThreshold'), probe.successThreshold, 'must be 1'));
  }
}

function checkLifecycle(
  lifecycle: Lifecycle, path: string, gracePeriod: number | undefined, errors: FieldErrors,
): void {
  const { postStart, preStop } = lifecycle;
  if (postStart) checkHandler(postStart, child(path, 'postStart'), gracePeriod, errors);
  if (preStop) checkHandler(preStop, child(path, 'preStop'), gracePeriod, errors);
}

/** Exactly one way to act, and that one in order. */
function checkHandler(
  handler: Probe & LifecycleHandler, path: string, gracePeriod: number | undefined, errors: FieldErrors,
): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  let count = 0;
  const isFirst = (field: string): boolean => {
    count += 1;
    if (count > 1) errors.push(forbidden(child(path, field), 'may not specify more than 1 handler type'));
    return count === 1;
  };
  if (exec && isFirst('exec') && !exec.command?.length) errors.push(required(child(path, 'exec', 'command')));
  if (httpGet && isFirst('httpGet')) checkHttpGet(httpGet, child(path, 'httpGet'), errors);
  if (tcpSocket && isFirst('tcpSocket')) {
    checkPortNumberOrName(tcpSocket.port, child(path, 'tcpSocket', 'port'), errors);
  }
  if (grpc && isFirst('grpc')) checkPortNumberOrName(grpc.port, child(path, 'grpc', 'port'), errors);
  if (sleep && isFirst('sleep') && gracePeriod !== undefined) {
    const seconds = sleep.seconds ?? 0;
    if (seconds < 0 || seconds > gracePeriod) {
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
      errors.push(invalid(child(path, 'sleep'), seconds, detail));
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
}

function checkHttpGet(action: HTTPGetAction, path: string, errors: FieldErrors): void {
  if (!action.path) errors.push(required(child(path, 'path')));
  checkPortNumberOrName(action.port, child(path, 'port'), errors);
  checkOneOf(action.scheme ?? '', ['HTTP', 'HTTPS'], child(path, 'scheme'), errors);
  for (const { name } of action.httpHeaders ?? []) {
    checkProblems(httpHeaderNameProblems(name ?? ''), name ?? '', child(path, 'httpHeaders'), errors);
  }
}
