/**
 * What the pods of a node request and may use, each and in all, as shares of what the node can give. Models
 * describeNodeResource of kubectl's pkg/describe.
 */
import { ageText } from '../../../api/kinds/columns';
import { formatQuantity, millisOf, quantity, unitsOf, type Quantity } from '../../../api/quantity';
import type { Node, Pod } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { addTo, podLimits, podRequests, type Amounts } from './pod-resources';
import type { DescribeWriter } from './writer';

type Allocatable = Readonly<Record<string, string>>;

/** `Non-terminated Pods` and `Allocated resources`. */
export function writeNodePods(w: DescribeWriter, { status }: Node, pods: readonly Pod[], nowMs: number): void {
  const { allocatable = {}, capacity = {} } = status ?? {};
  const available = sortedKeys(allocatable).length > 0 ? allocatable : capacity;
  w.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  for (const pod of pods) {
    const requests = podRequests(pod, true);
    const limits = podLimits(pod, true);
    const shares = ['cpu', 'memory'].flatMap((name) => (
      [requests, limits].map((amounts) => shareText(amounts, name, available))));
    const { namespace = '', name, creationTimestamp } = pod.metadata;
    w.line(1, `${namespace}\t${name}\t\t${shares.join('\t')}\t${ageText(creationTimestamp, nowMs)}`);
  }
  writeTotals(w, pods, available);
}

function writeTotals(w: DescribeWriter, pods: readonly Pod[], available: Allocatable): void {
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  for (const pod of pods) {
    addTo(requests, podRequests(pod, false));
    addTo(limits, podLimits(pod, false));
  }
  w.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  w.line(1, 'Resource\tRequests\tLimits');
  w.line(1, '--------\t--------\t------');
  const names = sortedKeys(available);
  const standard = ['cpu', 'memory', 'ephemeral-storage'];
  const hugePages = names.filter(isHugePages);
  for (const name of [...standard, ...hugePages]) {
    w.line(1, `${name}\t${shareText(requests, name, available)}\t${shareText(limits, name, available)}`);
  }
  const extended = names.filter((name) => !standard.includes(name) && !isHugePages(name) && name !== 'pods');
  for (const name of extended) w.line(1, `${name}\t${amountText(requests, name)}\t${amountText(limits, name)}`);
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** `100m (5%)`: the percentage without its fraction, 0 of a resource that the node does not have. */
function shareText(amounts: Amounts, name: string, available: Allocatable): string {
  const countOf = name === 'cpu' ? millisOf : unitsOf;
  const whole = countOf(quantity(available[name] ?? '0'));
  const amount = amounts.get(name);
  const share = whole === 0 || amount === undefined ? 0 : Math.trunc((countOf(amount) / whole) * 100);
  return `${amountText(amounts, name)} (${share}%)`;
}

function amountText(amounts: Amounts, name: string): string {
  const amount = amounts.get(name);
  return amount === undefined ? '0' : formatQuantity(amount);
}
