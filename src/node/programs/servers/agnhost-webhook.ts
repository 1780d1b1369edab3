/**
 * `agnhost webhook`: the admission webhook of Kubernetes' e2e tests. Each path decides by simple rules about labels, data
 * and names, so that admission through webhooks can be tried out. Models test/images/agnhost/webhook for AdmissionReview
 * v1 and v1beta1. Not modelled: conversion webhooks, its certificate (no handshake takes place here).
 */
import { base64Encode } from '../../../base/base64';
import type { Task } from '../../../sim/task';
import { type HttpAnswer, textAnswer, type Visit } from './http-server';

type Json = Readonly<Record<string, unknown>>;

interface Review {
  readonly operation: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** The object that is judged: the old one when it is being deleted. */
  readonly object: Json;
  readonly options: { readonly sidecarImage: string };
}

/** `undefined`: the real one crashes on it, and the connection breaks. */
type Verdict = { readonly allowed: boolean; readonly status?: Json; readonly patch?: string } | undefined;

const allowed: Verdict = Object.freeze({ allowed: true });
const delayMs = 5_000;
const forEverMs = 86_400_000;

const stages = ['mutation-start', 'mutation-stage-1'] as const;
const stagePatches: Readonly<Record<typeof stages[number], string>> = {
  'mutation-start': `[
         { "op": "add", "path": "/data/mutation-stage-1", "value": "yes" }
     ]`,
  'mutation-stage-1': `[
         { "op": "add", "path": "/data/mutation-stage-2", "value": "yes" }
     ]`,
};

const judges: Readonly<Record<string, (review: Review) => Verdict>> = {
  '/always-allow-delay-5s': () => ({ allowed: true, status: { message: 'this webhook allows all requests' } }),
  '/always-deny': () => refused('this webhook denies all requests'),
  '/add-label': addLabel,
  '/pods': admitPods,
  '/pods/attach': ({ name, object, resource, subresource }) => {
    if (name !== 'to-be-attached-pod') return allowed;
    if (resource !== 'pods') return refused(`expect resource to be /v1, Resource=pods, got ${resource}`);
    if (subresource !== 'attach') return refused(`expect subresource to be attach, got ${subresource}`);
    if (object['stdin'] !== true || object['container'] !== 'container1') return allowed;
    return refused("attaching to pod 'to-be-attached-pod' is not allowed");
  },
  '/mutating-pods': (review) => mutatePods(review, 'initContainers', 'webhook-added-init-container',
    (name) => name === 'webhook-to-be-mutated', `[
		 {"op":"add","path":"/spec/initContainers","value":[${added('webhook-added-image', 'webhook-added-init-container')}]}
	]`),
  '/mutating-pods-sidecar': (review) => {
    const { sidecarImage } = review.options;
    if (sidecarImage === '') {
      const message = 'No image specified by the sidecar-image parameter';
      return { allowed: false, status: { status: 'Failure', message, code: 500 } };
    }
    return mutatePods(review, 'containers', 'webhook-added-sidecar', () => true, `[
		 {"op":"add", "path":"/spec/containers/-","value":${added(sidecarImage, 'webhook-added-sidecar')}}
	]`);
  },
  '/configmaps': (review) => (review.resource === 'configmaps' ? admitData(review, 'configmap') : undefined),
  '/mutating-configmaps': (review) => (review.resource === 'configmaps' ? mutateData(review) : undefined),
  '/custom-resource': (review) => admitData(review, 'custom resource'),
  '/mutating-custom-resource': mutateData,
  '/crd': ({ object }) => (labels(object)['webhook-e2e-test'] === 'webhook-disallow'
    ? { allowed: false, status: { reason: 'the crd contains unwanted label' } } : allowed),
};

/** Answers one request of an API server. */
export function webhookAnswer(sidecarImage: string): (visit: Visit) => HttpAnswer | Task<HttpAnswer> {
  return (visit) => {
    const { path, request } = visit;
    if (path === '/readyz') return textAnswer('ok');
    const judge = Object.hasOwn(judges, path) ? judges[path] : undefined;
    if (!judge) return textAnswer('404 page not found\n', 404);
    if (request.headers?.['content-type'] !== 'application/json') return textAnswer('');
    const body = parsed(request.text ?? '');
    const version = /^admission\.k8s\.io\/(v1|v1beta1)$/.exec(text(body?.['apiVersion']))?.[1];
    if (!body || body['kind'] !== 'AdmissionReview') {
      return textAnswer('Request could not be decoded: Object \'Kind\' is missing in request body\n', 400);
    }
    if (version === undefined) return textAnswer(`Unsupported group version kind: ${text(body['apiVersion'])}\n`, 400);
    const asked = record(body['request']);
    const respond = (): HttpAnswer => answer(body, asked, judge(reviewOf(asked, sidecarImage)));
    if (path === '/always-allow-delay-5s') return late(visit, delayMs, respond);
    const waits = path === '/pods' && labels(record(asked['object']))['webhook-e2e-test'] === 'wait-forever';
    return waits ? late(visit, forEverMs, () => 'reset') : respond();
  };
}

