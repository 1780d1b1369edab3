/**
 * The API server as a process: it listens, carries requests through the pipeline, keeps its watch caches in step with
 * etcd, and does what a kube-apiserver does on its own. Requests that come before the caches are filled and the
 * post-start hooks are done wait for that; a real server would refuse some of them for a moment.
 */
import { assert, defined } from '../base/assert';
import { RandomSource } from '../base/random';
import type { ApiRequest, ApiResponse, PathRequest } from '../api/request';
import { pathNotFoundStatus, serviceUnavailable, unauthorized } from '../api/status';
import { formatTime } from '../api/time';
import { type HttpRequest as WebRequest, isHttpRequest } from '../api/web';
import type { KubeObject, Status } from '../api/types';
import { type EtcdClient, etcdClient } from '../etcd/client';
import { ClusterPki } from '../pki/cluster-pki';
import type { HttpRequest } from '../protocol/http';
import type { ApiStage, Subject } from '../protocol/trace';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../sim/process';
import { runTask, type Task, waitFor } from '../sim/task';
import { AdmissionChain, refusedSubject } from './admission/chain';
import { Aggregator, resyncMs } from './aggregation/aggregator';
import { AutoRegistration } from './aggregation/auto-registration';
import { Authenticator } from './authentication/authenticator';
import { issuerDiscovery } from './authentication/issuer-discovery';
import { ServiceAccountTokens } from './authentication/service-account-tokens';
import { loopbackUser } from './authentication/user';
import { type AuthorizationAttributes, forbiddenRequest } from './authorization/attributes';
import { Authorizer } from './authorization/authorizer';
import { defaultClusterRoles } from './bootstrap/rbac';
import { bootstrapObjects } from './controllers/bootstrap';
import { publishAuthentication } from './controllers/cluster-authentication';
import { Compactor } from './controllers/compaction';
import { FlowSchemaStatus } from './controllers/flow-schema-status';
import { IdentityLease, identityLeaseIntervalMs } from './controllers/identity-lease';
import { endpointIntervalMs, KubernetesService } from './controllers/kubernetes-service';
import type { Loopback } from './controllers/loopback';
import { ensureServiceCidr } from './controllers/service-cidr';
import { CustomResources } from './custom/custom-resources';
import { DefinitionController } from './custom/definition-controller';
import type { Execution } from './execution';
import type { ServerHealth } from './health';
import { HttpFrontEnd } from './http/front-end';
import { dataCall, isRawHttp, rawRequest } from './http/in-cluster';
import type { PathHandler } from './http/path-handlers';
import { subresourceHandlers } from './http/sessions';
import { parseQuery } from './http/target';
import { type ApiServerOptions, limits } from './options';
import { nonResourcePaths } from './paths';
import { handle, type ServerParts } from './pipeline';
import { sendBookmark } from './registry/watch';
import { RequestCounts } from './request-counts';
import { ServiceAllocator } from './registry/services/allocator';
import { bindings } from './registry/bindings';
import { componentStatuses } from './registry/component-statuses';
import { virtualHandlers } from './registry/virtual';
import { accessReviews } from './reviews/access';
import { tokenRequests } from './reviews/token-request';
import { tokenReviews } from './reviews/tokens';
import { DryRunStore, Overlay } from './storage/dry-run-store';
import { EtcdStore } from './storage/etcd-store';
import { LeasePool } from './storage/lease-pool';
import { Reflector } from './storage/reflector';
import type { ServedResource } from './storage/served-resource';
import { ServedResources } from './storage/served-resources';
import type { Store } from './storage/store';
import { streamingSubresources } from './subresources/handlers';

/** How long a post-start hook that failed waits before it tries again. */
const hookRetryMs = 1_000;

const rbacResources = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'];

