/**
 * kubectl on the user's machine: a program that carries out one command after another through the API, so that each is
 * seen in the trace as the requests it makes. It reaches the cluster as anyone would, through the API server's address.
 */
import type { PlainMap } from '../../api/patch/plain';
import type { KindRegistry } from '../../api/registry';
import { ApiClient, type ClientOptions } from '../../client/api-client';
import type { ObjectOutcome, ObjectRef } from '../../protocol/commands';
import type { ProcessHost, Program } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { applyObject } from './apply';
import { deleteObject } from './delete';

export class Kubectl implements Program {
  private client!: ApiClient;
  private readonly waiting: (() => Task)[] = [];
  private busy = false;

  constructor(
    private readonly options: ClientOptions,
    private readonly kinds: KindRegistry,
  ) {}

  start(host: ProcessHost): void {
    this.client = new ApiClient(host, this.options);
  }

  /** Applies objects in order; `each` hears every outcome, `done` the end. */
  apply(objects: readonly PlainMap[], each: (outcome: ObjectOutcome) => void, done: () => void): void {
    this.enqueue(objects.map((object) => () => applyObject(this.client, this.kinds, object)), each, done);
  }

  delete(targets: readonly ObjectRef[], each: (outcome: ObjectOutcome) => void, done: () => void): void {
    this.enqueue(targets.map((target) => () => deleteObject(this.client, this.kinds, target)), each, done);
  }

  private enqueue(
    steps: readonly (() => Task<ObjectOutcome>)[], each: (outcome: ObjectOutcome) => void, done: () => void,
  ): void {
    this.waiting.push(function* () {
      for (const step of steps) each(yield* step());
      done();
    });
    this.next();
  }

  private next(): void {
    if (this.busy) return;
    const command = this.waiting.shift();
    if (!command) return;
    this.busy = true;
    runTask(command(), () => {
      this.busy = false;
      this.next();
    });
  }
}
