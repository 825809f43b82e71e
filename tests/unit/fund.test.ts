import { expect, test } from 'vitest';
import type { Actor, Grant } from '#features/accounts/actor.ts';
import { missingCash, nextStep, paymentText } from '#features/fund/disbursement.ts';
import { entryTitle } from '#features/fund/entry-title.ts';
import { readRule, requiredApprovals, shareOut } from '#features/fund/fund-rule.ts';
import { groupByMonth } from '#features/fund/fund.ts';
import {
	CHART,
	PURPOSES,
	allocate,
	canonicalEntry,
	changeOf,
	checkPostings,
	hashText,
	incomeAccount,
	moneyChange,
	orderIncomes,
	voucherKindOf,
	welfareAccount,
	type CanonicalEntry,
	type EntryText,
} from '#features/fund/ledger.ts';
import { lastMonths, layOutChart, monthsBefore } from '#features/fund/month-chart.ts';
import { readPage } from '#features/fund/open-data.ts';
import { sha256Hex } from '#lib/hash.ts';
import { createTranslator } from '#lib/i18n.ts';

test('every purpose and material group has its account', () => {
	const codes = CHART.map((account) => account.code);
	expect(new Set(codes).size).toBe(codes.length);
	for (const purpose of PURPOSES) expect(codes).toContain(welfareAccount(purpose));
	for (const group of ['paper', 'plastic', 'metal', 'glass', 'textile', 'electronics', 'rest', '']) {
		expect(codes).toContain(incomeAccount(group));
	}
	expect(welfareAccount('health_insurance_card')).toBe('welfare-health-insurance-card');
});

test('postings change cash by debits less credits', () => {
	const postings = [
		{ debit: 'cash', credit: 'income-paper', amountVnd: 500 },
		{ debit: 'sale-difference', credit: 'cash', amountVnd: 20 },
		{ debit: 'bank', credit: 'gift', amountVnd: 7 },
	];
	expect([changeOf('cash', postings), changeOf('bank', postings), moneyChange(postings)]).toEqual([
		480, 7, 487,
	]);
});

test.each([
	['gift', []],
	['gift', [{ debit: 'cash', credit: 'gift', amountVnd: 0 }]],
	['gift', [{ debit: 'cash', credit: 'gift', amountVnd: 1.5 }]],
	['gift', [{ debit: 'cash', credit: 'cash', amountVnd: 5 }]],
	['gift', [{ debit: 'gift', credit: 'cash', amountVnd: 5 }]],
	['payment', [{ debit: 'cash', credit: 'gift', amountVnd: 5 }]],
	['reversal', [{ debit: 'clearing', credit: 'gift', amountVnd: 5 }]],
	['bank_move', [{ debit: 'bank', credit: 'gift', amountVnd: 5 }]],
	['bank_move', [{ debit: 'gift', credit: 'clearing', amountVnd: 5 }]],
	['transfer_out', [{ debit: 'cash', credit: 'clearing', amountVnd: 5 }]],
	['transfer_in', [{ debit: 'clearing', credit: 'cash', amountVnd: 5 }]],
	['cash_difference', [{ debit: 'bank', credit: 'cash', amountVnd: 5 }]],
] as const)('a %s cannot have these postings: %j', (kind, postings) => {
	expect(() => checkPostings(kind, [...postings])).toThrow(RangeError);
});

test('only receipts and payments are numbered', () => {
	expect(
		['scrap_sale', 'gift', 'payment', 'opening_balance', 'reversal'].map((kind) =>
			voucherKindOf(kind as 'gift'),
		),
	).toEqual(['receipt', 'receipt', 'payment', null, null]);
	expect([voucherKindOf('cash_difference', 5), voucherKindOf('cash_difference', -5)]).toEqual([
		'receipt',
		'payment',
	]);
});

test('an amount is taken from incomes in their order, or not at all', () => {
	const incomes = [
		{ entryId: 'a', restVnd: 30 },
		{ entryId: 'b', restVnd: 0 },
		{ entryId: 'c', restVnd: 50 },
	];
	expect(allocate(40, incomes)).toEqual([
		{ incomeEntryId: 'a', amountVnd: 30 },
		{ incomeEntryId: 'c', amountVnd: 10 },
	]);
	expect(allocate(80, incomes)).toHaveLength(2);
	expect(allocate(81, incomes)).toBeUndefined();
});