export class ApiServer implements Program {
  private readonly parts: ServerParts;
  private readonly paths: PathHandler;
  private readonly aggregator: Aggregator;
  private readonly pki: ClusterPki;
  private readonly tokens: ServiceAccountTokens;
  private host: ProcessHost | undefined;
  private etcd: EtcdClient | undefined;
  private execution: Execution | undefined;
  private frontEnd: HttpFrontEnd | undefined;
  private dryRun: Execution | undefined;
  private kubernetesService: KubernetesService | undefined;
  private identityLease: IdentityLease | undefined;
  private definitionController: DefinitionController | undefined;
  private waiting: (() => void)[] = [];
  private hooks: 'waiting' | 'running' | 'done' = 'waiting';
  private shuttingDown = false;
  private wallSecond = -1;
  private wallText = '';

  constructor(private readonly options: ApiServerOptions) {
    const resources = new ServedResources(options.kinds, options.runtimeConfig, () => this.host?.nowMs ?? 0);
    const nodeRole = defaultClusterRoles().find((role) => role.metadata.name === 'system:node');
    const authorizer = new Authorizer(resources, nodeRole?.rules ?? []);
    this.pki = options.pki ?? new ClusterPki('', options.epochMs);
    const tokens = this.tokens = new ServiceAccountTokens(() => this.pki.serviceAccountKey);
    const authenticator = new Authenticator(tokens, options.tokens);
    this.parts = {
      resources,
      authenticator,
      authorizer,
      admission: new AdmissionChain({
        authorizer, resources, featureGates: options.featureGates, loopback: () => this.loopback(),
      }),
      serviceAllocator: new ServiceAllocator(options.serviceSubnet),
      virtual: virtualHandlers([
        ...accessReviews(authorizer), ...tokenReviews(authenticator), tokenRequests(tokens),
        bindings(() => resources.named('pods')), componentStatuses(() => this.host, options.etcd),
      ]),
      requestCounts: new RequestCounts(),
    };
    this.aggregator = new Aggregator(resources);
    this.paths = nonResourcePaths({
      resources, aggregator: this.aggregator, requests: this.parts.requestCounts, health: () => this.health(),
      serverAddress: () => `${options.advertiseAddress ?? this.host?.address ?? ''}:${options.port ?? 6443}`,
    });
    new CustomResources(resources);
    for (const plural of rbacResources) {
      const cache = resources.find('rbac.authorization.k8s.io', 'v1', plural)?.cache;
      cache?.onEvent(() => authorizer.invalidate());
      cache?.onReset(() => authorizer.invalidate());
    }
  }

  /** True when the caches are filled and the post-start hooks are done. */
  get ready(): boolean {
    return this.hooks === 'done' && !this.shuttingDown;
  }

  start(host: ProcessHost): void {
    const { options } = this;
    this.host = host;
    const etcd = etcdClient(host, { endpoint: options.etcd, timeoutMs: limits.requestTimeoutMs });
    this.etcd = etcd;
    this.execution = this.executionOn(host, new EtcdStore(host, etcd, new LeasePool(etcd, () => host.nowMs)));
    this.dryRun = this.executionOn(host, new DryRunStore());
    host.listen(options.port ?? 6443);
    this.feedCaches(host, etcd);
    this.startControllers(host, etcd);
    this.frontEnd = this.makeFrontEnd(host, etcd);
  }

  /** Keeps a reflector for every resource with a cache of its own, also for those that come and go later. */
  private feedCaches(host: ProcessHost, etcd: EtcdClient): void {
    const reflectors = new Map<ServedResource, Reflector>();
    this.parts.resources.onStorage({
      started: (resource) => {
        const reflector = new Reflector(host, etcd, resource, () => this.onCacheState());
        reflectors.set(resource, reflector);
        reflector.start();
      },
      stopped: (resource) => {
        reflectors.get(resource)?.stop();
        reflectors.delete(resource);
      },
    });
  }

