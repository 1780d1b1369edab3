/**
 * `systemctl` and `journalctl` for the two units that matter on a kind node: containerd and the kubelet. The journal holds
 * what systemd itself says of them; the units' own log lines are not modelled, which `journalctl` says at its end.
 */
import type { Unit } from '../machine';
import { strftime } from '../programs/calendar';
import type { MachineView, UnitEvent } from './machine-view';
import type { ToolTerminal } from './tool-program';

const descriptions: Readonly<Record<Unit, string>> = {
  containerd: 'containerd container runtime', kubelet: 'kubelet: The Kubernetes Node Agent',
};

function unitOf(name: string): Unit | undefined {
  const unit = name.replace(/\.service$/, '');
  return unit === 'kubelet' || unit === 'containerd' ? unit : undefined;
}

/** `systemctl`. */
export function systemctl(view: MachineView, terminal: ToolTerminal): number {
  const words = terminal.args.filter((arg) => !arg.startsWith('-'));
  const unknown = terminal.args.find((arg) => arg.startsWith('-')
    && !['--no-pager', '-l', '--now', '--full'].includes(arg));
  if (unknown !== undefined) {
    terminal.complain(`systemctl: option ${unknown} is not modelled in the sandbox\n`);
    return 1;
  }
  const [verb = '', ...units] = words;
  if (verb === 'daemon-reload') return 0;
  if (!['status', 'start', 'stop', 'restart', 'is-active', 'is-enabled'].includes(verb)) {
    terminal.complain(verb === '' ? 'systemctl: listing units is not modelled in the sandbox\n'
      : `systemctl ${verb} is not modelled in the sandbox\n`);
    return 1;
  }
  if (units.length === 0) {
    terminal.complain('Too few arguments.\n');
    return 1;
  }
  let code = 0;
  for (const name of units) {
    const unit = unitOf(name);
    if (unit) code = Math.max(code, act(view, terminal, verb, unit));
    else {
      const full = name.includes('.') ? name : `${name}.service`;
      if (verb === 'is-active') terminal.print('inactive\n');
      else if (verb === 'status') terminal.complain(`Unit ${full} could not be found.\n`);
      else terminal.complain(`Failed to ${verb} ${full}: Unit ${full} not found.\n`);
      code = verb === 'status' || verb === 'is-active' ? 4 : 5;
    }
  }
  return code;
}

function act(view: MachineView, terminal: ToolTerminal, verb: string, unit: Unit): number {
  const { machine } = view;
  switch (verb) {
    case 'start': machine.start(unit); return 0;
    case 'stop': machine.stop(unit); return 0;
    case 'restart':
      machine.stop(unit);
      machine.start(unit);
      return 0;
    case 'is-enabled': terminal.print('enabled\n'); return 0;
    case 'is-active': {
      const { running, wanted } = machine.unit(unit);
      terminal.print(`${running ? 'active' : wanted ? 'activating' : 'inactive'}\n`);
      return running ? 0 : 3;
    }
    default: return status(view, terminal, unit);
  }
}

function status(view: MachineView, terminal: ToolTerminal, unit: Unit): number {
  const { running, wanted } = view.machine.unit(unit);
  const events = view.journal().filter((event) => event.unit === unit);
  const last = events.at(-1);
  const since = last
    ? `since ${strftime('%a %Y-%m-%d %H:%M:%S UTC', last.wallMs)}; ${ago(terminal.host.wallMs - last.wallMs)} ago`
    : '';
  const pid = last?.pid ?? 0;
  const state = running ? 'active (running)' : wanted ? 'activating (auto-restart)' : 'inactive (dead)';
  const path = unit === 'kubelet' ? '/etc/systemd/system/kubelet.service' : '/etc/systemd/system/containerd.service';
  const lines = [
    `${running ? '●' : '○'} ${unit}.service - ${descriptions[unit]}`,
    `     Loaded: loaded (${path}; enabled; preset: enabled)`,
    `     Active: ${state} ${since}`,
    ...(running
      ? [`   Main PID: ${pid} (${unit})`]
      : last?.kind === 'stopped'
        ? [
            `    Process: ${pid} ExecStart=/usr/${unit === 'kubelet' ? '' : 'local/'}bin/${unit} (code=exited, status=${last.exitCode})`,
          ]
        : []),
    '',
    ...events.slice(-10).map((event) => journalLine(view, event)),
  ];
  terminal.print(`${lines.join('\n')}\n`);
  return running ? 0 : 3;
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}min${minutes < 2 ? ` ${seconds % 60}s` : ''}`
    : `${Math.floor(minutes / 60)}h ${minutes % 60}min`;
}

function journalLine({ machine }: MachineView, { wallMs, unit, kind, exitCode }: UnitEvent): string {
  const text = kind === 'started' ? `Started ${unit}.service - ${descriptions[unit as Unit]}.`
    : exitCode === 0 || exitCode === 143 ? `Stopped ${unit}.service - ${descriptions[unit as Unit]}.`
      : exitCode === 137 ? `${unit}.service: Main process exited, code=killed, status=9/KILL`
        : `${unit}.service: Main process exited, code=exited, status=${exitCode}/FAILURE`;
  return `${strftime('%b %d %H:%M:%S', wallMs)} ${machine.name} systemd[1]: ${text}`;
}

/** `journalctl -u UNIT`. */
export function journalctl(view: MachineView, terminal: ToolTerminal): number {
  const { args } = terminal;
  let unit: string | undefined;
  let count = Infinity;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    if (word === '-u' || word === '--unit') {
      at += 1;
      unit = args[at];
    } else if (/^-u./.test(word) || word.startsWith('--unit=')) unit = word.replace(/^-u|^--unit=/, '');
    else if (word === '-n' || word === '--lines') {
      at += 1;
      count = Number(args[at]);
    } else if (!['--no-pager', '-x', '-e', '-xe', '-l'].includes(word)) {
      terminal.complain(`journalctl: option ${word} is not modelled in the sandbox\n`);
      return 1;
    }
  }
  const wanted = unit?.replace(/\.service$/, '');
  const events = view.journal().filter((event) => wanted === undefined || event.unit === wanted);
  if (events.length === 0) terminal.print('-- No entries --\n');
  else {
    for (const event of events.slice(-Math.min(count, events.length))) terminal.print(`${journalLine(view, event)}\n`);
    terminal.complain('journalctl: the units\' own log lines are not modelled in the sandbox\n');
  }
  return 0;
}
