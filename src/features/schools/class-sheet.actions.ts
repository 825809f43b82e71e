import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { readSheetRows } from './class-sheet.ts';
import { approveClassSheet, recordClassSheet, revokeClassSheet } from './class-sheet.service.ts';

export const schools = {
	recordSheet: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = normaliseUuid(field(form, 'id'));
		const collectedOn = parseLocalDate(field(form, 'collectedOn'));
		if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		if (!collectedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
		const greenHouseCode = field(form, 'greenHouseCode');
		const rows = readSheetRows(form);
		const isApproved = form.has('isApproved');
		const said = { isApproved, isExtra: form.has('isExtra'), isSure: form.has('isSure') };
		await recordClassSheet(db, actor, { id, greenHouseCode, collectedOn, rows, ...said, locale }, now);
		return localePath(locale, `/cua-toi/truong?diem=${encodeURIComponent(greenHouseCode)}&xong=${id}`);
	}),
	approveSheet: formAction(async (form, { locals }) => {
		await approveClassSheet(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/truong');
	}),
	revokeSheet: formAction(async (form, { locals }) => {
		await revokeClassSheet(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/truong');
	}),
};
