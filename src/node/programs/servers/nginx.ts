/**
 * nginx as in its official image: serves files below the root of its configuration, logs in the combined format, and
 * ends with 0 on SIGTERM. Of the configuration it reads `listen`, `server_name`, `root`, `index`, `return`,
 * `proxy_pass`, `upstream` and `location` with its modifiers; everything else is accepted and has no effect.
 */
import type { HttpResponse } from '../../../api/web';
import type { FileSystem } from '../../filesystem';
import { compareText } from '../../../base/freeze';
import type { Task } from '../../../sim/task';
import { strftime } from '../calendar';
import { combinedLog, type HttpAnswer, httpProgram, type HttpService, type StartFailure,
  type Visit } from './http-server';
import { parseNginxConfig, type NginxDirective } from './nginx-config';
import { dialerOf, parseUrl, passOn } from './upstream';

/** The version that the simulated image says it is. */
const version = '1.27.5';

export const nginxWelcome = [
  '<!DOCTYPE html>', '<html>', '<head>', '<title>Welcome to nginx!</title>', '<style>',
  'html { color-scheme: light dark; }', 'body { width: 35em; margin: 0 auto;',
  'font-family: Tahoma, Verdana, Arial, sans-serif; }',
  '</style>', '</head>', '<body>', '<h1>Welcome to nginx!</h1>',
  '<p>If you see this page, the nginx web server is successfully installed and',
  'working. Further configuration is required.</p>', '',
  '<p>For online documentation and support please refer to',
  '<a href="http://nginx.org/">nginx.org</a>.<br/>', 'Commercial support is available at',
  '<a href="http://nginx.com/">nginx.com</a>.</p>', '', '<p><em>Thank you for using nginx.</em></p>', '</body>',
  '</html>', '',
].join('\n');

/** The files that the image brings along and the program reads. */
export const nginxFiles: Readonly<Record<string, string>> = Object.freeze({
  '/etc/nginx/nginx.conf': [
    'user  nginx;', 'worker_processes  auto;', '', 'error_log  /var/log/nginx/error.log notice;',
    'pid        /run/nginx.pid;', '', '',
    'events {', '    worker_connections  1024;', '}', '', '', 'http {', '    include       /etc/nginx/mime.types;',
    '    default_type  application/octet-stream;', '', '    sendfile        on;', '', '    keepalive_timeout  65;', '',
    '    include /etc/nginx/conf.d/*.conf;', '}', '',
  ].join('\n'),
  '/etc/nginx/mime.types': 'types {\n    text/html html htm shtml;\n}\n',
  '/etc/nginx/conf.d/default.conf': [
    'server {', '    listen       80;', '    server_name  localhost;', '', '    location / {',
    '        root   /usr/share/nginx/html;',
    '        index  index.html index.htm;', '    }', '', '    error_page   500 502 503 504  /50x.html;', '}', '',
  ].join('\n'),
  '/usr/share/nginx/html/index.html': nginxWelcome,
});

const reasons: Readonly<Record<number, string>> = {
  301: 'Moved Permanently', 302: 'Found', 403: 'Forbidden', 404: 'Not Found', 405: 'Not Allowed',
  500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out',
};

interface Server {
  readonly ports: readonly number[];
  readonly names: readonly string[];
  readonly directives: readonly NginxDirective[];
}

/** The program behind `nginx`. */
export const nginxProgram = httpProgram((context): HttpService | StartFailure => {
  const { files } = context;
  const parsed = readConfig(files, configPath(context.command));
  if (typeof parsed === 'string') return { message: emergency(parsed), code: 1 };
  if (context.command.includes('-t')) {
    const path = configPath(context.command);
    return {
      message: `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is `
        + `successful`, code: 0,
    };
  }
  const signal = context.command[context.command.indexOf('-s') + 1];
  if (context.command.includes('-s')) {
    if (signal === 'stop' || signal === 'quit') context.main?.terminate();
    return { message: `[notice] signal process started`, code: 0 };
  }
  if (context.command.some((word) => word === '-v' || word === '-V')) {
    return { message: `nginx version: nginx/${version}`, code: 0 };
  }
  const http = parsed.filter(({ name }) => name === 'http').flatMap(({ block }) => block ?? []);
  const servers = http.filter(({ name }) => name === 'server').map(({ block }) => serverOf(block ?? []));
  const upstreams = new Map(http.filter(({ name }) => name === 'upstream').map(({ args, block }) =>
    [args[0] ?? '', (block ?? []).filter(({ name }) => name === 'server').map((server) =>
      server.args[0] ?? '')] as const));
  let turn = 0;
  return {
    ports: [...new Set(servers.flatMap(({ ports }) => ports))].sort((a, b) => a - b),
    startMs: 50,
    banner: startLines,
    bannerStream: 'stderr',
    answer: (visit) => {
      const server = chooseServer(servers, visit);
      return server ? serveFrom(visit, server, (name) => {
        const backends = upstreams.get(name);
        turn += 1;
        return backends?.[turn % backends.length];
      }) : page(404);
    },
    accessLog: (visit, response) => combinedLog(visit, response, ' "-"'),
    onTerminate: 0,
  };
});

