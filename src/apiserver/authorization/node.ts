/**
 * The Node authorizer: what a kubelet may do beyond RBAC. A node reads only the secrets, config maps, volumes and
 * claims that pods bound to it refer to; it reads and writes its own Node and lease; the rest is a fixed list of rules.
 * Models plugin/pkg/auth/authorizer/node with AuthorizeNodeWithSelectors, which is always on in v1.36. The graph of
 * upstream is a walk over the node's pods here. Not modelled: config sources of nodes, resource claims and slices.
 */
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, PolicyRule } from '../../api/types';
import type { ResourceType } from '../../api/request';
import type { ObjectReader } from '../objects';
import { podConfigMapNames, podSecretNames } from '../pod-references';
import type { AuthorizationAttributes, Opinion } from './attributes';
import { noOpinion } from './attributes';
import { rulesAllow } from './rule-matching';

const persistentVolumeClaims: ResourceType<PersistentVolumeClaim> =
  { group: '', version: 'v1', resource: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim', namespaced: true };
const persistentVolumes: ResourceType<PersistentVolume> =
  { group: '', version: 'v1', resource: 'persistentvolumes', kind: 'PersistentVolume', namespaced: false };

const nodeLeaseNamespace = 'kube-node-lease';

function because(reason: string): Opinion {
  return { reason };
}

export class NodeAuthorizer {
  /** `rules` are those of the role system:node, for what is not subdivided. */
  constructor(
    private readonly objects: ObjectReader,
    private readonly rules: readonly PolicyRule[],
  ) {}

  authorize(attributes: AuthorizationAttributes): Opinion {
    const { user } = attributes;
    if (user.node === undefined) return noOpinion;
    if (user.node === '') return because(`unknown node for user "${user.name}"`);
    if (attributes.path === undefined) {
      const subdivided = this.subdivided(user.node, attributes);
      if (subdivided !== undefined) return subdivided;
    }
    return rulesAllow(this.rules, attributes) ? true : noOpinion;
  }

  private subdivided(node: string, attributes: AuthorizationAttributes): Opinion | undefined {
    const { group, resource, subresource } = attributes;
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.authorizeReadNamespaced(node, attributes);
      case 'persistentvolumeclaims':
        if (subresource === 'status') return this.authorizeStatusUpdate(node, attributes);
        return this.authorizeGet(node, attributes);
      case 'persistentvolumes':
      case 'volumeattachments.storage.k8s.io':
        return this.authorizeGet(node, attributes);
      case 'serviceaccounts':
        if (attributes.verb === 'get' && subresource === '') return this.authorizeReadNamespaced(node, attributes);
        return this.authorizeCreateToken(node, attributes);
      case 'leases.coordination.k8s.io':
        return authorizeLease(node, attributes);
      case 'csinodes.storage.k8s.io':
        return authorizeCsiNode(node, attributes);
      case 'nodes':
        return authorizeNode(node, attributes);
      case 'pods':
        return this.authorizePod(node, attributes);
      default:
        return undefined;
    }
  }

  private authorizeReadNamespaced(node: string, attributes: AuthorizationAttributes): Opinion {
    if (!['get', 'list', 'watch'].includes(attributes.verb)) return because('can only read resources of this type');
    if (attributes.subresource !== '') return because('cannot read subresource');
    if (attributes.namespace === '') return because('can only read namespaced object of this type');
    return this.authorizeRelated(node, attributes);
  }

  private authorizeStatusUpdate(node: string, attributes: AuthorizationAttributes): Opinion {
    if (!['update', 'patch'].includes(attributes.verb)) return because('can only get/update/patch this type');
    return this.authorizeRelated(node, attributes);
  }

  private authorizeGet(node: string, attributes: AuthorizationAttributes): Opinion {
    if (attributes.verb !== 'get') return because('can only get individual resources of this type');
    if (attributes.subresource !== '') return because('cannot get subresource');
    return this.authorizeRelated(node, attributes);
  }

  private authorizeCreateToken(node: string, attributes: AuthorizationAttributes): Opinion {
    if (attributes.verb !== 'create' || attributes.name === '') {
      return because('can only create tokens for individual service accounts');
    }
    if (attributes.subresource !== 'token') return because('can only create token subresource of serviceaccount');
    return this.authorizeRelated(node, attributes);
  }

  private authorizePod(node: string, attributes: AuthorizationAttributes): Opinion {
    const { verb, subresource, name, fieldSelector } = attributes;
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? true : noOpinion;
    if (subresource === 'eviction') return verb === 'create' ? true : noOpinion;
    if (subresource !== '') return noOpinion;
    switch (verb) {
      case 'get':
        return this.authorizeGet(node, attributes);
      case 'list':
      case 'watch': {
        const own = (fieldSelector ?? []).some((requirement) =>
          requirement.field === 'spec.nodeName' && requirement.operator === '=' && requirement.value === node);
        if (own) return true;
        if (name !== '') return this.authorizeRelated(node, attributes);
        return because('can only list/watch pods with spec.nodeName field selector');
      }
      case 'create':
      case 'delete':
        return true; // NodeRestriction limits this to mirror pods of the node.
      default:
        return noOpinion;
    }
  }

  private authorizeRelated(node: string, attributes: AuthorizationAttributes): Opinion {
    if (attributes.name === '') return because('No Object name found');
    if (this.isRelated(node, attributes)) return true;
    return because(`no relationship found between node '${node}' and this object`);
  }

  private isRelated(node: string, { resource, namespace, name }: AuthorizationAttributes): boolean {
    return this.objects.podsOnNode(node).some((object) => {
      const pod = object as Pod;
      if (resource === 'persistentvolumes') return this.usesVolume(pod, name);
      if (pod.metadata.namespace !== namespace) return false;
      // A mirror pod was made by the kubelet itself: it must not open anything to it but itself.
      const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
      switch (resource) {
        case 'pods': return pod.metadata.name === name;
        case 'serviceaccounts': return !mirror && pod.spec.serviceAccountName === name;
        case 'secrets': return !mirror && (podSecretNames(pod).has(name) || this.volumeNeedsSecret(pod, name));
        case 'configmaps': return !mirror && podConfigMapNames(pod).has(name);
        case 'persistentvolumeclaims': return !mirror && claimsOf(pod).includes(name);
        default: return false;
      }
    });
  }

  private usesVolume(pod: Pod, name: string): boolean {
    return this.volumesOf(pod).some((volume) => volume.metadata.name === name);
  }

  private volumeNeedsSecret(pod: Pod, name: string): boolean {
    return this.volumesOf(pod).some(({ spec }) => {
      const { csi } = spec as PersistentVolume['spec'];
      return [csi?.nodeStageSecretRef, csi?.nodePublishSecretRef, csi?.nodeExpandSecretRef]
        .some((ref) => ref?.name === name && ref.namespace === pod.metadata.namespace);
    });
  }

  private volumesOf(pod: Pod): (PersistentVolume & KubeObject)[] {
    const found: (PersistentVolume & KubeObject)[] = [];
    for (const claimName of claimsOf(pod)) {
      const claim = this.objects.get(persistentVolumeClaims, pod.metadata.namespace, claimName);
      const volume = claim?.spec.volumeName === undefined ? undefined
        : this.objects.get(persistentVolumes, undefined, claim.spec.volumeName);
      if (volume) found.push(volume);
    }
    return found;
  }
}

