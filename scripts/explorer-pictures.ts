/**
 * Takes pictures of the diagram's page to be looked at, of a real cluster in all views, levels, themes and widths:
 * `node scripts/run.mjs explorer-pictures [pattern]`. They go to out/pictures, which is not shipped.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { insideView } from '../src/cluster/views/inside/inside-view';
import { whyOf } from '../src/cluster/views/why';
import { apply, bootedCluster, example } from '../test/support/cluster';
import { closeBrowser, openWebviewPage } from '../test/support/browser';
import type { WebviewPage } from '../test/support/browser';
import type { Theme } from '../test/support/themes';
import { fleet } from '../test/webview/fleet-fixture';
import { presets } from '../webview/scene/viewpoint';
import { root } from './paths';

const folder = join(root, 'out', 'pictures');
const themes: readonly Theme[] = ['light', 'dark', 'hc-dark'];
const widths = [400, 900, 1400];

interface Shot {
  readonly name: string;
  readonly state?: object;
  readonly focus?: string;
  /** What is done on the page before the picture is taken. */
  readonly act?: (webview: WebviewPage) => Promise<void>;
}

async function main(): Promise<void> {
  const pattern = new RegExp(process.argv[2] ?? '');
  mkdirSync(folder, { recursive: true });
  await buildAll({ production: true });
  const cluster = bootedCluster(1, 2);
  apply(cluster, example('deployment.yaml'));
  cluster.settle();
  const view = { ...cluster.view(), run: { mode: 'paused', speed: 1, quiet: true } };
  const hops = cluster.trace.slice(cluster.trace.length - 20_000);
  const pod = view.nodes.flatMap(({ pods }) => pods).find(({ namespace }) => namespace === 'default');
  const podName = `default/${pod?.name ?? ''}`;
  const focuses: readonly (readonly [string, string])[] = [
    ['node', `node/${pod?.node ?? ''}`], ['control-plane-node', 'node/kind-control-plane'],
    ['apiserver', 'kube-apiserver@kind-control-plane'], ['etcd', 'etcd@kind-control-plane'],
    ['scheduler', 'kube-scheduler@kind-control-plane'], ['controllers', 'kube-controller-manager@kind-control-plane'],
    ['kubelet', `kubelet@${pod?.node ?? ''}`], ['kube-proxy', `kube-proxy@${pod?.node ?? ''}`],
    ['pod', `pod/${podName}`], ['container', `container/${podName}/${pod?.containers[0]?.name ?? ''}`],
  ];
  const shots: readonly Shot[] = [
    ...presets.map((preset) => ({ name: `view-${preset}`, state: { preset } })),
    ...focuses.map(([name, focus]) => ({ name: `zoom-${name}`, state: { focus }, focus })),
    { name: 'details-why', state: { selection: `pod/${podName}` }, act: async ({ page, post }) => {
      await page.getByRole('button', { name: /Why\?|Warum\?/ }).click();
      await post({ type: 'why', box: `pod/${podName}`, hops: whyOf(`pod/${podName}`, cluster.trace, cluster.trace.length) });
    } },
    { name: 'legend', act: ({ page }) => page.keyboard.press('l') },
    { name: 'search', act: async ({ page }) => {
      await page.keyboard.press('/');
      await page.keyboard.type('web');
    } },
    { name: 'export', act: ({ page }) => page.getByRole('button', { name: /Save as picture|Als Bild speichern/ }).click() },
    { name: 'folded', state: { folded: true, transcriptOpen: true } },
    { name: 'palette', state: { selection: `kubelet@${pod?.node ?? ''}` } },
  ];
  for (const theme of themes) for (const width of widths) {
    for (const { name, state = {}, focus, act } of shots) {
      const title = `${name}-${theme}-${width}`;
      if (!pattern.test(title)) continue;
      const webview = await openWebviewPage({ body: '<div id="app"></div>', width, height: 900, theme, state });
      const inside = focus === undefined ? undefined : insideView(focus, { view: cluster.view(), objects: cluster.objects, hops });
      await webview.post({
        type: 'snapshot', language: width === 900 ? 'de' : 'en', view, recentHops: hops.slice(-400),
        palette: name === 'palette' ? 'okabe-ito' : 'theme', ...(inside ? { inside } : {}),
      });
      await webview.page.locator('.diagram [data-box]').first().waitFor();
      await act?.(webview);
      await webview.page.screenshot({ path: join(folder, `${title}.png`) });
      for (const problem of webview.problems()) console.error(`${title}: ${problem}`);
      await webview.close();
    }
    for (const nodes of [60, 600, 5_000]) {
      const title = `scale-${nodes}-${theme}-${width}`;
      if (!pattern.test(title)) continue;
      const webview = await openWebviewPage({ body: '<div id="app"></div>', width, height: 900, theme });
      await webview.post({ type: 'snapshot', language: 'en', view: fleet(nodes, 30), recentHops: [] });
      await webview.page.locator('.diagram [data-box]:visible, canvas.heat-map:visible').first().waitFor();
      await webview.page.screenshot({ path: join(folder, `${title}.png`) });
      await webview.close();
    }
  }
  await closeBrowser();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
