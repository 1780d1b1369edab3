/**
 * MutatingAdmissionWebhook: the webhooks that want to are asked one after the other, each with the object as those
 * before it have left it, and answer with JSON patches. Models apiserver's pkg/admission/plugin/webhook/mutating. A
 * preview, which cannot wait, asks nobody.
 */
import { quote } from '../../../api/go-text';
import { applyJsonPatch } from '../../../api/patch/json-patch';
import { isPatchError, type PlainMap } from '../../../api/patch/plain';
import { mutatingWebhookConfigurations } from '../../../api/resources';
import { type FailureStatus, internalError, isFailure } from '../../../api/status';
import type { KubeObject } from '../../../api/types';
import { equal } from '../../../base/freeze';
import type { Task } from '../../../sim/task';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import { decodeMutated } from '../decode-mutated';
import type { AdmissionAttributes, AdmissionPlugin, Mutated } from '../plugin';
import { isExempt } from '../policy/matching';
import type { PluginReinvocation } from '../reinvocation';
import { ask, configured, type ConfiguredWebhook, wanted, type Webhook } from './dispatch';

const name = 'MutatingAdmissionWebhook';

/** The plugin. */
export function mutatingAdmissionWebhook(authorizer: Authorizer): AdmissionPlugin {
  return {
    name,
    mutateLater(attributes, execution, reinvocation) {
      const configurations = execution.objects.list(mutatingWebhookConfigurations);
      if (configurations.length === 0 || !execution.call || isExempt(attributes)) return undefined;
      return askInTurn(configured(configurations), attributes, execution, authorizer, reinvocation.of(name));
    },
  };
}

function* askInTurn(
  hooks: readonly ConfiguredWebhook[], given: AdmissionAttributes, execution: Execution, authorizer: Authorizer,
  round: PluginReinvocation,
): Task<Mutated> {
  let attributes = given;
  round.begin(given.object);
  for (const { id, hook } of hooks) {
    const matched = wanted(hook, attributes, execution, authorizer);
    if (isFailure(matched)) return matched;
    if (!matched || !round.isDue(id)) continue;
    const object = yield* mutated(hook, matched, attributes, execution);
    if (isFailure(object)) return object;
    if (object !== attributes.object) {
      round.changed();
      attributes = { ...attributes, object };
    }
    if (hook.reinvocationPolicy === 'IfNeeded') round.add(id);
  }
  round.end(attributes.object);
  return attributes.object === given.object ? undefined : attributes.object;
}

/** The object after one webhook; the same one when it has changed nothing. */
function* mutated(
  hook: Webhook, matched: ServedResource, attributes: AdmissionAttributes, execution: Execution,
): Task<KubeObject | FailureStatus | undefined> {
  const verdict = yield* ask(hook, matched, attributes, execution, true);
  if (isFailure(verdict)) return verdict;
  const { object } = attributes;
  if (!verdict?.patch) return object;
  if (!object) {
    return internalError(`admission webhook ${quote(hook.name)} attempted to modify the object, which is not supported `
      + 'for this operation');
  }
  const shown = matched.fromStorage(object) as unknown as PlainMap;
  const patched = applyJsonPatch(shown, verdict.patch);
  if (isPatchError(patched)) return internalError(patched.error);
  const next = decodeMutated(patched, matched);
  return !isFailure(next) && equal(next, object) ? object : next;
}
