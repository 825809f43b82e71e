// What was typed for one house goes on to another by the address, as "one more kind" does without JavaScript.
import type { Typed } from '#lib/forms.ts';
import { MAX_LINES } from './drop-off.ts';

/** The query of the form for a house with all that was typed; a new drop-off, so without its id. */
export function carriedTo(code: string, form: Typed | undefined): string {
	const query = new URLSearchParams({ diem: code });
	const quantities = form?.getAll('quantity').map(String).slice(0, MAX_LINES) ?? [];
	if (quantities.every((quantity) => quantity.trim() === '')) return query.toString();
	for (const [index, quantity] of quantities.entries()) {
		query.append('quantity', quantity);
		for (const name of [`material-${index}`, `unit-${index}`]) {
			const value = form?.get(name);
			if (typeof value === 'string' && value !== '') query.set(name, value);
		}
	}
	const date = form?.get('date');
	if (typeof date === 'string' && date !== '') query.set('date', date);
	return query.toString();
}
