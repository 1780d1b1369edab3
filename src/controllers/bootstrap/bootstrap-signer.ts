/**
 * bootstrap-signer-controller: signs the kubeconfig in kube-public/cluster-info with every bootstrap token that may
 * sign, so that a joining node that knows the token can trust what it reads without a certificate. Models
 * pkg/controller/bootstrap/bootstrapsigner.go with cluster-bootstrap/token/jws: a JWS with a detached payload, HS256.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as resources from '../../api/resources';
import type { ConfigMap, Secret } from '../../api/types';
import { equal, sortedKeys } from '../../base/freeze';
import { utf8Encode } from '../../base/utf8';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import { base64UrlOfBytes } from '../../pki/encoding';
import type { Task } from '../../sim/task';
import type { ControllerContext, ControllerLoop } from '../context';
import { bootstrapToken, isBootstrapToken, tokenExpiryMs } from './tokens';

const publicNamespace = 'kube-public';
const mapName = 'cluster-info';
const signaturePrefix = 'jws-kubeconfig-';

/** The signature over a text by a bootstrap token: `<header>..<signature>`. */
export function detachedSignature(content: string, tokenId: string, tokenSecret: string): string {
  const encode = (text: string): string => base64UrlOfBytes(utf8Encode(text));
  const header = encode(JSON.stringify({ alg: 'HS256', kid: tokenId }));
  const signature = hmac(sha256, utf8Encode(tokenSecret), utf8Encode(`${header}.${encode(content)}`));
  return `${header}..${base64UrlOfBytes(signature)}`;
}

/** The controller, ready to start. */
export function bootstrapSigner({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('bootstrap-signer');
  const secrets = informers.of(resources.secrets);
  const maps = informers.of(resources.configMaps);

  function* sync(): Task<ReconcileResult> {
    const map = maps.get(publicNamespace, mapName);
    const content = map?.data?.['kubeconfig'];
    if (!map || content === undefined) return done;
    const data: Record<string, string> = {};
    for (const key of sortedKeys(map.data)) if (!key.startsWith(signaturePrefix)) data[key] = map.data?.[key] ?? '';
    for (const secret of secrets.list()) {
      const token = signingToken(secret);
      if (token) data[signaturePrefix + token.id] = detachedSignature(content, token.id, token.secret);
    }
    if (equal(data, map.data)) return done;
    const answer = yield* own.update(resources.configMaps, { ...map, data });
    return answer.ok ? done : failed(answer.status.message);
  }

  function signingToken(secret: Secret) {
    const token = bootstrapToken(secret);
    const expires = token && tokenExpiryMs(token);
    if (!token?.signs || (expires !== undefined && expires <= host.wallMs)) return undefined;
    return token;
  }

  const loop = new Controller(host, { name: 'bootstrap-signer-controller', workers: 1, reconcile: sync });
  const mapChanged = ({ metadata }: ConfigMap): void => {
    if (metadata.namespace === publicNamespace && metadata.name === mapName) loop.add(mapName);
  };
  const secretChanged = (secret: Secret): void => {
    if (isBootstrapToken(secret)) loop.add(mapName);
  };
  maps.addHandlers({ added: mapChanged, updated: mapChanged });
  secrets.addHandlers({ added: secretChanged, updated: secretChanged, deleted: secretChanged });
  return loop;
}
