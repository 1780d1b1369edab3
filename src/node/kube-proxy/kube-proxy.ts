/**
 * kube-proxy: watches services, endpoint slices and its own node, and keeps the machine's service rules in step, one
 * service at a time, at most once a second. Rules stay as they are when it ends; the next run takes them over. Models
 * cmd/kube-proxy and pkg/proxy with their defaults. Not modelled: ServiceCIDRs, and the different tools of the modes:
 * iptables, ipvs and nftables rules are one table here.
 */
import { endpointSlices, nodes, services } from '../../api/resources';
import type { EndpointSlice, Node, Service } from '../../api/types';
import { objectKey } from '../../api/object';
import { ApiClient } from '../../client/api-client';
import { EventRecorder } from '../../client/events';
import { Informer } from '../../client/informer';
import type { Cancel, IncomingCall, ProcessHost, Program } from '../../sim/process';
import type { MachineNetwork } from '../host-network';
import { isHttpRequest } from '../../api/web';
import type { ContainerContext, ProgramFactory } from '../images';
import { answerProxyPath, healthzPort, isEligible, metricsPort } from './health';
import { type ServiceRule, ServiceRuleTable } from './rules';

/** iptables.minSyncPeriod of kind's configuration. */
const minSyncPeriodMs = 1_000;
/** clientConnection's defaults. */
const qps = 5;
const burst = 10;

const serviceNameLabel = 'kubernetes.io/service-name';
/** Services that another proxy serves. */
const notOthers = '!service.kubernetes.io/service-proxy-name';
const notHeadless = '!service.kubernetes.io/headless';

export interface KubeProxyOptions {
  /** Of its kubeconfig, the control plane's endpoint: `kind-control-plane:6443`. */
  readonly server: string;
  /** kubeProxyMode of the cluster. */
  readonly mode: 'iptables' | 'ipvs' | 'nftables';
}

/** The kube-proxies of a cluster, with the rules that they have left in each machine's kernel. */
export class KubeProxies {
  private readonly tables = new WeakMap<MachineNetwork, ServiceRuleTable>();

  constructor(private readonly options: KubeProxyOptions) {}

  /** The program behind /usr/local/bin/kube-proxy. */
  readonly program: ProgramFactory = (context) => new KubeProxy(context, this.tableOf(context.network), this.options);

  /** The rules of a machine, whether its kube-proxy runs or not. */
  rules(network: MachineNetwork): readonly ServiceRule[] {
    return this.tables.get(network)?.rules() ?? [];
  }

  private tableOf(network: MachineNetwork): ServiceRuleTable {
    const table = this.tables.get(network) ?? new ServiceRuleTable(network);
    this.tables.set(network, table);
    return table;
  }
}

/** One run of kube-proxy; the table outlives it. */
export class KubeProxy implements Program {
  private host!: ProcessHost;
  private services!: Informer<Service>;
  private slices!: Informer<EndpointSlice>;
  /** Services whose rules have to be written anew, as `namespace/name`. */
  private readonly pending = new Set<string>();
  private planned: Cancel | undefined;
  private lastSyncMs: number | undefined;
  private lastSyncWallMs = 0;
  private nodeEligible = true;
  private serviceChanges = 0;
  private endpointChanges = 0;

  constructor(
    private readonly context: ContainerContext,
    private readonly table: ServiceRuleTable,
    private readonly options: KubeProxyOptions,
  ) {}

  start(host: ProcessHost): void {
    this.host = host;
    const { server } = this.options;
    const user = {
      kind: 'serviceAccount', namespace: 'kube-system', name: 'kube-proxy', pod: this.context.pod.name,
    } as const;
    const client = new ApiClient(host, { server, user, userAgent: 'kube-proxy/v1.36.1', qps, burst });
    this.services = new Informer(client, services, { labelSelector: notOthers });
    this.slices = new Informer(client, endpointSlices, { labelSelector: `${notHeadless},${notOthers}` });
    this.slices.addIndex('service', (slice) => [serviceOf(slice)]);
    this.watchServices();
    for (const informer of [this.services, this.slices]) {
      informer.onSynced(() => this.takeOver());
      informer.start();
    }
    this.watchNode(client);
    host.listen(healthzPort);
    host.listen(metricsPort);
    this.reportStart(client);
  }

