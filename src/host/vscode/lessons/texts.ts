/** Sentences about lessons: what a check expects and what was found, and what is wrong with a lesson file. */
import { env, l10n } from 'vscode';
import type { Amount, Check, ObjectCheck, Texts, TraceCheck } from '../../../check/lesson/lesson';
import type { LessonProblem } from '../../../check/lesson/read-lesson';
import type { Finding } from '../../../check/predicates';

/** A lesson's text in the language of VS Code. */
export function textIn({ de, en }: Texts): string {
  return env.language.startsWith('de') ? de : en;
}

/** What a check expects, and unless it holds what was found. */
export function checkText(check: Check, { met, count, found }: Finding): string {
  const expected = expectation(check);
  if (met) return expected;
  const instead = found.length > 0 ? found.join(', ') : String(count);
  return l10n.t('Expected: {0} Found: {1}', expected, instead);
}

function amountText({ count, atLeast, atMost }: Amount): string {
  if (count !== undefined) return l10n.t('exactly {0}', count);
  if (atMost !== undefined) return l10n.t('at most {0}', atMost);
  return l10n.t('at least {0}', atLeast ?? 1);
}

function expectation(check: Check): string {
  const { nodes, object, trace, order, revision, event, component, reach, prediction, all, any, not } = check;
  if (nodes) {
    return l10n.t('Nodes ({0}): {1}.', [
      nodes.role ?? l10n.t('any role'), ...(nodes.ready === undefined ? [] : [nodes.ready ? 'Ready' : 'NotReady']),
    ].join(', '), amountText(nodes));
  }
  if (object) return objectText(object);
  if (trace) return traceText(trace);
  if (order) return l10n.t('{0} hops in this order: {1}.', order.length, order.map(hopText).join(' → '));
  if (revision) return l10n.t('New revisions in etcd: {0}.', amountText(revision));
  if (event) return l10n.t('An event with the reason {0}.', event.reason);
  if (component) {
    return component.running ? l10n.t('{0} runs.', component.name) : l10n.t('{0} does not run.', component.name);
  }
  if (reach) {
    return reach.is ? l10n.t('{0} gets an answer from {1}.', reach.from, reach.to)
      : l10n.t('{0} gets no answer from {1}.', reach.from, reach.to);
  }
  if (prediction !== undefined) return l10n.t('You have made a prediction.');
  if (not) return l10n.t('Not: {0}', expectation(not));
  if (any) return any.map(expectation).join(` ${l10n.t('or')} `);
  return (all ?? []).map(expectation).join(' ');
}

function objectText(object: ObjectCheck): string {
  const { kind, namespace, name, prefix, path, is, min } = object;
  const which = name ?? (prefix === undefined ? '' : `${prefix}*`);
  const full = [kind, namespace === undefined || which === '' ? which : `${namespace}/${which}`].join(' ').trim();
  if (path === undefined) return l10n.t('{0}: {1}.', full, amountText(object));
  const wanted = min !== undefined ? `>= ${min}` : is === undefined ? '' : `= ${String(is)}`;
  return l10n.t('{0} with {1}: {2}.', full, `${path} ${wanted}`.trim(), amountText(object));
}

function traceText(trace: TraceCheck): string {
  return l10n.t('Seen in the transcript: {0} ({1}).', hopText(trace), amountText(trace));
}

function hopText({ hop, from, to, verb, resource, subresource, name, code, stage, allowed }: TraceCheck): string {
  const what = [verb, subresource === undefined ? resource : `${resource ?? ''}/${subresource}`, name].filter(Boolean);
  return [
    stage ?? hop, from ?? '', to === undefined ? '' : `→ ${to}`, ...what, code,
    allowed === false ? l10n.t('refused') : '',
  ].filter(Boolean).join(' ');
}

/** What is wrong with a lesson file, and where. */
export function problemText({ code, args, path }: LessonProblem): string {
  const [first = '', second = ''] = args;
  switch (code) {
    case 'yaml': return first;
    case 'missing': return path === '' ? l10n.t('"{0}" is missing.', first)
      : l10n.t('"{0}" is missing in {1}.', first, path);
    case 'unknownField': return l10n.t('{0}: there is no field "{1}"; there are {2}.', path, first, second);
    case 'wrongType': return l10n.t('{0}: a value of the type {1} belongs here.', path, first);
    case 'notAllowed': return l10n.t('{0}: "{1}" is not one of {2}.', path, first, second);
    case 'wrongForm': return l10n.t('{0}: "{1}" does not have the right form.', path, first);
    case 'tooFew': return l10n.t('{0}: at least {1} are needed.', path, first);
    case 'tooMany': return l10n.t('{0}: at most {1} are possible.', path, first);
    case 'empty': return l10n.t('{0} is empty.', path);
    case 'outOfRange': return l10n.t('{0}: a number from {1} to {2} belongs here.', path, first, second);
    case 'markup': return l10n.t('{0}: HTML and scripts are not allowed in texts ("{1}").', path, first);
    case 'outsideWorkspace': return l10n.t('{0}: "{1}" would lie outside the workspace.', path, first);
    case 'unknownKind': return l10n.t('{0}: there is no kind "{1}".', path, first);
    case 'noAnswer': return l10n.t('{0}: a prediction needs either choices or an object.', path);
    case 'duplicateStep': return l10n.t('{0}: there are two steps "{1}".', path, first);
    case 'noRightAnswer': return l10n.t('{0}: exactly one answer must be right.', path);
  }
}
