import { readAliasCookie, writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { listOwnAliasIds } from '#features/accounts/device-alias.repository.ts';
import { keptOrNewSecret } from '#features/accounts/device-alias.ts';
import { attachFormPhoto } from '#features/green-houses/house-photo.service.ts';
import { photoRefusalQuery, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { addressKey } from '#lib/address-key.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { parseLocalDate, startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { PER_ADDRESS, PER_DEVICE } from './drop-off-limits.ts';
import type { DropOffLine } from './drop-off.ts';
import { recordDropOff, withdrawDropOff } from './drop-off.service.ts';

const NOON_MS = 12 * 60 * 60 * 1000;
// JavaScript's dates end 8.64e15 ms from 1970 (ECMA-262), and a local date is some hours off.
const MAX_INSTANT_MS = 8.63e15;

/** Rows `material`, `quantity`, `unit` in the order of the form; a row without a quantity does not count. */
function readLines(form: FormData): DropOffLine[] {
	const quantities = form.getAll('quantity').map(String);
	const lines: DropOffLine[] = [];
	for (const [index, quantity] of quantities.entries()) {
		const material = String(form.get(`material-${index}`) ?? '');
		if (quantity.trim() === '' && (material === '' || quantities.length > 1)) continue;
		const unit = field(form, `unit-${index}`);
		const name = `quantity-${index}`;
		if (unit === '') throw new DomainError('UNPROCESSABLE_CONTENT', 'unitMissing', { field: name });
		if (unit !== 'kg' && unit !== 'piece')
			throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
		const quantityMilli = parseQuantityMilli(quantity, unit, name);
		lines.push({ material, quantityMilli, unit });
	}
	return lines;
}

/**
 * A drop-off of the day on which its form was made happened then; one of a day before, at noon, the hour nobody
 * wrote down; one of a later day (a form left open overnight), at the day's begin, which has certainly passed.
 * The clock of the answer does not count: a form sent again must say the same.
 */
function readHappenedAt(form: FormData): number {
	const date = parseLocalDate(field(form, 'date'));
	if (!date) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'date' });
	const madeAt = Number(field(form, 'madeAt'));
	if (!Number.isSafeInteger(madeAt) || Math.abs(madeAt) > MAX_INSTANT_MS)
		throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'madeAt' });
	const madeOn = toLocalDate(madeAt);
	if (date === madeOn) return madeAt;
	return startOfLocalDate(date) + (date < madeOn ? NOON_MS : 0);
}

export const dropOffs = {
	record: formAction(async (form, { locals, cookies, clientAddress }) => {
		const { db, config, now, locale } = locals;
		const id = normaliseUuid(field(form, 'id'));
		if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		const lines = readLines(form);
		const happenedAt = readHappenedAt(form);
		const secret = keptOrNewSecret(readAliasCookie(cookies, config));
		await takeRate(db, addressKey('drop-off', clientAddress), PER_ADDRESS, now);
		await takeRate(db, `drop-off:device:${secret}`, PER_DEVICE, now);
		const channel = field(form, 'channel') === 'qr' ? 'qr' : 'web';
		// Given before the record is written, so that a refused form and its correction come from one device.
		writeAliasCookie(cookies, secret, config);
		await recordDropOff(
			db,
			{ kind: 'device', secret },
			{ id, greenHouseCode: field(form, 'house'), happenedAt, channel, lines, locale },
			now,
		);
		const upload = await readUpload(form, openPhotoStore(config));
		const owner = { kind: 'drop-off' as const, id };
		locals.photoRefusal = await attachFormPhoto(db, { secret, clientAddress }, owner, upload, now);
		return localePath(locale, `/ghi-nhan/xong?ma=${id}${photoRefusalQuery(locals.photoRefusal)}`);
	}),
	withdraw: formAction(async (form, { locals, cookies }) => {
		const { db, config, actor, now, locale } = locals;
		const own = await listOwnAliasIds(db, readAliasCookie(cookies, config), actor?.personId);
		await withdrawDropOff(db, own, field(form, 'id'), now);
		return localePath(locale, '/cua-toi');
	}),
};
