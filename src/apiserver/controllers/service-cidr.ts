/**
 * The ServiceCIDR `kubernetes`: the range that the server was started with, marked as ready. Models
 * pkg/controlplane/controller/defaultservicecidr. Its finalizer, which upstream's controller manager adds, is there from
 * the start; ranges that others add are kept, and no addresses are given out of them.
 */
import { serviceCidrs } from '../../api/resources';
import { formatTime } from '../../api/time';
import type { NewObject, ServiceCIDR } from '../../api/types';
import type { Task } from '../../sim/task';
import type { ServedResources } from '../storage/served-resources';
import { type Loopback, loopbackCreate, loopbackUpdate } from './loopback';

const name = 'kubernetes';

/** Makes the ServiceCIDR and its condition where they are missing; false when it must be tried again. */
export function* ensureServiceCidr(
  loopback: Loopback, resources: ServedResources, serviceSubnet: string, nowMs: number,
): Task<boolean> {
  const { group, version, resource } = serviceCidrs;
  if (!resources.find(group, version, resource)) return true;
  let current = resources.get(serviceCidrs, undefined, name);
  if (current === undefined) {
    const wanted: NewObject<ServiceCIDR> = {
      apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR',
      metadata: { name, finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
      spec: { cidrs: serviceSubnet.split(',').map((cidr) => cidr.trim()) },
    };
    const { code, body } = yield* loopbackCreate(loopback, serviceCidrs, wanted);
    if (code === 409) return true;
    if (code >= 400) return false;
    current = body as unknown as ServiceCIDR;
  }
  if (current.status?.conditions?.length) return true;
  const ready = {
    type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: formatTime(nowMs),
  };
  const updated =
    yield* loopbackUpdate(loopback, serviceCidrs, { ...current, status: { conditions: [ready] } }, 'status');
  return updated.code < 400 || updated.code === 409;
}
