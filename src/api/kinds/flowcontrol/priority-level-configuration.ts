/**
 * PriorityLevelConfiguration: how much is done at once for requests of one priority, and which of the others wait.
 * Models pkg/apis/flowcontrol and pkg/registry/flowcontrol/prioritylevelconfiguration.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, forbidden, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type {
  LimitedPriorityLevelConfiguration, LimitResponse, PriorityLevelConfiguration, PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { bootstrapPriorityLevels, mandatoryNames } from './bootstrap';
import { conditionErrors } from './flow-schema';

const maxQueues = 10_000_000;
/** shufflesharding.MaxHashBits. */
const maxHashBits = 60;
const noQueuing: QueuingConfiguration = Object.freeze({});

function defaults(level: PriorityLevelConfiguration): PriorityLevelConfiguration {
  const { spec } = level;
  const { exempt, limited } = spec;
  let filled: PriorityLevelConfigurationSpec = spec;
  if (exempt !== undefined) {
    const shares = exempt.nominalConcurrencyShares === undefined
      ? withKey(exempt, 'nominalConcurrencyShares', 0) : exempt;
    filled = withKey(filled, 'exempt', shares.lendablePercent === undefined
      ? withKey(shares, 'lendablePercent', 0) : shares);
  }
  if (limited !== undefined) filled = withKey(filled, 'limited', limitedDefaults(limited));
  return withKey(level, 'spec', filled);
}

function limitedDefaults(given: LimitedPriorityLevelConfiguration): LimitedPriorityLevelConfiguration {
  let limited = given;
  if (limited.nominalConcurrencyShares === undefined) limited = withKey(limited, 'nominalConcurrencyShares', 30);
  if (limited.lendablePercent === undefined) limited = withKey(limited, 'lendablePercent', 0);
  const queuing = limited.limitResponse?.queuing;
  if (queuing === undefined) return limited;
  let filled = withDefault(queuing, 'handSize', 8);
  filled = withDefault(withDefault(filled, 'queues', 64), 'queueLengthLimit', 50);
  return withKey(limited, 'limitResponse', withKey(limited.limitResponse as LimitResponse, 'queuing', filled));
}

function validate({ metadata, spec }: PriorityLevelConfiguration): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { name } = metadata;
  const { type, exempt, limited } = spec;
  if ((name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', type ?? '', "type must be 'Exempt' if and only if `name` is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (limited !== undefined) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt === undefined) errors.push(required('spec.exempt', 'must not be empty when type is Exempt'));
    else checkShares(exempt, 'spec.exempt', errors);
  } else if (type === 'Limited') {
    if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited === undefined) errors.push(required('spec.limited', 'must not be empty when type is Limited'));
    else checkLimited(limited, 'spec.limited', errors);
  } else {
    errors.push(notSupported('spec.type', type ?? '', ['Exempt', 'Limited']));
  }
  checkMandatory(name, spec, errors);
  return errors;
}

