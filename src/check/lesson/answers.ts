/**
 * Grades predictions: the right answer is read off the cluster after the step, never written down beforehand.
 */
import type { Node, Pod } from '../../api/types';
import { type Asked, componentsOf, findingOf } from '../predicates';
import type { ObjectQuestion, Prediction } from './lesson';

/** What really happened: the positions of the choices that came true, or the names of the objects. */
export type ComputedAnswer =
  | { readonly kind: 'choices'; readonly right: readonly number[] }
  | { readonly kind: 'objects'; readonly right: readonly string[] };

/** The answer that this cluster gives. */
export function computedAnswer(prediction: Prediction, asked: Asked): ComputedAnswer {
  const { choices, object } = prediction;
  if (object) return { kind: 'objects', right: objectsOf(object, asked) };
  const right = (choices ?? []).flatMap(({ when }, i) => (findingOf(when, asked).met ? [i] : []));
  return { kind: 'choices', right };
}

/** The names among which an object can be chosen, in the order of the cluster. */
export function candidatesOf({ ask }: ObjectQuestion, { cluster }: Asked): readonly string[] {
  if (ask === 'firstReadyNode' || ask === 'nodeOf') return cluster.view().nodes.map(({ name }) => name);
  return [...new Set(componentsOf(cluster).map(({ name }) => name))];
}

function objectsOf(question: ObjectQuestion, asked: Asked): readonly string[] {
  const { cluster, since } = asked;
  switch (question.ask) {
    case 'firstReadyNode': return firstReady(cluster.objects.nodes());
    case 'nodeOf': {
      const [namespace = 'default', name = ''] = (question.pod ?? '').split('/');
      const pod = cluster.objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod | undefined;
      return pod?.spec.nodeName ? [pod.spec.nodeName] : [];
    }
    case 'componentWithoutPod':
      return [...new Set(componentsOf(cluster).filter(({ pod, running }) => running && pod === undefined)
        .map(({ name }) => name))];
    case 'busiestComponent': {
      const counts = new Map<string, number>();
      for (const { from } of cluster.trace.slice(since.hops)) counts.set(from, (counts.get(from) ?? 0) + 1);
      const named = componentsOf(cluster).map(({ id, name }) => ({ name, count: counts.get(id) ?? 0 }));
      const most = Math.max(0, ...named.map(({ count }) => count));
      return most === 0 ? [] : [...new Set(named.filter(({ count }) => count === most).map(({ name }) => name))];
    }
  }
}

/** The nodes whose condition Ready has been true for longest. */
function firstReady(nodes: readonly Node[]): readonly string[] {
  const ready = nodes.flatMap(({ metadata, status }) => {
    const condition = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');
    return condition?.lastTransitionTime ? [{ name: metadata.name ?? '', since: condition.lastTransitionTime }] : [];
  });
  const first = ready.map(({ since }) => since).sort()[0];
  return ready.filter(({ since }) => since === first).map(({ name }) => name);
}
