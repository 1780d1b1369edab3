/**
 * The ConfigMaps in kube-system by which an API server tells others how it authenticates: whose certificates it trusts
 * (extension-apiserver-authentication), and since when it keeps track of legacy tokens. Models
 * pkg/controlplane/controller/clusterauthenticationtrust and legacytokentracking; written once, at the start.
 */
import { configMaps } from '../../api/resources';
import { formatTime } from '../../api/time';
import type { ConfigMap, NewObject } from '../../api/types';
import type { ClusterPki } from '../../pki/cluster-pki';
import { all, type Task } from '../../sim/task';
import type { ServedResources } from '../storage/served-resources';
import { createMissing } from './bootstrap';
import type { Loopback } from './loopback';

function configMap(name: string, data: Readonly<Record<string, string>>): NewObject<ConfigMap> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-system', name }, data };
}

/** Makes both if they are missing; false when one could not be made and must be tried again. */
export function* publishAuthentication(
  loopback: Loopback, resources: ServedResources, pki: ClusterPki, wallMs: number,
): Task<boolean> {
  const trust = configMap('extension-apiserver-authentication', {
    'client-ca-file': pki.ca.certificate.pem,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': pki.frontProxyCa.certificate.pem,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  });
  const tracking = configMap('kube-apiserver-legacy-service-account-token-tracking', {
    since: formatTime(wallMs).slice(0, 10),
  });
  const made = yield* all([trust, tracking].map((map) => createMissing(loopback, resources, configMaps, map)));
  return made.every((done) => done);
}
