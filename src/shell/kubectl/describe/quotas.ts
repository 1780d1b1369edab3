/**
 * `kubectl describe` of resource quotas and limit ranges, alone and as the sections of a namespace. Models the describers
 * of kubectl's pkg/describe; the resources of a limit, whose order upstream leaves to chance, come in order here.
 */
import { canonicalQuantity } from '../../../api/quantity';
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import type { DescribeWriter } from './writer';

const scopeHelp: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being ' +
    'actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods ' +
    'whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of ' +
    'service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or ' +
    'guaranteed quality of service.',
};

const limitHead = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const limitRule = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------';

export function describeResourceQuota(w: DescribeWriter, quota: ResourceQuota): void {
  w.line(0, `Name:\t${quota.metadata.name}`);
  w.line(0, `Namespace:\t${quota.metadata.namespace ?? ''}`);
  writeScopes(w, 0, quota, ' ');
  w.line(0, 'Resource\tUsed\tHard');
  w.line(0, '--------\t----\t----');
  writeAmounts(w, 0, quota);
}

/** The quotas of a namespace, by name. */
export function writeQuotas(w: DescribeWriter, quotas: readonly ResourceQuota[]): void {
  w.line(0, quotas.length === 0 ? 'No resource quota.' : 'Resource Quotas');
  for (const quota of quotas) {
    w.line(1, `Name:\t${quota.metadata.name}`);
    writeScopes(w, 1, quota, '');
    w.line(1, 'Resource\tUsed\tHard');
    w.line(1, '--------\t---\t---');
    writeAmounts(w, 1, quota);
  }
}

function writeScopes(w: DescribeWriter, level: number, { spec }: ResourceQuota, indent: string): void {
  const scopes = [...spec?.scopes ?? []].sort();
  if (scopes.length === 0) return;
  w.line(level, `Scopes:\t${scopes.join(', ')}`);
  for (const scope of scopes) if (scopeHelp[scope]) w.line(level, `${indent}* ${scopeHelp[scope]}`);
}

function writeAmounts(w: DescribeWriter, level: number, { status }: ResourceQuota): void {
  for (const name of sortedKeys(status?.hard)) {
    w.line(level, `${name}\t${amount(status?.used?.[name] ?? '0')}\t${amount(status?.hard?.[name])}`);
  }
}

export function describeLimitRange(w: DescribeWriter, { metadata, spec }: LimitRange): void {
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, limitHead);
  w.line(0, limitRule);
  for (const item of spec?.limits ?? []) writeLimit(w, item, '');
}

/** The limit ranges of a namespace as one table. */
export function writeLimits(w: DescribeWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.line(0, 'No LimitRange resource.');
    return;
  }
  w.line(0, `Resource Limits\n ${limitHead}`);
  w.line(0, ` ${limitRule}`);
  for (const { spec } of ranges) for (const item of spec?.limits ?? []) writeLimit(w, item, ' ');
}

function writeLimit(w: DescribeWriter, item: LimitRangeItem, indent: string): void {
  const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
  const names = new Set(columns.flatMap((column) => Object.keys(column ?? {})));
  for (const name of [...names].sort()) {
    w.line(0, `${indent}${item.type}\t${name}\t${columns.map((column) => amount(column?.[name])).join('\t')}`);
  }
}

function amount(text: string | undefined): string {
  if (text === undefined) return '-';
  const canonical = canonicalQuantity(String(text));
  return typeof canonical === 'string' ? canonical : text;
}
