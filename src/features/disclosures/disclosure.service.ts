import {
	findGrant,
	requireActor,
	requireGrant,
	requireSameKind,
	type Actor,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { findFund, findFundByCode } from '#features/fund/fund.repository.ts';
import { listRules } from '#features/fund/fund-rule.repository.ts';
import { isOnFund } from '#features/fund/fund-work.service.ts';
import type { Fund } from '#features/fund/fund.ts';
import { findFirstMonth } from '#features/fund/month-close.repository.ts';
import { decidePhoto, hidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { listDueSheets, type DueSheet } from './due-sheet.ts';
import {
	endDisclosureRow,
	findDisclosure,
	insertDisclosure,
	listHungSheets,
	type Disclosure,
} from './disclosure.repository.ts';
import {
	checkDisclosure,
	checkEnd,
	disclosureScopes,
	endsAtOnce,
	grantToWithdraw,
	type DisclosureInput,
} from './disclosure.ts';

/** True for whoever may record what was made public of this fund. */
export const mayDisclose = (
	actor: Actor | undefined,
	fund: Pick<Fund, 'id' | 'organisationId' | 'isSample'>,
): boolean =>
	actor?.isSample === (fund.isSample === 1) &&
	findGrant(actor, 'disclosure.record', disclosureScopes(fund)) !== undefined;

/** A fund for its own people and for those who make it public; for others there is no such page. */
export async function findFundToDisclose(
	db: Db,
	actor: Actor | undefined,
	code: string,
): Promise<Fund | undefined> {
	const fund = actor && (await findFundByCode(db, code));
	return fund && (isOnFund(actor, fund) || mayDisclose(actor, fund)) ? fund : undefined;
}

async function requireRecorder(db: Db, actor: Actor | undefined, fundId: string) {
	requireActor(actor);
	const fund = await findFund(db, fundId);
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	const grant = requireGrant(actor, 'disclosure.record', disclosureScopes(fund));
	requireSameKind(actor, fund.isSample === 1);
	return { fund, grant };
}

/**
 * Records what was made public. The same id with the same content changes nothing; a photo stays private until an
 * approver of the fund decides. Refuses with 401, 403, 404 and 422, with 409 the same id with other content.
 */
export async function recordDisclosure(
	db: Db,
	actor: Actor | undefined,
	raw: DisclosureInput,
	now: number,
	upload?: { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean },
): Promise<void> {
	const { fund, grant } = await requireRecorder(db, actor, raw.fundId);
	const photo = upload && { ...(await encodePhoto(upload.bytes, now)), hasChildren: upload.hasChildren };
	const input: DisclosureInput = {
		...raw,
		subject: raw.month === null ? cleanText(raw.subject, { max: 120 }) : '',
		place: cleanText(raw.place, { max: 120 }),
		note: cleanText(raw.note, { max: 300 }),
		photoMissingReason: photo ? '' : cleanText(raw.photoMissingReason, { max: 200 }),
		toOn: raw.toOn ?? (endsAtOnce(raw.form) ? raw.fromOn : null),
	};
	checkDisclosure(input, photo !== undefined, toLocalDate(now));
	// Without the photo: a retry carries it again, under an id of its own.
	const contentHash = sha256Hex(canonicalJson(input));
	const write = async (trx: Trx): Promise<boolean> => {
		await lockRow(trx, 'fund', fund.id);
		const existing = await findDisclosure(trx, input.id);
		if (existing?.contentHash === contentHash && existing.recordedBy === grant.id) return false;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		await holdGrant(trx, grant.id, now);
		if (photo) {
			const from = { uploadedBy: grant.id, isSample: fund.isSample };
			await insertPhotoRow(trx, photo, { ...from, childrenDeclared: photo.hasChildren ? 1 : 0 }, now);
		}
		await insertDisclosure(trx, {
			...input,
			photoId: photo?.id ?? null,
			photoMissingReason: photo ? null : input.photoMissingReason,
			replacesId: null,
			withdrawReason: null,
			recordedBy: grant.id,
			recordedAt: now,
			contentHash,
			isSample: fund.isSample,
		});
		const event = { action: 'disclosure.record', subjectKind: 'disclosure', subjectId: input.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
		return true;
	};
	const run = () => retryWhenTaken(() => inTransaction(db, write));
	if (upload && photo) await withPhotoFile({ db, store: upload.store, now }, photo, run);
	else await run();
}

/** Reads a standing record under its fund's lock. Refuses with 404, with 409 one that was taken back. */
async function lockStanding(trx: Trx, id: string): Promise<Disclosure> {
	const found = await findDisclosure(trx, id);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownDisclosure');
	await lockRow(trx, 'fund', found.fundId);
	const disclosure = (await findDisclosure(trx, id))!;
	if (disclosure.replacesId !== null) throw new DomainError('NOT_FOUND', 'unknownDisclosure');
	return disclosure;
}

async function getFundOf(db: Db, id: string): Promise<string> {
	const found = await findDisclosure(db, id);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownDisclosure');
	return found.fundId;
}

/** Says until when it was up, once. The same day a second time changes nothing. Refuses with 401, 403, 404, 409 and 422. */
export async function endDisclosure(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; toOn: LocalDate },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { grant } = await requireRecorder(db, actor, await getFundOf(db, input.id));
	await inTransaction(db, async (trx) => {
		const disclosure = await lockStanding(trx, input.id);
		if (disclosure.takenBackById !== null) throw new DomainError('CONFLICT', 'disclosureTakenBack');
		if (disclosure.toOn === input.toOn) return;
		if (disclosure.toOn !== null) throw new DomainError('CONFLICT', 'disclosureEnded', { field: 'toOn' });
		checkEnd(disclosure.fromOn, input.toOn, toLocalDate(now));
		await holdGrant(trx, grant.id, now);
		await endDisclosureRow(trx, input.id, input.toOn);
		const event = { action: 'disclosure.end', subjectKind: 'disclosure', subjectId: input.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}

/**
 * Takes a wrong record back by one that replaces it and says why; both stay, but its photo is public no longer. The same
 * a second time changes nothing.
 * Nobody else's: only who recorded it, in the same role, and the fund's treasurers. Refuses with 401, 403, 404, 422, with
 * 409 what was taken back before.
 */
export async function withdrawDisclosure(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; replacesId: string; reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	await requireRecorder(db, actor, await getFundOf(db, input.replacesId));
	const reason = cleanText(input.reason, { max: 200 });
	const contentHash = sha256Hex(canonicalJson({ replacesId: input.replacesId, reason }));
	const write = async (trx: Trx): Promise<void> => {
		const wrong = await lockStanding(trx, input.replacesId);
		const grant = grantToWithdraw(actor, wrong);
		if (!grant) throw new DomainError('FORBIDDEN', 'withdrawByRecorder');
		const existing = await findDisclosure(trx, input.id);
		if (existing?.contentHash === contentHash && existing.recordedBy === grant.id) return;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		if (wrong.takenBackById !== null) throw new DomainError('CONFLICT', 'disclosureTakenBack');
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		await holdGrant(trx, grant.id, now);
		const { fundId, month, subject, form, place, fromOn, toOn, note, isSample } = wrong;
		await insertDisclosure(trx, {
			...{ id: input.id, fundId, month, subject, form, place, fromOn, toOn, note, isSample },
			photoId: null,
			photoMissingReason: '',
			replacesId: wrong.id,
			withdrawReason: reason,
			recordedBy: grant.id,
			recordedAt: now,
			contentHash,
		});
		if (wrong.photoId !== null) await hidePhoto(trx, wrong.photoId, grant.id, now);
		const event = { action: 'disclosure.withdraw', subjectKind: 'disclosure', subjectId: wrong.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

/** Decides whether a disclosure's photo is shown to everybody; see {@link decidePhoto}. */
export async function decideDisclosurePhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const disclosure = await findDisclosure(db, input.id);
	if (!disclosure) throw new DomainError('NOT_FOUND', 'unknownDisclosure');
	const photo = { ...input, id: disclosure.photoId ?? '' };
	await decidePhoto(db, actor, photo, moneyScopes(disclosure.fundId), now);
}

/** The board sheets of a fund's months that are over, the newest first. */
export async function readDueSheets(db: Db, fundId: string, today: LocalDate): Promise<DueSheet[]> {
	return listDueSheets({
		firstMonth: await findFirstMonth(db, fundId),
		today,
		rules: await listRules(db, fundId),
		hung: await listHungSheets(db, fundId),
	});
}

/** Board sheets that this person could record and that are overdue, one line a fund. */
export async function listOverdueFor(db: Db, actor: Actor, funds: Fund[], today: LocalDate) {
	const overdue: { fund: Fund; href: string; sheets: DueSheet[] }[] = [];
	for (const fund of funds) {
		if (!mayDisclose(actor, fund)) continue;
		const sheets = (await readDueSheets(db, fund.id, today)).filter((sheet) => sheet.state === 'overdue');
		if (sheets.length > 0) overdue.push({ fund, href: `/cua-toi/quy/${fund.code}/cong-khai`, sheets });
	}
	return overdue;
}
