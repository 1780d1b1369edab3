/** `kubectl create deployment|job|cronjob`. Models kubectl's pkg/cmd/create. */
import type { CronJob } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused } from './call';
import type { Flags } from './flags';
import { askingGenerator, generator, type Made, meta } from './generator';
import { isTargetProblem, scopeOf, targetsOf } from './resources';

function deploymentOf({ flags }: Call, name: string): Made {
  const images = flags.list('image');
  const command = commandIn(flags);
  if (command.length > 0 && images.length > 1) {
    return { problem: 'cannot specify multiple --image options and command' };
  }
  const labels = { app: name };
  const port = flags.text('port');
  const containers = images.map((image) => ({
    ...(command.length > 0 ? { command } : {}), image,
    name: (image.split('/').pop() ?? image).replace(/[:@].*$/, '').replace(/[^a-z0-9-]/g, '-'),
    ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }), resources: {},
  }));
  return { object: {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(name, labels),
    spec: {
      replicas: Number(flags.text('replicas') ?? 1), selector: { matchLabels: labels }, strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    },
    status: {},
  } };
}

/** What stands behind the name: the command of the container. */
function commandIn({ args, dash }: Flags): readonly string[] {
  return args.slice(dash ?? 1);
}

function* jobOf(call: Call, name: string): Task<Made | { readonly code: number }> {
  const { flags } = call;
  const image = flags.text('image');
  const from = flags.text('from');
  if ((image === undefined) === (from === undefined)) {
    return { problem: 'either --image or --from must be specified' };
  }
  if (from !== undefined) return yield* jobFrom(call, name, from);
  return { object: {
    apiVersion: 'batch/v1', kind: 'Job', metadata: meta(name),
    spec: { template: jobTemplate(flags, name, image ?? '', 'Never') }, status: {},
  } };
}

/** A job as a cron job would make it, at once. */
function* jobFrom(call: Call, name: string, from: string): Task<Made | { readonly code: number }> {
  if (commandIn(call.flags).length > 0) return { problem: 'cannot specify --from and command' };
  const targets = targetsOf(call.kinds, [from]);
  if (isTargetProblem(targets)) return { problem: targets.problem };
  const [target] = targets;
  if (!target?.name) return { code: complain(call, 'resource(s) were provided, but no name was specified') };
  const found = yield* call.api.get<CronJob>(target.kind, scopeOf(call, target), target.name);
  if (!found.ok) return { code: refused(call, found.status) };
  if (target.kind.kind !== 'CronJob') return { problem: `from must be an existing cronjob` };
  const { metadata, spec: { jobTemplate: template } } = found.value;
  return { object: {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: {
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}), name,
      ownerReferences: [
        { apiVersion: 'batch/v1', controller: true, kind: 'CronJob', name: metadata.name, uid: metadata.uid },
      ],
    },
    spec: template.spec, status: {},
  } };
}

function cronJobOf({ flags }: Call, name: string): Made {
  const template = jobTemplate(flags, name, flags.text('image') ?? '', flags.text('restart') ?? 'OnFailure');
  return { object: {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta(name),
    spec: { jobTemplate: { metadata: meta(name), spec: { template } }, schedule: flags.text('schedule') }, status: {},
  } };
}

function jobTemplate(flags: Flags, name: string, image: string, restartPolicy: string): unknown {
  const command = commandIn(flags);
  const container = { ...(command.length > 0 ? { command } : {}), image, name, resources: {} };
  return { metadata: {}, spec: { containers: [container], restartPolicy } };
}

export const workloads: Readonly<Record<string, KubectlCommand>> = {
  cronjob: generator(
    'Create a cron job with the specified name',
    {
      image: { type: 'string', required: true },
      schedule: { type: 'string', required: true },
      restart: { type: 'string' },
    },
    cronJobOf,
    ['cj'],
  ),
  deployment: generator(
    'Create a deployment with the specified name',
    {
      image: { type: 'list', required: true },
      port: { type: 'int' },
      replicas: { type: 'int', short: 'r' },
    },
    deploymentOf,
    ['deploy'],
  ),
  job: askingGenerator(
    'Create a job with the specified name',
    { image: { type: 'string' }, from: { type: 'string' } },
    jobOf,
  ),
};
