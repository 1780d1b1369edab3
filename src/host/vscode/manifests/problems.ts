/** The problems of manifests, in VS Code's problems view and under the characters they speak of. */
import { type Diagnostic, DiagnosticSeverity, languages, Position, Range, type Uri } from 'vscode';
import { lineFinder } from '../../../base/yaml/line';

/** One problem of a file; offsets are UTF-16 units of its text. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
}

const severities = {
  error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information,
} as const;

export class Problems {
  private readonly collection = languages.createDiagnosticCollection('kindergarten');

  /** Replaces what is said about a file. */
  set(uri: Uri, text: string, findings: readonly Finding[]): void {
    if (findings.length === 0) return this.collection.delete(uri);
    const find = lineFinder(text);
    const position = (offset: number): Position => {
      const { line, column } = find(offset);
      return new Position(line - 1, column - 1);
    };
    this.collection.set(uri, findings.map(({ start, end, message, code, severity }): Diagnostic => ({
      range: new Range(position(start), position(end)), message, code, severity: severities[severity],
      source: 'Kindergarten',
    })));
  }

  clear(uri: Uri): void {
    this.collection.delete(uri);
  }

  has(uri: Uri): boolean {
    return this.collection.has(uri);
  }

  dispose(): void {
    this.collection.dispose();
  }
}
