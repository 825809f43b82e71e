import type { APIRoute } from 'astro';
import { keptOrNewSecret } from '#features/accounts/device-alias.ts';
import { readAliasCookie } from '#features/accounts/device-cookies.ts';
import { attachPhoto, takePhotoRate } from '#features/green-houses/house-photo.service.ts';
import { PHOTO_OWNERS } from '#features/green-houses/house-photo.ts';
import { readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { errorBody, json } from '#lib/api.ts';
import { readFormBody } from '#lib/body.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { field } from '#lib/forms.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/**
 * The outbox's photo of a record that the same device sent before: fields `id`, `of`, `record`, `photo`, `hasChildren`.
 * Answered like a list of one, so that a photo that is refused is told apart from a request that is.
 */
export const POST: APIRoute = async ({ request, locals, cookies, clientAddress }) => {
	const { db, config, now, t } = locals;
	const secret = keptOrNewSecret(readAliasCookie(cookies, config));
	await takePhotoRate(db, secret, clientAddress, now);
	const form = await readFormBody(request);
	const id = field(form, 'id');
	try {
		const kind = PHOTO_OWNERS.find((each) => each === field(form, 'of'));
		const record = normaliseUuid(field(form, 'record'));
		if (!kind || !record)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'formUnreadable', { field: 'record' });
		const upload = await readUpload(form, openPhotoStore(config));
		if (!upload) throw new DomainError('UNPROCESSABLE_CONTENT', 'photoUnreadable', { field: 'photo' });
		const outcome = await attachPhoto(db, { secret }, { kind, id: record }, upload, now);
		return json({ results: [{ id, status: outcome === 'created' ? 201 : 200 }] });
	} catch (error) {
		// A store that fails is no fault of the photo's: all of it waits, and the operator reads why.
		if (!(error instanceof DomainError) || error.kind === 'SERVICE_UNAVAILABLE') throw error;
		return json({ results: [{ id, status: HTTP_STATUS[error.kind], error: errorBody(error, t) }] });
	}
};