  serve(call: IncomingCall): void {
    const payload = call.payload as ApiRequest | PathRequest | HttpRequest;
    if ('target' in payload) return defined(this.frontEnd, 'the HTTP front').serve(call, payload);
    if (isHttpRequest(payload) && 'method' in payload && isRawHttp(payload)) return this.serveWeb(call, payload);
    if ('path' in payload) return this.servePath(call, payload);
    // Whoever speaks neither HTTP nor the language of our clients gets no further than the connection.
    if (!('options' in payload)) return call.reply({ connected: true }, { verb: call.subject.verb });
    if (this.hooks === 'done') runTask(this.serveRequest(call, payload));
    else this.waiting.push(() => runTask(this.serveRequest(call, payload)));
  }

  /** SIGTERM: takes its address out of the endpoints of the Service `kubernetes` and ends. */
  terminate(): void {
    const host = defined(this.host, 'the host');
    this.shuttingDown = true;
    if (!this.kubernetesService || this.hooks !== 'done') return host.exit(0);
    runTask(this.kubernetesService.remove(), () => host.exit(0));
  }

  /** What a request would be answered now, computed at once, without a trace and without any change. */
  preview(request: ApiRequest): ApiResponse {
    return defined(this.previewAll([request])[0], 'the answer');
  }

  /** What requests would be answered one after another; later ones see what earlier ones would have written. */
  previewAll(requests: readonly ApiRequest[]): readonly ApiResponse[] {
    const { host, parts } = this;
    if (!host || this.hooks !== 'done') {
      const status = serviceUnavailable('the API server is not ready');
      return requests.map(() => ({ code: status.code, body: status }));
    }
    const overlay = new Overlay(parts.resources);
    const random = new RandomSource(0);
    const wallMs = this.wallMs(host);
    const execution: Execution = {
      store: new DryRunStore(overlay), objects: overlay, wallMs, wallTime: formatTime(wallMs),
      random: (stream) => random.stream(stream), stage: () => undefined, sleep: stillness,
    };
    return requests.map((request) => {
      let response: ApiResponse | undefined;
      const { verb, resource, namespace, name } = request;
      runTask(handle(parts, request, { verb, resource, namespace, name }, execution), (answer) => {
        response = answer;
      });
      return defined(response, 'the answer of a preview, which never waits');
    });
  }

  // --- requests ----------------------------------------------------------------------------------------------------

  private *serveRequest(call: IncomingCall, request: ApiRequest): Task {
    if (!call.open) return;
    const host = defined(this.host, 'the host');
    const etcd = defined(this.etcd, 'the etcd client');
    const execution = request.options.dryRun ? this.dryRun : this.execution;
    const response = yield* handle(
      this.parts, request, call.subject, defined(execution, 'the execution'), { call, host, etcd });
    if (response) call.reply(response, responseSubject(call.subject, response));
  }

  /** HTTP of a process inside: its credential is data, unless it sends a token. */
  private serveWeb(call: IncomingCall, request: WebRequest): void {
    const { authenticator, resources } = this.parts;
    const { user: credential } = request;
    const inside = credential.kind === 'certificate' || credential.kind === 'serviceAccount';
    const wallMs = this.wallMs(defined(this.host, 'the host'));
    const known = inside ? authenticator.authenticate(credential, resources, wallMs) : undefined;
    defined(this.frontEnd, 'the HTTP front').serve(dataCall(call), rawRequest(request), known);
  }

  private makeFrontEnd(host: ProcessHost, etcd: EtcdClient): HttpFrontEnd {
    return new HttpFrontEnd({
      parts: this.parts, host, etcd,
      execution: defined(this.execution, 'the execution'),
      dryRun: defined(this.dryRun, 'the execution of dry runs'),
      paths: [
        issuerDiscovery(this.tokens),
        this.paths,
      ],
      sessions: subresourceHandlers(streamingSubresources),
      aggregator: this.aggregator,
      whenReady: (run) => {
        if (this.hooks === 'done') run();
        else this.waiting.push(run);
      },
    });
  }

