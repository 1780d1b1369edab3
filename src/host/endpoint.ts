/**
 * The endpoint's face to the extension and to the command line, and the one file that makes the bundle
 * dist/endpoint.js. It is loaded by `import()` when somebody starts the API server, since most windows never do.
 */
export { openEndpoint } from './node/endpoint';
export { defaultKubeconfigPath, mergeKubeconfig, removeKubeconfig, writeKubeconfig } from './node/kubeconfig-file';
export { ServedCluster } from './node/served-cluster';
