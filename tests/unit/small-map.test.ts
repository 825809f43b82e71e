import { describe, expect, test } from 'vitest';
import { project } from '#features/places/base-map.ts';
import { smallMap } from '#features/places/small-map.ts';

const RIVER = 'sông Kỳ Cùng';
const town = Array.from({ length: 9 }, (_, index) =>
	project(21.852 + (index % 3) * 0.002, 106.758 + Math.floor(index / 3) * 0.002),
);

describe('a small map', () => {
	test('shows the streets around where other houses are near', () => {
		const map = smallMap(project(21.853, 106.76), town, RIVER);
		expect(map.scale).toBe(1);
		expect(map.dots).toHaveLength(9);
		expect(map.bar.km).toBe(1);
		expect(map.wards.length).toBeGreaterThan(0);
	});

	test('names the river where it is drawn', () => {
		expect(smallMap(project(21.8535, 106.7425), town, RIVER).river).toBeDefined();
	});

	// It was a blank rectangle: one ward's ground and nothing else.
	test('widens far from everything, and names the ward', () => {
		const map = smallMap(project(21.82017, 106.72774), town, RIVER);
		expect(map.scale).toBeGreaterThan(1);
		expect(map.wards.map(({ text }) => text)).toContain('Lương Văn Tri');
	});

	test('widens until it holds the whole of a street', () => {
		const place = project(21.853, 106.76);
		const street = [place, { x: place.x + 250, y: place.y }];
		expect(smallMap(place, town, RIVER, street.slice(0, 1)).scale).toBe(1);
		const { viewBox } = smallMap(place, town, RIVER, street);
		const [left, , width] = viewBox.split(' ').map(Number);
		expect(left! + width!).toBeGreaterThan(place.x + 250);
	});

	test('stays within bounds where there is no other house at all', () => {
		const map = smallMap(project(21.82017, 106.72774), [], RIVER);
		expect(map.scale).toBe(4);
		expect(map.dots).toEqual([]);
	});

	test('names stand inside the frame and not on one another', () => {
		for (let latitude = 21.82; latitude <= 21.9; latitude += 0.01) {
			for (let longitude = 106.7; longitude <= 106.8; longitude += 0.01) {
				const map = smallMap(project(latitude, longitude), town, RIVER);
				const [left, top, width, height] = map.viewBox.split(' ').map(Number) as [
					number,
					number,
					number,
					number,
				];
				const names = [...map.wards, ...(map.river ? [map.river] : [])];
				for (const { x, y } of names) {
					expect(x > left && x < left + width && y > top && y <= top + height).toBe(true);
				}
				for (const [index, a] of names.entries()) {
					for (const b of names.slice(index + 1)) {
						expect(Math.abs(a.x - b.x) + Math.abs(a.y - b.y)).toBeGreaterThan(12 * map.scale);
					}
				}
			}
		}
	});
});
