import { addressKey } from '#lib/address-key.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { returnRate, takeRate } from '#lib/rate-limit.ts';
import { parseLocalDate } from '#lib/time.ts';
import { readSheetRows, sureOf } from './class-sheet.ts';
import { endClassLink, issueClassLinks, recordByLink, withdrawByLink } from './class-link.service.ts';

const HOUR_MS = 60 * 60 * 1000;
const PER_LINK = { limit: 60, windowMs: HOUR_MS };
// A whole school shares one address.
const PER_ADDRESS = { limit: 600, windowMs: HOUR_MS };

/** The link's token; refuses with 429 too many tries by it or from an address. */
async function takeToken(form: FormData, db: Parameters<typeof takeRate>[0], address: string, now: number) {
	const token = field(form, 'token');
	const ofAddress = addressKey('class-link', address);
	await takeRate(db, ofAddress, PER_ADDRESS, now);
	// One link that is tried again and again does not close the address for the others.
	await takeRate(db, `class-link:${token}`, PER_LINK, now).catch(async (error: unknown) => {
		await returnRate(db, ofAddress, PER_ADDRESS, now);
		throw error;
	});
	return token;
}

export const classLinks = {
	/** The page itself shows the links, once. */
	issue: formAction(async (form, { locals }) => {
		const { db, secret, actor, now } = locals;
		const input = {
			...{ id: requireFormId(field(form, 'id')), campaignId: field(form, 'campaignId') },
			classId: field(form, 'classId') || undefined,
		};
		locals.shownOnce = { classLinks: await issueClassLinks(db, secret, actor, input, now) };
		return undefined;
	}),
	end: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		await endClassLink(db, actor, field(form, 'linkId'), now);
		const page = `/cua-toi/truong/dot/${encodeURIComponent(field(form, 'campaignId'))}/duong-dan`;
		return localePath(locale, `${page}?xong=thu-hoi`);
	}),
	record: formAction(async (form, { locals: { db, now, locale }, clientAddress }) => {
		const token = await takeToken(form, db, clientAddress, now);
		const id = requireFormId(field(form, 'id'));
		const collectedOn = parseLocalDate(field(form, 'collectedOn'));
		if (!collectedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
		const rows = readSheetRows(form);
		const said = { isExtra: form.has('isExtra'), isSure: field(form, 'isSure') === sureOf(rows) };
		await recordByLink(db, token, { id, collectedOn, rows, ...said, locale }, now);
		return localePath(locale, `/lop/${encodeURIComponent(token)}?xong=${id}`);
	}),
	withdraw: formAction(async (form, { locals: { db, now, locale }, clientAddress }) => {
		const token = await takeToken(form, db, clientAddress, now);
		const sheetId = field(form, 'sheetId');
		await withdrawByLink(db, token, sheetId, now);
		return localePath(locale, `/lop/${encodeURIComponent(token)}?xong=${encodeURIComponent(sheetId)}`);
	}),
};
