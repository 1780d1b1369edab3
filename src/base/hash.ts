/** Small deterministic hashes: FNV-1a for names that Kubernetes derives from it, and a running hash of the trace. */

const offset32 = 0x811c9dc5;
const prime32 = 0x01000193;

/** FNV-1a over the UTF-16 code units' low and high bytes, as an unsigned 32-bit number. */
export function fnv1a32(text: string, seed: number = offset32): number {
  let hash = seed;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), prime32);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), prime32);
  }
  return hash >>> 0;
}

/** A running 64-bit hash kept as two 32-bit lanes; equal inputs in equal order give equal digests in any host. */
export class RunningHash {
  private low = offset32;
  private high = 0x9e3779b9;

  addNumber(value: number): void {
    const whole = Math.floor(value);
    this.mix(whole >>> 0);
    this.mix(Math.floor(whole / 0x1_0000_0000) >>> 0);
  }

  addText(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.low = Math.imul(this.low ^ text.charCodeAt(i), prime32);
    this.mix(text.length);
  }

  /** The digest as 16 hexadecimal digits. */
  digest(): string {
    const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');
    return hex(this.high) + hex(this.low);
  }

  private mix(value: number): void {
    this.low = Math.imul(this.low ^ value, prime32);
    this.high = Math.imul((this.high ^ this.low) + 0x7f4a7c15, 0x85ebca6b);
    this.high ^= this.high >>> 13;
  }
}
