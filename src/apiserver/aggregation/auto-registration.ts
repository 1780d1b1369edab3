/**
 * Keeps an APIService for every version of a group of custom resources, as there is one for every built-in version.
 * Models kube-apiserver's crdregistration controller and the part of kube-aggregator's autoregister that manages its
 * APIServices continuously; what someone writes into them is not put right again.
 */
import { apiServices } from '../../api/resources';
import { groupResource } from '../../api/request';
import type { APIService, NewObject } from '../../api/types';
import { runTask, type Task } from '../../sim/task';
import { createMissing } from '../controllers/bootstrap';
import type { Loopback } from '../controllers/loopback';
import type { ServedResources } from '../storage/served-resources';

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
const managedContinuously = 'true';
const groupPriorityMinimum = 1000;
const versionPriority = 100;

export class AutoRegistration {
  private scheduled = false;
  private running = false;

  /** `later` calls back once the event of now is over. */
  constructor(
    private readonly loopback: Loopback, private readonly resources: ServedResources,
    private readonly later: (run: () => void) => void,
  ) {}

  /** Looks once now and again whenever kinds come or go. */
  start(): void {
    this.resources.onChange(() => this.schedule());
    this.schedule();
  }

  /** A definition that changes takes its kinds away and brings new ones at once: only what comes of it counts. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (!this.running) this.later(() => this.check());
  }

  private check(): void {
    this.scheduled = false;
    this.running = true;
    runTask(this.round(), () => {
      this.running = false;
      if (this.scheduled) this.later(() => this.check());
    });
  }

  private *round(): Task {
    const { loopback, resources } = this;
    const wanted = this.wanted();
    for (const service of wanted.values()) yield* createMissing(loopback, resources, apiServices, service);
    for (const { metadata } of resources.list(apiServices)) {
      if (wanted.has(metadata.name) || metadata.labels?.[managedLabel] !== managedContinuously) continue;
      yield* this.remove(metadata.name, metadata.uid);
    }
  }

  private wanted(): ReadonlyMap<string, NewObject<APIService>> {
    const versions = this.resources.all.map(({ kind }) => kind).filter(({ schema }) => typeof schema !== 'string');
    return new Map(versions.map(({ group, version }) => {
      const name = `${version}.${group}`;
      return [name, {
        apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService',
        metadata: { name, labels: { [managedLabel]: managedContinuously } },
        spec: { group, version, groupPriorityMinimum, versionPriority },
      }];
    }));
  }

  private *remove(name: string, uid: string): Task {
    const { group, version, resource } = apiServices;
    yield* this.loopback.send({
      verb: 'delete', group, version, resource, name, options: { preconditions: { uid } },
      user: { kind: 'anonymous' }, userAgent: 'kube-apiserver/v1.36.1',
    }, { verb: 'delete', resource: groupResource({ group, resource }), name });
  }
}
