/**
 * CoreDNS with kubeadm's Corefile: watches services, endpoint slices and namespaces and answers for the cluster's zone.
 * Models its plugins kubernetes, ready, health (lameduck) and loadbalance. Not modelled: forwarding (there is no world
 * outside the cluster: other names do not exist), reverse names, metrics, reloading of the Corefile.
 */
import type { RandomStream } from '../../base/random';
import { endpointSlices, namespaces, services } from '../../api/resources';
import type { EndpointSlice, Namespace, Service } from '../../api/types';
import { ApiClient } from '../../client/api-client';
import { Informer } from '../../client/informer';
import type { Cancel, IncomingCall, ProcessHost, Program } from '../../sim/process';
import type { HttpResponse } from '../../api/web';
import { isHttpRequest } from '../../api/web';
import type { ContainerContext } from '../images';
import { type DnsAnswer, type DnsQuery, dnsPort, isDnsQuery } from './message';
import { lookUp, type Zone } from './records';

const healthPort = 8080;
const readyPort = 8181;
/** It serves without the API once it has waited so long; until it is in step it answers SERVFAIL. */
const syncTimeoutMs = 5_000;
/** health's lameduck in kubeadm's Corefile: it goes on serving so long after SIGTERM. */
const lameduckMs = 5_000;

const serviceNameLabel = 'kubernetes.io/service-name';

/** The program behind /coredns. */
export function corednsProgram(context: ContainerContext): Program {
  return new CoreDns(context);
}

export class CoreDns implements Program {
  private host!: ProcessHost;
  private services!: Informer<Service>;
  private slices!: Informer<EndpointSlice>;
  private namespaces!: Informer<Namespace>;
  private waiting: Cancel | undefined;
  private serving = false;
  private shuttingDown = false;
  private readonly zone: Zone;

  constructor(private readonly context: ContainerContext) {
    this.zone = {
      name: zoneName(context.files.read('/etc/coredns/Corefile')),
      service: (namespace, name) => this.services.get(namespace, name),
      slices: (namespace, service) => this.slices.byIndex('service', `${namespace}/${service}`),
      namespace: (name) => this.namespaces.byKey(name),
    };
  }

  start(host: ProcessHost): void {
    this.host = host;
    const { KUBERNETES_SERVICE_HOST: address, KUBERNETES_SERVICE_PORT: port } = this.context.env;
    if (!address || !port) {
      const why = 'unable to load in-cluster configuration, '
        + 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined';
      this.context.print('stdout', `plugin/kubernetes: ${why}`);
      return host.exit(1);
    }
    host.listen(healthPort);
    host.listen(readyPort);
    this.watch(`${address}:${port}`);
    this.waiting = host.after(syncTimeoutMs, () => {
      this.context.print('stdout', '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API');
      this.serveDns();
    });
  }

  serve(call: IncomingCall): void {
    const { payload, port, subject } = call;
    if (port === String(dnsPort)) return this.serveQuery(call);
    const answer = isHttpRequest(payload) ? this.answerPath(port, payload.path) : notFound;
    call.reply(answer, { ...subject, code: answer.code });
  }

  /** Readiness fails at once; everything else goes on for the time of the lameduck mode. */
  terminate(): void {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    this.context.print('stdout', '[INFO] SIGTERM: Shutting down servers then terminating');
    this.context.print('stdout', '[INFO] plugin/health: Going into lameduck mode for 5s');
    this.host.after(lameduckMs, () => this.host.exit(0));
  }

  private get synced(): boolean {
    return this.services.synced && this.slices.synced && this.namespaces.synced;
  }

  private watch(server: string): void {
    const user = {
      kind: 'serviceAccount', namespace: 'kube-system', name: 'coredns', pod: this.context.pod.name,
    } as const;
    const client = new ApiClient(this.host, { server, user, userAgent: 'coredns/v1.14.2' });
    this.services = new Informer(client, services);
    this.slices = new Informer(client, endpointSlices);
    this.namespaces = new Informer(client, namespaces);
    this.slices.addIndex('service', ({ metadata }) =>
      [`${metadata.namespace ?? ''}/${metadata.labels?.[serviceNameLabel] ?? ''}`]);
    for (const informer of [this.services, this.slices, this.namespaces]) {
      informer.onSynced(() => {
        if (this.synced) this.serveDns();
      });
      informer.start();
    }
  }

  private serveDns(): void {
    this.waiting?.cancel();
    if (this.serving) return;
    this.serving = true;
    this.host.listen(dnsPort);
    this.context.print('stdout', `.:${dnsPort}`);
    this.context.print('stdout', 'CoreDNS-1.14.2');
  }

  private serveQuery(call: IncomingCall): void {
    const { payload, subject } = call;
    const answer = this.synced && isDnsQuery(payload) ? this.resolve(payload) : servFail;
    call.reply(answer, 'error' in answer ? { ...subject, reason: answer.error } : subject);
  }

  private resolve(query: DnsQuery): DnsAnswer {
    const answer = lookUp(this.zone, query);
    if ('error' in answer || answer.addresses.length < 2) return answer;
    return { ...answer, addresses: shuffled(answer.addresses, this.host.random('loadbalance')) };
  }

  private answerPath(port: string, path: string): HttpResponse {
    if (port === String(healthPort) && path === '/health') return { code: 200, body: 'OK' };
    if (port !== String(readyPort) || path !== '/ready') return notFound;
    if (this.shuttingDown) return { code: 503, body: 'Shutting down' };
    return this.synced ? { code: 200, body: 'OK' } : { code: 503, body: 'kubernetes' };
  }
}

const notFound: HttpResponse = Object.freeze({ code: 404, body: '404 page not found\n' });
const servFail: DnsAnswer = Object.freeze({ error: 'SERVFAIL' });

/** The zone of the plugin kubernetes in a Corefile; kubeadm's default when there is none. */
function zoneName(corefile: string | undefined): string {
  return /^\s*kubernetes\s+([a-z0-9][a-z0-9.-]*)/m.exec(corefile ?? '')?.[1] ?? 'cluster.local';
}

/** plugin/loadbalance: the addresses in random order, so that clients that take the first are spread. */
function shuffled(addresses: readonly string[], random: RandomStream): readonly string[] {
  const order = [...addresses];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = random.below(last + 1);
    [order[last], order[chosen]] = [order[chosen] as string, order[last] as string];
  }
  return order;
}
