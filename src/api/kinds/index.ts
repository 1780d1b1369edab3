/**
 * The built-in kinds: the layer's list. Adding a kind is adding one file and one line here. The order is that in which
 * a name that several kinds share is looked up, and in which discovery and `kubectl get all` show them.
 */
import { assert } from '../../base/assert';
import type { AnyKind } from '../kind';
import { apiVersionOf } from '../request';
import { clusterRoleBindingKind } from './cluster-role-binding';
import { clusterRoleKind } from './cluster-role';
import { configMapKind } from './config-map';
import { controllerRevisionKind } from './controller-revision';
import { daemonSetKind } from './daemon-set';
import { deploymentKind } from './deployment';
import { endpointSliceKind } from './endpoint-slice';
import { eventKind } from './event';
import { leaseKind } from './lease';
import { namespaceKind } from './namespace';
import { nodeKind } from './node/kind';
import { podKind } from './pod/kind';
import { priorityClassKind } from './priority-class';
import { replicaSetKind } from './replica-set';
import { roleBindingKind } from './role-binding';
import { roleKind } from './role';
import { secretKind } from './secret';
import { serviceAccountKind } from './service-account';
import { serviceKind } from './service/kind';
import { storageClassKind } from './storage-class';

/** Every kind that the API server serves. */
export const builtInKinds: readonly AnyKind[] = Object.freeze([
  configMapKind,
  eventKind,
  namespaceKind,
  nodeKind,
  podKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  leaseKind,
  endpointSliceKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  priorityClassKind,
  storageClassKind,
]);

const plurals: ReadonlyMap<string, string> = new Map(
  builtInKinds.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind.plural]));

/** The plural under which a built-in kind is served; a kind that is none is a programmer error. */
export function pluralOf(apiVersion: string, kind: string): string {
  const plural = plurals.get(`${apiVersion} ${kind}`);
  assert(plural !== undefined, `${apiVersion} ${kind} is no built-in kind`);
  return plural;
}
