/**
 * The cluster tree as data: roles, nodes, components, pods and containers, each row under a stable id. A component that
 * runs in a pod has that pod below it, so that every pod stands in the tree exactly once. Which rows look different
 * from one view to the next is found here too, so that VS Code redraws only those.
 */
import { equal } from '../../../base/freeze';
import type { ObjectRef } from '../../../protocol/commands';
import type { ClusterView, ComponentView, ContainerView, NodeView, PodView } from '../../../protocol/view';

export type GroupName = 'controlPlane' | 'workers' | 'unbound';

export type Row =
  | { readonly type: 'group'; readonly id: string; readonly group: GroupName; readonly size: number }
  | { readonly type: 'node'; readonly id: string; readonly node: Omit<NodeView, 'components' | 'pods'> }
  | {
      readonly type: 'component'; readonly id: string; readonly component: ComponentView; readonly pod?: PodView;
      /** Empty for the load balancer, which is no node's. */
      readonly node: string;
    }
  | { readonly type: 'pod'; readonly id: string; readonly pod: PodView }
  | { readonly type: 'container'; readonly id: string; readonly container: ContainerView; readonly pod: PodView };

/** All rows of one view. */
export class Outline {
  readonly roots: readonly string[];
  private readonly rows = new Map<string, Row>();
  private readonly childIds = new Map<string, readonly string[]>();
  private readonly parents = new Map<string, string>();

  constructor(view: ClusterView | undefined) {
    this.roots = view ? this.groups(view) : [];
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  children(id: string): readonly string[] {
    return this.childIds.get(id) ?? [];
  }

  parent(id: string): string | undefined {
    return this.parents.get(id);
  }

  /** Every row with its depth, from top to bottom. */
  *walk(ids: readonly string[] = this.roots, depth = 0): Generator<{ readonly row: Row; readonly depth: number }> {
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) yield { row, depth };
      yield* this.walk(this.children(id), depth + 1);
    }
  }

  private groups(view: ClusterView): string[] {
    const { nodes, loadBalancer, unboundPods } = view;
    const planes = nodes.filter((node) => node.controlPlane).map((node) => this.node(node));
    const balancer = loadBalancer ? [this.component(loadBalancer, '', undefined)] : [];
    const workers = nodes.filter((node) => !node.controlPlane).map((node) => this.node(node));
    const unbound = unboundPods.map((pod) => this.pod(pod));
    return [
      this.group('controlPlane', planes.length, [...balancer, ...planes]),
      ...(workers.length > 0 ? [this.group('workers', workers.length, workers)] : []),
      ...(unbound.length > 0 ? [this.group('unbound', unbound.length, unbound)] : []),
    ];
  }

  private group(group: GroupName, size: number, children: readonly string[]): string {
    const id = `group/${group}`;
    return this.add({ type: 'group', id, group, size }, children);
  }

  private node(view: NodeView): string {
    const { components, pods, ...node } = view;
    const byName = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
    const parts = components.map((component) => {
      const pod = component.pod === undefined ? undefined : byName.get(component.pod);
      if (component.pod !== undefined) byName.delete(component.pod);
      return this.component(component, node.name, pod);
    });
    const others = pods.filter((pod) => byName.has(`${pod.namespace}/${pod.name}`)).map((pod) => this.pod(pod));
    return this.add({ type: 'node', id: `node/${node.name}`, node }, [...parts, ...others]);
  }

  private component(component: ComponentView, node: string, pod: PodView | undefined): string {
    return this.add({ type: 'component', id: component.id, component, pod, node }, pod ? [this.pod(pod)] : []);
  }

  private pod(pod: PodView): string {
    const id = podRowId(pod.namespace, pod.name);
    const containers = pod.containers.map((container) => this.add({
      type: 'container', id: `container/${pod.namespace}/${pod.name}/${container.name}`, container, pod,
    }, []));
    return this.add({ type: 'pod', id, pod }, containers);
  }

  private add(row: Row, children: readonly string[]): string {
    this.rows.set(row.id, row);
    this.childIds.set(row.id, children);
    for (const child of children) this.parents.set(child, row.id);
    return row.id;
  }
}

/** The row's id, which is the id of the box in the diagram too. */
export function podRowId(namespace: string, name: string): string {
  return `pod/${namespace}/${name}`;
}

/** The box of the diagram that shows the row, if any. */
export function boxOf(row: Row): string | undefined {
  if (row.type === 'group') return undefined;
  return row.type === 'container' ? podRowId(row.pod.namespace, row.pod.name) : row.id;
}

/** The same, but a container is meant itself: `container/default/web-0/app`. */
export function boxIn(row: Row): string | undefined {
  return row.type === 'container' ? `container/${row.pod.namespace}/${row.pod.name}/${row.container.name}` : boxOf(row);
}

/** The API object behind a row: what can be described, shown as YAML, or deleted. */
export function refOf(row: Row): ObjectRef | undefined {
  switch (row.type) {
    case 'group': return undefined;
    case 'node': return row.node.health === 'absent' ? undefined
      : { apiVersion: 'v1', kind: 'Node', name: row.node.name };
    case 'component': return row.pod && podRef(row.pod);
    case 'pod':
    case 'container': return podRef(row.pod);
  }
}

function podRef({ namespace, name }: PodView): ObjectRef {
  return { apiVersion: 'v1', kind: 'Pod', namespace, name };
}

/**
 * The rows to draw anew: those that look different or have other children, without what lies below one of them;
 * undefined when the whole tree is to be drawn.
 */
export function changedRows(before: Outline, after: Outline): readonly string[] | undefined {
  if (!equal(before.roots, after.roots)) return undefined;
  const changed: string[] = [];
  const visit = (ids: readonly string[]): void => {
    for (const id of ids) {
      if (looksDifferent(before, after, id)) changed.push(id);
      else visit(after.children(id));
    }
  };
  visit(after.roots);
  return changed;
}

function looksDifferent(before: Outline, after: Outline, id: string): boolean {
  return !equal(before.get(id), after.get(id)) || !equal(before.children(id), after.children(id));
}