function startLines(wallMs: number): string[] {
  const lead = `${strftime('%Y/%m/%d %H:%M:%S', wallMs)} [notice] 1#1:`;
  return [`${lead} using the "epoll" event method`, `${lead} nginx/${version}`, `${lead} start worker processes`];
}

function configPath(command: readonly string[]): string {
  const at = command.indexOf('-c');
  return (at >= 0 ? command[at + 1] : undefined) ?? '/etc/nginx/nginx.conf';
}

/** nginx prefixes what ends it at once with its level; the time and process number are left out. */
function emergency(message: string): string {
  return `nginx: [emerg] ${message}`;
}

function readConfig(files: FileSystem, path: string, depth = 0): NginxDirective[] | string {
  const text = files.read(path);
  if (text === undefined) return `open() "${path}" failed (2: No such file or directory)`;
  const parsed = parseNginxConfig(text, path);
  return typeof parsed === 'string' ? parsed : expandIncludes(files, parsed, depth);
}

function expandIncludes(
  files: FileSystem, directives: readonly NginxDirective[], depth: number,
): NginxDirective[] | string {
  if (depth > 8) return 'too many nested includes';
  const all: NginxDirective[] = [];
  for (const directive of directives) {
    if (directive.name === 'include') {
      for (const path of includedFiles(files, directive.args[0] ?? '')) {
        const included = readConfig(files, path, depth + 1);
        if (typeof included === 'string') return included;
        all.push(...included);
      }
    } else if (directive.block) {
      const block = expandIncludes(files, directive.block, depth);
      if (typeof block === 'string') return block;
      all.push({ ...directive, block });
    } else all.push(directive);
  }
  return all;
}

function includedFiles(files: FileSystem, pattern: string): string[] {
  const path = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (!name.includes('*')) return [path];
  const directory = path.slice(0, slash) || '/';
  const form = new RegExp(`^${name.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`);
  // A mounted ConfigMap has its versions in hidden directories beside the names.
  return (files.list(directory) ?? []).filter((entry) => form.test(entry) && !entry.startsWith('..'))
    .map((entry) => `${directory}/${entry}`).filter((each) => !files.isDirectory(each)).sort(compareText);
}

function serverOf(directives: readonly NginxDirective[]): Server {
  const ports = directives.filter(({ name }) => name === 'listen')
    .map(({ args }) => Number(/(\d+)$/.exec(args[0] ?? '')?.[1] ?? 80));
  const names = directives.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args);
  return { ports: ports.length === 0 ? [80] : ports, names, directives };
}

function chooseServer(servers: readonly Server[], visit: Visit): Server | undefined {
  const listening = servers.filter(({ ports }) => ports.includes(visit.port));
  const asked = (visit.request.headers?.['host'] ?? '').replace(/:\d+$/, '');
  return listening.find(({ names }) => names.includes(asked)) ?? listening[0];
}

/** Exact match first, then the longest prefix, unless a regular expression matches. */
function chooseLocation(server: Server, path: string): NginxDirective | undefined {
  const locations = server.directives.filter(({ name }) => name === 'location');
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact) return exact;
  let longest: NginxDirective | undefined;
  for (const location of locations) {
    const prefix = prefixOf(location);
    if (prefix !== undefined && path.startsWith(prefix) && prefix.length > (prefixOf(longest)?.length ?? -1)) {
      longest = location;
    }
  }
  if (longest?.args[0] === '^~') return longest;
  return locations.find(({ args }) => (args[0] === '~' || args[0] === '~*')
    && matches(args[1] ?? '', path, args[0] === '~*')) ?? longest;
}

