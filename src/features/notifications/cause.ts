// Why a Green Sunday changes: stored in Vietnamese words, read in the reader's language.
import { createTranslator, type Locale } from '#lib/i18n.ts';

/** Why, as one tap. */
export const CAUSES = ['storm', 'flood', 'cold', 'clash'] as const;
export type Cause = (typeof CAUSES)[number];
export const isCause = (text: string): text is Cause => (CAUSES as readonly string[]).includes(text);

const FIXED = [
	...CAUSES.map((cause) => `cleanup-events:cause.${cause}` as const),
	'cleanup-events:series.paused',
] as const;

/** A reason in two parts: what was chosen, in the reader's language, and what was typed beside it, as it stands. */
export function splitReason(reason: string, locale: Locale): { chosen: string; typed: string } {
	const [vi, t] = [createTranslator('vi'), createTranslator(locale)];
	for (const key of FIXED) {
		const named = vi(key);
		if (reason === named) return { chosen: t(key), typed: '' };
		if (reason.startsWith(`${named}. `))
			return { chosen: `${t(key)}. `, typed: reason.slice(named.length + 2) };
	}
	return { chosen: '', typed: reason };
}

/** A reason that was chosen is said in the reader's language, what was typed beside it as it stands. */
export function causeText(reason: string, locale: Locale): string {
	const { chosen, typed } = splitReason(reason, locale);
	return chosen + typed;
}
