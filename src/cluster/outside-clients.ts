/**
 * The programs of the user that reach the cluster from outside the sandbox: the real kubectl and helm, and whatever
 * else speaks HTTP. For the run each is a process on the user's machine, named after its User-Agent, whose requests
 * travel to the API server like everyone else's.
 */
import type { HttpMessage, HttpRequest, SessionMessage } from '../protocol/http';
import type { Subject } from '../protocol/trace';
import type { CallHandle, ProcessHost, Program } from '../sim/process';
import { requestSubject } from '../apiserver/http/request-info';

/** One open request or session of an outside client. */
interface Connection {
  readonly handle: CallHandle;
  readonly subject: Subject;
}

class OutsideProgram implements Program {
  private host: ProcessHost | undefined;
  private readonly waiting: ((host: ProcessHost) => void)[] = [];

  start(host: ProcessHost): void {
    this.host = host;
    for (const work of this.waiting.splice(0)) work(host);
  }

  /** Does something as this process, once it has started. */
  run(work: (host: ProcessHost) => void): void {
    if (this.host) work(this.host);
    else this.waiting.push(work);
  }
}

export class OutsideClients {
  private readonly programs = new Map<string, OutsideProgram>();
  private readonly connections = new Map<number, Connection>();

  constructor(
    /** Where the API server is reached from the user's machine. */
    private readonly server: () => string,
    private readonly spawn: (name: string, program: Program) => void,
  ) {}

  /** Sends a request; `onMessage` hears whatever comes back, ending with `response`, `end` or `failed`. */
  open(connection: number, request: HttpRequest, onMessage: (message: HttpMessage) => void): void {
    this.program(request.headers['user-agent'] ?? '').run((host) => {
      const subject = requestSubject(request);
      const handle = host.call({ to: this.server(), channel: 'https', subject, payload: request }, {
        onEvent: (payload) => onMessage(payload as HttpMessage),
        onResult: (result) => {
          this.connections.delete(connection);
          onMessage(result.ok ? result.payload as HttpMessage : { kind: 'failed', failure: result.failure });
        },
      });
      this.connections.set(connection, { handle, subject });
    });
  }

  send(connection: number, message: SessionMessage): void {
    const open = this.connections.get(connection);
    open?.handle.send(message, open.subject);
  }

  close(connection: number): void {
    this.connections.get(connection)?.handle.cancel();
    this.connections.delete(connection);
  }

  private program(userAgent: string): OutsideProgram {
    const name = programName(userAgent);
    let program = this.programs.get(name);
    if (!program) {
      program = new OutsideProgram();
      this.programs.set(name, program);
      this.spawn(name, program);
    }
    return program;
  }
}

/** `kubectl` of `kubectl/v1.36.3 (linux/amd64) ...`; a name of its own, since the sandbox's kubectl is one too. */
function programName(userAgent: string): string {
  const name = /^[A-Za-z][\w.-]{0,30}/.exec(userAgent)?.[0].toLowerCase() ?? 'client';
  return `your-${name}`;
}
