/** Parties for the tests of programs that run on nodes: an API server that only lists and watches, and a container. */
import type { ApiRequest, PathRequest, ResourceType, WatchEventType } from '../../../src/api/request';
import { groupResource } from '../../../src/api/request';
import { objectKey } from '../../../src/api/object';
import type { KubeObject } from '../../../src/api/types';
import { FileTree } from '../../../src/node/filesystem';
import { MachineNetwork } from '../../../src/node/host-network';
import { type HttpResponse, httpRequest } from '../../../src/api/web';
import { type ContainerContext, unknownImage } from '../../../src/node/images';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../../../src/sim/process';
import type { Simulation } from '../../../src/sim/simulation';

/** A part of an object that a test cares about, with names and labels. */
export type Sketch = Record<string, unknown> & {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
};

/** Serves lists and watches of what the test puts into it, and accepts every create. */
export class FakeApi implements Program {
  readonly created: unknown[] = [];
  readonly requests: ApiRequest[] = [];
  healthy = true;
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private readonly watches = new Map<string, Set<IncomingCall>>();
  private revision = 1;

  constructor(readonly name = 'api') {}

  start(host: ProcessHost): void {
    host.listen(6443);
  }

  serve(call: IncomingCall): void {
    const request = call.payload as ApiRequest | PathRequest;
    if ('path' in request) {
      const code = this.healthy ? 200 : 500;
      return call.reply({ code, body: this.name }, { ...call.subject, code });
    }
    this.requests.push(request);
    const resource = groupResource(request);
    if (request.verb === 'watch') {
      this.watchesOf(resource).add(call);
      call.onClose(() => this.watchesOf(resource).delete(call));
    } else if (request.verb === 'list') {
      const items = [...this.objectsOf(resource).values()];
      const metadata = { resourceVersion: String(this.revision) };
      call.reply({ code: 200, body: { apiVersion: 'v1', kind: 'List', metadata, items } }, call.subject);
    } else {
      this.created.push(request.body);
      call.reply({ code: 201, body: request.body }, call.subject);
    }
  }

  put(type: ResourceType, sketch: Sketch): void {
    this.revision += 1;
    const metadata = { ...sketch.metadata, resourceVersion: String(this.revision) };
    const object = { ...sketch, metadata } as unknown as KubeObject;
    const objects = this.objectsOf(groupResource(type));
    const isNew = !objects.has(objectKey(object));
    objects.set(objectKey(object), object);
    this.tell(type, isNew ? 'ADDED' : 'MODIFIED', object);
  }

  remove(type: ResourceType, namespace: string | undefined, name: string): void {
    const objects = this.objectsOf(groupResource(type));
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    const object = objects.get(key);
    if (!object) return;
    objects.delete(key);
    this.revision += 1;
    this.tell(type, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(this.revision) } });
  }

  private tell(type: ResourceType, event: WatchEventType, object: KubeObject): void {
    for (const call of this.watchesOf(groupResource(type))) call.event({ type: event, object }, { verb: event });
  }

  private objectsOf(resource: string): Map<string, KubeObject> {
    return getOrAdd(this.objects, resource, () => new Map<string, KubeObject>());
  }

  private watchesOf(resource: string): Set<IncomingCall> {
    return getOrAdd(this.watches, resource, () => new Set<IncomingCall>());
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** A machine with a network of its own, whose address translation it is. */
export function addMachine(sim: Simulation, name: string, address: string): MachineNetwork {
  const network = new MachineNetwork(sim.network, name, address);
  sim.network.addMachine(name, address).translation = network;
  return network;
}

/** What a container on that machine finds; `lines` collects its output. */
export function containerOn(
  network: MachineNetwork, given: { env?: Record<string, string>; files?: FileTree; lines?: string[] } = {},
): ContainerContext {
  return {
    command: [], env: given.env ?? {}, workingDir: '/', image: unknownImage, name: 'test', attempt: 0,
    pod: { namespace: 'kube-system', name: 'test', uid: 'u', annotations: {}, hostNetwork: true, ip: network.address },
    startupWork: false, tty: false, machine: network.machine, network, files: given.files ?? new FileTree(),
    installed: new Set(), print: (_stream, text) => given.lines?.push(text), write: () => undefined,
    useMemory: () => undefined, spendCpu: () => undefined, loadCpu: () => undefined,
  };
}

/** GETs a path from a process and gives the answer, or the failure of the call. */
export function get(sim: Simulation, from: ProcessHost, to: string, path: string): HttpResponse | string {
  const payload = httpRequest('GET', path, 'test');
  return ask(sim, from, to, 'http', payload) as HttpResponse | string;
}

/** Calls and waits for the answer: its payload, or the failure's name. */
export function ask(
  sim: Simulation, from: ProcessHost, to: string, channel: 'http' | 'dns' | 'https', payload: unknown,
): unknown {
  let result: CallResult | undefined;
  sim.input(from.id, 'ask', () => from.call({ to, channel, subject: { verb: 'get' }, payload, timeoutMs: 9_000 }, {
    onResult: (given) => {
      result = given;
    },
  }));
  sim.runUntilTrue(() => result !== undefined, 10_000);
  return result?.ok ? result.payload : result?.failure;
}
