/**
 * GET /metrics: the few figures of a kube-apiserver that stand for something here, in the text format of Prometheus.
 * Models the names, labels and help texts of apiserver's pkg/endpoints/metrics and pkg/storage/etcd3/metrics.
 */
import type { ServedResource } from './storage/served-resource';
import type { RequestCounts, RequestLabels } from './request-counts';
import { serverVersion } from './options';

/** What /metrics looks at. */
export interface MetricsSource {
  readonly requests: RequestCounts;
  readonly resources: { readonly all: readonly ServedResource[]; readonly stored: readonly ServedResource[] };
  /** Whether etcd answers. */
  readonly etcdReachable: boolean;
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The whole text, one family after the other. */
export function metricsText({ requests, resources, etcdReachable }: MetricsSource): string {
  const counts = requests.all().map(({ labels, total }): Sample => [requestLabels(labels), total]);
  const watches = resources.all.map((resource): Sample => {
    const { group, version, plural } = resource.kind;
    const labels = {
      component: 'apiserver', group, resource: plural, scope: 'cluster', subresource: '', verb: 'WATCH', version,
    };
    return [labels, [...resource.watchers.all()].length];
  }).filter(([, value]) => value > 0);
  const objects = resources.stored.map(({ name, cache }): Sample => [{ resource: name }, cache.list().length]);
  const build = {
    compiler: serverVersion.compiler, git_tree_state: serverVersion.gitTreeState, git_version: serverVersion.gitVersion,
    major: serverVersion.major, minor: serverVersion.minor, platform: serverVersion.platform,
  };
  return [
    family('apiserver_longrunning_requests', 'gauge',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, '
      + 'scope and component. Not all requests are tracked this way.', watches),
    family('apiserver_request_total', 'counter',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, '
      + 'scope, component, and HTTP response code.', counts),
    family('apiserver_storage_objects', 'gauge',
      '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the '
      + 'value will be -1.', objects),
    family('kubernetes_build_info', 'gauge',
      '[ALPHA] A metric with a constant \'1\' value labeled by major, minor, git version, git commit, git tree state, '
      + 'build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.',
      [[build, 1]]),
    family('kubernetes_healthcheck', 'gauge', '[STABLE] This metric records the result of a single healthcheck.',
      ['healthz', 'livez', 'readyz'].map((type): Sample => [{ name: 'etcd', type }, etcdReachable ? 1 : 0])),
  ].join('');
}

function requestLabels(labels: RequestLabels): Readonly<Record<string, string>> {
  const { verb, group, version, resource, subresource, scope, dryRun, code } = labels;
  return {
    code: String(code), component: 'apiserver', dry_run: dryRun ? 'All' : '', group, resource, scope, subresource,
    verb: methodOf(verb), version,
  };
}

const methods: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

/** The verb as metrics name it: cleanVerb. */
function methodOf(verb: string): string {
  return methods[verb] ?? verb.toUpperCase();
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/[\\"\n]/g, '\\$&')}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
