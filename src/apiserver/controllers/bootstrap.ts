/**
 * Post-start hooks: the namespaces, priority classes, RBAC objects, flow schemas and local APIServices that every
 * cluster has. Only what is missing is made, so several servers can start over the same etcd. Models the hooks
 * rbac/bootstrap-roles, scheduling/bootstrap-system-priority-classes, priority-and-fairness-config-producer and
 * apiservice-registration-controller, and the system namespaces controller; what someone changed is not reconciled.
 */
import type { ResourceType } from '../../api/request';
import {
  apiServices, clusterRoleBindings, clusterRoles, flowSchemas, namespaces, priorityClasses,
  priorityLevelConfigurations, roleBindings, roles,
} from '../../api/resources';
import type { KubeObject, NewObject } from '../../api/types';
import { all, type Task } from '../../sim/task';
import { localApiServices } from '../bootstrap/api-services';
import { defaultFlowSchemas, defaultPriorityLevels } from '../bootstrap/flow-control';
import { defaultNamespaces, defaultPriorityClasses } from '../bootstrap/objects';
import {
  defaultClusterRoleBindings, defaultClusterRoles, defaultRoleBindings, defaultRoles,
} from '../bootstrap/rbac';
import type { ServedResources } from '../storage/served-resources';
import { type Loopback, loopbackCreate } from './loopback';

/** Makes what is missing; false when some of it could not be made and must be tried again. */
export function* bootstrapObjects(loopback: Loopback, resources: ServedResources): Task<boolean> {
  const create = <T extends KubeObject>(type: ResourceType<T>, objects: readonly NewObject<T>[]): Task<boolean>[] =>
    objects.map((object) => createMissing(loopback, resources, type, object));
  // Namespaces come first: the objects in them are refused before.
  const first = yield* all(create(namespaces, defaultNamespaces()));
  const rest = yield* all([
    ...create(priorityClasses, defaultPriorityClasses()),
    ...create(clusterRoles, defaultClusterRoles()),
    ...create(clusterRoleBindings, defaultClusterRoleBindings()),
    ...create(roles, defaultRoles()),
    ...create(roleBindings, defaultRoleBindings()),
    ...create(priorityLevelConfigurations, defaultPriorityLevels()),
    ...create(flowSchemas, defaultFlowSchemas()),
    ...create(apiServices, localApiServices(resources.all.map(({ kind }) => kind))),
  ]);
  return [...first, ...rest].every((done) => done);
}

/** Creates an object unless it is there; 409 means that another server was faster. */
export function* createMissing<T extends KubeObject>(
  loopback: Loopback, resources: ServedResources, type: ResourceType<T>, object: NewObject<T>,
): Task<boolean> {
  const { namespace, name } = object.metadata;
  if (!resources.find(type.group, type.version, type.resource)) return true;
  if (resources.get(type, namespace, name ?? '')) return true;
  const { code } = yield* loopbackCreate(loopback, type, object);
  return code < 400 || code === 409;
}
