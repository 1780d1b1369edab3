/**
 * Type-checks a tree and makes of it a function that evaluates it. What is wrong is collected with the texts of cel-go;
 * what the types leave open (dyn) is decided by the values at run time. Every step of an evaluation costs something,
 * and an evaluation that costs too much ends, so that no expression can keep the server busy. Models cel-go's checker
 * and interpreter with its cost tracker; the costs follow cel-go's tables without being exact.
 */
import {
  combine,
  dispatcher,
  dynamicSelect,
  type Evaluate,
  itemAt,
  listCost,
  Loop,
  mapCost,
  optionalItem,
  optionalSelect,
  type Run,
  truth,
  unwrapped,
} from './evaluation';
import type { FunctionTable, Overload } from './functions';
import type { Issue, Macro, Node } from './parse';
import {
  type Bindings,
  bool,
  bytes,
  type CelType,
  double,
  dyn,
  int,
  isAssignable,
  isDyn,
  joined,
  listOf,
  mapOf,
  nullType,
  optionalOf,
  string,
  substitute,
  typeName,
  typeType,
  uint,
} from './types';
import { ArrayList, CelMap, CelOptional, CelTypeValue, CelUint, EntryMap, fail } from './values';

/** A checked part of an expression. */
interface Part {
  readonly type: CelType;
  readonly run: Evaluate;
}

/** A variable as an expression sees it. */
export interface Scope {
  readonly variables: ReadonlyMap<string, CelType>;
  readonly functions: FunctionTable;
}

export interface Checked extends Part {
  /** Variables of the environment that the expression names. */
  readonly uses: ReadonlySet<string>;
}

interface Local {
  readonly name: string;
  readonly type: CelType;
  readonly slot: number;
}

/** Checks a tree; the issues are empty when it can be evaluated. */
export function checkTree(tree: Node, scope: Scope): { readonly checked: Checked; readonly issues: readonly Issue[] } {
  const compiler = new Compiler(scope);
  const part = compiler.part(tree, []);
  return { checked: { ...part, uses: compiler.uses }, issues: compiler.issues };
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['bool', 'bool'], ['int', 'int'], ['uint', 'uint'], ['double', 'double'], ['string', 'string'], ['bytes', 'bytes'],
  ['list', 'list'], ['map', 'map'], ['null_type', 'null_type'], ['type', 'type'], ['dyn', 'dyn'],
  ['google.protobuf.Timestamp', 'google.protobuf.Timestamp'], ['google.protobuf.Duration', 'google.protobuf.Duration'],
]);

class Compiler {
  readonly issues: Issue[] = [];
  readonly uses = new Set<string>();
  private slots = 0;

  constructor(private readonly scope: Scope) {}

  part(node: Node, locals: readonly Local[]): Part {
    switch (node.op) {
      case 'literal': return literal(node.value);
      case 'ident': return this.ident(node.name, node.at, locals);
      case 'select': return this.select(node, locals);
      case 'has': return this.has(node, locals);
      case 'index': return this.index(node, locals);
      case 'call': return this.call(node, locals);
      case 'list': return this.list(node, locals);
      case 'map': return this.map(node, locals);
      case 'and': case 'or': return this.logic(node, locals);
      case 'conditional': return this.conditional(node, locals);
      case 'macro': return this.macro(node, locals);
      case 'bind': return this.bind(node, locals);
    }
  }

  private issue(at: number, message: string): Part {
    this.issues.push({ at, message });
    return { type: dyn, run: () => fail(message) };
  }

  private ident(name: string, at: number, locals: readonly Local[]): Part {
    for (let i = locals.length - 1; i >= 0; i -= 1) {
      const local = locals[i] as Local;
      if (local.name === name) return { type: local.type, run: ({ slots }) => slots[local.slot] };
    }
    const type = this.scope.variables.get(name);
    if (type !== undefined) {
      this.uses.add(name);
      return {
        type,
        run: (run) => {
          run.spend(1);
          return run.variable(name);
        },
      };
    }
    const typeValue = typeNames.get(name);
    if (typeValue !== undefined) {
      const value = new CelTypeValue(typeValue);
      return { type: typeType, run: () => value };
    }
    return this.issue(at, `undeclared reference to '${name}' (in container '')`);
  }

  // --- fields and items --------------------------------------------------------------------------------------------------

