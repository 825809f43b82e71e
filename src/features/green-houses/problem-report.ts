// A problem report: somebody saw a wrong pin, damage or household rubbish at a house, and says so without an account.
import { DomainError } from '#lib/errors.ts';
import { cleanMultiline } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import type { ProblemReportTable } from '#db/schema.ts';

export type ProblemKind = ProblemReportTable['kind'];
export const PROBLEM_KINDS = ['rubbish', 'damage', 'wrong_pin'] as const satisfies ProblemKind[];
export const isProblemKind = (text: string): text is ProblemKind =>
	(PROBLEM_KINDS as readonly string[]).includes(text);

export const MAX_PROBLEM_TEXT = 500;
export const MAX_CLOSING_NOTE = 300;

const DAY_MS = 24 * 60 * 60 * 1000;
/** For how long a report's words are kept once it is closed, and at all. */
export const WORDS_KEPT_CLOSED_MS = 30 * DAY_MS;
export const WORDS_KEPT_MS = 365 * DAY_MS;

const readWords = (raw: string, max: number, field: string): string => {
	const text = cleanMultiline(raw, { max: max + 1 });
	if ([...text].length <= max) return text;
	throw new DomainError('UNPROCESSABLE_CONTENT', 'textTooLong', { field, values: { max } });
};

/** The words as they are stored. Rubbish and damage can be seen; where the pin belongs must be told. 422 otherwise. */
export function readProblemText(raw: string, kind: ProblemKind): string {
	const text = readWords(raw, MAX_PROBLEM_TEXT, 'text');
	if (text === '' && kind === 'wrong_pin')
		throw new DomainError('UNPROCESSABLE_CONTENT', 'pinTextMissing', { field: 'text' });
	return text;
}

/** What everybody will read of how it ended. Refuses with 422 none and what is too long. */
export function readClosingNote(raw: string): string {
	const note = readWords(raw, MAX_CLOSING_NOTE, 'note');
	if (note === '') throw new DomainError('UNPROCESSABLE_CONTENT', 'closingNoteMissing', { field: 'note' });
	return note;
}

/** What must be equal for two reports with one id to be the same; not the moment, which a phone's clock says. */
export const problemHash = (greenHouseId: string, kind: ProblemKind, text: string): string =>
	sha256Hex(canonicalJson({ greenHouseId, kind, text }));
