/**
 * Standard input between whoever feeds it (a client of exec or attach, a terminal) and the program that reads it. What
 * comes before the program listens is kept, up to what a pipe holds in practice.
 */
import type { InputListener, StandardInput } from '../images';

type Item = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'end' }
  | { readonly kind: 'signal'; readonly name: string };

/** What is kept of input that nobody reads, in characters. */
const unreadLimit = 64 * 1024 * 1024;

export class InputQueue implements StandardInput {
  private listener: InputListener | undefined;
  private readonly unread: Item[] = [];
  private held = 0;
  private closed = false;

  listen(listener: InputListener): void {
    this.listener = listener;
    for (const item of this.unread.splice(0)) this.deliver(listener, item);
    this.held = 0;
  }

  text(text: string): void {
    if (text !== '') this.put({ kind: 'text', text });
  }

  /** An end after which more may come, as at a terminal. */
  end(): void {
    this.put({ kind: 'end' });
  }

  signal(name: string): void {
    this.put({ kind: 'signal', name });
  }

  /** The end of all input. */
  close(): void {
    if (this.closed) return;
    this.end();
    this.closed = true;
  }

  private put(item: Item): void {
    if (this.closed) return;
    if (this.listener) return this.deliver(this.listener, item);
    if (item.kind === 'text') this.held += item.text.length;
    if (this.held <= unreadLimit) this.unread.push(item);
  }

  private deliver(listener: InputListener, item: Item): void {
    if (item.kind === 'text') listener.text(item.text);
    else if (item.kind === 'end') listener.end();
    else listener.signal(item.name);
  }
}
