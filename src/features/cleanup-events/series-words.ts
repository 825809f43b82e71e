// What is said of a series as a whole.
import { causeText } from '#features/notifications/cause.ts';
import { holidayOf } from '#lib/public-holiday.ts';
import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import { formatShortDate, formatTime, formatWeekday, toLocalDate } from '#lib/time.ts';
import type { EventSeriesTable } from '#db/schema.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';
import { callText } from './share-text.ts';
import { skippedDates } from './event-series.ts';

/** `Chủ nhật đầu tháng, đến 02/05/2027`. */
export function patternText(
	{ pattern, firstOn, untilOn }: Pick<EventSeriesTable, 'pattern' | 'firstOn' | 'untilOn'>,
	{ t, locale }: { t: Translate; locale: Locale },
): string {
	const values = { weekday: formatWeekday(firstOn, locale), date: untilOn };
	if (pattern === 'weekly') return t('cleanup-events:series.pattern.weekly', values);
	const week = Math.ceil(Number(firstOn.slice(8)) / 7) as 1 | 2 | 3 | 4;
	return t(`cleanup-events:series.pattern.w${week}`, values);
}

type Words = { t: Translate; locale: Locale };

const daysText = (events: { startsAt: number }[], locale: Locale): string =>
	events.map(({ startsAt }) => formatShortDate(toLocalDate(startsAt), locale)).join(', ');

/** `9 buổi sắp tới, 2 buổi đã huỷ`: what is called off is not counted as coming. */
export function comingText(coming: Pick<CleanupEvent, 'status'>[], { t }: { t: Translate }): string {
	const off = coming.filter(({ status }) => status === 'cancelled').length;
	const standing = coming.length - off;
	return [
		standing > 0 ? t('cleanup-events:series.coming', { count: standing }) : t('cleanup-events:series.none'),
		off > 0 ? t('cleanup-events:series.off', { count: off }) : '',
	]
		.filter(Boolean)
		.join(standing > 0 ? ', ' : ' ');
}

/** `Không làm ngày 07/02 (Tết Nguyên đán).`; undefined where every day of the pattern has its event. */
export function skippedText(
	series: EventSeriesTable,
	events: { startsAt: number }[],
	now: number,
	{ t, locale }: Words,
): string | undefined {
	const skipped = skippedDates(series, events, toLocalDate(now));
	if (skipped.length === 0) return undefined;
	const days = skipped.map((date) => {
		const holiday = holidayOf(date);
		return formatShortDate(date, locale) + (holiday ? ` (${t(`lunar:holidays.${holiday}`)})` : '');
	});
	return t('cleanup-events:series.skipped', { days: days.join(', ') });
}

/** What is pasted after days of a series were called off together: which, why, and which still take place. */
export function seriesOffText(
	series: EventSeriesTable,
	off: Pick<CleanupEvent, 'startsAt' | 'cancelReason'>[],
	standing: { startsAt: number }[],
	{ t, locale, publicUrl }: Words & { publicUrl: string },
): string {
	const reasons = [...new Set(off.map(({ cancelReason }) => cancelReason ?? ''))];
	return [
		t('cleanup-events:series.shareOff', { title: series.title }),
		...reasons.flatMap((reason) => [
			t('cleanup-events:series.shareOffDays', {
				days: daysText(
					off.filter(({ cancelReason }) => (cancelReason ?? '') === reason),
					locale,
				),
			}),
			t('cleanup-events:share.reason', { reason: causeText(reason, locale) }),
		]),
		...(standing.length > 0
			? [t('cleanup-events:series.shareStill', { days: daysText(standing, locale) })]
			: []),
		publicUrl + localePath(locale, `/chu-nhat-xanh/dot/${series.id}`),
	].join('\n');
}

/** What is pasted when days that were called off take place after all. */
export function seriesOnText(
	series: EventSeriesTable,
	days: CleanupEvent[],
	{ t, locale, publicUrl }: Words & { publicUrl: string },
): string {
	const [next] = days;
	return [
		t('cleanup-events:series.shareOn', { title: series.title }),
		t('cleanup-events:series.shareStill', { days: daysText(days, locale) }),
		...(next
			? [t('cleanup-events:share.meet', { time: formatTime(next.startsAt), place: placeText(next, locale) })]
			: []),
		publicUrl + localePath(locale, `/chu-nhat-xanh/dot/${series.id}`),
	].join('\n');
}

/** What somebody pastes into a Zalo group: which days, when and where, and where to sign up for all of them. */
export function seriesText(
	series: EventSeriesTable,
	coming: CleanupEvent[],
	words: { t: Translate; locale: Locale; publicUrl: string },
): string {
	const { t, locale, publicUrl } = words;
	const [next] = coming;
	return [
		t('cleanup-events:series.share', { what: callText(series.firstOn, words), title: series.title }),
		t('cleanup-events:series.shareDays', {
			pattern: patternText(series, words),
			days: daysText(coming, locale),
		}),
		...(next
			? [
					t('cleanup-events:share.meet', { time: formatTime(next.startsAt), place: placeText(next, locale) }),
					t('cleanup-events:share.called', { organisation: next.organisationName }),
				]
			: []),
		t('cleanup-events:share.register', {
			url: publicUrl + localePath(locale, `/chu-nhat-xanh/dot/${series.id}`),
		}),
	].join('\n');
}
