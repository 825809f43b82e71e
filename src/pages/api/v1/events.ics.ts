import type { APIRoute } from 'astro';
import { listFeedEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
import { parseFeedFilter } from '#features/cleanup-events/event-feed.ts';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';

/** Green Sundays for calendars that subscribe; `?ward=`, `?organisation=` and `?series=` narrow them. */
export const GET: APIRoute = async ({ locals: { db, now, publicUrl, t, locale }, url }) => {
	const { name, events } = await listFeedEvents(db, parseFeedFilter(url.searchParams), now);
	const title = name ? t('cleanup-events:calendar.of', { name }) : t('cleanup-events:calendar.name');
	return new Response(toCalendar(events, title, { t, locale, publicUrl }), {
		headers: {
			...OPEN_DATA_HEADERS,
			vary: 'accept-language',
			'content-type': 'text/calendar; charset=utf-8',
		},
	});
};
