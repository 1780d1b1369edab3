/**
 * Durations as kubectl and the server's tables print them (`78s`, `2m3s`, `5d`), and as Go writes and reads them
 * (`1m30s`, `500ms`). Models apimachinery's pkg/util/duration and time.Duration, all in virtual milliseconds.
 */

/** An age in few characters: duration.HumanDuration. Up to two seconds of clock skew count as zero. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.floor(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return withRest(years, 'y', days % 365, 'd');
  return `${years}y`;
}

function withRest(major: number, unit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${unit}` : `${major}${unit}${minor}${minorUnit}`;
}

/** A duration as Go's time.Duration prints it: `1h0m0s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0) return `-${goDuration(-ms)}`;
  if (ms < 1) return ms < 0.001 ? `${trim(ms * 1_000_000)}ns` : `${trim(ms * 1000)}µs`;
  if (ms < 1000) return `${trim(ms)}ms`;
  const totalMinutes = Math.floor(ms / 60_000);
  const seconds = `${trim((ms - totalMinutes * 60_000) / 1000)}s`;
  if (totalMinutes === 0) return seconds;
  const hours = Math.floor(totalMinutes / 60);
  return hours === 0 ? `${totalMinutes}m${seconds}` : `${hours}h${totalMinutes % 60}m${seconds}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000,
};

/** Reads a Go duration (`1h15m30.5s`) into milliseconds; undefined when the text is none: time.ParseDuration. */
export function parseGoDuration(text: string): number | undefined {
  const sign = /^[-+]?/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return 0;
  let total = 0;
  let at = 0;
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  while (at < body.length) {
    part.lastIndex = at;
    const match = part.exec(body);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0);
    at = part.lastIndex;
  }
  if (at === 0) return undefined;
  return sign === '-' ? -total : total;
}
