/**
 * How the API server reaches a kubelet: the node's address of the preferred kind and the port that the kubelet reports,
 * with the server's own client certificate. Models NodeConnectionInfoGetter with kubeadm's
 * --kubelet-preferred-address-types.
 */
import { nodes } from '../../api/resources';
import { type FailureStatus, notFoundStatus } from '../../api/status';
import type { Node } from '../../api/types';
import { utf8Encode } from '../../base/utf8';
import type { HttpRequest, VerifiedIdentity } from '../../protocol/http';
import type { ObjectReader } from '../objects';

/** Who the API server is to a kubelet: /etc/kubernetes/pki/apiserver-kubelet-client.crt. */
const kubeletClient: VerifiedIdentity = Object.freeze({
  name: 'kube-apiserver-kubelet-client', groups: Object.freeze(['kubeadm:cluster-admins']),
});
const preferredAddresses = ['InternalIP', 'ExternalIP', 'Hostname'];
const kubeletPort = 10_250;

/** `172.18.0.2:10250`, or why the node has no such address. */
export function kubeletAddress(objects: ObjectReader, name: string): string | FailureStatus {
  const node = objects.get<Node>(nodes, undefined, name);
  if (!node) return notFoundStatus({ group: '', resource: 'nodes' }, name);
  const { addresses = [], daemonEndpoints } = node.status;
  for (const type of preferredAddresses) {
    const found = addresses.find((address) => address.type === type);
    if (found) return `${found.address}:${daemonEndpoints?.kubeletEndpoint?.Port ?? kubeletPort}`;
  }
  return plainFailure(`no preferred addresses found; known addresses: [${addresses.map(({ type, address }) =>
    `{${type} ${address}}`).join(' ')}]`);
}

/** A request to a kubelet as the API server sends it. */
export function kubeletRequest(method: string, target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method, target, headers: {}, body: new Uint8Array(0), identity: kubeletClient, ...more };
}

/** 500 without a reason: an error of Go that is no API error. */
export function plainFailure(message: string): FailureStatus {
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message, code: 500 };
}

/** What Go's dialler says of a connection that did not come about, or broke. */
export function dialError(address: string, failure: string): string {
  switch (failure) {
    case 'refused': return `dial tcp ${address}: connect: connection refused`;
    case 'unreachable': return `dial tcp ${address}: connect: no route to host`;
    case 'reset': return 'EOF';
    default: return `dial tcp ${address}: i/o timeout`;
  }
}

/** Values as url.Values.Encode writes them: sorted by name, escaped as in forms. */
export function encodeQuery(values: readonly (readonly [name: string, value: string])[]): string {
  return values.map(([name, value]) => `${escape(name)}=${escape(value)}`).sort((a, b) => {
    const [first, second] = [a.split('=', 1)[0] ?? '', b.split('=', 1)[0] ?? ''];
    return first < second ? -1 : first > second ? 1 : 0;
  }).join('&');
}

function escape(text: string): string {
  return Array.from(utf8Encode(text), (byte) => {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(char)) return char;
    return char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
