/** DefaultBinder: creates the Binding, the one write by which a pod gets its node. Models plugins/defaultbinder. */
import { pods } from '../../api/resources';
import type { ApiClient } from '../../client/api-client';
import type { BindPlugin } from '../framework/interface';
import { refusal } from '../framework/status';

const name = 'DefaultBinder';

export function defaultBinder(client: ApiClient): BindPlugin {
  return {
    name,
    *bind({ pod }, node) {
      const { namespace, name: podName, uid } = pod.metadata;
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace, name: podName, uid },
        target: { kind: 'Node', name: node },
      };
      const answer = yield* client.post(pods, { namespace, name: podName, subresource: 'binding' }, binding);
      return answer.ok ? undefined : refusal(name, 'error', answer.status.message ?? '');
    },
  };
}
