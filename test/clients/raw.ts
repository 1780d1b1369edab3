/** Requests as no honest client sends them: over sockets of their own, byte by byte where need be. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { load } from 'js-yaml';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** Plain data is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  /** Without the client certificate of the kubeconfig. */
  readonly anonymous?: boolean;
  readonly options?: RequestOptions;
}

interface Credentials {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Speaks to the server of a kubeconfig with its credentials. */
export class RawClient {
  readonly port: number;
  readonly credentials: Credentials;
  private readonly context: SecureContext;
  private readonly agents: { readonly named: Agent; readonly nobody: Agent };

  constructor(kubeconfig: string) {
    const config = load(readFileSync(kubeconfig, 'utf8')) as {
      clusters: [{ cluster: Record<string, string> }]; users: [{ user: Record<string, string> }];
    };
    const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
    this.port = Number(new URL(config.clusters[0].cluster['server'] ?? '').port);
    this.credentials = {
      ca: bytes(config.clusters[0].cluster['certificate-authority-data']),
      cert: bytes(config.users[0].user['client-certificate-data']),
      key: bytes(config.users[0].user['client-key-data']),
    };
    this.context = createSecureContext(this.credentials);
    const { ca } = this.credentials;
    this.agents = { named: new Agent({ keepAlive: true, ...this.credentials }), nobody: new Agent({ keepAlive: true,
      ca }) };
  }

  /** Asks over a connection that is kept alive. */
  ask(method: string, path: string, { headers = {}, body, anonymous = false,
    options = {} }: Asking = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const agent = anonymous ? this.agents.nobody : this.agents.named;
      const request = httpsRequest({ host: '127.0.0.1', port: this.port, agent, method, path, headers, ...options },
        (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => resolve({
          status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces).toString(),
        }));
      });
      request.once('error', reject);
      request.end(typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body);
    });
  }

  /** Asks for JSON and must get this status. */
  async json(method: string, path: string, asking: Asking = {}, status = 200): Promise<any> {
    const headers = { 'content-type': 'application/json', ...asking.headers };
    const answer = await this.ask(method, path, { ...asking, headers });
    assert.equal(answer.status, status, `${method} ${path}: ${answer.body.slice(0, 2_000)}`);
    return JSON.parse(answer.body);
  }

  /** An honest request; must be answered soon, whatever else goes on. */
  async honest(withinMs: number): Promise<void> {
    const startMs = performance.now();
    assert.equal((await this.ask('GET', '/api/v1/namespaces/default')).status, 200);
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < withinMs, `an honest client waited ${tookMs.toFixed(0)} ms`);
  }

  /** A TLS connection with the credentials. */
  connect(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: this.port, secureContext: this.context,
        rejectUnauthorized: false }, () => {
        socket.off('error', reject);
        socket.on('error', () => undefined);
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  /** Sends bytes as they are and returns all that comes back until the server closes. */
  async send(bytes: string | Uint8Array): Promise<string> {
    const socket = await this.connect();
    socket.write(bytes);
    return heard(socket);
  }

  dispose(): void {
    this.agents.named.destroy();
    this.agents.nobody.destroy();
  }
}

/** All that comes over a socket until it is closed. */
export function heard(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data: Buffer) => { text += data.toString('latin1'); });
    socket.once('close', () => resolve(text));
  });
}