  /** The type of a field, or undefined after reporting why it has none. */
  private fieldType(type: CelType, field: string, at: number): CelType | undefined {
    if (isDyn(type)) return dyn;
    if (type.kind === 'map') return type.value;
    if (type.kind === 'object') {
      const found = type.field(field);
      if (found === undefined) this.issue(at, `undefined field '${field}'`);
      return found;
    }
    this.issue(at, `type '${typeName(type)}' does not support field selection`);
    return undefined;
  }

  private select(node: Extract<Node, { op: 'select' }>, locals: readonly Local[]): Part {
    const qualified = this.qualifiedType(node, locals);
    if (qualified) return qualified;
    const { operand, field, optional, at } = node;
    const target = this.part(operand, locals);
    const lifted = target.type.kind === 'optional';
    const inner = target.type.kind === 'optional' ? target.type.value : target.type;
    const type = this.fieldType(inner, field, at) ?? dyn;
    if (!optional && !lifted) {
      return { type, run: (run) => dynamicSelect(target.run(run), field, run) };
    }
    return {
      type: optionalOf(type.kind === 'optional' ? type.value : type),
      run: (run) => optionalSelect(target.run(run), field, run),
    };
  }

  /** `google.protobuf.Timestamp` and its like, which look like fields; and `authorizer.requestResource`. */
  private qualifiedType(node: Node, locals: readonly Local[]): Part | undefined {
    const name = qualifiedName(node);
    if (name === undefined || locals.some((local) => name.startsWith(`${local.name}.`))) return undefined;
    if (typeNames.has(name) || this.scope.variables.has(name)) return this.ident(name, node.at, locals);
    return undefined;
  }

  private has({ operand, field, at }: Extract<Node, { op: 'has' }>, locals: readonly Local[]): Part {
    const target = this.part(operand, locals);
    const inner = target.type.kind === 'optional' ? target.type.value : target.type;
    this.fieldType(inner, field, at);
    return {
      type: bool,
      run: (run) => {
        run.spend(1);
        const value = unwrapped(target.run(run));
        if (value === undefined) return false;
        if (value instanceof CelMap) return value.has(field);
        return value === null ? fail(`no such key: ${field}`) : fail('no such overload');
      },
    };
  }

  private index(node: Extract<Node, { op: 'index' }>, locals: readonly Local[]): Part {
    const target = this.part(node.operand, locals);
    const index = this.part(node.index, locals);
    const lifted = target.type.kind === 'optional';
    const inner = target.type.kind === 'optional' ? target.type.value : target.type;
    const type = this.itemType(inner, index.type, node.at);
    const take = (run: Run): unknown => {
      run.spend(1);
      return itemAt(target.run(run), index.run(run));
    };
    if (!node.optional && !lifted) return { type, run: take };
    return { type: optionalOf(type), run: (run) => optionalItem(target.run(run), index.run(run), run) };
  }

  private itemType(type: CelType, index: CelType, at: number): CelType {
    const numeric = isDyn(index) || (index.kind === 'simple' && ['int', 'uint', 'double'].includes(index.name));
    if (isDyn(type)) return dyn;
    if (type.kind === 'list' && numeric) return type.item;
    if (type.kind === 'map' && isAssignable(type.key, index, new Map())) return type.value;
    this.issue(at, `found no matching overload for '_[_]' applied to '(${typeName(type)}, ${typeName(index)})'`);
    return dyn;
  }

  // --- calls -------------------------------------------------------------------------------------------------------------

  private call(node: Extract<Node, { op: 'call' }>, locals: readonly Local[]): Part {
    const { name, target, at } = node;
    const namespaced = target && this.namespacedName(target, name, locals);
    if (namespaced !== undefined) return this.invoke(namespaced, name, undefined, node.args, at, locals);
    return this.invoke(name, name, target, node.args, at, locals);
  }

  /** The name of a function that lives in a namespace, such as `sets.contains`, unless a variable has that name. */
  private namespacedName(target: Node, name: string, locals: readonly Local[]): string | undefined {
    const space = qualifiedName(target);
    if (space === undefined || locals.some((local) => local.name === space) || this.scope.variables.has(space)) {
      return undefined;
    }
    return [`@${space}.${name}`, `${space}.${name}`].find((full) => this.scope.functions.has(full));
  }

