// A fund (quỹ) is one organisation's welfare money: a book of entries that is only added to.
import type { FundTable, JournalEntryTable } from '#db/schema.ts';

/** A fund with what its last entry says it holds. */
export type Fund = FundTable & { balanceVnd: number; cashVnd: number; bankVnd: number; entryCount: number };

/** A house as far as its money goes: who hosts it, and its ward of today. */
export type EarningHouse = { hostOrganisationId: string | null; ward: { id: string }; isSample: 0 | 1 };

/**
 * The fund that gathers what a house earns, of funds by their codes: the own one of the organisation in whose yard it
 * stands, which has no area; else its ward's.
 */
export function fundOfHouse<F extends Pick<FundTable, 'organisationId' | 'adminUnitId' | 'isSample'>>(
	{ hostOrganisationId, ward, isSample }: EarningHouse,
	funds: F[],
): F | undefined {
	const ofKind = funds.filter((fund) => fund.isSample === isSample);
	return (
		ofKind.find(
			({ organisationId, adminUnitId }) =>
				hostOrganisationId !== null && organisationId === hostOrganisationId && adminUnitId === null,
		) ?? ofKind.find(({ adminUnitId }) => adminUnitId === ward.id)
	);
}

/** An entry as the public reads it, with its fund, its text (null once erased) and both ends of a reversal. */
export type Entry = JournalEntryTable & {
	fundCode: string;
	fundNameVi: string;
	fundNameEn: string;
	text: string | null;
	reversedById: string | null;
	reversedOn: string | null;
	originalKind: JournalEntryTable['kind'] | null;
	originalSequence: number | null;
	originalVoucherKind: JournalEntryTable['voucherKind'];
	originalVoucherYear: number | null;
	originalVoucherNumber: number | null;
};

/** Rows of a page in runs of one month of `booked_on`, in the rows' own order. */
export function groupByMonth<Row extends { bookedOn: string }>(
	rows: Row[],
): { month: string; rows: Row[] }[] {
	const groups: { month: string; rows: Row[] }[] = [];
	for (const row of rows) {
		const month = row.bookedOn.slice(0, 7);
		const last = groups.at(-1);
		if (last?.month === month) last.rows.push(row);
		else groups.push({ month, rows: [row] });
	}
	return groups;
}
