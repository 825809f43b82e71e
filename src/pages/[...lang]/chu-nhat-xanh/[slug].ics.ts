import type { APIRoute } from 'astro';
import { findEventBySlug } from '#features/cleanup-events/cleanup-event.repository.ts';
import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
import { DomainError } from '#lib/errors.ts';

/** One event, for the calendar of a phone. */
export const GET: APIRoute = async ({ locals: { db, publicUrl, t, locale }, params }) => {
	const event = await findEventBySlug(db, params['slug'] ?? '');
	if (!event) throw new DomainError('NOT_FOUND', 'unknownEvent');
	return new Response(toCalendar([event], event.title, { t, locale, publicUrl }), {
		headers: {
			'cache-control': 'public, max-age=60',
			'content-type': 'text/calendar; charset=utf-8',
			'content-disposition': `attachment; filename="${event.slug}.ics"`,
		},
	});
};
