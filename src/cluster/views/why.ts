/**
 * Why something is as it is: the chain of causes from the trace, from the command that began it to the last thing that
 * happened to an object, without the steps in between that only carry it on. It reads hops; it infers nothing.
 */
import type { Hop } from '../../protocol/trace';

/** What of a trace is read. */
export interface HopReader {
  readonly first: number;
  at(id: number): Hop | undefined;
}

/** So many hops back the trace is searched. */
const searchLimit = 200_000;

/**
 * The chain that explains a box, oldest first; empty when the trace does not know it any more. `before` is the number of
 * hops up to the moment that is looked at.
 */
export function whyOf(box: string, trace: HopReader, before: number): readonly Hop[] {
  const isAbout = subjectOf(box);
  let last: Hop | undefined;
  for (let id = before - 1; id >= Math.max(trace.first, before - searchLimit); id -= 1) {
    const hop = trace.at(id);
    if (!hop || hop.background || !isAbout(hop)) continue;
    last = hop;
    break;
  }
  const chain: Hop[] = [];
  for (let hop = last; hop; hop = hop.cause < 0 ? undefined : trace.at(hop.cause)) {
    if (hop === last || isTelling(hop)) chain.unshift(hop);
  }
  return chain;
}

/** Whether a hop is the last word on a box: a decision or a report on a pod, a message of a process. */
function subjectOf(box: string): (hop: Hop) => boolean {
  const [kind, namespace, name] = box.split('/');
  if (kind === 'node')
    return ({ kind: what, subject }) =>
      what === 'request' && subject.resource === 'nodes' && subject.name === namespace;
  if (kind !== 'pod' && kind !== 'container')
    return (hop) => hop.kind !== 'stage' && (hop.from === box || hop.to === box);
  return ({ kind: what, subject }) =>
    subject.resource === 'pods' &&
    subject.namespace === namespace &&
    subject.name === name &&
    (what === 'decision' || what === 'request');
}

/** What moves things on: commands, requests that change something, watch events, decisions, failures and refusals. */
function isTelling(hop: Hop): boolean {
  switch (hop.kind) {
    case 'input':
    case 'decision':
    case 'failure':
    case 'fault':
    case 'started':
    case 'stopped':
      return true;
    case 'stage':
      return !hop.allowed;
    case 'request':
      return (
        hop.channel !== 'grpc' &&
        hop.subject.verb !== 'get' &&
        hop.subject.verb !== 'list' &&
        hop.subject.verb !== 'watch'
      );
    // Asking for what does not exist yet is no failure.
    case 'response':
      return (hop.subject.code ?? 200) >= 400 && hop.subject.verb !== 'get';
    case 'event':
      return hop.channel !== 'grpc';
  }
}
