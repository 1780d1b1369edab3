/**
 * The body of a patch: JSON or, for server-side apply, YAML. Which types a resource takes, and what each refuses before
 * it looks at any object. Models the first half of endpoints/handlers patch.go.
 */
import { deepFreeze } from '../../base/freeze';
import { isJsonMistake, parseJson } from '../../base/json';
import { quote } from '../../api/go-text';
import { maxPatchOperations } from '../../api/patch/json-patch';
import type { PatchType, RequestOptions } from '../../api/request';
import { badRequest, failure, type FailureStatus, tooLarge, unsupportedMediaType } from '../../api/status';
import { contentProblem, goKind, type ReadBody, readYaml } from './body';
import { mediaTypeOf } from './negotiation';

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** What a custom resource takes: it has no Go struct whose tags could direct a strategic merge. */
const customPatchTypes = [
  'application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml',
];

/** The type of a patch by its Content-Type. */
export function patchTypeOf(contentType: string, custom: boolean): PatchType | FailureStatus {
  const media = mediaTypeOf(contentType) ?? '';
  const type = Object.hasOwn(patchTypes, media) ? patchTypes[media] : undefined;
  if (custom) return type === undefined || type === 'strategic' ? unsupportedMediaType(customPatchTypes) : type;
  return type ?? failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** Reads a patch. */
export function readPatch(body: Uint8Array, type: PatchType, options: RequestOptions): ReadBody | FailureStatus {
  return type === 'apply' ? readApply(body, options) : readJsonPatch(body, type, options);
}

function readApply(body: Uint8Array, { fieldValidation }: RequestOptions): ReadBody | FailureStatus {
  const read = readYaml(body);
  if ('error' in read) return badRequest(`error decoding YAML: error converting YAML to JSON: ${read.error}`);
  const { value, strictProblems } = read;
  const problem = contentProblem(value);
  if (problem) return problem;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (value === null || value === undefined) return badRequest('error decoding YAML: the document is empty');
    const why = `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`;
    return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  if (strictProblems.length > 0 && fieldValidation === 'Strict') {
    const [first = ''] = strictProblems;
    return badRequest(`error strict decoding YAML: error converting YAML to JSON: ${first}`);
  }
  const warnings = strictProblems.map((problem) => `error converting YAML to JSON: ${problem}`);
  return { value: deepFreeze(value), strictProblems: warnings };
}

function readJsonPatch(
  body: Uint8Array, type: Exclude<PatchType, 'apply'>, { fieldValidation }: RequestOptions,
): ReadBody | FailureStatus {
  const strict = fieldValidation !== 'Ignore';
  const prefix = type === 'strategic' || !strict ? '' : 'error decoding patch: ';
  const read = parseJson(body);
  if (isJsonMistake(read)) {
    return badRequest(type === 'merge' && !strict ? 'Invalid JSON Patch' : prefix + read.error);
  }
  const { value } = read;
  const problem = contentProblem(value);
  if (problem) return problem;
  const mistyped = type === 'json' ? operationsMistake(value, strict)
    : typeof value !== 'object' || Array.isArray(value)
      ? `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}` : undefined;
  if (mistyped !== undefined) return badRequest(prefix + mistyped);
  if (type === 'json' && (value as readonly unknown[]).length > maxPatchOperations) {
    const count = (value as readonly unknown[]).length;
    return tooLarge(`The allowed maximum operations in a JSON patch is ${maxPatchOperations}, got ${count}`);
  }
  const duplicates = read.duplicates.map((path) => `duplicate field ${quote(path)}`);
  const problems = type === 'json' ? [...unknownInOperations(value as readonly unknown[]), ...duplicates]
    .map((problem) => `json patch ${problem}`) : duplicates;
  return { value: deepFreeze(value), strictProblems: problems };
}

/** Go's complaint about something that is no list of operations. */
function operationsMistake(value: unknown, strict: boolean): string | undefined {
  const list = strict ? '[]handlers.jsonPatchOp' : 'jsonpatch.Patch';
  if (!Array.isArray(value)) return `json: cannot unmarshal ${goKind(value)} into Go value of type ${list}`;
  for (const operation of value as readonly unknown[]) {
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
      const item = strict ? 'handlers.jsonPatchOp' : 'jsonpatch.Operation';
      return `json: cannot unmarshal ${goKind(operation)} into Go value of type ${item}`;
    }
    if (!strict) continue;
    for (const name of ['op', 'path', 'from']) {
      const field = (operation as Readonly<Record<string, unknown>>)[name];
      if (field === undefined || field === null || typeof field === 'string') continue;
      return `json: cannot unmarshal ${goKind(field)} into Go struct field jsonPatchOp.${name} of type string`;
    }
  }
  return undefined;
}

function unknownInOperations(operations: readonly unknown[]): readonly string[] {
  const known = ['op', 'path', 'from', 'value'];
  return operations.flatMap((operation, i) => Object.keys(operation as object)
    .filter((name) => !known.includes(name)).map((name) => `unknown field ${quote(`[${i}].${name}`)}`));
}
