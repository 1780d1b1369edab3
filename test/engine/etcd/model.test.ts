import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prefixRange } from '../../../src/etcd/key-range';
import { StateMachine } from '../../../src/etcd/state-machine';
import type { KeyEvent, KeyValue, TxnOp, TxnRequest } from '../../../src/etcd/wire';

/** The store as one would write it without thinking of memory: every revision is a whole copy of the map. */
class NaiveStore {
  readonly states: Map<string, KeyValue>[] = [new Map(), new Map()];
  readonly changes: string[][] = [[], []];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  apply(ops: readonly TxnOp[]): void {
    const state = new Map(this.states[this.revision]);
    const modRevision = this.revision + 1;
    const changes: string[] = [];
    for (const op of ops) {
      if (op.rpc === 'Put') {
        const prev = state.get(op.key);
        const createRevision = prev?.createRevision ?? modRevision;
        const { key, value, bytes } = op;
        const kv = { key, value, createRevision, modRevision, version: (prev?.version ?? 0) + 1, lease: 0, bytes };
        state.set(key, kv);
        changes.push(`PUT ${key} ${String(value)} ${String(prev?.value)}`);
      } else if (op.rpc === 'DeleteRange') {
        for (const key of [...state.keys()].sort().filter((at) => covers(op, at))) {
          changes.push(`DELETE ${key} ${String(state.get(key)?.value)}`);
          state.delete(key);
        }
      }
    }
    if (changes.length === 0) return;
    this.states.push(state);
    this.changes.push(changes);
  }

  read(prefix: string, revision: number): KeyValue[] {
    const state = this.states[revision] as Map<string, KeyValue>;
    return [...state.keys()].filter((key) => key.startsWith(prefix)).sort().map((key) => state.get(key) as KeyValue);
  }

  eventsFrom(revision: number): string[] {
    // At the first readable revision itself, the versions before are gone.
    return this.changes.slice(revision).flatMap((changes, i) =>
      revision + i === this.compacted ? changes.map(withoutPrevious) : changes,
    );
  }
}

const withoutPrevious = (change: string): string => change.replace(/ \S+$/, ' undefined');

function covers(op: TxnOp & { rpc: 'DeleteRange' }, key: string): boolean {
  return op.rangeEnd === undefined ? key === op.key : key.startsWith(op.key);
}

function eventText({ type, kv, prevKv }: KeyEvent): string {
  const value = type === 'PUT' ? ` ${String((kv as KeyValue).value)}` : '';
  return `${type} ${kv.key}${value} ${String(prevKv?.value)}`;
}

const prefixes = ['', 'a/', 'b/', 'a/1'];
const key = fc.constantFrom('a/1', 'a/10', 'a/2', 'b/1', 'b/2', 'c');
const put = fc.record({ rpc: fc.constant('Put' as const), key, value: fc.integer(), bytes: fc.constant(8) });
const remove = fc.oneof(
  key.map((at): TxnOp => ({ rpc: 'DeleteRange', key: at })),
  fc.constantFrom('a/', 'b/').map((prefix): TxnOp => ({ rpc: 'DeleteRange', ...prefixRange(prefix) })),
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.uniqueArray(fc.oneof(put, remove), { maxLength: 4, selector: (op) => op.key }) },
  { weight: 1, arbitrary: fc.nat(20) },
);

function commit(machine: StateMachine, model: NaiveStore, ops: readonly TxnOp[]): void {
  const request: TxnRequest = { rpc: 'Txn', compare: [], success: ops, failure: [] };
  if (machine.refusal(request)) return; // Put and delete overlap; rule E14.
  const { events } = machine.apply(request, 0);
  model.apply(ops);
  assert.deepEqual(events.map(eventText), events.length > 0 ? model.changes[model.revision] : []);
}

function compact(machine: StateMachine, model: NaiveStore, revision: number): void {
  const { ok } = machine.store.compact(revision);
  assert.equal(ok, revision > model.compacted && revision <= model.revision);
  if (ok) model.compacted = revision;
}

function assertSame({ store }: StateMachine, model: NaiveStore): void {
  assert.equal(store.revision, model.revision);
  for (let revision = 1; revision <= model.revision; revision += 1) {
    for (const prefix of prefixes) {
      const result = store.range({ rpc: 'Range', ...prefixRange(prefix), revision });
      assert.equal(result.ok, revision >= model.compacted);
      if (result.ok) assert.deepEqual(result.response.kvs, model.read(prefix, revision));
    }
  }
  const from = Math.max(model.compacted, 1);
  const { events } = store.history(prefixRange(''), from, Infinity);
  assert.deepEqual(events.map(eventText), model.eventsFrom(from));
  const stored = events.map(({ kv }) => kv.modRevision);
  assert.deepEqual(stored, [...stored].sort((a, b) => a - b));
}

describe('etcd: store against a naive model', () => {
  it('E30 reads every revision that is not compacted as the model does, and replays the same history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const machine = new StateMachine();
        const model = new NaiveStore();
        for (const each of steps) {
          if (typeof each === 'number') compact(machine, model, each);
          else commit(machine, model, each as readonly TxnOp[]);
        }
        assertSame(machine, model);
      }),
      { numRuns: 150 },
    );
  });

  it('E31 the size of the database does not depend on when it is asked or how values are measured', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const [eager, lazy] = [new StateMachine(), new StateMachine()];
        let highest = 0;
        for (const each of steps) {
          for (const machine of [eager, lazy]) {
            if (typeof each === 'number') machine.store.compact(each);
            else commitSized(machine, each as readonly TxnOp[], machine === lazy);
          }
          highest = Math.max(highest, eager.store.size.usedBytes);
          assert.equal(eager.store.size.fileBytes, highest);
        }
        assert.equal(lazy.store.size.fileBytes, eager.store.size.fileBytes);
        assert.equal(lazy.store.size.usedBytes, eager.store.size.usedBytes);
      }),
      { numRuns: 100 },
    );
  });
});

function commitSized(machine: StateMachine, ops: readonly TxnOp[], lazy: boolean): void {
  const bytes = lazy ? (value: unknown): number => String(value).length : undefined;
  const sized = ops.map((op) => (op.rpc === 'Put' ? { ...op, bytes: bytes ?? String(op.value).length } : op));
  const request: TxnRequest = { rpc: 'Txn', compare: [], success: sized, failure: [] };
  if (!machine.refusal(request)) machine.apply(request, 0);
}
