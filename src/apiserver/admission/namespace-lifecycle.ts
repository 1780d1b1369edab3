/**
 * NamespaceLifecycle: nothing is created in a namespace that is missing or being terminated, and the namespaces that
 * the cluster lives in cannot be deleted. Models apiserver's plugin/namespace/lifecycle. The caches cannot lie about a
 * namespace that this server was told to delete, so upstream's forced live lookups are not needed.
 */
import { namespaces } from '../../api/resources';
import { type FailureStatus, forbiddenStatus, notFoundStatus } from '../../api/status';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const immortalNamespaces = ['default', 'kube-system', 'kube-public'];

/** How long a create waits for its namespace to show up in the cache. */
const missingNamespaceWaitMs = 50;

function concerns({ operation, namespace, resource }: AdmissionAttributes): boolean {
  return namespace !== '' && operation !== 'DELETE' && resource.name !== 'namespaces'
    && resource.name !== 'localsubjectaccessreviews.authorization.k8s.io';
}

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',

  prepare(attributes, execution) {
    if (!concerns(attributes) || attributes.operation !== 'CREATE') return undefined;
    if (execution.objects.get(namespaces, undefined, attributes.namespace)) return undefined;
    return (function* () {
      yield* execution.sleep(missingNamespaceWaitMs);
    })();
  },

  mutate(attributes, execution) {
    const { operation, resource, name, namespace } = attributes;
    if (resource.name === 'namespaces' && operation === 'DELETE' && immortalNamespaces.includes(name)) {
      return forbiddenStatus(resource.groupResource, name, 'this namespace may not be deleted');
    }
    if (!concerns(attributes)) return undefined;
    const found = execution.objects.get(namespaces, undefined, namespace);
    if (!found) return notFoundStatus({ group: '', resource: 'namespaces' }, namespace);
    if (operation !== 'CREATE' || found.status?.phase !== 'Terminating') return undefined;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    return withCause(admissionForbidden(attributes, why), namespace);
  },
};

function withCause(status: FailureStatus, namespace: string): FailureStatus {
  const message = `namespace ${namespace} is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }];
  return { ...status, details: { ...status.details, causes } };
}
