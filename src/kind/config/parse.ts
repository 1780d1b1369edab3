/**
 * Reads a kind config file: what it is, its fields, defaults, rules, and notes on what a simulation cannot do. Like
 * kind it reads only the first document. Models Parse in pkg/internal/apis/config/encoding/load.go and the order of
 * checks in pkg/cluster/internal/create/create.go of kind v0.32.0; nothing is thrown for bad input.
 */
import { yamlLimits } from '../../base/limits';
import { lineFinder } from '../../base/yaml/line';
import { nodeAt } from '../../base/yaml/node';
import type { YamlNode, YamlPath } from '../../base/yaml/node';
import { parseYaml } from '../../base/yaml/parse';
import type { YamlDocument } from '../../base/yaml/parse';
import type { YamlProblem } from '../../base/yaml/problem';
import { decodeRoot } from './decode';
import type { Decoded, DecodeError } from './decode';
import { applyDefaults, completeConfig } from './defaults';
import { findNotes } from './notes';
import { kindProblem } from './problem';
import type { KindProblem, KindStage } from './problem';
import { clusterType, typeMetaType } from './schema';
import { kindNoteText } from './texts';
import type { KindHintCode, KindNoteCode } from './texts';
import type { KindConfig, UncheckedConfig } from './types';
import { validateConfig } from './validate';

const API_VERSION = 'kind.x-k8s.io/v1alpha4';

/** Something that the file says and the simulation cannot do, or that a real machine would stumble over. */
export interface KindNote {
  readonly code: KindNoteCode;
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly path: YamlPath;
  readonly start: number;
  readonly end: number;
}

/** Either a config without problems, or problems and no config: all or nothing. */
export interface KindConfigResult {
  readonly config?: KindConfig;
  readonly problems: readonly KindProblem[];
  readonly notes: readonly KindNote[];
  /** A code for `kindHintText` where kind's own text says little. */
  readonly hint?: KindHintCode;
}

/** Whether a duplicate key stands in the outermost mapping, which kind decodes first. */
function isOutermost({ root }: YamlDocument, problem: YamlProblem): boolean {
  if (root?.kind !== 'mapping') return false;
  return !root.entries.some(({ value }) => value.start <= problem.start && problem.end <= value.end);
}

/** A YAML problem in go-yaml's words where go-yaml has them, otherwise in ours; undefined if go-yaml v3 sees none. */
function yamlProblemFor(document: YamlDocument, problem: YamlProblem): KindProblem | undefined {
  const { code, args, start, end } = problem;
  const place = { args, start, end, path: document.pathAt(start) };
  if (code === 'duplicateKey') {
    const stage: KindStage = isOutermost(document, problem) ? 'read' : 'decode';
    const key = JSON.stringify(String(args['key']));
    const detail = `line ${args['line']}: mapping key ${key} already defined at line ${args['first']}`;
    return kindProblem({ ...place, code: 'duplicateKey', stage, detail, collected: true });
  }
  // Those two come from the rules of kubectl's YAML; kind's decoder judges them by the type of the field.
  if (code === 'notANumber' || code === 'unsupportedKey') return undefined;
  const detail = `yaml: ${problem.message}`;
  return kindProblem({ ...place, code: `yaml.${code}`, stage: 'read', detail, collected: false });
}

function decodeProblem(error: DecodeError, stage: KindStage): KindProblem {
  const { text, fatal, ...rest } = error;
  return kindProblem({ ...rest, stage, detail: text, collected: !fatal });
}

/** Finds out what the file is, as kind does before it decodes; a problem ends reading. */
function readTypeMeta(document: YamlDocument, root: YamlNode, lineOf: (offset: number) => number): KindProblem[] {
  const decoded = decodeRoot(root, typeMetaType, false, lineOf);
  if (decoded.errors.length > 0) return decoded.errors.map((error) => decodeProblem(error, 'read'));
  const { kind, apiVersion } = decoded.value as { kind: string; apiVersion: string };
  const isOtherVersion = apiVersion !== API_VERSION;
  if (!isOtherVersion && kind === 'Cluster') return [];
  const [code, field, value, detail] = isOtherVersion
    ? (['unknownApiVersion', 'apiVersion', apiVersion, `unknown apiVersion: ${apiVersion}`] as const)
    : (['unknownKind', 'kind', kind, `unknown kind ${kind} for apiVersion: ${apiVersion}`] as const);
  const { start, end } = firstLineOf(document, field);
  return [kindProblem({ code, stage: 'read', detail, args: { value }, path: [field], start, end, collected: false })];
}

