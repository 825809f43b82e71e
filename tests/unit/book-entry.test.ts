// The one form of an entry's line, and what else is no line of a book.
import { expect, test } from 'vitest';
import { parseBookEntry } from '#features/checkpoints/book-entry.ts';

// The vector of docs/ledger-format.md.
const LINE =
	'{"allocations":[],"bankAfterVnd":0,"bookedOn":"2026-11-22","cashAfterVnd":407950,"form":"ngoi-nha-xanh/entry/v1","fund":"DK","happenedOn":"2026-11-21","id":"0198c0de-0000-7000-8000-000000000002","kind":"scrap_sale","postings":[{"amountVnd":64750,"credit":"income-paper","debit":"cash"},{"amountVnd":243200,"credit":"income-metal","debit":"cash"}],"recordedAt":1795316400000,"recordedBy":"0198c0de-0000-7000-8000-0000000000aa","reverses":null,"sequence":2,"sourceHash":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","sourceId":"0198c0de-0000-7000-8000-0000000000bb","sourceKind":"scrap_sale","textHash":"a74521f6480e70f871c03c9921b1a45befe031f39f131413e54f166ae54dcc4a","transfer":null,"voucher":"PT-2026/0001"}';
const ID = '0198c0de-ffff-7000-8000-fedcba987654';
const read = (line: string) => parseBookEntry(Buffer.from(line));

test('a line is read as its entry', () => {
	expect(read(LINE)).toEqual({
		id: [0x0198c0de, 0x00007000, 0x80000000 | 0, 2],
		fund: 'DK',
		sequence: 2,
		kind: 'scrap_sale',
		happenedOn: 20261121,
		bookedOn: 20261122,
		reverses: undefined,
		voucher: { isReceipt: true, year: 2026, number: 1 },
		cashVnd: 307950,
		bankVnd: 0,
		postingCount: 2,
		postingSumVnd: 307950,
		cashAfterVnd: 407950,
		bankAfterVnd: 0,
		allocations: [],
	});
});

test('allocations, moves between cash and bank, and what is null or not, are read', () => {
	const items = [1, 2].map((amount) => `{"amountVnd":${amount},"incomeEntryId":"${ID}"}`);
	const line = LINE.replace('"allocations":[]', `"allocations":[${items.join(',')}]`)
		.replace('"reverses":null', `"reverses":"${ID}"`)
		.replace('"transfer":null', `"transfer":"${ID}"`)
		.replace('"PT-2026/0001"', 'null')
		.replace('"income-paper","debit":"cash"', '"cash","debit":"bank"');
	const uuid = [0x0198c0de, 0xffff7000 | 0, 0x8000fedc | 0, 0xba987654 | 0];
	expect(read(line)).toMatchObject({
		allocations: [
			{ income: uuid, amountVnd: 1 },
			{ income: uuid, amountVnd: 2 },
		],
		reverses: uuid,
		voucher: undefined,
		cashVnd: 243200 - 64750,
		bankVnd: 64750,
	});
});

test.each([
	['"fund":"DK"', '"fund":"-DK"'],
	['"fund":"DK"', '"fund":"dk"'],
	['"fund":"DK"', '"fund":""'],
	['"cashAfterVnd":407950', '"cashAfterVnd":0407950'],
	['"cashAfterVnd":407950', '"cashAfterVnd":-1'],
	['"cashAfterVnd":407950', '"cashAfterVnd":4e5'],
	['"cashAfterVnd":407950', '"cashAfterVnd":9007199254740992'],
	['"cashAfterVnd":407950', '"cashAfterVnd":'],
	['"amountVnd":64750', '"amountVnd":0'],
	['"income-paper"', '"cash"'],
	['"income-paper"', '"_income"'],
	['"scrap_sale"', '"Scrap_sale"'],
	['2026-11-21', '2026-11-1'],
	['2026-11-21', '26-11-21'],
	['0198c0de', '0198C0DE'],
	['-0000-7000', '-00007-000'],
	['0000000000aa"', '0000000000 aa"'],
	['0000000000aa"', '0000000000aá"'],
	['0000000000aa"', '0000000000a\\u0061"'],
	['f8a"', 'f8"'],
	['f8a"', 'f8aa"'],
	['"reverses":null', '"reverses":""'],
	['PT-2026/0001', 'PX-2026/0001'],
	['PT-2026/0001', 'PT-2026/001'],
	['PT-2026/0001', 'PT-2026/0000000001'],
	['/v1', '/v2'],
	['{"allocations"', ' {"allocations"'],
	['0001"}', '0001"} '],
	['0001"}', '0001"'],
	[',"kind":', ', "kind":'],
	['"transfer":null,', ''],
	['"allocations":[]', '"allocations":[,]'],
	['"allocations":[]', '"allocations":[{}]'],
])('%s written as %s is refused', (from, to) => {
	expect(LINE).toContain(from);
	expect(read(LINE.replace(from, to))).toBeUndefined();
});

test('no shorter line is a line, and what lies behind it is not read', () => {
	for (let length = 0; length < LINE.length; length += 1) {
		expect(read(LINE.slice(0, length))).toBeUndefined();
		expect(parseBookEntry(Buffer.from(LINE).subarray(0, length))).toBeUndefined();
	}
	expect(parseBookEntry(Buffer.from(`${LINE}\0${LINE}`).subarray(0, LINE.length))).toBeDefined();
});

test('a byte that is not the form’s is seen wherever it stands', () => {
	for (let at = 0; at < LINE.length; at += 1) {
		const bytes = Buffer.from(LINE);
		bytes[at] = 1;
		expect(parseBookEntry(bytes)).toBeUndefined();
	}
});
