/**
 * Environment variables: their names, their sources, and references to fields and resources of the pod, which volumes
 * of the downward API share. Models ValidateEnv, ValidateEnvFrom and the selectors behind them in
 * pkg/apis/core/validation, with the relaxed variable names and the file keys of v1.36.
 */
import { child, index, invalid, notSupported, required } from '../../../field-errors';
import { configMapKeyProblems, envVarNameProblems, nameProblems, qualifiedNameProblems } from '../../../names';
import { canonicalQuantity } from '../../../quantity';
import type {
  ConfigMapKeySelector, EnvFromSource, EnvVar, EnvVarSource, FileKeySelector, ObjectFieldSelector,
  ResourceFieldSelector,
} from '../../../types';
import { checkDnsLabel, checkNonReservedPath, checkProblems, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

/** Fields that an environment variable may show. */
const envFields = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP',
  'status.hostIPs', 'status.podIP', 'status.podIPs',
];
/** All fields that the downward API can name, in variables or elsewhere. */
const convertible = new Set([
  ...envFields, 'metadata.annotations', 'metadata.labels', 'spec.host', 'spec.restartPolicy',
  'spec.schedulerName', 'status.phase',
]);
const resourceFields = [
  'limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** All variables of a container. */
export function checkEnv(variables: readonly EnvVar[] | undefined, path: string, errors: FieldErrors): void {
  eachItem(variables, path, (variable, at) => {
    if (!variable.name) errors.push(required(child(at, 'name')));
    else checkProblems(envVarNameProblems(variable.name), variable.name, child(at, 'name'), errors);
    if (variable.valueFrom !== undefined) {
      checkSource(variable.valueFrom, Boolean(variable.value), child(at, 'valueFrom'), errors);
    }
  });
}

function checkSource(source: EnvVarSource, hasValue: boolean, path: string, errors: FieldErrors): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) checkFieldSelector(fieldRef, envFields, child(path, 'fieldRef'), errors);
  if (resourceFieldRef) checkResourceSelector(resourceFieldRef, child(path, 'resourceFieldRef'), false, errors);
  if (configMapKeyRef) checkKeySelector(configMapKeyRef, child(path, 'configMapKeyRef'), errors);
  if (secretKeyRef) checkKeySelector(secretKeyRef, child(path, 'secretKeyRef'), errors);
  if (fileKeyRef) checkFileKey(fileKeyRef, child(path, 'fileKeyRef'), errors);
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef];
  const count = given.filter((ref) => ref !== undefined).length;
  if (count === 0) {
    errors.push(invalid(path, '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  } else if (hasValue) {
    errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) {
    errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
}

/** A reference to a key of a ConfigMap or Secret. */
function checkKeySelector(selector: ConfigMapKeySelector, path: string, errors: FieldErrors): void {
  const name = selector.name ?? '';
  checkProblems(nameProblems('dnsSubdomain', name), name, child(path, 'name'), errors);
  if (!selector.key) errors.push(required(child(path, 'key')));
  else checkProblems(configMapKeyProblems(selector.key), selector.key, child(path, 'key'), errors);
}

function checkFileKey(selector: FileKeySelector, path: string, errors: FieldErrors): void {
  if (!selector.key) errors.push(required(child(path, 'key')));
  else checkProblems(envVarNameProblems(selector.key), selector.key, child(path, 'key'), errors);
  if (!selector.volumeName) errors.push(required(child(path, 'volumeName')));
  else checkDnsLabel(selector.volumeName, child(path, 'volumeName'), errors);
  if (!selector.path) errors.push(required(child(path, 'path')));
  else checkNonReservedPath(selector.path, child(path, 'path'), errors);
}

/** A reference to a field of the pod: validateObjectFieldSelector. */
export function checkFieldSelector(
  selector: ObjectFieldSelector, supported: readonly string[], path: string, errors: FieldErrors,
): void {
  if (!selector.apiVersion) {
    errors.push(required(child(path, 'apiVersion')));
    return;
  }
  const field = selector.fieldPath;
  const fieldPath = child(path, 'fieldPath');
  if (!field) {
    errors.push(required(fieldPath));
    return;
  }
  const subscript = /^(.*)\['(.*)'\]$/s.exec(field);
  const base = subscript?.[1] ?? field;
  const conversion = conversionProblem(selector.apiVersion, field, base, subscript !== null);
  if (conversion !== undefined) {
    errors.push(invalid(fieldPath, field, `error converting fieldPath: ${conversion}`));
  } else if (subscript !== null) {
    const name = subscript[2] ?? '';
    checkProblems(qualifiedNameProblems(base === 'metadata.annotations' ? name.toLowerCase() : name),
      base === 'metadata.annotations' ? name.toLowerCase() : name, path, errors);
  } else if (!supported.includes(base)) {
    errors.push(notSupported(fieldPath, base, supported));
  }
}

/** Why a field label cannot be read in an API version: ConvertDownwardAPIFieldLabel. */
function conversionProblem(version: string, field: string, base: string, isSubscripted: boolean): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`;
  if (isSubscripted) {
    const hasSubscripts = base === 'metadata.annotations' || base === 'metadata.labels';
    return hasSubscripts ? undefined : `field label does not support subscript: ${field}`;
  }
  return convertible.has(field) ? undefined : `field label not supported: ${field}`;
}

/** A reference to a resource of a container: validateContainerResourceFieldSelector. */
export function checkResourceSelector(
  selector: ResourceFieldSelector, path: string, isVolume: boolean, errors: FieldErrors,
): void {
  const { resource, containerName, divisor } = selector;
  const isHugePages = /^(?:limits|requests)\.hugepages-/.test(resource ?? '');
  if (isVolume && !containerName) errors.push(required(child(path, 'containerName')));
  else if (!resource) errors.push(required(child(path, 'resource')));
  else if (!resourceFields.includes(resource) && !isHugePages) {
    errors.push(notSupported(child(path, 'resource'), resource, resourceFields));
  }
  const text = divisor === undefined ? '0' : canonicalQuantity(divisor);
  if (typeof text !== 'string' || text === '0' || !resource) return;
  const [, what = ''] = resource.split('.');
  if (what === 'cpu') {
    if (text === '1' || text === '1m') return;
    const detail = "only divisor's values 1m and 1 are supported with the cpu resource";
    errors.push(invalid(child(path, 'divisor'), resource, detail));
    return;
  }
  const noun = isHugePages ? 'hugepages' : { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' }[what];
  if (noun === undefined || byteDivisors.includes(text)) return;
  const detail = `only divisor's values ${byteDivisors.join(', ')} are supported with the ${noun} resource`;
  errors.push(invalid(child(path, 'divisor'), resource, detail));
}

/** Whole ConfigMaps and Secrets as variables. */
export function checkEnvFrom(sources: readonly EnvFromSource[] | undefined, path: string, errors: FieldErrors): void {
  (sources ?? []).forEach((source, i) => {
    const at = index(path, i);
    if (source.prefix) checkProblems(envVarNameProblems(source.prefix), source.prefix, child(at, 'prefix'), errors);
    let count = 0;
    for (const field of ['configMapRef', 'secretRef'] as const) {
      const reference = source[field];
      if (reference === undefined) continue;
      count += 1;
      const namePath = child(at, field, 'name');
      if (!reference.name) errors.push(required(namePath));
      else checkProblems(nameProblems('dnsSubdomain', reference.name, true), reference.name, namePath, errors);
    }
    if (count === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  });
}
