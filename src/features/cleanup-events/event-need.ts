// What is asked for on the morning and who brings it: one line for each thing, as organisers write it on a sheet.
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { cleanText, foldSearch } from '#lib/fold.ts';

export type EventNeed = { label: string; wanted: number };

export const MAX_NEEDS = 30;
export const MAX_WANTED = 9999;
const MAX_LABEL = 80;

function refuse(key: DomainErrorKey, values: Record<string, number> = {}): never {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'needs', values });
}

/** `10 xẻng`, `Chụp ảnh: 1 người`, `Xe rác 2`: the number stands first, or last with or without its unit. */
function readLine(line: string): { label: string; count: string } | undefined {
	const first = /^(\d{1,9})\s+(.+)$/u.exec(line);
	if (first) return { label: first[2]!, count: first[1]! };
	const last =
		/^(.*\D)\s*[:x×–-]\s*(\d{1,9})(?:\s+(\p{L}+))?$/u.exec(line) ?? /^(.*\D)\s+(\d{1,9})$/u.exec(line);
	if (!last) return undefined;
	const unit = last[3];
	const label = last[1]!.trim();
	return { label: unit ? `${label} (${unit})` : label, count: last[2]! };
}

/** A line each; empty lines are none. Refuses with 422 a line without a number or a thing, and a thing that stands twice. */
export function parseNeeds(text: string): EventNeed[] {
	const lines = text.split(/\r\n?|\n|,\s+(?=\d)/).filter((line) => line.trim() !== '');
	if (lines.length > MAX_NEEDS) refuse('tooManyLines', { max: MAX_NEEDS });
	const seen = new Set<string>();
	return lines.map((raw, index) => {
		const number = index + 1;
		const read = readLine(cleanText(raw, { max: 400 }));
		const label = cleanText(read?.label ?? '', { max: MAX_LABEL + 1 });
		if (!read || !/\p{L}/u.test(label)) refuse('needUnreadable', { number });
		const wanted = Number(read.count);
		if (wanted < 1 || wanted > MAX_WANTED) refuse('needOutOfRange', { number, max: MAX_WANTED });
		if ([...label].length > MAX_LABEL) refuse('textTooLong', { max: MAX_LABEL });
		if (seen.has(foldSearch(label))) refuse('needTwice', { number });
		seen.add(foldSearch(label));
		return { label, wanted };
	});
}

export const formatNeeds = (needs: readonly EventNeed[]): string =>
	needs.map(({ label, wanted }) => `${wanted} ${label}`).join('\n');
