// Every sentence with which something is refused is named by a test.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import errors from '#locales/vi/errors.json' with { type: 'json' };

/** Keys that no test names: this one is no refusal. */
const EXCEPT = ['unexpected'];

const read = (pattern: string) =>
	globSync(pattern).map((file) => [file, readFileSync(file, 'utf8')] as const);

test('every refusal is met by a test, or is listed', () => {
	const tests = read('tests/**/*.ts')
		.filter(([file]) => !file.endsWith('unit/refusals.test.ts'))
		.map(([, text]) => text)
		.join('\n');
	const unmet = Object.keys(errors).filter(
		(key) => !new RegExp(`['"\`:]${key}['"\`]|errors\\.${key}\\b`).test(tests),
	);
	expect(unmet.sort()).toEqual(EXCEPT.sort());
});
