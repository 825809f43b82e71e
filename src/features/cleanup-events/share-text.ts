import { causeText } from '#features/notifications/cause.ts';
import { formatPhone } from '#lib/phone.ts';
import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import {
	formatDate,
	formatDateTime,
	formatShortDate,
	formatTime,
	isSunday,
	toLocalDate,
	type LocalDate,
} from '#lib/time.ts';
import { placeText, plainText, type CleanupEvent } from './cleanup-event.ts';
import { movedFrom, type EventChange } from './event-change.ts';

type Words = { t: Translate; locale: Locale; publicUrl: string };

/** What it is called on that day: no Friday is a Green Sunday. */
export const callText = (date: LocalDate, { t }: { t: Translate }): string =>
	t(`cleanup-events:share.${isSunday(date) ? 'sunday' : 'otherDay'}`);

/** What is said of an event beside its own row. */
export type About = {
	/** What was changed, the last first. */
	changes: readonly EventChange[];
	needs: readonly { label: string; wanted: number; pledged: number }[];
};

/** A text of several lines as part of one, without the full stop that the line has itself. */
const inLine = (text: string): string =>
	plainText(text)
		.trim()
		.replace(/\s*\n\s*/g, ', ')
		.replace(/[.\s]+$/, '');

/** Whom to ask: the number only where that person agreed that everybody sees it. */
function leadText(event: CleanupEvent, { t }: Words): string[] {
	if (!event.leadName) return [];
	const phone = event.isLeadPhonePublic === 1 ? event.leadPhoneE164 : null;
	const who = phone ? `${event.leadName}, ${formatPhone(phone)}` : event.leadName;
	return [t('cleanup-events:share.lead', { who })];
}

const urlOf = ({ slug }: CleanupEvent, { locale, publicUrl }: Words): string =>
	publicUrl + localePath(locale, `/chu-nhat-xanh/${slug}`);

/** From whom a change comes, whom to ask, and where it stands. */
const endOf = (event: CleanupEvent, words: Words): string[] => [
	words.t('cleanup-events:share.tells', { organisation: event.organisationName }),
	...leadText(event, words),
	urlOf(event, words),
];

/**
 * What somebody pastes into a Zalo group: when and where, and where from that was moved; what to bring, whom to ask, where
 * to sign up; or that it is called off.
 */
export function shareText(event: CleanupEvent, { changes, needs }: About, words: Words): string {
	const { t, locale } = words;
	if (event.status === 'cancelled') {
		return [
			t('cleanup-events:share.cancelled', {
				title: event.title,
				time: formatDateTime(event.startsAt, locale),
			}),
			t('cleanup-events:share.reason', { reason: causeText(event.cancelReason ?? '', locale) }),
			...endOf(event, words),
		].join('\n');
	}
	const moved = movedFrom(event, changes);
	const missing = needs.flatMap(({ label, wanted, pledged }) =>
		pledged < wanted ? [`${wanted - pledged} ${label}`] : [],
	);
	const told = [
		['bring', inLine(event.whatToBring)],
		['clothes', inLine(event.clothes)],
		['provided', inLine(event.provided)],
		['needs', missing.join(', ')],
		['rain', inLine(event.rainPlan)],
	] as const;
	return [
		callText(toLocalDate(event.startsAt), words),
		event.title,
		t('cleanup-events:share.time', { time: timeText(event, words) }),
		...(moved.time ? [t('cleanup-events:share.timeBefore', { time: timeText(moved.time, words) })] : []),
		t('cleanup-events:share.place', { place: placeText(event, locale) }),
		...(moved.place
			? [t('cleanup-events:share.placeBefore', { place: placeText(moved.place, locale) })]
			: []),
		...told.flatMap(([key, what]) => (what ? [t(`cleanup-events:share.${key}`, { things: what })] : [])),
		t('cleanup-events:share.called', { organisation: event.organisationName }),
		...leadText(event, words),
		t('cleanup-events:share.register', { url: urlOf(event, words) }),
	].join('\n');
}

/** What is pasted after a change: what stood, what stands now, and why; or that all is as it was. */
export function changeText(change: EventChange, event: CleanupEvent, words: Words): string {
	const { t, locale } = words;
	if (event.status === 'cancelled') return shareText(event, { changes: [], needs: [] }, words);
	const { kind, stood, stands, reason, undoneAt } = change;
	const { title } = event;
	const place = t('cleanup-events:share.place', { place: placeText(event, locale) });
	const time = t('cleanup-events:share.time', { time: timeText(event, words) });
	const told =
		undoneAt !== null
			? [t('cleanup-events:share.restored', { title }), time, place]
			: kind === 'move'
				? [
						t('cleanup-events:share.moved', { title }),
						t('cleanup-events:share.from', { what: placeText(stood, locale) }),
						t('cleanup-events:share.to', { what: placeText(stands, locale) }),
						time,
					]
				: [
						t(`cleanup-events:share.${stands.startsAt > stood.startsAt ? 'postponed' : 'newTime'}`, {
							title,
						}),
						t('cleanup-events:share.from', { what: timeText(stood, words) }),
						t('cleanup-events:share.to', { what: timeText(stands, words) }),
						place,
					];
	const isTold = reason !== '' && undoneAt === null;
	return [
		...told,
		...(isTold ? [t('cleanup-events:share.reason', { reason: causeText(reason, locale) })] : []),
		t('cleanup-events:share.stillSigned'),
		...endOf(event, words),
	].join('\n');
}

/** `07:30–10:30 Chủ nhật, 29/11/2026`. */
export function timeText(
	event: Pick<CleanupEvent, 'startsAt' | 'endsAt'>,
	{ t, locale }: { t: Translate; locale: Locale },
): string {
	const from = formatTime(event.startsAt);
	const day = formatDateTime(event.startsAt, locale).slice(from.length + 1);
	const to = formatTime(event.endsAt);
	return toLocalDate(event.startsAt) === toLocalDate(event.endsAt)
		? t('cleanup-events:event.time', { from, to, day })
		: t('cleanup-events:event.timeOvernight', { from, to, day });
}

/** `29/11` of this year, `28/12/2025` of another. */
export function shortDay(event: Pick<CleanupEvent, 'startsAt'>, locale: Locale, now: number): string {
	const date = toLocalDate(event.startsAt);
	return date.slice(0, 4) === toLocalDate(now).slice(0, 4)
		? formatShortDate(date, locale)
		: formatDate(date, locale);
}
