/**
 * Clusters as they are kept across a reload of the window: not their state, but what was done to them and when, because
 * doing it again gives the same state. Bounded, and read with suspicion: what cannot be understood is not brought back.
 */
import { base64Bytes, base64OfBytes } from '../../base/base64';
import type { LoggedCommand } from '../../protocol/commands';

/** What is kept of one cluster. */
export interface SavedCluster {
  readonly kindYaml: string;
  /** The wall clock inside at its creation. */
  readonly epochMs: number;
  readonly log: readonly LoggedCommand[];
  /** The moment to come back to. */
  readonly atEvents: number;
  readonly atMs: number;
  readonly paused: boolean;
}

export interface SavedClusters {
  readonly active: string | undefined;
  readonly clusters: readonly SavedCluster[];
}

const version = 1;
/** All of it as text. Whoever applies more than this starts anew after a reload. */
export const mostCharacters = 2_000_000;
/** Replaying more than this would take longer than anyone waits. */
export const mostEvents = 5_000_000;

/** As text, or undefined when there is too much of it. Large integers keep their digits. */
export function encodeClusters(saved: SavedClusters): string | undefined {
  const clusters = saved.clusters.filter(({ atEvents }) => atEvents <= mostEvents);
  const text = JSON.stringify({ version, ...saved, clusters }, function (this: unknown, key, value: unknown) {
    if (typeof value === 'bigint') return { $bigint: String(value) };
    // Node's own bytes would have become something else before this function sees them.
    const given = (this as Readonly<Record<string, unknown>>)[key];
    return given instanceof Uint8Array ? { $bytes: base64OfBytes(given) } : value;
  });
  return text.length <= mostCharacters ? text : undefined;
}

/** The reverse; nothing for a text of another version or of somebody else. */
export function decodeClusters(text: unknown): SavedClusters {
  const nothing: SavedClusters = { active: undefined, clusters: [] };
  if (typeof text !== 'string') return nothing;
  try {
    const value = JSON.parse(text, (_, each: unknown) => {
      if (!isRecord(each)) return each;
      const { $bigint: digits, $bytes: bytes } = each;
      if (typeof digits === 'string' && /^-?\d+$/.test(digits)) return BigInt(digits);
      return typeof bytes === 'string' ? base64Bytes(bytes) ?? each : each;
    }) as unknown;
    if (!isRecord(value) || value['version'] !== version || !Array.isArray(value['clusters'])) return nothing;
    const active = typeof value['active'] === 'string' ? value['active'] : undefined;
    return { active, clusters: value['clusters'].filter(isSavedCluster) };
  } catch {
    return nothing;
  }
}

function isSavedCluster(value: unknown): value is SavedCluster {
  if (!isRecord(value)) return false;
  const { kindYaml, epochMs, log, atEvents, atMs, paused } = value;
  return typeof kindYaml === 'string' && [epochMs, atEvents, atMs].every(isCount) && typeof paused === 'boolean'
    && Array.isArray(log) && log.every(isLoggedCommand);
}

function isLoggedCommand(value: unknown): value is LoggedCommand {
  if (!isRecord(value)) return false;
  const { afterEvents, atMs, command } = value;
  return isCount(afterEvents) && isCount(atMs) && isRecord(command) && typeof command['type'] === 'string';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
