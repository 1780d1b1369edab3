/**
 * A second round of mutating admission: when a webhook or policy has changed an object, the plugins before it get to
 * see it again, and so do those webhooks and policies that wish to. Models apiserver's pkg/admission/reinvocation and
 * the reinvocation contexts of its plugins.
 */
import { equal } from '../../base/freeze';
import type { KubeObject } from '../../api/types';

export class Reinvocation {
  /** Set in the second round. */
  isReinvoke = false;
  /** Whether there is to be a second round. */
  wanted = false;
  private contexts: Map<string, PluginReinvocation> | undefined;

  /** What one plugin remembers of its first round. */
  of(plugin: string): PluginReinvocation {
    this.contexts ??= new Map();
    let context = this.contexts.get(plugin);
    if (!context) this.contexts.set(plugin, context = new PluginReinvocation(this));
    return context;
  }
}

export class PluginReinvocation {
  private readonly invoked = new Set<string>();
  private readonly again = new Set<string>();
  private output: KubeObject | undefined;

  constructor(private readonly whole: Reinvocation) {}

  /** Called first: an object that others have changed since is shown again to all who wish. */
  begin(object: KubeObject | undefined): void {
    if (this.whole.isReinvoke && !equal(object, this.output)) this.requireInvoked();
  }

  end(object: KubeObject | undefined): void {
    this.output = object;
  }

  /** Whether a webhook or policy is to be asked in this round. */
  isDue(id: string): boolean {
    return !this.whole.isReinvoke || this.again.has(id);
  }

  /** Somebody has changed the object. */
  changed(): void {
    this.requireInvoked();
    this.whole.wanted = true;
  }

  /** Notes that somebody who may be asked again was asked. */
  add(id: string): void {
    this.invoked.add(id);
  }

  private requireInvoked(): void {
    for (const id of this.invoked) this.again.add(id);
    this.invoked.clear();
  }
}
