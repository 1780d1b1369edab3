/**
 * root-ca-certificate-publisher-controller: the ConfigMap `kube-root-ca.crt` in every namespace, so that pods can
 * verify the API server. Models pkg/controller/certificates/rootcacertpublisher.
 */
import * as resources from '../api/resources';
import type { ConfigMap, NewObject } from '../api/types';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

const mapName = 'kube-root-ca.crt';
const descriptionAnnotation = 'kubernetes.io/description';
const description = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints '
  + 'such as the internal service IP or kubernetes.default.svc. '
  + 'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** The controller, ready to start. `certificate` is the cluster's CA certificate in PEM. */
export function rootCaPublisher({ host, informers, client }: ControllerContext, certificate: string): ControllerLoop {
  const own = client('root-ca-cert-publisher');
  const namespaces = informers.of(resources.namespaces);
  const maps = informers.of(resources.configMaps);
  const data = { 'ca.crt': certificate };

  function* sync(namespace: string): Task<ReconcileResult> {
    const found = namespaces.byKey(namespace);
    if (!found || found.status.phase === 'Terminating') return done;
    const map = maps.get(namespace, mapName);
    if (!map) return yield* create(namespace);
    const described = map.metadata.annotations?.[descriptionAnnotation] === description;
    const keys = Object.keys(map.data ?? {});
    if (described && keys.length === 1 && map.data?.['ca.crt'] === certificate) return done;
    const annotations = { ...map.metadata.annotations, [descriptionAnnotation]: description };
    const metadata = { ...map.metadata, annotations };
    const answer = yield* own.update(resources.configMaps, { ...map, metadata, data });
    return answer.ok ? done : failed(answer.status.message);
  }

  function* create(namespace: string): Task<ReconcileResult> {
    const annotations = { [descriptionAnnotation]: description };
    const map: NewObject<ConfigMap> = {
      apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: mapName, annotations }, data,
    };
    const answer = yield* own.create(resources.configMaps, map);
    if (answer.ok || answer.status.reason === 'AlreadyExists') return done;
    const terminating = answer.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating');
    return terminating ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, {
    name: 'root-ca-certificate-publisher-controller', workers: 1, reconcile: sync,
  });
  namespaces.addHandlers({
    added: ({ metadata }) => loop.add(metadata.name),
    updated: ({ metadata }) => loop.add(metadata.name),
  });
  const mapChanged = ({ metadata }: ConfigMap): void => {
    if (metadata.name === mapName) loop.add(metadata.namespace ?? '');
  };
  maps.addHandlers({ updated: mapChanged, deleted: mapChanged });
  return loop;
}
