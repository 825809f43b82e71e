// What a form says of the days on which something takes place again.
import { DomainError } from '#lib/errors.ts';
import { field, type Typed } from '#lib/forms.ts';
import { parseLocalDate, type LocalDate } from '#lib/time.ts';
import {
	checkSpan,
	isPattern,
	planDates,
	seriesDates,
	type Pattern,
	type PlannedDate,
} from './event-series.ts';

type Plan = { pattern: Pattern; until: LocalDate | undefined };

export const readDay = (form: Typed, name: string): LocalDate | undefined =>
	parseLocalDate(field(form, name));

/** Undefined for what takes place once. */
export function readPlan(form: Typed): Plan | undefined {
	const pattern = field(form, 'repeat');
	return isPattern(pattern) ? { pattern, until: readDay(form, 'until') } : undefined;
}

/** Names the days that were shown: a form about others shows them first. */
export const specOf = (first: LocalDate, { pattern, until }: Plan): string =>
	`${pattern} ${first} ${until ?? ''}`;

/** The days that a form's answer lists; none where the form says no days. */
export function listPlanned(form: Typed | undefined): { spec: string; days: PlannedDate[] } | undefined {
	const [plan, first] = form ? [readPlan(form), readDay(form, 'date')] : [];
	if (!form || !plan?.until || !first) return undefined;
	try {
		checkSpan(first, plan.until);
		const spec = specOf(first, plan);
		const ticked = field(form, 'listed') === spec ? form.getAll('dates').map(String) : undefined;
		return { spec, days: planDates(seriesDates(first, plan.pattern, plan.until), ticked) };
	} catch (error) {
		if (error instanceof DomainError) return undefined;
		throw error;
	}
}
