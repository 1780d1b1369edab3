/** What can be wrong with a YAML text, in the user's language: one sentence per code of src/base/yaml/problem. */
import { l10n } from 'vscode';
import type { YamlProblemCode } from '../../../base/yaml/problem';

type Args = Readonly<Record<string, string | number>>;

const sentences: Readonly<Record<YamlProblemCode, (args: Args) => string>> = {
  empty: () => l10n.t('The file is empty or holds only comments.'),
  tooLarge: (a) => l10n.t('The text has {size} MiB; at most {limit} MiB of YAML can be read at once.', a),
  tooManyDocuments: (a) => l10n.t('The text holds {count} documents; at most {limit} can be read at once.', a),
  tooDeep: (a) => l10n.t('Mappings and lists are nested more than {limit} levels deep.', a),
  tooManyAliases: (a) =>
    l10n.t('Aliases in this document stand for more than {limit} values; write the values out instead.', a),
  tab: () => l10n.t('Tabs cannot be used for indentation; use spaces.'),
  unterminatedQuote: (a) => l10n.t('The quote {quote} opened here is never closed.', a),
  unterminatedFlow: (a) => l10n.t('The bracket {bracket} opened here is never closed.', a),
  indentation: () => l10n.t('Wrong indentation: this line does not line up with the lines above it.'),
  colonInValue: () => l10n.t('A value that contains ": " must be quoted.'),
  missingColon: () => l10n.t('Expected "key: value"; a colon followed by a space is missing.'),
  missingComma: (a) => l10n.t('Expected a comma or a closing bracket between the entries of {bracket}.', a),
  reservedCharacter: (a) => l10n.t('A value cannot start with {character}; quote it.', a),
  unexpectedContent: () =>
    l10n.t('This line does not belong to the block above it; check the indentation and the dashes.'),
  badEscape: () => l10n.t('Unknown escape sequence in a double-quoted text; write \\\\ for a backslash.'),
  nonPrintable: () => l10n.t('The text contains a control character that YAML does not allow.'),
  duplicateKey: (a) => l10n.t('The key "{key}" stands here twice; it was first set in line {first}.', a),
  unsupportedKey: () => l10n.t('A key must be a text, a number or a boolean.'),
  unknownAlias: (a) => l10n.t('No anchor is named {name}.', a),
  recursiveAlias: (a) => l10n.t('The anchor {name} contains itself.', a),
  badMerge: () => l10n.t('What << merges must be a mapping or a list of mappings.'),
  badTag: (a) => l10n.t('{found} "{text}" cannot be read as {tag}.', a),
  unsupportedTag: (a) => l10n.t('The tag {tag} is not supported; write the value as base64 text.', a),
  notANumber: (a) => l10n.t('{text} cannot be stored as JSON; use a finite number or quote it.', a),
  syntax: (a) => l10n.t('Not valid YAML: {reason}.', a),
};

/** The sentence for a code `yaml.tab`, or undefined for a code that is not YAML's. */
export function yamlText(code: string, args: Args): string | undefined {
  if (!code.startsWith('yaml.')) return undefined;
  const name = code.slice('yaml.'.length);
  return Object.hasOwn(sentences, name) ? sentences[name as YamlProblemCode](args) : undefined;
}
