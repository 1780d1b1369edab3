/** Checks what arrives from the extension host before anything is drawn of it. What is not understood is ignored. */
import type { HostToPanel, PanelState } from '../src/protocol/messages';

type Fields = Readonly<Record<string, unknown>>;

/** The message, if it is one; undefined otherwise. */
export function readMessage(data: unknown): HostToPanel | undefined {
  if (!isFields(data)) return undefined;
  switch (data['type']) {
    case 'snapshot':
      return isSnapshot(data) ? (data as unknown as HostToPanel) : undefined;
    case 'update':
      return isUpdate(data) ? (data as unknown as HostToPanel) : undefined;
    case 'why':
      return typeof data['box'] === 'string' && isHops(data['hops']) ? (data as unknown as HostToPanel) : undefined;
    case 'timeline':
      return isTimeline(data['timeline']) ? (data as unknown as HostToPanel) : undefined;
    case 'reveal':
      return typeof data['box'] === 'string' ? (data as unknown as HostToPanel) : undefined;
    default:
      return undefined;
  }
}

function isSnapshot({ language, view, recentHops, selection, inside, study, past }: Fields): boolean {
  return (language === 'en' || language === 'de') && (view === undefined || isView(view)) && isHops(recentHops)
    && (selection === undefined || typeof selection === 'string') && isInside(inside) && isStudy(study) && isPast(past);
}

function isUpdate({ view, hops, skippedHops, inside, study, past }: Fields): boolean {
  return (
    isView(view) &&
    isHops(hops) &&
    typeof skippedHops === 'number' &&
    isInside(inside) &&
    isStudy(study) &&
    isPast(past)
  );
}

/** The state that the panel saved, as far as it is one. */
export function readState(data: unknown): PanelState {
  if (!isFields(data)) return {};
  const {
    selection,
    scale,
    x,
    y,
    transcriptOpen,
    alone,
    backgroundHops,
    expanded,
    preset,
    focus,
    direction,
    folded,
    study,
  } = data;
  const number = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  const boolean = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
  const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    selection: string(selection),
    scale: number(scale),
    x: number(x),
    y: number(y),
    preset: string(preset),
    focus: string(focus),
    direction: string(direction),
    folded: boolean(folded),
    study: string(study),
    transcriptOpen: boolean(transcriptOpen),
    alone: boolean(alone),
    backgroundHops: boolean(backgroundHops),
    expanded: Array.isArray(expanded) ? expanded.filter((id) => typeof id === 'string') : undefined,
  };
}

function isPast(value: unknown): boolean {
  return value === undefined
    || isFields(value) && ['hops', 'atMs', 'revision', 'presentHops'].every((key) => typeof value[key] === 'number');
}

function isTimeline(value: unknown): boolean {
  if (!isFields(value)) return false;
  const numbers = ['firstHops', 'lastHops', 'firstRevision', 'lastRevision', 'shownHops'];
  const isNumber = (each: unknown): boolean => typeof each === 'number' && Number.isFinite(each);
  return numbers.every((key) => isNumber(value[key])) && isListOf(value['revisionHops'], isNumber)
    && isListOf(value['stops'], isNumber)
    && isListOf(value['marks'], (mark) => isFields(mark) && isNumber(mark['hop']) && typeof mark['kind'] === 'string')
    && isListOf(value['revisions'], (tick) => isFields(tick) && isNumber(tick['hop']) && isNumber(tick['revision'])
      && typeof tick['verb'] === 'string' && typeof tick['object'] === 'string');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isView(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { name, nowMs, revision, run, nodes, unboundPods } = value;
  return typeof name === 'string' && typeof nowMs === 'number' && typeof revision === 'number' && isFields(run)
    && typeof run['mode'] === 'string' && typeof run['speed'] === 'number'
    && isListOf(nodes, isNode) && isListOf(unboundPods, isPod);
}

function isNode(value: unknown): boolean {
  return isFields(value) && typeof value['name'] === 'string' && isListOf(value['components'], isFields)
    && isListOf(value['pods'], isPod) && isPodCounts(value['podCounts']);
}

/** Absent, or pods that are only counted. */
function isPodCounts(value: unknown): boolean {
  return (
    value === undefined ||
    (isFields(value) && typeof value['drawn'] === 'string' && typeof value['ofComponents'] === 'number')
  );
}

function isPod(value: unknown): boolean {
  return isFields(value) && typeof value['name'] === 'string' && typeof value['namespace'] === 'string'
    && Array.isArray(value['containers']);
}

/** Absent, or the inside of a box. */
function isInside(value: unknown): boolean {
  return (
    value === undefined ||
    (isFields(value) &&
      typeof value['box'] === 'string' &&
      isListOf(
        value['lanes'],
        (lane) =>
          isFields(lane) &&
          typeof lane['part'] === 'string' &&
          isListOf(
            lane['items'],
            (item) => isFields(item) && typeof item['title'] === 'string' && Array.isArray(item['facts']),
          ),
      ))
  );
}

/** Absent, or tables: the lists that are drawn are lists. */
function isStudy(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isFields(value)) return false;
  if (value['kind'] === 'etcd') {
    const { key } = value;
    return (
      isListOf(value['entries'], isFields) &&
      isListOf(value['recent'], isFields) &&
      typeof value['prefix'] === 'string' &&
      (key === undefined ||
        (isFields(key) && isListOf(key['versions'], isFields) && isListOf(key['changes'], isFields)))
    );
  }
  const { shown } = value;
  return (
    value['kind'] === 'scheduling' &&
    isListOf(value['attempts'], isFields) &&
    (shown === undefined ||
      (isFields(shown) &&
        isListOf(shown['table'], (node) => isFields(node) && isListOf(node['scores'], isFields)) &&
        ['filters', 'scorers', 'skippedScores'].every((list) => Array.isArray(shown[list])) &&
        isFields(shown['fields'])))
  );
}

function isHops(value: unknown): boolean {
  return isListOf(value, (hop) => isFields(hop) && typeof hop['id'] === 'number' && typeof hop['kind'] === 'string'
    && typeof hop['from'] === 'string' && typeof hop['to'] === 'string' && isFields(hop['subject']));
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
