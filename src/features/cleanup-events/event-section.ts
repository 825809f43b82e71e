// Who cleans where: one line for each unit, as organisers write it on a sheet.
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';

export type EventSection = { unit: string; place: string };

export const MAX_SECTIONS = 60;
const MAX_UNIT = 120;
const MAX_PLACE = 200;

const refuse = (
	key: 'textTooLong' | 'tooManyLines' | 'sectionWithoutUnit',
	values: Record<string, number>,
) => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'sections', values });
};

/** `Chi đoàn phố 3: cầu Kỳ Cùng – bến Đá`, a line each; a line without a colon is a unit whose place is not settled. 422. */
export function parseSections(text: string): EventSection[] {
	const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
	if (lines.length > MAX_SECTIONS) refuse('tooManyLines', { max: MAX_SECTIONS });
	return lines.map((line, index) => {
		const colon = line.indexOf(':');
		const unit = cleanText(colon < 0 ? line : line.slice(0, colon), { max: MAX_UNIT + 1 });
		const place = colon < 0 ? '' : cleanText(line.slice(colon + 1), { max: MAX_PLACE + 1 });
		if (!/[\p{L}\p{N}]/u.test(unit)) refuse('sectionWithoutUnit', { number: index + 1 });
		if ([...unit].length > MAX_UNIT) refuse('textTooLong', { max: MAX_UNIT });
		if ([...place].length > MAX_PLACE) refuse('textTooLong', { max: MAX_PLACE });
		return { unit, place };
	});
}

export const formatSections = (sections: readonly EventSection[]): string =>
	sections.map(({ unit, place }) => (place ? `${unit}: ${place}` : unit)).join('\n');
