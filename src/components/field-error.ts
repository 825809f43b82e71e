// How a refused field and the sentence beside it find each other.
import type { DomainError } from '#lib/errors.ts';

/** `scope` tells apart two forms of one page that have fields of the same name. */
export const fieldErrorId = (field: string, scope = ''): string => `${scope}${field}-error`;

/** What a field needs when it was refused: it is marked, points to its sentence, and the reader starts there. */
export function refusedField(error: DomainError | undefined, field: string, scope = '') {
	if (error?.field !== field) return {};
	return {
		'aria-invalid': 'true' as const,
		'aria-describedby': fieldErrorId(field, scope),
		autofocus: true,
	};
}
