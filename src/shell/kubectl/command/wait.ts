/** `kubectl wait` and `kubectl events`. Models kubectl's pkg/cmd/wait and pkg/cmd/events. */
import type { AnyKind } from '../../../api/kind';
import { humanDuration } from '../../../api/duration';
import { timeMs } from '../../../api/time';
import type { Event, KubeObject } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { parseRelaxedPath, valuesAt } from '../jsonpath';
import { awaitObject, timeoutOf } from './await';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { isTargetProblem, scopeOf, shownName, type Target, targetsOf } from './resources';
import { aligned } from './table';

export const wait: KubectlCommand = {
  about: 'Wait for a specific condition on one or many resources',
  completes: 'resources',
  flags: {
    'all': { type: 'bool' }, 'all-namespaces': { type: 'bool', short: 'A' }, 'field-selector': { type: 'string' },
    'filename': { type: 'unmodelled', short: 'f' }, 'for': { type: 'array' },
      'output': { type: 'unmodelled', short: 'o' },
    'selector': { type: 'string', short: 'l' }, 'timeout': { type: 'duration' },
  },
  run: runWait,
};

type Test = (object: KubeObject | undefined) => boolean;

function* runWait(call: Call): Task<number> {
  const { flags } = call;
  const wanted = flags.text('for');
  if (wanted === undefined) return complain(call, 'unrecognized condition: []');
  const test = testOf(wanted);
  if (typeof test === 'string') return complain(call, test);
  const timeout = timeoutOf(call, '30s');
  if (typeof timeout !== 'number') return complain(call, timeout.problem);
  const targets = targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  if (targets.length === 0) return complain(call,
    'arguments in resource/name form must have a single resource and name');
  let code = 0;
  for (const target of targets) {
    const each = yield* expanded(call, target);
    if ('code' in each) return each.code;
    if (each.length === 0 && wanted !== 'delete') return complain(call, 'no matching resources found');
    for (const one of each) code = Math.max(code, yield* waitOne(call, one, wanted, test, timeout));
  }
  return code;
}

function* expanded(call: Call, target: Target): Task<readonly Target[] | { readonly code: number }> {
  const { kind, name } = target;
  if (name !== undefined) return [target];
  if (!call.flags.is('all') && !call.flags.has('selector') && !call.flags.has('field-selector')) {
    return { code: complain(call, 'resource(s) were provided, but no name was specified') };
  }
  const namespace = call.flags.is('all-namespaces') ? undefined : scopeOf(call, target);
  const list = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace, {
    labelSelector: call.flags.text('selector'), fieldSelector: call.flags.text('field-selector'),
  });
  if (!list.ok) return { code: refused(call, list.status) };
  return list.value.items.map(({ metadata }) => ({ kind, name: metadata.name, namespace: metadata.namespace }));
}

function* waitOne(call: Call, target: Target, wanted: string, test: Test, timeoutMs: number): Task<number> {
  const { kind, name = '' } = target;
  const namespace = scopeOf(call, target);
  if (wanted !== 'delete' && wanted !== 'create') {
    const found = yield* call.api.get(kind, namespace, name);
    if (!found.ok) return refused(call, found.status);
  }
  let wasThere = false;
  const seen: Test = (object) => {
    wasThere ||= object !== undefined;
    return test(object);
  };
  const awaited = yield* awaitObject(call, kind, namespace, name, timeoutMs, seen);
  if (awaited.kind === 'failed') return refused(call, awaited.status);
  if (awaited.kind === 'timeout') {
    const what = wanted === 'create' ? '' : ` on ${kind.plural}/${name}`;
    return complain(call, `timed out waiting for the condition${what}`);
  }
  // Of what was gone before nothing is said.
  if (wanted === 'delete' && !wasThere) return 0;
  say(call, `${shownName(kind, name)} condition met`);
  return 0;
}

