/**
 * agnhost, the test image of Kubernetes' own e2e tests: one binary, the first argument chooses the server. Modelled are
 * serve-hostname, netexec, test-webserver, webhook, liveness, echo (as `echo`), pause, connect and porter; other
 * subcommands are refused by name.
 */
import type { ContainerContext } from '../../images';
import type { Program } from '../../../sim/process';
import type { Task } from '../../../sim/task';
import { formatTime } from '../../../api/time';
import {
  httpProgram, type HttpAnswer, type HttpService, portNumber, type StartFailure, textAnswer, type Visit,
} from './http-server';
import { dialerOf, parseUrl, passOn } from './upstream';
import { bodyText, httpRequest } from '../../../api/web';
import { webhookAnswer } from './agnhost-webhook';
import { flag, livenessProgram } from './web-servers';

/** The program behind /agnhost. */
export function agnhostProgram(context: ContainerContext): Program {
  const [, verb = 'help'] = context.command;
  switch (verb) {
    case 'liveness': return livenessProgram(context);
    case 'pause': return pause(context);
    case 'connect': return connect(context);
    default: return service(context);
  }
}

const service = httpProgram((context): HttpService | StartFailure => {
  const { command, env, pod } = context;
  const [, verb = 'help'] = command;
  const name = env['HOSTNAME'] ?? pod.name;
  const port = (fallback: number, ...names: string[]): number =>
    names.map((each) => portNumber(flag(command, each))).find((found) => found !== undefined) ?? fallback;
  switch (verb) {
    case 'serve-hostname': {
      const listens = port(9376, 'port');
      return {
        ports: [listens], banner: [`Serving on port ${listens}.`], bannerStream: 'stdout',
        answer: () => textAnswer(name), onTerminate: 0,
      };
    }
    case 'netexec': return { ports: [port(8080, 'http-port')], answer: netexec(context, name), onTerminate: 2 };
    case 'test-webserver': return { ports: [port(80, 'port')], answer: webserver, onTerminate: 2 };
    case 'webhook':
      return {
        ports: [port(443, 'port')],
        answer: webhookAnswer(flag(command, 'sidecar-image') ?? ''),
        onTerminate: 2,
      };
    case 'porter': {
      const served = Object.keys(env).sort().map((key) => /^SERVE_PORT_(\d+)$/.exec(key)?.[1]).filter((each) =>
        each !== undefined);
      return { ports: served.map(Number), answer: (visit) => textAnswer(env[`SERVE_PORT_${visit.port}`] ?? ''),
        onTerminate: 2 };
    }
    default: return { message: `agnhost ${verb}: this simulation does not model this subcommand`, code: 1 };
  }
});

function webserver({ path, context }: Visit): HttpAnswer {
  const text = context.files.read(path);
  return text === undefined ? textAnswer('404 page not found\n', 404) : textAnswer(text);
}

function netexec(context: ContainerContext, name: string): HttpService['answer'] {
  let healthy = true;
  return (visit) => {
    const { path, query, host } = visit;
    const value = (key: string): string =>
      decode(query.split('&').find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1) ?? '');
    switch (path) {
      case '/': return textAnswer(`NOW: ${formatTime(host.wallMs)}`);
      case '/hostname': case '/hostName': return textAnswer(name);
      case '/clientip': return textAnswer(`${visit.client}:40000`);
      case '/echo': return textAnswer(value('msg'), portNumber(value('code')) ?? 200);
      case '/healthz': return healthy ? textAnswer('') : textAnswer('', 412);
      case '/exit': {
        host.after(1, () => host.exit(Number(value('code')) || 0));
        return textAnswer('');
      }
      case '/shutdown': {
        host.after(1, () => host.exit(0));
        return textAnswer('');
      }
      case '/dial': return dial(visit, context, value);
      default: {
        if (/\/fail/.test(path)) healthy = false;
        return textAnswer('404 page not found\n', 404);
      }
    }
  };
}

function* dial(visit: Visit, context: ContainerContext, value: (key: string) => string): Task<HttpAnswer> {
  const url = parseUrl(`http://${value('host')}:${value('port')}/${value('request')}`);
  const responses: string[] = [];
  const errors: string[] = [];
  for (let tries = Math.min(Number(value('tries')) || 1, 100); url && tries > 0; tries -= 1) {
    const response = yield* passOn(dialerOf(visit.host), context, url,
      httpRequest('GET', url.path, 'Go-http-client/1.1'));
    if (response.code === 200) responses.push(bodyText(response));
    else errors.push(`unexpected status ${response.code}`);
  }
  return textAnswer(JSON.stringify(errors.length > 0 ? { responses, errors } : { responses }));
}

/** Decodes a query's value; what is no valid encoding stays as written. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

function pause({ print }: ContainerContext): Program {
  let end = (): void => undefined;
  return {
    start: (host) => {
      print('stdout', 'Paused');
      end = () => host.exit(0);
    },
    terminate: () => end(),
  };
}

/** `agnhost connect HOST:PORT`: says TIMEOUT or REFUSED and exits with 1 when nobody takes the connection. */
function connect(context: ContainerContext): Program {
  return {
    start: (host) => {
      const target = context.command.slice(2).find((word) => /:\d+$/.test(word)) ?? '';
      const timeoutMs = Number.parseFloat(flag(context.command, 'timeout') ?? '30') * 1000 || 30_000;
      host.call({ to: target, channel: 'tcp', subject: { verb: 'connect', name: target }, payload: { connect: true },
        timeoutMs }, {
        onResult: (result) => {
          if (!result.ok) context.print('stderr', result.failure === 'refused' ? 'REFUSED' : 'TIMEOUT');
          host.exit(result.ok ? 0 : 1);
        },
      });
    },
  };
}
