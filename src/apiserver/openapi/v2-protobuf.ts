/**
 * The OpenAPI v2 document in gnostic's protobuf form, which is the only one that kubectl before v1.24 asks for. Written
 * from the JSON document, so that the two say the same. Models google/gnostic openapiv2/OpenAPIv2.proto, whose field
 * numbers stand here; what this server's documents never contain is not written.
 */
import { utf8Encode } from '../../base/utf8';
import type { JsonSchema } from './schemas';

/** A message under construction: parts in order, with their length, because a message's length goes in front of it. */
class Message {
  private readonly parts: (Uint8Array | Message)[] = [];
  length = 0;

  /** A text; absent or empty ones are not written, as in proto3. */
  text(field: number, value: unknown): this {
    if (typeof value === 'string' && value !== '') this.bytes(field, utf8Encode(value));
    return this;
  }

  texts(field: number, values: unknown): this {
    for (const value of Array.isArray(values) ? values : []) this.bytes(field, utf8Encode(String(value)));
    return this;
  }

  flag(field: number, value: unknown): this {
    return value === true ? this.put(Uint8Array.of(...varint(field << 3), 1)) : this;
  }

  integer(field: number, value: unknown): this {
    if (typeof value !== 'number' || value === 0) return this;
    return this.put(Uint8Array.of(...varint(field << 3), ...varint(value)));
  }

  /** A number in eight bytes. */
  double(field: number, value: unknown): this {
    if (typeof value !== 'number' || value === 0) return this;
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, value, true);
    this.put(Uint8Array.from(varint((field << 3) | 1)));
    return this.put(new Uint8Array(bytes.buffer));
  }

  message(field: number, inner: Message | undefined): this {
    if (inner === undefined) return this;
    this.put(Uint8Array.from([...varint((field << 3) | 2), ...varint(inner.length)]));
    this.parts.push(inner);
    this.length += inner.length;
    return this;
  }

  messages<T>(field: number, values: unknown, make: (value: T) => Message): this {
    for (const value of Array.isArray(values) ? values as readonly T[] : []) this.message(field, make(value));
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.length);
    this.write(out, 0);
    return out;
  }

  private write(out: Uint8Array, start: number): void {
    let at = start;
    for (const part of this.parts) {
      if (part instanceof Message) part.write(out, at);
      else out.set(part, at);
      at += part.length;
    }
  }

  private bytes(field: number, value: Uint8Array): void {
    this.put(Uint8Array.from([...varint((field << 3) | 2), ...varint(value.length)]));
    this.put(value);
  }

  private put(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}

/** A varint of a whole number that is not negative. */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = Math.max(0, Math.floor(value));
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

/** The document's bytes. */
export function encodeOpenApiV2(document: JsonSchema): Uint8Array {
  const info = document['info'] as JsonSchema;
  return new Message()
    .text(1, document['swagger'])
    .message(2, new Message().text(1, info['title']).text(2, info['version']))
    .message(8, named(2, document['paths'], pathItem))
    .message(9, named(1, document['definitions'], schema))
    .messages(12, document['security'], (requirement: JsonSchema) => named(1, requirement, () => new Message()))
    .message(13, named(1, document['securityDefinitions'], apiKey))
    .finish();
}

/** A map as gnostic writes it: a list of names and values. */
function named(field: number, map: unknown, make: (value: JsonSchema) => Message): Message {
  const message = new Message();
  for (const [name, value] of Object.entries(map as Readonly<Record<string, JsonSchema>>)) {
    message.message(field, new Message().text(1, name).message(2, make(value)));
  }
  return message;
}

/** Values that the format has no field for travel as YAML, of which JSON is a part. */
function any(value: unknown): Message {
  return new Message().text(2, `${JSON.stringify(value)}\n`);
}

function extensions(message: Message, field: number, from: JsonSchema): Message {
  for (const [name, value] of Object.entries(from)) {
    if (name.startsWith('x-')) message.message(field, new Message().text(1, name).message(2, any(value)));
  }
  return message;
}

function apiKey(definition: JsonSchema): Message {
  return new Message().message(2, new Message()
    .text(1, definition['type']).text(2, definition['name']).text(3, definition['in'])
    .text(4, definition['description']));
}

function pathItem(item: JsonSchema): Message {
  const message = new Message();
  const operations = [['get', 2], ['put', 3], ['post', 4], ['delete', 5], ['patch', 8]] as const;
  for (const [method, field] of operations) {
    const given = item[method] as JsonSchema | undefined;
    message.message(field, given && operation(given));
  }
  return extensions(message.messages(9, item['parameters'], parameter), 10, item);
}

function operation(given: JsonSchema): Message {
  const message = new Message()
    .texts(1, given['tags']).text(3, given['description']).text(5, given['operationId']).texts(6, given['produces'])
    .texts(7, given['consumes']).messages(8, given['parameters'], parameter)
    .message(9, named(1, given['responses'], response)).texts(10, given['schemes']);
  return extensions(message, 13, given);
}

/** Parameters that many operations share are written once. */
const parameters = new WeakMap<JsonSchema, Message>();

function parameter(given: JsonSchema): Message {
  const known = parameters.get(given);
  if (known !== undefined) return known;
  const made = makeParameter(given);
  parameters.set(given, made);
  return made;
}

function makeParameter(given: JsonSchema): Message {
  const body = given['in'] === 'body';
  const inner = body
    ? new Message().text(1, given['description']).text(2, given['name']).text(3, given['in']).flag(4, given['required'])
      .message(5, schema(given['schema'] as JsonSchema))
    : nonBodyParameter(given);
  return new Message().message(1, new Message().message(body ? 1 : 2, inner));
}

function nonBodyParameter(given: JsonSchema): Message {
  const inner = new Message()
    .flag(1, given['required']).text(2, given['in']).text(3, given['description']).text(4, given['name']);
  // Query parameters have one field more in front of the type, so that everything behind it is shifted.
  if (given['in'] === 'path') {
    return new Message().message(4, inner.text(5, given['type']).flag(19, given['uniqueItems']));
  }
  return new Message().message(3, inner.text(6, given['type']).flag(20, given['uniqueItems']));
}

function response(given: JsonSchema): Message {
  const content = given['schema'] as JsonSchema | undefined;
  const inner = new Message().text(1, given['description']);
  if (content) inner.message(2, new Message().message(1, schema(content)));
  return new Message().message(1, inner);
}

function schema(given: JsonSchema): Message {
  const { default: fallback, additionalProperties, type, items, properties } = given;
  const message = new Message()
    .text(1, given['$ref']).text(2, given['format']).text(3, given['title']).text(4, given['description']);
  if (fallback !== undefined) message.message(5, any(fallback));
  message.double(7, given['maximum']).double(9, given['minimum']).integer(11, given['maxLength'])
    .integer(12, given['minLength']).text(13, given['pattern']).integer(14, given['maxItems'])
    .integer(15, given['minItems']).flag(16, given['uniqueItems']).texts(19, given['required'])
    .messages(20, given['enum'], any);
  if (typeof additionalProperties === 'boolean') message.message(21, new Message().flag(2, additionalProperties));
  else if (additionalProperties) {
    message.message(21, new Message().message(1, schema(additionalProperties as JsonSchema)));
  }
  if (typeof type === 'string') message.message(22, new Message().texts(1, [type]));
  if (items) message.message(23, new Message().message(1, schema(items as JsonSchema)));
  if (properties) message.message(25, named(1, properties, schema));
  return extensions(message, 31, given);
}
