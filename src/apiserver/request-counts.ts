/**
 * Counts the requests that were carried out, by what they asked for and how they were answered; GET /metrics shows
 * them. Refusals by authentication and authorization come before and are not in it. Models RecordLongRunning and
 * MonitorRequest of apiserver's pkg/endpoints/metrics, as far as counters go.
 */
import type { ApiRequest } from '../api/request';

/** What the requests of one line of apiserver_request_total have in common. */
export interface RequestLabels {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly scope: 'resource' | 'namespace' | 'cluster';
  readonly dryRun: boolean;
  readonly code: number;
}

interface Count {
  readonly labels: RequestLabels;
  total: number;
}

export class RequestCounts {
  private readonly counts = new Map<string, Count>();

  /** Counts one request; a watch has code 200 when its stream begins. */
  count(request: ApiRequest, code: number): void {
    const { verb, group, version, resource, subresource = '', namespace, name, options } = request;
    const one = name !== undefined || verb === 'create';
    const scope = one ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
    const dryRun = options.dryRun === true;
    const key = `${verb} ${group} ${version} ${resource} ${subresource} ${scope} ${dryRun} ${code}`;
    const known = this.counts.get(key);
    if (known) known.total += 1;
    else {
      const labels: RequestLabels = { verb, group, version, resource, subresource, scope, dryRun, code };
      this.counts.set(key, { labels, total: 1 });
    }
  }

  /** All counts, in alphabetical order of what they count. */
  all(): readonly { readonly labels: RequestLabels; readonly total: number }[] {
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
  }
}
