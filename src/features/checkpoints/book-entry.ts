// One line of a book as docs/ledger-format.md writes it. Reading it is strict: any other way to write it is refused.

/** What the checks need of one entry; amounts in đồng. */
export type BookEntry = {
	id: string;
	fund: string;
	sequence: number;
	kind: string;
	happenedOn: string;
	bookedOn: string;
	reverses: string | undefined;
	voucher: { kind: string; year: number; number: number } | undefined;
	/** What it adds to cash and to bank, by its postings. */
	cashVnd: number;
	bankVnd: number;
	postingCount: number;
	postingSumVnd: number;
	cashAfterVnd: number;
	bankAfterVnd: number;
	allocations: { income: string; amountVnd: number }[];
	textHash: string;
};

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const WHOLE = '0|[1-9]\\d{0,15}';
const DAY = '\\d{4}-\\d\\d-\\d\\d';
const WORD = '[a-z][a-z_-]*';
const HASH = '[0-9a-f]{64}';
const CODE = '[A-Z\\d][A-Z\\d-]*';
const ALLOCATION = `\\{"amountVnd":(${WHOLE}),"incomeEntryId":"(${UUID})"\\}`;
const POSTING = `\\{"amountVnd":(${WHOLE}),"credit":"(${WORD})","debit":"(${WORD})"\\}`;
const listOf = (item: string) => {
	const plain = item.replace(/\((?!\?)/g, '(?:');
	return `\\[((?:${plain}(?:,${plain})*)?)\\]`;
};
// Keys in the order of their code units, as canonical JSON has them.
const LINE = new RegExp(
	`^\\{"allocations":${listOf(ALLOCATION)},"bankAfterVnd":(${WHOLE}),"bookedOn":"(${DAY})","cashAfterVnd":(${WHOLE}),` +
		`"form":"ngoi-nha-xanh/entry/v1","fund":"(${CODE})","happenedOn":"(${DAY})","id":"(${UUID})","kind":"(${WORD})",` +
		`"postings":${listOf(POSTING)},"recordedAt":(?:${WHOLE}),"recordedBy":"[^"\\\\\\s]+","reverses":(?:null|"(${UUID})"),` +
		`"sequence":(${WHOLE}),"sourceHash":"${HASH}","sourceId":"[^"\\\\\\s]+","sourceKind":"${WORD}",` +
		`"textHash":"(${HASH})","transfer":(?:null|"${UUID}"),"voucher":(?:null|"(PT|PC)-(\\d{4})/(\\d{4,9})")\\}$`,
);

function* itemsOf(pattern: RegExp, text: string): Generator<[number, string, string]> {
	pattern.lastIndex = 0;
	for (let found = pattern.exec(text); found; found = pattern.exec(text))
		yield [Number(found[1]), found[2]!, found[3]!];
}
const allocationPattern = new RegExp(ALLOCATION, 'g');
const postingPattern = new RegExp(POSTING, 'g');

/** Reads one line; undefined when it is not written in the one form that the format knows. */
export function parseBookEntry(line: string): BookEntry | undefined {
	const found = LINE.exec(line);
	if (!found) return undefined;
	const [, allocationText, bankAfter, bookedOn, cashAfter, fund, happenedOn, id, kind, postingText] = found;
	const [reverses, sequence, textHash, voucherKind, year, number] = found.slice(10);
	const allocations: BookEntry['allocations'] = [];
	for (const [amountVnd, income] of itemsOf(allocationPattern, allocationText!))
		allocations.push({ income, amountVnd });
	let [cashVnd, bankVnd, postingCount, postingSumVnd] = [0, 0, 0, 0];
	for (const [amountVnd, credit, debit] of itemsOf(postingPattern, postingText!)) {
		if (amountVnd === 0 || credit === debit) return undefined;
		if (debit === 'cash') cashVnd += amountVnd;
		if (debit === 'bank') bankVnd += amountVnd;
		if (credit === 'cash') cashVnd -= amountVnd;
		if (credit === 'bank') bankVnd -= amountVnd;
		postingCount += 1;
		postingSumVnd += amountVnd;
	}
	return {
		...{ id: id!, fund: fund!, sequence: Number(sequence), kind: kind!, happenedOn: happenedOn! },
		...{ bookedOn: bookedOn!, reverses, cashVnd, bankVnd, postingCount, postingSumVnd },
		voucher: voucherKind ? { kind: voucherKind, year: Number(year), number: Number(number) } : undefined,
		...{ cashAfterVnd: Number(cashAfter), bankAfterVnd: Number(bankAfter), allocations, textHash: textHash! },
	};
}
