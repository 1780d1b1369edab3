/**
 * A program of which nothing is known runs until it is stopped, unless the pod's annotation says otherwise:
 *
 *   kindergarten.dev/behavior.<container>: "<step>; <step>; ..."
 *
 * with the steps `exit CODE`, `sleep SECONDS`, `listen PORT` (answers HTTP 200 there), `memory BYTES`, `print TEXT`.
 * After the last step the program goes on until it is stopped. A step that is none is printed as an error and ends the
 * program with 2, so that a typing mistake is seen.
 */
import { quantityValue } from '../../api/quantity';
import type { IncomingCall, ProcessHost, Program } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import type { ContainerContext } from '../images';

/** The annotation that tells a container's program what to do. */
export const behaviorAnnotation = 'kindergarten.dev/behavior.';

/** The program behind an unknown image or command. */
export function runUntilStopped(context: ContainerContext): Program {
  return new AnnotatedProgram(context, context.pod.annotations[`${behaviorAnnotation}${context.name}`] ?? '');
}

class AnnotatedProgram implements Program {
  constructor(
    private readonly context: ContainerContext,
    private readonly script: string,
  ) {}

  start(host: ProcessHost): void {
    runTask(this.run(host));
  }

  serve(call: IncomingCall): void {
    call.reply({ code: 200, body: `${this.context.pod.name}\n` }, { verb: call.subject.verb, code: 200 });
  }

  /** Only what start-up waits for keeps the cluster from coming to rest. */
  private *sleep(host: ProcessHost, ms: number): Task {
    const options = this.context.startupWork ? undefined : { background: true };
    yield* waitFor<void>((resume) => host.after(ms, () => resume(), options));
  }

  private *run(host: ProcessHost): Task {
    const steps = this.script.split(';').map((step) => step.trim()).filter((step) => step !== '');
    for (const step of steps) {
      const space = step.indexOf(' ');
      const verb = space < 0 ? step : step.slice(0, space);
      const rest = space < 0 ? '' : step.slice(space + 1).trim();
      const number = Number(rest);
      if (verb === 'print') this.context.print('stdout', rest);
      else if (verb === 'memory' && /^[0-9.]+[A-Za-z]*$/.test(rest)) this.context.useMemory(quantityValue(rest));
      else if (verb === 'sleep' && number >= 0) yield* this.sleep(host, number * 1000);
      else if (verb === 'listen' && Number.isInteger(number)) host.listen(number);
      else if (verb === 'exit' && Number.isInteger(number)) return host.exit(number);
      else {
        this.context.print('stderr', `${behaviorAnnotation}${this.context.name}: unknown step "${step}"`);
        return host.exit(2);
      }
    }
  }
}
