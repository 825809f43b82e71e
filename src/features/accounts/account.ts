// A person's account: how they are called, and the phone number or e-mail address they sign in with.
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { parsePhone } from '#lib/phone.ts';

/** How a person is named at sign-in: a phone number in E.164 or an e-mail address in lower case. */
export type SignInName = { phoneE164: string } | { email: string };

const MAX_EMAIL = 254;

/** A phone number in any of its forms, or an e-mail address; undefined for anything else. */
export function readSignInName(text: string): SignInName | undefined {
	const clean = cleanText(text, { max: MAX_EMAIL + 1 }).toLowerCase();
	if (!clean.includes('@')) {
		const phoneE164 = parsePhone(clean);
		return phoneE164 === undefined ? undefined : { phoneE164 };
	}
	// One @, a dot in the host, no blanks: whether it takes mail only mail can tell.
	const isEmail =
		clean.length <= MAX_EMAIL && /^[^\s@<>"',;:()]+@[^\s@.<>"',;:()]+(\.[^\s@.<>"',;:()]+)+$/.test(clean);
	return isEmail ? { email: clean } : undefined;
}

/** Like {@link readSignInName}, for a name that is to be kept. Refuses with 422. */
export function requireSignInName(text: string): SignInName {
	const name = readSignInName(text);
	if (!name) throw new DomainError('UNPROCESSABLE_CONTENT', 'signInNameInvalid', { field: 'name' });
	return name;
}

/** How the person is called, one line. Refuses with 422. */
export function requireDisplayName(text: string): string {
	const name = cleanText(text, { max: 80 });
	if (!name) throw new DomainError('UNPROCESSABLE_CONTENT', 'nameMissing', { field: 'displayName' });
	return name;
}
