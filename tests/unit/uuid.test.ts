import { expect, test } from 'vitest';
import { isUuid, normaliseUuid, uuidOf, uuidv7 } from '#lib/uuid.ts';

test('a minted id is a version 7 UUID of the RFC 9562 variant, and no two are equal', () => {
	const ids = Array.from({ length: 1000 }, () => uuidv7(1_645_557_742_000));
	for (const id of ids)
		// The milliseconds of RFC 9562, appendix A.6.
		expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(new Set(ids).size).toBe(1000);
});

test('ids sort by time', () => {
	const times = [0, 1, 255, 256, 1_645_557_742_000, 1_645_557_742_001, 2 ** 48 - 1];
	const ids = times.map(uuidv7);
	expect([...ids].sort()).toEqual(ids);
});

test.each([
	// RFC 9562, appendix A: an example of each version.
	'c232ab00-9414-11ec-b3c8-9f6bdeced846',
	'000003e8-cbb9-21ea-b201-00045a86c8a1',
	'5df41881-3aed-3515-88a7-2f4a814cf09e',
	'919108f7-52d1-4320-9bac-f847db4148a8',
	'2ed6657d-e927-568b-95e1-2665a8aea6a2',
	'1ec9414c-232a-6b00-b3c8-9f6bdeced846',
	'017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
	'2489e9ad-2ee2-8e00-8ec9-32d5f69181c0',
	'00000000-0000-0000-0000-000000000000',
	'ffffffff-ffff-ffff-ffff-ffffffffffff',
])('%s is a UUID in either case', (id) => {
	expect(isUuid(id)).toBe(true);
	expect(normaliseUuid(id.toUpperCase())).toBe(id);
});

test.each([
	'',
	'017f22e279b07cc398c4dc0c0c07398f',
	'{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
	'017f22e2-79b0-7cc3-98c4-dc0c0c07398g',
	'017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
	' 017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
	'017f22e2-79b0-7cc3-98c4-dc0c0c07398ff',
])('%j is none', (text) => expect(normaliseUuid(text)).toBeUndefined());

test('the same text always gives the same version 8 UUID, and another text another', () => {
	const ids = ['', 'a', 'b', 'đường dẫn'].map(uuidOf);
	expect(ids.map((_, index) => uuidOf(['', 'a', 'b', 'đường dẫn'][index]!))).toEqual(ids);
	for (const id of ids)
		expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(new Set(ids).size).toBe(4);
	// SHA-256 of nothing begins with e3b0c442 98fc1c14 9afbf4c8 996fb924.
	expect(ids[0]).toBe('e3b0c442-98fc-8c14-9afb-f4c8996fb924');
});