// The vector of docs/ledger-format.md: a change here is a new version of the form.
test('the canonical form of an entry is the documented one', () => {
	const text = '{"houses":["NNX-004"],"kind":"scrap_sale"}';
	const entry: CanonicalEntry = {
		id: '0198c0de-0000-7000-8000-000000000002',
		fund: 'DK',
		sequence: 2,
		kind: 'scrap_sale',
		happenedOn: '2026-11-21',
		bookedOn: '2026-11-22',
		recordedAt: 1795316400000,
		recordedBy: '0198c0de-0000-7000-8000-0000000000aa',
		sourceKind: 'scrap_sale',
		sourceId: '0198c0de-0000-7000-8000-0000000000bb',
		sourceHash: sha256Hex('{}'),
		reverses: null,
		voucher: 'PT-2026/0001',
		transfer: null,
		postings: [
			{ debit: 'cash', credit: 'income-paper', amountVnd: 64750 },
			{ debit: 'cash', credit: 'income-metal', amountVnd: 243200 },
		],
		allocations: [],
		cashAfterVnd: 407950,
		bankAfterVnd: 0,
		textHash: hashText('00112233445566778899aabbccddeeff', text),
	};
	expect(canonicalEntry(entry)).toBe(
		'{"allocations":[],"bankAfterVnd":0,"bookedOn":"2026-11-22","cashAfterVnd":407950,"form":"ngoi-nha-xanh/entry/v1","fund":"DK","happenedOn":"2026-11-21","id":"0198c0de-0000-7000-8000-000000000002","kind":"scrap_sale","postings":[{"amountVnd":64750,"credit":"income-paper","debit":"cash"},{"amountVnd":243200,"credit":"income-metal","debit":"cash"}],"recordedAt":1795316400000,"recordedBy":"0198c0de-0000-7000-8000-0000000000aa","reverses":null,"sequence":2,"sourceHash":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","sourceId":"0198c0de-0000-7000-8000-0000000000bb","sourceKind":"scrap_sale","textHash":"a74521f6480e70f871c03c9921b1a45befe031f39f131413e54f166ae54dcc4a","transfer":null,"voucher":"PT-2026/0001"}',
	);
	expect(sha256Hex(canonicalEntry(entry))).toBe(
		'4d2cca25ece172d88b52a6a39a82aad178926626d94a7668d0d1f129e5374217',
	);
});

const person = (id: string, ...roles: Grant['role'][]): Actor => ({
	personId: id,
	displayName: id,
	isSample: false,
	isStrong: true,
	grants: roles.map((role) => ({ id: `${id}-${role}`, role, scopeKind: 'fund', scopeId: 'f' })),
});

test.each([
	['submitted', person('a', 'approver'), { act: 'decide' }],
	['submitted', person('r', 'approver'), { why: 'isRequester' }],
	['submitted', person('a', 'approver', 'treasurer'), { why: 'isTreasurer' }],
	['submitted', person('t', 'treasurer'), { why: 'needsApprover' }],
	['approved', person('t', 'treasurer'), { act: 'pay' }],
	['approved', person('a', 'approver'), { act: 'return' }],
	['approved', person('d', 'approver'), { act: 'return' }],
	['approved', person('r', 'approver'), { why: 'needsTreasurer' }],
	['approved', person('o', 'ward_officer'), { why: 'needsTreasurer' }],
	['approved', person('d', 'treasurer'), { why: 'isApprover' }],
	['returned', person('t', 'treasurer'), { why: 'isReturned' }],
	['paid', person('t', 'treasurer'), { why: 'isPaid' }],
] as const)('a %s request offers its next step, or says why not', (status, actor, expected) => {
	const request = { status, fundId: 'f', requesterId: 'r', amountVnd: 100, twoApproversAboveVnd: null };
	const approverIds = status === 'submitted' ? [] : ['d'];
	expect(nextStep(actor, request, { cashVnd: 100, approverIds })).toEqual(expected);
});

test('above the limit the second of two approvers decides, and the first may take the word back', () => {
	const request = { fundId: 'f', requesterId: 'r', amountVnd: 101, twoApproversAboveVnd: 100 };
	const step = (status: 'submitted' | 'approved', who: Actor, approverIds: string[]) =>
		nextStep(who, { ...request, status }, { cashVnd: 1000, approverIds });
	const [d, e] = [person('d', 'approver'), person('e', 'approver')];
	expect(step('submitted', d, ['d'])).toEqual({ act: 'return' });
	expect(step('submitted', e, ['d'])).toEqual({ act: 'decide' });
	// A first rule that came on the day of the request asks for one more.
	expect(step('approved', e, ['d'])).toEqual({ act: 'decide' });
	expect(step('approved', person('t', 'treasurer'), ['d'])).toEqual({ why: 'needsApprover' });
	expect(step('approved', person('t', 'treasurer'), ['d', 'e'])).toEqual({ act: 'pay' });
});

test.each([
	[null, 5, 1],
	[100, 100, 1],
	[100, 101, 2],
] as const)('with a limit of %s, %i ₫ needs %i approvers', (twoApproversAboveVnd, amountVnd, needed) => {
	expect(requiredApprovals({ twoApproversAboveVnd }, amountVnd)).toBe(needed);
	expect(requiredApprovals(undefined, amountVnd)).toBe(1);
});

