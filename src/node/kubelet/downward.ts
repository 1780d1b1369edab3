/**
 * Fields of the pod and resources of its containers as environment variables and files see them. Models pkg/fieldpath,
 * the kubelet's podFieldSelectorRuntimeValue and pkg/api/v1/resource ExtractContainerResourceValue.
 */
import { quantityMillis, quantityValue } from '../../api/quantity';
import type { Container, Node, Pod } from '../../api/types';
import { sortedKeys } from '../../base/freeze';

/** What is known of a pod while its containers are made. */
export interface PodAddresses {
  readonly hostIP: string;
  readonly podIP: string;
}

/** The text of a field path such as `metadata.labels['app']`; empty for what is not set. */
export function fieldValue(pod: Pod, path: string, { hostIP, podIP }: PodAddresses): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] as string] ?? '';
  switch (path) {
    case 'metadata.name': return metadata.name;
    case 'metadata.namespace': return metadata.namespace ?? '';
    case 'metadata.uid': return metadata.uid;
    case 'metadata.labels': return mapText(metadata.labels);
    case 'metadata.annotations': return mapText(metadata.annotations);
    case 'spec.nodeName': return spec.nodeName ?? '';
    case 'spec.serviceAccountName': return spec.serviceAccountName ?? '';
    case 'status.hostIP': case 'status.hostIPs': return hostIP;
    case 'status.podIP': case 'status.podIPs': return podIP;
    default: return '';
  }
}

/** `limits.memory` of a container in units of the divisor, rounded up; an absent limit is what the node has. */
export function resourceValue(
  container: Container, resource: string, divisor: string | undefined, node: Node | undefined,
): string {
  const [list, name = ''] = resource.split('.') as ['limits' | 'requests', string];
  const inMillis = name === 'cpu';
  const amount = (text: string): number => (inMillis ? quantityMillis(text) : quantityValue(text));
  const allocatable = list === 'limits' ? node?.status.allocatable?.[name] : undefined;
  const value = amount(container.resources?.[list]?.[name] ?? allocatable ?? '0');
  const unit = divisor === undefined || quantityMillis(divisor) === 0 ? amount('1') : amount(divisor);
  return String(Math.ceil(value / unit));
}

function mapText(map: Readonly<Record<string, string>> | undefined): string {
  return sortedKeys(map).map((key) => `${key}=${JSON.stringify(map?.[key])}`).join('\n');
}
