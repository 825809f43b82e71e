import { describe, expect, test } from 'vitest';
import { gatherCrowds } from '#features/places/crowd.ts';

/** A thousand places in the same spots every time. */
const scatter = (count: number, side: number) =>
	Array.from({ length: count }, (_, index) => ({
		x: (index * 7919) % side,
		y: (index * 104_729) % (side - 3),
	}));

describe('marks that crowd', () => {
	test.each([0, 1, 66, 120])('%d marks stand each by themselves, even in one place', (count) => {
		const crowds = gatherCrowds(Array(count).fill({ x: 5, y: 5 }), 80);
		expect(crowds.map(({ members }) => members)).toEqual(
			Array.from({ length: count }, (_, index) => [index]),
		);
	});

	test.each([20, 80, 400, 5000])('every mark is in one crowd, and crowds keep %d apart', (radius) => {
		const points = scatter(1000, 1000);
		const crowds = gatherCrowds(points, radius);
		expect(crowds.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(
			points.map((_, index) => index),
		);
		for (const [index, a] of crowds.entries())
			for (const b of crowds.slice(index + 1))
				expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(radius);
		for (const { x, y, members } of crowds)
			for (const each of members)
				expect(Math.hypot(points[each]!.x - x, points[each]!.y - y)).toBeLessThanOrEqual(radius);
	});

	test('far enough in, nothing crowds any more, but houses of one spot stay one', () => {
		const points = [...scatter(200, 1000), { x: 10, y: 10 }, { x: 10, y: 10 }];
		const crowds = gatherCrowds(points, 0.01);
		expect(crowds.filter(({ members }) => members.length > 1).map(({ members }) => members)).toEqual([
			[200, 201],
		]);
	});
});
