/**
 * A request as webhooks and policies see it: admission.k8s.io/v1 AdmissionRequest. Models CreateAdmissionRequest and
 * CreateV1AdmissionReview of apiserver's pkg/admission/plugin. Not modelled: the objects of the scale subresource,
 * which are shown as the whole object.
 */
import type { ApiRequest } from '../../../api/request';
import { groupOf, versionOf } from '../../../api/object';
import type { KubeObject } from '../../../api/types';
import type { ServedResource } from '../../storage/served-resource';
import type { AdmissionAttributes } from '../plugin';

type Json = Readonly<Record<string, unknown>>;

/** The objects of a request in the version that a webhook or policy wants to see. */
export interface VersionedObjects {
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** The objects in another version of their resource. */
export function versioned({ object, oldObject }: AdmissionAttributes, resource: ServedResource): VersionedObjects {
  return { object: object && resource.fromStorage(object), oldObject: oldObject && resource.fromStorage(oldObject) };
}

/** What CEL knows as `request`, and what a webhook is sent beside a uid and the objects. */
export function admissionRequest(attributes: AdmissionAttributes, matched: ServedResource): Json {
  const { resource, subresource, name, namespace, operation, user, request } = attributes;
  const part = subresource === '' ? {} : { subResource: subresource };
  const requestPart = subresource === '' ? {} : { requestSubResource: subresource };
  return {
    kind: kindOf(attributes, matched), resource: resourceOf(matched), ...part,
    requestKind: kindOf(attributes, resource), requestResource: resourceOf(resource), ...requestPart,
    ...(name === '' ? {} : { name }), ...(namespace === '' ? {} : { namespace }), operation,
    userInfo: {
      username: user.name, ...(user.uid === undefined ? {} : { uid: user.uid }), groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun: request.options.dryRun === true,
    options: optionsOf(operation, request),
  };
}

/** The kind of a subresource's object is its own where it says so: an Eviction is no Pod. */
function kindOf({ subresource, object }: AdmissionAttributes, { kind }: ServedResource): Json {
  const own = subresource === '' ? undefined : object;
  if (own?.apiVersion && own.kind) {
    return { group: groupOf(own.apiVersion), version: versionOf(own.apiVersion), kind: own.kind };
  }
  return { group: kind.group, version: kind.version, kind: kind.kind };
}

function resourceOf({ kind }: ServedResource): Json {
  return { group: kind.group, version: kind.version, resource: kind.plural };
}

function optionsOf(operation: AdmissionAttributes['operation'], { verb, options, patchType }: ApiRequest): Json {
  const kind = operation === 'DELETE' ? 'DeleteOptions' : operation === 'CREATE' ? 'CreateOptions'
    : verb === 'patch' ? 'PatchOptions' : 'UpdateOptions';
  const { dryRun, fieldManager, fieldValidation, force } = options;
  const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
  const written = { fieldManager, fieldValidation, ...(patchType === 'apply' && force !== undefined ? { force } : {}) };
  const given: Json = operation === 'DELETE' ? { gracePeriodSeconds, preconditions, propagationPolicy } : written;
  const present = Object.entries({ ...(dryRun ? { dryRun: ['All'] } : {}), ...given })
    .filter(([, value]) => value !== undefined);
  return { kind, apiVersion: 'meta.k8s.io/v1', ...Object.fromEntries(present) };
}
