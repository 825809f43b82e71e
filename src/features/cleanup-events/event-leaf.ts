import type { Locale, Translate } from '#lib/i18n.ts';
import type { LocalDate } from '#lib/time.ts';

/** The head of a tear-off leaf: `Tháng 11`, `November`. */
export function monthText(date: LocalDate, { t, locale }: { t: Translate; locale: Locale }): string {
	const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(Date.parse(date));
	return t('cleanup-events:leaf.month', { month: locale === 'vi' ? Number(date.slice(5, 7)) : name });
}
