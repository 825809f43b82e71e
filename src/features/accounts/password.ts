// Passwords: argon2id, at most two hashes at once so that a burst of sign-ins cannot take all memory.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '#lib/errors.ts';
import { foldSearch } from '#lib/fold.ts';
import { isGuessable } from './guessable.ts';
import { PASSWORD_MAX, PASSWORD_MIN, PASSWORD_MIN_WITH_SECOND } from './password-rules.ts';

/** OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1. The library's default kind is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve));
	else running += 1;
	try {
		return await work();
	} finally {
		// Whoever waits gets this one's place: between two steps nobody else takes it.
		const next = waiting.shift();
		if (next) next();
		else running -= 1;
	}
}

let common: Set<string> | undefined;
/** The 17,950 passwords of eight and more characters that leaks show most often (see db/data/README.md). */
function isCommon(password: string): boolean {
	common ??= new Set(readFileSync(path.resolve('db/data/common-passwords.txt'), 'utf8').split('\n'));
	return common.has(password.toLowerCase());
}

/** What anybody would try here first, without tone marks and spaces; longest first, so that all of it is taken out. */
const PORTAL_WORDS =
	'ngoinhaxanhlangson ngaychunhatxanh ngoinhaxanh chunhatxanh greenhouses greenhouse greensunday nhaxanh langson dongkinh kylua tamthanh luongvantri hoangvanthu chilang vinhtrai hoangdong quangtrung maipha phelieu vietnam quyansinh taiche ansinh rac quy xanh nha'.split(
		' ',
	);
const COMMON_WORDS = ['matkhau', 'password'];

const squeeze = (text: string): string => foldSearch(text).replace(/[^a-z\d]/g, '');

/** A name whole and in parts; a number as it stands in each of its forms, `0912…` and `+84912…`. */
const ownWords = (own: readonly string[]): string[] =>
	own.flatMap((each) => [each, ...each.split(' '), each.replace(/^\+84/, '')]).map(squeeze);

/** Why hardly anything is left of a password without what anybody would try; undefined when enough is. */
function findWeakness(
	password: string,
	own: readonly string[],
): 'passwordOwnWords' | 'passwordCommon' | undefined {
	// As many characters as other scripts and signs would have: they are no words of ours.
	const others = [...foldSearch(password).replace(/[a-z\d\s\p{P}\p{S}]/gu, '')].length;
	const isLittle = (text: string) => new Set(text.replace(/\d+/g, '')).size + others < 4;
	const without = (text: string, words: string[]) =>
		words.filter((each) => each.length > 2).reduce((left, word) => left.replaceAll(word, ''), text);
	const whole = squeeze(password);
	const rest = without(whole, [...ownWords(own), ...PORTAL_WORDS]);
	if (rest !== whole && isLittle(rest)) return 'passwordOwnWords';
	return isGuessable(password) || isLittle(without(rest, COMMON_WORDS)) ? 'passwordCommon' : undefined;
}

type Rules = {
	/** A second factor is asked for as well. */
	withSecondFactor: boolean;
	/** The person's name, phone number and e-mail address. */
	own: readonly string[];
};

/**
 * Length in code points, not common or easily guessed, not made of the portal's or the person's own words; no
 * composition rules (NIST SP 800-63B). Says whether it may stand without a second factor. Refuses with 422.
 */
export function checkPassword(password: string, { withSecondFactor, own }: Rules): { isLong: boolean } {
	const text = password.normalize('NFC');
	const length = [...text].length;
	const min = withSecondFactor ? PASSWORD_MIN_WITH_SECOND : PASSWORD_MIN;
	if (length < min || length > PASSWORD_MAX) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'passwordLength', {
			field: 'password',
			values: { min, max: PASSWORD_MAX },
		});
	}
	const weakness = isCommon(text) ? 'passwordCommon' : findWeakness(text, own);
	if (weakness) throw new DomainError('UNPROCESSABLE_CONTENT', weakness, { field: 'password' });
	return { isLong: length >= PASSWORD_MIN };
}

export const hashPassword = (password: string): Promise<string> =>
	inTurn(() => hash(password.normalize('NFC'), COST));

export const verifyPassword = (stored: string, password: string): Promise<boolean> =>
	inTurn(() => verify(stored, password.normalize('NFC')));
