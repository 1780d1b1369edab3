/**
 * Impersonation: a request asks to be carried out as somebody else. The requestor must be allowed to impersonate every
 * part of that user; first by one of the constrained modes, which also demand a right for what the request does
 * (`impersonate-on:user-info:list`), then by the old verb `impersonate`. When none allows it, the refusal of the first
 * mode that applies is answered. Models apiserver's pkg/endpoints/filters/impersonation, on by default in v1.36, without
 * its caches.
 */
import { quote } from '../../api/go-text';
import { badRequest, type FailureStatus, isFailure } from '../../api/status';
import { sortedKeys } from '../../base/freeze';
import type { HttpRequest } from '../../protocol/http';
import { type AuthorizationAttributes, forbiddenRequest } from '../authorization/attributes';
import type { Authorizer } from '../authorization/authorizer';
import {
  anonymousName, authenticatedGroup, serviceAccountGroups, splitNodeName, splitServiceAccountName,
  unauthenticatedGroup, type UserInfo, userInfo,
} from './user';

/** The user that the headers ask for, nothing filled in. */
export interface WantedUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const extraHeader = 'impersonate-extra-';
const authentication = 'authentication.k8s.io';
/** From so many checks of one kind a constrained mode first asks for all at once. */
const manyChecks = 4;

