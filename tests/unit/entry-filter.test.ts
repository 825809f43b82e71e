import { expect, test } from 'vitest';
import { layOutMaterials, layOutPurposes } from '#features/fund/account-chart.ts';
import { entryQuery, isFiltered, readEntryFilter, readTyped } from '#features/fund/entry-filter.ts';

const known = { funds: ['DK'], houses: ['NNX-001'], wards: ['dk-2025'] };
const read = (query: string) => readEntryFilter(readTyped(new URLSearchParams(query)), known);

test('an address says what its form says, and says it again', () => {
	const query = '?quy=DK&nha=NNX-001&phuong=dk-2025&tu=2026-01&den=2026-11&loai=payment&muc=income-paper';
	const { filter } = read(query);
	expect(filter).toEqual({
		...{ fund: 'DK', house: 'NNX-001', ward: 'dk-2025', from: '2026-01', to: '2026-11' },
		...{ kind: 'payment', account: 'income-paper' },
	});
	expect(entryQuery(filter!)).toBe(query);
	expect(entryQuery(filter!, 'id')).toBe(`${query}&truoc=id`);
});

test('empty fields are no filter, codes are read in either case', () => {
	expect(isFiltered(read('quy=&nha=&tu=&x=1').filter!)).toBe(false);
	expect(read('nha=%20nnx-001&quy=dk').filter).toMatchObject({ fund: 'DK', house: 'NNX-001' });
	expect(read('loai=in').filter).toMatchObject({ kind: 'in' });
	expect(entryQuery({})).toBe('');
});

test.each([
	['quy=XX', 'fund'],
	['nha=NNX-002', 'house'],
	['nha=%27%20or%201=1', 'house'],
	['phuong=tt-2025', 'ward'],
	['phuong=%25', 'ward'],
	['tu=2026-13', 'from'],
	['tu=11/2026', 'from'],
	['den=0001-01', 'to'],
	['tu=2026-05&den=2026-04', 'to'],
	['loai=theft', 'kind'],
	['muc=cash', 'account'],
	['muc=clearing', 'account'],
])('%s names nothing there is', (query, field) => {
	expect(read(query)).toEqual({ wrong: field });
});

test('bars are as long as their part of the largest; a loss has none', () => {
	const sums = new Map([
		['cash', 90],
		['income-paper', -60],
		['income-metal', -30],
		['sale-difference', 5],
		['gift', -500],
		['welfare-scholarship', 40],
	]);
	expect(layOutMaterials(sums)).toEqual({
		bars: [
			{ account: 'income-paper', amountVnd: 60, percent: 100 },
			{ account: 'income-metal', amountVnd: 30, percent: 50 },
			{ account: 'sale-difference', amountVnd: -5, percent: 0 },
		],
		totalVnd: 85,
	});
	expect(layOutPurposes(sums)).toMatchObject({ totalVnd: 40 });
	expect(layOutPurposes(new Map())).toEqual({ bars: [], totalVnd: 0 });
});
