import type { Translate } from '#lib/i18n.ts';
import type { Entry } from './fund.ts';
import { parseEntryText, SMALLEST_GROUP, voucherName } from './ledger.ts';

/** Names of houses and funds by code and of wards by id, in the reader's language. */
export type Names = { houses: Map<string, string>; wards: Map<string, string>; funds?: Map<string, string> };

type Titled = Pick<Entry, 'text'> & { kind: string } & Partial<
		Pick<Entry, 'originalSequence' | 'originalVoucherKind' | 'originalVoucherYear' | 'originalVoucherNumber'>
	>;

/** `PT-2026/0142`, or the place in the book of an entry that has no voucher; '' when the row is none or does not say. */
function originalName(entry: Titled): string {
	const voucher = voucherName({
		voucherKind: entry.originalVoucherKind ?? null,
		voucherYear: entry.originalVoucherYear ?? null,
		voucherNumber: entry.originalVoucherNumber ?? null,
	});
	return voucher ?? (entry.originalSequence == null ? '' : `#${entry.originalSequence}`);
}

/** A row's sentence in the reader's language, from its erasable text. Groups under five are not told apart. */
export function entryTitle(entry: Titled, { houses, wards, funds }: Names, t: Translate): string {
	const fundName = (code: string) => funds?.get(code) ?? code;
	const text = parseEntryText(entry.text);
	switch (text?.kind) {
		case undefined:
			return t('fund:row.erased');
		case 'scrap_sale':
			return t('fund:row.sale', { houses: text.houses.map((code) => houses.get(code) ?? code).join('; ') });
		case 'payment': {
			const purpose = t(`fund:purpose.${text.purpose}`);
			if (text.count === null) return t('fund:row.paymentFew', { purpose, count: SMALLEST_GROUP });
			const { count } = text;
			const ward = text.wardId === null ? undefined : wards.get(text.wardId);
			return ward === undefined
				? t('fund:row.payment', { purpose, count })
				: t('fund:row.paymentWard', { purpose, count, ward });
		}
		case 'reversal': {
			const original = originalName(entry);
			return original
				? t('fund:row.reversalOf', { original, reason: text.reason })
				: t('fund:row.reversal', { reason: text.reason });
		}
		case 'transfer_out':
			return t('fund:row.transferOut', {
				shares: text.shares
					.map(({ fund, percent }) => t('fund:rules.share', { percent, fund: fundName(fund) }))
					.join('; '),
			});
		case 'transfer_in':
			return t('fund:row.transferIn', { percent: text.percent, fund: fundName(text.fund) });
		case 'statement':
			return text.words;
		case 'gift':
			return text.purpose === null
				? text.words
				: t('fund:row.tiedGift', { words: text.words, purpose: t(`fund:purpose.${text.purpose}`) });
		case 'bank_move':
			return t(`fund:row.bankMove.${text.to}`, { amount: text.amountVnd, words: text.words });
		case 'cash_difference':
			return t('fund:row.difference', {
				date: text.countedOn,
				counted: text.countedVnd,
				book: text.bookVnd,
				reason: text.reason,
			});
	}
}
