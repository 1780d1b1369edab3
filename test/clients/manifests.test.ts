/** Manifests of the world and of our own, applied by real kubectl: what is accepted, and why the rest is not. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadAll } from 'js-yaml';
import { root } from '../../scripts/paths';
import { type Run, Served } from './served';

/** Files of the world; they lie beside the repository. */
const world = join(root, '..', 'shared', 'manifests');
const own = join(root, 'test', 'clients', 'manifests');
const sideBySide = 3;

/** The files of the world that a real v1.36 refuses, and its words. */
const refusals: Readonly<Record<string, RegExp>> = {
  // No manifests at all.
  '.github/workflows/release.yml': /error validating data: \[apiVersion not set, kind not set\]/,
  '.github/workflows/test.yml': /error validating data: \[apiVersion not set, kind not set\]/,
  '.github/workflows/yamllint.yml': /error validating data: \[apiVersion not set, kind not set\]/,
  // A pathType in small letters.
  ...Object.fromEntries(['fanout', 'nohost', 'tls', 'virtualhosting'].map((name) => [`Ingress/${name}.yaml`, new RegExp(
    'spec\\.rules\\[0\\]\\.http\\.paths\\[0\\]\\.pathType: Unsupported value: "exact": supported values: "Exact", '
    + '"ImplementationSpecific", "Prefix"')])),
  // A version in the place of a group.
  'Ingress/ingress-class.yaml':
    /spec\.parameters\.apiGroup: Invalid value: "k8s\.example\.com\/v1alpha": a lowercase RFC 1123 subdomain must/,
  // A kind of Google's cloud, and a field that left with networking.k8s.io/v1beta1.
  'cloud-providers/gcp/https-ready-alb/https-ready-alb.yaml': new RegExp('no matches for kind "ManagedCertificate" in version '
    + '"networking\\.gke\\.io/v1beta1"[^]*Ingress in version "v1" cannot be handled as a Ingress: strict decoding error: unknown '
    + 'field "spec\\.backend"'),
};

/** What client-side kubectl cannot compare with what the server has made of it, and so calls changed each time. */
const neverUnchanged = [
  // stringData is never shown again.
  'secret/credentials', 'secret/registry',
  // Lists that are replaced as a whole, in whose items the server fills in defaults.
  'networkpolicy.networking.k8s.io/narrow', 'resourceclaimtemplate.resource.k8s.io/gpu', 'statefulset.apps/ordered',
  'validatingadmissionpolicy.admissionregistration.k8s.io/manifests.example.com', 'pod/volumes', 'pod/placed',
  // A selector whose patch strategy is to replace it.
  'poddisruptionbudget.policy/careful',
  // Quantities that are written as numbers.
  'pod/extended',
];

describe('manifests', function () {
  this.timeout(300_000);
  let served: Served;

  before(async () => {
    assert.ok(existsSync(world), `The manifests of the world must lie in ${world}.`);
    served = await Served.start();
  });

  after(async () => {
    await served.stop();
  });

  const succeed = async (args: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await served.kubectl(args, input === undefined ? {} : { input });
    assert.equal(code, 0, `kubectl ${String(args)}: ${stderr}`);
    return stdout;
  };

  /** Makes namespaces and waits until pods can be made in them. */
  const makeNamespaces = async (names: readonly string[]): Promise<void> => {
    const items = names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    await succeed(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    for (const name of names.slice(-2)) await succeed(`wait --for=create serviceaccount/default -n ${name}`);
  };

  it('of the world are accepted, but for those that a real cluster refuses too', async () => {
    await succeed(['apply', '-f', join(own, 'strangers.yaml')]);
    await succeed(['wait', '--for=condition=established', '-f', join(own, 'strangers.yaml')]);
    const files = filesOf(world);
    assert.equal(files.length, 122);
    await makeNamespaces([...new Set(files.flatMap((file) => namespacesIn(file))), ...files.map((_,
      i) => `world-${i}`)]);
    const config = readFileSync(served.kubeconfig, 'utf8');
    const runs = new Map<string, Run>();
    const waiting = files.map((file, i) => ({ file, i }));
    await Promise.all(Array.from({ length: sideBySide }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const kubeconfig = join(served.folder, `world-${next.i}`);
        writeFileSync(kubeconfig, config.replace(/\n(\s+)user: /, `\n$1namespace: world-${next.i}\n$1user: `),
          { mode: 0o600 });
        const run = await served.kubectl(['apply', '-f', next.file], { env: { KUBECONFIG: kubeconfig } });
        runs.set(relative(world, next.file), run);
      }
    }));
    const refused = [...runs].filter(([, { code }]) => code !== 0).map(([file]) => file).sort();
    const texts = refused.map((file) => `${file}: ${runs.get(file)?.stderr}`).join('\n');
    assert.deepEqual(refused, Object.keys(refusals).sort(), texts);
    for (const [file, words] of Object.entries(refusals)) assert.match(runs.get(file)?.stderr ?? '', words, file);
  });

  const sets = ['cluster', 'workloads', 'pods'];

  it('of our own are accepted as they are, and again', async () => {
    await makeNamespaces(['own']);
    const documents = sets.flatMap((name) => loadAll(readFileSync(join(own, `${name}.yaml`), 'utf8')));
    assert.ok(documents.length >= 60, `${documents.length} manifests`);
    const files = sets.flatMap((name) => ['-f', join(own, `${name}.yaml`)]);
    const created = (await succeed(['apply', '-n', 'own', ...files])).trim().split('\n');
    assert.equal(created.length, documents.length);
    assert.deepEqual(created.filter((line) => !line.endsWith(' created')), []);
    const again = (await succeed(['apply', '-n', 'own', ...files])).trim().split('\n');
    const changed = again.filter((line) => !line.endsWith(' unchanged')).map((line) => line.replace(/ configured$/,
      ''));
    assert.deepEqual(changed.sort(), [...neverUnchanged].sort());
  });

  it('of our own differ in nothing from what the server has', async () => {
    const files = sets.flatMap((name) => ['-f', join(own, `${name}.yaml`)]);
    assert.equal(await succeed(['diff', '-n', 'own', ...files]), '');
  });

  it('of our own are accepted by server-side apply, by kubectl v1.34 and in YAML', async () => {
    const files = sets.flatMap((name) => ['-f', join(own, `${name}.yaml`)]);
    const applied = await succeed(['apply', '--server-side', '--force-conflicts', '-n', 'own', ...files]);
    assert.doesNotMatch(applied, /(?<! serverside-applied)\n/);
    const older = await served.kubectlOf('v1.34', ['apply', '--dry-run=server', '-n', 'own', ...files]);
    assert.equal(older.code, 0, older.stderr);
    const yaml = await succeed(['get', '-n', 'own', ...files, '-o', 'yaml']);
    const replaced = await served.kubectl(['replace', '--dry-run=server', '-f', '-'], { input: yaml });
    assert.equal(replaced.code, 0, replaced.stderr);
  });
});

/** YAML files below a folder, sorted. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : /\.ya?ml$/.test(entry.name) ? [path] : [];
  }).sort();
}

/** The namespaces that a file's objects name, other than those that every cluster has. */
function namespacesIn(file: string): readonly string[] {
  const found = [...readFileSync(file, 'utf8').matchAll(/^\s+namespace:\s*"?([a-z0-9-]+)"?\s*$/gm)].map(([,
    name]) => name ?? '');
  return found.filter((name) => !['default', 'kube-system', 'kube-public'].includes(name));
}
