import type { Locale, Translate } from '#lib/i18n.ts';
import { formatGrams } from '#lib/number-format.ts';
import type { CleanupEvent, EventReport } from './cleanup-event.ts';

/** One line about an event that is over: what was achieved, that it was called off, or that nobody has said. */
export function achievedText(
	event: Pick<CleanupEvent, 'status' | 'cancelReason'>,
	report: EventReport | undefined,
	{ t, locale }: { t: Translate; locale: Locale },
): string {
	if (event.status === 'cancelled')
		return t('cleanup-events:past.cancelled', { reason: event.cancelReason ?? '' });
	if (!report) return t('cleanup-events:past.noReport');
	const { headCount, recyclablesGrams, otherWasteGrams } = report;
	const parts = [t('cleanup-events:achieved.heads', { count: headCount })];
	if (recyclablesGrams !== null)
		parts.push(t('cleanup-events:achieved.recyclables', { weight: formatGrams(recyclablesGrams, locale) }));
	if (otherWasteGrams !== null)
		parts.push(t('cleanup-events:achieved.otherWaste', { weight: formatGrams(otherWasteGrams, locale) }));
	return parts.join(', ');
}