function checkMandatory(name: string, spec: PriorityLevelConfigurationSpec, errors: FieldErrors): void {
  if (!mandatoryNames.includes(name)) return;
  const fixed = bootstrapPriorityLevels[name];
  if (name !== 'exempt') {
    if (!equal(spec, fixed)) errors.push(invalid('spec', spec, `spec of '${name}' must equal the fixed value`));
  } else if (!equal({ ...spec, exempt: undefined }, { ...fixed, exempt: undefined })) {
    errors.push(invalid('spec', spec, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`));
  }
}

function checkShares(
  { nominalConcurrencyShares: shares, lendablePercent }: LimitedPriorityLevelConfiguration, path: string,
  errors: FieldErrors,
): void {
  if (shares !== undefined && shares < 0) {
    errors.push(invalid(child(path, 'nominalConcurrencyShares'), shares, 'must be a non-negative integer'));
  }
  if (lendablePercent !== undefined && (lendablePercent < 0 || lendablePercent > 100)) {
    errors.push(invalid(child(path, 'lendablePercent'), lendablePercent, 'must be between 0 and 100, inclusive'));
  }
}

function checkLimited(limited: LimitedPriorityLevelConfiguration, path: string, errors: FieldErrors): void {
  checkShares({ nominalConcurrencyShares: limited.nominalConcurrencyShares }, path, errors);
  checkResponse(limited.limitResponse ?? { type: '' }, child(path, 'limitResponse'), errors);
  checkShares({ lendablePercent: limited.lendablePercent }, path, errors);
  const borrowing = limited.borrowingLimitPercent;
  if (borrowing !== undefined && borrowing < 0) {
    errors.push(invalid(child(path, 'borrowingLimitPercent'), borrowing,
      'if specified, must be a non-negative integer'));
  }
}

function checkResponse({ type, queuing }: LimitResponse, path: string, errors: FieldErrors): void {
  const at = child(path, 'queuing');
  if (type === 'Reject') {
    if (queuing === undefined) return;
    errors.push(forbidden(at, 'must be nil if limited.limitResponse.type is not Limited'));
  } else if (type === 'Queue') {
    if (queuing === undefined) {
      errors.push(required(at, 'must not be empty if limited.limitResponse.type is Limited'));
    } else {
      checkQueuing(queuing, at, errors);
    }
  } else {
    errors.push(notSupported(child(path, 'type'), type ?? '', ['Queue', 'Reject']));
  }
}

function checkQueuing(queuing: QueuingConfiguration, path: string, errors: FieldErrors): void {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  if (queueLengthLimit <= 0)
    errors.push(invalid(child(path, 'queueLengthLimit'), queueLengthLimit, 'must be positive'));
  const queuesPath = child(path, 'queues');
  if (queues <= 0) errors.push(invalid(queuesPath, queues, 'must be positive'));
  else if (queues > maxQueues) errors.push(invalid(queuesPath, queues, `must not be greater than ${maxQueues}`));
  const handPath = child(path, 'handSize');
  if (handSize <= 0) errors.push(invalid(handPath, handSize, 'must be positive'));
  else if (handSize > queues) {
    errors.push(invalid(handPath, handSize, `should not be greater than queues (${queues})`));
  } else if (entropyBits(queues, handSize) > maxHashBits) {
    errors.push(invalid(handPath, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} `
      + `should not be greater than ${maxHashBits}`));
  }
}

/** Bits of a hash that dealing a hand out of a deck uses up: shufflesharding.RequiredEntropyBits. */
function entropyBits(deckSize: number, handSize: number): number {
  let bits = 0;
  for (let i = 0; i < handSize && bits <= maxHashBits; i += 1) bits += Math.log2(deckSize - i);
  return Math.ceil(bits);
}

function queuingOf({ spec }: PriorityLevelConfiguration): QueuingConfiguration {
  return spec.limited?.limitResponse?.queuing ?? noQueuing;
}

export const priorityLevelConfigurationKind = defineKind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io', version: 'v1', kind: 'PriorityLevelConfiguration',
  listKind: 'PriorityLevelConfigurationList', plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration', namespaced: false, schema: 'PriorityLevelConfiguration',
  subresources: ['status'],
  defaults,
  validate,
  validateUpdate: validate,
  validateStatusUpdate: ({ status }) => conditionErrors(status?.conditions),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'Whether it is limited.', cell: ({ spec }) => spec.type },
    {
      name: 'NominalConcurrencyShares', type: 'string', description: 'Its share of what is done at once.',
      cell: ({ spec }) => (spec.limited === undefined ? '<none>' : spec.limited.nominalConcurrencyShares ?? 0),
    },
    {
      name: 'Queues', type: 'string', description: 'How many queues there are.',
      cell: (level) => queuingOf(level).queues ?? '<none>',
    },
    {
      name: 'HandSize', type: 'string', description: 'How many queues a flow is spread over.',
      cell: (level) => queuingOf(level).handSize ?? '<none>',
    },
    {
      name: 'QueueLengthLimit', type: 'string', description: 'How many requests wait in a queue.',
      cell: (level) => queuingOf(level).queueLengthLimit ?? '<none>',
    },
    ageColumn,
  ],
});
