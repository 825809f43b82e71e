import { causeText } from '#features/notifications/cause.ts';
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
import { placeText, type CleanupEvent } from './cleanup-event.ts';
import type { EventChange } from './event-change.ts';

type Words = { t: Translate; locale: Locale; publicUrl: string };

/** What it is called on that day: no Friday is a Green Sunday. */
export const callText = (date: LocalDate, { t }: { t: Translate }): string =>
	t(`cleanup-events:share.${isSunday(date) ? 'sunday' : 'otherDay'}`);

/** What somebody pastes into a Zalo group: when, where, what to bring, where to sign up; or that it is called off. */
export function shareText(event: CleanupEvent, words: Words): string {
	const { t, locale, publicUrl } = words;
	const url = publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`);
	if (event.status === 'cancelled') {
		return [
			t('cleanup-events:share.cancelled', {
				title: event.title,
				time: formatDateTime(event.startsAt, locale),
			}),
			t('cleanup-events:share.reason', { reason: causeText(event.cancelReason ?? '', locale) }),
			url,
		].join('\n');
	}
	const things = event.whatToBring.replace(/\s*\n\s*/g, ', ').replace(/[.\s]+$/, '');
	return [
		callText(toLocalDate(event.startsAt), words),
		event.title,
		t('cleanup-events:share.time', { time: timeText(event, words) }),
		t('cleanup-events:share.place', { place: placeText(event, locale) }),
		...(things ? [t('cleanup-events:share.bring', { things })] : []),
		t('cleanup-events:share.called', { organisation: event.organisationName }),
		t('cleanup-events:share.register', { url }),
	].join('\n');
}

/** What is pasted after a change: what stood, what stands now, and why; or that all is as it was. */
export function changeText(change: EventChange, event: CleanupEvent, words: Words): string {
	const { t, locale, publicUrl } = words;
	if (event.status === 'cancelled') return shareText(event, words);
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
						t('cleanup-events:share.postponed', { title }),
						t('cleanup-events:share.from', { what: timeText(stood, words) }),
						t('cleanup-events:share.to', { what: timeText(stands, words) }),
						place,
					];
	const isTold = reason !== '' && undoneAt === null;
	return [
		...told,
		...(isTold ? [t('cleanup-events:share.reason', { reason: causeText(reason, locale) })] : []),
		publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`),
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
