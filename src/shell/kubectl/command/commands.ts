/** All commands of kubectl that the sandbox has, by name. */
import { apply, deleteCommand, edit, patch } from './apply';
import { attach } from './attach';
import { auth } from './auth';
import type { KubectlCommand } from './call';
import { certificate } from './certificate';
import { clusterInfo, config, version } from './cluster-info';
import { create } from './create';
import { debug } from './debug';
import { describe } from './describe';
import { diff } from './diff';
import { apiResources, apiVersions } from './discovery';
import { cordon, drain, uncordon } from './drain';
import { exec, logs } from './exec';
import { explain } from './explain';
import { expose } from './expose';
import { get } from './get';
import { annotate, label } from './label';
import { replace } from './replace';
import { rollout } from './rollout';
import { run } from './run';
import { autoscale, scale } from './scale';
import { set } from './set';
import { taint } from './taint';
import { top } from './top';
import { events, wait } from './wait';

export const commands: Readonly<Record<string, KubectlCommand>> = Object.freeze({
  annotate,
  'api-resources': apiResources,
  'api-versions': apiVersions,
  apply,
  attach,
  auth,
  autoscale,
  certificate,
  'cluster-info': clusterInfo,
  config,
  cordon,
  create,
  debug,
  delete: deleteCommand,
  describe,
  diff,
  drain,
  edit,
  events,
  exec,
  explain,
  expose,
  get,
  label,
  logs,
  patch,
  replace,
  rollout,
  run,
  scale,
  set,
  taint,
  top,
  uncordon,
  version,
  wait,
});
