import { describe, expect, test } from 'vitest';
import {
	countHousesTaking,
	groupByWard,
	listedHouseName,
	openHousesNear,
	shownState,
	STATE_KNOWN_MS,
	type GreenHouse,
} from '#features/green-houses/green-house.ts';

const NOW = Date.UTC(2026, 10, 22, 3, 0);
const usable = (fill: 'empty' | 'half' | 'full', ageMs = 0) => ({
	fill,
	condition: 'usable' as const,
	reportedAt: NOW - ageMs,
});

describe('the shown state of a house', () => {
	test.each([
		['closed', 'closed', usable('empty')],
		['paused', 'paused', usable('empty')],
		['active', 'unknown', undefined],
		['active', 'empty', usable('empty')],
		['active', 'half', usable('half')],
		['active', 'full', usable('full')],
		['active', 'locked', { ...usable('full'), condition: 'locked' as const }],
		['active', 'damaged', { ...usable('full'), condition: 'damaged' as const }],
		['active', 'full', usable('full', STATE_KNOWN_MS)],
		['active', 'unknown', usable('full', STATE_KNOWN_MS + 1)],
	] as const)('%s shows %s', (status, shown, report) => {
		expect(shownState(status, report, NOW)).toBe(shown);
	});
});

test('houses of one name in two wards are told apart in a list', () => {
	const names = [
		{ nameVi: 'Khu dân cư 1 (mẫu), phường Đông Kinh', code: 'MAU-001' },
		{ nameVi: 'Khu dân cư 1 (mẫu), phường Tam Thanh', code: 'MAU-013' },
	].map(listedHouseName);
	expect(names).toEqual(['Khu dân cư 1 (mẫu)\u00a0·\u00a0MAU-001', 'Khu dân cư 1 (mẫu)\u00a0·\u00a0MAU-013']);
});

test('a picker lists ward by ward, in the order of the Vietnamese alphabet', () => {
	const wards = {
		tt: { id: 'tt', nameVi: 'Phường Tam Thanh', nameEn: 'Tam Thanh Ward' },
		dk: { id: 'dk', nameVi: 'Phường Đông Kinh', nameEn: 'Đông Kinh Ward' },
		kl: { id: 'kl', nameVi: 'Phường Kỳ Lừa', nameEn: 'Kỳ Lừa Ward' },
	} as unknown as Record<string, GreenHouse['ward']>;
	const house = (ward: string, nameVi: string, code: string) => ({ ward: wards[ward]!, nameVi, code });
	const houses = [
		house('tt', 'Khối 10', 'NNX-001'),
		house('kl', 'Ước Mơ', 'NNX-002'),
		house('tt', 'Khối 2, phường cũ', 'NNX-003'),
		house('dk', 'Đồng Tâm', 'NNX-005'),
		house('dk', 'Chợ Đêm', 'NNX-006'),
		house('dk', 'Dốc Đỏ', 'NNX-004'),
		house('kl', 'Ánh Sao', 'NNX-008'),
		house('kl', 'Ánh Sao', 'NNX-007'),
	];
	const groups = groupByWard(houses, 'vi').map(([ward, own]) => [ward, ...own.map(({ code }) => code)]);
	expect(groups).toEqual([
		['Phường Đông Kinh', 'NNX-006', 'NNX-004', 'NNX-005'],
		['Phường Kỳ Lừa', 'NNX-007', 'NNX-008', 'NNX-002'],
		['Phường Tam Thanh', 'NNX-003', 'NNX-001'],
	]);
	expect(groupByWard(houses, 'en').map(([ward]) => ward)).toEqual([
		'Đông Kinh Ward',
		'Kỳ Lừa Ward',
		'Tam Thanh Ward',
	]);
});

describe('where else to go', () => {
	const house = (id: string, wardId: string, state: GreenHouse['state'], latitude: number) =>
		({ id, ward: { id: wardId }, state, latitude, longitude: 106.76 }) as GreenHouse;
	const closed = house('closed', 'a', 'closed', 21.85);
	const all = [
		closed,
		house('far', 'a', 'empty', 21.88),
		house('near', 'a', 'half', 21.851),
		house('full', 'a', 'full', 21.8501),
		house('locked', 'a', 'locked', 21.8502),
		house('other-ward', 'b', 'empty', 21.8503),
	];

	test('is to the nearest open houses of the ward, the full ones last', () => {
		expect(openHousesNear(closed, all, 3).map(({ id }) => id)).toEqual(['near', 'far', 'full']);
	});

	test('is to another ward where the own one has none', () => {
		const lonely = house('lonely', 'c', 'paused', 21.85);
		expect(openHousesNear(lonely, [...all, lonely], 1).map(({ id }) => id)).toEqual(['other-ward']);
	});
});

test('a closed house counts among none that take a material, a paused one does', () => {
	const counts = countHousesTaking([
		{ status: 'active', materials: ['glass', 'copper'] },
		{ status: 'paused', materials: ['glass'] },
		{ status: 'closed', materials: ['glass', 'textile'] },
	]);
	expect([...counts]).toEqual([
		['glass', 2],
		['copper', 1],
	]);
});
