/** Waiting for objects: a list and then a watch, until a condition holds, the object is gone, or time is up. */
import type { AnyKind } from '../../../api/kind';
import { parseGoDuration } from '../../../api/duration';
import type { KubeObject, Status } from '../../../api/types';
import { type Task, waitFor } from '../../../sim/task';
import type { Call } from './call';
import { pathOf, subjectOf } from './connection';

export type Awaited =
  | { readonly kind: 'reached'; readonly object: KubeObject | undefined }
  | { readonly kind: 'timeout'; readonly object: KubeObject | undefined }
  | { readonly kind: 'failed'; readonly status: Status };

/**
 * Watches one object until `reached` says yes; it is asked about each version and, with undefined, about the object's
 * absence. A timeout of 0 means none.
 */
export function* awaitObject(
  call: Call, kind: AnyKind, namespace: string | undefined, name: string, timeoutMs: number,
  reached: (object: KubeObject | undefined) => boolean,
): Task<Awaited> {
  const query = { fieldSelector: `metadata.name=${name}` };
  const list =
    yield *
    call.api.list<{ readonly items: readonly KubeObject[]; readonly metadata: { readonly resourceVersion?: string } }>(
      kind,
      namespace,
      query,
    );
  if (!list.ok) return { kind: 'failed', status: list.status };
  let [object] = list.value.items as readonly (KubeObject | undefined)[];
  if (reached(object)) return { kind: 'reached', object };
  const { resourceVersion } = list.value.metadata;
  return yield* waitFor<Awaited>((resume) => {
    let rest = '';
    let over = false;
    const finish = (outcome: Awaited): void => {
      if (over) return;
      over = true;
      timer?.cancel();
      stream.cancel();
      // The stream may end within the handler that began it.
      call.host.after(0, () => resume(outcome));
    };
    const timer = timeoutMs > 0 ? call.host.after(timeoutMs, () => finish({ kind: 'timeout', object })) : undefined;
    const stream = call.api.open({
      path: pathOf(kind, namespace), query: { ...query, watch: 'true', resourceVersion },
      subject: subjectOf('watch', kind, namespace, name),
    }, {
      chunk: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line === '' || over) continue;
          const event = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
          if (event.type === 'BOOKMARK' || event.type === 'ERROR') continue;
          object = event.type === 'DELETED' ? undefined : event.object;
          if (reached(object)) finish({ kind: 'reached', object });
        }
      },
      end: (status) => finish(status ? { kind: 'failed', status } : { kind: 'timeout', object }),
    });
  });
}

/** `--timeout`: `30s`, or a number of seconds; in milliseconds. */
export function timeoutOf(call: Call, otherwise: string): number | { readonly problem: string } {
  const text = call.flags.text('timeout') ?? otherwise;
  const ms = /^-?\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  return ms === undefined
    ? { problem: `invalid argument "${text}" for "--timeout" flag: time: invalid duration "${text}"` } : ms;
}
