/** Validation of a CustomResourceDefinition's conversion between versions. Models validateCustomResourceConversion. */
import { dns1035LabelProblems, nameProblems } from '../../names';
import { child, type FieldError, forbidden, index, invalid, notSupported, required } from '../../field-errors';
import type { ApiextensionsV1WebhookClientConfig, CustomResourceDefinitionSpec } from '../../types';
import { base64Decode } from '../../../base/base64';

const recognised = ['v1', 'v1beta1'];

/** Errors of spec.conversion; `lenientBundle` lets a CA bundle pass that is no certificate. */
export function conversionErrors(spec: CustomResourceDefinitionSpec, lenientBundle: boolean): readonly FieldError[] {
  const { conversion } = spec;
  if (conversion === undefined) return [];
  const errors: FieldError[] = [];
  const path = 'spec.conversion';
  const { strategy, webhook } = conversion;
  if (!strategy) errors.push(required(child(path, 'strategy')));
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(notSupported(child(path, 'strategy'), strategy, ['None', 'Webhook']));
  }
  if (strategy === 'Webhook' && spec.preserveUnknownFields === true) {
    errors.push(invalid(child(path, 'strategy'), strategy, 'must be None if spec.preserveUnknownFields is true'));
  }
  const clientPath = child(path, 'webhookClientConfig');
  const reviewPath = child(path, 'conversionReviewVersions');
  if (strategy === 'Webhook') {
    const config = webhook?.clientConfig;
    if (config === undefined) errors.push(required(clientPath, 'required when strategy is set to Webhook'));
    else checkClient(config, clientPath, lenientBundle, errors);
    checkReviewVersions(webhook?.conversionReviewVersions ?? [], reviewPath, errors);
    return errors;
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig) errors.push(forbidden(clientPath, why));
  if (webhook?.conversionReviewVersions?.length) errors.push(forbidden(reviewPath, why));
  return errors;
}

function checkClient(
  { url, service, caBundle }: ApiextensionsV1WebhookClientConfig, path: string, lenientBundle: boolean,
  errors: FieldError[],
): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'));
  } else if (url !== undefined) {
    checkUrl(url, child(path, 'url'), errors);
  } else if (service !== undefined) {
    const at = child(path, 'service');
    if (!service.name) errors.push(required(child(at, 'name'), 'service name is required'));
    for (const problem of service.name ? nameProblems('dns1035Label', service.name) : []) {
      errors.push(invalid(child(at, 'name'), service.name, problem));
    }
    if (!service.namespace) errors.push(required(child(at, 'namespace'), 'service namespace is required'));
    const { port = 443, path: urlPath } = service;
    if (port < 1 || port > 65_535) {
      errors.push(invalid(child(at, 'port'), port, 'port is not valid: must be between 1 and 65535, inclusive'));
    }
    if (urlPath !== undefined && !urlPath.startsWith('/')) {
      errors.push(invalid(child(at, 'path'), urlPath, "must start with a '/'"));
    }
  }
  if (!caBundle || lenientBundle) return;
  if (base64Decode(caBundle)?.includes('-----BEGIN CERTIFICATE-----')) return;
  const why = 'unable to load root certificates: unable to parse bytes as PEM block';
  errors.push(invalid(child(path, 'caBundle'), caBundle, why));
}

function checkUrl(url: string, path: string, errors: FieldError[]): void {
  const form = '; desired format: https://host[/path]';
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url);
  const [, scheme = '', authority = '', , query, fragment] = match ?? [];
  if (scheme !== 'https') errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  if (authority === '') errors.push(invalid(path, authority, `host must be specified${form}`));
  if (authority.includes('@')) {
    errors.push(invalid(path, authority.split('@')[0], 'user information is not permitted in the URL'));
  }
  if (fragment) errors.push(invalid(path, fragment.slice(1), 'fragments are not permitted in the URL'));
  if (query) errors.push(invalid(path, query.slice(1), 'query parameters are not permitted in the URL'));
}

function checkReviewVersions(versions: readonly string[], path: string, errors: FieldError[]): void {
  if (versions.length === 0) {
    errors.push(required(path));
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) {
      errors.push(invalid(index(path, i), version, 'duplicate version'));
      return;
    }
    for (const problem of dns1035LabelProblems(version)) errors.push(invalid(index(path, i), version, problem));
  });
  if (versions.some((version) => recognised.includes(version))) return;
  errors.push(invalid(path, versions, `must include at least one of ${recognised.join(', ')}`));
}
