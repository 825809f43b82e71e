import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, isUniqueViolation, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { locales, type Locale } from '#lib/i18n.ts';
import { parseLocalDate, toLocalDate } from '#lib/time.ts';
import { findGuideItem, insertGuideItem, listGuideItems } from './guide.repository.ts';
import {
	blankGuideItem,
	DESTINATIONS,
	GUIDE_TEXTS,
	FIRST,
	guideColumn,
	placeAfter,
	tidyAliases,
	type GuideItem,
	type GuideText,
} from './guide.ts';
import type { GuideInput } from './guide-form.ts';
import { listMaterials } from './material.repository.ts';

const MAX: Record<GuideText, number> = {
	...{ name: 80, aliases: 600, what: 300, prepare: 300, where: 300, source: 300 },
};
const MAY_BE_EMPTY: readonly GuideText[] = ['aliases', 'where'];

const refuse = (key: 'nameMissing' | 'textMissing' | 'guideSourceMissing', field: string) =>
	new DomainError('UNPROCESSABLE_CONTENT', key, { field });

function readText(input: GuideInput, text: GuideText, locale: Locale): string {
	const cleaned = cleanText(input.texts[locale][text], { max: MAX[text] });
	const clean = text === 'aliases' ? tidyAliases(cleaned) : cleaned;
	if (clean !== '' || MAY_BE_EMPTY.includes(text)) return clean;
	const key = text === 'name' ? 'nameMissing' : text === 'source' ? 'guideSourceMissing' : 'textMissing';
	throw refuse(key, `${text}-${locale}`);
}

function readDate(typed: string, now: number): string {
	const datedOn = parseLocalDate(typed);
	if (datedOn === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'datedOn' });
	if (datedOn > toLocalDate(now))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'datedOn' });
	return datedOn;
}

const CONTENT = [
	...(['destination', 'materialCode', 'datedOn', 'sortOrder', 'isRetired'] as const),
	...GUIDE_TEXTS.flatMap((text) => locales.map((locale) => guideColumn(text, locale))),
];

/** A code is part of an address; one is the address of the form itself. */
const CODE = /^(?!moi$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_CODE = 40;

/** The item that is changed, or a new one's begin. */
async function findBase(db: Db, { code, isNew, glyph }: GuideInput, items: GuideItem[], now: number) {
	const stands = await findGuideItem(db, code);
	if (!isNew) {
		if (!stands) throw new DomainError('NOT_FOUND', 'unknownGuideItem');
		return stands;
	}
	const unfit = (key: 'guideCodeWrong' | 'guideCodeTaken' | 'formUnreadable', field: string) =>
		new DomainError('UNPROCESSABLE_CONTENT', key, { field });
	if (code.length > MAX_CODE || !CODE.test(code)) throw unfit('guideCodeWrong', 'code');
	if (stands) throw unfit('guideCodeTaken', 'code');
	if (!items.some((item) => item.glyph === glyph)) throw unfit('formUnreadable', 'glyph');
	return { ...blankGuideItem(toLocalDate(now)), code, glyph };
}

/** Its place, and the items that make room for it. */
function findPlace(items: GuideItem[], base: GuideItem, after: string) {
	const at = items.findIndex(({ code }) => code === base.code);
	const isThere = at >= 0 && (items[at - 1]?.code ?? FIRST) === after;
	if (base.version > 0 && (after === '' || isThere)) return { sortOrder: base.sortOrder, moved: [] };
	const place = placeAfter(items, base.code, after || (items.at(-1)?.code ?? FIRST));
	if (!place) throw new DomainError('UNPROCESSABLE_CONTENT', 'guidePlaceUnknown', { field: 'after' });
	return place;
}

/** What would be written: the item, and the same words of others at other places. */
async function prepareItem(
	db: Db,
	actor: Actor | undefined,
	input: GuideInput,
	now: number,
): Promise<{ next: GuideItem; moved: GuideItem[] }> {
	requireActor(actor);
	const grant = requireGrant(actor, 'guide.publish', []);
	// There is one guide, and everybody reads it.
	requireSameKind(actor, false);
	const items = await listGuideItems(db);
	const stands = await findBase(db, input, items, now);
	const { sortOrder, moved } = findPlace(items, stands, input.after);
	const destination = DESTINATIONS.find((each) => each === input.destination);
	if (!destination)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'formUnreadable', { field: 'destination' });
	const material = (await listMaterials(db)).find(({ code }) => code === input.material);
	if (input.material !== '' && !material)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownMaterial', { field: 'material' });
	// A house takes materials of the catalogue, and never what is refused everywhere.
	if (destination === 'house' && (material === undefined || material.acceptedByDefault === 'never'))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'guideNotForHouse', { field: 'material' });
	const texts = locales.flatMap((locale) =>
		GUIDE_TEXTS.map((text) => [guideColumn(text, locale), readText(input, text, locale)] as const),
	);
	const next: GuideItem = {
		...stands,
		...{ destination, materialCode: material?.code ?? null },
		...Object.fromEntries(texts),
		...{ datedOn: readDate(input.datedOn, now), version: stands.version + 1 },
		...{ publishedAt: now, publishedBy: grant.id, sortOrder, isRetired: input.isRetired ? 1 : 0 },
	};
	if (CONTENT.every((column) => next[column] === stands[column]))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noticeUnchanged');
	const said = { publishedAt: now, publishedBy: grant.id };
	return { next, moved: moved.map((item) => ({ ...item, ...said, version: item.version + 1 })) };
}

/**
 * What an item would say in its next version, or a new one in its first; nothing is written. Refuses with 401 and 403,
 * with 404 an item that there is not, with 422 what cannot stand there and what stands there already.
 */
export const previewGuideItem = async (
	db: Db,
	actor: Actor | undefined,
	input: GuideInput,
	now: number,
): Promise<GuideItem> => (await prepareItem(db, actor, input, now)).next;

/**
 * Publishes an item's next version: other words, another place, or that the guide has it no longer. Items that make room
 * get a version too. Refuses like {@link previewGuideItem}, and with 409 when somebody else has published since.
 * @param basedOn the version that was being edited
 */
export async function publishGuideItem(
	db: Db,
	actor: Actor | undefined,
	input: GuideInput & { basedOn: number },
	now: number,
): Promise<void> {
	const changed = () => new DomainError('CONFLICT', 'noticeChanged', { field: 'basedOn' });
	const { next, moved } = await prepareItem(db, actor, input, now);
	if (next.version !== input.basedOn + 1) throw changed();
	const grantId = next.publishedBy!;
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grantId, now);
		for (const item of [next, ...moved]) {
			await insertGuideItem(trx, item);
			const event = { action: 'guide.publish', subjectKind: 'guide_item', subjectId: item.code };
			await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
		}
	}).catch((error: unknown) => {
		throw isUniqueViolation(error) ? changed() : error;
	});
}
