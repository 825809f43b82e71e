// How a refused field and the sentence beside it find each other.
import type { DomainError } from '#lib/errors.ts';

/** `scope` tells apart two forms of one page that have fields of the same name. */
export const fieldErrorId = (field: string, scope = ''): string => `${scope}${field}-error`;

/** What refused a field, first or among others. */
export const errorOf = (error: DomainError | undefined, field: string): DomainError | undefined =>
	error && [error, ...error.others].find((each) => each.field === field);

/** What a field needs when it was refused: it is marked, points to its sentence, and the reader starts at the first. */
export function refusedField(error: DomainError | undefined, field: string, scope = '') {
	if (!errorOf(error, field)) return {};
	return {
		'aria-invalid': 'true' as const,
		'aria-describedby': fieldErrorId(field, scope),
		...(error?.field === field ? { autofocus: true } : {}),
	};
}
