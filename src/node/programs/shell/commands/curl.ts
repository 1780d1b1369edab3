/** curl: one URL or several, with the options that examples use. Not modelled: redirects of answers, TLS, cookies. */
import type { Task } from '../../../../sim/task';
import { bodyText, type HttpResponse } from '../../../../api/web';
import { parseUrl, type Url } from '../../servers/upstream';
import { fetchUrl } from './fetch';
import { options, print, type ToolCall } from './tool';

/** How long the kernel tries to connect when curl sets no limit of its own. */
const connectTimeoutMs = 134_000;

const valued = [
  'o', 'H', 'X', 'd', 'm', 'w', 'u', 'A', 'T', 'F', 'b', 'c', 'e', 'x', 'header', 'request', 'data', 'data-raw',
  'data-binary', 'max-time', 'connect-timeout', 'output',
  'write-out', 'user', 'user-agent', 'cacert', 'cert', 'key', 'resolve', 'retry', 'retry-delay', 'url', 'max-redirs',
];

export function* curl(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, valued);
  const urls = [...rest, ...(values.has('url') ? [values.get('url') as string] : [])];
  if (urls.length === 0) {
    yield* call.shell.print(2, "curl: try 'curl --help' for more information\n");
    return 2;
  }
  let status = 0;
  for (const text of urls) {
    const url = parseUrl(text);
    const quiet = set.has('s') || set.has('silent');
    const complains = !quiet || set.has('S') || set.has('show-error');
    const result = url ? yield* once(call, url) : { code: 3,
      message: 'URL rejected: Malformed input to a URL function' };
    status = result.code;
    if (result.code !== 0 && complains) yield* call.shell.print(2, `curl: (${result.code}) ${result.message}\n`);
    const format = values.get('w') ?? values.get('write-out');
    if (format !== undefined) yield* print(call, writeOut(format, result.response, result.spentMs ?? 0));
  }
  return status;
}

interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly response?: HttpResponse;
  readonly spentMs?: number;
}

function* once(call: ToolCall, url: Url): Task<Outcome> {
  const { set, values } = options(call.args, valued);
  const { shell } = call;
  const data = values.get('d') ?? values.get('data') ?? values.get('data-raw') ?? values.get('data-binary');
  const head = set.has('I') || set.has('head');
  const method = values.get('X') ?? values.get('request') ?? (data !== undefined ? 'POST' : head ? 'HEAD' : 'GET');
  const seconds = Number(values.get('m') ?? values.get('max-time') ?? 0);
  const connectSeconds = Number(values.get('connect-timeout') ?? 0);
  const timeoutMs = Math.min(seconds * 1000 || Infinity, connectSeconds * 1000 || Infinity, connectTimeoutMs);
  const body = data?.startsWith('@') ? shell.world.files.read(shell.path(data.slice(1))) ?? '' : data;
  const agent = values.get('A') ?? values.get('user-agent') ?? 'curl/8.14.1';
  const began = shell.world.host.nowMs;
  const result = yield* fetchUrl(call, url, method, agent, headersOf(call.args), timeoutMs, body);
  const spentMs = shell.world.host.nowMs - began;
  if (result.kind === 'unresolved') return { code: 6, message: `Could not resolve host: ${url.host}`, spentMs };
  if (result.kind === 'failed') return { ...failure(url, result.failure, spentMs), spentMs };
  const { response } = result;
  if ((set.has('f') || set.has('fail')) && response.code >= 400) {
    return { code: 22, message: `The requested URL returned error: ${response.code}`, response, spentMs };
  }
  const text = bodyText(response);
  const lead = head || set.has('i') || set.has('include')
    ? `HTTP/1.1 ${response.code}${response.code === 200 ? ' OK' : ''}\r\nContent-Length: ${text.length}\r\n\r\n` : '';
  const shown = `${lead}${head ? '' : text}`;
  const target = values.get('o') ?? values.get('output') ?? (set.has('O') ? url.path.split('/').pop() || 'index.html'
    : undefined);
  if (target === undefined || target === '-') yield* print(call, shown);
  else if (target !== '/dev/null') {
    const problem = shell.world.files.write(shell.path(target), shown);
    if (problem) {
      return { code: 23, message: `Failure writing output to destination, passed ${text.length} returned 0`, response,
        spentMs };
    }
  }
  return { code: 0, message: '', response, spentMs };
}

/** All -H options; the last of a name counts. */
function headersOf(args: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  args.forEach((arg, index) => {
    const value = arg === '-H' || arg === '--header' ? args[index + 1] : arg.startsWith('--header=') ? arg.slice(9)
      : /^-[a-zA-Z]*H./.test(arg) && !arg.startsWith('--') ? arg.slice(arg.indexOf('H') + 1) : undefined;
    const colon = value?.indexOf(':') ?? -1;
    if (value !== undefined && colon > 0) {
      headers[value.slice(0, colon).trim().toLowerCase()] = value.slice(colon + 1).trim();
    }
  });
  return headers;
}

function failure(url: Url, why: string, spentMs: number): Outcome {
  switch (why) {
    case 'refused': return { code: 7,
      message: `Failed to connect to ${url.host} port ${url.port} after ${spentMs} ms: Could not connect to server` };
    case 'reset': return { code: 56, message: 'Recv failure: Connection reset by peer' };
    default: return { code: 28, message: `Connection timed out after ${spentMs} milliseconds` };
  }
}

function writeOut(format: string, response: HttpResponse | undefined, spentMs: number): string {
  const values: Readonly<Record<string, string>> = {
    http_code: String(response?.code ?? 0).padStart(3, '0'),
    response_code: String(response?.code ?? 0).padStart(3, '0'), time_total: (spentMs / 1000).toFixed(6),
    size_download: String(response ? bodyText(response).length : 0),
  };
  return format.replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '').replace(/\\n/g, '\n').replace(/\\t/g,
    '\t');
}
