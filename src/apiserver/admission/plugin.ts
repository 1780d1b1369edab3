/**
 * The admission interface: what a plugin is asked and what it may do. Models apiserver's pkg/admission. A plugin is an
 * object without state of its own; it reads through the execution and returns a changed copy, or a refusal.
 */
import type { FailureStatus } from '../../api/status';
import { forbiddenStatus } from '../../api/status';
import type { ApiRequest } from '../../api/request';
import type { KubeObject } from '../../api/types';
import type { Task } from '../../sim/task';
import type { UserInfo } from '../authentication/user';
import type { Execution } from '../execution';
import type { ServedResource } from '../storage/served-resource';
import type { Reinvocation } from './reinvocation';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly resource: ServedResource;
  readonly subresource: string;
  /** Empty for cluster-scoped objects; a Namespace is in itself. */
  readonly namespace: string;
  readonly name: string;
  /** The object to be written, or what was sent to a subresource; undefined on delete. */
  readonly object: KubeObject | undefined;
  /** The object as it is; undefined on create. */
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  /** What was asked: its verb and its options, which webhooks and policies see. */
  readonly request: ApiRequest;
  /** Texts of Warning headers; plugins add theirs. */
  readonly warnings: string[];
}

export interface AdmissionPlugin {
  /** The name under --enable-admission-plugins. */
  readonly name: string;
  /** The resources it looks at (`pods`, `leases.coordination.k8s.io`); undefined for all. */
  readonly resources?: readonly string[];
  /** Waits for what the plugin needs, such as a namespace that is being made; undefined when nothing is missing. */
  prepare?(attributes: AdmissionAttributes, execution: Execution): Task | undefined;
  /** The changed object, a refusal, or undefined when there is nothing to change. */
  mutate?(attributes: AdmissionAttributes, execution: Execution): KubeObject | FailureStatus | undefined;
  /** A refusal, or undefined. */
  validate?(attributes: AdmissionAttributes, execution: Execution): FailureStatus | undefined;
  /** As `mutate`, of a plugin that has to wait for an answer; undefined when there is nothing to wait for. */
  mutateLater?(
    attributes: AdmissionAttributes, execution: Execution, reinvocation: Reinvocation,
  ): Task<Mutated> | undefined;
  /** As `validate`, of a plugin that has to wait for an answer; undefined when there is nothing to wait for. */
  validateLater?(attributes: AdmissionAttributes, execution: Execution): Task<FailureStatus | undefined> | undefined;
}

/** What a mutating plugin leaves behind: the changed object, a refusal, or undefined when nothing is to be changed. */
export type Mutated = KubeObject | FailureStatus | undefined;

/** The 403 of an admission plugin: admission.NewForbidden. */
export function admissionForbidden(attributes: AdmissionAttributes, why: string): FailureStatus {
  const { resource, name, object } = attributes;
  const known = name !== '' ? name : object?.metadata.name || object?.metadata.generateName || 'Unknown';
  return forbiddenStatus(resource.groupResource, known, why);
}
