/**
 * The levels of pod security and the labels by which a namespace chooses them. Models pod-security-admission's
 * api/helpers.go with the defaults of an API server without a configuration file: everything is privileged.
 */
import { type FieldError, invalid, key } from '../../../api/field-errors';

export type Level = 'privileged' | 'baseline' | 'restricted';

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/** A level as a version of Kubernetes defines it; `latest` is Infinity. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number;
}

/** What a namespace asks for: what is refused, what is noted, what is warned of. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

export const labelPrefix = 'pod-security.kubernetes.io/';
const latest = Infinity;
const privileged: LevelVersion = Object.freeze({ level: 'privileged', minor: latest });
const byDefault: Policy = Object.freeze({ enforce: privileged, audit: privileged, warn: privileged });

/** The policy of a namespace by its labels, and what is wrong with them. */
export function policyOf(
  labels: Readonly<Record<string, string>> | undefined,
): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const isConcerned = labels !== undefined && Object.keys(labels).some((name) => name.startsWith(labelPrefix));
  if (!isConcerned) return { policy: byDefault, errors: [] };
  const errors: FieldError[] = [];
  const read = (mode: keyof Policy): LevelVersion => {
    const level = readLevel(labels, mode, errors);
    return { level, minor: readVersion(labels, mode, errors) };
  };
  const enforce = read('enforce');
  const isEnforced = levels.some((level) => level === labels[`${labelPrefix}enforce`]);
  const audit = read('audit');
  const warn = read('warn');
  // Who enforces more than he warns of wants to be warned of that.
  if (labels[`${labelPrefix}warn`] !== undefined || !isEnforced || compareLevels(enforce.level, warn.level) <= 0) {
    return { policy: { enforce, audit, warn }, errors };
  }
  const minor = labels[`${labelPrefix}warn-version`] === undefined ? enforce.minor : warn.minor;
  return { policy: { enforce, audit, warn: { level: enforce.level, minor } }, errors };
}

/** Which of two levels is stricter: negative, zero or positive. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

/** Whether a level is the same in the same version. */
export function isSameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor;
}

/** `restricted:latest`, `baseline:v1.30`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === latest ? 'latest' : `v1.${minor}`}`;
}

function readLevel(labels: Readonly<Record<string, string>>, mode: keyof Policy, errors: FieldError[]): Level {
  const label = labelPrefix + mode;
  const text = labels[label];
  if (text === undefined) return 'privileged';
  const level = levels.find((known) => known === text);
  if (level) return level;
  errors.push(invalid(key('metadata.labels', label), text, `must be one of ${levels.join(', ')}`));
  // What enforces errs on the safe side, what only informs stays silent.
  return mode === 'enforce' ? 'restricted' : 'privileged';
}

function readVersion(labels: Readonly<Record<string, string>>, mode: keyof Policy, errors: FieldError[]): number {
  const label = `${labelPrefix}${mode}-version`;
  const text = labels[label];
  if (text === undefined || text === 'latest') return latest;
  const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1];
  if (minor !== undefined) return Number(minor);
  errors.push(invalid(key('metadata.labels', label), text, 'must be "latest" or "v1.x"'));
  return latest;
}
