// A fund's book of any length that keeps every rule: four gifts of three postings, then a payment that spends them.
import { sha256Hex } from '#lib/hash.ts';

/** Postings of one entry, on average. */
export const POSTINGS_PER_ENTRY = 2.6;
const DAYS = 3650;
const LAST_DAY = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;
const GRANT = '0198c0de-0000-7000-8000-0000000000aa';
const HASHES = Array.from({ length: 0x1000 }, (_, index) => sha256Hex(String(index)));
const DATES = Array.from({ length: DAYS + 1 }, (_, back) =>
	new Date(LAST_DAY - back * DAY_MS).toISOString().slice(0, 10),
);

const idOf = (serial: number, kind = 0): string =>
	`0198c0de-0000-7000-800${kind}-${serial.toString(16).padStart(12, '0')}`;
const giftOf = (sequence: number): number => 17_000 + (sequence % 7) * 1000;
const postingOf = (amountVnd: number, credit: string, debit: string): string =>
	`{"amountVnd":${amountVnd},"credit":"${credit}","debit":"${debit}"}`;

/** The lines of a fund's book in their order, spread over ten years. */
export function* largeBook(fund: string, count: number): Generator<string> {
	const vouchers = { year: '', gift: 0, payment: 0 };
	let cashVnd = 0;
	for (let sequence = 1; sequence <= count; sequence += 1) {
		const day = DATES[Math.floor(((count - sequence) * DAYS) / count)]!;
		if (vouchers.year !== day.slice(0, 4))
			Object.assign(vouchers, { year: day.slice(0, 4), gift: 0, payment: 0 });
		const kind = sequence % 5 === 0 ? 'payment' : 'gift';
		let allocations = '';
		let postings: string;
		if (kind === 'gift') {
			const more = giftOf(sequence) - 7000;
			postings = [more, 5000, 2000].map((amountVnd) => postingOf(amountVnd, 'gift', 'cash')).join(',');
			cashVnd += giftOf(sequence);
		} else {
			allocations = [4, 3, 2, 1]
				.map((back) => sequence - back)
				.map((income) => `{"amountVnd":${giftOf(income)},"incomeEntryId":"${idOf(income)}"}`)
				.join(',');
			postings = postingOf(cashVnd, 'cash', 'welfare-tet-gift');
			cashVnd = 0;
		}
		vouchers[kind] += 1;
		yield (
			`{"allocations":[${allocations}],"bankAfterVnd":0,"bookedOn":"${day}","cashAfterVnd":${cashVnd},` +
			`"form":"ngoi-nha-xanh/entry/v1","fund":"${fund}","happenedOn":"${day}","id":"${idOf(sequence)}","kind":"${kind}",` +
			`"postings":[${postings}],"recordedAt":${LAST_DAY + sequence},"recordedBy":"${GRANT}","reverses":null,` +
			`"sequence":${sequence},"sourceHash":"${HASHES[sequence & 0xfff]!}","sourceId":"${idOf(sequence, 1)}",` +
			`"sourceKind":"${kind === 'gift' ? 'statement' : 'disbursement'}","textHash":"${HASHES[(sequence * 7) & 0xfff]!}",` +
			`"transfer":null,"voucher":"${kind === 'gift' ? 'PT' : 'PC'}-${vouchers.year}/${String(vouchers[kind]).padStart(4, '0')}"}`
		);
	}
}
