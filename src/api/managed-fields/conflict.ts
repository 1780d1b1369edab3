/** The refusal of an apply that would take fields from other owners. Models apimachinery's managedfields conflict.go. */
import { compareText } from '../../base/freeze';
import { quote } from '../go-text';
import { failure, type FailureStatus } from '../status';
import type { ManagedEntry } from './entries';
import { type FieldSet, forEachPath } from './field-set';
import { pathText } from './path-element';

/** Fields that belong to somebody else. */
export interface Conflict {
  readonly owner: ManagedEntry;
  readonly fields: FieldSet;
}

/** 409 with every field and its owner, in the message and as causes. */
export function conflictStatus(conflicts: readonly Conflict[]): FailureStatus {
  const sorted = conflicts.slice().sort((a, b) => compareText(ownerKey(a.owner), ownerKey(b.owner)));
  const found = sorted.flatMap(({ owner, fields }) => {
    const paths: string[] = [];
    forEachPath(fields, (path) => paths.push(pathText(path)));
    return paths.map((path) => ({ owner: ownerText(owner), path }));
  });
  const causes = found.map(({ owner, path }) =>
    ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field: path }));
  return failure(409, 'Conflict', messageOf(found), { causes });
}

function messageOf(found: readonly { readonly owner: string; readonly path: string }[]): string {
  const [first] = found;
  if (first && found.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.path}`;
  }
  const lines: string[] = [];
  let owner: string | undefined;
  for (const conflict of found) {
    if (conflict.owner !== owner) lines.push(`conflicts with ${conflict.owner}:`);
    owner = conflict.owner;
    lines.push(`- ${conflict.path}`);
  }
  return `Apply failed with ${found.length} conflicts: ${lines.join('\n')}`;
}

/** What upstream sorts owners by: their identity as JSON. */
function ownerKey({ manager, operation, apiVersion, subresource }: ManagedEntry): string {
  return JSON.stringify({
    manager, operation, ...(operation === 'Update' ? { apiVersion } : {}), ...(subresource ? { subresource } : {}),
  });
}

function ownerText({ manager, operation, apiVersion, subresource }: ManagedEntry): string {
  const name = subresource ? `${quote(manager)} with subresource ${quote(subresource)}` : quote(manager);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