function claimsOf(pod: Pod): string[] {
  const claims: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) claims.push(volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral) claims.push(`${pod.metadata.name}-${volume.name}`);
  }
  return claims;
}

const ownObjectVerbs = ['get', 'create', 'update', 'patch', 'delete'];

function authorizeLease(node: string, { verb, namespace, name }: AuthorizationAttributes): Opinion {
  if (!ownObjectVerbs.includes(verb)) return because('can only get, create, update, patch, or delete a node lease');
  if (namespace !== nodeLeaseNamespace) {
    return because(`can only access leases in the "${nodeLeaseNamespace}" system namespace`);
  }
  if (verb !== 'create' && name !== node) {
    return because('can only access node lease with the same name as the requesting node');
  }
  return true;
}

function authorizeCsiNode(node: string, { verb, subresource, name }: AuthorizationAttributes): Opinion {
  if (!ownObjectVerbs.includes(verb)) return because('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return because('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) {
    return because('can only access CSINode with the same name as the requesting node');
  }
  return true;
}

function authorizeNode(node: string, { verb, subresource, name }: AuthorizationAttributes): Opinion {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? true : noOpinion;
  if (subresource !== '') return noOpinion;
  switch (verb) {
    case 'create':
    case 'update':
    case 'patch':
      return true; // NodeRestriction limits this to the node's own object.
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return true;
      if (name === '') return because(`node '${node}' cannot read all nodes, only its own Node object`);
      return because(`node '${node}' cannot read '${name}', only its own Node object`);
    default:
      return noOpinion;
  }
}
