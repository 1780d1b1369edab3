/** Words that several kubectl commands print. */
import type { KindRegistry } from '../../api/registry';
import type { Status } from '../../api/types';
import { groupOf } from '../../api/object';
import type { ObjectRef } from '../../protocol/commands';

/** `deployment.apps/web`, `pod/web-0`. */
export function refText(kinds: KindRegistry, target: ObjectRef): string {
  const singular = kinds.byKind(target.apiVersion, target.kind)?.singular ?? target.kind.toLowerCase();
  const group = groupOf(target.apiVersion);
  return `${group === '' ? singular : `${singular}.${group}`}/${target.name}`;
}

/** What kubectl prints when the server refused, or when there was none. */
export function serverError(status: Status): string {
  const message = status.message ?? 'unknown';
  if (status.code === 0) {
    const address = /dial tcp ([^ ]+): connect: connection refused/.exec(message)?.[1];
    return address
      ? `The connection to the server ${address} was refused - did you specify the right host or port?`
      : `Unable to connect to the server: ${message}`;
  }
  if (status.reason === 'Invalid' && status.details) {
    const { kind = '', name = '', causes = [] } = status.details;
    const errors = causes.map((cause) => `${cause.field}: ${cause.message}`);
    const head = kind === '' && name === '' ? 'The request is invalid' : `The ${kind} "${name}" is invalid`;
    if (errors.length === 0) return head.startsWith('The request') ? `${head}: ${message}` : head;
    return errors.length === 1 ? `${head}: ${errors[0]}` : [`${head}: `, ...errors].join('\n* ');
  }
  return status.reason ? `Error from server (${status.reason}): ${message}` : `Error from server: ${message}`;
}