interface Conditioned {
  readonly metadata: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** What `--for` asks for, or the mistake in it. */
function testOf(wanted: string): Test | string {
  if (wanted === 'delete') return (object) => object === undefined;
  if (wanted === 'create') return (object) => object !== undefined;
  if (wanted.startsWith('condition=')) {
    const [type = '', value = 'true'] = wanted.slice('condition='.length).split('=');
    return (object) => {
      const { metadata, status } = (object ?? { metadata: {} }) as unknown as Conditioned;
      const condition = status?.conditions?.find((each) => each.type.toLowerCase() === type.toLowerCase());
      const observed = condition?.observedGeneration ?? status?.observedGeneration;
      if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
      return condition?.status.toLowerCase() === value.toLowerCase();
    };
  }
  if (wanted.startsWith('jsonpath=')) {
    const match = /^jsonpath=(['"]?)(\{.*?\}|[^=]+)\1(?:=(.*))?$/.exec(wanted);
    const path = parseRelaxedPath(match?.[2] ?? '');
    if (!match || 'problem' in path)
      return `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`;
    const expected = match[3]?.replace(/^(['"])(.*)\1$/, '$2');
    return (object) => {
      const [value] = object ? valuesAt(path, object) : [];
      return value !== undefined && (expected === undefined || String(value) === expected);
    };
  }
  return `unrecognized condition: ${JSON.stringify(wanted)}`;
}

export const events: KubectlCommand = {
  about: 'List events',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'chunk-size': { type: 'string' }, 'for': { type: 'string' },
    'no-headers': { type: 'bool' }, 'output': { type: 'unmodelled', short: 'o' }, 'types': { type: 'list' },
    'watch': { type: 'unmodelledBool', short: 'w' },
  },
  run: runEvents,
};

function* runEvents(call: Call): Task<number> {
  const { flags } = call;
  const all = flags.is('all-namespaces');
  const kind = call.kinds.byKind('v1', 'Event') as AnyKind;
  const subject = flags.text('for');
  if (subject !== undefined && !subject.includes('/')) return complain(call, '--for must be in resource/name form');
  if (flags.list('types').some((type) => !/^(normal|warning)$/i.test(type))) {
    return complain(call, 'valid --types are Normal or Warning');
  }
  const about = subject === undefined ? [] : targetsOf(call.kinds, [subject]);
  if (isTargetProblem(about)) return complain(call, about.problem);
  const [target] = about;
  const fieldSelector = target ? `involvedObject.kind=${target.kind.kind},involvedObject.name=${target.name}`
    : undefined;
  const list = yield* call.api.list<{ readonly items: readonly Event[] }>(kind, all ? undefined : call.namespace,
    { fieldSelector });
  if (!list.ok) return refused(call, list.status);
  const types = flags.list('types').map((type) => type.toLowerCase());
  const shown = list.value.items.filter(({ type = '' }) => types.length === 0 || types.includes(type.toLowerCase()));
  if (shown.length === 0) {
    call.write('stderr', all ? 'No events found.\n' : `No events found in ${call.namespace} namespace.\n`);
    return 0;
  }
  const sorted = [...shown].sort((a, b) => lastSeen(a) - lastSeen(b));
  const rows = sorted.map((event) => [
    ...(all ? [event.metadata.namespace ?? ''] : []), seen(event, call.host.wallMs), event.type ?? '', event.reason
      ?? '',
    `${event.involvedObject.kind}/${event.involvedObject.name}`, (event.message ?? '').trim(),
  ]);
  const head = [...(all ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  call.write('stdout', aligned(flags.is('no-headers') ? rows : [head, ...rows]));
  return 0;
}

function lastSeen({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: Event): number {
  const text = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp;
  return text ? timeMs(text) : 0;
}

function seen(event: Event, nowMs: number): string {
  const last = humanDuration(nowMs - lastSeen(event));
  const count = event.series?.count ?? event.count ?? 1;
  const first = event.firstTimestamp ?? event.eventTime;
  return count > 1 && first ? `${last} (x${count} over ${humanDuration(nowMs - timeMs(first))})` : last;
}
