import { expect, test } from 'vitest';
import { parseCubicMetres, readReport, reportValues } from '#features/cleanup-events/event-report-form.ts';
import type { EventReport } from '#features/cleanup-events/cleanup-event.ts';
import type { DomainError } from '#lib/errors.ts';

const formOf = (fields: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries({ headCount: '25', ...fields })) form.set(name, value);
	return form;
};

test.each([
	['', null],
	[' 0 ', 0],
	['0,0', 0],
	['3', 3000],
	['1,5', 1500],
	['1.25 m³', 1250],
	['12 khối', 12_000],
])('“%s” cubic metres are %s litres', (text, litres) => expect(parseCubicMetres(text, 'x')).toBe(litres));

test.each(['1.500', '1,500', '-1', 'nhiều', '1e3', '½', '1 2'])('“%s” cubic metres are asked about', (text) =>
	expect(() => parseCubicMetres(text, 'otherWasteM3')).toThrow(
		expect.objectContaining({ key: 'volumeUnclear', field: 'otherWasteM3' }) as DomainError,
	),
);

test('an empty field is not known, 0 is none, and materials come in their own unit', () => {
	const form = formOf({
		...{ recyclables: '', otherWaste: '0', streetMetres: '1.200', drainMetres: ' ', treeCount: '0' },
		...{
			'line-kg-mixed_paper': '12,5',
			'line-piece-aluminium_can': '340',
			'line-kg-books': '',
			revision: '2',
		},
	});
	expect(readReport(form)).toMatchObject({
		...{ headCount: 25, revision: 2, recyclablesGrams: null, otherWasteGrams: 0, otherWasteLitres: null },
		...{ streetMetres: 1200, drainMetres: null, treeCount: 0 },
		lines: [
			{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 },
			{ material: 'aluminium_can', unit: 'piece', quantityMilli: 340_000 },
		],
	});
});

test.each([
	['nothing was collected', {}, ''],
	['goods were sorted', { 'line-kg-mixed_paper': '2' }, 'NNX-001'],
	['goods were weighed unsorted, which no house takes', { recyclables: '2' }, ''],
	['another house was chosen', { goodsHouse: 'NNX-002' }, 'NNX-002'],
	['none was chosen', { goodsHouse: '' }, ''],
])('a house that the form proposed: %s', (_, fields, goodsHouse) => {
	const proposed = { proposedHouse: 'NNX-001', goodsHouse: 'NNX-001' };
	expect(readReport(formOf({ ...proposed, ...fields })).goodsHouse).toBe(goodsHouse);
});

test.each([
	['line-kg-mixed_paper', '0', 'quantityNotPositive'],
	['line-kg-mixed_paper', '1.500', 'quantityAmbiguous'],
	['line-piece-aluminium_can', '1,5', 'quantityNotWhole'],
	['streetMetres', '-5', 'countOutOfRange'],
	['treeCount', '2,5', 'countNotNumber'],
	['headCount', '', 'countMissing'],
])('%s “%s” is refused beside it', (field, text, key) =>
	expect(() => readReport(formOf({ [field]: text }))).toThrow(
		expect.objectContaining({ key, field }) as DomainError,
	),
);

test.each(['vi', 'en'] as const)('what stands in the fields in %s reads back as it was', (locale) => {
	const report = {
		...{ headCount: 96, recyclablesGrams: 1_234_567, otherWasteGrams: 0, otherWasteLitres: 3250 },
		...{ streetMetres: 1200, drainMetres: null, treeCount: 0, giftText: '', remarks: 'Tốt' },
		...{ shortcomings: 'Thiếu xe', proposals: 'Thêm thùng' },
		houseCode: null,
		lines: [
			{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 9500, nameVi: '', nameEn: '' },
			{ materialCode: 'glass', unit: 'piece', quantityMilli: 40_000, nameVi: '', nameEn: '' },
		],
	} as unknown as EventReport;
	const { lines, ...figures } = readReport(formOf(reportValues(report, locale)));
	const { lines: _lines, houseCode: _house, ...stood } = report;
	expect(figures).toEqual({ ...stood, goodsHouse: '' });
	expect(lines).toEqual([
		{ material: 'mixed_paper', unit: 'kg', quantityMilli: 9500 },
		{ material: 'glass', unit: 'piece', quantityMilli: 40_000 },
	]);
});

test('all figures that are none are told at once, in the order of the form', () => {
	const fields = { headCount: 'nhiều', 'line-kg-mixed_paper': 'x', otherWasteM3: '1.500', treeCount: '-1' };
	let error: DomainError | undefined;
	try {
		readReport(formOf({ ...fields, streetMetres: '800' }));
	} catch (thrown) {
		error = thrown as DomainError;
	}
	expect([error, ...error!.others].map((each) => each?.field)).toEqual([
		...['headCount', 'line-kg-mixed_paper', 'otherWasteM3', 'treeCount'],
	]);
});

test('a form whose revision cannot be read is refused, not taken for a first report', () => {
	for (const revision of ['x', '-1', '1.5', '1234567'])
		expect(() => readReport(formOf({ headCount: '3', revision }))).toThrow(
			expect.objectContaining({ kind: 'BAD_REQUEST', key: 'formUnreadable', field: 'revision' }),
		);
	expect(readReport(formOf({ headCount: '3', revision: '2' }))).toMatchObject({ revision: 2 });
	expect(readReport(formOf({ headCount: '3', revision: '' }))).not.toHaveProperty('revision');
});
