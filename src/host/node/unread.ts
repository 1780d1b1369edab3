/**
 * Answers that their clients have not read yet. One client may leave so much and all together so much; beyond, whoever
 * has left most is cut off and must ask anew.
 */

/** A socket or an answer, and how many bytes wait in it. */
export interface Written {
  readonly waiting: () => number;
  readonly cut: () => void;
}

/** Less than this is not worth counting. */
const smallBytes = 64 * 1024;

export class Unread {
  private readonly open = new Set<Written>();

  /** `each` bytes for one stream that goes on, `all` bytes for all together. */
  constructor(private readonly each: number, private readonly all: number) {}

  /** To be called after something was written into a stream that goes on. */
  wrote(stream: Written): void {
    if (stream.waiting() > this.each) return this.cut(stream);
    this.wroteLast(stream);
  }

  /** To be called after a whole answer was written, which may be of any size. */
  wroteLast(stream: Written): void {
    if (stream.waiting() < smallBytes) return void this.open.delete(stream);
    this.open.add(stream);
    this.cutLongest();
  }

  /** To be called when the stream is closed. */
  closed(stream: Written): void {
    this.open.delete(stream);
  }

  private cut(stream: Written): void {
    this.open.delete(stream);
    stream.cut();
  }

  private cutLongest(): void {
    for (;;) {
      let total = 0;
      let most = -1;
      let longest: Written | undefined;
      for (const stream of this.open) {
        const waiting = stream.waiting();
        total += waiting;
        if (waiting > most) [most, longest] = [waiting, stream];
      }
      if (total <= this.all || !longest || this.open.size === 1) return;
      this.cut(longest);
    }
  }
}
