/**
 * Which hops a text would tell that tells the story of a run: host and webview agree on them, so that what is told is the
 * last to be left out when more happens than can be shown.
 */
import type { Hop } from './trace';

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
      return listeners[hop.to.slice(0, hop.to.lastIndexOf('@'))]?.has(resource) ?? false;
    }
  }
}
