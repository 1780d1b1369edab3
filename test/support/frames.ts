/**
 * What a frame of the diagram costs, measured in the browser. First the processor's time for script, style and layout,
 * which is the page's own and which a busy machine hardly changes; then all that the page's thread did, painting
 * commands and the calls of this meter included; last the time on the clock from one frame to the next, which also has
 * the drawing of pixels in it, on a machine without a graphics card by the processor, and whatever else the machine
 * does. Tests hold the first and print all.
 */
import type { CDPSession } from 'playwright-core';
import { aggregated } from '../../src/cluster/views/fleet';
import type { HostToPanel } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { cluster, hop, large, node, pod, stepping, suffix } from '../webview/fixtures';
import { openWebviewPage } from './browser';
import type { WebviewPage } from './browser';

/** A sixtieth of a second. */
export const frameMs = 1000 / 60;

type Message = Extract<HostToPanel, { type: 'snapshot' | 'update' }>;

/** One frame, in milliseconds. */
export interface FrameCost {
  /** Script, style and layout. */
  readonly ownMs: number;
  /** All that the page's thread did. */
  readonly threadMs: number;
  /** On the clock, from frame to frame. */
  readonly clockMs: number;
}

export interface FrameCosts {
  readonly median: FrameCost;
  readonly worst: FrameCost;
}

/** The diagram's page, and what its frames cost. */
export class FrameMeter {
  private constructor(readonly webview: WebviewPage, private readonly session: CDPSession) {}

  /** A page of 1400 x 900 that shows a view and has come to rest. */
  static async open(view: ClusterView): Promise<FrameMeter> {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', width: 1400, height: 900 });
    await webview.page.locator('header.toolbar').waitFor();
    const session = await webview.page.context().newCDPSession(webview.page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const meter = new FrameMeter(webview, session);
    await webview.post({ type: 'snapshot', language: 'en', view, recentHops: [] });
    await webview.page.locator('[data-box="client/kubectl"], canvas.heat-map').first().waitFor();
    await meter.still(10);
    return meter;
  }

  /** Sends a message in each frame. */
  async updates(messages: readonly Message[]): Promise<FrameCosts> {
    // All lie in the page before the clock runs; each is copied in its frame, as the window does with what is posted.
    await this.webview.page.evaluate((all) => { Object.assign(window, { waiting: all }); }, messages);
    return this.each(messages.length, () => {
      const { waiting } = window as unknown as { waiting: unknown[] };
      window.dispatchEvent(new MessageEvent('message', { data: structuredClone(waiting.shift()) }));
    });
  }

  /** Moves the picture a little in each frame. */
  pan(frames: number): Promise<FrameCosts> {
    return this.each(frames, () => document.querySelector('.scroller')?.scrollBy(0, 24));
  }

  /** Zooms a little in each frame, in and out again. */
  zoom(frames: number): Promise<FrameCosts> {
    return this.each(frames, () => {
      const zoomed = window as unknown as { zoomed?: number };
      zoomed.zoomed = (zoomed.zoomed ?? 0) + 1;
      document.querySelector('.scroller')?.dispatchEvent(new WheelEvent('wheel', {
        ctrlKey: true, deltaY: zoomed.zoomed % 20 < 10 ? 30 : -30, clientX: 700, clientY: 400, bubbles: true,
        cancelable: true,
      }));
    });
  }

  /** Changes nothing, so that only what moves by itself is drawn. */
  still(frames: number): Promise<FrameCosts> {
    return this.each(frames, () => undefined);
  }

  close(): Promise<void> {
    return this.webview.close();
  }

  private async each(frames: number, act: () => void): Promise<FrameCosts> {
    const costs: FrameCost[] = [];
    let before = await this.read();
    const action = `async () => {
      const start = await new Promise(requestAnimationFrame);
      (${String(act)})();
      return await new Promise(requestAnimationFrame) - start;
    }`;
    for (let frame = 0; frame < frames; frame += 1) {
      const clockMs = await this.webview.page.evaluate<number>(`(${action})()`);
      const after = await this.read();
      costs.push({ ownMs: after.ownMs - before.ownMs, threadMs: after.threadMs - before.threadMs, clockMs });
      before = after;
    }
    return { median: pick(costs, 0.5), worst: pick(costs, 1) };
  }

  private async read(): Promise<Omit<FrameCost, 'clockMs'>> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    const msOf = (name: string): number => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
    return {
      ownMs: msOf('ScriptDuration') + msOf('RecalcStyleDuration') + msOf('LayoutDuration'),
      threadMs: msOf('TaskDuration'),
    };
  }
}

/** Each figure for itself at that part of its order. */
function pick(costs: readonly FrameCost[], part: number): FrameCost {
  const at = (figure: keyof FrameCost): number => {
    const sorted = costs.map((cost) => cost[figure]).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  };
  return { ownMs: at('ownMs'), threadMs: at('threadMs'), clockMs: at('clockMs') };
}

/** One line on what frames cost. */
export function told(what: string, { median, worst }: FrameCosts): string {
  const figure = (name: keyof FrameCost): string => `${median[name].toFixed(1)} (at worst ${worst[name].toFixed(1)})`;
  return `${what}: script, style and layout ${figure('ownMs')} ms; page's thread ${figure('threadMs')} ms; `
    + `frame to frame ${figure('clockMs')} ms`;
}

/** 12 nodes with 120 pods in a live run. */
export function teachingView(): ClusterView {
  const nameOf = (index: number): string => (index === 0 ? 'kind-control-plane' : `kind-worker${index}`);
  const nodes = Array.from({ length: 12 }, (_, index) => node(nameOf(index), {
    index, controlPlane: index === 0,
    pods: Array.from({ length: 10 }, (_unused, at) => pod(`web-${at % 4}-${suffix(index * 10 + at)}`)),
  }));
  return cluster(nodes, { run: { ...stepping, mode: 'live' } });
}

/** Messages that set two hops going in each frame. */
export function teachingUpdates(view: ClusterView, count: number): Message[] {
  return Array.from({ length: count }, (_, round) => ({
    type: 'update', view: { ...view, revision: 412 + round, nowMs: view.nowMs + round * 16 }, skippedHops: 0,
    hops: Array.from({ length: 2 }, () => hop({
      kind: 'request', from: `kubelet@kind-worker${round % 11 + 1}`, subject: { verb: 'patch', resource: 'pods' },
    })),
  }));
}

/** 600 boxes, as the host sends them. */
export function tilesView(): ClusterView {
  return aggregated(large(590));
}

/** Messages in each of which six other nodes are not ready. */
export function tilesUpdates(view: ClusterView, count: number): Message[] {
  return Array.from({ length: count }, (_, round) => ({
    type: 'update', hops: [], skippedHops: 0,
    view: {
      ...view, revision: 412 + round, nodes: view.nodes.map((one, index) =>
        (index % 97 === round % 97 ? { ...one, health: 'notReady' as const, status: 'NotReady' } : one)),
    },
  }));
}
