import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, isUniqueViolation, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { locales, type Locale } from '#lib/i18n.ts';
import { parseLocalDate, toLocalDate } from '#lib/time.ts';
import { findGuideItem, insertGuideItem } from './guide.repository.ts';
import {
	DESTINATIONS,
	GUIDE_TEXTS,
	guideColumn,
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
	...(['destination', 'materialCode', 'datedOn'] as const),
	...GUIDE_TEXTS.flatMap((text) => locales.map((locale) => guideColumn(text, locale))),
];

/**
 * What an item would say in its next version; nothing is written. Refuses with 401 and 403, with 404 an item that there
 * is not, with 422 what cannot stand there and what stands there already.
 */
export async function previewGuideItem(
	db: Db,
	actor: Actor | undefined,
	input: GuideInput,
	now: number,
): Promise<GuideItem> {
	requireActor(actor);
	const grant = requireGrant(actor, 'guide.publish', []);
	// There is one guide, and everybody reads it.
	requireSameKind(actor, false);
	const stands = await findGuideItem(db, input.code);
	if (!stands) throw new DomainError('NOT_FOUND', 'unknownGuideItem');
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
		...{ publishedAt: now, publishedBy: grant.id },
	};
	if (CONTENT.every((column) => next[column] === stands[column]))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noticeUnchanged');
	return next;
}

/**
 * Publishes an item's next version. Refuses like {@link previewGuideItem}, and with 409 when somebody else has published
 * since.
 * @param basedOn the version that was being edited
 */
export async function publishGuideItem(
	db: Db,
	actor: Actor | undefined,
	input: GuideInput & { basedOn: number },
	now: number,
): Promise<void> {
	const changed = () => new DomainError('CONFLICT', 'noticeChanged', { field: 'basedOn' });
	const next = await previewGuideItem(db, actor, input, now);
	if (next.version !== input.basedOn + 1) throw changed();
	const grantId = next.publishedBy!;
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grantId, now);
		await insertGuideItem(trx, next);
		const event = { action: 'guide.publish', subjectKind: 'guide_item', subjectId: next.code };
		await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
	}).catch((error: unknown) => {
		throw isUniqueViolation(error) ? changed() : error;
	});
}
