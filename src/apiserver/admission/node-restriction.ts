/**
 * NodeRestriction: a kubelet writes only its own Node, its own lease, its own mirror pods and the status of its own
 * pods, and cannot give itself labels or taints that steer work. Models plugin/pkg/admission/noderestriction. Not
 * modelled: resource claims, resource slices, config sources, token audiences.
 */
import { equal } from '../../base/freeze';
import { pods, nodes } from '../../api/resources';
import { type FailureStatus, notFoundStatus } from '../../api/status';
import type { Node, OwnerReference, Pod, TokenRequest } from '../../api/types';
import type { Execution } from '../execution';
import { podConfigMapNames, podSecretNames } from '../pod-references';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const nodeLeaseNamespace = 'kube-node-lease';

/** Labels of kubernetes.io that a kubelet may set on its own node: kubelet/pkg/apis well_known_labels.go. */
const kubeletLabels = new Set([
  'kubernetes.io/hostname', 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch', 'beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region', 'node.kubernetes.io/windows-build',
]);
const kubeletLabelNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const restrictedLabelNamespace = 'node-restriction.kubernetes.io';

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: [
    'pods', 'nodes', 'persistentvolumeclaims', 'serviceaccounts', 'leases.coordination.k8s.io',
    'csinodes.storage.k8s.io',
  ],

  mutate(attributes, execution) {
    const { node, name } = attributes.user;
    if (node === undefined) return undefined;
    if (node === '') return admissionForbidden(attributes, `could not determine node from user "${name}"`);
    switch (attributes.resource.name) {
      case 'pods': return restrictPods(node, attributes, execution);
      case 'nodes': return restrictNode(node, attributes);
      case 'persistentvolumeclaims': return restrictClaim(attributes);
      case 'serviceaccounts': return restrictToken(node, attributes, execution);
      case 'leases.coordination.k8s.io': return restrictLease(node, attributes);
      default: return restrictOwnName(node, attributes, 'CSINode');
    }
  },
};

