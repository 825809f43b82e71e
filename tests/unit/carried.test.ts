import { expect, test } from 'vitest';
import { carriedTo } from '#features/drop-offs/carried.ts';

test('what was typed for a house that has closed goes on to another, without the record’s id', () => {
	const form = new FormData();
	for (const [name, value] of [
		['id', '019a0000-0000-7000-8000-000000000000'],
		['house', 'MAU-066'],
		['quantity', '2,5'],
		['material-0', 'glass'],
		['unit-0', 'kg'],
		['date', '2026-11-20'],
	] as const)
		form.append(name, value);
	expect(carriedTo('MAU-001', form)).toBe(
		'diem=MAU-001&quantity=2%2C5&material-0=glass&unit-0=kg&date=2026-11-20',
	);
});

test('nothing typed, nothing carried', () => {
	expect(carriedTo('MAU-001', undefined)).toBe('diem=MAU-001');
});
