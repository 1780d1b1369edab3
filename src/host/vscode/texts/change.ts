/** What applying an edited kind.yaml would change, line by line. */
import { l10n } from 'vscode';
import type { FieldChange, KindChange } from '../../../kind/change';

/** What changes while the cluster runs. */
export function changeLines({ addWorkers, removeWorkers, inPlace }: KindChange): readonly string[] {
  return [
    ...addWorkers.map(({ name }) => l10n.t('add worker {0}', name)),
    ...removeWorkers.map((name) => l10n.t('remove worker {0}', name)),
    ...inPlace.map(fieldText),
  ];
}

/** `nodes[1].labels.tier: "a" → "b"`, with the node that it belongs to. */
export function fieldText({ path, oldValue, newValue, node }: FieldChange): string {
  const field = path.reduce<string>((text, step) =>
    typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`, '');
  const place = node === undefined ? field : `${field} (${node})`;
  const shown = (value: string): string => (value === '' ? l10n.t('nothing') : value);
  return `${place}: ${shown(oldValue)} → ${shown(newValue)}`;
}
