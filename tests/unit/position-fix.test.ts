import { expect, test } from 'vitest';
import { averageFix, type Fix } from '#features/green-houses/position-fix.ts';

const fix = (latitude: number, longitude: number, accuracyM: number): Fix => ({
	latitude,
	longitude,
	accuracyM,
});

test('without a reading there is no position', () => expect(averageFix([])).toBeUndefined());

test('one reading is the position, its accuracy rounded up', () => {
	const found = averageFix([fix(21.85, 106.76, 7.2)])!;
	expect(found).toMatchObject({ accuracyM: 8, used: 1 });
	expect([found.latitude, found.longitude].map((each) => each.toFixed(7))).toEqual([
		'21.8500000',
		'106.7600000',
	]);
});

test('a sure reading weighs more than an unsure one, and many do not make it surer than they are', () => {
	const found = averageFix([fix(21.85, 106.76, 5), fix(21.8501, 106.76, 10)])!;
	// Weights 1/25 and 1/100: a fifth of the way.
	expect(found.latitude).toBeCloseTo(21.85002, 7);
	expect(found.accuracyM).toBe(6);
	expect(averageFix(Array.from({ length: 20 }, () => fix(21.85, 106.76, 8)))!.accuracyM).toBe(8);
});

test('a reading far from all the others is left out', () => {
	const good = [fix(21.85, 106.76, 6), fix(21.85001, 106.76001, 6), fix(21.84999, 106.76, 6)];
	const found = averageFix([...good, fix(21.86, 106.77, 6)])!;
	expect(found.used).toBe(3);
	expect(found.latitude).toBeCloseTo(21.85, 6);
});

test('a phone that is sure to a metre errs by more, so its readings stay together', () =>
	expect(averageFix([fix(21.85, 106.76, 1), fix(21.85005, 106.76, 1), fix(21.8501, 106.76, 1)])!.used).toBe(
		3,
	));

test('readings that all lie apart are all used', () =>
	expect(averageFix([fix(21.85, 106.76, 5), fix(21.86, 106.76, 5)])!.used).toBe(2));
