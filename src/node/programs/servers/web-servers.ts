/**
 * The small web servers that examples use: Apache (also with PHP), http-echo, whoami, echoserver, Google's samples,
 * Python's http.server. Each answers what the real one answers, in short.
 */
import type { ContainerContext, ProgramFactory } from '../../images';
import { compareText } from '../../../base/freeze';
import {
  combinedLog, httpProgram, type HttpAnswer, type HttpService, portNumber, type StartFailure, textAnswer, type Visit,
} from './http-server';
import type { Task } from '../../../sim/task';

const notFoundPage = [
  '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">', '<html><head>', '<title>404 Not Found</title>', '</head><body>',
  '<h1>Not Found</h1>', '<p>The requested URL was not found on this server.</p>', '</body></html>', '',
].join('\n');

function hostname({ env, pod }: ContainerContext): string {
  return env['HOSTNAME'] ?? pod.name;
}

/** The value of a flag written `-name=value`, `--name=value` or `-name value`. */
export function flag(command: readonly string[], name: string): string | undefined {
  for (let at = 1; at < command.length; at += 1) {
    const word = command[at] as string;
    if (word === `-${name}` || word === `--${name}`) return command[at + 1];
    const assigned = new RegExp(`^--?${name}=`).exec(word);
    if (assigned) return word.slice(assigned[0].length);
  }
  return undefined;
}

