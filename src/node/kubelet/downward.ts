/** Fields of the pod as environment variables and files see them. Models pkg/fieldpath and the kubelet's podFieldSelectorRuntimeValue. */
import type { Pod } from '../../api/types';
import { sortedKeys } from '../../base/freeze';

/** The text of a field path such as `metadata.labels['app']`; empty for what is not set. */
export function fieldValue(pod: Pod, path: string, hostIP: string): string {
  const { metadata, spec, status } = pod;
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
    case 'status.podIP': case 'status.podIPs': return status.podIP ?? '';
    default: return '';
  }
}

function mapText(map: Readonly<Record<string, string>> | undefined): string {
  return sortedKeys(map).map((key) => `${key}=${JSON.stringify(map?.[key])}`).join('\n');
}
