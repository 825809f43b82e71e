import type { APIRoute } from 'astro';
import { listFeedEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { findReports } from '#features/cleanup-events/event-report.repository.ts';
import { toAtom } from '#features/cleanup-events/event-atom.ts';
import { parseFeedFilter } from '#features/cleanup-events/event-feed.ts';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';

/** Green Sundays for feed readers; `?ward=`, `?organisation=` and `?series=` narrow them. */
export const GET: APIRoute = async ({ locals: { db, now, publicUrl, t, locale }, url }) => {
	const { name, events } = await listFeedEvents(db, parseFeedFilter(url.searchParams), now);
	const title = name ? t('cleanup-events:calendar.of', { name }) : t('cleanup-events:calendar.name');
	const reports = await findReports(
		db,
		events.map((event) => event.id),
	);
	const feed = { title, self: `${publicUrl}${url.pathname}${url.search}`, now, reports };
	return new Response(toAtom(events, feed, { t, locale, publicUrl }), {
		headers: {
			...OPEN_DATA_HEADERS,
			vary: 'accept-language',
			'content-type': 'application/atom+xml; charset=utf-8',
		},
	});
};
