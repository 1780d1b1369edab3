/**
 * The shape of a lesson file as JSON Schema: what `read-lesson.ts` checks against and what is published beside the
 * lessons, so that an editor completes and checks the same.
 */

/** As much of JSON Schema as lesson files need. */
export interface LessonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, LessonSchema>>;
  readonly additionalProperties?: boolean | LessonSchema;
  readonly required?: readonly string[];
  readonly items?: LessonSchema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minLength?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, LessonSchema>>;
}

type Fields = Readonly<Record<string, LessonSchema>>;

const text: LessonSchema = { type: 'string', minLength: 1 };
const integer: LessonSchema = { type: 'integer', minimum: 0 };
const flag: LessonSchema = { type: 'boolean' };
const name: LessonSchema = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' };
const ref = (definition: string): LessonSchema => ({ $ref: `#/$defs/${definition}` });
const list = (items: LessonSchema, minItems = 1): LessonSchema => ({ type: 'array', items, minItems });
const object = (properties: Fields, required: readonly string[] = []): LessonSchema =>
  ({ type: 'object', properties, required, additionalProperties: false });
/** Exactly one of the fields. */
const oneOf = (properties: Fields): LessonSchema => ({ ...object(properties), minProperties: 1, maxProperties: 1 });

const amount = { count: integer, atLeast: integer, atMost: integer };
const choice = {
  kind: text, apiVersion: text, namespace: text, name: text, prefix: text,
  labels: { type: 'object', additionalProperties: { type: 'string' } },
} satisfies Fields;
const pair: LessonSchema = { type: 'array', items: text, minItems: 2, maxItems: 2 };

const trace = object({
  ...amount, from: text, to: text, verb: text, resource: text, subresource: text, name: text, code: integer,
  hop: {
    type: 'string',
    enum: ['request', 'response', 'event', 'failure', 'stage', 'decision', 'started', 'stopped', 'fault'],
  },
  stage: {
    type: 'string',
    enum: ['authentication', 'authorization', 'mutatingAdmission', 'validation', 'validatingAdmission', 'registry',
      'watchCache'],
  },
  allowed: flag,
});

const check = oneOf({
  nodes: object({ ...amount, role: { type: 'string', enum: ['control-plane', 'worker'] }, ready: flag }),
  object: object({ ...amount, ...choice, path: text, is: {}, min: { type: 'number' } }, ['kind']),
  trace,
  order: list(trace, 2),
  revision: object(amount),
  event: object({ ...amount, reason: text, about: text }, ['reason']),
  component: object({ name: text, node: text, running: flag }, ['name', 'running']),
  reach: object({ from: text, to: text, is: flag }, ['from', 'to', 'is']),
  prediction: name,
  all: list(ref('check')),
  any: list(ref('check')),
  not: ref('check'),
});

const action = oneOf({
  apply: text,
  delete: object({ kind: text, apiVersion: text, namespace: text, name: text }, ['kind', 'name']),
  deleteOneOf: object(choice, ['kind']),
  evictOneOf: object(choice, ['kind']),
  relabelOneOf: object({ ...choice, set: choice.labels }, ['kind', 'set']),
  request: object({
    method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    path: { type: 'string', pattern: '^/' }, body: text, contentType: text, as: text, token: text,
  }, ['method', 'path']),
  kill: text,
  cut: pair,
  heal: pair,
  powerOff: text,
  wait: { type: 'number', minimum: 0, maximum: 3600 },
  until: ref('check'),
});

const step = object({
  id: name, title: ref('texts'), text: ref('texts'),
  predict: object({
    id: name, question: ref('texts'),
    choices: list(object({ text: ref('texts'), when: ref('check') }, ['text', 'when']), 2),
    object: object({
      ask: { type: 'string', enum: ['firstReadyNode', 'nodeOf', 'componentWithoutPod', 'busiestComponent'] }, pod: text,
    }, ['ask']),
  }, ['id', 'question']),
  yaml: object({ file: text, text }, ['file', 'text']),
  commands: list(text), highlight: list(text), show: list(ref('action')), checks: list(ref('check')),
  hints: { type: 'array', items: ref('texts'), minItems: 2, maxItems: 2 },
  after: ref('texts'), breakIt: flag,
}, ['id', 'title', 'text']);

/** The schema of a lesson file. */
export const lessonSchema: LessonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Kindergarten lesson',
  ...object({
    id: name, number: { type: 'string', pattern: '^[A-Z][0-9]{2}$' }, title: ref('texts'), goal: ref('texts'),
    minutes: { type: 'integer', minimum: 1, maximum: 240 },
    tracks: list({ type: 'string', enum: ['start', 'authors', 'all'] }),
    cluster: text, prepare: list(ref('action')),
    recall: list(object({
      question: ref('texts'), answers: list(object({ text: ref('texts'), right: flag }, ['text']), 2),
    }, ['question', 'answers'])),
    steps: list(ref('step')),
  }, ['id', 'number', 'title', 'goal', 'minutes', 'tracks', 'recall', 'steps']),
  $defs: { texts: object({ de: text, en: text }, ['de', 'en']), check, action, step },
};
