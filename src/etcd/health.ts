/**
 * Health checks over HTTP as etcd 3.6 answers them (etcdserver/api/etcdhttp/health.go): kubelets probe /livez and
 * /readyz. While the members share one log every read succeeds, so a member that runs is live and ready; a raised alarm
 * makes /health fail and nothing else. Metrics themselves are not modelled.
 */
import type { AlarmType } from './wire';

/** The part of an HTTP request that is looked at. */
export interface HealthRequest {
  readonly path: string;
}

export interface HealthResponse {
  readonly code: number;
  readonly body: string;
}

/** The answer to a health check; 404 for any other path. */
export function healthAnswer({ path }: HealthRequest, alarms: readonly AlarmType[]): HealthResponse {
  switch (path.split('?', 1)[0]) {
    case '/livez':
    case '/readyz':
      return { code: 200, body: 'ok\n' };
    case '/health': {
      const [alarm] = alarms;
      if (alarm) return { code: 503, body: `{"health":"false","reason":"ALARM ${alarm}"}` };
      return { code: 200, body: '{"health":"true","reason":""}' };
    }
    default:
      return { code: 404, body: '404 page not found\n' };
  }
}

/** Whether a payload is an HTTP request. */
export function isHealthRequest(payload: unknown): payload is HealthRequest {
  return typeof payload === 'object' && payload !== null && typeof (payload as { path?: unknown }).path === 'string';
}
