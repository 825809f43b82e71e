import type { APIRoute } from 'astro';
import { placeText, plainText } from '#features/cleanup-events/cleanup-event.ts';
import { listUpcomingEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { formatCursor, parseCursor } from '#features/cleanup-events/event-cursor.ts';
import { json } from '#lib/api.ts';
import { DomainError } from '#lib/errors.ts';

const LIMIT = { min: 1, max: 100, usual: 20 };

function readLimit(text: string | null): number {
	if (text === null) return LIMIT.usual;
	const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
	if (limit < LIMIT.min || limit > LIMIT.max) {
		throw new DomainError('BAD_REQUEST', 'countOutOfRange', {
			field: 'limit',
			values: { min: LIMIT.min, max: LIMIT.max },
		});
	}
	return limit;
}

/** Green Sundays that have not ended, soonest first; `next` is the `after` of the following page. */
export const GET: APIRoute = async ({ locals: { db, now, publicUrl }, url }) => {
	const limit = readLimit(url.searchParams.get('limit'));
	const cursor = url.searchParams.get('after');
	const after = cursor === null ? undefined : parseCursor(cursor);
	if (cursor !== null && !after) throw new DomainError('BAD_REQUEST', 'cursorInvalid', { field: 'after' });
	const events = await listUpcomingEvents(db, { now, limit: limit + 1, after });
	const page = events.slice(0, limit);
	const last = page.at(-1);
	return json(
		{
			events: page.map((event) => ({
				id: event.id,
				slug: event.slug,
				title: event.title,
				series_id: event.seriesId,
				description: plainText(event.description),
				starts_at: new Date(event.startsAt).toISOString(),
				ends_at: new Date(event.endsAt).toISOString(),
				place: {
					text: placeText(event, 'vi'),
					green_house_code: event.houseCode,
					latitude: event.latitude,
					longitude: event.longitude,
				},
				what_to_bring: plainText(event.whatToBring),
				capacity: event.capacity,
				signed_up: event.signedUp,
				organisation: event.organisationName,
				status: event.status,
				cancel_reason: event.cancelReason,
				updated_at: new Date(event.updatedAt).toISOString(),
				sample: event.isSample === 1,
				url: `${publicUrl}/chu-nhat-xanh/${event.slug}`,
			})),
			next: events.length > limit && last ? formatCursor(last) : null,
		},
		{
			headers: {
				'cache-control': 'public, max-age=60',
				'access-control-allow-origin': '*',
				// The portal's own default is same-origin; this file is open data.
				'cross-origin-resource-policy': 'cross-origin',
			},
		},
	);
};
