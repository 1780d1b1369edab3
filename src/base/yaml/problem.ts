/**
 * What can be wrong with a YAML text, as codes with arguments, and the English sentence for each code. The host
 * translates by code; the sentences here are what an English reader sees and what tests compare.
 */

/** Every kind of problem that reading YAML can report. */
export type YamlProblemCode =
  | 'empty'
  | 'tooLarge'
  | 'tooManyDocuments'
  | 'tooDeep'
  | 'tooManyAliases'
  | 'tab'
  | 'unterminatedQuote'
  | 'unterminatedFlow'
  | 'indentation'
  | 'colonInValue'
  | 'missingColon'
  | 'missingComma'
  | 'reservedCharacter'
  | 'unexpectedContent'
  | 'badEscape'
  | 'nonPrintable'
  | 'duplicateKey'
  | 'unsupportedKey'
  | 'unknownAlias'
  | 'recursiveAlias'
  | 'badMerge'
  | 'badTag'
  | 'unsupportedTag'
  | 'notANumber'
  | 'syntax';

/** Values that fill the placeholders of a sentence. */
export type YamlProblemArgs = Readonly<Record<string, string | number>>;

/** One problem; start and end are UTF-16 offsets into the whole text, `args.line` is its line counted from 1. */
export interface YamlProblem {
  readonly code: YamlProblemCode;
  readonly message: string;
  readonly args: YamlProblemArgs;
  readonly start: number;
  readonly end: number;
}

const sentences: Readonly<Record<YamlProblemCode, string>> = {
  empty: 'the file is empty or holds only comments',
  tooLarge: 'the text has {size} MiB; at most {limit} MiB of YAML can be read at once',
  tooManyDocuments: 'the text holds {count} documents; at most {limit} can be read at once',
  tooDeep: 'mappings and lists are nested more than {limit} levels deep',
  tooManyAliases: 'aliases in this document stand for more than {limit} values; write the values out instead',
  tab: 'tabs cannot be used for indentation; use spaces',
  unterminatedQuote: 'the quote {quote} opened here is never closed',
  unterminatedFlow: 'the bracket {bracket} opened here is never closed',
  indentation: 'wrong indentation: this line does not line up with the lines above it',
  colonInValue: 'a value that contains ": " must be quoted',
  missingColon: 'expected "key: value"; a colon followed by a space is missing',
  missingComma: 'expected a comma or a closing bracket between the entries of {bracket}',
  reservedCharacter: 'a value cannot start with {character}; quote it',
  unexpectedContent: 'this line does not belong to the block above it; check the indentation and the dashes',
  badEscape: 'unknown escape sequence in a double-quoted text; write \\\\ for a backslash',
  nonPrintable: 'the text contains a control character that YAML does not allow',
  duplicateKey: 'key "{key}" already set in map (first set in line {first})',
  unsupportedKey: 'a key must be a text, a number or a boolean',
  unknownAlias: 'unknown anchor \'{name}\' referenced',
  recursiveAlias: 'anchor \'{name}\' value contains itself',
  badMerge: 'map merge requires map or sequence of maps as the value',
  badTag: 'cannot decode {found} `{text}` as a {tag}',
  unsupportedTag: 'the tag {tag} is not supported; write the value as base64 text',
  notANumber: '{text} cannot be stored as JSON; use a finite number or quote it',
  syntax: 'not valid YAML: {reason}',
};

/** The English sentence for a code, without the line; placeholders are filled from the arguments. */
export function yamlProblemText(code: YamlProblemCode, args: YamlProblemArgs): string {
  return sentences[code].replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/** Builds a problem; the sentence starts with "line N: " whenever the arguments name a line. */
export function yamlProblem(code: YamlProblemCode, args: YamlProblemArgs, start: number, end: number): YamlProblem {
  const text = yamlProblemText(code, args);
  const message = args['line'] === undefined ? text : `line ${args['line']}: ${text}`;
  return Object.freeze({ code, message, args: Object.freeze({ ...args }), start, end: Math.max(start, end) });
}