test('a sale is shared out in whole đồng, and what is left stays', () => {
	const shares = [
		{ fundId: 'a', percent: 33 },
		{ fundId: 'b', percent: 1 },
	];
	expect(shareOut(100_001, shares).map((each) => each.amountVnd)).toEqual([33_000, 1000]);
	expect(shareOut(3, shares)).toEqual([]);
});

test('gifts for a purpose pay for it first and for nothing else', () => {
	const incomes = [
		{ entryId: 'free', restVnd: 1 },
		{ entryId: 'tet', restVnd: 1, purpose: 'tet_gift' as const },
		{ entryId: 'school', restVnd: 1, purpose: 'scholarship' as const },
	];
	const order = (...[outflow]: [Parameters<typeof orderIncomes>[1]]) =>
		orderIncomes(incomes, outflow).map((income) => income.entryId);
	expect(order({ kind: 'payment', purpose: 'tet_gift' })).toEqual(['tet', 'free']);
	expect(order({ kind: 'payment', purpose: 'hardship' })).toEqual(['free']);
	expect(order({ kind: 'transfer_out', first: 'free' })).toEqual(['free']);
	expect(order({ kind: 'reversal', first: 'tet' })).toEqual(['tet', 'free', 'school']);
	expect(order({ kind: 'cash_difference' })).toEqual(['free', 'tet', 'school']);
});

test.each([
	['submitted', 101, 1],
	['approved', 150, 50],
	['approved', 100, 0],
	['returned', 101, 0],
	['paid', 101, 0],
] as const)('a %s request of %i ₫ lacks %i ₫ of 100 ₫ cash', (status, amountVnd, missing) => {
	expect(missingCash({ status, amountVnd }, 100)).toBe(missing);
});

test('an approved request waits while the cash is short', () => {
	const request = { status: 'approved' as const, fundId: 'f', requesterId: 'r', amountVnd: 101 };
	const single = { ...request, twoApproversAboveVnd: null };
	expect(nextStep(person('t', 'treasurer'), single, { cashVnd: 100, approverIds: ['d'] })).toEqual({
		why: 'cashShort',
	});
});

const names = {
	houses: new Map([['NNX-004', 'Khối 6']]),
	wards: new Map([['dk', 'phường Đông Kinh']]),
	funds: new Map([['KL', 'Quỹ Kỳ Lừa']]),
};
const row = (text: EntryText | null) => ({ kind: 'payment', text: text && JSON.stringify(text) });
const original = {
	originalSequence: 3,
	originalVoucherKind: 'receipt',
	originalVoucherYear: 2026,
	originalVoucherNumber: 142,
} as const;

test.each([
	[
		row({ kind: 'scrap_sale', houses: ['NNX-004', 'NNX-9'] }),
		'Bán phế liệu, Khối 6; NNX-9',
		'Scrap sale, Khối 6; NNX-9',
	],
	[
		row(paymentText({ purpose: 'tet_gift', beneficiaryCount: 12, adminUnitId: 'dk' })),
		'Quà Tết, 12 người, phường Đông Kinh',
		undefined,
	],
	[
		row(paymentText({ purpose: 'tet_gift', beneficiaryCount: 1200, adminUnitId: null })),
		'Quà Tết, 1.200 người',
		'Tết gifts, 1,200 people',
	],
	[
		row(paymentText({ purpose: 'tet_gift', beneficiaryCount: 4, adminUnitId: 'dk' })),
		'Quà Tết, dưới 5 người',
		'Tết gifts, fewer than 5 people',
	],
	[
		{ ...row({ kind: 'reversal', reason: 'cân nhầm' }), ...original },
		'Đảo PT-2026/0142: cân nhầm',
		'Reversal of PT-2026/0142: cân nhầm',
	],
	[{ ...row({ kind: 'reversal', reason: 'x' }), originalSequence: 3 }, 'Đảo #3: x', 'Reversal of #3: x'],
	[row({ kind: 'statement', words: 'Số dư sổ giấy' }), 'Số dư sổ giấy', undefined],
	[
		row({ kind: 'gift', words: 'Bà con ủng hộ', purpose: 'tet_gift' }),
		'Bà con ủng hộ (tặng riêng cho: Quà Tết)',
		undefined,
	],
	[
		row({ kind: 'bank_move', to: 'bank', amountVnd: 1_500_000, words: 'Gửi tiết kiệm' }),
		'Gửi 1.500.000 ₫ tiền mặt vào ngân hàng. Gửi tiết kiệm',
		'1,500,000 ₫ of cash paid into the bank. Gửi tiết kiệm',
	],
	[
		row({ kind: 'transfer_in', fund: 'KL', percent: 20 }),
		'Phần chia 20 % tiền bán phế liệu từ Quỹ Kỳ Lừa',
		'20% share of a scrap sale, from Quỹ Kỳ Lừa',
	],
	[
		row({
			kind: 'transfer_out',
			shares: [
				{ fund: 'KL', percent: 20 },
				{ fund: 'TT', percent: 5 },
			],
		}),
		'Chia tiền bán phế liệu: 20 % cho Quỹ Kỳ Lừa; 5 % cho TT',
		undefined,
	],
	[
		row({
			kind: 'cash_difference',
			countedOn: '2026-11-22',
			countedVnd: 9000,
			bookVnd: 10_000,
			reason: 'Thối nhầm',
		}),
		'Đếm quỹ ngày 22/11/2026 có 9.000 ₫, sổ ghi 10.000 ₫: Thối nhầm',
		'Cash count on 22 Nov 2026: 9,000 ₫ in the box, 10,000 ₫ in the book. Thối nhầm',
	],
	[row(null), 'Nội dung đã xoá theo yêu cầu', 'Text erased on request'],
])('a row reads well in both languages: %#', (entry, vi, en) => {
	expect(entryTitle(entry, names, createTranslator('vi'))).toBe(vi);
	if (en) expect(entryTitle(entry, names, createTranslator('en'))).toBe(en);
});

