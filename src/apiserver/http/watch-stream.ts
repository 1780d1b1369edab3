/**
 * A watch over HTTP: the registry sends events to a call as ever, and this turns each into a line of JSON. A line is
 * made once and shared by everyone who watches in the same form. Models endpoints/handlers watch.go.
 */
import type { WatchEvent } from '../../api/request';
import type { HttpMessage } from '../../protocol/http';
import type { IncomingCall } from '../../sim/process';
import { eventObjectText, type View } from './representation';

type Chunk = Extract<HttpMessage, { kind: 'chunk' }>;

/** What a line depends on besides the event: ages in a table grow old. */
interface MadeChunk {
  readonly chunk: Chunk;
  readonly nowMs: number;
}

const made = new Map<string, WeakMap<WatchEvent, MadeChunk>>();

/** The form of a stream as a key of what was made before. */
function formKey({ form, includeObject }: View): string {
  const { transform, version } = form;
  return transform === 'Table' ? `${transform} ${version} ${includeObject}` : `${transform} ${version}`;
}

function chunkOf(event: WatchEvent, view: View, first: boolean): Chunk {
  const isTable = view.form.transform === 'Table';
  if (isTable && first) return makeChunk(event, view, true);
  const key = formKey(view);
  let chunks = made.get(key);
  if (!chunks) made.set(key, chunks = new WeakMap());
  const known = chunks.get(event);
  if (known && (!isTable || known.nowMs === view.nowMs)) return known.chunk;
  const chunk = makeChunk(event, view, false);
  chunks.set(event, { chunk, nowMs: view.nowMs });
  return chunk;
}

function makeChunk({ type, object }: WatchEvent, view: View, first: boolean): Chunk {
  const data = `{"type":"${type}","object":${eventObjectText(object, view, type, first)}}\n`;
  return Object.freeze({ kind: 'chunk', data });
}

/** The call that the registry's watch feeds; `open` sends the head of the answer, once. */
export function watchCall(call: IncomingCall, view: () => View, open: () => void): IncomingCall {
  let first = true;
  const overrides: Pick<IncomingCall, 'event' | 'reply'> = {
    event(payload, subject, options) {
      open();
      const event = payload as WatchEvent;
      call.event(chunkOf(event, view(), first), subject, options);
      if (event.type !== 'ERROR') first = false;
    },
    reply(_payload, subject) {
      open();
      call.reply({ kind: 'end' }, subject);
    },
  };
  return Object.assign(Object.create(call) as IncomingCall, overrides);
}
