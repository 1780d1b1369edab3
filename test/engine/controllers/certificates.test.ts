/** Certificate requests: approval of kubelets, the four signers, cleaning up; and bootstrap tokens. */
import assert from 'node:assert/strict';
import { createHmac, X509Certificate } from 'node:crypto';
import * as resources from '../../../src/api/resources';
import type { CertificateSigningRequest } from '../../../src/api/types';
import { isPastDeadline } from '../../../src/controllers/certificates/cleaner';
import { certificateSigningRequests } from '../../../src/controllers/certificates/requests';
import { nodeRequest, p384Request, rsaRequest } from '../pki/requests';
import { pki, World } from './world';

const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('certificate requests', () => {
  const world = new World(1);
  const get = (name: string): CertificateSigningRequest => world.get(certificateSigningRequests, name);

  function ask(name: string, signer: string, pem: string, usages: string[], more: object = {}): void {
    world.create(certificateSigningRequests, {
      apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name },
      spec: { request: encode(pem), signerName: `kubernetes.io/${signer}`, usages, ...more },
    });
    world.settle();
  }

  function approve(name: string): CertificateSigningRequest {
    const csr = get(name);
    const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: '' };
    world.ask((client) => client.send<CertificateSigningRequest>({
      ...certificateSigningRequests, verb: 'update', subresource: 'approval', name, options: {},
      body: { ...csr, status: { conditions: [condition] } }, user: client.options.user, userAgent: 'kubectl/v1.36.1',
    }));
    world.settle();
    return get(name);
  }

  const outcome = ({ status }: CertificateSigningRequest): unknown => ({
    conditions: (status?.conditions ?? []).map(({ type, reason, message }) => [type, reason, message]),
    issued: Boolean(status?.certificate),
  });

  it('carry who made them', () => {
    ask('jane', 'kube-apiserver-client', rsaRequest, ['client auth'], { username: 'somebody else' });
    assert.deepEqual([get('jane').spec.username, get('jane').spec.groups], ['admin', ['system:masters', 'system:authenticated']]);
  });

  it('are signed once approved, by a CA that the host trusts', () => {
    const csr = approve('jane');
    const certificate = new X509Certificate(Buffer.from(csr.status.certificate ?? '', 'base64'));
    const ca = new X509Certificate(pki.ca.certificate.pem);
    assert.ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
    assert.equal(certificate.subject, 'O=dev\nCN=jane');
    const years = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / (365 * 86_400_000);
    assert.equal(years, 1);
  });

  it('live as long as was asked for', () => {
    ask('short', 'kube-apiserver-client', rsaRequest, ['client auth', 'digital signature'], { expirationSeconds: 3600 });
    const certificate = new X509Certificate(Buffer.from(approve('short').status.certificate ?? '', 'base64'));
    assert.equal(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom), 3_900_000);
  });

  it('of kubelets for themselves are approved by the controller', () => {
    ask('kubelet', 'kube-apiserver-client-kubelet', nodeRequest, ['digital signature', 'client auth']);
    assert.deepEqual(outcome(get('kubelet')), {
      conditions: [['Approved', 'AutoApproved', 'Auto approving kubelet client certificate after SubjectAccessReview.']],
      issued: true,
    });
  });

  for (const [name, signer, pem, usages, message] of [
    ['wrong-usage', 'kube-apiserver-client', rsaRequest, ['server auth'], 'invalid usage for client certificate: server auth'],
    ['no-usage', 'kube-apiserver-client', rsaRequest, ['digital signature'], 'missing required usage for client certificate: client auth'],
    ['with-names', 'kube-apiserver-client-kubelet', p384Request, ['digital signature', 'client auth'], 'DNS subjectAltNames are not allowed'],
    ['no-names', 'kubelet-serving', nodeRequest, ['digital signature', 'server auth'], 'DNS or IP subjectAltName is required'],
    ['not-a-node', 'kubelet-serving', rsaRequest, ['digital signature', 'server auth'], 'subject organization is not system:nodes'],
    ['too-much', 'kubelet-serving', p384Request, ['digital signature', 'server auth', 'client auth'],
      'usages did not match [digital signature key encipherment server auth]'],
  ] as const) {
    it(`fail for ${name}`, () => {
      ask(name, signer, pem, [...usages]);
      assert.deepEqual(outcome(approve(name)), {
        conditions: [['Approved', 'KubectlApprove', ''], ['Failed', 'SignerValidationFailure', message]], issued: false,
      });
    });
  }

  it('for serving keep their names', () => {
    ask('serving', 'kubelet-serving', p384Request, ['digital signature', 'server auth']);
    const certificate = new X509Certificate(Buffer.from(approve('serving').status.certificate ?? '', 'base64'));
    assert.equal(certificate.subjectAltName, 'DNS:n1, IP Address:10.0.0.1');
  });

  it('are cleaned up, answered ones after an hour and the others after a day', function () {
    this.timeout(30_000);
    ask('pending', 'kube-apiserver-client', rsaRequest, ['client auth']);
    const names = (): string[] => world.list(certificateSigningRequests).map(({ metadata }) => metadata.name);
    world.pass(2.1 * 3_600_000);
    assert.deepEqual(names(), ['pending']);
    const pending = get('pending');
    const madeMs = Date.parse(pending.metadata.creationTimestamp);
    assert.deepEqual([23, 25].map((hours) => isPastDeadline(pending, madeMs + hours * 3_600_000)), [false, true]);
  });
});

describe('bootstrap tokens', () => {
  const world = new World(1);
  const kubeconfig = 'apiVersion: v1\n';

  it('sign cluster-info', () => {
    world.create(resources.configMaps, {
      apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-public', name: 'cluster-info' }, data: { kubeconfig },
    });
    const data = Object.fromEntries(Object.entries({
      'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true',
      'expiration': '2026-01-02T04:04:05Z',
    }).map(([key, value]) => [key, encode(value)]));
    world.create(resources.secrets, {
      apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'kube-system', name: 'bootstrap-token-abcdef' },
      type: 'bootstrap.kubernetes.io/token', data,
    });
    world.settle();
    const signed = world.get(resources.configMaps, 'cluster-info', 'kube-public').data?.['jws-kubeconfig-abcdef'] ?? '';
    const header = Buffer.from('{"alg":"HS256","kid":"abcdef"}').toString('base64url');
    const payload = Buffer.from(kubeconfig).toString('base64url');
    const signature = createHmac('sha256', '0123456789abcdef').update(`${header}.${payload}`).digest('base64url');
    assert.equal(signed, `${header}..${signature}`);
  });

  it('go when they have expired, and their signature with them', () => {
    world.pass(3_700_000);
    assert.ok(!world.list(resources.secrets, 'kube-system').some(({ metadata }) => metadata.name.startsWith('bootstrap-token')));
    assert.deepEqual(world.get(resources.configMaps, 'cluster-info', 'kube-public').data, { kubeconfig });
  });
});