function prefixOf(location: NginxDirective | undefined): string | undefined {
  if (!location) return undefined;
  const [first = '', second] = location.args;
  if (first === '^~') return second;
  return first.startsWith('/') ? first : undefined;
}

/** A pattern of the user's; one that is none matches nothing. */
function matches(pattern: string, path: string, anyCase: boolean): boolean {
  if (pattern.length > 200) return false;
  try {
    return new RegExp(pattern, anyCase ? 'i' : '').test(path);
  } catch {
    return false;
  }
}

function serveFrom(
  visit: Visit, server: Server, upstream: (name: string) => string | undefined,
): HttpAnswer | Task<HttpAnswer> {
  const location = chooseLocation(server, visit.path);
  const directives = [...(location?.block ?? []), ...server.directives.filter(({ block }) => !block)];
  const of = (name: string): readonly string[] | undefined => directives.find((each) => each.name === name)?.args;
  const returned = of('return');
  if (returned) return returnAnswer(returned, visit);
  const proxied = location?.block?.find(({ name }) => name === 'proxy_pass')?.args[0];
  if (proxied !== undefined) return proxy(visit, proxied, prefixOf(location) ?? '', upstream);
  if (of('stub_status')) return { code: 200, body: 'Active connections: 1 \n' };
  if (visit.request.method !== 'GET' && visit.request.method !== 'HEAD') return page(405);
  return file(visit, of('root')?.[0] ?? '/etc/nginx/html', of('index') ?? ['index.html']);
}

function returnAnswer([first = '', second]: readonly string[], visit: Visit): HttpResponse {
  const code = /^\d{3}$/.test(first) ? Number(first) : 302;
  if (second === undefined || code === 301 || code === 302) return page(code);
  return { code, body: variables(second, visit) };
}

function variables(text: string, visit: Visit): string {
  const values: Readonly<Record<string, string>> = {
    hostname: visit.context.env['HOSTNAME'] ?? visit.context.pod.name, server_addr: visit.host.address,
    request_uri: visit.request.path,
    uri: visit.path, remote_addr: visit.client, host: visit.request.headers?.['host'] ?? 'localhost',
    request_method: visit.request.method,
    server_port: String(visit.port), args: visit.query,
  };
  return text.replace(/\$(\w+)/g, (whole, name: string) =>
    (Object.hasOwn(values, name) ? values[name] as string : whole));
}

function* proxy(
  visit: Visit, target: string, prefix: string, upstream: (name: string) => string | undefined,
): Task<HttpAnswer> {
  const url = parseUrl(variables(target, visit));
  if (!url) return page(502);
  const backend = upstream(url.host);
  const at = backend === undefined ? url : { ...url, ...parseUrl(backend), scheme: url.scheme };
  // With a path of its own, proxy_pass replaces the part that the location matched.
  const hasPath = /^[a-z]+:\/\/[^/]+\//i.test(target);
  const path = hasPath ? `${url.path}${visit.request.path.slice(prefix.length)}` : visit.request.path;
  const response = yield* passOn(dialerOf(visit.host), visit.context, at, { ...visit.request, path });
  return response.code >= 500 && response.body === '' ? page(response.code) : response;
}

function file(visit: Visit, root: string, index: readonly string[]): HttpResponse {
  const { files } = visit.context;
  const path = `${root.replace(/\/$/, '')}${visit.path}`;
  if (visit.path.includes('..')) return page(404);
  if (!visit.path.endsWith('/')) {
    const text = files.read(path);
    if (text !== undefined) return { code: 200, body: text };
    return page(files.isDirectory(path) ? 301 : 404);
  }
  for (const name of index) {
    const text = files.read(`${path}${name}`);
    if (text !== undefined) return { code: 200, body: text };
  }
  return page(files.isDirectory(path.replace(/\/$/, '')) ? 403 : 404);
}

/** nginx's own page for a status. */
function page(code: number): HttpResponse {
  const title = `${code} ${reasons[code] ?? ''}`.trim();
  const body = [
    '<html>', `<head><title>${title}</title></head>`, '<body>', `<center><h1>${title}</h1></center>`,
    `<hr><center>nginx/${version}</center>`, '</body>', '</html>', '',
  ].join('\r\n');
  return { code, body };
}
