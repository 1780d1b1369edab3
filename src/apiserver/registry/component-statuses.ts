/**
 * How the API server finds the components around it: each reading of a ComponentStatus asks the scheduler and the
 * controller manager on its own machine, and its etcd. Models pkg/registry/core/componentstatus, and the prober of
 * component-base. A list is in the order of names; upstream's order is that in which the answers arrive.
 */
import {
  isSelectorError, matchesFields, matchesLabels, parseFieldSelector, parseLabelSelector,
} from '../../api/selectors';
import { notFoundStatus } from '../../api/status';
import type { ComponentCondition, ComponentStatus, KubeObject } from '../../api/types';
import { etcdClient } from '../../etcd/client';
import type { CallFailure, CallResult, ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import type { RequestScope } from './scope';
import type { VirtualHandler } from './virtual';

/** Upstream's timeout of a probe. */
const timeoutMs = 10_000;
/** The secure ports on which the components serve /healthz. */
const ports: Readonly<Record<string, number>> = { 'controller-manager': 10_257, scheduler: 10_259 };
const etcdName = 'etcd-0';
const names = [...Object.keys(ports), etcdName].sort();

/** The handler of `componentstatuses`; `hostOf` gives the process of the server once it runs. */
export function componentStatuses(
  hostOf: () => ProcessHost | undefined,
  etcdEndpoint: string | undefined,
): VirtualHandler {
  function* statusOf(name: string): Task<ComponentStatus & KubeObject> {
    const host = hostOf();
    const condition: ComponentCondition =
      host === undefined
        ? unhealthy('Unknown', '')
        : name === etcdName
          ? yield* askEtcd(host, etcdEndpoint)
          : yield* askHealthz(host, ports[name] ?? 0);
    return Object.freeze({
      apiVersion: 'v1',
      kind: 'ComponentStatus',
      metadata: { name },
      conditions: [condition],
    }) as unknown as ComponentStatus & KubeObject;
  }
  return {
    name: 'componentstatuses',
    *read(scope) {
      const { name, verb } = scope.request;
      if (verb === 'get') {
        return names.includes(name ?? '')
          ? yield* statusOf(name ?? '')
          : notFoundStatus(scope.resource.groupResource, name ?? '');
      }
      const items = [];
      for (const each of names) if (isSelected(scope, each)) items.push(yield* statusOf(each));
      return { apiVersion: 'v1', kind: 'ComponentStatusList', metadata: { resourceVersion: '' }, items };
    },
  };
}

/** Components have a name and no labels. */
function isSelected({ request }: RequestScope, name: string): boolean {
  const { labelSelector, fieldSelector } = request.options;
  const labels = parseLabelSelector(labelSelector ?? '');
  const fields = parseFieldSelector(fieldSelector ?? '');
  if (isSelectorError(labels) || isSelectorError(fields)) return false;
  return matchesLabels(labels, {}) && matchesFields(fields, { 'metadata.name': name });
}

const healthy: ComponentCondition = Object.freeze({ type: 'Healthy', status: 'True', message: 'ok' });

function unhealthy(status: 'False' | 'Unknown', message: string, error = ''): ComponentCondition {
  return { type: 'Healthy', status, ...(message === '' ? {} : { message }), ...(error === '' ? {} : { error }) };
}

function* askHealthz(host: ProcessHost, port: number): Task<ComponentCondition> {
  const address = `127.0.0.1:${port}`;
  const result = yield* waitFor<CallResult>((resume) => {
    const subject = { verb: 'probe', name: address };
    const payload = { method: 'GET', path: '/healthz' };
    host.call({ to: address, channel: 'https', subject, payload, timeoutMs }, { onResult: resume });
  });
  if (!result.ok) {
    return unhealthy('False', `Get "https://${address}/healthz": ${dialError(address, result.failure)}`);
  }
  const { code = 0, body = '' } = result.payload as { readonly code?: number; readonly body?: string };
  return code >= 200 && code < 400 ? { ...healthy, message: body } : unhealthy('False', body);
}

function dialError(address: string, failure: CallFailure): string {
  if (failure === 'timeout') return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  if (failure === 'reset') return 'EOF';
  return `dial tcp ${address}: connect: ${failure === 'refused' ? 'connection refused' : 'no route to host'}`;
}

function* askEtcd(host: ProcessHost, endpoint: string | undefined): Task<ComponentCondition> {
  const answered = yield* etcdClient(host, { endpoint, timeoutMs }).status();
  return answered.ok ? healthy : unhealthy('False', '', answered.error.message);
}
