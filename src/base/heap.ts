/** A binary min-heap over a caller's ordering; the event queue and delaying work queues stand on it. */
export class Heap<T> {
  private readonly items: T[] = [];

  /** `before(a, b)` says whether a leaves the heap before b; it must be a strict order. */
  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items, before } = this;
    let hole = items.length;
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as T;
      if (!before(item, above)) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  pop(): T | undefined {
    const { items, before } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child += 1;
      const below = items[child] as T;
      if (!before(below, last)) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = last;
    return top;
  }

  /** Drops all items that are not to be kept. */
  retain(keep: (item: T) => boolean): void {
    const { items, before } = this;
    const kept = items.filter(keep).sort((a, b) => (before(a, b) ? -1 : 1));
    items.splice(0, items.length);
    for (const item of kept) items.push(item);
  }
}
