/**
 * token-cleaner-controller: deletes bootstrap tokens when they have expired. Models
 * pkg/controller/bootstrap/tokencleaner.go.
 */
import * as resources from '../../api/resources';
import type { Secret } from '../../api/types';
import { done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, foregroundLoop } from '../context';
import { bootstrapToken, isBootstrapToken, tokenExpiryMs } from './tokens';

const namespace = 'kube-system';

/** The controller, ready to start. */
export function tokenCleaner({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('token-cleaner');
  const secrets = informers.of(resources.secrets);

  function* sync(name: string): Task<ReconcileResult> {
    const secret = secrets.get(namespace, name);
    const token = secret && bootstrapToken(secret);
    const expiresMs = token && tokenExpiryMs(token);
    if (expiresMs === undefined) return done;
    const leftMs = expiresMs - host.wallMs;
    if (leftMs > 0) return requeueAfter(leftMs, true);
    const answer = yield* own.delete(resources.secrets, { namespace, name }, {
      preconditions: { uid: secret?.metadata.uid },
    });
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  const loop = foregroundLoop(host, { name: 'token-cleaner-controller', workers: 1, reconcile: sync });
  const changed = (secret: Secret): void => {
    if (isBootstrapToken(secret)) loop.add(secret.metadata.name);
  };
  secrets.addHandlers({ added: changed, updated: changed });
  return loop;
}
