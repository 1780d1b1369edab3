/** The engine in a browser's worker: the same seed and commands give the same trace as in Node. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { launchBrowser } from '../support/browser';
import { apply, example, kindYaml, newCluster } from '../support/cluster';

const seed = 42;
const runMs = 60_000;

describe('the engine in a browser worker', () => {
  it('gives the same trace hash as in Node', async () => {
    const cluster = newCluster(kindYaml(1, 1), seed);
    cluster.runFor(30_000);
    const applied = apply(cluster, example('deployment.yaml'));
    assert.equal(applied.done, true);
    cluster.runFor(runMs);

    const program = `
      import { Sandbox } from './src/cluster/sandbox';
      import { readManifests } from './src/shell/manifest-set';
      const cluster = new Sandbox({ seed: ${seed}, epochMs: () => ${cluster.options.epochMs} }).create(${JSON.stringify(kindYaml(1, 1))});
      cluster.runFor(30_000);
      const files = [{ name: 'test.yaml', text: ${JSON.stringify(example('deployment.yaml'))} }];
      const { objects } = readManifests(files, cluster.options.kinds);
      const progress = cluster.execute({ type: 'apply', objects: objects.map((placed) => placed.object) });
      cluster.runUntil(() => progress.done);
      cluster.runFor(${runMs});
      postMessage({ digest: cluster.trace.digest(), hops: cluster.trace.length });
    `;
    const bundled = await build({
      stdin: { contents: program, resolveDir: root, loader: 'ts' }, bundle: true, write: false, format: 'iife',
      platform: 'browser', target: 'es2022', absWorkingDir: join(root),
    });
    const script = bundled.outputFiles[0]?.text ?? '';
    const page = await (await launchBrowser()).newPage();
    try {
      const answer = await page.evaluate((text) => new Promise((resolve, reject) => {
        const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }), script);
      assert.deepEqual(answer, { digest: cluster.trace.digest(), hops: cluster.trace.length });
    } finally {
      await page.close();
    }
  });
});
