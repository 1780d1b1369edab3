/**
 * `kindergarten serve`: a cluster and its API without VS Code, for scripts, tests and other editors. It prints one line
 * on standard output when every node is Ready, `ready https://127.0.0.1:PORT`, and stops cleanly on SIGINT or SIGTERM;
 * everything else it says goes to standard error.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from './node/serve';

const usage = `Usage: kindergarten serve --config KIND_YAML --kubeconfig FILE [--port N] [--speed X] [--audit]

  --config FILE      the kind.yaml of the cluster; without it, one control plane as kind makes it
  --kubeconfig FILE  where the kubeconfig for kubectl and helm is written; removed when the server stops
  --port N           the port on 127.0.0.1; without it, a free one
  --speed X          how many seconds pass in the cluster in one second; 1 when absent
  --audit            prints every request on standard error: method, path, user, code, duration
`;

/** What was asked for, or why it cannot be understood. */
async function parse(args: string[]): Promise<Parameters<typeof serve>[0] | string> {
  let parsed;
  try {
    parsed = parseArgs({
      args, allowPositionals: true, options: {
        config: { type: 'string' }, kubeconfig: { type: 'string' }, port: { type: 'string' }, speed: { type: 'string' },
        audit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return (error as Error).message;
  }
  const { values, positionals } = parsed;
  if (values.help) return '';
  if (positionals.length !== 1 || positionals[0] !== 'serve') return 'the one command is: serve';
  if (values.kubeconfig === undefined) return '--kubeconfig is missing: name the file to write';
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port ${values.port}: not a port number`;
  const speed = Number(values.speed ?? 1);
  if (!(speed > 0 && speed <= 1_000)) return `--speed ${values.speed}: must be above 0 and at most 1000`;
  let kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';
  if (values.config !== undefined) {
    try {
      kindYaml = await readFile(values.config, 'utf8');
    } catch (error) {
      return `--config ${values.config}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file'
        : (error as Error).message}`;
    }
  }
  return {
    kindYaml, configName: values.config ?? 'kind.yaml', kubeconfig: resolve(values.kubeconfig), port, speed,
    say: (line) => void process.stderr.write(`${line}\n`),
    ready: (url) => void process.stdout.write(`ready ${url}\n`),
    ...(values.audit ? { audit: true } : {}),
  };
}

async function main(): Promise<number> {
  const options = await parse(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stderr.write(options === '' ? usage : `kindergarten: ${options}\n\n${usage}`);
    return options === '' ? 0 : 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    await serve(options, stop.signal);
    return 0;
  } catch (error) {
    process.stderr.write(`kindergarten: ${(error as Error).message}\n`);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
