/**
 * The environment of a container: its variables with their values or where these come from, and the ConfigMaps and
 * Secrets that are taken as a whole. Secrets are named, never read. Models describeContainerEnvVars,
 * describeContainerEnvFrom and kubectl's pkg/util/resource.
 */
import { quantityMillis, quantityValue } from '../../../api/quantity';
import type { Container, EnvFromSource, EnvVar, Pod, ResourceFieldSelector } from '../../../api/types';
import type { DescribeWriter } from './writer';

/** `Environment Variables from:`, when there are any, and `Environment:`. `pod` is undefined for a template. */
export function writeEnvironment(w: DescribeWriter, container: Container, pod: Pod | undefined): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) w.line(2, 'Environment Variables from:');
  for (const source of envFrom) writeSource(w, source);
  w.line(2, env.length === 0 ? 'Environment:\t<none>' : 'Environment:');
  for (const variable of env) writeVariable(w, variable, container, pod);
}

function writeSource(w: DescribeWriter, { configMapRef, secretRef, prefix }: EnvFromSource): void {
  const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
  const ref = configMapRef ?? secretRef;
  const withPrefix = prefix ? ` with prefix '${prefix}'` : '';
  w.line(3, `${ref?.name ?? ''}\t${from}${withPrefix}\tOptional: ${ref?.optional === true}`);
}

function writeVariable(w: DescribeWriter, { name, value, valueFrom }: EnvVar, container: Container, pod?: Pod): void {
  if (!valueFrom) {
    const [first = '', ...others] = (value ?? '').split('\n');
    w.line(3, `${name}:\t${first}`);
    for (const line of others) w.line(3, `\t${line}`);
    return;
  }
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef) {
    w.line(3, `${name}:\t${podField(pod, fieldRef.fieldPath)} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`);
  } else if (resourceFieldRef) {
    w.line(3, `${name}:\t${resourceField(resourceFieldRef, container)} (${resourceFieldRef.resource})`);
  } else if (secretKeyRef) {
    const { key, name: secret = '', optional = false } = secretKeyRef;
    w.line(3, `${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional}`);
  } else if (configMapKeyRef) {
    const { key, name: map = '', optional = false } = configMapKeyRef;
    w.line(3, `${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional}`);
  }
}

/** kubectl's scheme converts only these two field labels, so it prints every other field empty, known or not. */
function podField(pod: Pod | undefined, path: string): string {
  if (path === 'metadata.name') return pod?.metadata.name ?? '';
  if (path === 'metadata.namespace') return pod?.metadata.namespace ?? '';
  return '';
}

/** A request or limit in units of the divisor, rounded up: ExtractContainerResourceValue. */
function resourceField({ resource, divisor }: ResourceFieldSelector, { resources }: Container): string {
  const [list, name = ''] = resource.split('.');
  if ((list !== 'limits' && list !== 'requests') || !['cpu', 'memory', 'ephemeral-storage'].includes(name)) return '';
  const amount = resources?.[list]?.[name] ?? '0';
  const unit = divisor === undefined || quantityMillis(divisor) === 0 ? '1' : divisor;
  const countOf = name === 'cpu' ? quantityMillis : quantityValue;
  const text = String(Math.ceil(countOf(amount) / countOf(unit)));
  return text === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : text;
}