function fileUnder(visit: Visit, root: string, indexes: readonly string[]): string | undefined {
  if (visit.path.includes('..')) return undefined;
  const { files } = visit.context;
  const names = visit.path.endsWith('/') ? indexes.map((index) => `${visit.path}${index}`) : [visit.path];
  for (const name of names) {
    const text = files.read(`${root}${name}`);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Apache httpd: serves its document root. */
export const httpdProgram = httpProgram(() => apache('/usr/local/apache2/htdocs', ['index.html'],
  'Apache/2.4.63 (Unix)'));

/** Apache with PHP: PHP itself is not run, so a .php file answers as text what is not PHP in it. */
export const phpApacheProgram = httpProgram(() => apache('/var/www/html', ['index.php', 'index.html'],
  'Apache/2.4.62 (Debian) PHP'));

function apache(root: string, indexes: readonly string[], server: string): HttpService {
  return {
    ports: [80],
    startMs: 80,
    banner: [`[mpm:notice] AH00489: ${server} configured -- resuming normal operations`],
    answer: (visit) => {
      const text = fileUnder(visit, root, indexes);
      if (text !== undefined) return textAnswer(text.replace(/<\?php[\s\S]*?(\?>|$)/g, ''));
      return visit.path === '/' && visit.context.files.isDirectory(root) ? textAnswer('Forbidden\n', 403)
        : textAnswer(notFoundPage, 404);
    },
    accessLog: combinedLog,
    onTerminate: 0,
    farewell: ['[mpm:notice] AH00491: caught SIGTERM, shutting down'],
  };
}

/** registry.k8s.io/hpa-example: index.php computes a million square roots, which takes its time, and says OK! */
export const hpaExampleProgram = httpProgram(() => ({
  ...apache('/var/www/html', ['index.php'], 'Apache/2.4.10 (Debian) PHP/5.6.14'),
  answer: (visit) => (visit.path === '/' || visit.path === '/index.php' ? busyAnswer(visit)
    : textAnswer(notFoundPage, 404)),
}));

function* busyAnswer(visit: Visit): Task<HttpAnswer> {
  yield* visit.pause(25);
  return textAnswer('OK!');
}

/** hashicorp/http-echo: answers every path with -text. */
export const httpEchoProgram = httpProgram(({ command, env }): HttpService | StartFailure => {
  const text = flag(command, 'text') ?? env['ECHO_TEXT'];
  if (!text) return { message: 'Missing -text option!', code: 127 };
  const listen = flag(command, 'listen') ?? ':5678';
  const port = portNumber(listen.slice(listen.lastIndexOf(':') + 1)) ?? 5678;
  return {
    ports: [port],
    banner: [`[INFO] server is listening on ${listen}`],
    bannerStream: 'stdout',
    answer: ({ path }) => textAnswer(path === '/health' ? '{"status":"ok"}\n' : `${text}\n`),
    accessLog: ({ client, request }, { code }) =>
      `${client} "${request.method} ${request.path} HTTP/1.1" ${code} ${text.length + 1} "${request.userAgent}"`,
    onTerminate: 0,
    farewell: ['[INFO] server is shutting down...'],
  };
});

/** The request as traefik/whoami and containous/whoami print it. */
export const whoamiProgram = httpProgram((context): HttpService => ({
  ports: [portNumber(flag(context.command, 'port') ?? context.env['WHOAMI_PORT_NUMBER']) ?? 80],
  banner: [`Starting up on port ${flag(context.command, 'port') ?? '80'}`],
  answer: ({ request, path, host, client, port }) => {
    if (path === '/health') return textAnswer('');
    const name = flag(context.command, 'name') ?? context.env['WHOAMI_NAME'];
    return textAnswer([
      ...(name ? [`Name: ${name}`] : []), `Hostname: ${hostname(context)}`, 'IP: 127.0.0.1', 'IP: ::1',
      `IP: ${host.address}`,
      `RemoteAddr: ${client}`, `${request.method} ${request.path} HTTP/1.1`,
      `Host: ${request.headers?.['host'] ?? `${host.address}:${port}`}`, `User-Agent: ${request.userAgent}`, '',
    ].join('\n'));
  },
  onTerminate: 2,
}));

/** registry.k8s.io/echoserver: prints the request. */
export const echoserverProgram = httpProgram((context): HttpService => ({
  ports: [8080],
  banner: ['Generating self-signed cert', 'Starting nginx'],
  bannerStream: 'stdout',
  answer: ({ request, client, path, query, host, port }) => textAnswer([
    '', '', `Hostname: ${hostname(context)}`, '', 'Pod Information:', '\t-no pod information available-', '',
    'Server values:', '\tserver_version=nginx: 1.14.2 - lua: 10015', '', 'Request Information:',
    `\tclient_address=${client}`,
    `\tmethod=${request.method}`, `\treal path=${request.path}`, `\tquery=${query}`, '\trequest_version=1.1',
    '\trequest_scheme=http', `\trequest_uri=http://${request.headers?.['host'] ?? host.address}:${port}${path}`, '',
    'Request Headers:',
    '\taccept=*/*', `\thost=${request.headers?.['host'] ?? `${host.address}:${port}`}`,
    `\tuser-agent=${request.userAgent}`, '', 'Request Body:',
    `\t${request.text ?? '-no body in request-'}`, '', '',
  ].join('\n')),
  accessLog: combinedLog,
  onTerminate: 0,
}));

/** gcr.io/google-samples/hello-app and its like: a greeting with version and host name. */
export function helloAppProgram(appVersion: string): ProgramFactory {
  return httpProgram((context): HttpService => {
    const port = portNumber(context.env['PORT']) ?? 8080;
    return {
      ports: [port],
      banner: [`Server listening on port ${port}`],
      answer: () => textAnswer(`Hello, world!\nVersion: ${appVersion}\nHostname: ${hostname(context)}\n`),
      accessLog: ({ request }) => `Serving request: ${request.path}`,
      logStream: 'stderr',
      onTerminate: 2,
    };
  });
}

/** gcr.io/google-samples/node-hello, hello-go-gke and other back ends that greet with one text. */
export function greetingProgram(
  defaultPort: number, text: (hostname: string) => string, onTerminate: number | 'ignored',
): ProgramFactory {
  return httpProgram((context): HttpService => ({
    ports: [portNumber(context.env['PORT']) ?? defaultPort],
    answer: () => textAnswer(text(hostname(context))),
    onTerminate,
  }));
}

/** gcr.io/google-samples/gb-frontend: the guestbook's page, without its PHP. */
export const guestbookProgram = httpProgram(() => ({
  ...apache('/var/www/html', ['index.html'], 'Apache/2.4.41 (Ubuntu) PHP'),
  answer: (visit: Visit) => (visit.path === '/' || visit.path === '/index.html'
    ? textAnswer('<html ng-app="redis">\n  <head>\n    <title>Guestbook</title>\n  </head>\n  <body '
      + 'ng-controller="RedisCtrl">\n    <h2>Guestbook</h2>\n  </body>\n</html>\n')
    : textAnswer(notFoundPage, 404)),
}));

/** The liveness image of Kubernetes' documentation: /healthz is well for ten seconds and then never again. */
export const livenessProgram = httpProgram((): HttpService => ({
  ports: [8080],
  answer: ({ path, upMs }) => {
    if (path === '/healthz') {
      return upMs > 10_000 ? textAnswer(`error: ${(upMs / 1000).toFixed(3)}`, 500) : textAnswer('ok');
    }
    return path === '/started' ? textAnswer(`${(upMs / 1000).toFixed(3)}s`) : textAnswer('404 page not found\n', 404);
  },
  onTerminate: 2,
}));

/** `python -m http.server`: lists and serves its working directory. As process 1 it has no handler for SIGTERM. */
export const pythonHttpServer = httpProgram((context): HttpService => {
  const port = context.command.map(portNumber).find((number) => number !== undefined) ?? 8000;
  const root = (flag(context.command, 'directory') ?? flag(context.command, 'd') ?? context.workingDir).replace(/\/$/,
    '');
  return {
    ports: [port],
    startMs: 200,
    banner: [`Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...`],
    bannerStream: 'stdout',
    answer: (visit) => {
      const text = fileUnder(visit, root, ['index.html']);
      if (text !== undefined) return textAnswer(text);
      const names = visit.context.files.list(`${root}${visit.path}`.replace(/\/$/, '') || '/');
      return names || visit.path === '/' ? textAnswer(listing(visit.path, names ?? [])) : textAnswer(notFoundPage, 404);
    },
    accessLog: (visit, { code }) => combinedLog(visit, { code, body: '' }).replace(/ 0 "-" ".*"$/, ' -'),
    logStream: 'stderr',
    onTerminate: 'ignored',
  };
});

function listing(path: string, names: readonly string[]): string {
  const items = [...names].sort(compareText).map((name) => `<li><a href="${name}">${name}</a></li>`);
  return [
    '<!DOCTYPE HTML>', '<html lang="en">', '<head>', '<meta charset="utf-8">',
    `<title>Directory listing for ${path}</title>`, '</head>',
    '<body>', `<h1>Directory listing for ${path}</h1>`, '<hr>', '<ul>', ...items, '</ul>', '<hr>', '</body>',
    '</html>', '',
  ].join('\n');
}