  private servePath(call: IncomingCall, { path, accept = '', user: credential }: PathRequest): void {
    const execution = defined(this.execution, 'the execution');
    const { authenticator, authorizer, resources } = this.parts;
    const { subject } = call;
    const reply = (code: number, body: string | Status): void => call.reply({ code, body }, { ...subject, code });
    const user = authenticator.authenticate(credential, resources, execution.wallMs);
    if (!user) {
      execution.stage('authentication', false, refusedSubject(subject, unauthorized()));
      return reply(401, unauthorized());
    }
    execution.stage('authentication', true, subject);
    const route = path.split('?', 1)[0] ?? '';
    const attributes: AuthorizationAttributes = {
      user, verb: 'get', group: '', resource: '', subresource: '', namespace: '', name: '', path: route,
    };
    const decision = authorizer.authorize(attributes);
    if (!decision.allowed) {
      const status = forbiddenRequest(attributes, decision.reason);
      execution.stage('authorization', false, refusedSubject(subject, status));
      return reply(403, status);
    }
    execution.stage('authorization', true, subject, decision.authorizer);
    const answer = this.paths(route, parseQuery(path.slice(route.length + 1)), accept, {});
    if (answer && typeof answer.body === 'string') reply(answer.status, answer.body);
    else reply(404, pathNotFoundStatus());
  }

  private health(): ServerHealth {
    const caches = this.parts.resources.stored.map(({ cache }) => cache);
    return {
      etcdReachable: caches.every((cache) => cache.connected),
      cachesFilled: caches.every((cache) => cache.initialised),
      hooksDone: this.hooks === 'done',
      shuttingDown: this.shuttingDown,
    };
  }

  private executionOn(host: ProcessHost, store: Store): Execution {
    const server = this;
    return {
      store,
      objects: this.parts.resources,
      get wallMs() {
        return server.wallMs(host);
      },
      get wallTime() {
        return server.wallTime(host);
      },
      random: (stream) => host.random(stream),
      stage: (stage: ApiStage, allowed: boolean, subject: Subject, plugin?: string) =>
        host.record(plugin === undefined ? { kind: 'stage', stage, allowed, subject }
          : { kind: 'stage', stage, allowed, subject, plugin }),
      *call(outgoing) {
        return yield* waitFor<CallResult>((resume) => host.call(outgoing, { onResult: resume }));
      },
      *sleep(ms) {
        yield* waitFor<void>((resume) => host.after(ms, () => resume()));
        return true;
      },
    };
  }

  private wallMs(host: ProcessHost): number {
    return this.options.epochMs + host.nowMs;
  }

  /** Wall time in seconds, as text; made once a second. */
  private wallTime(host: ProcessHost): string {
    const second = Math.floor(this.wallMs(host) / 1000);
    if (second !== this.wallSecond) {
      this.wallSecond = second;
      this.wallText = formatTime(second * 1000);
    }
    return this.wallText;
  }

  // --- what the server does on its own -------------------------------------------------------------------------------

  private onCacheState(): void {
    if (this.hooks !== 'waiting') return;
    if (this.parts.resources.stored.some(({ cache }) => !cache.initialised || !cache.connected)) return;
    this.hooks = 'running';
    runTask(this.runHooks());
  }

