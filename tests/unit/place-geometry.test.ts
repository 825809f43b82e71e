import { describe, expect, test } from 'vitest';
import { baseMap, project, SIZE, UNITS_PER_KM } from '#features/places/base-map.ts';
import { unitHolds } from '#features/places/ward-geometry.ts';

const vinhTrai = { nameVi: 'Phường Vĩnh Trại', validTo: '2025-06-30' };
const dongKinhNow = { nameVi: 'Phường Đông Kinh', validTo: null };
const dongKinhThen = { nameVi: 'Phường Đông Kinh', validTo: '2025-06-30' };

describe('outlines of wards', () => {
	test('a point is in the old ward and in the new one that it was merged into', () => {
		expect(unitHolds(vinhTrai, 21.85396, 106.7665)).toBe(true);
		expect(unitHolds(dongKinhNow, 21.85396, 106.7665)).toBe(true);
	});

	test('a reused name is told apart by its dates', () => {
		expect(unitHolds(dongKinhThen, 21.85396, 106.7665)).toBe(false);
	});

	test('a point a little outside is accepted, a kilometre outside is not', () => {
		// The eastern end of phường Vĩnh Trại is at 106.77994.
		expect(unitHolds(vinhTrai, 21.8566, 106.7665)).toBe(true);
		expect(unitHolds(vinhTrai, 21.8566, 106.79)).toBe(false);
	});

	test('an unknown unit holds nothing', () => {
		expect(unitHolds({ nameVi: 'Phường Sao Hoả', validTo: null }, 21.85, 106.76)).toBe(false);
	});
});

describe('the drawn map', () => {
	test('north is up, and a kilometre is as long in both directions', () => {
		const here = project(21.85, 106.76);
		const north = project(21.85 + 1 / 111.32, 106.76);
		const east = project(21.85, 106.76 + 1 / (111.32 * Math.cos((21.85 * Math.PI) / 180)));
		expect(here.y - north.y).toBeCloseTo(UNITS_PER_KM, -0.5);
		expect(Math.abs(east.x - here.x - UNITS_PER_KM)).toBeLessThan(1.5);
	});

	test('it shows the four wards and stays small', () => {
		const { wards, former, lines } = baseMap();
		expect(wards.map((ward) => ward.name).sort()).toEqual([
			'Phường Kỳ Lừa',
			'Phường Lương Văn Tri',
			'Phường Tam Thanh',
			'Phường Đông Kinh',
		]);
		for (const { path } of wards) expect(path).toMatch(/^M-?\d+[ -]\d+l[-\d ]+z$/);
		expect(wards.map((ward) => ward.path).join('').length).toBeLessThan(16_000);
		expect(former.length).toBeLessThan(9_000);
		expect(lines.river).toMatch(/^M/);
		expect(SIZE).toBe(1000);
	});
});
