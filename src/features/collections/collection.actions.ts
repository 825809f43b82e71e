import { listMaterials } from '#features/materials/material.repository.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseVnd } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { carryGoods, closeCycle } from './collection-cycle.service.ts';
import { recordPaperPage } from './paper-page.service.ts';
import { readPaperRows } from './paper-page.ts';
import {
	confirmScrapSale,
	decideSalePhoto,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from './scrap-sale.service.ts';
import { readSaleLines } from './scrap-sale.ts';

function readId(form: FormData, name: string): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

export const collections = {
	closeCycle: formAction(async (form, { locals }) => {
		await closeCycle(locals.db, locals.actor, readId(form, 'cycle'), locals.now);
		return localePath(locals.locale, `/cua-toi/nha/${encodeURIComponent(field(form, 'house'))}?xong=ky#ban`);
	}),
	carryGoods: formAction(async (form, { locals }) => {
		const materials = form.getAll('carry').map(String);
		await carryGoods(locals.db, locals.actor, { cycleId: readId(form, 'carryCycle'), materials }, locals.now);
		return localePath(locals.locale, `/cua-toi/nha/${encodeURIComponent(field(form, 'house'))}?xong=giu#ban`);
	}),
	recordPaperPage: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		// More empty rows: the page shows them below what was typed.
		if (form.has('more')) return undefined;
		const id = readId(form, 'id');
		const greenHouseCode = field(form, 'house');
		const rows = readPaperRows(form, await listMaterials(db));
		await recordPaperPage(db, actor, { id, greenHouseCode, rows, locale }, now);
		return localePath(locale, `/cua-toi/nha/${encodeURIComponent(greenHouseCode)}/so-tay?xong=${id}`);
	}),
	recordSale: formAction(async (form, { locals }) => {
		const { db, config, actor, now, locale } = locals;
		const id = readId(form, 'id');
		const cycleIds = form.getAll('cycle').map(String);
		const soldOn = parseLocalDate(field(form, 'soldOn'));
		if (!soldOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'soldOn' });
		const input = {
			id,
			cycleIds,
			soldOn,
			dealer: field(form, 'dealer'),
			lines: readSaleLines(form),
			cashReceivedVnd: parseVnd(field(form, 'cash'), 'cash'),
			// One sum for everything has nothing to differ from.
			differenceReason: field(form, 'how') === 'lump_sum' ? '' : field(form, 'differenceReason'),
			photoMissingReason: field(form, 'photoMissingReason'),
			// Hidden with the lines where one sum is paid for everything.
			keepsRest:
				field(form, 'keepsRest') === '1' && field(form, 'how') !== 'lump_sum' ? (true as const) : undefined,
		};
		const file = form.get('photo');
		const photo =
			file instanceof File && file.size > 0
				? {
						bytes: new Uint8Array(await file.arrayBuffer()),
						store: openPhotoStore(config),
						hasChildren: field(form, 'hasChildren') === '1',
					}
				: undefined;
		await recordScrapSale(db, actor, input, now, photo, locale);
		return localePath(locale, `/cua-toi/phieu-ban/${id}`);
	}),
	confirmSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const word = { isSeen: field(form, 'varianceSeen') === '1', reason: field(form, 'varianceReason') };
		await confirmScrapSale(locals.db, locals.actor, id, locals.now, word);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
	returnSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await returnScrapSale(locals.db, locals.actor, { saleId: id, reason: field(form, 'reason') }, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
	decidePhoto: formAction(async (form, { locals }) => {
		const saleId = readId(form, 'id');
		const status = field(form, 'status') === 'approved' ? 'approved' : 'refused';
		await decideSalePhoto(locals.db, locals.actor, { saleId, status }, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${saleId}`);
	}),
	reverseSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const input = { saleId: id, entryId: readId(form, 'entryId'), reason: field(form, 'reason') };
		await reverseScrapSale(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
};
