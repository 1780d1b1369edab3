/**
 * One session of exec or attach at the runtime: the client's standard input and terminal size come in, output and the
 * closing Status go out. Output that is written within one moment travels as one message. Models k8s.io/streaming's
 * cri/remotecommand (exec.go, attach.go).
 */
import { ByteTextDecoder, bytesOfText } from '../../base/byte-text';
import type { Status } from '../../api/types';
import type { SessionMessage } from '../../protocol/http';
import type { Subject } from '../../protocol/trace';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import type { StreamRequest } from '../cri';
import type { ContainerIo, OutputStream } from './container-io';

/** The channels of remotecommand. */
export const channels = Object.freeze({ stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4 });

const success = { metadata: {}, status: 'Success' } as const;

/** What an exit code becomes: Success, or a Failure that carries the code. */
export function exitStatus(cmd: readonly string[], code: number): Status {
  if (code === 0) return success;
  const message = 'command terminated with non-zero exit code: '
    + `error executing command [${cmd.join(' ')}], exit code ${code}`;
  const details = { causes: [{ reason: 'ExitCode', message: String(code) }] };
  return { metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details };
}

/** What an error of the runtime becomes. */
export function errorStatus(message: string): Status {
  const text = `Internal error occurred: ${message}`;
  return {
    metadata: {}, status: 'Failure', message: text, reason: 'InternalError', details: { causes: [{ message }] },
    code: 500,
  };
}

export class RemoteSession {
  private pending: { readonly stream: OutputStream; text: string }[] = [];
  private scheduled = false;
  private readonly decoder = new ByteTextDecoder();

  constructor(
    private readonly host: ProcessHost,
    private readonly call: IncomingCall,
    private readonly request: StreamRequest,
  ) {
    this.send({ kind: 'switched' });
  }

  /** Takes the client's input to the process. */
  connect(io: ContainerIo, gone: () => void): void {
    const { call, request, decoder } = this;
    call.onMessage((payload) => {
      const message = payload as SessionMessage;
      if (message.stream === channels.resize && message.kind === 'data') {
        io.resize(bytesText(message.data));
      } else if (message.stream === channels.stdin && request.stdin) {
        if (message.kind === 'data') io.feed(decoder.push(message.data));
        else if (message.kind === 'close') {
          io.feed(decoder.end());
          io.endFeed();
        }
      }
    });
    call.onClose(gone);
  }

  /** Output of the process. */
  write(stream: OutputStream, text: string): void {
    const { request } = this;
    if (text === '' || !this.call.open || !(stream === 'stdout' ? request.stdout : request.stderr)) return;
    const last = this.pending[this.pending.length - 1];
    if (last?.stream === stream) last.text += text;
    else this.pending.push({ stream, text });
    if (this.scheduled) return;
    this.scheduled = true;
    this.host.after(0, () => this.flush());
  }

  /** The end, with what became of the command. */
  finish(status: Status = success): void {
    this.flush();
    const data = bytesOfText(JSON.stringify(status));
    this.send({ kind: 'data', stream: channels.status, data });
    if (this.call.open) this.call.reply({ kind: 'end' }, this.subject(String(status.status)));
  }

  private flush(): void {
    this.scheduled = false;
    const { pending } = this;
    this.pending = [];
    for (const { stream, text } of pending) {
      this.send({ kind: 'data', stream: channels[stream], data: bytesOfText(text) });
    }
  }

  private send(message: SessionMessage | { readonly kind: 'switched' }): void {
    if (this.call.open) this.call.event(message, this.subject(message.kind));
  }

  private subject(verb: string): Subject {
    return { ...this.call.subject, verb };
  }
}

function bytesText(data: Uint8Array): string {
  return String.fromCharCode(...data.subarray(0, 256));
}
