/**
 * The image registries of the outside world, as one process on a machine of its own. No image content exists: the
 * registry decides whether a name exists, and how long its transfer takes from its size.
 *
 * How it decides, in this order:
 * 1. The pod's annotation `kindergarten.dev/pull.<container>: not-found | denied | ok` says so.
 * 2. A repository or tag that calls itself nonexistent (`nonexistent`, `non-existent`, `does-not-exist`, `doesnotexist`,
 *    `invalid`, `missing`, `no-such`, `nosuch`, `not-found`, `bogus`, `fake`, `wrong`, `typo`) does not exist; a
 *    repository that calls itself `private` answers that it may require authorization.
 * 3. A repository of the catalog has the tag `latest` and those that its pattern allows.
 * 4. Every other name is assumed to exist, with a size between 20 and 150 MB that is always the same for that name.
 */
import { fnv1a32 } from '../base/hash';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../sim/process';
import { type Task, waitFor } from '../sim/task';
import { fullName, type ImageReference } from './image-reference';
import type { ImageCatalog } from './images';

/** Transfer and unpacking, together: 100 MB a second, plus the round trips for manifest and token. */
const bytesPerMs = 100_000;
const latencyMs = 400;

export interface RegistryRequest {
  readonly reference: ImageReference;
  /** What the pod's annotation says, or empty. */
  readonly behavior: string;
}

export type RegistryAnswer =
  | { readonly kind: 'found'; readonly sizeBytes: number }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'denied' };

const absent = /non-?existent|does-?not-?exist|doesnt-?exist|invalid|missing|no-?such|not-?found|bogus|fake|wrong|typo/;

/** Whether an image exists, by the rules above. */
export function lookUpImage(catalog: ImageCatalog, { reference, behavior }: RegistryRequest): RegistryAnswer {
  const { repository, tag, digest } = reference;
  if (behavior === 'not-found') return { kind: 'notFound' };
  if (behavior === 'denied') return { kind: 'denied' };
  const name = repository.slice(repository.indexOf('/') + 1);
  const known = catalog.get(repository);
  if (behavior !== 'ok') {
    if (/private/.test(name)) return { kind: 'denied' };
    // Docker Hub does not tell a missing repository from one that needs a login.
    if (absent.test(name)) return { kind: repository.startsWith('docker.io/') ? 'denied' : 'notFound' };
    const tagAllowed = tag === 'latest' || known?.tags === undefined || known.tags.test(tag);
    if (digest === undefined && (absent.test(tag) || !tagAllowed)) return { kind: 'notFound' };
  }
  return { kind: 'found', sizeBytes: known?.sizeBytes ?? 20_000_000 + (fnv1a32(repository) % 130_000_000) };
}

export class Registry implements Program {
  private host: ProcessHost | undefined;

  /** `port`: where it listens on its machine. */
  constructor(
    private readonly catalog: ImageCatalog,
    private readonly port = 443,
  ) {}

  start(host: ProcessHost): void {
    this.host = host;
    host.listen(this.port);
  }

  serve(call: IncomingCall): void {
    if (!(call.payload as Partial<RegistryRequest>).reference) {
      return call.reply({ connected: true }, { verb: call.subject.verb });
    }
    const answer = lookUpImage(this.catalog, call.payload as RegistryRequest);
    const code = answer.kind === 'found' ? 200 : answer.kind === 'denied' ? 401 : 404;
    const durationMs = latencyMs + (answer.kind === 'found' ? answer.sizeBytes / bytesPerMs : 0);
    this.host?.after(durationMs, () => call.reply(answer, { ...call.subject, code }));
  }
}

/** Why a pull failed, as containerd says it. */
export interface PullFailure {
  readonly kind: 'failed';
  readonly code: 'NotFound' | 'Unknown';
  readonly message: string;
}

/** Pulls an image; the words of a failure are those of containerd's resolver (core/remotes/docker). */
export function* pullFromRegistry(
  host: ProcessHost, registry: string, request: RegistryRequest,
): Task<PullFailure | Extract<RegistryAnswer, { kind: 'found' }>> {
  const name = fullName(request.reference);
  const { repository, tag, digest } = request.reference;
  const result = yield* waitFor<CallResult>((resume) => {
    const subject = { verb: 'GET', name };
    host.call(
      { to: registry, channel: 'registry', subject, payload: request, timeoutMs: 120_000 },
      { onResult: resume },
    );
  });
  const unresolved = `failed to pull and unpack image "${name}": failed to resolve reference "${name}"`;
  if (!result.ok) {
    const domain = repository.slice(0, repository.indexOf('/'));
    const server = domain === 'docker.io' ? 'registry-1.docker.io' : domain;
    const path = repository.slice(repository.indexOf('/') + 1);
    const url = `https://${server}/v2/${path}/manifests/${digest ?? tag}`;
    const why = result.failure === 'timeout' ? 'i/o timeout' : 'connect: connection refused';
    return {
      kind: 'failed',
      code: 'Unknown',
      message: `${unresolved}: failed to do request: Head "${url}": dial tcp: ${why}`,
    };
  }
  const answer = result.payload as RegistryAnswer;
  if (answer.kind === 'found') return answer;
  if (answer.kind === 'notFound')
    return { kind: 'failed', code: 'NotFound', message: `${unresolved}: ${name}: not found` };
  const why = 'pull access denied, repository does not exist or may require authorization: '
    + 'server message: insufficient_scope: authorization failed';
  return { kind: 'failed', code: 'Unknown', message: `${unresolved}: ${why}` };
}
