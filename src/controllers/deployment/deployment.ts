/**
 * deployment-controller: turns Deployments into ReplicaSets and moves pods from one to the next. Here is what wakes it
 * and which ReplicaSets are whose; rollout.ts does the work. Models pkg/controller/deployment/deployment_controller.go.
 */
import { controllerOf, isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { matchesLabels, selectorOf } from '../../api/selectors';
import type { Deployment, Pod, ReplicaSet } from '../../api/types';
import { type Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { claimObjects } from '../claims';
import { type ControllerContext, type ControllerLoop, foregroundLoop } from '../context';
import { indexByNamespace, indexByOwner, inNamespace, ownedAndOrphans, ownedBy } from '../indexes';
import type { DeploymentTools } from './replica-set-writes';
import { Rollout } from './rollout';

const component = 'deployment-controller';

/** The controller, ready to start. */
export function deploymentController(context: ControllerContext): ControllerLoop {
  return new DeploymentController(context).loop;
}

class DeploymentController {
  readonly loop: Controller;
  private readonly tools: DeploymentTools;
  private readonly deployments: Informer<Deployment>;
  private readonly sets: Informer<ReplicaSet>;
  private readonly pods: Informer<Pod>;

  constructor({ host, informers, client, recorder }: ControllerContext) {
    this.deployments = informers.of(resources.deployments);
    this.sets = informers.of(resources.replicaSets);
    this.pods = informers.of(resources.pods);
    const own = client(component);
    this.tools = {
      host, client: own, events: recorder(own, component), sets: this.sets, deployments: this.deployments,
    };
    this.loop = foregroundLoop(host, { name: component, reconcile: (key) => this.sync(key) });
    indexByNamespace(this.deployments);
    indexByOwner(this.sets);
    indexByOwner(this.pods);
    const add = (deployment: Deployment): void => this.loop.add(objectKey(deployment));
    this.deployments.addHandlers({ added: add, updated: add, deleted: add });
    this.sets.addHandlers({
      added: (set) => this.setChanged(set),
      updated: (set, before) => this.setChanged(set, before),
      deleted: (set) => this.addOwner(set),
    });
    this.pods.addHandlers({ deleted: (pod) => this.podDeleted(pod) });
  }

  private setChanged(set: ReplicaSet, before?: ReplicaSet): void {
    const owner = controllerOf(set);
    const ownerBefore = before && controllerOf(before);
    if (ownerBefore && ownerBefore.uid !== owner?.uid) this.addOwner(before);
    if (owner) this.addOwner(set);
    else if (!isDeleting(set) && (!before || ownerBefore || before.metadata.labels !== set.metadata.labels)) {
      this.addMatching(set);
    }
  }

  private addOwner(set: ReplicaSet): void {
    const deployment = this.owningDeployment(set);
    if (deployment) this.loop.add(objectKey(deployment));
  }

  private owningDeployment(set: ReplicaSet): Deployment | undefined {
    const owner = controllerOf(set);
    if (owner?.kind !== 'Deployment') return undefined;
    const deployment = this.deployments.get(set.metadata.namespace, owner.name);
    return deployment?.metadata.uid === owner.uid ? deployment : undefined;
  }

  private addMatching(set: ReplicaSet): void {
    for (const deployment of inNamespace(this.deployments, set.metadata.namespace)) {
      if (matchesLabels(selectorOf(deployment.spec.selector), set.metadata.labels)) {
        this.loop.add(objectKey(deployment));
      }
    }
  }

  /** Recreation waits until the last old pod is gone. */
  private podDeleted(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return;
    const set = this.sets.get(pod.metadata.namespace, owner.name);
    const deployment = set && this.owningDeployment(set);
    if (deployment?.spec.strategy?.type !== 'Recreate') return;
    const sets = ownedBy(this.sets, deployment.metadata.uid);
    if (sets.every(({ metadata }) => ownedBy(this.pods, metadata.uid).length === 0)) {
      this.loop.add(objectKey(deployment));
    }
  }

  private *sync(key: string): Task<ReconcileResult> {
    const deployment = this.deployments.byKey(key);
    if (!deployment) return done;
    const selector = selectorOf(deployment.spec.selector);
    if (selector.requirements.length === 0) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      this.tools.events.event(deployment, 'Warning', 'SelectingAll', message);
      return done;
    }
    const claimed = yield* claimObjects({
      client: this.tools.client, owner: deployment, ownerType: resources.deployments, selector,
      type: resources.replicaSets,
    }, ownedAndOrphans(this.sets, deployment));
    if (claimed.failure !== undefined) return failed(claimed.failure);
    const rollout = new Rollout(this.tools, deployment, claimed.objects);
    rollout.podsOf = (uid) => ownedBy(this.pods, uid);
    return yield* rollout.run();
  }
}
