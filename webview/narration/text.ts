/** Looks up the panel's words in the user's language and fills in what they are about. */
import type { Language } from '../../src/protocol/messages';
import { english } from './english';
import type { TextKey } from './english';
import { german } from './german';

export type { TextKey } from './english';

export type Arguments = Readonly<Record<string, string | number | undefined>>;

const tables: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en: english, de: german };

/** The text of that key. A placeholder without an argument becomes empty. */
export function text(language: Language, key: TextKey, values: Arguments = {}): string {
  return tables[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** Whether there is a text of that key, for keys that are made of what the trace says. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(english, key);
}

/** The text for one or for several. */
export function countText(language: Language, key: 'box.pods' | 'box.restarts', count: number): string {
  return text(language, count === 1 ? `${key}.one` : key, { count });
}

/** Virtual time as a clock: `0:07.250`, `12:03.000`, `1:02:03.500`. */
export function clockText(ms: number): string {
  const whole = Math.max(0, Math.floor(ms));
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const tail = `${part(Math.floor(whole / 1000) % 60, 2)}.${part(whole % 1000, 3)}`;
  return hours > 0 ? `${hours}:${part(minutes, 2)}:${tail}` : `${minutes}:${tail}`;
}
