import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { isUuid } from '#lib/uuid.ts';
import type { SheetRow } from './class-sheet.ts';
import { recordClassSheet, revokeClassSheet } from './class-sheet.service.ts';

/** Cells are named `cell:<class>:<material>:<unit>`; an empty cell is not reported, which is not zero. */
function readRows(form: FormData): SheetRow[] {
	const rows = new Map<string, SheetRow>();
	for (const [name, value] of form.entries()) {
		const [prefix, classId, material, unit] = name.split(':');
		if (prefix !== 'cell' || typeof value !== 'string' || value.trim() === '') continue;
		if (!classId || !material || (unit !== 'kg' && unit !== 'piece')) {
			throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
		}
		const row = rows.get(classId) ?? { classId, lines: [] };
		const quantityMilli = parseQuantityMilli(value, unit, name);
		row.lines.push({ material, unit, quantityMilli });
		rows.set(classId, row);
	}
	return [...rows.values()];
}

export const schools = {
	recordSheet: formAction(async (form, { locals }) => {
		const id = field(form, 'id');
		const collectedOn = parseLocalDate(field(form, 'collectedOn'));
		if (!isUuid(id)) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		if (!collectedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
		const input = { id, greenHouseCode: field(form, 'greenHouseCode'), collectedOn, rows: readRows(form) };
		await recordClassSheet(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/truong?xong=${id}`);
	}),
	revokeSheet: formAction(async (form, { locals }) => {
		await revokeClassSheet(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/truong');
	}),
};
