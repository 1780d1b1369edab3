/**
 * How much the rules of a schema may cost at worst: lists, maps and texts are as large as the schema lets them be, or as
 * large as fits into a request. Rules that would be too slow are refused when the definition is written. The estimate
 * follows the costs of cel-go's checker/cost.go over sizes of apiserver's pkg/cel/common/schemas.go. It differs in
 * detail: sizes of computed lists are taken from what they were computed of, where upstream often knows none.
 */
import { type Node, parse } from '../cel/parse';
import { unescapeName } from '../cel/json-values';
import { forbidden, type FieldError } from '../field-errors';
import { isIntOrString, itemsOf, propertyOf, type Schema, valuesOf } from './structural';

const maxRequestBytes = 3 * 1024 * 1024;
/** StaticEstimatedCostLimit and StaticEstimatedCRDCostLimit. */
const ruleLimit = 10_000_000;
const schemaLimit = 100_000_000;
/** How many of the most expensive rules a total over the limit is blamed on. */
const blamed = 4;

const hint = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and '
  + 'strings are declared)';

function overBudget(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${text} ${hint}`;
}

/** The costs of all rules of one schema. */
export class RuleCosts {
  private total = 0;
  private readonly expensive: { readonly path: string; readonly cost: number }[] = [];

  /** Adds an expression; the reason for refusing it when it alone costs too much. */
  judge(
    text: string, schema: Schema, context: { readonly cardinality?: number | undefined }, path: string, what: string,
  ): string | undefined {
    const tree = parse(text);
    if ('message' in tree) return undefined;
    const self = sizeOf(schema);
    const times = context.cardinality ?? Math.floor(maxRequestBytes / (minBytes(schema) + 1));
    const cost = new Estimate().of(tree, new Map([['self', self], ['oldSelf', self]])).cost * times;
    this.total += cost;
    this.expensive.push({ path, cost });
    return cost > ruleLimit ? overBudget(what, cost, ruleLimit) : undefined;
  }

  /** Errors of the schema as a whole. */
  totalErrors(path: string): readonly FieldError[] {
    if (this.total <= schemaLimit) return [];
    const worst = this.expensive.sort((a, b) => b.cost - a.cost).slice(0, blamed);
    const why = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...worst.map((one) => forbidden(one.path, why)),
      forbidden(path, overBudget(what, this.total, schemaLimit)),
    ];
  }
}

/** The bytes that a value of the schema takes at least. */
function minBytes(schema: Schema): number {
  if (isIntOrString(schema)) return 1;
  switch (schema.type) {
    case 'object': {
      let bytes = 2;
      for (const name of schema.required ?? []) {
        const property = propertyOf(schema, name);
        if (property && property.default === undefined) bytes += name.length + minBytes(property) + 4;
      }
      return bytes;
    }
    case 'boolean': return 4;
    case 'integer': case 'number': return 1;
    default: return 2;
  }
}

/** How large a value can be: its elements, and the sizes of what is in it. */
interface Size {
  readonly most: number;
  readonly schema?: Schema | undefined;
  /** The size of items or values, where they were computed. */
  readonly item?: Size | undefined;
}

const one: Size = Object.freeze({ most: 1 });

function sizeOf(schema: Schema | undefined): Size {
  if (schema === undefined) return { most: maxRequestBytes };
  const { type, maxItems, maxProperties, maxLength, enum: values } = schema;
  if (isIntOrString(schema)) return { most: maxRequestBytes - 2, schema };
  switch (type) {
    case 'array': {
      const items = itemsOf(schema);
      return { most: maxItems ?? Math.floor((maxRequestBytes - 2) / ((items ? minBytes(items) : 1) + 1)), schema };
    }
    case 'object': {
      const inner = valuesOf(schema);
      if (!inner) return { most: Object.keys(schema.properties ?? {}).length, schema };
      return { most: maxProperties ?? Math.floor((maxRequestBytes - 2) / (minBytes(inner) + 6)), schema };
    }
    case 'string': {
      const longest = values?.length ? Math.max(...values.map((value) => String(value).length)) : undefined;
      const formats: Readonly<Record<string, number>> = { duration: 32, date: 10, 'date-time': 30 };
      // Four bytes for a character, as escaping may need them.
      const bounded = maxLength === undefined ? formats[schema.format ?? ''] ?? maxRequestBytes - 2 : maxLength * 4;
      return { most: longest ?? bounded, schema };
    }
    default: return one;
  }
}

function itemOf({ schema, item }: Size): Size {
  if (item) return item;
  if (schema === undefined) return { most: maxRequestBytes };
  return sizeOf(itemsOf(schema) ?? valuesOf(schema));
}

/** What a part of an expression costs, and how large its value is. */
interface Worth {
  readonly cost: number;
  readonly size: Size;
}

type Sizes = ReadonlyMap<string, Size>;

class Estimate {
  of(node: Node, sizes: Sizes): Worth {
    switch (node.op) {
      case 'literal': return { cost: 0, size: literalSize(node.value) };
      case 'ident': return { cost: 1, size: sizes.get(node.name) ?? one };
      case 'select': return this.field(node.operand, node.field, sizes, 1);
      case 'has': return { cost: this.of(node.operand, sizes).cost + 1, size: one };
      case 'index': {
        const operand = this.of(node.operand, sizes);
        return { cost: operand.cost + this.of(node.index, sizes).cost + 1, size: itemOf(operand.size) };
      }
      case 'list': {
        const items = node.items.map((item) => this.of(item, sizes));
        const cost = items.reduce((sum, item) => sum + item.cost, 10);
        return { cost, size: { most: items.length, item: largest(items.map(({ size }) => size)) } };
      }
      case 'map': {
        const values = node.entries.map(([key, value]) => [this.of(key, sizes), this.of(value, sizes)] as const);
        const cost = values.reduce((sum, [key, value]) => sum + key.cost + value.cost, 30);
        return { cost, size: { most: values.length, item: largest(values.map(([, { size }]) => size)) } };
      }
      case 'and': case 'or': {
        return { cost: this.of(node.left, sizes).cost + this.of(node.right, sizes).cost, size: one };
      }
      case 'conditional': {
        const [yes, no] = [this.of(node.yes, sizes), this.of(node.no, sizes)];
        const cost = this.of(node.test, sizes).cost + Math.max(yes.cost, no.cost);
        return { cost, size: largest([yes.size, no.size]) };
      }
      case 'bind': {
        const init = this.of(node.init, sizes);
        const body = this.of(node.body, new Map([...sizes, [node.name, init.size]]));
        return { cost: init.cost + body.cost, size: body.size };
      }
      case 'macro': return this.loop(node, sizes);
      case 'call': return this.call(node, sizes);
    }
  }

  private field(operand: Node, name: string, sizes: Sizes, cost: number): Worth {
    const target = this.of(operand, sizes);
    const { schema } = target.size;
    const property = schema && propertyOf(schema, unescapeName(name));
    const size = property
      ? sizeOf(property)
      : schema && valuesOf(schema)
        ? itemOf(target.size)
        : (target.size.item ?? one);
    return { cost: target.cost + cost, size };
  }

  private loop({ macro, range, variables, filter, body }: Extract<Node, { op: 'macro' }>, sizes: Sizes): Worth {
    const over = this.of(range, sizes);
    if (macro === 'optMap' || macro === 'optFlatMap') {
      const inner = this.of(body, new Map([...sizes, [variables[0] ?? '', over.size]]));
      return { cost: over.cost + inner.cost + 2, size: inner.size };
    }
    const isMap = over.size.schema !== undefined && valuesOf(over.size.schema) !== undefined;
    const key: Size = isMap ? { most: maxRequestBytes / Math.max(1, over.size.most) } : one;
    const item = itemOf(over.size);
    const bound = variables.length === 1 ? [isMap ? key : item] : [key, item];
    const within = new Map([...sizes, ...variables.map((name, i) => [name, bound[i] ?? one] as const)]);
    const inner = this.of(body, within);
    const test = filter ? this.of(filter, within).cost : 0;
    const collects = !['all', 'exists', 'exists_one'].includes(macro);
    const step = inner.cost + test + (collects ? 13 : 3);
    const size: Size = !collects ? one : { most: over.size.most, item: macro === 'filter' ? item : inner.size };
    return { cost: over.cost + over.size.most * step + 1, size };
  }

  private call({ name, target, args }: Extract<Node, { op: 'call' }>, sizes: Sizes): Worth {
    const parts = [...(target ? [target] : []), ...args].map((arg) => this.of(arg, sizes));
    const cost = parts.reduce((sum, part) => sum + part.cost, 1);
    const [first = one, second = one] = parts.map(({ size }) => size);
    const tenth = (...counted: readonly Size[]): number =>
      Math.ceil(counted.reduce((sum, { most }) => sum + most, 0) * 0.1);
    switch (name) {
      case 'matches':
        return { cost: cost + Math.ceil((first.most + 1) * 0.1) * Math.ceil(second.most * 0.25), size: one };
      case 'find':
      case 'findAll':
        return {
          cost: cost + Math.ceil((first.most + 1) * 0.1) * Math.ceil(second.most * 0.25),
          size: { most: first.most, item: first },
        };
      case 'contains':
      case 'containsIP':
      case 'containsCIDR':
        return { cost: cost + tenth(first) * Math.max(1, tenth(second)), size: one };
      case 'startsWith':
      case 'endsWith':
        return { cost: cost + tenth(second), size: one };
      case '_==_':
      case '_!=_':
      case '_<_':
      case '_<=_':
      case '_>_':
      case '_>=_':
        return { cost: cost + Math.ceil(Math.min(first.most, second.most) * 0.1), size: one };
      case '@in':
        return { cost: cost + second.most, size: one };
      case '_+_': {
        const size = {
          most: first.most + second.most,
          item: largest([first, second].map(itemOf)),
          schema: first.schema,
        };
        return { cost: cost + (first.most > 1 ? tenth(first, second) : 0), size };
      }
      case 'split':
      case 'lowerAscii':
      case 'upperAscii':
      case 'trim':
      case 'replace':
      case 'substring':
      case 'string':
      case 'url':
      case 'ip':
      case 'cidr':
      case 'isIP':
      case 'isCIDR':
      case 'isURL':
      case 'quantity':
      case 'isQuantity':
        return { cost: cost + tenth(first), size: { most: first.most, item: { most: first.most } } };
      case 'isSorted':
      case 'sum':
      case 'max':
      case 'min':
      case 'indexOf':
      case 'lastIndexOf':
      case 'join':
        return { cost: cost + first.most, size: name === 'join' ? { most: maxRequestBytes } : itemOf(first) };
      case 'intersects':
      case 'equivalent':
        return { cost: cost + second.most * (parts[2]?.size.most ?? first.most), size: one };
      case 'orValue':
      case 'or':
        return { cost, size: largest([first, second]) };
      case 'value':
      case 'dyn':
      case 'of':
      case 'optional':
        return { cost, size: first };
      default:
        return { cost, size: one };
    }
  }
}

function literalSize(value: unknown): Size {
  if (typeof value === 'string') return { most: value.length };
  return value instanceof Uint8Array ? { most: value.length } : one;
}

function largest(sizes: readonly Size[]): Size {
  return sizes.reduce((best, size) => (size.most > best.most ? size : best), one);
}