  private invoke(
    name: string, shown: string, target: Node | undefined, args: readonly Node[], at: number, locals: readonly Local[],
  ): Part {
    const overloads = this.scope.functions.get(name);
    const parts = [...(target ? [target] : []), ...args].map((arg) => this.part(arg, locals));
    if (overloads === undefined) return this.issue(at, `undeclared reference to '${shown}' (in container '')`);
    const isMember = target !== undefined;
    const matching: { readonly overload: Overload; readonly bindings: Bindings }[] = [];
    for (const overload of overloads) {
      if (overload.isMember !== isMember || overload.parameters.length !== parts.length) continue;
      const bindings: Bindings = new Map();
      const fits = overload.parameters.every((parameter, i) =>
        isAssignable(parameter, (parts[i] as Part).type, bindings),
      );
      if (fits) matching.push({ overload, bindings });
    }
    if (matching.length === 0) {
      const listed = parts.map(({ type }) => typeName(type));
      const applied = isMember ? `${listed[0] ?? ''}.(${listed.slice(1).join(', ')})` : `(${listed.join(', ')})`;
      return this.issue(at, `found no matching overload for '${shown}' applied to '${applied}'`);
    }
    const results = matching.map(({ overload, bindings }) => substitute(overload.result, bindings));
    const type = results.every((result) => typeName(result) === typeName(results[0] as CelType))
      ? (results[0] as CelType)
      : dyn;
    return { type, run: dispatcher(matching.map(({ overload }) => overload), parts) };
  }

  // --- literals ----------------------------------------------------------------------------------------------------------

  private list({ items }: Extract<Node, { op: 'list' }>, locals: readonly Local[]): Part {
    const parts = items.map((item) => this.part(item, locals));
    const type = this.uniform(parts, items);
    return {
      type: listOf(type),
      run: (run) => {
        run.spend(listCost);
        return new ArrayList(parts.map((part) => part.run(run)));
      },
    };
  }

  private map({ entries }: Extract<Node, { op: 'map' }>, locals: readonly Local[]): Part {
    const keys = entries.map(([key]) => this.part(key, locals));
    const values = entries.map(([, value]) => this.part(value, locals));
    const keyType = this.uniform(keys, entries.map(([key]) => key));
    const type = mapOf(keyType, this.uniform(values, entries.map(([, value]) => value)));
    return {
      type,
      run: (run) => {
        run.spend(mapCost);
        return new EntryMap(keys.map((key, i) => [key.run(run), (values[i] as Part).run(run)] as const));
      },
    };
  }

  /** Kubernetes wants the items of a literal to be of one type. */
  private uniform(parts: readonly Part[], nodes: readonly Node[]): CelType {
    let type: CelType | undefined;
    parts.forEach((part, i) => {
      if (type === undefined || isAssignable(type, part.type, new Map())) type ??= part.type;
      else if (isAssignable(part.type, type, new Map())) type = part.type;
      else this.issue((nodes[i] as Node).at, `expected type '${typeName(type)}' but found '${typeName(part.type)}'`);
    });
    return type ?? dyn;
  }

  // --- logic -------------------------------------------------------------------------------------------------------------

  private logic({ op, left, right, at }: Extract<Node, { op: 'and' | 'or' }>, locals: readonly Local[]): Part {
    const a = this.part(left, locals);
    const b = this.part(right, locals);
    if (![a, b].every(({ type }) => isAssignable(bool, type, new Map()))) {
      const name = op === 'and' ? '_&&_' : '_||_';
      return this.issue(
        at,
        `found no matching overload for '${name}' applied to '(${typeName(a.type)}, ${typeName(b.type)})'`,
      );
    }
    const decisive = op === 'or';
    return { type: bool, run: (run) => combine(a.run, b.run, decisive, run) };
  }

  private conditional(node: Extract<Node, { op: 'conditional' }>, locals: readonly Local[]): Part {
    const [test, yes, no] = [node.test, node.yes, node.no].map((part) => this.part(part, locals)) as [Part, Part, Part];
    const same = isAssignable(yes.type, no.type, new Map()) || isAssignable(no.type, yes.type, new Map());
    if (!isAssignable(bool, test.type, new Map()) || !same) {
      const listed = [test, yes, no].map(({ type }) => typeName(type)).join(', ');
      return this.issue(node.at, `found no matching overload for '_?_:_' applied to '(${listed})'`);
    }
    return {
      type: joined(yes.type, no.type),
      run: (run) => (truth(test.run(run)) ? yes.run(run) : no.run(run)),
    };
  }

