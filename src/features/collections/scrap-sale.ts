// A scrap sale is where weight and money become real: the dealer's lines, the cash, and a second person's word.
import type { ScrapSaleLineTable, ScrapSaleTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';
import { formatKgInput, MAX_VND, parseKgMilli, parseVnd } from '#lib/number-input.ts';
import { incomeAccount, type Posting } from '#features/fund/ledger.ts';

/** Grams times đồng for one kilogram, rounded half up to whole đồng; or one sum for everything. */
export type GoodsLine = {
	kind: 'goods';
	material: string;
	weightGrams: number;
	unitPriceVnd: number;
	/** The cycle it was weighed for; left out where one load holds several. */
	cycleId?: string | undefined;
};
export type LumpSumLine = { kind: 'lump_sum'; weightGrams: number | null; amountVnd: number };
export type SaleLine = GoodsLine | LumpSumLine;

export type ScrapSaleInput = {
	/** Minted with the form. */
	id: string;
	cycleIds: string[];
	soldOn: string;
	dealer: string;
	lines: SaleLine[];
	cashReceivedVnd: number;
	/** Why cash and lines differ; '' when they do not. */
	differenceReason: string;
	/** '' when there is a photo. */
	photoMissingReason: string;
	/** What no line names stays in its cycle, for another dealer or for the next cycle; otherwise this sale takes it. */
	keepsRest?: true | undefined;
};

const MAX_SALE_LINES = 40;
/** Empty rows after those that are filled in. */
const SPARE_ROWS = 2;

/** Rows `material-0`, `weight-0`, `price-0`, `cycle-0` …; a row without weight and price does not count. Refuses with 422. */
export function readSaleLines(form: FormData): SaleLine[] {
	const textOf = (name: string) => String(form.get(name) ?? '');
	if (textOf('how') === 'lump_sum') {
		const weight = textOf('lump-weight');
		return [
			{
				kind: 'lump_sum',
				weightGrams: weight.trim() === '' ? null : parseKgMilli(weight, 'lump-weight'),
				amountVnd: parseVnd(textOf('cash'), 'cash'),
			},
		];
	}
	const lines: SaleLine[] = [];
	for (let index = 0; form.has(`weight-${index}`); index += 1) {
		const weight = textOf(`weight-${index}`);
		const price = textOf(`price-${index}`);
		if (weight.trim() === '' && price.trim() === '') continue;
		const material = textOf(`material-${index}`);
		if (!material) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'saleMaterialMissing', { field: `material-${index}` });
		}
		lines.push({
			kind: 'goods',
			material,
			weightGrams: parseKgMilli(weight, `weight-${index}`),
			unitPriceVnd: parseVnd(price, `price-${index}`),
			cycleId: textOf(`cycle-${index}`) || undefined,
		});
	}
	return lines;
}

/** A sale that was given back, as its form was typed: the next try starts with it. A photo is not carried over. */
export function typedSale(
	sale: Pick<ScrapSaleTable, 'dealer' | 'soldOn' | 'cashReceivedVnd' | 'photoMissingReason'>,
	lines: ScrapSaleLineTable[],
	cycleIds: string[] = [],
	keepsRest = false,
): FormData {
	const form = new FormData();
	const goods = lines.filter((line) => line.kind === 'goods');
	const lump = lines.find((line) => line.kind === 'lump_sum');
	const weightOf = (line: ScrapSaleLineTable) =>
		line.weighedWeightGrams === null ? '' : formatKgInput(line.weighedWeightGrams);
	form.set('dealer', sale.dealer);
	form.set('soldOn', sale.soldOn);
	form.set('how', lump ? 'lump_sum' : 'goods');
	for (const cycleId of cycleIds) form.append('cycle', cycleId);
	if (keepsRest) form.set('keepsRest', '1');
	goods.forEach((line, index) => {
		form.set(`material-${index}`, line.materialCode ?? '');
		form.set(`weight-${index}`, weightOf(line));
		form.set(`price-${index}`, String(line.unitPriceVnd ?? ''));
		if (cycleIds.length > 1) form.set(`cycle-${index}`, line.cycleId ?? '');
	});
	// Room for what was forgotten, which may be why it was given back.
	for (let index = goods.length; index < goods.length + SPARE_ROWS; index += 1)
		for (const part of ['material', 'weight', 'price']) form.set(`${part}-${index}`, '');
	if (lump) form.set('lump-weight', weightOf(lump));
	form.set('cash', String(sale.cashReceivedVnd));
	form.set('differenceReason', lines.find((line) => line.kind === 'difference')?.note ?? '');
	form.set('photoMissingReason', sale.photoMissingReason ?? '');
	return form;
}

