/** What the tabular views of the panel show of a cluster, at the present or at another moment of its run. */
import type { Pod } from '../../../api/types';
import type { Study, StudyRequest } from '../../../protocol/study';
import type { Cluster } from '../../cluster';
import type { PastCluster } from '../../history/past-cluster';
import { etcdStudy } from './etcd';
import { schedulingStudy } from './scheduling';

/** `past`: the moment that is shown, unless it is the present. */
export function studyOf(request: StudyRequest, cluster: Cluster, past: PastCluster | undefined): Study {
  const { objects } = past ?? cluster;
  if (request.kind === 'etcd') return etcdStudy(request, cluster, past?.moment.revision);
  return schedulingStudy(request, cluster.decisions, past?.moment.hops ?? cluster.trace.length, (key) => {
    const [namespace, name = ''] = key.split('/');
    return objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod | undefined;
  });
}
