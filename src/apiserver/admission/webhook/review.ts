/**
 * What a webhook is asked and what its answer means: admission.k8s.io AdmissionReview. Models
 * pkg/admission/plugin/webhook/request and pkg/admission/plugin/webhook/errors of apiserver.
 */
import { quote } from '../../../api/go-text';
import { type FailureStatus, internalError } from '../../../api/status';
import type { KubeObject, Status } from '../../../api/types';
import { base64Bytes } from '../../../base/base64';
import { isJsonMistake, parseJson } from '../../../base/json';

const group = 'admission.k8s.io';

/** An answer that can be used. */
export interface Verdict {
  readonly allowed: boolean;
  readonly status?: Status;
  readonly warnings: readonly string[];
  /** The operations of a JSON patch. */
  readonly patch?: readonly unknown[];
}

/** The review that is sent. */
export function reviewOf(
  uid: string, version: string, request: object, object: KubeObject | undefined, oldObject: KubeObject | undefined,
): object {
  const { dryRun, options, ...head } = request as { readonly dryRun?: unknown; readonly options?: unknown };
  return {
    kind: 'AdmissionReview', apiVersion: `${group}/${version}`,
    request: { uid, ...head, object: object ?? null, oldObject: oldObject ?? null, dryRun, options },
  };
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads an answer; a text says what is wrong with it. VerifyAdmissionResponse. */
export function verdictOf(body: unknown, uid: string, version: string, isMutating: boolean): Verdict | string {
  if (!isRecord(body)) return "couldn't get version/kind; json parse error: json: cannot unmarshal the answer";
  const { apiVersion, kind, response } = body;
  const expected = `${group}/${version}, Kind=AdmissionReview`;
  const found = `${text(apiVersion)}, Kind=${text(kind)}`;
  if (found !== expected) return `expected webhook response of ${expected}, got ${found}`;
  if (!isRecord(response)) return 'webhook response was absent';
  if (response['uid'] !== uid && version === 'v1') {
    return `expected response.uid=${quote(uid)}, got ${quote(text(response['uid']))}`;
  }
  const encoded = text(response['patch']);
  const { patchType } = response;
  const problem = isMutating ? patchProblem(encoded, patchType, version) : strayPatch(encoded, patchType, version);
  if (problem !== undefined) return problem;
  const warnings = Array.isArray(response['warnings']) ? response['warnings'].map(text) : [];
  const patch = isMutating && encoded !== '' ? operationsOf(encoded) : [];
  if (typeof patch === 'string') return patch;
  return {
    allowed: response['allowed'] === true, warnings,
    ...(isRecord(response['status']) ? { status: response['status'] as Status } : {}),
    ...(patch.length > 0 ? { patch } : {}),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function patchProblem(patch: string, type: unknown, version: string): string | undefined {
  if (version !== 'v1') return undefined;
  if (patch !== '' && type === undefined) return 'webhook returned response.patch but not response.patchType';
  if (patch === '' && type !== undefined) return 'webhook returned response.patchType but not response.patch';
  return type === undefined || type === 'JSONPatch' ? undefined
    : `webhook returned invalid response.patchType of ${quote(text(type))}`;
}

function strayPatch(patch: string, type: unknown, version: string): string | undefined {
  if (version !== 'v1') return undefined;
  if (patch !== '') return 'validating webhook may not return response.patch';
  return type === undefined ? undefined : 'validating webhook may not return response.patchType';
}

function operationsOf(encoded: string): readonly unknown[] | string {
  const bytes = base64Bytes(encoded);
  if (!bytes) return 'illegal base64 data';
  const parsed = parseJson(bytes);
  if (isJsonMistake(parsed)) return parsed.error;
  const { value } = parsed;
  return Array.isArray(value) ? value : `json: cannot unmarshal ${typeof value} into Go value of type jsonpatch.Patch`;
}

/** The refusal that a webhook asks for: ToStatusErr. */
export function rejection(webhook: string, result: Status | undefined): FailureStatus {
  const deniedBy = `admission webhook ${quote(webhook)} denied the request`;
  const { code = 0, message = '', reason = '' } = result ?? {};
  const words = message || reason;
  return {
    ...result, apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure',
    message: words === '' ? `${deniedBy} without explanation` : `${deniedBy}: ${words}`,
    code: code < 400 ? 400 : code,
  } as FailureStatus;
}

/** The refusal when a webhook that must be heard cannot be. */
export function callFailure(webhook: string, why: string): FailureStatus {
  return internalError(`failed calling webhook ${quote(webhook)}: ${why}`);
}
