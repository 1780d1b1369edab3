/**
 * The controllers of definitions inside the API server: they accept names, establish, judge the approval of community
 * groups, and empty a resource whose definition is to go. Every API server runs them; who writes second gets a conflict
 * and looks again when the change arrives. Models apiextensions-apiserver's pkg/controller status, establish,
 * apiapproval and finalizer. Schemas that are not structural cannot be stored, so that NonStructuralSchema never shows.
 */
import { cleanupFinalizer, conditionOf, isConditionTrue, withCondition } from '../../api/custom/definition';
import type { ApiRequest, ApiResponse, ResourceType } from '../../api/request';
import { formatTime } from '../../api/time';
import type {
  CustomResourceDefinition, CustomResourceDefinitionCondition, KubeObject, Status,
} from '../../api/types';
import { runTask, type Task, waitFor } from '../../sim/task';
import { type Loopback } from '../controllers/loopback';
import type { ServedResources } from '../storage/served-resources';
import { withConditions } from './definition-conditions';
import { definitionsName } from './custom-resources';
import { definitions } from './refusals';

/** How often it is looked whether the instances are gone, and for how long. */
const pollMs = 5_000;
const pollRounds = 12;
/** How long after a failure a definition is looked at again. */
const retryMs = 1_000;

/** What the controller needs of the server. */
export interface DefinitionControllerParts {
  readonly loopback: Loopback;
  readonly resources: ServedResources;
  /** Wall time in milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Calls back after so many milliseconds of virtual time. */
  readonly after: (ms: number, run: () => void) => void;
}

export class DefinitionController {
  private readonly waiting = new Set<string>();
  private readonly finalizing = new Set<string>();
  private working = false;
  private started = false;

  constructor(private readonly parts: DefinitionControllerParts) {
    const cache = parts.resources.named(definitionsName)?.cache;
    cache?.onEvent(({ type, object }) => {
      if (type === 'DELETED') this.queueGroup(object as CustomResourceDefinition);
      else this.queue(object.metadata.name);
    });
    cache?.onReset(() => {
      for (const { metadata } of cache.list()) this.queue(metadata.name);
    });
  }

  /** Begins to work once the server can be written through. */
  start(): void {
    this.started = true;
    this.work();
  }

  private queue(name: string): void {
    this.waiting.add(name);
    this.work();
  }

  /** Names that come free may be what others of the group wait for. */
  private queueGroup({ spec, metadata }: CustomResourceDefinition): void {
    for (const other of this.list()) {
      if (other.spec.group === spec.group && other.metadata.name !== metadata.name) this.queue(other.metadata.name);
    }
  }

  private list(): readonly CustomResourceDefinition[] {
    return this.parts.resources.list(definitions);
  }

  private work(): void {
    if (!this.started || this.working || this.waiting.size === 0) return;
    this.working = true;
    runTask(this.drain(), () => {
      this.working = false;
    });
  }

  private *drain(): Task {
    for (;;) {
      const [name] = this.waiting;
      if (name === undefined) return;
      this.waiting.delete(name);
      yield* this.sync(name);
    }
  }

  private *sync(name: string): Task {
    const { resources, wallMs } = this.parts;
    const definition = resources.get(definitions, undefined, name);
    if (!definition) return;
    const now = formatTime(wallMs());
    const wanted = withConditions(definition, this.list(), now);
    if (wanted !== definition) {
      const answer = yield* this.updateStatus(wanted);
      if (answer.code >= 400) this.retry(name, answer.code);
      else if (wanted.status.acceptedNames !== definition.status?.acceptedNames) this.queueGroup(wanted);
      return;
    }
    this.finalize(definition);
  }

  private retry(name: string, code: number): void {
    // A conflict or an object that is gone shows itself as the next event.
    if (code !== 409 && code !== 404) this.parts.after(retryMs, () => this.queue(name));
  }

  // --- deletion --------------------------------------------------------------------------------------------------------

  private finalize({ metadata }: CustomResourceDefinition): void {
    if (metadata.deletionTimestamp === undefined || !metadata.finalizers?.includes(cleanupFinalizer)) return;
    if (this.finalizing.has(metadata.name)) return;
    this.finalizing.add(metadata.name);
    runTask(this.emptyAndRelease(metadata.name), (again) => {
      this.finalizing.delete(metadata.name);
      if (again) this.parts.after(retryMs, () => this.queue(metadata.name));
    });
  }

