/**
 * How one request is carried out: for real, as a dry run, or as a preview that leaves no trace. The pipeline is the
 * same for all; what differs is where it writes, whether it can wait, and whether its stages are recorded.
 */
import type { RandomStream } from '../base/random';
import type { ApiStage, Subject } from '../protocol/trace';
import type { CallResult, OutgoingCall } from '../sim/process';
import type { Task } from '../sim/task';
import type { ObjectReader } from './objects';
import type { Store } from './storage/store';

export interface Execution {
  readonly store: Store;
  readonly objects: ObjectReader;
  /** Wall time now, in milliseconds since the epoch. */
  readonly wallMs: number;
  /** The wall time as the API writes it. */
  readonly wallTime: string;
  random(stream: string): RandomStream;
  /** Records that the request passed or failed a stage. */
  stage(stage: ApiStage, allowed: boolean, subject: Subject, plugin?: string): void;
  /** Calls a process somewhere else and waits for its answer; absent where nothing can be waited for. */
  call?(call: OutgoingCall): Task<CallResult>;
  /** Lets time pass; false where it stands still, so that nothing can have changed. */
  sleep(ms: number): Task<boolean>;
}