test('months are counted across years, and a month without entries is 0', () => {
	expect([monthsBefore('2026-01', 1), monthsBefore('2026-11', 11), monthsBefore('2025-12', -1)]).toEqual([
		'2025-12',
		'2025-12',
		'2026-01',
	]);
	const sum = { month: '2026-01', inVnd: 5, outVnd: 1, openingVnd: 0 };
	expect(lastMonths([sum], '2026-02', 3).map((each) => [each.month, each.inVnd])).toEqual([
		['2025-12', 0],
		['2026-01', 5],
		['2026-02', 0],
	]);
	expect(
		groupByMonth([{ bookedOn: '2026-02-03' }, { bookedOn: '2026-02-01' }, { bookedOn: '2026-01-31' }]).map(
			(each) => each.rows.length,
		),
	).toEqual([2, 1]);
});

test('bars of both sides share one scale and stay within the drawing', () => {
	const month = (inVnd: number, outVnd: number) => ({ month: '2026-01', inVnd, outVnd, openingVnd: 0 });
	const chart = layOutChart([month(4_000_000, 1_000_000), month(2_000_000, 0), month(-300_000, 2_000_000)]);
	const [first, second, third] = chart.months;
	expect(first!.in.height).toBe(2 * second!.in.height);
	expect(third!.out.height).toBe(second!.in.height);
	expect(third!.in.height).toBe(0);
	expect(chart.months.map((each) => [each.in.isLargest, each.out.isLargest])).toEqual([
		[true, false],
		[false, false],
		[false, true],
	]);
	for (const { in: up, out } of chart.months) {
		expect(up.labelY).toBeGreaterThan(0);
		expect(out.y + out.height).toBeLessThan(chart.height);
		expect(out.labelY).toBeLessThan(chart.height);
	}
	expect(layOutChart([]).months).toEqual([]);
});

test('a page of the open book has a limit and a place', () => {
	expect(readPage(new URLSearchParams())).toEqual({ limit: 50, before: undefined });
	expect(readPage(new URLSearchParams('limit=200&before=7'))).toEqual({ limit: 200, before: 7 });
});

test.each([
	'limit=0',
	'limit=201',
	'limit=-1',
	'limit=1.5',
	'limit=',
	'limit=x',
	'limit=5&limit=6',
	'before=0',
	'before=1e3',
	'before=99999999999999999',
	'before=%00',
])('%s is refused with 400', (query) => {
	const refused = expect.objectContaining({ kind: 'BAD_REQUEST', key: 'pageInvalid' }) as Error;
	expect(() => readPage(new URLSearchParams(query))).toThrow(refused);
});

test('a share of a rule names its fund, and a row without both is none', () => {
	const form = (fields: Record<string, string>) => {
		const data = new FormData();
		const rule = { validFrom: '2026-12-01', recorder: 'treasurer' };
		for (const [name, value] of Object.entries({ ...rule, ...fields })) data.set(name, value);
		return data;
	};
	expect(readRule(form({ 'share-0': '', 'percent-0': ' ' })).shares).toEqual([]);
	expect(readRule(form({ 'share-1': 'b', 'percent-1': '5 %' })).shares).toEqual([
		{ fundId: 'b', percent: 5 },
	]);
	expect(() => readRule(form({ 'share-1': '', 'percent-1': '5' }))).toThrow(
		expect.objectContaining({ key: 'shareFundMissing', field: 'share-1' }) as Error,
	);
});
