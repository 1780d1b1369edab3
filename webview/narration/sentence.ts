/**
 * Says in one sentence what happened in a hop. Everything is made of codes (verbs, resources, names, reasons), so that
 * both languages say the same; only what Kubernetes itself prints is taken over as it stands.
 */
import type { Language } from '../../src/protocol/messages';
import type { Hop, MessageHop, StageHop, Subject } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { placeOf, processName } from '../scene/party';
import { objectText, plural, resourcesText } from './nouns';
import { isTextKey, text } from './text';
import type { Arguments, TextKey } from './text';

/** What the hop means, as a sentence without a full stop. */
export function sentence(hop: Hop, view: ClusterView, language: Language): string {
  const words = argumentsOf(hop, view, language);
  const plain = text(language, keyOf(hop, view), words).replace(/\s+/g, ' ').trim().replace(/[:,]$/, '');
  const said = language === 'de' ? contracted(plain) : plain;
  return startsWithArticle(said) ? said.charAt(0).toUpperCase() + said.slice(1) : said;
}

/** German joins some prepositions with the article. */
function contracted(said: string): string {
  return said.replace(/\b(bei|von) dem\b/g, (_, word: string) => (word === 'bei' ? 'beim' : 'vom'));
}

/** Names such as kubectl and etcd stay as they are even at the beginning of a sentence. */
function startsWithArticle(said: string): boolean {
  return /^(?:the|der|die|das|pod) /.test(said);
}

/** What a travelling message is labelled with: `create pods`, `201`, `ADDED pods`. The same in all languages. */
export function shortLabel(hop: Hop): string {
  const { verb, resource, subresource, code, reason, revision } = hop.subject;
  const what = resource ? `${plural(resource)}${subresource ? `/${subresource}` : ''}` : '';
  switch (hop.kind) {
    case 'request':
      if (hop.channel === 'registry') return 'pull';
      if (hop.channel === 'cni') return `CNI ${verb}`;
      return resource ? `${verb} ${what}` : hop.channel === 'https' ? `${verb} ${hop.subject.name ?? ''}`.trim() : verb;
    case 'response':
      if (code !== undefined) return code >= 400 && reason ? `${code} ${reason}` : String(code);
      return hop.channel === 'grpc' && revision !== undefined ? `rev ${revision}` : reason ?? verb;
    case 'event':
      if (hop.channel === 'cri') return verb.replace(/^CONTAINER_|_EVENT$/g, '');
      return hop.channel === 'grpc' ? `rev ${revision ?? '?'}` : `${verb} ${what}`.trim();
    case 'failure': return reason ?? 'failed';
    case 'stage': return stageNames[hop.stage];
    case 'decision': return hop.node ?? 'no node';
    case 'started': return 'start';
    case 'stopped': return hop.exitCode === undefined ? 'exit' : `exit ${hop.exitCode}`;
    case 'input': return verb;
    case 'fault': return verb;
  }
}

/** The stages in the order in which a request passes them, in Kubernetes' words. */
export const stageNames: Readonly<Record<StageHop['stage'], string>> = {
  authentication: 'authentication', authorization: 'authorization', mutatingAdmission: 'mutating admission',
  validation: 'validation', validatingAdmission: 'validating admission', registry: 'registry',
  watchCache: 'watch cache',
};

