import { withPhotoFile } from '#features/photos/photo.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseKgMilli, parseVnd } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { closeCycle } from './collection-cycle.service.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	requireRecorder,
	returnScrapSale,
	reverseScrapSale,
} from './scrap-sale.service.ts';
import type { SaleLine } from './scrap-sale.ts';

function readId(form: FormData, name: string): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

/** Rows `material-0`, `weight-0`, `price-0` …; a row without weight and price does not count. */
function readLines(form: FormData): SaleLine[] {
	if (field(form, 'how') === 'lump_sum') {
		const weight = field(form, 'lump-weight');
		return [
			{
				kind: 'lump_sum',
				weightGrams: weight.trim() === '' ? null : parseKgMilli(weight, 'lump-weight'),
				amountVnd: parseVnd(field(form, 'cash'), 'cash'),
			},
		];
	}
	const lines: SaleLine[] = [];
	for (let index = 0; form.has(`weight-${index}`); index += 1) {
		const weight = field(form, `weight-${index}`);
		const price = field(form, `price-${index}`);
		if (weight.trim() === '' && price.trim() === '') continue;
		lines.push({
			kind: 'goods',
			material: field(form, `material-${index}`),
			weightGrams: parseKgMilli(weight, `weight-${index}`),
			unitPriceVnd: parseVnd(price, `price-${index}`),
		});
	}
	return lines;
}

export const collections = {
	closeCycle: formAction(async (form, { locals }) => {
		await closeCycle(locals.db, locals.actor, readId(form, 'cycle'), locals.now);
		return localePath(locals.locale, `/cua-toi/nha/${encodeURIComponent(field(form, 'house'))}`);
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
			lines: readLines(form),
			cashReceivedVnd: parseVnd(field(form, 'cash'), 'cash'),
			differenceReason: field(form, 'differenceReason'),
			photoMissingReason: field(form, 'photoMissingReason'),
		};
		const file = form.get('photo');
		if (!(file instanceof File) || file.size === 0) await recordScrapSale(db, actor, input, now);
		else {
			await requireRecorder(db, actor, cycleIds, now);
			const bytes = new Uint8Array(await file.arrayBuffer());
			await withPhotoFile(config.photoDir, bytes, now, (photo) =>
				recordScrapSale(db, actor, { ...input, photoMissingReason: '' }, now, photo),
			);
		}
		return localePath(locale, `/cua-toi/phieu-ban/${id}`);
	}),
	confirmSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await confirmScrapSale(locals.db, locals.actor, id, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
	returnSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await returnScrapSale(locals.db, locals.actor, { saleId: id, reason: field(form, 'reason') }, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
	reverseSale: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const input = { saleId: id, entryId: readId(form, 'entryId'), reason: field(form, 'reason') };
		await reverseScrapSale(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/phieu-ban/${id}`);
	}),
};
