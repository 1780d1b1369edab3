/**
 * Creating and deleting pods for an owner, with the events that tell of it. Models pkg/controller's RealPodControl and
 * GetPodFromTemplate; the owner's kind decides nothing here.
 */
import { newControllerRef } from '../../api/object';
import * as resources from '../../api/resources';
import type { KubeObject, NewObject, Pod, PodTemplateSpec } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Task } from '../../sim/task';
import type { EventSink, Failure } from '../context';

/** The pod that a template describes, managed by the owner. */
export function podFromTemplate(template: PodTemplateSpec, owner: KubeObject): NewObject<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: owner.metadata.namespace,
      generateName: `${owner.metadata.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [newControllerRef(owner)],
    },
    spec: template.spec,
  };
}

export class PodControl {
  constructor(
    private readonly client: ApiClient,
    private readonly events: EventSink,
  ) {}

  /** Creates a pod; the failure is the API server's message. */
  *create(template: PodTemplateSpec, owner: KubeObject): Task<Failure> {
    const answer = yield* this.client.create(resources.pods, podFromTemplate(template, owner));
    if (answer.ok) {
      this.events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${answer.value.metadata.name}`);
      return undefined;
    }
    const { message = 'unknown error', details } = answer.status;
    // In a namespace that is going away every creation fails: nothing worth an event.
    const terminating = details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
    if (!terminating) this.events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${message}`);
    return message;
  }

  /** Deletes a pod; one that is gone already counts as deleted. */
  *delete(pod: Pod, owner: KubeObject): Task<Failure> {
    const { namespace, name } = pod.metadata;
    const answer = yield* this.client.delete(resources.pods, { namespace, name });
    if (answer.ok) {
      this.events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      return undefined;
    }
    if (answer.status.code === 404) return undefined;
    const message = answer.status.message ?? 'unknown error';
    this.events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${message}`);
    return message;
  }
}
