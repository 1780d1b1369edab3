/**
 * A small world for tests of the API server: one machine with an etcd member and an API server, and a client on another
 * machine that runs tasks. Everything goes over the simulated network.
 */
import assert from 'node:assert/strict';
import { kindRegistry } from '../../../src/api/registry';
import type { ApiRequest, ApiResponse, Credential, WatchEvent } from '../../../src/api/request';
import type { KubeObject, Status } from '../../../src/api/types';
import { ApiServer } from '../../../src/apiserver/server';
import type { ApiServerOptions } from '../../../src/apiserver/options';
import { EtcdMember } from '../../../src/etcd/member';
import { SharedLog } from '../../../src/etcd/shared-log';
import { subjectOf } from '../../../src/client/api-client';
import type { CallResult, Cancel, ProcessHost, Program } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';
import { testKinds } from './kinds';

export const epochMs = Date.parse('2026-01-02T03:04:05Z');

export const admin: Credential = { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] };

class Client implements Program {
  host!: ProcessHost;
  start(host: ProcessHost): void {
    this.host = host;
  }
}

/** What a watch has received so far. */
export interface Stream {
  readonly events: WatchEvent[];
  readonly cancel: Cancel;
  ended: boolean;
  end: unknown;
}

/** A request with the parts that tests do not care about left out. */
export type Ask = Partial<Omit<ApiRequest, 'options' | 'body'>> & {
  readonly resource: string;
  readonly body?: unknown;
  readonly options?: ApiRequest['options'];
};

export class World {
  readonly sim = new Simulation(7);
  readonly log = new SharedLog();
  readonly client = new Client();
  server!: ApiServer;

  constructor(readonly options: Partial<ApiServerOptions> = {}, start = true) {
    this.sim.network.addMachine('cp', '172.18.0.2');
    this.sim.network.addMachine('client', '172.18.0.99');
    this.startEtcd();
    this.startServer();
    this.sim.spawn({ id: 'test@client', machine: 'client', program: this.client });
    if (start) assert.ok(this.sim.runUntilTrue(() => this.server.ready, 60_000), 'the server becomes ready');
  }

  startEtcd(): void {
    const program = new EtcdMember({ name: 'cp', version: '3.6.5', log: this.log });
    this.sim.spawn({ id: 'etcd@cp', machine: 'cp', program });
  }

  startServer(): void {
    this.server = this.makeServer();
    this.sim.spawn({ id: 'kube-apiserver@cp', machine: 'cp', program: this.server });
  }

  makeServer(): ApiServer {
    return new ApiServer({
      kinds: kindRegistry(testKinds), hostname: 'cp', serviceSubnet: '10.96.0.0/16', epochMs, ...this.options,
    });
  }

  /** Sends a request; `done` gets the answer when it is there. */
  send(ask: Ask, user: Credential, done: (result: CallResult) => void, server = '172.18.0.2:6443'): void {
    const request = toRequest(ask, user);
    this.sim.input('test@client', 'send', () => {
      this.client.host.call(
        { to: server, channel: 'https', subject: subjectOf(request), payload: request, timeoutMs: 60_000 },
        { onResult: done });
    });
  }

  /** Sends a request from within a handler of the client, so that it has the handler's cause. */
  sendNow(ask: Ask, user: Credential = admin): void {
    const request = toRequest(ask, user);
    this.client.host.call(
      { to: '172.18.0.2:6443', channel: 'https', subject: subjectOf(request), payload: request },
      { onResult: () => undefined });
  }

  /** Sends a request and runs until it is answered. */
  ask(ask: Ask, user: Credential = admin): ApiResponse {
    let answer: CallResult | undefined;
    this.send(ask, user, (result) => {
      answer = result;
    });
    this.sim.runUntilTrue(() => answer !== undefined, 120_000);
    assert.ok(answer?.ok, `an answer to ${ask.verb} ${ask.resource}: ${JSON.stringify(answer)}`);
    return answer.payload as ApiResponse;
  }

  /** The object of an answer that must be good. */
  must<T extends KubeObject = KubeObject>(ask: Ask, user: Credential = admin): T {
    const { code, body } = this.ask(ask, user);
    assert.ok(code < 400, JSON.stringify(body));
    return body as T;
  }

  /** Code and message of an answer that must be a refusal. */
  refused(ask: Ask, user: Credential = admin): { code: number; message: string; reason: string | undefined } {
    const { code, body } = this.ask(ask, user);
    assert.ok(code >= 400, `refused, but got ${code} ${JSON.stringify(body)}`);
    const { message = '', reason } = body as Status;
    return { code, message, reason };
  }

  get<T extends KubeObject = KubeObject>(resource: string, name: string, namespace?: string, group = ''): T {
    return this.must<T>({ verb: 'get', group, resource, name, namespace });
  }

  watch(ask: Ask, user: Credential = admin): Stream {
    const request = toRequest({ ...ask, verb: 'watch' }, user);
    const stream: Stream = { events: [], cancel: { cancel: () => undefined }, ended: false, end: undefined };
    this.sim.input('test@client', 'watch', () => {
      const cancel = this.client.host.call(
        { to: '172.18.0.2:6443', channel: 'https', subject: subjectOf(request), payload: request },
        {
          onEvent: (event) => stream.events.push(event as WatchEvent),
          onResult: (result) => {
            stream.ended = true;
            stream.end = result.ok ? result.payload : result.failure;
          },
        });
      Object.assign(stream, { cancel });
    });
    this.settle();
    return stream;
  }

  /** Lets everything in flight arrive. */
  settle(ms = 10): void {
    this.sim.runUntil(this.sim.nowMs + ms);
  }
}

function toRequest({ verb = 'get', group = '', version = 'v1', options = {}, ...rest }: Ask,
  user: Credential): ApiRequest {
  return { verb, group, version, options, user, userAgent: 'test/v1', ...rest };
}

/** `ADDED web` for each event. */
export function summary(stream: Stream): string[] {
  return stream.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim());
}

export function pod(name: string, more: { labels?: Record<string,
  string>; spec?: object; metadata?: object } = {}): object {
  const { labels, spec, metadata } = more;
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, ...(labels ? { labels } : {}), ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  };
}
