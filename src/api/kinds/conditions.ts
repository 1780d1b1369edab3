/** Conditions of the common form, with a reason. Models ValidateConditions of apimachinery's pkg/apis/meta/v1. */
import { child, duplicate, invalid, notSupported, required, tooLong } from '../field-errors';
import { byteLength, patternMessage } from '../names';
import type { Condition } from '../types';
import { checkQualifiedName, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';

const statuses = ['False', 'True', 'Unknown'];
const maxReasonBytes = 1024;
const maxMessageBytes = 32 * 1024;
const reasonText = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonPattern = new RegExp(`^(?:${reasonText})$`);
const reasonMessage = 'a condition reason must start with alphabetic character, optionally followed by a string of '
  + "alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'";

/** Everything about a list of conditions. */
export function checkConditions(
  conditions: readonly Condition[] | undefined, path: string, errors: FieldErrors,
): void {
  eachItem(conditions, path, (condition, at, i) => {
    const isRepeated = (conditions ?? []).findIndex(({ type }) => type === condition.type) < i;
    if (isRepeated) errors.push(duplicate(child(at, 'type'), condition.type));
    checkCondition(condition, at, errors);
  });
}

function checkCondition(condition: Condition, path: string, errors: FieldErrors): void {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  checkQualifiedName(type, child(path, 'type'), errors);
  if (!statuses.includes(status)) errors.push(notSupported(child(path, 'status'), status, statuses));
  if (observedGeneration < 0) {
    const detail = 'must be greater than or equal to zero';
    errors.push(invalid(child(path, 'observedGeneration'), observedGeneration, detail));
  }
  if (!lastTransitionTime) errors.push(required(child(path, 'lastTransitionTime'), 'must be set'));
  const reasonPath = child(path, 'reason');
  if (reason === '') errors.push(required(reasonPath, 'must be set'));
  else {
    if (!reasonPattern.test(reason)) {
      const examples = ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'];
      errors.push(invalid(reasonPath, reason, patternMessage(reasonMessage, reasonText, examples)));
    }
    if (byteLength(reason) > maxReasonBytes) errors.push(tooLong(reasonPath, maxReasonBytes));
  }
  if (byteLength(message) > maxMessageBytes) errors.push(tooLong(child(path, 'message'), maxMessageBytes));
}
