/**
 * The certificates and keys of one cluster, as kubeadm puts them under /etc/kubernetes/pki: the CAs, the key that signs
 * service account tokens, and certificates for the API server and for users. All of it follows from the entropy that
 * the cluster was made with and is worked out when first asked for. Models cmd/kubeadm/app/phases/certs. The etcd CA is
 * left out: etcd is reached over simulated connections without TLS.
 */
import { utf8Encode } from '../base/utf8';
import { concatBytes, hexDecode } from './encoding';
import { type Certificate, type CertificateTemplate, signCertificate } from './certificate';
import { deriveKey, type PrivateKey } from './keys';
import { addressBytes, encodeName, noAlternativeNames } from './names';

const yearMs = 365 * 24 * 3_600_000;
/** Clocks of others may be slow: certificates begin this much before now (kubeadm's CertificateBackdate). */
const backdateMs = 5 * 60_000;

/** A certificate with its private key, as PEM texts. */
export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A CA: its certificate, and the means to sign others. */
export class CertificateAuthority {
  private made: Certificate | undefined;
  private readonly name: Uint8Array;

  constructor(private readonly commonName: string, private readonly key: PrivateKey, private readonly startMs: number) {
    this.name = encodeName({ commonName, organizations: [] });
  }

  /** The CA's own certificate. */
  get certificate(): Certificate {
    return this.made ??= this.sign({
      subject: this.name,
      publicKeyInfo: this.key.publicKeyInfo,
      notBeforeMs: this.startMs - backdateMs,
      notAfterMs: this.startMs + 10 * yearMs,
      usages: ['digital signature', 'key encipherment', 'cert sign'],
      alternativeNames: { ...noAlternativeNames, dnsNames: [this.commonName] },
      isCa: true,
    });
  }

  /** When the CA itself expires, in milliseconds since the epoch. */
  get notAfterMs(): number {
    return this.startMs + 10 * yearMs;
  }

  /** Signs a certificate. */
  sign(template: CertificateTemplate): Certificate {
    return signCertificate(template, { name: this.name, key: this.key });
  }
}

export class ClusterPki {
  private readonly entropy: Uint8Array;
  private readonly keys = new Map<string, PrivateKey>();
  private readonly authorities = new Map<string, CertificateAuthority>();

  /**
   * `entropy` is secret bytes as hexadecimal digits, at least 16 of them for anything that is served to others; a text
   * that is not hexadecimal is taken by its UTF-8 bytes. `startMs` is the wall time at which the cluster was made.
   */
  constructor(
    entropy: string,
    private readonly startMs: number,
  ) {
    this.entropy = hexDecode(entropy) ?? concatBytes(Uint8Array.of(0), utf8Encode(entropy));
  }

  /** The cluster's CA, which API server, kubelets and users are certified by. */
  get ca(): CertificateAuthority {
    return this.authority('kubernetes');
  }

  /** The CA of the aggregation layer. */
  get frontProxyCa(): CertificateAuthority {
    return this.authority('front-proxy-ca');
  }

  /** The key that signs service account tokens: sa.key. */
  get serviceAccountKey(): PrivateKey {
    return this.key('sa');
  }

  /**
   * A serving certificate for these DNS names and IP addresses, valid for a year from `nowMs`. The same names give the
   * same key.
   */
  serving(
    commonName: string,
    dnsNames: readonly string[],
    addresses: readonly string[],
    nowMs = this.startMs,
  ): KeyPair {
    const ipAddresses = addresses.map((text) => addressBytes(text)).filter((bytes) => bytes !== undefined);
    return this.issue(
      `serving/${commonName}/${[...dnsNames, ...addresses].join()}`,
      {
        subject: encodeName({ commonName, organizations: [] }),
        usages: ['digital signature', 'key encipherment', 'server auth'],
        alternativeNames: { ...noAlternativeNames, dnsNames, ipAddresses },
      },
      nowMs,
    );
  }

  /** A certificate by which the API server knows the user of that name in those groups, valid for a year. */
  client(commonName: string, organizations: readonly string[], nowMs = this.startMs): KeyPair {
    return this.issue(
      `client/${commonName}/${organizations.join()}`,
      {
        subject: encodeName({ commonName, organizations }),
        usages: ['digital signature', 'key encipherment', 'client auth'],
      },
      nowMs,
    );
  }

  private issue(
    label: string,
    template: Pick<CertificateTemplate, 'subject' | 'usages' | 'alternativeNames'>,
    nowMs: number,
  ): KeyPair {
    const key = this.key(label);
    const { pem } = this.ca.sign({
      ...template,
      publicKeyInfo: key.publicKeyInfo,
      notBeforeMs: nowMs - backdateMs,
      notAfterMs: Math.min(nowMs + yearMs, this.ca.notAfterMs),
    });
    return { certificatePem: pem, keyPem: key.toSec1Pem() };
  }

  private authority(commonName: string): CertificateAuthority {
    let authority = this.authorities.get(commonName);
    if (!authority) {
      authority = new CertificateAuthority(commonName, this.key(`ca/${commonName}`), this.startMs);
      this.authorities.set(commonName, authority);
    }
    return authority;
  }

  private key(label: string): PrivateKey {
    let key = this.keys.get(label);
    if (!key) {
      key = deriveKey(this.entropy, label);
      this.keys.set(label, key);
    }
    return key;
  }
}
