/**
 * Says in the status of every FlowSchema whether its priority level exists. Models syncFlowSchemaStatus of apiserver's
 * pkg/util/flowcontrol/apf_controller.go. How requests are then queued is not shown: see what the server does with the
 * levels themselves.
 */
import { flowSchemas, priorityLevelConfigurations } from '../../api/resources';
import { formatTime } from '../../api/time';
import type { FlowSchema, FlowSchemaCondition } from '../../api/types';
import { runTask, type Task } from '../../sim/task';
import type { ServedResources } from '../storage/served-resources';
import { type Loopback, loopbackUpdate } from './loopback';

export interface FlowSchemaStatusOptions {
  readonly loopback: Loopback;
  readonly resources: ServedResources;
  /** The wall clock, in milliseconds since the epoch. */
  readonly wallMs: () => number;
}

export class FlowSchemaStatus {
  private running = false;
  /** Something changed while a round was on its way. */
  private again = false;

  constructor(private readonly options: FlowSchemaStatusOptions) {}

  /** Looks once now and again after every change. */
  start(): void {
    const { resources } = this.options;
    for (const { group, version, resource } of [flowSchemas, priorityLevelConfigurations]) {
      resources.find(group, version, resource)?.cache.onEvent(() => this.check());
    }
    this.check();
  }

  private check(): void {
    this.again = this.running;
    if (this.running) return;
    this.running = true;
    runTask(this.round(), () => {
      this.running = false;
      if (this.again) this.check();
    });
  }

  private *round(): Task {
    const { loopback, resources } = this.options;
    for (const schema of resources.list(flowSchemas)) {
      const condition = this.wanted(schema);
      if (condition === undefined) continue;
      const others = (schema.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
      const status = { ...schema.status, conditions: [...others, condition] };
      yield* loopbackUpdate(loopback, flowSchemas, { ...schema, status }, 'status');
    }
  }

  /** The condition that a schema should have; undefined when it has it. */
  private wanted({ spec, status }: FlowSchema): FlowSchemaCondition | undefined {
    const { name } = spec.priorityLevelConfiguration;
    const exists = this.options.resources.get(priorityLevelConfigurations, undefined, name) !== undefined;
    const reference = `This FlowSchema references the PriorityLevelConfiguration object named "${name}"`;
    const message = `${reference} ${exists ? 'and it exists' : 'but there is no such object'}`;
    const dangling = exists ? 'False' : 'True';
    const current = status?.conditions?.find(({ type }) => type === 'Dangling');
    if (current?.status === dangling && current.message === message) return undefined;
    return {
      type: 'Dangling', status: dangling, lastTransitionTime: formatTime(this.options.wallMs()),
      reason: exists ? 'Found' : 'NotFound', message,
    };
  }
}
