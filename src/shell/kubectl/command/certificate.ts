/** `kubectl certificate approve|deny`. Models kubectl's pkg/cmd/certificates. */
import type { AnyKind } from '../../../api/kind';
import { formatTime } from '../../../api/time';
import type { CertificateSigningRequest } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, type KubectlCommand, refused, say } from './call';
import { pathOf, subjectOf } from './connection';
import { writing } from './objects';
import { fileTargets, isTargetProblem, shownName } from './resources';

interface Decision {
  readonly type: 'Approved' | 'Denied';
  readonly opposite: 'Approved' | 'Denied';
  readonly word: 'approve' | 'deny';
}

function decide(about: string, decision: Decision): KubectlCommand {
  return { about, flags: { ...writing, force: { type: 'bool' } }, run: (call) => decideAll(call, decision) };
}

function* decideAll(call: Call, decision: Decision): Task<number> {
  const fromFiles = call.flags.has('filename') ? fileTargets(call) : [];
  if (isTargetProblem(fromFiles)) return complain(call, fromFiles.problem);
  const names = [...call.args.map((arg) => arg.replace(/^(csr|certificatesigningrequests?)\//, '')),
    ...fromFiles.map(({ name = '' }) => name)];
  if (names.length === 0) return complain(call, 'one or more CSRs must be specified as <name> or -f <filename>');
  const kind = call.kinds.byKind('certificates.k8s.io/v1', 'CertificateSigningRequest') as AnyKind;
  for (const name of names) {
    const code = yield* decideOne(call, kind, name, decision);
    if (code !== 0) return code;
  }
  return 0;
}

function* decideOne(call: Call, kind: AnyKind, name: string, { type, opposite, word }: Decision): Task<number> {
  const found = yield* call.api.get<CertificateSigningRequest>(kind, undefined, name);
  if (!found.ok) return refused(call, found.status);
  const request = found.value;
  const conditions = request.status?.conditions ?? [];
  if (conditions.some((condition) => condition.type === opposite)) {
    return complain(call, `certificate signing request "${name}" is already ${opposite}`);
  }
  if (!conditions.some((condition) => condition.type === type) || call.flags.is('force')) {
    const now = formatTime(call.host.wallMs).replace(/\.\d+Z$/, 'Z');
    const added = {
      lastUpdateTime: now, message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${word}.`,
      reason: `Kubectl${word === 'approve' ? 'Approve' : 'Deny'}`, status: 'True', type,
    };
    const body = { ...request, status: { ...request.status, conditions: [...conditions, added] } };
    const saved =
      yield *
      call.api.ask({
        method: 'PUT',
        path: pathOf(kind, undefined, name, 'approval'),
        query: changing(call, 'kubectl-certificate'),
        body,
        subject: { ...subjectOf('update', kind, undefined, name), subresource: 'approval' },
      });
    if (!saved.ok) return refused(call, saved.status);
  }
  say(call, `${shownName(kind, name)} ${type.toLowerCase()}`);
  return 0;
}

export const certificate: KubectlCommand = {
  about: 'Modify certificate resources',
  commands: {
    approve: decide('Approve a certificate signing request', { type: 'Approved', opposite: 'Denied', word: 'approve' }),
    deny: decide('Deny a certificate signing request', { type: 'Denied', opposite: 'Approved', word: 'deny' }),
  },
};
