/** All commands of kubectl that the sandbox has, by name. */
import { apiResources, apiVersions, auth, clusterInfo, config, explain, top, version } from './about';
import { apply, deleteCommand, edit, patch } from './apply';
import type { KubectlCommand } from './call';
import { annotate, cordon, drain, label, scale, set, taint, uncordon } from './change';
import { create, expose } from './create';
import { describe } from './describe';
import { exec, logs } from './exec';
import { get } from './get';
import { rollout } from './rollout';
import { run } from './run';
import { events, wait } from './wait';

export const commands: Readonly<Record<string, KubectlCommand>> = Object.freeze({
  annotate, 'api-resources': apiResources, 'api-versions': apiVersions, apply, auth, 'cluster-info': clusterInfo,
    config,
  cordon, create, delete: deleteCommand, describe, drain, edit, events, exec, explain, expose, get, label, logs, patch,
  rollout, run, scale, set, taint, top, uncordon, version, wait,
});
