/**
 * Folds hops into the steps that a text would tell: who asks for what, what is stored, who hears of it, what is decided
 * and started. Everything else lies folded in the step before it, and nothing is lost: unfolded, all hops are there.
 */
import type { Hop } from '../../src/protocol/trace';
import { processName } from './party';

export interface Step {
  /** The hop that the step is told by. */
  readonly hop: Hop;
  /** What lies folded in it, in order. */
  readonly inner: readonly Hop[];
}

/** The steps of hops in their order. Hops before the first step are a step of their own, told by the first of them. */
export function fold(hops: readonly Hop[]): Step[] {
  const steps: { hop: Hop; inner: Hop[] }[] = [];
  for (const hop of hops) {
    const last = steps.at(-1);
    if (!last || isTold(hop)) steps.push({ hop, inner: [] });
    else last.inner.push(hop);
  }
  return steps;
}

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const toldCalls: ReadonlySet<string> = new Set(['RunPodSandbox', 'PullImage', 'StartContainer', 'StopContainer']);

/** Who acts on changes of what; the other watchers only take note of them. */
const listeners: Readonly<Record<string, ReadonlySet<string>>> = {
  'kube-scheduler': new Set(['pods']),
  'kubelet': new Set(['pods']),
  'kube-controller-manager': new Set([
    'deployments', 'replicasets', 'daemonsets', 'statefulsets', 'jobs', 'cronjobs', 'nodes', 'services',
  ]),
  'kube-proxy': new Set(['endpointslices']),
};

/** Whether a text that tells the story would have a sentence for this hop. */
export function isTold(hop: Hop): boolean {
  const { subject } = hop;
  switch (hop.kind) {
    case 'input': case 'decision': case 'failure': case 'fault': return true;
    case 'stage': return !hop.allowed;
    case 'started': case 'stopped': return !hop.from.includes('/');
    case 'request': {
      if (hop.channel === 'https') return !reads.has(subject.verb) && subject.resource !== 'events' && !hop.background;
      return hop.channel === 'cri' ? toldCalls.has(subject.verb) : hop.channel === 'registry';
    }
    case 'response': {
      if ((subject.code ?? 200) >= 400) return subject.verb !== 'get';
      return hop.channel === 'grpc' && subject.verb === 'Txn' && !(subject.name ?? '').startsWith('/registry/events/');
    }
    case 'event': {
      if (hop.channel !== 'https' || subject.verb === 'BOOKMARK') return false;
      const resource = (subject.resource ?? '').split('.', 1)[0] ?? '';
      return listeners[processName(hop.to).name]?.has(resource) ?? false;
    }
  }
}
