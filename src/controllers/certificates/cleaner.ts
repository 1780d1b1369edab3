/**
 * certificatesigningrequest-cleaner-controller: looks every hour for requests that nobody needs any more: an hour after
 * they were issued, denied or failed, a day after they were made without an answer. Models
 * pkg/controller/certificates/cleaner.
 */
import { timeMs } from '../../api/time';
import type { CertificateSigningRequest } from '../../api/types';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, every } from '../context';
import { certificateSigningRequests, trueCondition } from './requests';

const hourMs = 3_600_000;
const pendingMs = 24 * hourMs;

/** The controller, ready to start. */
export function certificateCleaner({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('certificate-controller');
  const requests = informers.of(certificateSigningRequests);

  function* sync(name: string): Task<ReconcileResult> {
    const csr = requests.byKey(name);
    if (!csr || !isPastDeadline(csr, host.wallMs)) return done;
    const answer = yield* own.delete(certificateSigningRequests, { name });
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, {
    name: 'certificatesigningrequest-cleaner-controller',
    workers: 1,
    reconcile: sync,
  });
  return {
    name: loop.name,
    get depth() {
      return loop.depth;
    },
    start(): void {
      loop.start();
      every(host, hourMs, () => {
        for (const csr of requests.list()) if (isPastDeadline(csr, host.wallMs)) loop.add(csr.metadata.name);
      });
    },
  };
}

/** Whether a request has been kept long enough. */
export function isPastDeadline(csr: CertificateSigningRequest, nowMs: number): boolean {
  const olderThan = (time: string | undefined, ms: number): boolean => time !== undefined && timeMs(time) < nowMs - ms;
  const settled = ['Approved', 'Denied', 'Failed'].map((type) => trueCondition(csr, type));
  const [approved, denied, failure] = settled;
  if (csr.status?.certificate && olderThan(approved?.lastUpdateTime, hourMs)) return true;
  if (olderThan(denied?.lastUpdateTime, hourMs) || olderThan(failure?.lastUpdateTime, hourMs)) return true;
  const pending = settled.every((condition) => condition === undefined);
  return pending && olderThan(csr.metadata.creationTimestamp, pendingMs);
}
