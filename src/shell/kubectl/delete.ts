/**
 * `kubectl delete` of one object: DELETE in the background propagation, then waiting until it is gone. Models kubectl's
 * pkg/cmd/delete with its printed words of v1.36.
 */
import type { KindRegistry } from '../../api/registry';
import type { ApiClient } from '../../client/api-client';
import type { ObjectOutcome, ObjectRef } from '../../protocol/commands';
import { type Task, waitFor } from '../../sim/task';
import { resourceOf } from './apply';
import { refText, serverError } from './text';

/** kubectl watches; asking again this often sees the same at less cost. */
const pollMs = 250;

/** Deletes one object and waits until the API server no longer has it. */
export function* deleteObject(client: ApiClient, kinds: KindRegistry, target: ObjectRef): Task<ObjectOutcome> {
  const type = resourceOf(kinds, target);
  const { namespace, name } = target;
  const before = yield* client.get(type, { namespace, name });
  const deleted = before.ok
    ? yield* client.delete(type, { namespace, name }, { propagationPolicy: 'Background' })
    : before;
  if (!deleted.ok) return { target, outcome: 'failed', text: serverError(deleted.status) };
  const uid = before.ok ? before.value.metadata.uid : '';
  for (;;) {
    const found = yield* client.get(type, { namespace, name });
    if (!found.ok || found.value.metadata.uid !== uid) break;
    yield* waitFor<void>((resume) => client.host.after(pollMs, () => resume()));
  }
  const where = type.namespaced ? ` from ${namespace} namespace` : '';
  const [resource] = refText(kinds, target).split('/');
  return { target, outcome: 'deleted', text: `${resource} "${name}" deleted${where}` };
}
