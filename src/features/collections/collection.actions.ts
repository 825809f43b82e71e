import { listMaterials } from '#features/materials/material.repository.ts';
import { readDecision, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseVnd } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { carryGoods, closeCycle, returnGoods } from './collection-cycle.service.ts';
import { recordPaperPage, withdrawPaperPage } from './paper-page.service.ts';
import { readPaperRows } from './paper-page.ts';
import {
	confirmScrapSale,
	decideSalePhoto,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from './scrap-sale.service.ts';
import { readSaleLines } from './scrap-sale.ts';
import { setVarianceLimit } from './variance-limit.service.ts';
import { readPercent } from './variance-limit.ts';

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
	returnGoods: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const input = { cycleId: readId(form, 'keptFrom'), materials: form.getAll('material').map(String) };
		const names = new Map(
			(await listMaterials(db)).map((each) => [each.code, locale === 'vi' ? each.nameVi : each.nameEn]),
		);
		await returnGoods(db, actor, input, now, (material) => names.get(material) ?? material);
		return localePath(locale, `/cua-toi/nha/${encodeURIComponent(field(form, 'house'))}?xong=tra#ban`);
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
	withdrawPaperPage: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'page'), reason: field(form, 'reason') };
		await withdrawPaperPage(locals.db, locals.actor, input, locals.now);
		const house = encodeURIComponent(field(form, 'house'));
		return localePath(locals.locale, `/cua-toi/nha/${house}/so-tay?rut=1`);
	}),
	setVarianceLimit: formAction(async (form, { locals }) => {
		const validFrom = parseLocalDate(field(form, 'validFrom'));
		if (!validFrom) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'validFrom' });
		const input = {
			...{ id: readId(form, 'id'), greenHouseCode: field(form, 'house'), validFrom },
			percent: readPercent(field(form, 'percent')),
		};
		await setVarianceLimit(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/quy/${encodeURIComponent(field(form, 'code'))}/muc-lech`);
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
		const photo = await readUpload(form, openPhotoStore(config));
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
		const decision = readDecision(form, openPhotoStore(locals.config));
		await decideSalePhoto(locals.db, locals.actor, { saleId, ...decision }, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${saleId}`);
	}),
	reverseSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const input = { saleId: id, entryId: readId(form, 'entryId'), reason: field(form, 'reason') };
		await reverseScrapSale(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
};
