import type errors from '#locales/vi/errors.json';

/** How the outside world should react; the names are Astro's `ActionErrorCode`s. */
export type DomainErrorKind =
	| 'BAD_REQUEST'
	| 'UNAUTHORIZED'
	| 'FORBIDDEN'
	| 'NOT_FOUND'
	| 'CONFLICT'
	| 'GONE'
	| 'CONTENT_TOO_LARGE'
	| 'UNSUPPORTED_MEDIA_TYPE'
	| 'UNPROCESSABLE_CONTENT'
	| 'TOO_MANY_REQUESTS'
	| 'SERVICE_UNAVAILABLE';

/** Which sentence to show. Typed by the locale file: an untranslated error does not compile. */
export type DomainErrorKey = keyof typeof errors;

export type DomainErrorOptions = {
	/** The form field (or JSON path) beside which the sentence belongs. */
	field?: string | undefined;
	/** What the sentence interpolates. */
	values?: Record<string, string | number>;
	/** What else is wrong with the same form, each with a field of its own. */
	others?: DomainError[];
	/** What lies behind it, for the operator's log. */
	cause?: unknown;
};

/** An expected failure. Anything else that is thrown is a bug and becomes a 500. */
export class DomainError extends Error {
	override name = 'DomainError';
	readonly kind: DomainErrorKind;
	readonly key: DomainErrorKey;
	readonly field: string | undefined;
	readonly values: Record<string, string | number>;
	readonly others: DomainError[];

	constructor(kind: DomainErrorKind, key: DomainErrorKey, options: DomainErrorOptions = {}) {
		super(key, options.cause === undefined ? undefined : { cause: options.cause });
		this.kind = kind;
		this.key = key;
		this.field = options.field;
		this.values = options.values ?? {};
		this.others = options.others ?? [];
	}
}

/** Throws the first, with the others beside it; nothing where there is none. */
export function refuseAll([first, ...others]: DomainError[]): void {
	if (!first) return;
	const { kind, key, field, values } = first;
	throw new DomainError(kind, key, { field, values, others });
}

/** Runs every reader, so that all that is wrong with a form is told at once, in their order. */
export function readAll<T extends object>(readers: { [K in keyof T]: () => T[K] }): T {
	const refused: DomainError[] = [];
	const read: Partial<T> = {};
	for (const name of Object.keys(readers) as (keyof T)[])
		try {
			read[name] = readers[name]();
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			refused.push(error, ...error.others);
		}
	refuseAll(refused);
	return read as T;
}

/** HTTP status of each kind: the only such table. */
export const HTTP_STATUS: Record<DomainErrorKind, number> = {
	BAD_REQUEST: 400,
	UNAUTHORIZED: 401,
	FORBIDDEN: 403,
	NOT_FOUND: 404,
	CONFLICT: 409,
	GONE: 410,
	CONTENT_TOO_LARGE: 413,
	UNSUPPORTED_MEDIA_TYPE: 415,
	UNPROCESSABLE_CONTENT: 422,
	TOO_MANY_REQUESTS: 429,
	SERVICE_UNAVAILABLE: 503,
};