function* late(visit: Visit, ms: number, respond: () => HttpAnswer): Task<HttpAnswer> {
  yield* visit.pause(ms);
  return respond();
}

function reviewOf(request: Json, sidecarImage: string): Review {
  const operation = text(request['operation']);
  return {
    operation, name: text(request['name']), subresource: text(request['subResource']),
    resource: text(record(request['resource'])['resource']),
    object: record(operation === 'DELETE' ? request['oldObject'] : request['object']), options: { sidecarImage },
  };
}

function answer(review: Json, request: Json, verdict: Verdict): HttpAnswer {
  if (!verdict) return 'reset';
  const { patch, status } = verdict;
  const response = {
    uid: request['uid'] ?? '', allowed: verdict.allowed,
    ...(status ? { status: { metadata: {}, ...status } } : {}),
    ...(patch === undefined ? {} : { patch: base64Encode(patch), patchType: 'JSONPatch' }),
  };
  const { kind, apiVersion } = review;
  const body = JSON.stringify({ kind, apiVersion, response });
  return { code: 200, body, headers: { 'content-type': 'application/json' } };
}

// --- judges -----------------------------------------------------------------------------------------------------------

function addLabel({ object }: Review): Verdict {
  const own = labels(object);
  const patch = (op: string, path: string, value: string): Verdict => ({ allowed: true, patch: `[
         { "op": "${op}", "path": "${path}", "value": ${value} }
     ]` });
  if (Object.keys(own).length === 0) return patch('add', '/metadata/labels', '{"added-label": "yes"}');
  if (!Object.hasOwn(own, 'added-label')) return patch('add', '/metadata/labels/added-label', '"yes"');
  return own['added-label'] === 'yes' ? allowed : patch('replace', '/metadata/labels/added-label', '"yes"');
}

function admitPods({ resource, object }: Review): Verdict {
  if (resource !== 'pods') return refused('expect resource to be /v1, Resource=pods');
  const disallowed = labels(object)['webhook-e2e-test'] === 'webhook-disallow';
  const badNames = names(object, 'containers').filter((name) => name.includes('webhook-disallow'));
  if (!disallowed && badNames.length === 0) return allowed;
  const reasons = [...(disallowed ? ['the pod contains unwanted label;'] : []),
    ...badNames.map(() => 'the pod contains unwanted container name;')];
  return refused(reasons.join(' '));
}

function mutatePods(
  { resource, object }: Review, list: string, added: string, isMeant: (name: string) => boolean, patch: string,
): Verdict {
  if (resource !== 'pods') return undefined;
  const meant = isMeant(text(record(object['metadata'])['name'])) && !names(object, list).includes(added);
  return meant ? { allowed: true, patch } : allowed;
}

function added(image: string, name: string): string {
  return JSON.stringify({ image, name, resources: {} });
}

function admitData({ operation, object }: Review, what: string): Verdict {
  const value = record(object['data'])['webhook-e2e-test'];
  const refuse = (reason: string): Verdict => ({ allowed: false, status: { reason } });
  if (value === 'webhook-disallow' && (operation === 'CREATE' || operation === 'UPDATE')) {
    return refuse(what === 'configmap' ? 'the configmap contains unwanted key and value'
      : 'the custom resource contains unwanted data');
  }
  if (value !== 'webhook-nondeletable' || operation !== 'DELETE') return allowed;
  return refuse(`the ${what} cannot be deleted because it contains unwanted key and value`);
}

function mutateData({ object }: Review): Verdict {
  const data = record(object['data']);
  const stage = [...stages].reverse().find((each) => data[each] === 'yes');
  return stage === undefined ? allowed : { allowed: true, patch: stagePatches[stage] };
}

function refused(message: string): Verdict {
  return { allowed: false, status: { message } };
}

// --- reading ----------------------------------------------------------------------------------------------------------

function labels(object: Json): Json {
  return record(record(object['metadata'])['labels']);
}

function names(object: Json, list: string): string[] {
  const found = record(object['spec'])[list];
  return Array.isArray(found) ? found.map((each) => text(record(each)['name'])) : [];
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(body: string): Json | undefined {
  try {
    return record(JSON.parse(body));
  } catch {
    return undefined;
  }
}
