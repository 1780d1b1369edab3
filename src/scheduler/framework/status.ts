/** What a plugin answers when it does not simply say yes. Models k8s.io/kube-scheduler framework Status. */

/** `unresolvable`: no preemption on that node can help (UnschedulableAndUnresolvable). */
export type StatusCode = 'unschedulable' | 'unresolvable' | 'skip' | 'wait' | 'error';

export interface Status {
  readonly code: StatusCode;
  /** Kubernetes' own words, as they appear in the FailedScheduling event. */
  readonly reasons: readonly string[];
  readonly plugin: string;
}

/** Makes a plugin's refusals once, so that a filter over thousands of nodes allocates nothing. */
export function refusal(plugin: string, code: StatusCode, ...reasons: string[]): Status {
  return Object.freeze({ code, reasons: Object.freeze(reasons), plugin });
}
