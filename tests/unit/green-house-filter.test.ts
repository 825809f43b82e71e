import { describe, expect, test } from 'vitest';
import { filterQuery, isFiltered, readFilter } from '#features/green-houses/house-filter.ts';
import { compareDeclaredAndWeighed } from '#features/trace/house-story.ts';

const known = { materials: ['glass', 'copper'], wards: ['tt-2025'] };
const readAll = (query: string) => readFilter(new URLSearchParams(query), known);
const read = (query: string) => readAll(query).filter;

describe('the filter in the address', () => {
	test.each([
		['', false],
		['vat-lieu=glass', true],
		['noi-dat=school', true],
		['phuong=tt-2025', true],
		['tim=khoi+6', true],
		['con-cho=1', true],
		['dang-mo=1', true],
		['vat-lieu=glass&noi-dat=school&phuong=tt-2025&tim=a&con-cho=1&dang-mo=1&ranh-gioi=cu', true],
		['ranh-gioi=cu', false],
	])('"%s" narrows the list: %s, and is written as it was read', (query, narrows) => {
		const filter = read(query);
		expect(isFiltered(filter)).toBe(narrows);
		expect(filterQuery(filter)).toBe(query && `?${query}`);
	});

	test.each(['vat-lieu=gold', 'noi-dat=hospital', 'phuong=tt-old', 'tim=+', 'vat-lieu=%3Cscript%3E', 'x=1'])(
		'"%s" is not known and narrows nothing',
		(query) => {
			expect(isFiltered(read(query))).toBe(false);
		},
	);

	test.each([
		['vat-lieu=gold', ['material']],
		['noi-dat=hospital&phuong=tt-old', ['hostType', 'wardId']],
		['vat-lieu=glass&phuong=%00', ['wardId']],
		['vat-lieu=&noi-dat=+&phuong=', []],
		['fbclid=1&utm_source=zalo&con-cho=yes&tim=', []],
	])('"%s" is said to name nothing: %o', (query, unknown) => {
		expect(readAll(query).unknown).toEqual(unknown);
	});

	test('one part can be taken out and the others stay', () => {
		expect(filterQuery(read('vat-lieu=glass&noi-dat=school&ranh-gioi=cu'), { material: undefined })).toBe(
			'?noi-dat=school&ranh-gioi=cu',
		);
	});
});

describe('declared beside weighed', () => {
	test('a material that only one side has keeps its row, and nothing is added across', () => {
		const rows = compareDeclaredAndWeighed(
			{
				declared: [
					{ materialCode: 'glass', unit: 'piece', quantityMilli: 12_000 },
					{ materialCode: 'glass', unit: 'kg', quantityMilli: 1_500 },
				],
				sales: [
					{
						flaggedPermille: null,
						status: 'confirmed',
						soldOn: '2026-11-22',
						id: 'a sale',
						otherCycles: 0,
						weighed: [
							{ materialCode: 'copper', weightGrams: 400 },
							{ materialCode: 'copper', weightGrams: 100 },
						],
						entryId: 'e',
						voucher: 'PT-2026/0001',
						amountVnd: 60_000,
					},
				],
			},
			['copper', 'books', 'glass'],
		);
		expect(rows).toEqual([
			{ materialCode: 'copper', declared: [], weightGrams: 500 },
			{
				materialCode: 'glass',
				declared: [
					{ materialCode: 'glass', unit: 'piece', quantityMilli: 12_000 },
					{ materialCode: 'glass', unit: 'kg', quantityMilli: 1_500 },
				],
				weightGrams: undefined,
			},
		]);
	});
});
