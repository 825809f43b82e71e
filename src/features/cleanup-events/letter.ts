// A letter for somebody of sixteen or older who was checked in by name, with a code by which anybody can ask whether it holds.
import { keyedHash, type Secret } from '#lib/secret.ts';
import { presenceOf, type Figure } from './attendance.ts';
import type { CleanupEvent } from './cleanup-event.ts';
import type { SignUpTable } from '#db/schema.ts';

// Crockford's: none of them is taken for another.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 20;

/** A hundred bits, which only the portal's secret gives. */
export function letterCodeOf(secret: Secret, signUpId: string): string {
	let bits = BigInt(`0x${keyedHash(secret, 'participation-letter', signUpId)}`);
	let code = '';
	for (let each = 0; each < LENGTH; each += 1) {
		code += LETTERS[Number(bits & 31n)];
		bits >>= 5n;
	}
	return code;
}

/** `7K2M9-…` in groups of five. */
export const shownLetterCode = (code: string): string => code.replace(/(.{5})(?=.)/g, '$1-');

/** As somebody types it from paper; undefined when it cannot be one. */
export function readLetterCode(typed: string): string | undefined {
	const code = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
	return code.length === LENGTH && [...code].every((each) => LETTERS.includes(each)) ? code : undefined;
}

/**
 * The instant from which a sign-up's letter is made and holds: the end of the event, as it tells what was done. Undefined
 * where none is earned: it is for a person whose name stands and who is checked in; units and walk-ins get none, and
 * nobody came to what was called off.
 */
export const letterFrom = (
	{ status, endsAt }: Pick<CleanupEvent, 'status' | 'endsAt'>,
	{ kind, name }: Pick<SignUpTable, 'kind' | 'name'>,
	figures: Figure[],
): number | undefined =>
	status === 'published' && kind === 'person' && name !== '' && presenceOf(figures).heads > 0
		? endsAt
		: undefined;

/** What a stranger is told of a name: `N. T. Hoa`. */
export function initialsOf(name: string): string {
	const words = name.split(' ');
	return words.map((word, index) => (index === words.length - 1 ? word : `${[...word][0]}.`)).join(' ');
}
