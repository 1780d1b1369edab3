/**
 * What a frame of the diagram costs in the browser that the tests use: teaching size in motion, 600 boxes, a fleet. Frames
 * on the clock are those of a machine without a graphics card, where the processor also draws the pixels.
 */
import { closeBrowser } from '../support/browser';
import { FrameMeter, teachingUpdates, teachingView, tilesUpdates, tilesView, told } from '../support/frames';
import { fleet } from '../webview/fleet-fixture';

async function main(): Promise<void> {
  const teaching = teachingView();
  let meter = await FrameMeter.open(teaching);
  console.log(told('12 nodes, 120 pods, two hops each frame', await meter.updates(teachingUpdates(teaching, 60))));
  console.log(told('12 nodes, 120 pods, messages on their way', await meter.still(20)));
  await meter.close();

  const tiles = tilesView();
  meter = await FrameMeter.open(tiles);
  console.log(told('600 boxes, panning', await meter.pan(60)));
  console.log(told('600 boxes, an update of six', await meter.updates(tilesUpdates(tiles, 60))));
  console.log(told('600 boxes, zooming', await meter.zoom(30)));
  await meter.close();

  meter = await FrameMeter.open(fleet(2, 1));
  const first = await meter.updates([{ type: 'snapshot', language: 'en', view: fleet(5_000, 30), recentHops: [] }]);
  console.log(told('5,000 nodes, 150,000 pods, the first picture', first));
  console.log(told('5,000 nodes, 150,000 pods, an update', await meter.updates(Array.from({ length: 8 }, (_, round) =>
    ({ type: 'update', view: fleet(5_000, 30, round + 1), hops: [], skippedHops: 0 })))));
  await meter.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
}).finally(closeBrowser);