/** The name of a process in a case: `the kubelet on kind-worker`. */
export function processText(
  process: string, view: ClusterView, language: Language, grammar: '' | '.acc' | '.dat' = '',
): string {
  const { name, machine } = processName(process);
  const special: Readonly<Record<string, string>> = { kind: 'kind', user: 'user', kindnetd: 'kindnetd' };
  const place = placeOf(process, view);
  const party = special[name] ?? (view.nodes.some((node) => node.name === process) ? 'other' : place?.party ?? 'other');
  const pod = place?.box.startsWith('pod/') ? place.box.split('/')[2] : name.split('/')[1];
  const key = `party.${party}${grammar}`;
  // A machine that an address did not name is the one of the box it led to.
  const on = machine || (place ? processName(place.box).machine : '');
  return text(language, isTextKey(key) ? key : `party.other${grammar}`, { machine: on, pod: (pod ?? name).replace(/#\d+$/, ''), process });
}

function argumentsOf(hop: Hop, view: ClusterView, language: Language): Arguments {
  const { from, to, subject } = hop;
  const { verb, resource, namespace, name, code, reason, revision, message } = subject;
  const key = hop.kind !== 'stage' && 'channel' in hop && hop.channel === 'grpc' && name ? name : verb;
  return {
    from: processText(from, view, language), fromAcc: processText(from, view, language, '.acc'),
    fromDat: processText(from, view, language, '.dat'),
    to: processText(to, view, language), toAcc: processText(to, view, language, '.acc'),
    toDat: processText(to, view, language, '.dat'),
    verb, namespace, name: name ?? '', code, reason: reason ?? '', revision,
    message: message ?? reason ?? '', key,
    object: whatText(hop, language) || verb,
    resources: resourcesText(resource, language),
    pod: objectText({ verb, resource: 'pods', name }, language),
    plugin: 'plugin' in hop && hop.plugin ? hop.plugin : text(language, anyPlugin(hop)),
    node: 'node' in hop ? hop.node : '',
    exitCode: 'exitCode' in hop ? hop.exitCode : undefined,
  };
}

/** Subresources of which the sentence of a request itself speaks. */
const told: ReadonlySet<string> = new Set(['status', 'binding', 'token']);

/** Verbs about all objects of a resource. */
const collective: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);

/** One object, or all of a resource where the verb is about all. */
function whatText({ kind, subject }: Hop, language: Language): string {
  const { verb, resource, subresource, name } = subject;
  if (!name && collective.has(verb)) return resourcesText(resource, language);
  const isTold = kind === 'request' && told.has(subresource ?? '');
  return objectText(isTold ? { ...subject, subresource: undefined } : subject, language);
}

function anyPlugin(hop: Hop): TextKey {
  return hop.kind === 'stage' && hop.stage === 'authorization' ? 'stage.anyAuthorizer' : 'stage.anyPlugin';
}

function keyOf(hop: Hop, view: ClusterView): TextKey {
  const { subject } = hop;
  switch (hop.kind) {
    case 'request': return requestKey(hop);
    case 'response': return responseKey(hop);
    case 'event': return eventKey(hop);
    case 'stage': return stageKey(hop);
    case 'failure': return known(`failure.${subject.reason}`, 'failure.other');
    case 'decision': return hop.node === undefined ? 'decision.none' : 'decision.bound';
    case 'started': return 'started';
    case 'stopped': return hop.exitCode === undefined ? 'stopped' : 'stopped.code';
    case 'input': return known(`input.${subject.verb}`, 'input.other');
    case 'fault': return view.nodes.length > 0 ? known(`fault.${subject.verb}`, 'fault.other') : 'fault.other';
  }
}

function stageKey({ stage, allowed, plugin }: StageHop): TextKey {
  if (!allowed) return `stage.${stage}.refused`;
  return plugin === undefined ? known(`stage.${stage}.nobody`, `stage.${stage}`) : `stage.${stage}`;
}

function requestKey({ channel, subject }: MessageHop): TextKey {
  switch (channel) {
    case 'https': return apiRequestKey(subject);
    case 'grpc': return known(`etcd.${subject.verb}`, 'etcd.other');
    case 'cri': return known(`cri.${subject.verb}`, 'cri.other');
    case 'cni': return known(`cni.${subject.verb}`, 'cni.other');
    case 'registry': return 'registry.pull';
    case 'dns': return 'dns.request';
    case 'http': return 'http.request';
    default: return 'message.request';
  }
}

function apiRequestKey({ verb, resource, subresource, name }: Subject): TextKey {
  if (resource === undefined) return 'api.path';
  if (subresource === 'status' && (verb === 'update' || verb === 'patch')) return 'api.status';
  if (subresource === 'binding') return 'api.binding';
  if (subresource === 'token') return 'api.token';
  if (plural(resource) === 'leases' && name && (verb === 'update' || verb === 'patch')) return 'api.lease';
  return known(`api.${verb}`, 'message.request');
}

function responseKey({ channel, subject }: MessageHop): TextKey {
  const { verb, reason, code } = subject;
  switch (channel) {
    case 'https': return apiResponseKey(subject);
    case 'grpc': return reason ? 'etcd.failed' : verb === 'Range' ? 'etcd.read'
      : verb === 'Txn' || verb === 'Put' ? 'etcd.stored' : 'etcd.answered';
    case 'cri': return reason ? 'cri.failed' : 'cri.answered';
    case 'cni': return 'cni.answered';
    case 'registry': return (code ?? 200) < 400 ? 'registry.found' : 'registry.refused';
    case 'dns': return 'dns.answered';
    case 'http': return 'http.answered';
    default: return 'message.answered';
  }
}

function apiResponseKey({ verb, resource, code = 200, reason }: Subject): TextKey {
  if (code >= 400 || (code === 0 && reason)) return 'api.refused';
  if (resource === undefined) return 'api.pathOk';
  switch (verb) {
    case 'create': return 'api.created';
    case 'get': return 'api.found';
    case 'list': return 'api.listed';
    case 'update': case 'patch': return 'api.changed';
    case 'delete': case 'deletecollection': return 'api.deleted';
    case 'watch': return 'watch.closed';
    default: return 'api.ok';
  }
}

function eventKey({ channel, subject }: MessageHop): TextKey {
  if (channel === 'grpc') return 'etcd.event';
  if (channel === 'cri') return known(`cri.${subject.verb}`, 'message.event');
  return known(`watch.${subject.verb}`, 'message.event');
}

function known(key: string, otherwise: TextKey): TextKey {
  return isTextKey(key) ? key : otherwise;
}
