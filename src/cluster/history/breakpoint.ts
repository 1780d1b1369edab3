/** Whether a hop is what a breakpoint waits for. */
import type { Breakpoint } from '../../protocol/time';
import type { Hop, ProcessId } from '../../protocol/trace';
import { isFailed } from './marks';

export function breakpointMatches(hop: Hop, breakpoint: Breakpoint): boolean {
  const { component, verb, resource, name, outcome } = breakpoint;
  const { subject } = hop;
  if (component !== undefined && !isProcess(hop.from, component) && !isProcess(hop.to, component)) return false;
  if (verb !== undefined && subject.verb.toLowerCase() !== verb.toLowerCase()) return false;
  if (resource !== undefined && resource !== resourceOf(hop)) return false;
  if (name !== undefined && !(subject.name ?? '').startsWith(name)) return false;
  return outcome === undefined || (outcome === 'failed' ? isFailed(hop) : subject.code === outcome);
}

function isProcess(id: ProcessId, component: string): boolean {
  return id === component || id.startsWith(`${component}@`);
}

function resourceOf({ subject: { resource, subresource } }: Hop): string {
  return subresource === undefined || subresource === '' ? resource ?? '' : `${resource}/${subresource}`;
}
