/**
 * Golden scripts for etcd's state machine: a line `> command` is run, the lines after it are what it must print.
 *
 * put KEY VALUE [lease=N]   del KEY|PREFIX*   get KEY|PREFIX* [@REV] [limit=N] [keys] [count]   compact REV
 * txn COMPARE.. ? OP; OP : OP; OP     with compares like mod(k)=3 ver(k)>0 create(k)<5 value(k)!=x
 * grant ID SECONDS   revoke ID   renew ID   lease ID   expired   now MS
 * history KEY|PREFIX* REV [REVISIONS]   generations KEY
 */
import { StateMachine } from '../../../src/etcd/state-machine';
import { prefixRange } from '../../../src/etcd/key-range';
import type { EtcdResult } from '../../../src/etcd/errors';
import type {
  Compare, Header, KeyEvent, KeyRange, KeyValue, RangeRequest, RangeResponse, TxnOp, TxnResponse, WriteRequest,
} from '../../../src/etcd/wire';

/** Runs the commands of a script and returns it with what they printed. */
export function rerun(script: string, machine = new StateMachine()): string {
  const run = new Run(machine);
  const out: string[] = [];
  for (const line of script.split('\n').map((text) => text.trim())) {
    if (line.startsWith('>')) out.push(line, ...run.command(line.slice(1).trim()));
  }
  return out.join('\n');
}

/** A script as rerun returns it. */
export function golden(script: string): string {
  return script.split('\n').map((line) => line.trim()).filter((line) => line !== '').join('\n');
}

export function rangeOf(word: string): KeyRange {
  return word.endsWith('*') ? prefixRange(word.slice(0, -1)) : { key: word };
}

class Run {
  private nowMs = 0;

  constructor(private readonly machine: StateMachine) {}

  command(text: string): string[] {
    const [name, ...words] = text.split(/\s+/) as [string, ...string[]];
    const { store, lessor } = this.machine;
    const first = words[0] ?? '';
    switch (name) {
      case 'put':
      case 'del':
        return this.write(opOf(text) as WriteRequest);
      case 'txn':
        return this.write(txnOf(text.slice('txn'.length)));
      case 'get':
        return show(store.range(opOf(text) as RangeRequest), rangeLines);
      case 'compact':
        return this.write({ rpc: 'Compact', revision: Number(first) });
      case 'grant':
        return this.write({ rpc: 'LeaseGrant', id: Number(first), ttlSeconds: Number(words[1]) });
      case 'revoke':
        return this.write({ rpc: 'LeaseRevoke', id: Number(first) });
      case 'lease': {
        const lease = lessor.lookup(Number(first));
        return [lease ? `ttl ${lease.ttlSeconds} expires ${lease.expiresMs} keys ${lease.keys.join(' ')}` : 'none'];
      }
      case 'renew':
        return [`ttl ${lessor.renew(Number(first), this.nowMs)}`];
      case 'expired':
        return [`${lessor.expired(this.nowMs, 10).join(' ')} next ${lessor.nextExpiryMs()}`.trim()];
      case 'now':
        this.nowMs = Number(first);
        return [];
      case 'history': {
        const page = store.history(rangeOf(first), Number(words[1]), Number(words[2] ?? 1000));
        return [...page.events.map(eventLine), `next ${page.nextRevision}`];
      }
      case 'generations':
        return (store.historyOf(first)?.generations() ?? []).map(({ createRevision, versions, deletedAt }) => {
          const revisions = versions.map(({ modRevision }) => modRevision).join(' ');
          return `{${createRevision}: ${revisions}${deletedAt === undefined ? '' : ` t${deletedAt}`}}`;
        });
      default:
        throw new Error(`unknown command ${text}`);
    }
  }

  private write(request: WriteRequest): string[] {
    const refusal = this.machine.refusal(request);
    if (refusal) return [`! ${refusal.code} ${refusal.message}`];
    const { result, events } = this.machine.apply(request, this.nowMs);
    const lines = show(result, (response) => {
      const { revision } = response;
      if (request.rpc !== 'Txn') return [`rev ${revision}`];
      const { succeeded, responses } = response as TxnResponse;
      const reads = responses.flatMap((item) => (item.rpc === 'Range' ? rangeLines(item.response) : []));
      return [`${succeeded ? 'succeeded' : 'failed'} rev ${revision}`, ...reads];
    });
    return [...lines, ...events.map(eventLine)];
  }
}

function show<T extends Header>(result: EtcdResult<T>, lines: (response: T) => string[]): string[] {
  return result.ok ? lines(result.response) : [`! ${result.error.code} ${result.error.message}`];
}

function kvLine({ key, value, createRevision, modRevision, version, lease }: KeyValue): string {
  const shown = value === undefined ? key : `${key}=${String(value)}`;
  return `${shown} c${createRevision} m${modRevision} v${version}${lease ? ` lease ${lease}` : ''}`;
}

function rangeLines({ revision, kvs, count, more }: RangeResponse): string[] {
  return [...kvs.map(kvLine), `count ${count}${more ? ' more' : ''} rev ${revision}`];
}

function eventLine(event: KeyEvent): string {
  const prev = event.prevKv ? ` was ${String(event.prevKv.value)} m${event.prevKv.modRevision}` : '';
  return event.type === 'PUT'
    ? `PUT ${kvLine(event.kv)}${prev}`
    : `DELETE ${event.kv.key} m${event.kv.modRevision}${prev}`;
}

function opOf(text: string): TxnOp {
  const [name, key = '', ...words] = text.trim().split(/\s+/) as [string, ...string[]];
  const numberAfter = (prefix: string): number | undefined => {
    const word = words.find((candidate) => candidate.startsWith(prefix));
    return word === undefined ? undefined : Number(word.slice(prefix.length));
  };
  const lease = numberAfter('lease=');
  if (name === 'put') {
    const put = { rpc: 'Put', key: key === "''" ? '' : key, value: words[0], bytes: 1 } as const;
    return lease === undefined ? put : { ...put, lease };
  }
  if (name === 'del') return { rpc: 'DeleteRange', ...rangeOf(key) };
  const [revision = 0, limit = 0] = [numberAfter('@'), numberAfter('limit=')];
  const [keysOnly, countOnly] = [words.includes('keys'), words.includes('count')];
  return { rpc: 'Range', ...rangeOf(key), revision, limit, keysOnly, countOnly };
}

function txnOf(text: string): WriteRequest {
  const [compares = '', branches = ''] = text.split('?') as [string, string?];
  const [success = '', failure = ''] = branches.split(':') as [string, string?];
  const ops = (branch: string): TxnOp[] => branch.split(';').filter((op) => op.trim() !== '').map(opOf);
  const compare = compares.split(/\s+/).filter((word) => word !== '').map(compareOf);
  return { rpc: 'Txn', compare, success: ops(success), failure: ops(failure) };
}

function compareOf(word: string): Compare {
  const match = /^(mod|ver|create|value|lease)\((.*)\)(=|!=|>|<)(.*)$/.exec(word);
  if (!match) throw new Error(`not a compare: ${word}`);
  const [, target, key, sign, to] = match as unknown as [string, string, string, string, string];
  const result = ({ '=': 'equal', '!=': 'notEqual', '>': 'greater', '<': 'less' } as const)[sign as '=' | '!='];
  if (target === 'value') return { target, key, result, to };
  const targets = { mod: 'modRevision', ver: 'version', create: 'createRevision', lease: 'lease' } as const;
  return { target: targets[target as keyof typeof targets], key, result, to: Number(to) };
}
