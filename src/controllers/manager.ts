/**
 * kube-controller-manager: all controllers in one process, of which one in the cluster leads and works. Each controller
 * acts under its own service account, which the manager creates; what they know comes from informers that they share.
 * Models cmd/kube-controller-manager with kubeadm's flags.
 */
import * as resources from '../api/resources';
import type { ResourceType } from '../api/request';
import { ApiClient, type ClientOptions } from '../client/api-client';
import { EventRecorder } from '../client/events';
import { SharedInformers } from '../client/informers';
import { LeaderElector } from '../client/leader-election';
import type { CertificateAuthority } from '../pki/cluster-pki';
import type { IncomingCall, ProcessHost, Program } from '../sim/process';
import { runTask, type Task, waitFor } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';
import { clusterRoleAggregation } from './clusterrole-aggregation';
import { bootstrapSigner } from './bootstrap/bootstrap-signer';
import { tokenCleaner } from './bootstrap/token-cleaner';
import { certificateApprover } from './certificates/approver';
import { certificateCleaner } from './certificates/cleaner';
import { certificateSigningRequests } from './certificates/requests';
import { certificateSigner } from './certificates/signer';
import { daemonSetController } from './daemonset/daemonset';
import { deploymentController } from './deployment/deployment';
import { disruptionController } from './disruption/disruption';
import { endpointsController } from './endpoints/endpoints';
import { endpointSliceController } from './endpointslice/endpointslice';
import { garbageCollector } from './garbagecollector/garbagecollector';
import { namespaceController } from './namespace/namespace';
import { nodeIpamController } from './node-ipam';
import { nodeLifecycleController } from './nodelifecycle/nodelifecycle';
import { taintEvictionController } from './nodelifecycle/taint-eviction';
import { podGarbageCollector } from './pod-gc';
import { replicaSetController, replicationControllerController } from './replicaset/replicaset';
import { policyStatusController } from './policy-status';
import { resourceQuotaController } from './resourcequota/resourcequota';
import { rootCaPublisher } from './root-ca';
import { serviceAccountController } from './serviceaccount';
import { claimProtection, volumeProtection } from './storage-protection';
import { ttlController } from './ttl';

const healthPort = 10257;
/** --kube-api-qps and --kube-api-burst, for each controller's client. */
const qps = 20;
const burst = 30;
const namespace = 'kube-system';
/** How long to wait before a service account that could not be had is asked for again. */
const accountRetryMs = 1_000;

export interface ControllerManagerOptions {
  /** The manager's own identity: `system:kube-controller-manager`. */
  readonly client: ClientOptions;
  /** --cluster-cidr: the pod subnets, one of a family. */
  readonly clusterCidrs: readonly string[];
  /** --cluster-signing-cert-file and -key-file: what signs certificate requests; nobody does when absent. */
  readonly clusterSigningCa?: CertificateAuthority;
  /** --root-ca-file: the cluster's CA certificate in PEM. */
  readonly rootCaCertificate: string;
  /** The resources of the cluster, as discovery would name them: what the garbage collector and namespaces clean up. */
  readonly resources: readonly ResourceType[];
}

export class ControllerManager implements Program {
  private host!: ProcessHost;
  private elector!: LeaderElector;
  private readonly loops: ControllerLoop[] = [];

  constructor(private readonly options: ControllerManagerOptions) {}

  start(host: ProcessHost): void {
    this.host = host;
    this.elector = new LeaderElector(host, this.ownClient(), {
      lease: 'kube-controller-manager',
      identity: `${host.machine}_${host.random('identity').uuid()}`,
      onElected: () => this.run(),
      onLost: () => host.exit(1),
    });
    this.elector.start();
    host.listen(healthPort);
  }

  /** Health checks of the kubelet's probes. */
  serve(call: IncomingCall): void {
    call.reply({ code: 200, body: 'ok' }, { verb: call.subject.verb, code: 200 });
  }

  get isLeader(): boolean {
    return this.elector.isLeader;
  }

  /** The controllers that run here, with the keys that wait in each; empty while another manager leads. */
  controllers(): readonly { readonly name: string; readonly depth: number }[] {
    return this.loops.map(({ name, depth }) => ({ name, depth }));
  }

  /** The controllers of certificate requests, in a cluster that serves those. */
  private certificateControllers(context: ControllerContext): readonly ControllerLoop[] {
    const { clusterSigningCa: ca, resources: served } = this.options;
    if (!served.some(({ resource }) => resource === certificateSigningRequests.resource)) return [];
    const signing = ca ? [certificateSigner(context, ca)] : [];
    return [certificateApprover(context), ...signing, certificateCleaner(context)];
  }

  private ownClient(): ApiClient {
    return new ApiClient(this.host, { ...this.options.client, qps, burst });
  }

  /** This process leads: everything is wired, then read, then set going. */
  private run(): void {
    const { host, options } = this;
    const informers = new SharedInformers(this.ownClient());
    const accounts = new ServiceAccounts(host, this.ownClient());
    const context: ControllerContext = {
      host,
      informers,
      resources: options.resources,
      client: (account, more) => accounts.client(account, more?.qps ?? 1, more?.burst ?? 1),
      recorder: (client, component) => new EventRecorder(host, client, { component }),
    };
    this.loops.push(
      namespaceController(context),
      serviceAccountController(context),
      rootCaPublisher(context, options.rootCaCertificate),
      nodeIpamController(context, options.clusterCidrs),
      nodeLifecycleController(context),
      taintEvictionController(context),
      podGarbageCollector(context),
      daemonSetController(context),
      deploymentController(context),
      replicaSetController(context),
      replicationControllerController(context),
      endpointSliceController(context),
      endpointsController(context),
      disruptionController(context),
      resourceQuotaController(context),
      claimProtection(context),
      volumeProtection(context),
      policyStatusController(context),
      garbageCollector(context),
      clusterRoleAggregation(context),
      ttlController(context),
      bootstrapSigner(context),
      tokenCleaner(context),
      ...this.certificateControllers(context),
    );
    let open = 2;
    const ready = (): void => {
      open -= 1;
      if (open === 0) for (const loop of this.loops) loop.start();
    };
    accounts.ensure(ready);
    informers.start(ready);
  }
}

/** The controllers' service accounts: clients that use them, and the accounts, created where they are missing. */
class ServiceAccounts {
  private readonly names = new Set<string>();

  constructor(
    private readonly host: ProcessHost,
    private readonly own: ApiClient,
  ) {}

  /** A client under that account with so many times the usual rate limit. */
  client(name: string, qpsFactor: number, burstFactor: number): ApiClient {
    this.names.add(name);
    return new ApiClient(this.host, {
      ...this.own.options,
      user: { kind: 'serviceAccount', namespace, name },
      userAgent: `kube-controller-manager/${name}`,
      qps: qps * qpsFactor,
      burst: burst * burstFactor,
    });
  }

  /** Calls `ready` when every account exists. */
  ensure(ready: () => void): void {
    let open = this.names.size;
    for (const name of this.names) {
      runTask(this.ensureOne(name), () => {
        open -= 1;
        if (open === 0) ready();
      });
    }
  }

  private *ensureOne(name: string): Task {
    for (;;) {
      const found = yield* this.own.get(resources.serviceAccounts, { namespace, name });
      if (found.ok) return;
      if (found.status.code === 404) {
        const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
        const created = yield* this.own.create(resources.serviceAccounts, account);
        if (created.ok || created.status.reason === 'AlreadyExists') return;
      }
      yield* waitFor<void>((resume) => this.host.after(accountRetryMs, () => resume()));
    }
  }
}
