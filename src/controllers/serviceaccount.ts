/** service-account-controller: a ServiceAccount `default` in every namespace. Models pkg/controller/serviceaccount. */
import * as resources from '../api/resources';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

const accountName = 'default';

/** The controller, ready to start. */
export function serviceAccountController({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('service-account-controller');
  const namespaces = informers.of(resources.namespaces);
  const accounts = informers.of(resources.serviceAccounts);

  function* sync(namespace: string): Task<ReconcileResult> {
    const found = namespaces.byKey(namespace);
    if (!found || found.status.phase === 'Terminating') return done;
    if (accounts.get(namespace, accountName)) return done;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: accountName } };
    const answer = yield* own.create(resources.serviceAccounts, account);
    return answer.ok || answer.status.reason === 'AlreadyExists' ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, { name: 'serviceaccount-controller', workers: 1, reconcile: sync });
  namespaces.addHandlers({
    added: ({ metadata }) => loop.add(metadata.name),
    updated: ({ metadata }) => loop.add(metadata.name),
  });
  accounts.addHandlers({
    deleted: ({ metadata }) => {
      if (metadata.name === accountName) loop.add(metadata.namespace ?? '');
    },
  });
  return loop;
}