  serve(call: IncomingCall): void {
    const { payload, port } = call;
    const { host, nodeEligible, serviceChanges, endpointChanges, lastSyncWallMs } = this;
    const answer = isHttpRequest(payload)
      ? answerProxyPath(port, payload.path, {
        mode: this.options.mode, wallMs: host.wallMs, nodeEligible, serviceChanges, endpointChanges, lastSyncWallMs,
      })
      : { code: 400, body: '400 Bad Request' };
    call.reply(answer, { ...call.subject, code: answer.code });
  }

  /** It handles no signal; as the container's first process, Go's runtime then ends it with 2. */
  terminate(): void {
    this.host.exit(2);
  }

  private watchServices(): void {
    const serviceChanged = (service: Service): void => {
      this.serviceChanges += 1;
      this.changed(objectKey(service));
    };
    this.services.addHandlers({ added: serviceChanged, updated: serviceChanged, deleted: serviceChanged });
    const sliceChanged = (slice: EndpointSlice, before?: EndpointSlice): void => {
      this.endpointChanges += 1;
      this.changed(serviceOf(slice));
      if (before) this.changed(serviceOf(before));
    };
    this.slices.addHandlers({ added: sliceChanged, updated: sliceChanged, deleted: sliceChanged });
  }

  private watchNode(client: ApiClient): void {
    const changed = (node: Node): void => {
      this.nodeEligible = isEligible(node);
      this.table.setPodCIDRs(node.spec.podCIDRs ?? (node.spec.podCIDR ? [node.spec.podCIDR] : []));
    };
    const own = new Informer(client, nodes, { fieldSelector: `metadata.name=${this.context.machine}` });
    own.addHandlers({ added: changed, updated: changed, deleted: () => {
      this.nodeEligible = false;
    } });
    own.start();
  }

  /** The event of each start; its reference has the node's name in the place of the uid, as upstream's. */
  private reportStart(client: ApiClient): void {
    const { machine } = this.context;
    const recorder = new EventRecorder(this.host, client, {
      component: 'kube-proxy', instance: `kube-proxy-${machine}`, eventsV1: true,
    });
    const about = { kind: 'Node', name: machine, uid: machine };
    recorder.eventFor(about, 'Normal', 'Starting', '', { action: 'StartKubeProxy' });
  }

  // --- rules -------------------------------------------------------------------------------------------------------

  private get ready(): boolean {
    return this.services.synced && this.slices.synced;
  }

  /** Everything is known for the first time: what an earlier run has left and is no longer there is to go, too. */
  private takeOver(): void {
    if (!this.ready) return;
    for (const key of this.table.keys()) this.pending.add(key);
    this.plan();
  }

  private changed(key: string): void {
    this.pending.add(key);
    this.plan();
  }

  /** Writes rules soon, not more often than the minimal period; until then the change is not done with. */
  private plan(): void {
    if (this.planned || !this.ready) return;
    const { host, lastSyncMs } = this;
    const delayMs = lastSyncMs === undefined ? 0 : Math.max(0, lastSyncMs + minSyncPeriodMs - host.nowMs);
    this.planned = host.after(delayMs, () => this.sync(), { background: false });
  }

  private sync(): void {
    const { host, table, context } = this;
    this.planned = undefined;
    for (const key of this.pending) {
      table.set(key, this.services.byKey(key), this.slices.byIndex('service', key));
    }
    this.pending.clear();
    if (this.lastSyncMs === undefined) {
      table.install(host);
      context.network.setServiceRules(table);
    }
    this.lastSyncMs = host.nowMs;
    this.lastSyncWallMs = host.wallMs;
  }
}

/** The service that a slice belongs to, as `namespace/name`. */
function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
}