export const lineAmount = (line: SaleLine): number =>
	line.kind === 'lump_sum' ? line.amountVnd : Math.floor((line.weightGrams * line.unitPriceVnd + 500) / 1000);

/** What the cash is more (or less, negative) than the lines. */
export const differenceOf = (input: Pick<ScrapSaleInput, 'lines' | 'cashReceivedVnd'>): number =>
	input.cashReceivedVnd - input.lines.reduce((sum, line) => sum + lineAmount(line), 0);

/** Lines and cash agree, or the difference has a reason; a photo, or why there is none. Refuses with 422. */
export function checkSale(input: ScrapSaleInput, hasPhoto: boolean): void {
	const refuse = (key: ConstructorParameters<typeof DomainError>[1], field: string, values = {}): never => {
		throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
	};
	if (input.cycleIds.length === 0) refuse('cycleMissing', 'cycle');
	if (input.lines.length === 0) refuse('saleLinesMissing', 'lines');
	if (input.lines.length > MAX_SALE_LINES) refuse('tooManyLines', 'lines', { max: MAX_SALE_LINES });
	if (input.lines.length > 1 && input.lines.some((line) => line.kind === 'lump_sum'))
		refuse('lumpSumAlone', 'lines');
	if (input.keepsRest && input.lines.some((line) => line.kind === 'lump_sum'))
		refuse('lumpSumTakesRest', 'keepsRest');
	const isForeign = (line: SaleLine) =>
		line.kind === 'goods' && line.cycleId !== undefined && !input.cycleIds.includes(line.cycleId);
	if (input.lines.some(isForeign)) refuse('lineOfOtherCycle', 'lines');
	const figures = input.lines.map((line) =>
		line.kind === 'goods' ? [line.weightGrams, line.unitPriceVnd] : [line.weightGrams ?? 0, line.amountVnd],
	);
	if (figures.flat().some((figure) => !Number.isSafeInteger(figure))) refuse('amountNotWhole', 'lines');
	if (!Number.isSafeInteger(input.cashReceivedVnd)) refuse('amountNotWhole', 'cash');
	if (figures.flat().some((figure) => figure < 0)) refuse('amountNotPositive', 'lines');
	if (input.lines.some((line) => lineAmount(line) <= 0)) refuse('amountNotPositive', 'lines');
	if (input.lines.some((line) => lineAmount(line) > MAX_VND)) refuse('amountTooLarge', 'lines');
	if (input.cashReceivedVnd <= 0) refuse('amountNotPositive', 'cash');
	if (input.cashReceivedVnd > MAX_VND) refuse('amountTooLarge', 'cash');
	if (!input.dealer) refuse('dealerMissing', 'dealer');
	const difference = differenceOf(input);
	if (difference !== 0 && !input.differenceReason) {
		refuse('saleDiffers', 'differenceReason', {
			lines: input.cashReceivedVnd - difference,
			cash: input.cashReceivedVnd,
		});
	}
	if (!hasPhoto && !input.photoMissingReason) refuse('photoMissing', 'photo');
}

/** Cash against income by material group; a difference goes to its own account so that income stays what was weighed. */
export function salePostings(
	input: Pick<ScrapSaleInput, 'lines' | 'cashReceivedVnd'>,
	groupOf: (material: string) => string,
): Posting[] {
	const byAccount = new Map<string, number>();
	for (const line of input.lines) {
		const account = line.kind === 'goods' ? incomeAccount(groupOf(line.material)) : 'income-unsorted';
		byAccount.set(account, (byAccount.get(account) ?? 0) + lineAmount(line));
	}
	const postings: Posting[] = [...byAccount].map(([credit, amountVnd]) => ({
		debit: 'cash',
		credit,
		amountVnd,
	}));
	const difference = differenceOf(input);
	if (difference > 0) postings.push({ debit: 'cash', credit: 'sale-difference', amountVnd: difference });
	if (difference < 0) postings.push({ debit: 'sale-difference', credit: 'cash', amountVnd: -difference });
	return postings;
}

/** The sum of weights in grams; null as soon as one of them is unknown. */
export const sumKnown = (weights: (number | null)[]): number | null =>
	weights.reduce<number | null>((sum, grams) => (sum === null || grams === null ? null : sum + grams), 0);
