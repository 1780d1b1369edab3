/**
 * ValidatingAdmissionWebhook: all webhooks that want to are asked at once; the first that refuses, in their order,
 * decides. Models apiserver's pkg/admission/plugin/webhook/validating. A preview, which cannot wait, asks nobody.
 */
import { validatingWebhookConfigurations } from '../../../api/resources';
import { type FailureStatus, isFailure } from '../../../api/status';
import { all, type Task } from '../../../sim/task';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin';
import { isExempt } from '../policy/matching';
import { ask, configured, wanted, type Webhook } from './dispatch';

/** The plugin. */
export function validatingAdmissionWebhook(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    validateLater(attributes, execution) {
      const configurations = execution.objects.list(validatingWebhookConfigurations);
      if (configurations.length === 0 || !execution.call || isExempt(attributes)) return undefined;
      const asked: [Webhook, ServedResource][] = [];
      for (const { hook } of configured(configurations)) {
        const matched = wanted(hook, attributes, execution, authorizer);
        if (isFailure(matched)) return refuse(matched);
        if (matched) asked.push([hook, matched]);
      }
      return asked.length === 0 ? undefined : askAll(asked, attributes, execution);
    },
  };
}

function* refuse(status: FailureStatus): Task<FailureStatus> {
  return status;
}

function* askAll(
  asked: readonly (readonly [Webhook, ServedResource])[], attributes: AdmissionAttributes, execution: Execution,
): Task<FailureStatus | undefined> {
  const answers = yield* all(asked.map(([hook, matched]) => ask(hook, matched, attributes, execution, false)));
  return answers.find((answer): answer is FailureStatus => isFailure(answer));
}
