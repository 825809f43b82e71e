import type { Locale, Translate } from '#lib/i18n.ts';
import { formatVnd } from '#lib/number-format.ts';
import type { WaitingWork } from './fund-work.ts';

/** What there is to do, in the reader's language. */
export function workTitle(work: WaitingWork, t: Translate, locale: Locale): string {
	switch (work.kind) {
		case 'statement': {
			const { kind, amountVnd } = work.statement;
			const said = t(`fund:statement.kind.${kind}`).toLowerCase();
			return t('fund:work.waiting.statement', { kind: said, amount: formatVnd(amountVnd, locale) });
		}
		case 'count':
			return t('fund:work.waiting.count', { amount: formatVnd(work.count.countedVnd, locale) });
		case 'reversal': {
			const kind = t(`fund:kind.${work.reversal.originalKind}`).toLowerCase();
			const amount = formatVnd(work.reversal.amountVnd, locale);
			return t('fund:work.waiting.reversal', { kind, amount });
		}
		case 'month':
			return t('fund:work.waiting.month', { month: work.month });
	}
}

/** The fund in which it waits. */
export function workFund(work: WaitingWork, locale: Locale): string {
	if (work.kind === 'month') return locale === 'vi' ? work.fund.nameVi : work.fund.nameEn;
	const row = work.kind === 'statement' ? work.statement : work.kind === 'count' ? work.count : work.reversal;
	return locale === 'vi' ? row.fundNameVi : row.fundNameEn;
}
