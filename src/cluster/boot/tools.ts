/** What kubeadm and kind do again and again while a cluster comes up: create objects, and wait until something answers. */
import { pluralOf } from '../../api/kinds';
import { groupOf, versionOf } from '../../api/object';
import { nodes } from '../../api/resources';
import type { ResourceType } from '../../api/request';
import type { KubeObject, Node } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Manifest } from '../../kind/kubeadm/types';
import { type Task, waitFor } from '../../sim/task';

/** How often kubeadm asks again (constants.TLSBootstrapRetryInterval and the like are of this order). */
const retryMs = 500;

/** Waits for some virtual time. */
export function* sleep(client: ApiClient, ms: number): Task {
  yield* waitFor<void>((resume) => client.host.after(ms, () => resume()));
}

/** Asks until the API server says that it is alive. */
export function* waitForApiServer(client: ApiClient): Task {
  while (!(yield* client.getPath('/readyz')).ok) yield* sleep(client, retryMs);
}

/** Creates objects in order. One that exists already is left as it is; a server that is not ready yet is asked again. */
export function* createAll(client: ApiClient, manifests: readonly Manifest[]): Task {
  for (const manifest of manifests) {
    const type = resourceTypeOf(manifest);
    for (;;) {
      const created = yield* client.create(type, manifest);
      if (created.ok || created.status.code === 409) break;
      yield* sleep(client, retryMs);
    }
  }
}

/** Repeats a step until it succeeds. */
export function* untilOk(client: ApiClient, step: () => Task<{ readonly ok: boolean }>): Task {
  while (!(yield* step()).ok) yield* sleep(client, retryMs);
}

/** Waits for a node to exist and writes a change of it, again after a conflict. */
export function* changeNode(client: ApiClient, name: string, change: (node: Node) => Node): Task {
  yield* untilOk(client, function* () {
    const found = yield* client.get(nodes, { name });
    return found.ok ? yield* client.update(nodes, change(found.value)) : found;
  });
}

function resourceTypeOf({ apiVersion, kind }: Manifest): ResourceType<KubeObject> {
  return {
    group: groupOf(apiVersion),
    version: versionOf(apiVersion),
    resource: pluralOf(apiVersion, kind),
    kind,
    namespaced: true,
  };
}