  /** Deletes all instances and takes the finalizer away; true when it has to be tried again. */
  private *emptyAndRelease(name: string): Task<boolean> {
    const found = this.parts.resources.get(definitions, undefined, name);
    if (!found) return false;
    let definition = found;
    if (conditionOf(found, 'Terminating')?.reason !== 'InstanceDeletionInProgress') {
      const answer = yield* this.updateStatus(this.terminating(found, 'True', 'InstanceDeletionInProgress',
        'CustomResource deletion is in progress'));
      if (answer.code >= 400) return answer.code !== 404;
      definition = answer.body as CustomResourceDefinition;
    }
    const outcome = isConditionTrue(definition, 'Established') ? yield* this.deleteInstances(definition)
      : { status: 'False', reason: 'NeverEstablished', message: 'resource was never established' };
    const ended = this.terminating(definition, outcome.status, outcome.reason, outcome.message);
    if (outcome.status === 'True') {
      yield* this.updateStatus(ended);
      return true;
    }
    const finalizers = (ended.metadata.finalizers ?? []).filter((finalizer) => finalizer !== cleanupFinalizer);
    const answer = yield* this.updateStatus({ ...ended, metadata: { ...ended.metadata, finalizers } });
    return answer.code >= 400 && answer.code !== 404;
  }

  private terminating(
    definition: CustomResourceDefinition, status: string, reason: string, message: string,
  ): CustomResourceDefinition {
    const condition = { type: 'Terminating', status, reason, message };
    return withCondition(definition, condition, formatTime(this.parts.wallMs()));
  }

  private *deleteInstances(
    definition: CustomResourceDefinition,
  ): Task<Pick<CustomResourceDefinitionCondition, 'status'> & { readonly reason: string; readonly message: string }> {
    const type = this.servedType(definition);
    const failed = (reason: string, message: string) => ({ status: 'True', reason, message });
    if (!type) {
      const { plural } = definition.status.acceptedNames ?? definition.spec.names;
      const why = `unable to find a custom resource client for ${plural}.${definition.spec.group}: no served version`;
      return failed('InstanceDeletionFailed', `could not list instances: ${why}`);
    }
    const { resources } = this.parts;
    const instances: readonly KubeObject[] = resources.list(type);
    const namespaces = [...new Set(instances.map(({ metadata }) => metadata.namespace))];
    for (const namespace of namespaces) {
      const answer = yield* this.send(type, { verb: 'deletecollection', namespace });
      if (answer.code < 400) continue;
      const { message } = answer.body as Status;
      return failed('InstanceDeletionFailed', `could not issue all deletes: ${message}`);
    }
    for (let round = 0; round < pollRounds; round += 1) {
      if (resources.list(type).length === 0) {
        return { status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' };
      }
      yield* waitFor<void>((resume) => this.parts.after(pollMs, () => resume()));
    }
    const why = 'timed out waiting for the condition';
    return failed('InstanceDeletionCheck', `could not confirm zero CustomResources remaining: ${why}`);
  }

  /** A version through which the instances can be reached. */
  private servedType({ spec, status }: CustomResourceDefinition): ResourceType | undefined {
    const { plural, kind } = status.acceptedNames ?? spec.names;
    const namespaced = spec.scope === 'Namespaced';
    return spec.versions.filter(({ served }) => served).sort((a, b) => Number(b.storage) - Number(a.storage))
      .map(({ name }) => ({ group: spec.group, version: name, resource: plural, kind, namespaced }))
      .find((type) => this.parts.resources.find(type.group, type.version, type.resource) !== undefined);
  }

  // --- requests --------------------------------------------------------------------------------------------------------

  private *updateStatus(definition: CustomResourceDefinition): Task<ApiResponse> {
    const { name } = definition.metadata;
    return yield* this.send(definitions, { verb: 'update', subresource: 'status', name, body: definition });
  }

  private *send(
    type: ResourceType, request: Pick<ApiRequest, 'verb' | 'subresource' | 'namespace' | 'name' | 'body'>,
  ): Task<ApiResponse> {
    const { group, version, resource } = type;
    const user = { kind: 'anonymous' } as const;
    const whole: ApiRequest = {
      ...request, group, version, resource, options: {}, user, userAgent: 'kube-apiserver/v1.36.1',
    };
    const { verb, subresource, namespace, name } = request;
    const label = group === '' ? resource : `${resource}.${group}`;
    return yield* this.parts.loopback.send(whole, {
      verb, resource: label, ...(subresource ? { subresource } : {}), ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    });
  }
}
