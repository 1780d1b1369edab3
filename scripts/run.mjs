/**
 * The front door of every npm script: `node scripts/run.mjs start` runs scripts/start.ts, and so on.
 *
 * Works in a fresh clone with nothing but Node and npm: it installs the dependencies when they are missing or
 * older than the lock file, then hands over to the TypeScript file, which tsx runs in this same process.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isInstalled, runNpm } from './npm.mjs';

const oldestNode = 20;
const scripts = dirname(fileURLToPath(import.meta.url));
const root = dirname(scripts);

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(`Kindergarten needs Node ${oldestNode} or newer; this is ${process.version}.`);
  process.exit(1);
}
const task = join(scripts, `${process.argv[2]}.ts`);
if (!process.argv[2] || !existsSync(task)) {
  console.error('Usage: node scripts/run.mjs TASK, where TASK is one of the .ts files in scripts/.');
  process.exit(1);
}
process.chdir(root);
process.argv.splice(1, 2, task);
if (!isInstalled(root)) {
  console.log('Installing the dependencies (npm ci) ...');
  // No dependency needs its install script, and not running them makes every machine behave alike.
  await runNpm(['ci', '--ignore-scripts'], root);
}
await import('tsx');
await import(pathToFileURL(task).href);
