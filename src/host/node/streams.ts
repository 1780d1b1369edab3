/** Counts the watches, logs and sessions that are open, of which there may be only so many. */
export class Streams {
  private open = 0;

  constructor(private readonly limit: number) {}

  /** Opens one more; returns how to close it, or undefined when there are too many. */
  enter(): (() => void) | undefined {
    if (this.open >= this.limit) return undefined;
    this.open += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.open -= 1;
      isOpen = false;
    };
  }
}
