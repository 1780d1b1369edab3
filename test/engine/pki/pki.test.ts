/** Certificates, keys, requests and tokens against other people's implementations: node:crypto and openssl. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, type JsonWebKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificateRequest } from '../../../src/pki/certificate-request';
import { ClusterPki } from '../../../src/pki/cluster-pki';
import { der, derItems, derOid, derSequence, readDer, readOid } from '../../../src/pki/der';
import { base64UrlOfBytes, bytesOfBase64, bytesOfBase64Url, pemDecode } from '../../../src/pki/encoding';
import { keySetOf, signJwt, verifyJwt } from '../../../src/pki/jwt';
import { nodeRequest, p384Request, rsaRequest } from './requests';

const startMs = Date.parse('2026-07-01T12:00:00Z');
const pki = new ClusterPki('00112233445566778899aabbccddeeff', startMs);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('pki: certificates', () => {
  const ca = new X509Certificate(pki.ca.certificate.pem);

  it('makes a CA that signs itself', () => {
    assert.deepEqual([ca.subject, ca.issuer, ca.ca, ca.verify(ca.publicKey)], ['CN=kubernetes', 'CN=kubernetes', true, true]);
    assert.deepEqual([ca.validFrom, ca.validTo], ['Jul  1 11:55:00 2026 GMT', 'Jun 28 12:00:00 2036 GMT']);
  });

  it('issues a serving certificate with names and addresses', () => {
    const { certificatePem, keyPem } = pki.serving('kube-apiserver', ['kubernetes', 'localhost'], ['127.0.0.1', 'fd00::1']);
    const leaf = new X509Certificate(certificatePem);
    assert.equal(leaf.subjectAltName, 'DNS:kubernetes, DNS:localhost, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1');
    assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && leaf.checkPrivateKey(createPrivateKey(keyPem)));
    assert.equal(leaf.checkHost('localhost'), 'localhost');
    assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1');
  });

  it('issues a client certificate that names user and groups', () => {
    const { certificatePem } = pki.client('kubernetes-admin', ['kubeadm:cluster-admins']);
    assert.equal(new X509Certificate(certificatePem).subject, 'O=kubeadm:cluster-admins\nCN=kubernetes-admin');
  });

  it('is the same for the same entropy and nothing alike for another', () => {
    const again = new ClusterPki('00112233445566778899aabbccddeeff', startMs);
    const other = new ClusterPki('00112233445566778899aabbccddeefe', startMs);
    assert.equal(again.ca.certificate.pem, pki.ca.certificate.pem);
    assert.notEqual(other.ca.certificate.pem, pki.ca.certificate.pem);
    assert.notDeepEqual(keySetOf(other.serviceAccountKey), keySetOf(pki.serviceAccountKey));
  });

  it('writes keys that OpenSSL reads, in both forms', () => {
    const [sec1, pkcs8] = [pki.serviceAccountKey.toSec1Pem(), pki.serviceAccountKey.toPkcs8Pem()].map((pem) =>
      createPrivateKey(pem).export({ format: 'jwk' }));
    assert.deepEqual(sec1, pkcs8);
    assert.equal(sec1?.crv, 'P-256');
  });

  it('satisfies openssl verify', function () {
    if (!hasOpenssl) return this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'pki-'));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const bundle = write('ca.pem', pki.ca.certificate.pem);
    const check = (purpose: string, pem: string): string => spawnSync('openssl', [
      'verify', '-x509_strict', '-attime', String(startMs / 1000), '-CAfile', bundle, '-purpose', purpose, write('leaf.pem', pem),
    ], { encoding: 'utf8' }).stdout;
    assert.match(check('sslserver', pki.serving('a', ['a'], []).certificatePem), /: OK/);
    assert.match(check('sslclient', pki.client('a', ['b']).certificatePem), /: OK/);
  });
});

describe('pki: certificate requests', () => {
  const cases = [
    ['RSA', rsaRequest, 'jane', ['dev'], []],
    ['P-384 with names', p384Request, 'system:node:n1', ['system:nodes'], ['n1']],
    ['P-256', nodeRequest, 'system:node:n1', ['system:nodes'], []],
  ] as const;
  for (const [what, pem, commonName, organizations, dnsNames] of cases) {
    it(`reads and verifies ${what}`, () => {
      const request = parseCertificateRequest(pem);
      assert.ok(!('error' in request), JSON.stringify(request));
      assert.deepEqual(request.subject, { commonName, organizations });
      assert.deepEqual(request.alternativeNames.dnsNames, dnsNames);
      assert.equal(request.signatureValid, true);
    });

    it(`notices a changed byte in ${what}`, () => {
      const { bytes } = pemDecode(pem) ?? { bytes: new Uint8Array() };
      const at = bytes.length - 20;
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const text = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(changed).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
      const request = parseCertificateRequest(text);
      assert.equal('error' in request ? false : request.signatureValid, false);
    });
  }

  it('refuses what is none', () => {
    const type = 'PEM block type must be CERTIFICATE REQUEST';
    assert.deepEqual(parseCertificateRequest(''), { error: type });
    assert.deepEqual(parseCertificateRequest(pki.ca.certificate.pem), { error: type });
    const wrong = pki.ca.certificate.pem.replaceAll('CERTIFICATE-', 'CERTIFICATE REQUEST-');
    assert.ok('error' in parseCertificateRequest(wrong));
  });
});

describe('pki: DER', () => {
  it('refuses lengths that lie, are not minimal or open', () => {
    for (const hex of ['30', '3005', '30810500', '3080', '308400000001', '1f0100', '3003020101ff', '30ffffff']) {
      assert.equal(readDer(Buffer.from(hex, 'hex')), undefined, hex);
    }
  });

  it('does not follow nesting that nobody asks for', () => {
    let nested = derSequence();
    for (let i = 0; i < 2_000; i += 1) nested = der(0x30, nested);
    assert.equal(derItems(readDer(nested))?.length, 1);
  });

  it('writes and reads object identifiers', () => {
    for (const text of ['1.2.840.113549.1.1.11', '2.5.4.3', '2.16.840.1.101.3.4.2.1', '0.9.2342']) {
      assert.equal(readOid(readDer(derOid(text))), text);
    }
  });
});

describe('pki: encodings', () => {
  it('are strict', () => {
    assert.equal(bytesOfBase64('AAA'), undefined);
    assert.equal(bytesOfBase64Url('AB'), undefined, 'left-over bits');
    assert.equal(bytesOfBase64Url('AA='), undefined);
    assert.deepEqual(bytesOfBase64Url(base64UrlOfBytes(Uint8Array.of(0xff, 0xfe))), Uint8Array.of(0xff, 0xfe));
  });
});

describe('pki: tokens', () => {
  const key = pki.serviceAccountKey;
  const token = signJwt(key, { sub: 'ann', exp: 5 });

  it('verify with the key set', () => {
    const [jwk] = keySetOf(key).keys;
    const [header = '', payload = '', signature = ''] = token.split('.');
    const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha256', signed, options, Buffer.from(signature, 'base64url')));
    assert.deepEqual(verifyJwt(key, token), { sub: 'ann', exp: 5 });
  });

  const [header = '', payload = '', signature = ''] = token.split('.');
  const none = base64UrlOfBytes(Buffer.from('{"alg":"none"}'));
  const forged = base64UrlOfBytes(Buffer.from('{"sub":"eve"}'));
  for (const [what, text] of [
    ['another payload', `${header}.${forged}.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['the algorithm none', `${none}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['no JSON', `${header}.AAAA.${signature}`],
    ['another key', signJwt(new ClusterPki('aa', startMs).serviceAccountKey, { sub: 'ann' })],
    ['padding', `${token}=`],
    ['far too much', `${header}.${'A'.repeat(20_000)}.${signature}`],
  ] as const) {
    it(`are refused with ${what}`, () => assert.equal(verifyJwt(key, text), undefined));
  }
});
