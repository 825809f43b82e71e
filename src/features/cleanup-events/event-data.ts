// An event for machines that read pages: https://schema.org/Event.
import { localePath, type Locale } from '#lib/i18n.ts';
import { toLocalIso } from '#lib/time.ts';
import { placeText, plainText, type CleanupEvent } from './cleanup-event.ts';

/** As the text of a JSON-LD block: nothing in it can end the block. */
export function eventJsonLd(
	event: CleanupEvent,
	coOrganisers: { name: string }[],
	{
		locale,
		publicUrl,
		image,
		postponedFrom,
	}: {
		locale: Locale;
		publicUrl: string;
		/** The address of the picture that chats show. */
		image: string;
		/** When it was to begin at first. */ postponedFrom?: number | undefined;
	},
): string {
	const { latitude, longitude } = event;
	const status =
		event.status === 'cancelled' ? 'Cancelled' : postponedFrom === undefined ? 'Scheduled' : 'Rescheduled';
	const data = {
		'@context': 'https://schema.org',
		'@type': 'Event',
		'@id': `urn:uuid:${event.id}`,
		name: event.title,
		description: plainText(event.description) || undefined,
		startDate: toLocalIso(event.startsAt),
		endDate: toLocalIso(event.endsAt),
		eventStatus: `https://schema.org/Event${status}`,
		previousStartDate: postponedFrom === undefined ? undefined : toLocalIso(postponedFrom),
		eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
		isAccessibleForFree: true,
		maximumAttendeeCapacity: event.capacity ?? undefined,
		url: publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`),
		image,
		location: {
			'@type': 'Place',
			name: placeText(event, locale),
			address: { '@type': 'PostalAddress', addressRegion: 'Lạng Sơn', addressCountry: 'VN' },
			geo:
				latitude === null || longitude === null
					? undefined
					: { '@type': 'GeoCoordinates', latitude, longitude },
		},
		organizer: [event.organisationName, ...coOrganisers.map(({ name }) => name)].map((name) => ({
			'@type': 'Organization',
			name,
		})),
	};
	return JSON.stringify(data).replace(/</g, '\\u003c');
}
