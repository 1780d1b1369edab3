/**
 * What a namespace that is being deleted says about how far that has come. Models
 * pkg/controller/namespace/deletion/status_condition_utils.go.
 */
import { compareText, sortedKeys } from '../../base/freeze';
import { formatTime } from '../../api/time';
import type { NamespaceCondition } from '../../api/types';

/** What was found while deleting a namespace's contents. */
export interface DeletionReport {
  /** Messages of deletions that failed. */
  readonly failures: readonly string[];
  /** How many objects are left, by `pods.` or `deployments.apps`. */
  readonly remaining: Readonly<Record<string, number>>;
  /** In how many of those a finalizer stands. */
  readonly finalizers: Readonly<Record<string, number>>;
}

interface Verdict {
  readonly type: string;
  readonly ok: readonly [reason: string, message: string];
  readonly problem?: readonly [reason: string, message: string];
}

/** The conditions after a round of deletion; the same list when they say what they said before. */
export function deletionConditions(
  before: readonly NamespaceCondition[] | undefined, report: DeletionReport, wallMs: number,
): readonly NamespaceCondition[] {
  let conditions = before ?? [];
  for (const { type, ok, problem } of verdicts(report)) {
    const [reason, message] = problem ?? ok;
    const status = problem ? 'True' : 'False';
    const known = conditions.find((condition) => condition.type === type);
    if (known?.status === status && known.reason === reason && known.message === message) continue;
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(wallMs);
    const next: NamespaceCondition = { type, status, lastTransitionTime, reason, message };
    conditions = known ? conditions.map((condition) => (condition === known ? next : condition))
      : [...conditions, next];
  }
  return conditions;
}

function verdicts({ failures, remaining, finalizers }: DeletionReport): readonly Verdict[] {
  const sorted = failures.slice().sort(compareText).join(', ');
  const left = sortedKeys(remaining).map((name) => `${name} has ${remaining[name]} resource instances`);
  const held = sortedKeys(finalizers).map((name) => `${name} in ${finalizers[name]} resource instances`);
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      ok: ['ResourcesDiscovered', 'All resources successfully discovered'],
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      ok: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    },
    {
      type: 'NamespaceDeletionContentFailure',
      ok: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
      ...(failures.length > 0 && { problem: [
        'ContentDeletionFailed', `Failed to delete all resource types, ${failures.length} remaining: ${sorted}`,
      ] as const }),
    },
    {
      type: 'NamespaceContentRemaining',
      ok: ['ContentRemoved', 'All content successfully removed'],
      ...(left.length > 0 && { problem: [
        'SomeResourcesRemain', `Some resources are remaining: ${left.join(', ')}`,
      ] as const }),
    },
    {
      type: 'NamespaceFinalizersRemaining',
      ok: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
      ...(held.length > 0 && { problem: [
        'SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
      ] as const }),
    },
  ];
}
