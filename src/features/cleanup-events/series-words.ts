// What is said of a series as a whole.
import { localePath, type Locale, type Translate } from '#lib/i18n.ts';
import { formatShortDate, formatTime, formatWeekday, toLocalDate } from '#lib/time.ts';
import type { EventSeriesTable } from '#db/schema.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';

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

/** What somebody pastes into a Zalo group: which days, when and where, and where to sign up for all of them. */
export function seriesText(
	series: EventSeriesTable,
	coming: CleanupEvent[],
	words: { t: Translate; locale: Locale; publicUrl: string },
): string {
	const { t, locale, publicUrl } = words;
	const [next] = coming;
	const days = coming.map((event) => formatShortDate(toLocalDate(event.startsAt), locale)).join(', ');
	return [
		t('cleanup-events:series.share', { title: series.title }),
		t('cleanup-events:series.shareDays', { pattern: patternText(series, words), days }),
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
