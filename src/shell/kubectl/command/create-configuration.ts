/** `kubectl create namespace|serviceaccount|configmap|secret`. Models kubectl's pkg/cmd/create. */
import { envVarNameProblems } from '../../../api/names';
import { base64OfBytes } from '../../../base/base64';
import { bytesOfText } from '../../../base/byte-text';
import type { Call, KubectlCommand } from './call';
import type { FlagSpecs } from './flags';
import { generator, type Made, meta } from './generator';
import { pairs } from './run';

type Data = ReadonlyMap<string, string>;

const dataFlags: FlagSpecs = {
  'append-hash': { type: 'unmodelledBool' }, 'from-env-file': { type: 'list' }, 'from-file': { type: 'list' },
  'from-literal': { type: 'array' },
};

/** `--from-file`, `--from-env-file` and `--from-literal` as data. */
function dataOf(call: Call): Data | { readonly problem: string } {
  const data = new Map<string, string>();
  const sources = [fromLiterals, fromFiles, fromEnvironmentFiles];
  for (const source of sources) {
    const problem = source(call, data);
    if (problem !== undefined) return { problem };
  }
  return new Map([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fromLiterals({ flags }: Call, data: Map<string, string>): string | undefined {
  for (const literal of flags.all('from-literal')) {
    const pair = pairs([literal]);
    if (!pair) return `invalid literal source ${literal}, expected key=value`;
    for (const key of Object.keys(pair)) data.set(key, (pair[key] ?? '').replace(/^(["'])(.*)\1$/, '$2'));
  }
  return undefined;
}

function fromFiles({ flags, files }: Call, data: Map<string, string>): string | undefined {
  for (const source of flags.list('from-file')) {
    const equals = source.indexOf('=');
    const path = source.slice(equals + 1);
    const text = files[path];
    if (text === undefined) return `error reading ${path}: no such file or directory`;
    data.set(equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals), text);
  }
  return undefined;
}

function fromEnvironmentFiles({ flags, files }: Call, data: Map<string, string>): string | undefined {
  for (const path of flags.list('from-env-file')) {
    const text = files[path];
    if (text === undefined) return `error reading ${path}: no such file or directory`;
    for (const line of text.split('\n').map((each) => each.trimStart())) {
      if (line === '' || line.startsWith('#')) continue;
      const equals = line.indexOf('=');
      // A name alone takes its value from the environment, which a sandbox does not have.
      const key = equals < 0 ? line : line.slice(0, equals);
      const [problem] = envVarNameProblems(key);
      if (problem !== undefined) return `"${key}" is not a valid key name: ${problem}`;
      if (equals >= 0) data.set(key, line.slice(equals + 1));
    }
  }
  return undefined;
}

function configMap(call: Call, name: string): Made {
  const data = dataOf(call);
  if ('problem' in data) return data;
  return { object: {
    apiVersion: 'v1', ...(data.size > 0 ? { data: Object.fromEntries(data) } : {}), kind: 'ConfigMap',
    metadata: meta(name),
  } };
}

function secretOf(name: string, data: Data, type: string | undefined): Made {
  const encoded = Object.fromEntries([...data].map(([key, value]) => [key, base64OfBytes(bytesOfText(value))]));
  return { object: {
    apiVersion: 'v1', ...(data.size > 0 ? { data: encoded } : {}), kind: 'Secret', metadata: meta(name),
    ...(type === undefined ? {} : { type }),
  } };
}

function genericSecret(call: Call, name: string): Made {
  const data = dataOf(call);
  return 'problem' in data ? data : secretOf(name, data, call.flags.text('type'));
}

function registrySecret(call: Call, name: string): Made {
  const { flags } = call;
  const type = 'kubernetes.io/dockerconfigjson';
  if (flags.has('from-file')) {
    const data = dataOf(call);
    return 'problem' in data ? data : secretOf(name, data, type);
  }
  const [username, password, email] = ['username', 'password', 'email']
    .map((each) => flags.text(`docker-${each}`) ?? '');
  if (username === '' || password === '') {
    return { problem: 'either --from-file or the combination of --docker-username, --docker-password and '
      + '--docker-server is required' };
  }
  const server = flags.text('docker-server') ?? 'https://index.docker.io/v1/';
  const entry = {
    username, password, ...(email === '' ? {} : { email }), auth: base64OfBytes(bytesOfText(`${username}:${password}`)),
  };
  return secretOf(name, new Map([['.dockerconfigjson', JSON.stringify({ auths: { [server]: entry } })]]), type);
}

function tlsSecret({ flags, files }: Call, name: string): Made {
  const [cert = '', key = ''] = [flags.text('cert'), flags.text('key')];
  if (cert === '' || key === '') return { problem: 'key and cert must be specified' };
  for (const path of [cert, key]) {
    if (files[path] !== undefined) continue;
    return { problem: `Cannot read file ${path}, open ${path}: no such file or directory` };
  }
  return secretOf(name, new Map([['tls.crt', files[cert] ?? ''], ['tls.key', files[key] ?? '']]), 'kubernetes.io/tls');
}

const secrets: Readonly<Record<string, KubectlCommand>> = {
  'docker-registry': generator('Create a secret for use with a Docker registry', {
    ...dataFlags, 'docker-email': { type: 'string' }, 'docker-password': { type: 'string' },
    'docker-server': { type: 'string' }, 'docker-username': { type: 'string' },
  }, registrySecret),
  'generic': generator('Create a secret from a local file, directory, or literal value',
    { ...dataFlags, type: { type: 'string' } }, genericSecret),
  'tls': generator('Create a TLS secret',
    { 'append-hash': { type: 'unmodelledBool' }, 'cert': { type: 'string' }, 'key': { type: 'string' } }, tlsSecret),
};

export const configuration: Readonly<Record<string, KubectlCommand>> = {
  configmap: generator('Create a config map from a local file, directory or literal value', dataFlags, configMap,
    ['cm']),
  namespace: generator('Create a namespace with the specified name', {}, (_, name) => (
    { object: { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name), spec: {}, status: {} } }), ['ns']),
  secret: { about: 'Create a secret using a specified subcommand', commands: secrets },
  serviceaccount: generator('Create a service account with the specified name', {}, (_, name) => (
    { object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(name) } }), ['sa']),
};
