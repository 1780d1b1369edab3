/** Judges a pod by a level. Models the check registry of pod-security-admission's policy/registry.go. */
import type { NewObjectMeta, PodSpec } from '../../../api/types';
import { baselineChecks } from './baseline';
import type { Check, CheckPod, Violation } from './check';
import type { LevelVersion } from './levels';
import { restrictedChecks } from './restricted';

function inVersion({ versions }: Check, minor: number): CheckPod | undefined {
  return versions.filter(([since]) => since <= minor).at(-1)?.[1];
}

/** What a pod does that the level does not allow, those of the baseline first. */
export function violations(
  { level, minor }: LevelVersion, spec: PodSpec, metadata: NewObjectMeta,
): readonly Violation[] {
  if (level === 'privileged') return [];
  const restricted = level === 'restricted' ? restrictedChecks.filter((check) => inVersion(check, minor)) : [];
  const overridden = new Set(restricted.map(({ overrides }) => overrides));
  const checks = [...baselineChecks.filter(({ id }) => !overridden.has(id)), ...restricted];
  return checks.flatMap((check) => inVersion(check, minor)?.(spec, metadata) ?? []);
}

/** `host namespaces (hostNetwork=true), privileged (container "a" must not ...)`. */
export function violationsText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

/** The reasons alone. */
export function reasonsText(found: readonly Violation[]): string {
  return found.map(({ reason }) => reason).join(', ');
}
