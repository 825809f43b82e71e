import { DomainError } from '#lib/errors.ts';
import { field, formAction, hasFile } from '#lib/forms.ts';
import { localePath, type Locale } from '#lib/i18n.ts';
import { parseLocalDate } from '#lib/time.ts';
import { classListText, readClassFile, readClassList, throwAll } from './class-list.ts';
import { MAX_CLASSES, readSize, type TypedRow } from './school-class.ts';
import { previewClassList, saveClassList } from './class-list.service.ts';
import { rollOver } from './class-rollover.service.ts';
import { addClass, changeClass, endClass, mergeClass, splitClass } from './school-class.service.ts';

const listPath = (locale: Locale, form: FormData, done: string) => {
	const query = new URLSearchParams({
		diem: field(form, 'diem'),
		nam: field(form, 'schoolYear'),
		xong: done,
	});
	return localePath(locale, `/cua-toi/truong/lop?${query}`);
};

const readClosedOn = (form: FormData) => {
	const closedOn = parseLocalDate(field(form, 'closedOn'));
	if (!closedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'closedOn' });
	return closedOn;
};

const schoolOf = (form: FormData) => ({
	organisationId: field(form, 'organisationId'),
	schoolYear: field(form, 'schoolYear'),
});

export const schoolClasses = {
	add: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const asked = { name: field(form, 'name'), size: readSize(field(form, 'size')) };
		await addClass(db, actor, { ...schoolOf(form), ...asked }, now);
		return listPath(locale, form, 'them');
	}),
	change: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const asked = { name: field(form, 'name'), size: readSize(field(form, 'size')) };
		await changeClass(db, actor, { id: field(form, 'id'), ...asked }, now);
		return listPath(locale, form, 'doi');
	}),
	end: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		await endClass(db, actor, { id: field(form, 'id'), closedOn: readClosedOn(form) }, now);
		return listPath(locale, form, 'thoi');
	}),
	merge: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const [id, intoId] = [field(form, 'id'), field(form, 'intoId')];
		const size = readSize(field(form, 'size'));
		await mergeClass(db, actor, { id, intoId, closedOn: readClosedOn(form), size }, now);
		return listPath(locale, form, 'gop');
	}),
	split: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const size = readSize(field(form, 'size'));
		const opened = { newName: field(form, 'newName'), newSize: readSize(field(form, 'newSize'), 'newSize') };
		await splitClass(db, actor, { id: field(form, 'id'), size, ...opened }, now);
		return listPath(locale, form, 'tach');
	}),
	/** The page shows what the list would change; what it shows is also what is saved. */
	preview: formAction(
		async (form, { locals: { db, actor, now } }) => {
			const file = form.get('file');
			const list =
				file instanceof File && hasFile(form, 'file') ? await readClassFile(file) : field(form, 'list');
			await previewClassList(db, actor, { ...schoolOf(form), list }, now);
			form.delete('file');
			form.set('list', classListText(readClassList(list)));
			return undefined;
		},
		{ longText: { field: 'list', maxRows: MAX_CLASSES } },
	),
	save: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		await saveClassList(db, actor, { ...schoolOf(form), list: field(form, 'list') }, now);
		return listPath(locale, form, 'danh-sach');
	}),
	rollOver: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const { organisationId } = schoolOf(form);
		await rollOver(db, actor, { organisationId, rows: readRolloverRows(form) }, now);
		return listPath(locale, form, 'nam-moi');
	}),
};

/** The rows of the new year that are kept. */
function readRolloverRows(form: FormData): TypedRow[] {
	const wrong: DomainError[] = [];
	const rows = form.getAll('row').flatMap((key): TypedRow[] => {
		if (typeof key !== 'string' || !form.has(`keep:${key}`)) return [];
		let size: number | null = null;
		try {
			size = readSize(field(form, `size:${key}`), `size:${key}`);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			wrong.push(error);
		}
		const name = `name:${key}`;
		const followsClassId = field(form, `follows:${key}`) || null;
		return [{ name: field(form, name), size, followsClassId, field: name }];
	});
	throwAll(wrong);
	return rows;
}
