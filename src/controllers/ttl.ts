/**
 * ttl-controller: tells kubelets on their Node how long they may keep Secrets and ConfigMaps without asking again; the
 * more nodes, the longer. Models pkg/controller/ttl.
 */
import * as resources from '../api/resources';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

const annotation = 'node.alpha.kubernetes.io/ttl';

/** Steps by number of nodes; falling below `min` goes a step back, so that the value does not flap. */
const steps = [
  { min: 0, max: 100, seconds: 0 },
  { min: 90, max: 500, seconds: 15 },
  { min: 450, max: 1000, seconds: 30 },
  { min: 900, max: 2000, seconds: 60 },
  { min: 1800, max: Infinity, seconds: 300 },
] as const;

/** The controller, ready to start. */
export function ttlController({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('ttl-controller');
  const nodes = informers.of(resources.nodes);
  let step = 0;

  function* sync(name: string): Task<ReconcileResult> {
    const node = nodes.byKey(name);
    const value = String(steps[step]?.seconds ?? 0);
    if (!node || node.metadata.annotations?.[annotation] === value) return done;
    const answer = yield* own.patch(resources.nodes, { name }, 'strategic', {
      metadata: { annotations: { [annotation]: value } },
    });
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, { name: 'ttl-controller', reconcile: sync });
  const recount = (): void => {
    const before = step;
    while (nodes.size > (steps[step]?.max ?? Infinity)) step += 1;
    while (nodes.size < (steps[step]?.min ?? 0)) step -= 1;
    if (step !== before) for (const node of nodes.list()) loop.add(node.metadata.name);
  };
  nodes.addHandlers({
    added: ({ metadata }) => {
      recount();
      loop.add(metadata.name);
    },
    updated: (node, before) => {
      if (node.metadata.annotations !== before.metadata.annotations) loop.add(node.metadata.name);
    },
    deleted: recount,
  });
  return loop;
}
