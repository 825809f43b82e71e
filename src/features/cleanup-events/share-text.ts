import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import { formatDateTime, formatShortDate, formatTime, toLocalDate } from '#lib/time.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';

/** What somebody pastes into a Zalo group: when, where, what to bring, where to sign up; or that it is called off. */
export function shareText(
	event: CleanupEvent,
	words: { t: Translate; locale: Locale; publicUrl: string },
): string {
	const { t, locale, publicUrl } = words;
	const url = publicUrl + localePath(locale, `/chu-nhat-xanh/${event.slug}`);
	if (event.status === 'cancelled') {
		return [
			t('cleanup-events:share.cancelled', {
				title: event.title,
				time: formatDateTime(event.startsAt, locale),
			}),
			t('cleanup-events:share.reason', { reason: event.cancelReason ?? '' }),
			url,
		].join('\n');
	}
	const things = event.whatToBring.replace(/\s*\n\s*/g, ', ').replace(/[.\s]+$/, '');
	return [
		t('cleanup-events:share.head', { date: formatShortDate(toLocalDate(event.startsAt), locale) }),
		event.title,
		t('cleanup-events:share.meet', { time: formatTime(event.startsAt), place: placeText(event, locale) }),
		...(things ? [t('cleanup-events:share.bring', { things })] : []),
		t('cleanup-events:share.called', { organisation: event.organisationName }),
		t('cleanup-events:share.register', { url }),
	].join('\n');
}

/** `07:30–10:30 Chủ nhật, 29/11/2026`. */
export function timeText(
	event: Pick<CleanupEvent, 'startsAt' | 'endsAt'>,
	{ t, locale }: { t: Translate; locale: Locale },
): string {
	const from = formatTime(event.startsAt);
	const day = formatDateTime(event.startsAt, locale).slice(from.length + 1);
	return t('cleanup-events:event.time', { from, to: formatTime(event.endsAt), day });
}
