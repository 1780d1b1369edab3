/**
 * Names that belong to a domain: controllers (`example.com/ingress`), webhooks (`a.example.com`), and references whose
 * parts stand in a URL path. Models IsDomainPrefixedPath and IsFullyQualifiedName of apimachinery's pkg/util/validation
 * and the checks of typed references that several groups share.
 */
import { child, invalid, required } from '../field-errors';
import { dnsSubdomainProblems, pathSegmentProblems } from '../names';
import { checkProblems } from './field-checks';
import type { FieldErrors } from './field-checks';

const httpPathText = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const httpPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** A domain, a slash and a path: IsDomainPrefixedPath. */
export function checkDomainPrefixedPath(text: string, path: string, errors: FieldErrors): void {
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(slash, 0));
  const rest = text.slice(slash + 1);
  if (slash < 0 || host === '' || rest === '') {
    errors.push(invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  checkProblems(dnsSubdomainProblems(host), host, path, errors);
  if (httpPath.test(rest)) return;
  errors.push(invalid(path, rest, `Invalid path (regex used for validation is '${httpPathText}')`));
}

/** A domain of at least three segments: IsFullyQualifiedName. */
export function checkFullyQualifiedName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  const problems = dnsSubdomainProblems(name);
  if (problems.length > 0) errors.push(invalid(path, name, problems.join(',')));
  else if (name.split('.').length < 3) {
    errors.push(invalid(path, name, 'should be a domain with at least three segments separated by dots'));
  }
}

/** A text that must be there and can stand in a URL path. */
export function checkRequiredSegment(text: string | undefined, path: string, errors: FieldErrors): void {
  if (!text) errors.push(required(path));
  else checkProblems(pathSegmentProblems(text), text, path, errors);
}

/** A reference to an object by group, kind and name: validateIngressTypedLocalObjectReference. */
export function checkTypedReference(
  reference: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string }, path: string,
  errors: FieldErrors,
): void {
  const { apiGroup, kind, name } = reference;
  if (apiGroup !== undefined) checkProblems(dnsSubdomainProblems(apiGroup), apiGroup, child(path, 'apiGroup'), errors);
  checkRequiredSegment(kind, child(path, 'kind'), errors);
  checkRequiredSegment(name, child(path, 'name'), errors);
}
