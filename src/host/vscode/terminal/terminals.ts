/** The terminal profile "Kindergarten", the command that opens one, and the links in them. */
import {
  type Disposable,
  type ExtensionTerminalOptions,
  type Terminal,
  TerminalProfile,
  ThemeIcon,
  window,
} from 'vscode';
import { createCluster } from '../commands/cluster';
import { realTime } from '../../real-time';
import type { Kindergarten } from '../context';
import { EditFiles } from './edit-files';
import { ObjectLinks } from './links';
import { PastRuns } from './past-runs';
import { SandboxTerminal } from './pty';

const profileId = 'kindergarten.terminal';
const name = 'Kindergarten';

export class SandboxTerminals {
  private readonly editFiles = new EditFiles();
  private pastRuns: PastRuns | undefined;
  private readonly registrations: Disposable[];

  /** `ready` resolves when clusters that come back after a reload are there. */
  constructor(private readonly k: () => Kindergarten, private readonly ready: () => Promise<void>) {
    this.registrations = [
      window.registerTerminalProfileProvider(profileId, {
        provideTerminalProfile: () => new TerminalProfile(this.options()),
      }),
      window.registerTerminalLinkProvider(new ObjectLinks(k, isOurs)),
    ];
  }

  /** Opens a terminal and shows it; `line` is typed into it and run. */
  open(line?: unknown): Terminal {
    const options = this.options();
    const terminal = window.createTerminal(options);
    terminal.show();
    if (typeof line === 'string') options.pty.handleInput?.(`${line}\r`);
    return terminal;
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
    this.editFiles.dispose();
  }

  /** What was made for a moment goes with it. */
  private newPastRuns({ clusters }: Kindergarten): PastRuns {
    const runs = new PastRuns(realTime, () => clusters.tell());
    this.registrations.push(clusters.onDidJump(() => {
      if (!clusters.past) runs.forget();
    }));
    this.pastRuns = runs;
    return runs;
  }

  private options(): ExtensionTerminalOptions {
    const { editFiles, ready } = this;
    const k = this.k();
    const pastRuns = this.pastRuns ?? this.newPastRuns(k);
    const pty = new SandboxTerminal({ clusters: k.clusters, editFiles, pastRuns, ready, create: (kindYaml) =>
      createCluster(k, kindYaml) });
    return { name, pty, iconPath: new ThemeIcon('server-environment') };
  }
}

function isOurs({ creationOptions }: Terminal): boolean {
  return 'pty' in creationOptions && creationOptions.pty instanceof SandboxTerminal;
}
