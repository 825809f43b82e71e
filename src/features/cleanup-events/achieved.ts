import { causeText } from '#features/notifications/cause.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import { formatCount, formatGrams, formatMilli, formatQuantity } from '#lib/number-format.ts';
import type { CleanupEvent, EventReport } from './cleanup-event.ts';
import { recyclablesOf } from './event-report.ts';

type Words = { t: Translate; locale: Locale };
const NO_BREAK_SPACE = '\u00a0';

/** All recyclables of a report, `12,5 kg + 40 cái`, or with another word between; undefined when nothing was said of them. */
export function recyclablesText(report: EventReport, locale: Locale, between = ' + '): string | undefined {
	const { grams, piecesMilli } = recyclablesOf(report);
	// What was counted was not weighed: "none" said of the rest is not said beside it.
	const weight = grams === null || (grams === 0 && piecesMilli !== null) ? [] : [formatGrams(grams, locale)];
	const pieces = piecesMilli === null ? [] : [formatQuantity(piecesMilli, 'piece', locale)];
	return [...weight, ...pieces].join(between) || undefined;
}

/** Other waste, weighed or by its room or both: `1.240 kg, 3,5 m³`. */
export function otherWasteText(report: EventReport, locale: Locale): string | undefined {
	const { otherWasteGrams, otherWasteLitres } = report;
	const weight = otherWasteGrams === null ? [] : [formatGrams(otherWasteGrams, locale)];
	const room = otherWasteLitres === null ? [] : [formatCubicMetres(otherWasteLitres, locale)];
	return [...weight, ...room].join(', ') || undefined;
}

const formatCubicMetres = (litres: number, locale: Locale): string =>
	`${formatMilli(litres, locale)}${NO_BREAK_SPACE}m³`;

export const formatMetres = (metres: number, locale: Locale): string =>
	`${formatCount(metres, locale)}${NO_BREAK_SPACE}m`;

/** One line about an event that is over: what was achieved, that it was called off, or that nobody has said. */
export function achievedText(
	event: Pick<CleanupEvent, 'status' | 'cancelReason'>,
	report: EventReport | undefined,
	{ t, locale }: Words,
): string {
	if (event.status === 'cancelled')
		return t('cleanup-events:past.cancelled', { reason: causeText(event.cancelReason ?? '', locale) });
	if (!report) return t('cleanup-events:past.noReport');
	const { headCount, streetMetres, drainMetres, treeCount } = report;
	const recyclables = recyclablesText(report, locale);
	const otherWaste = otherWasteText(report, locale);
	return [
		t('cleanup-events:achieved.heads', { count: headCount }),
		recyclables && t('cleanup-events:achieved.recyclables', { weight: recyclables }),
		otherWaste && t('cleanup-events:achieved.otherWaste', { weight: otherWaste }),
		streetMetres !== null &&
			t('cleanup-events:achieved.street', { length: formatMetres(streetMetres, locale) }),
		drainMetres !== null && t('cleanup-events:achieved.drain', { length: formatMetres(drainMetres, locale) }),
		treeCount !== null && t('cleanup-events:achieved.trees', { count: treeCount }),
	]
		.filter(Boolean)
		.join(', ');
}
