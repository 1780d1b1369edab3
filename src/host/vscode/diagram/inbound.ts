/**
 * What the diagram panel may say to the host. A webview is a web page, so nothing it sends is trusted: kind, types and
 * lengths are checked, and a page that talks too fast is not listened to.
 */
import type { PanelToHost } from '../../../protocol/messages';
import type { RunMode } from '../../../protocol/view';

const longestBox = 512;
const fastestSpeed = 1_000;
const modes: readonly RunMode[] = ['paused', 'hops', 'live', 'fast'];
const openings = ['describe', 'yaml', 'tree'] as const;

/** The message as a value of its own, or undefined for anything else. */
export function readPanelMessage(value: unknown): PanelToHost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, mode, speed, box, what } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'step': return { type };
    case 'run': {
      const known = modes.find((each) => each === mode);
      const sane = typeof speed === 'number' && speed > 0 && speed <= fastestSpeed;
      return known && sane ? { type, mode: known, speed } : undefined;
    }
    case 'select': return box === undefined || isBox(box) ? { type, box } : undefined;
    case 'open': {
      const known = openings.find((each) => each === what);
      return known && isBox(box) ? { type, box, what: known } : undefined;
    }
    default: return undefined;
  }
}

function isBox(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestBox;
}

/** Lets so many calls a second through and drops the rest. */
export class RateLimit {
  private used = 0;
  private windowStartMs = -Infinity;

  constructor(private readonly perSecond: number) {}

  allows(nowMs: number): boolean {
    if (nowMs - this.windowStartMs >= 1000) {
      this.windowStartMs = nowMs;
      this.used = 0;
    }
    this.used += 1;
    return this.used <= this.perSecond;
  }
}
