/** One thing that is wrong with the platform. */
export interface HealthProblem {
  /** The stable code of the error that the log has told. */
  readonly code: string;
  /** What the operating system calls it, `ENOSPC`. */
  readonly cause?: string;
  /** Whether it keeps events from being taken; otherwise the platform does its work, and somebody should look. */
  readonly isFailing: boolean;
}

/** What `/healthz` answers. Anybody may ask, so it names codes and nothing else. */
export function healthAnswer(problems: readonly HealthProblem[]): { readonly http: 200 | 503; readonly body: object } {
  const isFailing = problems.some((problem) => problem.isFailing);
  const status = isFailing ? 'failing' : problems.length > 0 ? 'degraded' : 'ok';
  const told = problems.map(({ code, cause }) => ({ code, ...(cause !== undefined && { cause }) }));
  return { http: isFailing ? 503 : 200, body: { status, ...(told.length > 0 && { problems: told }) } };
}
