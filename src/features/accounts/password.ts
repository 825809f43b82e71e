// Passwords: argon2id, at most two hashes at once so that a burst of sign-ins cannot take all memory.
import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '#lib/errors.ts';

/** OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1. The library's default kind is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
export const PASSWORD_MIN = 15;
export const PASSWORD_MAX = 128;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve));
	running += 1;
	try {
		return await work();
	} finally {
		running -= 1;
		waiting.shift()?.();
	}
}

/** Length only, in code points (NIST SP 800-63B: no composition rules). Refuses with 422. */
export function checkPassword(password: string): void {
	const length = [...password.normalize('NFC')].length;
	if (length < PASSWORD_MIN || length > PASSWORD_MAX) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'passwordLength', {
			field: 'password',
			values: { min: PASSWORD_MIN, max: PASSWORD_MAX },
		});
	}
}

export const hashPassword = (password: string): Promise<string> =>
	inTurn(() => hash(password.normalize('NFC'), COST));

export const verifyPassword = (stored: string, password: string): Promise<boolean> =>
	inTurn(() => verify(stored, password.normalize('NFC')));
