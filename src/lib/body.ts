import { DomainError } from './errors.ts';

/** No request may bring more; a photo of 8 MB and its form fit. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Reads a JSON body of at most `maxBytes`. 415 for another type, 413 when longer, 400 when malformed. */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
	const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
	if (type !== 'application/json') throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'contentTypeWrong');
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
		length += chunk.length;
		if (length > maxBytes) throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
		chunks.push(chunk);
	}
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
	} catch {
		throw new DomainError('BAD_REQUEST', 'bodyMalformed');
	}
}

/** Reads a form that a script sends. 415 for another type, 400 for a broken one. */
export async function readFormBody(request: Request): Promise<FormData> {
	if (!/^multipart\/form-data/i.test(request.headers.get('content-type') ?? ''))
		throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'formUnreadable');
	return request.formData().catch((cause: unknown) => {
		// The adapter's own refusal of a body that is too large is read in the middleware.
		if (cause instanceof Error && cause.message.startsWith('Body size limit')) throw cause;
		throw new DomainError('BAD_REQUEST', 'formUnreadable');
	});
}