/** The range of a top-level field, or of the first key if the field is not there. */
function firstLineOf(document: YamlDocument, field: string): { start: number; end: number } {
  const root = document.root;
  const first = root?.kind === 'mapping' ? root.entries[0]?.key : undefined;
  const missing = !root || !nodeAt(root, [field]);
  return missing && first ? first : document.positionOf([field]);
}

/** A path in the config as a path in the file: lists in the file may hold null items that the config does not. */
function filePath(path: YamlPath, value: unknown, positions: Decoded['positions']): YamlPath {
  let current = value;
  return path.map((step) => {
    const position = typeof step === 'number' ? (positions.get(current)?.[step] ?? step) : step;
    current = (current as Record<string | number, unknown> | undefined)?.[step];
    return position;
  });
}

function validationProblems(config: UncheckedConfig, document: YamlDocument, decoded: Decoded): KindProblem[] {
  return validateConfig(config).map(({ text, ...error }) => {
    const path = filePath(error.path, decoded.value, decoded.positions);
    const what = error.code === 'noControlPlane' ? 'key' : 'value';
    const { start, end } = document.positionOf(path, what);
    return kindProblem({ ...error, path, start, end, stage: 'validate', detail: text, collected: true });
  });
}

function notesOf(config: KindConfig, documents: readonly YamlDocument[], decoded: Decoded): readonly KindNote[] {
  const [document, ...more] = documents;
  if (!document) return [];
  const root = document.root;
  const isSet = (path: YamlPath): boolean => root !== undefined && nodeAt(root, path) !== undefined;
  const notes: KindNote[] = findNotes(config, isSet).map(({ code, path, args }) => {
    const at = filePath(path, decoded.value, decoded.positions);
    const message = kindNoteText(code, args);
    return Object.freeze({ code, message, args: Object.freeze(args), path: at, ...document.positionOf(at) });
  });
  const next = more.find((each) => !each.empty);
  if (!next) return Object.freeze(notes);
  const start = next.root?.start ?? next.range.start;
  const place = { start, end: next.root ? next.positionOf([], 'key').end : next.range.end };
  const code = 'moreDocuments';
  notes.push(Object.freeze({ code, message: kindNoteText(code, {}), args: {}, path: [], ...place }));
  return Object.freeze(notes);
}

function failed(problems: readonly KindProblem[], hint?: KindHintCode): KindConfigResult {
  return Object.freeze({ problems: Object.freeze([...problems]), notes: [], ...(hint && { hint }) });
}

/** An empty first document: kind decodes nothing and then misses the apiVersion. */
function emptyConfig(document: YamlDocument): KindConfigResult {
  const { start, end } = document.positionOf([]);
  const place = { args: {}, path: [], start, end };
  const empty = { code: 'yaml.empty', stage: 'read', detail: 'unknown apiVersion: ', collected: false } as const;
  return failed([kindProblem({ ...place, ...empty })], 'emptyConfig');
}

/** Reads a kind config. Offsets of problems and notes are UTF-16 units of the whole text. */
export function parseKindConfig(text: string): KindConfigResult {
  const documents = parseYaml(text);
  const [document] = documents;
  if (!document || document.empty) return document ? emptyConfig(document) : failed([]);
  const find = lineFinder(text);
  const lineOf = (offset: number): number => find(offset).line;
  const yaml = document.problems.flatMap((problem) => yamlProblemFor(document, problem) ?? []);
  const reading = yaml.filter((problem) => problem.stage === 'read');
  const root = document.root;
  if (reading.length > 0 || !root) return failed(reading);
  const meta = readTypeMeta(document, root, lineOf);
  if (meta.length > 0) {
    const isMissing = meta.some((problem) => problem.args['value'] === '');
    return failed(meta, isMissing ? 'missingTypeMeta' : undefined);
  }
  const decoded = decodeRoot(root, clusterType, true, lineOf);
  const decoding = [...yaml, ...decoded.errors.map((error) => decodeProblem(error, 'decode'))];
  if (decoding.length > 0) {
    return failed(decoding.sort((a, b) => a.start - b.start).slice(0, yamlLimits.problems));
  }
  const { kind: _kind, apiVersion: _version, ...fields } = decoded.value as UncheckedConfig & Record<string, unknown>;
  const config = applyDefaults(fields);
  const problems = validationProblems(config, document, decoded);
  if (problems.length > 0) return failed(problems);
  const complete = completeConfig(config);
  return Object.freeze({ config: complete, problems: [], notes: notesOf(complete, documents, decoded) });
}
