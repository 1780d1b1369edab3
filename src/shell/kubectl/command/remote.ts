/**
 * Sessions with a container: exec and attach. Keys, or what a pipe brought, go in; output comes back, and at the end the
 * Status with the exit code. Models client-go's remotecommand over the API server's streaming endpoints.
 */
import type { Status } from '../../../api/types';
import { bytesOfText, ByteTextDecoder } from '../../../base/byte-text';
import type { CallHandle } from '../../../sim/process';
import { type Task, waitFor } from '../../../sim/task';
import { serverError } from '../text';
import type { Call } from './call';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4 } as const;

export interface RemoteOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly subresource: 'exec' | 'attach';
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs a session until it ends; the result is the exit code. */
export function* remoteSession(call: Call, options: RemoteOptions): Task<number> {
  const { namespace, pod, subresource, container, command, stdin, tty } = options;
  const query = [
    ...command.map((word) => ['command', word] as const), ['container', container] as const,
    ...(stdin ? [['stdin', 'true'] as const] : []), ['stdout', 'true'] as const,
    ...(tty ? [['tty', 'true'] as const] : [['stderr', 'true'] as const]),
  ].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const status = yield* waitFor<Status | undefined>((resume) => {
    let end: Status | undefined;
    const decoders = [new ByteTextDecoder(), new ByteTextDecoder()] as const;
    const subject = { verb: 'create', resource: 'pods', subresource, namespace, name: pod };
    const session = call.api.open(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/${subresource}?${query}`,
        subject,
      },
      {
        chunk: () => undefined,
        message: (message) => {
          if (message.kind !== 'data') return;
          if (message.stream === channels.stdout) call.write('stdout', decoders[0].push(message.data));
          else if (message.stream === channels.stderr) call.write('stderr', decoders[1].push(message.data));
          else if (message.stream === channels.status) end = JSON.parse(String.fromCharCode(...message.data)) as Status;
        },
        end: (failed) => resume(failed ?? end),
      },
      true,
    );
    if (stdin) feed(call, session, tty, subject);
  });
  return exitCode(call, status);
}

function feed(call: Call, session: CallHandle, tty: boolean, subject: { verb: string }): void {
  const send = (stream: number, text: string): void =>
    session.send({ kind: 'data', stream, data: bytesOfText(text) }, subject);
  const close = (): void => session.send({ kind: 'close', stream: channels.stdin }, subject);
  if (call.stdin !== undefined) {
    if (call.stdin !== '') send(channels.stdin, call.stdin);
    return close();
  }
  call.onInput({
    text: (text) => send(channels.stdin, text),
    end: () => (tty ? send(channels.stdin, '\x04') : close()),
    resize: (columns, rows) => {
      if (tty) send(channels.resize, JSON.stringify({ Width: columns, Height: rows }));
    },
  });
  if (tty) call.raw();
}

function exitCode(call: Call, status: Status | undefined): number {
  if (!status || status.status === 'Success') return 0;
  if (status.reason === 'NonZeroExitCode') {
    const code = Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? 1);
    call.write('stderr', `command terminated with exit code ${code}\n`);
    return code;
  }
  // client-go puts the same words before what the server says.
  const text = status.reason === 'InternalError' ? `error: Internal error occurred: ${status.message ?? ''}`
    : serverError(status);
  call.write('stderr', `${text}\n`);
  return 1;
}

