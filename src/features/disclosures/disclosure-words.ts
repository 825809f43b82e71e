import type { DisclosureTable } from '#db/schema.ts';
import type { Translate } from '#lib/i18n.ts';
import type { DueSheet } from './due-sheet.ts';

/** What was made public: a month's book, or what its recorder wrote. */
export const subjectOf = (row: Pick<DisclosureTable, 'month' | 'subject'>, t: Translate): string =>
	row.month === null ? row.subject : t('disclosures:month', { month: row.month });

/** From when to when. */
export function spanOf(row: Pick<DisclosureTable, 'fromOn' | 'toOn'>, t: Translate): string {
	if (row.toOn === null) return t('disclosures:since', { from: row.fromOn });
	return row.toOn === row.fromOn
		? t('disclosures:day', { from: row.fromOn })
		: t('disclosures:span', { from: row.fromOn, to: row.toOn });
}

/** What there is to do about overdue sheets, the newest first. */
export const overdueTitle = (sheets: DueSheet[], t: Translate): string =>
	sheets.length === 1
		? t('disclosures:waitingOne', { month: sheets[0]!.month })
		: t('disclosures:waiting', { count: sheets.length, month: sheets.at(-1)!.month });

/** Since when the oldest of them is overdue. */
export const overdueDetail = (sheets: DueSheet[], t: Translate): string =>
	t('disclosures:late', { count: sheets.at(-1)!.daysOver });
