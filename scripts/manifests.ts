/**
 * Tries every YAML file of a folder in a fresh cluster of its own and prints what becomes of it:
 * `node scripts/run.mjs manifests FOLDER`. One line a file: applied with the states after two virtual minutes, refused
 * before anything was changed, or not modelled yet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readManifests } from '../src/shell/manifest-set';
import { bootedCluster, podsOf } from '../test/support/cluster';

const observeMs = 120_000;

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name)).sort();
}

function tryFile(folder: string, name: string): { outcome: string; why: string } {
  const cluster = bootedCluster(1, 2);
  const text = readFileSync(join(folder, name), 'utf8');
  const { objects, problems } = readManifests([{ name, text }], cluster.options.kinds);
  if (problems.length > 0) {
    const notModelled = problems.every((problem) => problem.code === 'notModelled');
    return {
      outcome: notModelled ? 'not modelled' : 'refused',
      why: [...new Set(problems.map((p) => p.message))].join('; '),
    };
  }
  const before = new Set(podsOf(cluster).map((pod) => pod.uid));
  const plan = cluster.planApply(objects.map((placed) => placed.object));
  if (!Array.isArray(plan)) return { outcome: 'refused', why: 'no API server' };
  const refusals = plan.filter((planned) => planned.outcome === 'refused').map((planned) => planned.text ?? '');
  if (refusals.length > 0) return { outcome: 'refused', why: refusals.join('; ') };
  const progress = cluster.execute({ type: 'apply', objects: objects.map((placed) => placed.object) });
  cluster.runFor(observeMs);
  const failed = progress.outcomes.filter((outcome) => outcome.outcome === 'failed').map((outcome) => outcome.text);
  const pods = podsOf(cluster).filter((pod) => !before.has(pod.uid))
    .map((pod) => `${pod.name} ${pod.readyContainers}/${pod.totalContainers} ${pod.status}`);
  return { outcome: failed.length > 0 ? 'failed' : 'applied', why: [...failed, ...pods].join('; ') };
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node scripts/run.mjs manifests FOLDER');
const counts = new Map<string, number>();
for (const name of yamlFiles(folder)) {
  const { outcome, why } = tryFile(folder, name);
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  console.log(`${relative('.', name)} | ${outcome} | ${why.replace(/\n/g, ' ').slice(0, 300)}`);
}
console.log([...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', '));