  private *runHooks(): Task {
    const host = defined(this.host, 'the host');
    const loopback = this.loopback();
    for (;;) {
      const { resources } = this.parts;
      const made = (yield* bootstrapObjects(loopback, resources))
        && (yield* ensureServiceCidr(loopback, resources, this.options.serviceSubnet, this.wallMs(host)))
        && (yield* publishAuthentication(loopback, resources, this.pki, this.wallMs(host)));
      if (made && (yield* defined(this.kubernetesService, 'the kubernetes service').reconcile())) break;
      yield* waitFor<void>((resume) => host.after(hookRetryMs, () => resume()));
    }
    yield* defined(this.identityLease, 'the identity lease').renew(this.wallMs(host));
    this.hooks = 'done';
    this.definitionController?.start();
    new AutoRegistration(loopback, this.parts.resources, (run) => void host.after(0, run)).start();
    this.aggregator.start({ host, loopback, resources: this.parts.resources, wallMs: () => this.wallMs(host) });
    new FlowSchemaStatus({ loopback, resources: this.parts.resources, wallMs: () => this.wallMs(host) }).start();
    for (const resume of this.waiting.splice(0)) resume();
  }

  private loopback(): Loopback {
    const execution = defined(this.execution, 'the execution');
    const quiet: Execution = Object.create(execution, {
      stage: {
        value: (stage: ApiStage, allowed: boolean, subject: Subject, plugin?: string) => {
          if (stage === 'registry' || !allowed) execution.stage(stage, allowed, subject, plugin);
        },
      },
    }) as Execution;
    const { parts } = this;
    return {
      *send(request, subject) {
        const response = yield* handle(parts, request, subject, quiet, undefined, loopbackUser);
        assert(response !== undefined, 'the loopback does not watch');
        return response;
      },
    };
  }

  private startControllers(host: ProcessHost, etcd: EtcdClient): void {
    const { options, parts } = this;
    const loopback = this.loopback();
    const kubernetesService = new KubernetesService({
      loopback, resources: parts.resources, etcd,
      address: options.advertiseAddress ?? host.address,
      port: options.port ?? 6443,
      clusterIp: parts.serviceAllocator.firstAddress,
    });
    this.kubernetesService = kubernetesService;
    const instance = host.random('identity').uuid();
    const lease = this.identityLease = new IdentityLease(loopback, parts.resources, options.hostname, instance);
    const compactor = new Compactor(etcd);
    this.definitionController = new DefinitionController({
      loopback, resources: parts.resources, wallMs: () => this.wallMs(host),
      after: (ms, run) => void host.after(ms, run),
    });
    this.every(host, endpointIntervalMs, () => kubernetesService.reconcile());
    this.every(host, identityLeaseIntervalMs, () => lease.renew(this.wallMs(host)));
    this.every(host, resyncMs, () => this.resyncAggregator());
    this.every(host, limits.compactionIntervalMs, () => compactor.compact());
    this.every(host, limits.bookmarkIntervalMs, () => this.sendBookmarks());
  }

  private *resyncAggregator(): Task {
    this.aggregator.resync();
  }

  private *sendBookmarks(): Task {
    for (const resource of this.parts.resources.all) {
      for (const watcher of resource.watchers.all()) if (watcher.bookmarks) sendBookmark(resource, watcher);
    }
  }

  /** Repeats background work, one round after the other, once the server is ready. */
  private every(host: ProcessHost, intervalMs: number, round: () => Task<unknown>): void {
    const next = (): void => {
      host.after(intervalMs, () => {
        if (this.ready) runTask(round(), next);
        else next();
      }, { background: true });
    };
    next();
  }
}

function* stillness(): Task<boolean> {
  return false;
}

/** What the trace says of an answer: its code, the name that was generated, the revision, or why it was refused. */
function responseSubject(asked: Subject, { code, body }: ApiResponse): Subject {
  const { verb, resource, subresource, namespace, name } = asked;
  if (typeof body === 'string') return { verb, resource, subresource, namespace, name, code };
  if (code >= 400) {
    const { reason, message } = body as Status;
    return { verb, resource, subresource, namespace, name, code, reason, message };
  }
  const { metadata } = body as Partial<KubeObject>;
  const revision = metadata?.resourceVersion === undefined ? undefined : Number(metadata.resourceVersion);
  return { verb, resource, subresource, namespace, name: name ?? metadata?.name, code, revision };
}
