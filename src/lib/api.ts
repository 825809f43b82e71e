import { HTTP_STATUS, type DomainError } from './errors.ts';
import type { Translate } from './i18n.ts';

/** A JSON answer that is never kept by a browser or a proxy unless its headers say so. */
export function json(
	data: unknown,
	options: { status?: number; headers?: Record<string, string> } = {},
): Response {
	return new Response(JSON.stringify(data), {
		status: options.status ?? 200,
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'cache-control': 'no-store',
			...options.headers,
		},
	});
}

/** The shape of every refusal of the API. */
export function errorBody(error: DomainError, t: Translate) {
	return {
		code: error.key,
		message: t(`errors:${error.key}`, error.values),
		...(error.field === undefined ? {} : { field: error.field }),
	};
}

/** A refusal as an answer of its own. */
export const jsonError = (error: DomainError, t: Translate): Response =>
	json({ error: errorBody(error, t) }, { status: HTTP_STATUS[error.kind] });
