/** The output channel: what was done and what kubectl and kind print. Made on the first line, never shown uninvited. */
import { type LogOutputChannel, window } from 'vscode';

export class Log {
  private channel: LogOutputChannel | undefined;

  /** What a user would have typed for the same. */
  command(line: string): void {
    this.open().info(`$ ${line}`);
  }

  info(text: string): void {
    for (const line of text.split('\n')) this.open().info(line);
  }

  warn(text: string): void {
    this.open().warn(text);
  }

  error(text: string): void {
    for (const line of text.split('\n')) this.open().error(line);
  }

  show(): void {
    this.open().show();
  }

  dispose(): void {
    this.channel?.dispose();
  }

  private open(): LogOutputChannel {
    this.channel ??= window.createOutputChannel('Kindergarten', { log: true });
    return this.channel;
  }
}
