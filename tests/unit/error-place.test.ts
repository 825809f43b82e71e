import { expect, test } from 'vitest';
import { errorPlace, sentRows } from '#features/drop-offs/error-place.ts';

const row = (material: string, quantity: string) => ({ material, quantity });
const rows = [row('glass', '1'), row('', ''), row('battery', '2')];

test.each([
	['date', 'dateInFuture', 'date'],
	['quantity-2', 'quantityNotNumber', 'quantity-2'],
	['quantity-0', 'unitMissing', 'unit-0'],
	['lines', 'linesMissing', 'quantity-0'],
	// The second line that was sent is the third row.
	['lines.1.material', 'materialNever', 'material-2'],
	['lines.7.material', 'materialNever', undefined],
	['quantity-9', 'quantityNotNumber', undefined],
	['id', 'sameIdOtherContent', undefined],
	[undefined, 'tooManyRequests', undefined],
])('%s (%s) stands at %s', (field, key, place) => {
	expect(errorPlace({ key, field }, rows)).toBe(place);
});

test('a row without a quantity is no line, unless it is the only one', () => {
	expect(sentRows(rows)).toEqual([0, 2]);
	expect(sentRows([row('glass', '')])).toEqual([0]);
	expect(sentRows([row('', '')])).toEqual([]);
});
