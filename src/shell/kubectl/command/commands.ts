/** All commands of kubectl that the sandbox has, by name. */
import { apply, deleteCommand, edit, patch } from './apply';
import { attach } from './attach';
import { auth } from './auth';
import type { KubectlCommand } from './call';
import { annotate, cordon, drain, label, scale, set, taint, uncordon } from './change';
import { clusterInfo, config, version } from './cluster-info';
import { create, expose } from './create';
import { describe } from './describe';
import { diff } from './diff';
import { apiResources, apiVersions } from './discovery';
import { exec, logs } from './exec';
import { explain } from './explain';
import { get } from './get';
import { replace } from './replace';
import { rollout } from './rollout';
import { run } from './run';
import { top } from './top';
import { events, wait } from './wait';

export const commands: Readonly<Record<string, KubectlCommand>> = Object.freeze({
  annotate, 'api-resources': apiResources, 'api-versions': apiVersions, apply, attach, auth, 'cluster-info': clusterInfo,
  config, cordon, create, delete: deleteCommand, describe, diff, drain, edit, events, exec, explain, expose, get, label,
  logs, patch, replace, rollout, run, scale, set, taint, top, uncordon, version, wait,
});
