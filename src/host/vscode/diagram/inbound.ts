/**
 * What the diagram panel may say to the host. A webview is a web page, so nothing it sends is trusted: kind, types and
 * lengths are checked, and a page that talks too fast is not listened to.
 */
import type { PanelToHost, SavedFile } from '../../../protocol/messages';
import type { StudyRequest } from '../../../protocol/study';
import type { RunMode } from '../../../protocol/view';
import { whatIfs } from '../../../protocol/what-if';

const longestBox = 512;
const fastestSpeed = 1_000;
const modes: readonly RunMode[] = ['paused', 'hops', 'live', 'fast'];
/** Files of one export, and the characters of all of them. */
const mostFiles = 64;
const mostCharacters = 32_000_000;
const openings = ['describe', 'yaml', 'tree'] as const;

/** The message as a value of its own, or undefined for anything else. */
export function readPanelMessage(value: unknown): PanelToHost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    type, mode, speed, box, what, hops, revision, action, other, files, request, pod, field,
  } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'step':
    case 'stepBack':
    case 'returnToNow':
    case 'branch': return { type };
    case 'goTo': return isCount(hops) ? { type, hops } : undefined;
    case 'goToRevision': return isCount(revision) ? { type, revision } : undefined;
    case 'run': {
      const known = modes.find((each) => each === mode);
      const sane = typeof speed === 'number' && speed > 0 && speed <= fastestSpeed;
      return known && sane ? { type, mode: known, speed } : undefined;
    }
    case 'zoom': return box === undefined || isBox(box) ? { type, box } : undefined;
    case 'study': {
      const known = studyRequest(request);
      return request === undefined || known ? { type, request: known } : undefined;
    }
    case 'openField': return isBox(pod) && isBox(field) ? { type, pod, field } : undefined;
    case 'openManifest':
    case 'why': return isBox(box) ? { type, box } : undefined;
    case 'whatIf': {
      const known = whatIfs.find((each) => each === action);
      if (!known || !isBox(box) || !(other === undefined || isBox(other))) return undefined;
      return { type, action: known, box, ...(other === undefined ? {} : { other }) };
    }
    case 'save': {
      const read = filesOf(files);
      return read ? { type, files: read } : undefined;
    }
    case 'select': return box === undefined || isBox(box) ? { type, box } : undefined;
    case 'open': {
      const known = openings.find((each) => each === what);
      return known && isBox(box) ? { type, box, what: known } : undefined;
    }
    default: return undefined;
  }
}

/** What is asked for of the scheduler's or etcd's tables. */
function studyRequest(value: unknown): StudyRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, attempt, pod, before, prefix, key, revision } = value as Readonly<Record<string, unknown>>;
  const isText = (each: unknown): each is string => typeof each === 'string' && each.length <= longestBox;
  const count = <K extends string>(name: K, each: unknown) =>
    isCount(each) ? ({ [name]: each } as Record<K, number>) : {};
  const words = <K extends string>(name: K, each: unknown) =>
    isText(each) ? ({ [name]: each } as Record<K, string>) : {};
  switch (kind) {
    case 'scheduling': return { kind, ...count('attempt', attempt), ...words('pod', pod), ...count('before', before) };
    case 'etcd': return { kind, ...words('prefix', prefix), ...words('key', key), ...count('revision', revision) };
    default: return undefined;
  }
}

/** Files with a plain name and one of the endings that the panel makes. */
function filesOf(value: unknown): SavedFile[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostFiles) return undefined;
  const files: SavedFile[] = [];
  let left = mostCharacters;
  for (const each of value as readonly unknown[]) {
    if (typeof each !== 'object' || each === null) return undefined;
    const { name, content, encoding } = each as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || !/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}\.(?:svg|png|md)$/.test(name))
      return undefined;
    if (typeof content !== 'string' || (encoding !== 'text' && encoding !== 'base64')) return undefined;
    if (encoding === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) return undefined;
    left -= content.length;
    if (left < 0) return undefined;
    files.push({ name, content, encoding });
  }
  return files;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
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
