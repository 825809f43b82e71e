// What became of the goods that a school's classes brought, as far as the chain has come.
import type { Entry } from '#features/fund/fund.ts';

/** Goods of somebody else in a load, as declared. */
export type OtherPart = {
	/** Another campaign, classes without one, the school's classes of other days than its year's, classes of another school, or whoever else brought something. */
	of: 'campaign' | 'classes' | 'otherYear' | 'school' | 'people';
	/** Of the campaign or the school. */
	name: string | null;
	/** Null where the weight of a line is unknown. */
	grams: number | null;
};

/** How much of a load was theirs, as declared; null where the weight of a line is unknown. */
export type LoadPart = { ownGrams: number | null; others: OtherPart[] };

type FundName = { code: string; nameVi: string; nameEn: string };

/** What another fund got of a sale, by the rule of its day. */
export type SaleShare = FundName & { entryId: string; amountVnd: number };

export type SchoolSale = {
	id: string;
	status: 'recorded' | 'confirmed';
	soldOn: string;
	/** Of the whole load: goods of others may have lain in it. */
	cashReceivedVnd: number;
	entryId: string | null;
	voucher: string | undefined;
	/** The cycles of these goods that it holds. */
	cycleIds: string[];
	/** For which its cash is booked. */
	fund: FundName;
	shares: SaleShare[];
	/** How much of the load these goods are. */
	part: LoadPart;
};

/** A payment, and how much of it came from these sales: the rest is other money of its fund. */
export type Payment = Entry & { spentVnd: number };

export type SchoolMoney = {
	cycles: {
		id: string;
		number: number;
		closedOn: string | null;
		/** All of these goods that ever lay in it. */
		isSold: boolean;
		/** Some of them lie in it unsold. */
		isHolding: boolean;
	}[];
	/** The newest first, 12 at most. */
	sales: SchoolSale[];
	saleCount: number;
	/** Cash of every sale that is confirmed. */
	incomeVnd: number;
	/** What those sales paid for, the newest first, 12 at most. */
	payments: Payment[];
	paymentCount: number;
};
