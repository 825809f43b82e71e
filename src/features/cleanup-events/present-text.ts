import type { Locale, Translate } from '#lib/i18n.ts';
import { formatCount } from '#lib/number-format.ts';
import type { sumPresent } from './attendance.ts';

/** How many the phones have counted, and whether they still differ. */
export function presentText(
	{ heads, open }: ReturnType<typeof sumPresent>,
	{ t, locale }: { t: Translate; locale: Locale },
): string {
	const [count, number] = [formatCount(heads, locale), formatCount(open, locale)];
	return open > 0
		? t('check-in:report.hintOpen', { heads: count, number })
		: t('check-in:report.hint', { heads: count });
}
