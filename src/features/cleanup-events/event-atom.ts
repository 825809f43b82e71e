// Events as an Atom feed (RFC 4287), the one that changed last first.
import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import { achievedText } from './achieved.ts';
import { placeText, plainText, type CleanupEvent, type EventReport } from './cleanup-event.ts';
import { timeText } from './share-text.ts';

// XML 1.0 knows no other control characters.
const xml = (value: string): string =>
	value
		.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;');

type Words = { t: Translate; locale: Locale; publicUrl: string };
type Feed = { title: string; self: string; now: number; reports: Map<string, EventReport> };

function entryOf(event: CleanupEvent, { now, reports }: Feed, words: Words): string {
	const { t, locale, publicUrl } = words;
	const isCancelled = event.status === 'cancelled';
	const report = reports.get(event.id);
	const told = [
		timeText(event, words),
		placeText(event, locale),
		(isCancelled || event.endsAt <= now) && achievedText(event, report, words),
		event.description,
		event.whatToBring && `${t('cleanup-events:event.bring')}: ${event.whatToBring}`,
	];
	const title = isCancelled ? t('cleanup-events:calendar.cancelled', { title: event.title }) : event.title;
	return `	<entry>
		<id>urn:uuid:${event.id}</id>
		<title>${xml(title)}</title>
		<updated>${new Date(Math.max(event.updatedAt, report?.recordedAt ?? 0)).toISOString()}</updated>
		<published>${new Date(event.createdAt).toISOString()}</published>
		<author><name>${xml(event.organisationName)}</name></author>
		<link href="${xml(publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`))}"/>
		<content type="text">${xml(plainText(told.filter(Boolean).join('\n')))}</content>
	</entry>`;
}

export function toAtom(events: CleanupEvent[], feed: Feed, words: Words): string {
	const { locale, publicUrl } = words;
	const entries = events.map((event) => entryOf(event, feed, words));
	const updated = events.map((event) =>
		Math.max(event.updatedAt, feed.reports.get(event.id)?.recordedAt ?? 0),
	);
	return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}">
	<id>${xml(feed.self)}</id>
	<title>${xml(feed.title)}</title>
	<updated>${new Date(Math.max(0, ...updated)).toISOString()}</updated>
	<link rel="self" type="application/atom+xml" href="${xml(feed.self)}"/>
	<link href="${xml(publicUrl + localePath(locale, '/chu-nhat-xanh'))}"/>
${entries.join('\n')}
</feed>
`;
}
