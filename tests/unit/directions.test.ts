import { describe, expect, test } from 'vitest';
import { walkInOwnMap, walkOnTheWeb } from '#features/places/directions.ts';
import { windTo } from '#features/places/distance.ts';

const PLACE = { latitude: 21.846, longitude: 106.762 };

describe('the wind in which a place lies', () => {
	test.each([
		[0.01, 0, 0],
		[0.01, 0.0107, 1],
		[0, 0.01, 2],
		[-0.01, 0.0107, 3],
		[-0.01, 0, 4],
		[-0.01, -0.0107, 5],
		[0, -0.01, 6],
		[0.01, -0.0107, 7],
		[0.01, -0.0001, 0],
	])('%f degrees north and %f east are wind %d', (north, east, wind) => {
		const there = { latitude: PLACE.latitude + north, longitude: PLACE.longitude + east };
		expect(windTo(PLACE, there)).toBe(wind);
	});
});

describe('the way on foot', () => {
	test.each([
		[
			'Mozilla/5.0 (Linux; Android 14; K) Chrome/130 Mobile',
			/^geo:21\.846,106\.762\?q=21\.846,106\.762\(Kh%E1%BB%91i%206\)$/,
		],
		[
			'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)',
			/^https:\/\/maps\.apple\.com\/\?daddr=21\.846,106\.762&dirflg=w$/,
		],
	])('opens the phone’s own map: %s', (agent, address) => {
		expect(walkInOwnMap(agent, PLACE, 'Khối (6)')).toMatch(address);
	});

	test.each([
		'Mozilla/5.0 (X11; Linux x86_64) Firefox/140',
		'Mozilla/5.0 (Linux; Android 14; K; wv) Chrome/130 Mobile',
		'Mozilla/5.0 (Linux; Android 14; K) Chrome/130 Mobile Zalo android/241',
	])('stays on the web where nothing else is sure to open: %s', (agent) => {
		expect(walkInOwnMap(agent, PLACE, 'x')).toBeUndefined();
		expect(walkOnTheWeb(PLACE)).toContain('foot&to=21.846%2C106.762');
	});
});