  // --- loops -------------------------------------------------------------------------------------------------------------

  private local(name: string, type: CelType): Local {
    const slot = this.slots;
    this.slots += 1;
    return { name, type, slot };
  }

  private bind({ name, init, body }: Extract<Node, { op: 'bind' }>, locals: readonly Local[]): Part {
    const value = this.part(init, locals);
    const local = this.local(name, value.type);
    const inner = this.part(body, [...locals, local]);
    return {
      type: inner.type,
      run: (run) => {
        run.slots[local.slot] = value.run(run);
        return inner.run(run);
      },
    };
  }

  private macro(node: Extract<Node, { op: 'macro' }>, locals: readonly Local[]): Part {
    const range = this.part(node.range, locals);
    if (node.macro === 'optMap' || node.macro === 'optFlatMap') return this.optionalMacro(node, range, locals);
    const types = this.iteratedTypes(range.type, node.variables.length, node.range.at);
    const variables = node.variables.map((name, i) => this.local(name, types[i] ?? dyn));
    const within = [...locals, ...variables];
    const filter = node.filter && this.condition(node.filter, within);
    const isPredicate = ['all', 'exists', 'exists_one', 'filter'].includes(node.macro);
    const body = isPredicate ? this.condition(node.body, within) : this.part(node.body, within);
    const loop = new Loop(range.run, variables.map(({ slot }) => slot), filter?.run, body.run);
    return { type: this.macroType(node.macro, types, body.type), run: (run) => loop.run(node.macro, run) };
  }

  private condition(node: Node, locals: readonly Local[]): Part {
    const part = this.part(node, locals);
    if (isAssignable(bool, part.type, new Map())) return part;
    return this.issue(node.at, `found no matching overload for '_&&_' applied to '(bool, ${typeName(part.type)})'`);
  }

  /** The types of a loop's variables: items of a list or keys of a map; with two variables, position or key, and value. */
  private iteratedTypes(range: CelType, count: number, at: number): readonly CelType[] {
    if (isDyn(range)) return [dyn, dyn];
    if (range.kind === 'list') return count === 1 ? [range.item] : [int, range.item];
    if (range.kind === 'map') return count === 1 ? [range.key] : [range.key, range.value];
    this.issue(at, `expression of type '${typeName(range)}' cannot be range of a comprehension (must be list, map, or `
      + 'dynamic)');
    return [dyn, dyn];
  }

  private macroType(macro: Macro, types: readonly CelType[], body: CelType): CelType {
    switch (macro) {
      case 'all': case 'exists': case 'exists_one': return bool;
      case 'filter': return listOf(types[0] ?? dyn);
      case 'transformMap': return mapOf(types[0] ?? dyn, body);
      case 'transformMapEntry': return body.kind === 'map' ? body : mapOf(dyn, dyn);
      default: return listOf(body);
    }
  }

  private optionalMacro(node: Extract<Node, { op: 'macro' }>, target: Part, locals: readonly Local[]): Part {
    const { type } = target;
    if (type.kind !== 'optional' && !isDyn(type)) {
      return this.issue(node.at, `found no matching overload for 'hasValue' applied to '${typeName(type)}.()'`);
    }
    const local = this.local(node.variables[0] ?? '', type.kind === 'optional' ? type.value : dyn);
    const body = this.part(node.body, [...locals, local]);
    const flat = node.macro === 'optFlatMap';
    return {
      type: flat ? body.type : optionalOf(body.type),
      run: (run) => {
        const value = target.run(run);
        if (!(value instanceof CelOptional)) return fail('no such overload');
        if (!value.hasValue) return CelOptional.none;
        run.slots[local.slot] = value.value();
        return flat ? body.run(run) : CelOptional.of(body.run(run));
      },
    };
  }
}

function literal(value: unknown): Part {
  const type = typeof value === 'bigint' ? int : typeof value === 'number' ? double : typeof value === 'string' ? string
    : typeof value === 'boolean' ? bool : value === null ? nullType : value instanceof CelUint ? uint : bytes;
  return { type, run: () => value };
}

function qualifiedName(node: Node): string | undefined {
  if (node.op === 'ident') return node.name;
  if (node.op !== 'select' || node.optional) return undefined;
  const head = qualifiedName(node.operand);
  return head === undefined ? undefined : `${head}.${node.field}`;
}
