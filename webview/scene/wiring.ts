/** Which lines a scene has: the standing ones always, the others when something travels on them or somebody asks. */
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { edgeBetween, isLocal, isStanding } from './edges';
import type { EdgeKind, Party } from './edges';
import { boxFor } from './model';
import type { Box, Line, Scene } from './model';
import { placeOf } from './party';
import { route } from './routing';

/** The standing lines between what is there. */
export function wire(scene: Scene, view: ClusterView): Line[] {
  const lines: Line[] = [];
  const join = (from: string, to: string | undefined): void => {
    const line = to === undefined ? undefined : lineBetween(scene, from, to);
    if (line && isStanding(line.kind) && isUp(scene, line.from) && isUp(scene, line.to)) lines.push(line);
  };
  const masters = view.nodes.filter((node) => node.controlPlane);
  const first = masters[0] && `kube-apiserver@${masters[0].name}`;
  // What kubeadm calls the control plane endpoint.
  const endpoint = view.loadBalancer?.id ?? first;
  join('client/kubectl', endpoint);
  for (const { name, controlPlane, pods } of view.nodes) {
    const own = `kube-apiserver@${name}`;
    if (controlPlane) {
      if (view.loadBalancer) join(view.loadBalancer.id, own);
      join(own, `etcd@${name}`);
      join(`kube-scheduler@${name}`, own);
      join(`kube-controller-manager@${name}`, own);
    }
    join(`kubelet@${name}`, controlPlane ? own : endpoint);
    if (!scene.byId.has(`kubelet@${name}`)) continue;
    join(`kube-proxy@${name}`, endpoint);
    join(`kindnetd@${name}`, endpoint);
    join(`kubelet@${name}`, `containerd@${name}`);
    join(`containerd@${name}`, `kindnetd@${name}`);
    // Behind the address of the Service stands one of several API servers, and nobody can tell which.
    if (masters.length > 1) continue;
    for (const pod of pods) if (scene.byId.get(`pod/${pod.namespace}/${pod.name}`)?.party === 'coredns') {
      join(`pod/${pod.namespace}/${pod.name}`, first);
    }
  }
  return lines;
}

/** The standing lines of a close-up: those of `wire`, as far as both ends are in the picture. */
export function linesAround(scene: Scene, view: ClusterView): Line[] {
  const lines = wire(scene, view);
  // Without the other machines' API servers and the load balancer in the picture, the one that is there stands for all.
  const servers = scene.boxes.filter(({ party }) => party === 'kube-apiserver');
  const server = servers.length === 1 ? servers[0] : undefined;
  const known = new Set(lines.map(({ id }) => id));
  const more = server === undefined ? [] : scene.boxes
    .filter(({ party }) => party === 'kubelet' || party === 'kube-proxy' || party === 'cni' || party === 'client')
    .filter(({ kind }) => kind !== 'node')
    .flatMap((box) => lineBetween(scene, box.id, server.id) ?? [])
    .filter((line) => !known.has(line.id) && isUp(scene, line.from) && isUp(scene, line.to));
  return [...lines, ...more];
}

function isUp(scene: Scene, id: string): boolean {
  const state = scene.byId.get(id)?.state;
  return state === 'ready' || state === 'running' || state === 'idle';
}

/** The line on which `from` opens a connection to `to`; ids of boxes, or of what a group or a node stands for. */
export function lineBetween(scene: Scene, from: string, to: string, kind?: EdgeKind): Line | undefined {
  const source = boxFor(scene, from);
  const target = boxFor(scene, to);
  if (!source || !target || source === target) return undefined;
  const edge = kind ?? (source.party && target.party ? edgeBetween(source.party, target.party) : undefined);
  if (edge && isLocal(edge) && source.parent !== target.parent) return undefined;
  const points = edge && route(scene, source, target, edge);
  if (!edge || !points || points.length < 2) return undefined;
  return { id: `${source.id}>${target.id} ${edge.purpose}`, from: source.id, to: target.id, kind: edge, points };
}

/** What a hop looks like: a line and the direction on it, or only the boxes at its ends. */
export interface Course {
  readonly line?: Line;
  /** Against the direction in which the connection was opened. */
  readonly backwards: boolean;
  readonly from?: Box;
  readonly to?: Box;
}

/** Where a hop travels in this scene. */
export function courseOf(hop: Hop, scene: Scene, view: ClusterView): Course {
  const source = placeOf(hop.from, view);
  const target = placeOf(hop.to, view);
  const from = source && (boxFor(scene, source.box) ?? boxFor(scene, source.around ?? ''));
  const to = target && (boxFor(scene, target.box) ?? boxFor(scene, target.around ?? ''));
  if (!source || !target || !from || !to || from === to || !('channel' in hop)) return { backwards: false, from, to };
  const forth = edgeBetween(source.party, target.party, hop.channel);
  const back = edgeBetween(target.party, source.party, hop.channel);
  // A request opens a connection; everything else travels on one that its receiver has opened.
  const backwards = hop.kind === 'request' ? !forth : back !== undefined;
  const kind = backwards ? back : forth;
  const [caller, called] = backwards ? [to, from] : [from, to];
  const line = kind && lineBetween(scene, caller.id, called.id, kind);
  return { line, backwards, from, to };
}

/** All lines of a box: the standing ones, and those on which it now and then speaks with what is drawn. */
export function linesOf(scene: Scene, id: string): Line[] {
  const standing = scene.lines.filter((line) => line.from === id || line.to === id);
  const known = new Set(standing.map((line) => line.id));
  const box = scene.byId.get(id);
  const others = box ? occasional(scene, box).filter((line) => !known.has(line.id)) : [];
  return [...standing, ...others];
}

function occasional(scene: Scene, box: Box): Line[] {
  const all = (party: Party): Box[] => scene.boxes.filter((other) => other.party === party);
  const beside = (party: Party): Box[] => all(party).filter((other) => other.parent === box.parent);
  const joins = (pairs: readonly (readonly [from: Box, to: Box])[]): Line[] => pairs.flatMap(([from, to]) => {
    const line = lineBetween(scene, from.id, to.id);
    return line ? [line] : [];
  });
  switch (box.party) {
    case 'kubelet': {
      const servers = all('kube-apiserver').slice(0, 1);
      const probed = box.kind === 'component' ? [...beside('pod'), ...beside('coredns')] : [];
      return joins([...probed.map((pod) => [box, pod] as const), ...servers.map((server) => [server, box] as const)]);
    }
    case 'pod': case 'coredns': return joins(beside('kubelet').map((kubelet) => [kubelet, box]));
    case 'container-runtime': return joins(all('registry').map((registry) => [box, registry]));
    case 'registry': return joins(all('container-runtime').map((runtime) => [runtime, box]));
    default: return [];
  }
}
