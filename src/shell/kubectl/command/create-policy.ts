/** `kubectl create quota|poddisruptionbudget|priorityclass`. Models kubectl's pkg/cmd/create. */
import { canonicalQuantity } from '../../../api/quantity';
import type { Call, KubectlCommand } from './call';
import { generator, type Made, meta } from './generator';
import { pairs } from './run';

function quota({ flags }: Call, name: string): Made {
  const hard: Record<string, string> = {};
  for (const word of flags.list('hard')) {
    const [resource = '', value, ...rest] = word.split('=');
    if (value === undefined || rest.length > 0) {
      return { problem: `Invalid argument syntax ${word}, expected <resource>=<value>` };
    }
    const amount = canonicalQuantity(value);
    if (typeof amount !== 'string') return { problem: amount.error };
    hard[resource] = amount;
  }
  const scopes = flags.list('scopes');
  return { object: {
    apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta(name),
    spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {},
  } };
}

function priorityClass({ flags }: Call, name: string): Made {
  const description = flags.text('description') ?? '';
  return {
    object: {
      apiVersion: 'scheduling.k8s.io/v1',
      ...(description === '' ? {} : { description }),
      ...(flags.is('global-default') ? { globalDefault: true } : {}),
      kind: 'PriorityClass',
      metadata: meta(name),
      preemptionPolicy: flags.text('preemption-policy') ?? 'PreemptLowerPriority',
      value: Number(flags.text('value') ?? 0),
    },
  };
}

function budget({ flags }: Call, name: string): Made {
  const selector = pairs(flags.text('selector')?.split(',') ?? []);
  const least = flags.text('min-available');
  const most = flags.text('max-unavailable');
  if (!selector || !flags.has('selector')) return { problem: 'a selector must be specified' };
  if (least === undefined && most === undefined) {
    return { problem: 'one of min-available or max-unavailable must be specified' };
  }
  if (least !== undefined && most !== undefined) {
    return { problem: 'min-available and max-unavailable cannot be both specified' };
  }
  const amount = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);
  return { object: {
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: meta(name),
    spec: {
      ...(most === undefined ? {} : { maxUnavailable: amount(most) }),
      ...(least === undefined ? {} : { minAvailable: amount(least) }), selector: { matchLabels: selector },
    },
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  } };
}

export const policy: Readonly<Record<string, KubectlCommand>> = {
  poddisruptionbudget: generator(
    'Create a pod disruption budget with the specified name',
    {
      selector: { type: 'string' },
      'min-available': { type: 'string' },
      'max-unavailable': { type: 'string' },
    },
    budget,
    ['pdb'],
  ),
  priorityclass: generator(
    'Create a priority class with the specified name',
    {
      description: { type: 'string' },
      'global-default': { type: 'bool' },
      'preemption-policy': { type: 'string' },
      value: { type: 'int' },
    },
    priorityClass,
    ['pc'],
  ),
  quota: generator(
    'Create a quota with the specified name',
    { hard: { type: 'list' }, scopes: { type: 'list' } },
    quota,
    ['resourcequota'],
  ),
};
