import { describe, expect, test } from 'vitest';
import { listedHouseName, shownState, STATE_KNOWN_MS } from '#features/green-houses/green-house.ts';

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
