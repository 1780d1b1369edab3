/** etcd's revisions on a line: what is compacted, what can be read, and where the chosen key has versions. */
import type { EtcdStudy } from '../../src/protocol/study';
import { svg } from '../render/svg';

const height = 44;
const inset = 8;
const axisY = 18;

/** Where things stand on the line; for the drawing and for tests. */
export interface RevisionLine {
  /** Where what can be read begins. */
  readonly compactedX: number | undefined;
  readonly ticks: readonly { readonly x: number; readonly revision: number; readonly isShown: boolean }[];
  readonly labels: readonly {
    readonly x: number;
    readonly words: string;
    readonly anchor: 'start' | 'middle' | 'end';
  }[];
}

/** Lays out the line of a width. */
export function layOutRevisions(
  { oldest, revision: newest, compactRevision, key }: EtcdStudy,
  width: number,
): RevisionLine {
  const toX = (revision: number): number =>
    Math.round(inset + ((Math.max(oldest, revision) - oldest) / Math.max(1, newest - oldest)) * (width - 2 * inset));
  const compactedX = compactRevision > oldest ? toX(compactRevision) : undefined;
  const room = 48;
  const isFree = compactedX !== undefined && compactedX > inset + room && compactedX < width - inset - room;
  return {
    compactedX,
    ticks: (key?.versions ?? []).map(({ revision }) => ({
      x: toX(revision),
      revision,
      isShown: revision === key?.revision,
    })),
    labels: [
      { x: inset, words: String(oldest), anchor: 'start' },
      ...(isFree ? [{ x: compactedX, words: String(compactRevision), anchor: 'middle' as const }] : []),
      { x: width - inset, words: String(newest), anchor: 'end' },
    ],
  };
}

/** Draws it; `name` says in words what it shows. */
export function revisionLine(study: EtcdStudy, width: number, name: string): SVGSVGElement {
  const { compactedX, ticks, labels } = layOutRevisions(study, width);
  const readFrom = compactedX ?? inset;
  return svg(
    'svg',
    { class: 'revisions', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': name },
    ...(compactedX === undefined
      ? []
      : [svg('path', { class: 'revisions-gone', d: `M${inset} ${axisY}H${compactedX}` })]),
    svg('path', { class: 'revisions-kept', d: `M${readFrom} ${axisY}H${width - inset}` }),
    ...(compactedX === undefined ? [] : [svg('path', { class: 'revisions-cut', d: `M${compactedX} ${axisY - 8}v16` })]),
    ...ticks.map(({ x, isShown }) =>
      svg('circle', { class: isShown ? 'revision shown' : 'revision', cx: x, cy: axisY, r: isShown ? 6 : 4 }),
    ),
    ...labels.map(({ x, words, anchor }) => svg('text', { x, y: height - 6, 'text-anchor': anchor }, words)),
  );
}
