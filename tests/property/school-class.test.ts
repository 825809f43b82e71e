// Whatever classes a school has, its next year has names of their own and each class one grade higher.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readClassList } from '#features/schools/class-list.ts';
import { proposeRollover, readClass } from '#features/schools/school-class.ts';
import { DomainError } from '#lib/errors.ts';

const letters = fc.constantFrom('A', 'B', 'Đ', 'A1', 'A10', '/1', ' TOÁN', '-2', '');
const school = fc
	.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), letters, fc.boolean()), {
		selector: ([grade, mark, isPadded]) => `${isPadded && grade < 10 ? '0' : ''}${grade}${mark}`,
		maxLength: 60,
	})
	.map((rows) =>
		rows.map(([grade, mark, isPadded]) => {
			const name = `${isPadded && grade < 10 ? '0' : ''}${grade}${mark}`;
			return { id: name, name, grade, size: null };
		}),
	);

test('a rollover keeps names apart and raises each class by one grade', () => {
	fc.assert(
		fc.property(school, (old) => {
			const proposed = proposeRollover(old);
			expect(new Set(proposed.map(({ name }) => name)).size).toBe(proposed.length);
			const last = Math.max(...old.map(({ grade }) => grade));
			for (const { name, grade, followsClassId } of proposed) {
				expect(readClass(name).grade).toBe(grade);
				const before = old.find(({ id }) => id === followsClassId);
				if (followsClassId !== null) expect(grade).toBe(before!.grade + 1);
				expect(grade).toBeLessThanOrEqual(Math.max(last, 1));
			}
			const followed = proposed.flatMap(({ followsClassId }) => followsClassId ?? []).sort();
			const staying = old.filter(({ grade }) => grade < last);
			expect(followed).toEqual(staying.map(({ id }) => id).sort());
		}),
	);
});

test('no text is read as a list but classes with sizes, or refused with a reason', () => {
	const cell = fc.oneof(fc.constantFrom('6A', '7B', '38', 'Lớp', 'Sĩ số', 'Tổng', '', '1'), fc.string());
	const text = fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 12 });
	fc.assert(
		fc.property(text, fc.constantFrom('\t', ';', ',', ' '), (rows, mark) => {
			try {
				for (const { name, grade, size } of readClassList(rows.map((row) => row.join(mark)).join('\n'))) {
					expect(readClass(name)).toEqual({ name, grade });
					if (size !== null) expect(size).toBeGreaterThan(0);
				}
			} catch (error) {
				expect(error).toBeInstanceOf(DomainError);
			}
		}),
	);
});
