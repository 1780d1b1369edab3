/** The extension's settings, typed; package.json declares them with the same defaults. */
import { type ConfigurationChangeEvent, workspace } from 'vscode';
import type { Palette } from '../../protocol/messages';

const section = 'kindergarten';

/** What to show when a cluster is created. */
export type RevealOnCreate = 'treeAndDiagram' | 'tree' | 'nothing';

export interface Settings {
  /** Colours of states and messages in the diagram. */
  readonly palette: Palette;
  /** Virtual seconds per real second while a cluster boots; 0 is as fast as possible. */
  readonly bootSpeed: number;
  /** Virtual seconds per real second afterwards. */
  readonly speed: number;
  /** Whether open manifests are checked while they are edited, once the sandbox is in use. */
  readonly checkOpenFiles: boolean;
  readonly revealOnCreate: RevealOnCreate;
  /** Whether clusters come back after the window was reloaded. */
  readonly restoreClusters: boolean;
}

/** The settings as they are now. */
export function readSettings(): Settings {
  const settings = workspace.getConfiguration(section);
  return {
    palette: settings.get('diagram.palette') === 'okabe-ito' ? 'okabe-ito' : 'theme',
    bootSpeed: bounded(settings.get('bootSpeed'), 0, 1_000, 4),
    speed: bounded(settings.get('speed'), 0.1, 1_000, 1),
    checkOpenFiles: settings.get('checkOpenFiles') !== false,
    revealOnCreate: oneOf(settings.get('revealOnCreate')),
    restoreClusters: settings.get('restoreClusters') !== false,
  };
}

/** Whether a change of the configuration touches the speed of clusters that run already. */
export function touchesSpeed(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${section}.speed`);
}

/** Whether a change of the configuration touches the colours of the diagram. */
export function touchesPalette(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${section}.diagram.palette`);
}

/** Settings are written by hand, so anything may stand there. */
function bounded(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}

function oneOf(value: unknown): RevealOnCreate {
  return value === 'tree' || value === 'nothing' ? value : 'treeAndDiagram';
}
