/**
 * Seeded randomness in named streams. Each consumer owns a stream, so that one component drawing a number more
 * never changes what another draws. The generator is sfc32, which is small and passes the usual batteries.
 */
import { fnv1a32 } from './hash';

/** The alphabet of generated names in Kubernetes (apimachinery pkg/util/rand): no vowels, no look-alikes. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, name: string) {
    this.a = fnv1a32(name, seed >>> 0);
    this.b = fnv1a32(name, Math.imul(seed, 0x9e3779b9) >>> 0);
    this.c = seed >>> 0;
    for (let i = 0; i < 12; i += 1) this.next32();
  }

  /** An unsigned 32-bit number. */
  next32(): number {
    const t = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t | 0;
    return t >>> 0;
  }

  /** A whole number from 0 up to but without `limit`. */
  below(limit: number): number {
    return Math.floor((this.next32() / 0x1_0000_0000) * limit);
  }

  /** A number from 0 up to but without 1. */
  fraction(): number {
    return this.next32() / 0x1_0000_0000;
  }

  /** The duration stretched by up to `factor` of itself, as apimachinery's wait.Jitter does. */
  jitter(durationMs: number, factor: number): number {
    return Math.round(durationMs * (1 + this.fraction() * factor));
  }

  /** Random letters and digits as in generated names, by default the five of `generateName`. */
  nameSuffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += nameAlphabet[this.below(nameAlphabet.length)];
    return text;
  }

  /** Lower-case hexadecimal digits, for container ids and the like. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.next32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const h = this.hex(32);
    const variant = '89ab'[this.below(4)] as string;
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`;
  }
}

/** All streams of one run. */
export class RandomSource {
  private readonly streams = new Map<string, RandomStream>();

  constructor(readonly seed: number) {}

  stream(name: string): RandomStream {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = new RandomStream(this.seed, name);
      this.streams.set(name, stream);
    }
    return stream;
  }
}
