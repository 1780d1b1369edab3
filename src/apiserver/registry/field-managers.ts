/**
 * The field managers of what is served: one for each resource and endpoint, with the fields that the endpoint drops from
 * requests. Models the GetResetFields of pkg/registry's strategies and the field managers of endpoints/installer.go.
 */
import { typeOf, typeOfKind } from '../../api/schema/schema';
import { FieldManager, type OwnedVersion, withOwners } from '../../api/managed-fields/field-manager';
import { type FieldSet, type PathPattern, setOfPath, union } from '../../api/managed-fields/field-set';
import { fieldElement } from '../../api/managed-fields/path-element';
import type { KubeObject } from '../../api/types';
import { utf8Length } from '../../base/utf8';
import type { ServedResource } from '../storage/served-resource';
import type { RequestScope } from './scope';

const maxManagerBytes = 128;
const managers = new WeakMap<ServedResource, Map<string, FieldManager>>();

/** The field manager of a resource's endpoint; an empty subresource is the resource itself. */
export function fieldManagerOf(resource: ServedResource, subresource: string): FieldManager {
  let known = managers.get(resource);
  if (known === undefined) managers.set(resource, known = new Map());
  let manager = known.get(subresource);
  if (manager === undefined) known.set(subresource, manager = makeManager(resource, subresource));
  return manager;
}

function makeManager(resource: ServedResource, subresource: string): FieldManager {
  const { kind, apiVersion, hasStatus } = resource;
  const ignored = ignoredFields(resource.name, subresource, hasStatus);
  const only =
    subresource === 'ephemeralcontainers' ? ephemeralContainers : subresource === 'resize' ? resized : undefined;
  return new FieldManager({
    apiVersion, kind: kind.kind, type: typeOfKind(kind), subresource,
    ...(ignored === undefined ? {} : { ignored }),
    ...(only === undefined ? {} : { only }),
    version: (wanted) => versionOf(resource, wanted),
  });
}

function versionOf(resource: ServedResource, apiVersion: string): OwnedVersion | undefined {
  const version = resource.storage.versions.get(apiVersion);
  return version && {
    type: typeOfKind(version.kind),
    convert: (object) => version.fromStorage(resource.toStorage(object)),
    restore: (object) => resource.fromStorage(version.toStorage(object)),
  };
}

/** The field manager of Scale, which stands for the replicas of any kind. */
export const scaleManager = new FieldManager({
  apiVersion: 'autoscaling/v1', kind: 'Scale', type: typeOf('Scale'), subresource: 'scale', version: () => undefined,
});

const path = (...names: readonly string[]): FieldSet => setOfPath(names.map(fieldElement));
const status = path('status');
const spec = path('spec');
const both = (a: FieldSet, b: FieldSet): FieldSet => union(a, b) as FieldSet;

/** What the status endpoints of some kinds drop besides the spec. */
const droppedWithStatus: Readonly<Record<string, FieldSet>> = {
  pods: both(path('metadata', 'deletionTimestamp'), path('metadata', 'ownerReferences')),
  'deployments.apps': path('metadata', 'labels'),
};

function ignoredFields(resource: string, subresource: string, hasStatus: boolean): FieldSet | undefined {
  switch (subresource) {
    case 'status': {
      const more = Object.hasOwn(droppedWithStatus, resource) ? droppedWithStatus[resource] : undefined;
      return union(spec, more);
    }
    case 'approval':
      return spec;
    case '':
      return hasStatus ? status : undefined;
    case 'finalize':
      return status;
    default:
      return undefined;
  }
}

const ephemeralContainers: readonly PathPattern[] = [['f:spec', 'f:ephemeralContainers']];
const resized: readonly PathPattern[] = ['f:containers', 'f:initContainers'].flatMap((list) =>
  ['f:resources', 'f:resizePolicy'].map((field) => ['f:spec', list, '*', field]));

/** Who a request's changes belong to: the manager it names, or the beginning of its user agent. */
export function managerOf({ request }: RequestScope): string {
  return request.options.fieldManager || managerOfUserAgent(request.userAgent);
}

const byUserAgent = new Map<string, string>();
const rememberedAgents = 1_000;

function managerOfUserAgent(userAgent: string): string {
  let manager = byUserAgent.get(userAgent);
  if (manager === undefined) {
    manager = printablePrefix(userAgent.split('/', 1)[0] ?? '');
    if (byUserAgent.size >= rememberedAgents) byUserAgent.clear();
    byUserAgent.set(userAgent, manager);
  }
  return manager;
}

function printablePrefix(text: string): string {
  let kept = '';
  let bytes = 0;
  for (const char of text) {
    if (char !== ' ' && !/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)) continue;
    bytes += utf8Length(char);
    if (bytes > maxManagerBytes) break;
    kept += char;
  }
  return kept;
}

/** The given object with the owners that it has after an update. Objects are in the version that is stored. */
export function trackUpdate(
  scope: RequestScope, current: KubeObject | undefined, given: KubeObject, subresource = '',
): KubeObject {
  const { resource, execution } = scope;
  const manager = fieldManagerOf(resource, subresource);
  const owners = manager.update(
    current && resource.fromStorage(current), resource.fromStorage(given), managerOf(scope), execution.wallTime);
  return withOwners(given, owners);
}
