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
  speed: 'kindergarten.speed',
  showMenu: 'kindergarten.showMenu',
  showLog: 'kindergarten.showLog',
  startApiServer: 'kindergarten.startApiServer',
  stopApiServer: 'kindergarten.stopApiServer',
  exportKubeconfig: 'kindergarten.exportKubeconfig',
  showRequests: 'kindergarten.showRequests',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Context keys for `when` clauses. */
export const contextKeys = {
  hasCluster: 'kindergarten.hasCluster',
  hasSeveralClusters: 'kindergarten.hasSeveralClusters',
  isPaused: 'kindergarten.isPaused',
  canServe: 'kindergarten.canServe',
  isServed: 'kindergarten.isServed',
  manifestPaths: 'kindergarten.manifestPaths',
  scanned: 'kindergarten.scanned',
} as const;
