// Recovery codes on their way to the page that shows them: for their person, for a minute, once in a browser.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keepCodes, takeCodes } from '#features/accounts/shown-codes.ts';
import { readConfig } from '#lib/config.ts';

const NOW = 1_790_000_000_000;
const CODES = ['ABCD-EFGH-JKLM', 'NPQR-STUV-WXYZ'];
const NAME = 'ma-du-phong';

function open() {
	const jar = new Map<string, string>();
	const cookies = {
		get: (name: string) => (jar.has(name) ? { value: jar.get(name)! } : undefined),
		set: (name: string, value: string) => void jar.set(name, value),
		delete: (name: string) => void jar.delete(name),
	} as unknown as Parameters<typeof keepCodes>[0]['cookies'];
	const place = { cookies, secret: randomBytes(32), config: readConfig({}), personId: 'an', now: NOW };
	keepCodes(place, CODES);
	const sealed = jar.get(NAME)!;
	/** What a copy of the cookie opens. */
	const takeCopy = (over: Partial<typeof place> = {}, copy = sealed) => {
		jar.set(NAME, copy);
		return takeCodes({ ...place, ...over });
	};
	return { jar, place, sealed, takeCopy };
}

test('kept codes are shown once', () => {
	const { jar, place, sealed } = open();
	for (const code of CODES) expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(code);
	expect(takeCodes(place)).toEqual(CODES);
	expect(jar.size).toBe(0);
	expect(takeCodes(place)).toBeUndefined();
});

test('kept codes open for a minute, also from a copy of the cookie', () => {
	const { takeCopy } = open();
	expect(takeCopy({ now: NOW + 59_999 })).toEqual(CODES);
	for (const late of [60_000, 61_000, 24 * 3_600_000]) expect(takeCopy({ now: NOW + late })).toBeUndefined();
});

test('kept codes open for nobody else, nor by another secret, nor once they were touched', () => {
	const { jar, sealed, takeCopy } = open();
	expect(takeCopy({ personId: 'binh' })).toBeUndefined();
	expect(takeCopy({ secret: randomBytes(32) })).toBeUndefined();
	const bytes = Buffer.from(sealed, 'base64url');
	for (const at of [0, 12, bytes.length - 1]) {
		const touched = Buffer.from(bytes);
		touched[at]! ^= 1;
		expect(takeCopy({}, touched.toString('base64url'))).toBeUndefined();
	}
	for (const other of ['', 'x', sealed.slice(0, -8), CODES.join(' ')])
		expect(takeCopy({}, other)).toBeUndefined();
	// What opened nothing is gone as well.
	expect(jar.size).toBe(0);
	expect(takeCopy()).toEqual(CODES);
});
