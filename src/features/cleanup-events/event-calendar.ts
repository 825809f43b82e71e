// Events as iCalendar (RFC 5545), for calendars that subscribe and for one event put into a phone's calendar.
import { causeText } from '#features/notifications/cause.ts';
import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import { toLocalIso } from '#lib/time.ts';
import { placeText, plainText, type CleanupEvent } from './cleanup-event.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
/** Vietnam has kept one hour since 1975, without summer time. */
const TIME_ZONE = [
	...['BEGIN:VTIMEZONE', `TZID:${ZONE}`, 'BEGIN:STANDARD', 'DTSTART:19750613T000000'],
	...['TZOFFSETFROM:+0700', 'TZOFFSETTO:+0700', 'TZNAME:+07', 'END:STANDARD', 'END:VTIMEZONE'],
];
/** Octets of a line before it is folded (3.1). */
const LINE_OCTETS = 75;

/** A TEXT value (3.3.11). */
const text = (value: string): string => value.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');

/** `20261129T063000`, as clocks in Vietnam show it. */
const localTime = (instant: number): string => toLocalIso(instant).slice(0, 19).replace(/[-:]/g, '');
const utcTime = (instant: number): string =>
	`${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Breaks a line so that no part is longer than it may be and no letter is cut. */
function fold(line: string): string {
	const parts: string[] = [];
	let [part, octets] = ['', 0];
	for (const sign of line) {
		const size = Buffer.byteLength(sign);
		if (octets + size > LINE_OCTETS) {
			parts.push(part);
			[part, octets] = [' ', 1];
		}
		part += sign;
		octets += size;
	}
	return [...parts, part].join('\r\n');
}

type Words = { t: Translate; locale: Locale; publicUrl: string };

function eventLines(event: CleanupEvent, { t, locale, publicUrl }: Words): string[] {
	const isCancelled = event.status === 'cancelled';
	const title = isCancelled ? t('cleanup-events:calendar.cancelled', { title: event.title }) : event.title;
	const url = publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`);
	const told = [
		isCancelled &&
			t('cleanup-events:event.cancelReason', {
				reason: causeText(event.cancelReason ?? '', locale),
			}),
		event.description,
		event.whatToBring && `${t('cleanup-events:event.bring')}: ${event.whatToBring}`,
		event.rainPlan && `${t('cleanup-events:event.rain')}: ${event.rainPlan}`,
		url,
	];
	return [
		'BEGIN:VEVENT',
		// The same wherever the portal stands, so that a calendar knows the event again.
		`UID:${event.id}@ngoi-nha-xanh`,
		`SEQUENCE:${event.sequence}`,
		`DTSTAMP:${utcTime(event.updatedAt)}`,
		`LAST-MODIFIED:${utcTime(event.updatedAt)}`,
		`CREATED:${utcTime(event.createdAt)}`,
		`DTSTART;TZID=${ZONE}:${localTime(event.startsAt)}`,
		`DTEND;TZID=${ZONE}:${localTime(event.endsAt)}`,
		`STATUS:${isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
		`SUMMARY:${text(title)}`,
		`LOCATION:${text(placeText(event, locale))}`,
		...(event.latitude === null || event.longitude === null
			? []
			: [`GEO:${event.latitude.toFixed(6)};${event.longitude.toFixed(6)}`]),
		`DESCRIPTION:${text(plainText(told.filter(Boolean).join('\n')))}`,
		`CONTACT:${text(event.organisationName)}`,
		`URL:${url}`,
		'END:VEVENT',
	];
}

/** The events as one calendar; `name` is what a calendar program calls it. */
export function toCalendar(events: CleanupEvent[], name: string, words: Words): string {
	const lines = [
		...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Ngoi nha xanh//Chu nhat xanh//VI', 'CALSCALE:GREGORIAN'],
		...['METHOD:PUBLISH', `X-WR-CALNAME:${text(name)}`, `X-WR-TIMEZONE:${ZONE}`],
		// How often a calendar looks again (RFC 7986).
		...['REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H'],
		...TIME_ZONE,
		...events.flatMap((event) => eventLines(event, words)),
		'END:VCALENDAR',
	];
	return lines.map((line) => `${fold(line)}\r\n`).join('');
}
