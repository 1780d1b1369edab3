/**
 * `kubectl describe` of config maps, secrets, service accounts and namespaces, these with their quotas and limits. Of a
 * secret only the sizes are shown, apart from a service account's token. Models the describers of kubectl's pkg/describe.
 */
import { base64ByteLength, base64Decode } from '../../../base/base64';
import type { ConfigMap, LimitRange, Namespace, ResourceQuota, Secret, ServiceAccount } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { writeEventsOf } from './events';
import { writeAnnotations, writeHead, writeLabels } from './metadata';
import { writeLimits, writeQuotas } from './quotas';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

export function describeConfigMap(w: DescribeWriter, configMap: ConfigMap, context: DescribeContext): void {
  const { data, binaryData } = configMap;
  writeHead(w, configMap);
  w.line(0, '\nData\n====');
  for (const key of sortedKeys(data)) w.line(0, `${key}:\n----\n${data?.[key] ?? ''}\n`);
  w.line(0, '\nBinaryData\n====');
  for (const key of sortedKeys(binaryData)) w.line(0, `${key}: ${base64ByteLength(binaryData?.[key] ?? '')} bytes`);
  w.line(0, '');
  writeEventsOf(w, configMap, context);
}

export function describeSecret(w: DescribeWriter, secret: Secret): void {
  const { data, type = '' } = secret;
  writeHead(w, secret);
  w.line(0, `\nType:\t${type}`);
  w.line(0, '\nData\n====');
  for (const key of sortedKeys(data)) {
    const value = data?.[key] ?? '';
    const isToken = key === 'token' && type === 'kubernetes.io/service-account-token';
    w.line(0, `${key}:\t${isToken ? (base64Decode(value) ?? '') : `${base64ByteLength(value)} bytes`}`);
  }
}

export function describeServiceAccount(w: DescribeWriter, account: ServiceAccount, context: DescribeContext): void {
  writeHead(w, account);
  const title = 'Image pull secrets:';
  const names = (account.imagePullSecrets ?? []).map(({ name = '' }) => name);
  if (names.length === 0) w.line(0, `${title}\t<none>`);
  names.forEach((name, i) => w.line(0, `${i === 0 ? title : ' '.repeat(title.length)}\t${name}`));
  writeEventsOf(w, account, context);
}

export function describeNamespace(
  w: DescribeWriter, { metadata, status }: Namespace, { reader }: DescribeContext,
): void {
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Status:\t${status?.phase ?? ''}`);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t------------------\t------\t-------');
  }
  for (const { type, status: state, lastTransitionTime, reason = '', message = '' } of conditions) {
    w.line(1, `${type}\t${state}\t${dateText(lastTransitionTime)}\t${reason}\t${message}`);
  }
  w.line(0, '');
  writeQuotas(w, reader.list<ResourceQuota>('v1', 'ResourceQuota', 0, metadata.name));
  w.line(0, '');
  writeLimits(w, reader.list<LimitRange>('v1', 'LimitRange', 0, metadata.name));
}
