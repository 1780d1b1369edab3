/** `cluster-info`, `config` and `version`: which cluster this is. Models the packages of the same names in pkg/cmd. */
import type { AnyKind } from '../../../api/kind';
import type { Service } from '../../../api/types';
import { encodeJsonIndented } from '../../../base/json-write';
import { dumpYaml } from '../../../base/yaml/dump';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { kubectlVersion } from './connection';
import { jsonText } from './output';
import { aligned } from './table';

export const clusterInfo: KubectlCommand = {
  about: 'Display cluster information',
  commands: {},
  run: function* (call) {
    const services = call.kinds.byKind('v1', 'Service') as AnyKind;
    const list = yield* call.api.list<{ readonly items: readonly Service[] }>(
      services, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' });
    if (!list.ok) {
      call.write('stderr', '\nTo further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.\n');
      return refused(call, list.status);
    }
    const url = `https://${call.api.options.server}`;
    say(call, `Kubernetes control plane is running at ${url}`);
    for (const { metadata, spec } of list.value.items) {
      const port = spec.ports?.[0]?.name;
      const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name;
      say(
        call,
        `${name} is running at ${url}/api/v1/namespaces/kube-system/services/${metadata.name}${port ? `:${port}` : ''}/proxy`,
      );
    }
    say(call, '\nTo further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.');
    return 0;
  },
};

function configOf({ cluster, api }: Call): Readonly<Record<string, unknown>> {
  const name = `kind-${cluster}`;
  return {
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: `https://${api.options.server}` },
      name }],
    contexts: [{ context: { cluster: name, user: name }, name }],
    'current-context': name,
    kind: 'Config',
    users: [{ name, user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } }],
  };
}

export const config: KubectlCommand = {
  about: 'Modify kubeconfig files',
  commands: {
    'current-context': { about: 'Display the current-context', run: function* (call) {
      say(call, `kind-${call.cluster}`);
      return 0;
    } },
    'get-clusters': { about: 'Display clusters defined in the kubeconfig', run: function* (call) {
      say(call, `NAME\nkind-${call.cluster}`);
      return 0;
    } },
    'get-users': { about: 'Display users defined in the kubeconfig', run: function* (call) {
      say(call, `NAME\nkind-${call.cluster}`);
      return 0;
    } },
    'get-contexts': {
      about: 'Describe one or many contexts',
      flags: { 'no-headers': { type: 'bool' }, 'output': { type: 'string', short: 'o' } },
      run: function* (call) {
        const name = `kind-${call.cluster}`;
        if (call.flags.text('output') === 'name') say(call, name);
        else {
          const rows = [['*', name, name, name, '']];
          call.write('stdout', aligned(call.flags.is('no-headers') ? rows
            : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]));
        }
        return 0;
      },
    },
    'view': {
      about: 'Display merged kubeconfig settings or a specified kubeconfig file',
      flags: { 'minify': { type: 'bool' }, 'raw': { type: 'unmodelledBool' },
        'output': { type: 'string', short: 'o' }, 'flatten': { type: 'unmodelledBool' } },
      run: function* (call) {
        call.write('stdout', call.flags.text('output') === 'json' ? jsonText(configOf(call))
          : dumpYaml(configOf(call)));
        return 0;
      },
    },
    'use-context': { about: 'Set the current-context in a kubeconfig file', run: function* (call) {
      const [name] = call.args;
      if (name !== `kind-${call.cluster}`) return complain(call, `no context exists with the name: "${name ?? ''}"`);
      say(call, `Switched to context "${name}".`);
      return 0;
    } },
  },
};

export const version: KubectlCommand = {
  about: 'Print the client and server version information',
  flags: { client: { type: 'bool' }, output: { type: 'string', short: 'o' } },
  run: function* (call) {
    const kustomize = 'v5.8.1';
    const server = call.flags.is('client') ? undefined
      : yield* call.api.ask<{ readonly gitVersion: string }>({ path: '/version',
        subject: { verb: 'get', name: '/version' } });
    const form = call.flags.text('output');
    if (form !== undefined && form !== 'json' && form !== 'yaml') return complain(call,
      '--output must be \'yaml\' or \'json\'');
    if (form !== undefined) {
      const [major = '', minor = ''] = kubectlVersion.slice(1).split('.');
      const value = {
        clientVersion: { gitVersion: kubectlVersion, major, minor, platform: 'linux/amd64' },
          kustomizeVersion: kustomize,
        ...(server?.ok ? { serverVersion: server.value } : {}),
      };
      call.write('stdout', form === 'json' ? `${encodeJsonIndented(value)}\n` : dumpYaml(value));
    } else {
      say(call, `Client Version: ${kubectlVersion}\nKustomize Version: ${kustomize}`);
      if (server?.ok) say(call, `Server Version: ${server.value.gitVersion}`);
    }
    return server && !server.ok ? refused(call, server.status) : 0;
  },
};
