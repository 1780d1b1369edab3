/** The ids of all commands, each exactly as package.json declares it; the contract tests hold the two together. */
export const commandIds = {
  apply: 'kindergarten.apply',
  applySelection: 'kindergarten.applySelection',
  delete: 'kindergarten.delete',
  newCluster: 'kindergarten.newCluster',
  switchCluster: 'kindergarten.switchCluster',
  resetCluster: 'kindergarten.resetCluster',
  deleteCluster: 'kindergarten.deleteCluster',
  describe: 'kindergarten.describe',
  showYaml: 'kindergarten.showYaml',
  revealInDiagram: 'kindergarten.revealInDiagram',
  openDiagram: 'kindergarten.openDiagram',
  pause: 'kindergarten.pause',
  resume: 'kindergarten.resume',
  step: 'kindergarten.step',
  stepBack: 'kindergarten.stepBack',
  goToStart: 'kindergarten.goToStart',
  jumpToRevision: 'kindergarten.jumpToRevision',
  runToBreakpoint: 'kindergarten.runToBreakpoint',
  runUntilQuiet: 'kindergarten.runUntilQuiet',
  returnToNow: 'kindergarten.returnToNow',
  branchHere: 'kindergarten.branchHere',
  speed: 'kindergarten.speed',
  whatIf: 'kindergarten.whatIf',
  goToManifest: 'kindergarten.goToManifest',
  showMenu: 'kindergarten.showMenu',
  showLog: 'kindergarten.showLog',
  startApiServer: 'kindergarten.startApiServer',
  stopApiServer: 'kindergarten.stopApiServer',
  exportKubeconfig: 'kindergarten.exportKubeconfig',
  showRequests: 'kindergarten.showRequests',
  newTerminal: 'kindergarten.newTerminal',
  openLesson: 'kindergarten.openLesson',
  lessonShowMe: 'kindergarten.lessonShowMe',
  lessonNext: 'kindergarten.lessonNext',
  openWalkthrough: 'kindergarten.openWalkthrough',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Context keys for `when` clauses. */
export const contextKeys = {
  hasCluster: 'kindergarten.hasCluster',
  hasSeveralClusters: 'kindergarten.hasSeveralClusters',
  isPaused: 'kindergarten.isPaused',
  inPast: 'kindergarten.inPast',
  canServe: 'kindergarten.canServe',
  isServed: 'kindergarten.isServed',
  /** Lessons have been asked for; before that the cluster tree has the side bar to itself. */
  hasLessons: 'kindergarten.hasLessons',
  manifestPaths: 'kindergarten.manifestPaths',
  scanned: 'kindergarten.scanned',
} as const;
