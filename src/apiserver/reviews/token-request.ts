/**
 * POST serviceaccounts/NAME/token: a token for an account, for some audiences and some time, bound to a pod, secret or
 * node if so wished. Models pkg/registry/core/serviceaccount/storage/token.go. The text of the token is signed when it
 * is first read: most tokens that kubelets put into pods nobody ever looks at.
 */
import { decode, decodeFailure, decodeFailureMessage, decodeWarnings } from '../../api/decode/decode';
import { type FieldError, invalid } from '../../api/field-errors';
import { quote } from '../../api/go-text';
import { groupOf, versionOf } from '../../api/object';
import { nodes, pods, secrets, serviceAccounts } from '../../api/resources';
import {
  badRequest, conflict, type FailureStatus, invalidStatus, isFailure, notFoundStatus,
} from '../../api/status';
import { formatTime } from '../../api/time';
import type { BoundObjectReference, KubeObject, ServiceAccount, Status, TokenRequest } from '../../api/types';
import type { Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import { apiAudiences, type ServiceAccountTokens, type TokenSubject } from '../authentication/service-account-tokens';
import { attributesOf, type RequestScope } from '../registry/scope';
import type { VirtualHandler } from '../registry/virtual';

const apiVersion = 'authentication.k8s.io/v1';
const groupKind = { group: 'authentication.k8s.io', kind: 'TokenRequest' } as const;
const defaultSeconds = 3_600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;
/** The lifetime that the ServiceAccount plugin gives to tokens of pods, by which they are known here. */
const warnOnlySeconds = 3_607;
/** How long such a token really lives: clients that read their token only once go on for a year. */
const extendedSeconds = 365 * 24 * 3_600;

type Bound = Pick<TokenSubject, 'pod' | 'secret' | 'node'>;

/** The handler of the subresource. */
export function tokenRequests(tokens: ServiceAccountTokens): VirtualHandler {
  function* answer(scope: RequestScope, sent: KubeObject): Task<KubeObject | Status> {
    const { execution, request } = scope;
    const decoded = requestOf(scope, sent);
    if (isFailure(decoded)) return decoded;
    const mismatch = nameProblem(scope, decoded);
    if (mismatch) return mismatch;
    const { name = '', namespace } = request;
    const account = execution.objects.get(serviceAccounts, namespace, name);
    if (!account) return notFoundStatus({ group: '', resource: 'serviceaccounts' }, name);
    const admitted = yield* admit(scope, completed(scope, decoded, account));
    if (isFailure(admitted)) return admitted;
    const bound = boundObject(scope, account, admitted.spec.boundObjectRef);
    if (isFailure(bound)) return bound;
    return withToken(scope, tokens, admitted, { account, ...bound });
  }
  return { name: 'serviceaccounts/token', raw: true, answer };
}

function requestOf(scope: RequestScope, sent: KubeObject): TokenRequest | FailureStatus {
  const { apiVersion: version = apiVersion, kind = 'TokenRequest' } = sent;
  if (version !== apiVersion || kind !== 'TokenRequest') {
    return badRequest(`no kind "${kind}" is registered for version "${version}"`);
  }
  const { fieldValidation } = scope.request.options;
  if (fieldValidation === undefined) return { ...sent, apiVersion, kind } as TokenRequest;
  const { object, problems } = decode(sent, 'TokenRequest');
  const failure = decodeFailure(problems, fieldValidation);
  if (failure !== undefined) return badRequest(decodeFailureMessage('TokenRequest', 'v1', failure));
  scope.warnings.push(...decodeWarnings(problems, fieldValidation));
  return { ...object, apiVersion, kind } as unknown as TokenRequest;
}

function nameProblem({ request }: RequestScope, { metadata }: TokenRequest): FailureStatus | undefined {
  const { name, namespace } = metadata ?? {};
  const differs = (field: string, value: string): FailureStatus => invalidStatus(groupKind, request.name ?? '', [
    invalid(`metadata.${field}`, value, `must match the service account ${field} if specified`),
  ]);
  if (name && name !== request.name) return differs('name', name);
  return namespace && namespace !== request.namespace ? differs('namespace', namespace) : undefined;
}

/** The request with its defaults and with the metadata that the answer carries. */
function completed({ execution }: RequestScope, sent: TokenRequest, { metadata }: ServiceAccount): TokenRequest {
  const { audiences = [], expirationSeconds = defaultSeconds } = sent.spec ?? {};
  return {
    ...sent,
    metadata: {
      ...sent.metadata, name: metadata.name, namespace: metadata.namespace, creationTimestamp: execution.wallTime,
    } as TokenRequest['metadata'],
    spec: { ...sent.spec, audiences: audiences.length > 0 ? audiences : apiAudiences, expirationSeconds },
    status: {},
  };
}

/** Validation and admission, which sees the request as the object that is created. */
function* admit(scope: RequestScope, request: TokenRequest): Task<TokenRequest | FailureStatus> {
  const { execution, subject, admission } = scope;
  const errors = lifetimeErrors(request.spec.expirationSeconds ?? defaultSeconds);
  if (errors.length > 0) {
    const status = invalidStatus(groupKind, '', errors);
    execution.stage('validation', false, refusedSubject(subject, status));
    return status;
  }
  const attributes = attributesOf(scope, 'CREATE', request.metadata.name, request);
  const admitted = (yield* admission.mutate(attributes, execution, subject)) as TokenRequest | FailureStatus;
  if (isFailure(admitted)) return admitted;
  return (yield* admission.validate({ ...attributes, object: admitted }, execution, subject)) ?? admitted;
}

function lifetimeErrors(seconds: number): readonly FieldError[] {
  const path = 'spec.expirationSeconds';
  if (seconds < minSeconds) return [invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  return seconds > maxSeconds ? [invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
}

function boundObject(
  { execution, request }: RequestScope, account: ServiceAccount, ref: BoundObjectReference | undefined,
): Bound | FailureStatus {
  if (!ref) return {};
  const { objects } = execution;
  const { apiVersion: version = '', kind = '', name = '' } = ref;
  const { namespace } = request;
  let bound: Bound;
  let uid: string;
  switch (groupOf(version) === '' ? kind : '') {
    case 'Pod': {
      const pod = objects.get(pods, namespace, name);
      if (!pod) return notFoundStatus({ group: '', resource: 'pods' }, name);
      if (pod.spec.serviceAccountName !== account.metadata.name) {
        return badRequest(`cannot bind token for serviceaccount ${quote(account.metadata.name)} to pod running with `
          + 'different serviceaccount name.');
      }
      const { nodeName } = pod.spec;
      const node = nodeName
        ? { name: nodeName, uid: objects.get(nodes, undefined, nodeName)?.metadata.uid }
        : undefined;
      uid = pod.metadata.uid;
      bound = node ? { pod, node } : { pod };
      break;
    }
    case 'Secret': {
      const secret = objects.get(secrets, namespace, name);
      if (!secret) return notFoundStatus({ group: '', resource: 'secrets' }, name);
      uid = secret.metadata.uid;
      bound = { secret };
      break;
    }
    case 'Node': {
      const node = objects.get(nodes, undefined, name);
      if (!node) return notFoundStatus({ group: '', resource: 'nodes' }, name);
      uid = node.metadata.uid;
      bound = { node: { name, uid } };
      break;
    }
    default:
      return badRequest(`cannot bind token to object of type ${groupOf(version)}/${versionOf(version)}, Kind=${kind}`);
  }
  if (!ref.uid || ref.uid === uid) return bound;
  return conflict(
    { group: groupOf(version), resource: kind },
    name,
    `the UID in the bound object reference (${ref.uid}) ` +
      'does not match the UID in record. The object might have been deleted and then recreated',
  );
}

function withToken(
  { execution }: RequestScope, tokens: ServiceAccountTokens, request: TokenRequest, subject: TokenSubject,
): TokenRequest {
  const { audiences = apiAudiences, expirationSeconds = defaultSeconds } = request.spec;
  const issuedAt = Math.floor(execution.wallMs / 1000);
  const forServer = audiences.every((audience) => apiAudiences.includes(audience));
  const isExtended = subject.pod !== undefined && expirationSeconds === warnOnlySeconds && forServer;
  const times = isExtended ? { issuedAt, expirationSeconds: extendedSeconds, warnAfterSeconds: expirationSeconds }
    : { issuedAt, expirationSeconds };
  const id = execution.random('token-ids').uuid();
  let text: string | undefined;
  const status = Object.freeze({
    expirationTimestamp: formatTime((issuedAt + expirationSeconds) * 1000),
    get token(): string {
      return text ??= tokens.issue(subject, times, audiences, id);
    },
  });
  return { ...request, status };
}