/** Reads the Impersonate headers; undefined without any. Repeated headers arrive joined by `, `. */
export function wantedUser(headers: HttpRequest['headers']): WantedUser | FailureStatus | undefined {
  const name = headers['impersonate-user'] ?? '';
  const uid = headers['impersonate-uid'] ?? '';
  const groupHeader = headers['impersonate-group'];
  const groups = groupHeader === undefined ? [] : groupHeader.split(', ');
  const extra: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  for (const header of sortedKeys(headers)) {
    if (!header.startsWith(extraHeader)) continue;
    const key = unescapeKey(header.slice(extraHeader.length));
    extra[key] = [...extra[key] ?? [], ...(headers[header] ?? '').split(', ')];
  }
  const keys = Object.keys(extra);
  if (name !== '') return { name, uid, groups, extra };
  if (uid === '' && groupHeader === undefined && keys.length === 0) return undefined;
  return badRequest(`requested ${goStruct({ name, uid, groups, extra })} without impersonating a user name`);
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** The wanted user as Go's %#v prints it. */
function goStruct({ name, uid, groups, extra }: WantedUser): string {
  const list = (items: readonly string[]): string => `[]string{${items.map(quote).join(', ')}}`;
  const groupsText = groups.length === 0 ? '[]string(nil)' : list(groups);
  const entries = sortedKeys(extra).map((key) => `${quote(key)}:${list(extra[key] ?? [])}`);
  const extraText = entries.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${entries.join(', ')}}`;
  return `&user.DefaultInfo{Name:${quote(name)}, UID:${quote(uid)}, Groups:${groupsText}, Extra:${extraText}}`;
}

type ModeName = 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info' | 'legacy';

/** The user to act as, or 403. `attributes` are those of the request, with the requestor as its user. */
export function impersonate(
  authorizer: Authorizer, wanted: WantedUser, attributes: AuthorizationAttributes,
): UserInfo | FailureStatus {
  let first: FailureStatus | undefined;
  for (const mode of modesFor(wanted, attributes.user)) {
    const outcome = new ImpersonationMode(authorizer, mode, attributes).check(wanted);
    if (!isFailure(outcome)) return outcome;
    first ??= outcome;
  }
  return first ?? forbiddenRequest(attributes, 'all impersonation modes failed');
}

/** The modes that apply, most constrained first. */
function modesFor(wanted: WantedUser, requestor: UserInfo): readonly ModeName[] {
  const node = splitNodeName(wanted.name);
  const account = splitServiceAccountName(wanted.name);
  if (!node && !account) return ['user-info', 'legacy'];
  const onlyName = wanted.uid === '' && wanted.groups.length === 0 && Object.keys(wanted.extra).length === 0;
  if (!onlyName) return ['legacy'];
  if (account) return ['serviceaccount', 'legacy'];
  const ownNodes = requestor.extra?.['authentication.kubernetes.io/node-name'] ?? [];
  const onOwnNode =
    splitServiceAccountName(requestor.name) !== undefined && ownNodes.length === 1 && ownNodes[0] === node;
  return onOwnNode ? ['associated-node', 'arbitrary-node', 'legacy'] : ['arbitrary-node', 'legacy'];
}

class ImpersonationMode {
  private readonly constrained: boolean;
  private readonly verb: string;
  private readonly requestor: UserInfo;

  constructor(
    private readonly authorizer: Authorizer, private readonly mode: ModeName,
    private readonly attributes: AuthorizationAttributes,
  ) {
    this.constrained = mode !== 'legacy';
    this.verb = this.constrained ? `impersonate:${mode}` : 'impersonate';
    this.requestor = attributes.user;
  }

  check(wanted: WantedUser): UserInfo | FailureStatus {
    const { attributes, mode } = this;
    const refusal = (this.constrained
      ? this.ask({ ...attributes, verb: `impersonate-on:${mode}:${attributes.verb}` }) : undefined)
      ?? this.checkName(wanted)
      ?? (wanted.uid === '' ? undefined : this.ask(this.about(authentication, 'uids', wanted.uid)))
      ?? this.checkGroups(wanted.groups)
      ?? this.checkExtra(wanted.extra);
    return refusal ?? this.actual(wanted);
  }

  private checkName({ name }: WantedUser): FailureStatus | undefined {
    const group = this.constrained ? authentication : '';
    const node = this.constrained ? splitNodeName(name) : undefined;
    if (node !== undefined) return this.ask(this.about(group, 'nodes', this.mode === 'associated-node' ? '*' : node));
    const account = splitServiceAccountName(name);
    if (!account) return this.ask(this.about(group, 'users', name));
    return this.ask({ ...this.about(group, 'serviceaccounts', account.name), namespace: account.namespace });
  }

  private checkGroups(groups: readonly string[]): FailureStatus | undefined {
    const about = (name: string): AuthorizationAttributes =>
      this.about(this.constrained ? authentication : '', 'groups', name);
    if (this.constrained) {
      if (groups.includes(''))
        return forbiddenRequest(about(''), 'impersonating the empty string group is not allowed');
      if (groups.includes('system:masters')) {
        return forbiddenRequest(about('system:masters'), 'impersonating the system:masters group is not allowed');
      }
      if (groups.length >= manyChecks && !this.ask(about('*'))) return undefined;
    }
    return this.askAll(groups.map(about));
  }

  private checkExtra(extra: WantedUser['extra']): FailureStatus | undefined {
    const about = (subresource: string, name: string): AuthorizationAttributes =>
      ({ ...this.about(authentication, 'userextras', name), subresource });
    const checks = sortedKeys(extra).flatMap((key) => (extra[key] ?? []).map((value) => about(key, value)));
    if (this.constrained) {
      const problem = extraProblem(extra);
      if (problem !== undefined) return forbiddenRequest(about('', ''), problem);
      if (checks.length >= manyChecks && !this.ask(about('*', '*'))) return undefined;
    }
    return this.askAll(checks);
  }

  private about(group: string, resource: string, name: string): AuthorizationAttributes {
    return { user: this.requestor, verb: this.verb, group, resource, subresource: '', namespace: '', name };
  }

  private askAll(checks: readonly AuthorizationAttributes[]): FailureStatus | undefined {
    for (const check of checks) {
      const refusal = this.ask(check);
      if (refusal) return refusal;
    }
    return undefined;
  }

  private ask(attributes: AuthorizationAttributes): FailureStatus | undefined {
    const decision = this.authorizer.authorize(attributes);
    return decision.allowed ? undefined : forbiddenRequest(attributes, decision.reason);
  }

  /** The wanted user with the groups that it has anyway. */
  private actual({ name, uid, groups: wantedGroups, extra }: WantedUser): UserInfo {
    const account = splitServiceAccountName(name);
    const groups = this.constrained && splitNodeName(name) !== undefined ? ['system:nodes']
      : account && wantedGroups.length === 0 ? [...serviceAccountGroups(account.namespace)] : [...wantedGroups];
    if (name === anonymousName) {
      if (!groups.includes(unauthenticatedGroup)) groups.push(unauthenticatedGroup);
    } else if (!groups.includes(unauthenticatedGroup) && !groups.includes(authenticatedGroup)) {
      groups.push(authenticatedGroup);
    }
    return userInfo(name, groups, {
      ...(uid === '' ? {} : { uid }), ...(Object.keys(extra).length === 0 ? {} : { extra }),
    });
  }
}

function extraProblem(extra: WantedUser['extra']): string | undefined {
  for (const key of sortedKeys(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    if (!/^[^/]+\.[^/]+\/.+$/.test(key)) {
      return `impersonating an invalid key in extra is not allowed: extra.key: Invalid value: ${quote(key)}: `
        + 'must be a domain-prefixed path (such as "acme.io/foo")';
    }
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${quote(key)}`;
    if ((extra[key] ?? []).includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}
