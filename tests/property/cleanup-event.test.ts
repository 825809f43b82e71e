import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readText, slugOf } from '#features/cleanup-events/cleanup-event.ts';
import { formatCursor, parseCursor } from '#features/cleanup-events/event-cursor.ts';
import { uuidv7 } from '#lib/uuid.ts';

test('an address is made of plain small letters, digits and single dashes, whatever the title', () => {
	fc.assert(
		fc.property(
			fc.string({ unit: 'grapheme', maxLength: 200 }),
			fc.integer({ min: 1, max: 99 }),
			(title, attempt) => {
				const slug = slugOf(title, '2026-11-29', attempt);
				expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
				expect(slug.length).toBeLessThan(90);
			},
		),
	);
});

test('a stored text is the same when it is stored again', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
			for (const field of ['title', 'description'] as const) {
				const stored = readText(text, field);
				expect(readText(stored, field)).toBe(stored);
				expect(stored).toBe(stored.normalize('NFC'));
			}
		}),
	);
});

test('every cursor reads back as the row that it stands for', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 4e12 }), (startsAt) => {
			const key = { startsAt, id: uuidv7(startsAt) };
			expect(parseCursor(formatCursor(key))).toEqual(key);
		}),
	);
});
