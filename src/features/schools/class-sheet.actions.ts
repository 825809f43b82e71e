import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { readSheetRows } from './class-sheet.ts';
import { recordClassSheet, revokeClassSheet } from './class-sheet.service.ts';

export const schools = {
	recordSheet: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = normaliseUuid(field(form, 'id'));
		const collectedOn = parseLocalDate(field(form, 'collectedOn'));
		if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		if (!collectedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
		const greenHouseCode = field(form, 'greenHouseCode');
		const rows = readSheetRows(form);
		const isExtra = form.has('isExtra');
		await recordClassSheet(db, actor, { id, greenHouseCode, collectedOn, rows, isExtra, locale }, now);
		return localePath(locale, `/cua-toi/truong?diem=${encodeURIComponent(greenHouseCode)}&xong=${id}`);
	}),
	revokeSheet: formAction(async (form, { locals }) => {
		await revokeClassSheet(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/truong');
	}),
};
