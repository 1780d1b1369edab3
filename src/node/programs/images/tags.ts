/**
 * Which tags exist, as patterns: what a version looks like in a repository, and the variants that official images come
 * in. They are meant to let through every real tag and to stop a mistyped one; they do not know each patch release.
 */

const variants = `(?:${[
  'alpine', 'slim', 'bookworm', 'bullseye', 'buster', 'stretch', 'trixie', 'noble', 'jammy', 'focal', 'perl', 'otel',
  'management', 'apache', 'cli', 'fpm', 'zts', 'glibc', 'musl', 'uclibc', 'unprivileged', 'windowsservercore',
  'nanoserver', 'jdk\\d*', 'jre\\d*', 'lts', 'debian', 'ubuntu', 'ubi\\d*', 'temurin', 'eclipse', 'noninteractive',
  'backports', 'browsers', 'distroless', 'busybox', 'openjdk', 'fat', 'onbuild', 'curl', 'full', 'rc\\d*', 'oss',
].join('|')})`;

/** Tags that are one of the words or match the version pattern; both may be followed by variants (`-alpine3.20`). */
export function tagPattern(versions: string, words: readonly string[] = []): RegExp {
  const heads = [...words, `v?(?:${versions})`].join('|');
  return new RegExp(`^(?:(?:${heads})(?:-${variants}[\\d.]*)*|${variants}[\\d.]*(?:-${variants}[\\d.]*)*)$`);
}

/** Versions of up to three numbers whose first is one of these. */
export function majors(...from: readonly (number | string)[]): string {
  return `(?:${from.join('|')})(?:\\.\\d{1,2}){0,2}`;
}
