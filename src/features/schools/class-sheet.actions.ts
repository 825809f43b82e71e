import { DomainError } from '#lib/errors.ts';
import { field, formAction, hasFile } from '#lib/forms.ts';
import { localePath, type Locale } from '#lib/i18n.ts';
import { readTableFile } from '#lib/table-file.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { readSheetRows, sureOf } from './class-sheet.ts';
import {
	approveClassSheet,
	approveClassSheets,
	readClassTable,
	recordClassSheet,
	revokeClassSheet,
} from './class-sheet.service.ts';
import { MAX_TABLE_ROWS, tableOfText, type SheetTable } from './sheet-table.ts';

/** The pasted table, or the file where one was chosen. Refuses with 413 and 422, and with 422 a form without either. */
async function readBrought(form: FormData): Promise<SheetTable> {
	const file = form.get('file');
	const brought =
		hasFile(form, 'file') && file instanceof File ? await readTableFile(file) : field(form, 'table');
	if (typeof brought !== 'string') return brought;
	if (brought.trim() === '')
		throw new DomainError('UNPROCESSABLE_CONTENT', 'tableMissing', { field: 'table' });
	return tableOfText(brought);
}

export const schools = {
	recordSheet: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = normaliseUuid(field(form, 'id'));
		const collectedOn = parseLocalDate(field(form, 'collectedOn'));
		if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		if (!collectedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
		if (form.has('asksSeen') && !form.has('isSeen'))
			throw new DomainError('CONFLICT', 'tableUnseen', { field: 'isSeen' });
		const greenHouseCode = field(form, 'greenHouseCode');
		const rows = readSheetRows(form);
		const isApproved = form.has('isApproved');
		const campaignId = field(form, 'campaignId') || undefined;
		const said = {
			isApproved,
			campaignId,
			isExtra: form.has('isExtra'),
			isSure: field(form, 'isSure') === sureOf(rows),
		};
		await recordClassSheet(db, actor, { id, greenHouseCode, collectedOn, rows, ...said, locale }, now);
		return localePath(locale, `/cua-toi/truong?diem=${encodeURIComponent(greenHouseCode)}&xong=${id}`);
	}),
	/** Writes nothing: the page shows the grid with what the table says, to be looked at. */
	readTable: formAction(
		async (form, { locals }) => {
			const { db, actor, now, locale } = locals;
			const table = await readBrought(form);
			const asked = { greenHouseCode: field(form, 'greenHouseCode'), locale };
			const collectedOn = parseLocalDate(field(form, 'collectedOn'));
			const reading = await readClassTable(db, actor, { ...asked, collectedOn, table }, now);
			for (const { name, text } of reading.cells) form.set(name, text);
			for (const name of ['table', 'file']) form.delete(name);
			locals.tableReading = reading;
			return undefined;
		},
		{ longText: { field: 'table', maxRows: MAX_TABLE_ROWS } },
	),
	approveSheet: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const id = field(form, 'id');
		await approveClassSheet(db, actor, { id, locale }, now);
		return pageOf(locale, form, { xong: id });
	}),
	/** All that the page showed as waiting; the page itself says what came of each. */
	approveSheets: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const ids = form.getAll('id').map(String);
		locals.shownOnce = { sheets: await approveClassSheets(db, actor, { ids, locale }, now) };
		return undefined;
	}),
	revokeSheet: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const id = field(form, 'id');
		await revokeClassSheet(db, actor, id, now);
		return pageOf(locale, form, { xong: id });
	}),
};

/** The page of the house from which the form came. */
const pageOf = (locale: Locale, form: FormData, said: Record<string, string>) =>
	localePath(locale, `/cua-toi/truong?${new URLSearchParams({ diem: field(form, 'diem'), ...said })}`);