function restrictPods(node: string, attributes: AdmissionAttributes, execution: Execution): FailureStatus | undefined {
  const { subresource, operation } = attributes;
  const refuse = (why: string): FailureStatus => admissionForbidden(attributes, why);
  switch (subresource) {
    case '':
      if (operation === 'CREATE') return restrictPodCreate(node, attributes, execution);
      if (operation === 'DELETE') {
        const why = `node "${node}" can only delete pods with spec.nodeName set to itself`;
        return ownPod(node, attributes, execution, why);
      }
      return refuse(`unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`);
    case 'status': {
      const old = attributes.oldObject as Pod | undefined;
      if (operation !== 'UPDATE' || !old) return refuse(`unexpected operation "${operation}"`);
      if (old.spec.nodeName !== node) {
        return refuse(`node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
      }
      if (!equal(old.metadata.labels ?? {}, attributes.object?.metadata.labels ?? {})) {
        return refuse(`node "${node}" cannot update labels through pod status`);
      }
      return undefined;
    }
    case 'eviction':
      return ownPod(node, attributes, execution, `node ${node} can only evict pods with spec.nodeName set to itself`);
    default:
      return refuse(`unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`);
  }
}

function ownPod(
  node: string, attributes: AdmissionAttributes, execution: Execution, why: string,
): FailureStatus | undefined {
  const { namespace, name } = attributes;
  const pod = execution.objects.get(pods, namespace, name);
  if (!pod) return notFoundStatus({ group: '', resource: 'pod' }, name);
  return pod.spec.nodeName === node ? undefined : admissionForbidden(attributes, why);
}

function restrictPodCreate(
  node: string, attributes: AdmissionAttributes, execution: Execution,
): FailureStatus | undefined {
  const pod = attributes.object as Pod;
  const refuse = (why: string): FailureStatus => admissionForbidden(attributes, why);
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    return refuse(`pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`);
  }
  if (pod.spec.nodeName !== node) {
    return refuse(`node "${node}" can only create pods with spec.nodeName set to itself`);
  }
  const owners = pod.metadata.ownerReferences ?? [];
  if (owners.length > 1) {
    return refuse(`node "${node}" can only create pods with a single owner reference set to itself`);
  }
  const ownerProblem = restrictOwner(node, owners[0], execution);
  if (ownerProblem !== undefined) return refuse(ownerProblem);
  const cannot = `node "${node}" can not create pods that reference`;
  if (pod.spec.serviceAccountName) return refuse(`${cannot} a service account`);
  if (podSecretNames(pod).size > 0) return refuse(`${cannot} secrets`);
  if (podConfigMapNames(pod).size > 0) return refuse(`${cannot} configmaps`);
  if (pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim)) {
    return refuse(`${cannot} persistentvolumeclaims`);
  }
  return undefined;
}

function restrictOwner(node: string, owner: OwnerReference | undefined, execution: Execution): string | undefined {
  const itself = owner?.apiVersion === 'v1' && owner.kind === 'Node' && owner.name === node;
  if (!owner || !itself) return `node "${node}" can only create pods with an owner reference set to itself`;
  if (owner.controller !== true) {
    return `node "${node}" can only create pods with a controller owner reference set to itself`;
  }
  if (owner.blockOwnerDeletion === true) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  const uid = execution.objects.get(nodes, undefined, node)?.metadata.uid;
  if (uid === undefined) return `error looking up node ${node} to verify uid: node "${node}" not found`;
  return owner.uid === uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
}

function restrictNode(node: string, attributes: AdmissionAttributes): FailureStatus | undefined {
  const { operation, name } = attributes;
  const refuse = (why: string): FailureStatus => admissionForbidden(attributes, why);
  if (name !== node) return refuse(`node "${node}" is not allowed to modify node "${name}"`);
  const object = attributes.object as Node | undefined;
  const old = attributes.oldObject as Node | undefined;
  if (operation === 'CREATE') {
    const labels = forbiddenLabels(object?.metadata.labels ?? {}, {});
    if (labels.length > 0) {
      return refuse(`node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`);
    }
  }
  if (operation === 'UPDATE') {
    if (!equal(object?.spec?.taints ?? [], old?.spec?.taints ?? [])) {
      return refuse(`node "${node}" is not allowed to modify taints`);
    }
    const labels = forbiddenLabels(object?.metadata.labels ?? {}, old?.metadata.labels ?? {});
    if (labels.length > 0) return refuse(`is not allowed to modify labels: ${labels.join(', ')}`);
  }
  return undefined;
}

/** Changed labels that a kubelet may not touch, sorted. */
function forbiddenLabels(
  labels: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>,
): readonly string[] {
  const changed = [...new Set([...Object.keys(labels), ...Object.keys(before)])]
    .filter((key) => labels[key] !== before[key]);
  return changed.filter(isForbiddenLabel).sort();
}

function isForbiddenLabel(label: string): boolean {
  const slash = label.indexOf('/');
  const namespace = slash < 0 ? '' : label.slice(0, slash);
  const within = (parent: string): boolean => namespace === parent || namespace.endsWith(`.${parent}`);
  if (within(restrictedLabelNamespace)) return true;
  if (!within('kubernetes.io') && !within('k8s.io')) return false;
  return !kubeletLabels.has(label) && !kubeletLabelNamespaces.some(within);
}

function restrictClaim(attributes: AdmissionAttributes): FailureStatus | undefined {
  return attributes.subresource === 'status' ? undefined : admissionForbidden(attributes, 'may only update PVC status');
}

function restrictToken(node: string, attributes: AdmissionAttributes, execution: Execution): FailureStatus | undefined {
  if (attributes.operation !== 'CREATE' || attributes.subresource !== 'token') return undefined;
  const refuse = (why: string): FailureStatus => admissionForbidden(attributes, why);
  const ref = (attributes.object as TokenRequest | undefined)?.spec.boundObjectRef;
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) {
    return refuse('node requested token not bound to a pod');
  }
  if (!ref.uid) return refuse('node requested token with a pod binding without a uid');
  const pod = execution.objects.get(pods, attributes.namespace, ref.name);
  if (!pod) return notFoundStatus({ group: '', resource: 'pod' }, ref.name);
  if (pod.metadata.uid !== ref.uid) {
    return refuse(`the UID in the bound object reference (${ref.uid}) does not match the UID in record. `
      + 'The object might have been deleted and then recreated');
  }
  if (pod.spec.nodeName !== node) return refuse('node requested token bound to a pod scheduled on a different node');
  return undefined;
}

function restrictLease(node: string, attributes: AdmissionAttributes): FailureStatus | undefined {
  if (attributes.namespace !== nodeLeaseNamespace) {
    return admissionForbidden(attributes, `can only access leases in the "${nodeLeaseNamespace}" system namespace`);
  }
  return restrictOwnName(node, attributes, 'node lease');
}

function restrictOwnName(node: string, attributes: AdmissionAttributes, what: string): FailureStatus | undefined {
  const name = attributes.operation === 'CREATE' ? attributes.object?.metadata.name : attributes.name;
  if (name === node) return undefined;
  return admissionForbidden(attributes, `can only access ${what} with the same name as the requesting node`);
}
