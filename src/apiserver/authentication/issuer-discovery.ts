/**
 * How others verify service account tokens: the OpenID discovery document and the key set. Models
 * pkg/routes/openidmetadata.go.
 */
import type { PathHandler } from '../http/path-handlers';
import { serviceAccountIssuer, type ServiceAccountTokens } from './service-account-tokens';

const cache = Object.freeze({ 'Cache-Control': 'public, max-age=3600' });

/** The handler of both paths. */
export function issuerDiscovery(tokens: ServiceAccountTokens): PathHandler {
  return (path) => {
    switch (path) {
      case '/.well-known/openid-configuration':
        return {
          status: 200, contentType: 'application/json', headers: cache,
          body: JSON.stringify({
            issuer: serviceAccountIssuer,
            jwks_uri: `${serviceAccountIssuer}/openid/v1/jwks`,
            response_types_supported: ['id_token'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['ES256'],
          }),
        };
      case '/openid/v1/jwks':
        return {
          status: 200, contentType: 'application/jwk-set+json', headers: cache, body: JSON.stringify(tokens.keySet()),
        };
      default: return undefined;
    }
  };
}
