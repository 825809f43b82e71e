import { describe, expect, test } from 'vitest';
import { normaliseUuid, uuidv7 } from '#lib/uuid.ts';

const ID = uuidv7(Date.UTC(2026, 10, 22));

describe('an id', () => {
	// RFC 9562, Appendix A: examples of each version.
	test.each([
		'c232ab00-9414-11ec-b3c8-9f6bdeced846',
		'000003e8-cbb9-21ea-b201-00045a86c8a1',
		'5df41881-3aed-3515-88a7-2f4a814cf09e',
		'919108f7-52d1-4320-9bac-f847db4148a8',
		'2ed6657d-e927-568b-95e1-2665a8aea6a2',
		'1ec9414c-232a-6b00-b3c8-9f6bdeced846',
		'017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
		'2489e9ad-2ee2-8e00-8ec9-32d5f69181c0',
	])('of any version is read in both cases: %s', (id) => {
		expect(normaliseUuid(id)).toBe(id);
		expect(normaliseUuid(id.toUpperCase())).toBe(id);
	});

	test.each(['', '1', `{${ID}}`, `urn:uuid:${ID}`, `${ID} `, "'; drop table drop_off; --"])(
		'that is none is not read: %s',
		(text) => expect(normaliseUuid(text)).toBeUndefined(),
	);
});
