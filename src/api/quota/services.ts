/** What Services use of a quota: their number, node ports and load balancers. Models evaluator/core/services.go. */
import { quantityOf } from '../quantity';
import type { Service } from '../types';
import { one, zero } from './amounts';
import type { QuotaEvaluator } from './evaluator';

const names = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'];

export const serviceEvaluator: QuotaEvaluator = {
  resource: 'services',
  handles: (operation, subresource) => operation !== 'DELETE' && subresource === '',
  matching: (wanted) => wanted.filter((name) => names.includes(name)),
  constraint: () => undefined,
  inScope: () => false,
  usage: (object) => {
    const { spec } = object as unknown as Service;
    const balances = spec.type === 'LoadBalancer';
    return new Map([
      ['count/services', one], ['services', one], ['services.loadbalancers', balances ? one : zero],
      ['services.nodeports', quantityOf(nodePorts(spec))],
    ]);
  },
};

function nodePorts({ type, ports = [], allocateLoadBalancerNodePorts }: Service['spec']): number {
  if (type === 'NodePort') return ports.length;
  if (type !== 'LoadBalancer') return 0;
  return allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
}
