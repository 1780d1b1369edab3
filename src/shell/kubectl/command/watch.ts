/** `kubectl get -w`: what is there, and then every change as a line, until Ctrl+C. Models watch of kubectl's pkg/cmd/get. */
import type { KubeObject, Status } from '../../../api/types';
import { type Task, waitFor } from '../../../sim/task';
import { type Call, complain, refused } from './call';
import { pathOf, subjectOf, tableAccept } from './connection';
import { fetch } from './get';
import { type OutputForm, printed } from './output';
import type { Target } from './resources';
import { GrowingColumns, type Table, tableCells, type TableStyle } from './table';

interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Table | KubeObject | Status;
}

export function* watchTargets(
  call: Call, targets: readonly Target[], form: OutputForm | undefined, style: TableStyle,
): Task<number> {
  const [target] = targets;
  if (!target || targets.length > 1) return complain(call, 'you may only specify a single resource type');
  const printer = new WatchPrinter(call, target, form, style);
  const { kind } = target;
  const first = yield* fetch(call, target, printer.tables);
  if ('code' in first) return first.code;
  if (!call.flags.is('watch-only')) {
    if (first.table) printer.table(first.table, 'ADDED');
    for (const object of first.objects) printer.object(object, 'ADDED');
  }
  const namespace = call.flags.is('all-namespaces') || !kind.namespaced ? undefined : call.namespace;
  const selected = target.name === undefined ? call.flags.text('field-selector') : `metadata.name=${target.name}`;
  let rest = '';
  const ended = yield* waitFor<Status | undefined>((resume) => {
    call.api.open({
      path: pathOf(kind, namespace),
      query: {
        watch: 'true', resourceVersion: first.resourceVersion, labelSelector: call.flags.text('selector'),
          fieldSelector: selected,
      },
      accept: printer.tables ? tableAccept : undefined,
      subject: subjectOf('watch', kind, namespace, target.name),
    }, {
      chunk: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') printer.line(JSON.parse(line) as WatchLine);
      },
      end: resume,
    });
  });
  return ended ? refused(call, ended) : 0;
}

class WatchPrinter {
  readonly tables: boolean;
  private readonly columns = new GrowingColumns();
  private definitions: Table['columnDefinitions'] | undefined;

  constructor(
    private readonly call: Call, private readonly target: Target, private readonly form: OutputForm | undefined,
    private readonly style: TableStyle,
  ) {
    this.tables = !form || form.name === 'wide';
  }

  line({ type, object }: WatchLine): void {
    if (type === 'BOOKMARK') return;
    if (type === 'ERROR') return void refused(this.call, object as Status);
    if ((object as Table).kind === 'Table') this.table(object as Table, type);
    else this.object(object as KubeObject, type);
  }

  table({ columnDefinitions, rows }: Table, type: string): void {
    const isFirst = this.definitions === undefined;
    if (columnDefinitions?.length) this.definitions = columnDefinitions;
    if (!this.definitions || rows.length === 0) {
      if (isFirst && rows.length === 0) this.definitions = undefined;
      return;
    }
    const style = {
      ...this.style, namespaces: this.style.namespaces && this.target.kind.namespaced,
      headers: this.style.headers && isFirst, ...(this.call.flags.is('output-watch-events') ? { event: type } : {}),
    };
    this.call.write('stdout', this.columns.lines(tableCells(this.definitions, rows, style)));
  }

  object(object: KubeObject, type: string): void {
    const { call, form } = this;
    if (!form) return;
    const text = printed(call.kinds, [object], true, form, false, call.flags.is('show-managed-fields'));
    if (typeof text !== 'string') return void complain(call, text.problem);
    const event = call.flags.is('output-watch-events') ? `${type}    ` : '';
    call.write('stdout', form.name === 'yaml' ? `---\n${text}` : `${event}${text}`);
  }
}
