import type { z } from '@hono/zod-openapi';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { httpError } from './httpErrors.ts';

export type RequestPart = 'path' | 'query' | 'body';

/** `google.rpc.BadRequest.FieldViolation` */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** `REQUEST_INVALID` with everything that is wrong, not only the first. Values are not repeated: they may be secrets. */
export class RequestInvalidError extends MkiotError {
  readonly fieldViolations: readonly FieldViolation[];

  constructor(part: RequestPart, issues: readonly z.core.$ZodIssue[]) {
    const fieldViolations = issues.map((issue) => ({
      field: issue.path.map(String).join('.'),
      description: descriptionOf(issue),
    }));
    const [first = { field: '', description: '' }] = fieldViolations;
    const where = first.field === '' ? '' : ` at ${first.field}`;
    const { code, status, blame, message, context } = httpError('REQUEST_INVALID', {
      part,
      where,
      problem: first.description,
    });
    super(code, { status, blame, message }, context);
    this.fieldViolations = fieldViolations;
  }
}

function descriptionOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown name ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return issue.message;
}
