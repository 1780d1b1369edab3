/** Registers every command; each is a plain function elsewhere. */
import { commands, type Disposable } from 'vscode';
import type { Kindergarten } from '../context';
import type { Row } from '../tree/rows';
import { exportKubeconfig, startApiServer, stopApiServer } from './api-server';
import { goToManifest } from './applied-source';
import { applyFiles, applySelection } from './apply';
import { deleteCluster, resetCluster, switchCluster } from './cluster';
import { deleteFiles, deleteObjects } from './delete';
import { type CommandId, commandIds as ids } from './ids';
import { inspect, revealInDiagram } from './inspect';
import { showMenu } from './menu';
import { newCluster } from './new-cluster';
import { chooseSpeed, pause, resume, step } from './run';
import { branchHere, goToHops, jumpToRevision, returnToNow, stepBack } from './time';
import { openField } from './open-field';
import { runToBreakpoint, runUntilQuiet } from './breakpoint';
import { filesOf, isFromTree, refsOf, rowsOf } from './targets';
import { askWhatIf } from './what-if';

/** `ready` resolves when clusters that come back after a reload are there, so that no command overlooks them. */
export function registerCommands(k: Kindergarten, ready: () => Promise<void>): Disposable[] {
  const handlers: Readonly<Record<CommandId, (args: readonly unknown[]) => unknown>> = {
    [ids.apply]: (args) => applyFiles(k, filesOf(args)),
    [ids.applySelection]: () => applySelection(k),
    [ids.delete]: (args) =>
      isFromTree(args) ? deleteObjects(k, refsOf(deletable(rowsOf(k, args)))) : deleteFiles(k, filesOf(args)),
    [ids.newCluster]: ([wanted]) => newCluster(k, wanted),
    [ids.switchCluster]: ([wanted]) => switchCluster(k, wanted),
    [ids.resetCluster]: ([sure]) => resetCluster(k, sure),
    [ids.deleteCluster]: ([sure]) => deleteCluster(k, sure),
    [ids.describe]: (args) => inspect(k, 'describe', args),
    [ids.showYaml]: (args) => inspect(k, 'yaml', args),
    [ids.revealInDiagram]: (args) => revealInDiagram(k, args),
    [ids.openDiagram]: () => k.diagram.open(false),
    [ids.pause]: () => pause(k),
    [ids.resume]: () => resume(k),
    [ids.step]: () => step(k),
    [ids.stepBack]: () => stepBack(k),
    [ids.goToStart]: () => goToHops(k, 0),
    [ids.jumpToRevision]: ([revision]) => jumpToRevision(k, revision),
    [ids.runToBreakpoint]: ([breakpoint]) => runToBreakpoint(k, breakpoint),
    [ids.runUntilQuiet]: () => runUntilQuiet(k),
    [ids.returnToNow]: () => returnToNow(k),
    [ids.branchHere]: ([sure]) => branchHere(k, sure),
    [ids.speed]: () => chooseSpeed(k),
    [ids.whatIf]: (args) => askWhatIf(k, args),
    [ids.goToManifest]: (args) =>
      isPodField(args) ? openField(k, args[0].slice('pod/'.length), args[1]) : goToManifest(k, args),
    [ids.showMenu]: () => showMenu(k),
    [ids.showLog]: () => k.log.show(),
    [ids.startApiServer]: () => startApiServer(k),
    [ids.stopApiServer]: () => stopApiServer(k),
    [ids.exportKubeconfig]: () => exportKubeconfig(k),
    [ids.showRequests]: () => k.apiServers.showRequests(),
    [ids.newTerminal]: ([line]) => void k.terminals.open(line),
    [ids.openLesson]: ([id, fresh]) =>
      k.lessons.open(typeof id === 'string' ? id : undefined, typeof fresh === 'boolean' ? fresh : undefined),
    [ids.lessonShowMe]: () => k.lessons.receive({ type: 'do', action: 'showMe' }),
    [ids.lessonNext]: () => k.lessons.receive({ type: 'do', action: 'next' }),
    [ids.openWalkthrough]: () =>
      commands.executeCommand(
        'workbench.action.openWalkthrough',
        'kindergarten.kindergarten#kindergarten.start',
        false,
      ),
  };
  return Object.values(ids).map((id) => commands.registerCommand(id, async (...args: unknown[]) => {
    await ready();
    return handlers[id](args);
  }));
}

/** A pod's box and a field of it. */
function isPodField(args: readonly unknown[]): args is readonly [string, string] {
  return typeof args[0] === 'string' && args[0].startsWith('pod/') && typeof args[1] === 'string';
}

/** Nodes come and go with the kind.yaml, so of the tree only pods can be deleted. */
function deletable(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ type }) => type === 'pod');
}
