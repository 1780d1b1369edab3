/**
 * Secret: data that is kept out of sight, of types that prescribe keys. Models pkg/apis/core and
 * pkg/registry/core/secret.
 */
import { sortedKeys, withKey } from '../../base/freeze';
import { immutable, invalid, key, required, tooLong } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { configMapKeyProblems } from '../names';
import type { Secret } from '../types';
import { base64ByteLength, base64Decode, base64Encode } from '../../base/base64';
import { ageColumn, nameColumn } from './columns';
import { checkProblems } from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkImmutableData, maxDataBytes } from './immutable-data';
import { withDefault } from './pod/container-defaults';

const accountNameAnnotation = 'kubernetes.io/service-account.name';

/** Keys that a type of secret must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const jsonTypes = ['kubernetes.io/dockercfg', 'kubernetes.io/dockerconfigjson'];

/** Texts given as stringData are written into data and are never shown again. */
function defaults(given: Secret): Secret {
  const secret = withDefault(given, 'type', 'Opaque');
  const texts = secret.stringData;
  if (texts === undefined) return secret;
  const data: Record<string, string> = { ...secret.data };
  for (const name of sortedKeys(texts)) data[name] = base64Encode(texts[name] ?? '');
  const { stringData: _written, ...rest } = secret;
  return withKey(rest, 'data', Object.keys(data).length === 0 ? undefined : data);
}

function validate(secret: Secret): readonly FieldError[] {
  const errors: FieldErrors = [];
  const data = secret.data ?? {};
  let bytes = 0;
  for (const name of sortedKeys(data)) {
    checkProblems(configMapKeyProblems(name), name, key('data', name), errors);
    bytes += base64ByteLength(data[name] ?? '');
  }
  if (bytes > maxDataBytes) errors.push(tooLong('data', maxDataBytes));
  checkType(secret, data, errors);
  return errors;
}

function checkType(secret: Secret, data: Readonly<Record<string, string>>, errors: FieldErrors): void {
  const type = secret.type ?? '';
  const needs = (...names: readonly string[]): void => {
    for (const name of names) if (!Object.hasOwn(data, name)) errors.push(required(key('data', name)));
  };
  needs(...(Object.hasOwn(requiredKeys, type) ? (requiredKeys[type] ?? []) : []));
  if (jsonTypes.includes(type)) checkJson(requiredKeys[type]?.[0] ?? '', data, errors);
  if (type === 'kubernetes.io/service-account-token' && !secret.metadata.annotations?.[accountNameAnnotation]) {
    errors.push(required(key('metadata.annotations', accountNameAnnotation)));
  }
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined) {
    needs('username', 'password');
  }
  if (type === 'kubernetes.io/ssh-auth' && !data['ssh-privatekey']) {
    errors.push(required(key('data', 'ssh-privatekey')));
  }
}

/** Credentials of a registry must be a JSON object. The reason is that of encoding/json for the usual mistakes. */
function checkJson(name: string, data: Readonly<Record<string, string>>, errors: FieldErrors): void {
  const encoded = data[name];
  if (encoded === undefined) return;
  const problem = jsonProblem(base64Decode(encoded) ?? '');
  if (problem !== undefined) errors.push(invalid(key('data', name), '<secret contents redacted>', problem));
}

function jsonProblem(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const first = text.trim().charAt(0);
    return '{["-0123456789tfn'.includes(first) ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
  if (parsed === null || (typeof parsed === 'object' && !Array.isArray(parsed))) return undefined;
  const what = Array.isArray(parsed) ? 'array' : typeof parsed === 'boolean' ? 'bool' : typeof parsed;
  return `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
}

function validateUpdate(secret: Secret, old: Secret): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (secret.type !== old.type) errors.push(immutable('type', secret.type ?? ''));
  checkImmutableData(secret, old, ['data'], errors);
  return [...errors, ...validate(secret)];
}

export const secretKind = defineKind<Secret>({
  group: '', version: 'v1', kind: 'Secret', listKind: 'SecretList',
  plural: 'secrets', singular: 'secret', namespaced: true, schema: 'Secret',
  defaults,
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  columns: [
    nameColumn,
    {
      name: 'Type', type: 'string', description: 'What the data is for.',
      cell: ({ type }) => type ?? '',
    },
    {
      name: 'Data', type: 'string', description: 'Number of keys.',
      cell: ({ data }) => Object.keys(data ?? {}).length,
    },
    ageColumn,
  ],
});
