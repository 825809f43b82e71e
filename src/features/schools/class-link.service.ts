// Links for homeroom teachers: the school's lead hands them out and takes them back; whoever holds one enters sheets.
import { requireActor, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { uuidOf } from '#lib/uuid.ts';
import { addCampaignClasses, findCampaign } from './campaign.repository.ts';
import { requireCampaign } from './campaign.service.ts';
import {
	checkOwnClass,
	checkTakesLinks,
	lapseOf,
	lapsesAtOf,
	MAX_WAITING,
	type ClassLink,
} from './class-link.ts';
import {
	countWaitingOfLink,
	endClassLinkRow,
	endLinksOfClass,
	findClassLink,
	insertClassLink,
	listClassLinks,
} from './class-link.repository.ts';
import type { ClassSheetInput, SchoolClass } from './class-sheet.ts';
import { findClassSheet, revokeSheetRow } from './class-sheet.repository.ts';
import { listClasses } from './school.repository.ts';
import { checkEntry, enterSheet, holdEntry } from './sheet-entry.service.ts';

/** Only this server can tell it from the link's id, and always tells the same: a form that is sent again shows it again. */
const tokenOf = (secret: Secret, issuerId: string, id: string): string =>
	Buffer.from(keyedHash(secret, 'class-link', `${issuerId}:${id}`), 'hex').toString('base64url');

const auditOf = (act: 'issue' | 'end' | 'enter' | 'withdraw', subjectId: string, roleGrantId: string) => ({
	...{ action: `class-link.${act}`, subjectId, roleGrantId },
	subjectKind: act === 'issue' || act === 'end' ? 'class_link' : 'class_sheet',
});

export type LinksInput = {
	/** Minted with the form: the same form gives the same links. */
	id: string;
	campaignId: string;
	/** Undefined: every class that has no link that holds. */
	classId?: string | undefined;
};
export type IssuedLink = { className: string; token: string; lapsesAt: number };

/**
 * Hands out links, of which only hashes are kept: for one class, whose former link ends with it, or for all classes that
 * have none. The same form again gives the same links. Refuses with 401, 403, 404, with 409 a campaign that takes none,
 * a link of the same form that is over, and where every class has one; with 422 an unknown class.
 */
export async function issueClassLinks(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	{ id: formId, campaignId, classId }: LinksInput,
	now: number,
): Promise<IssuedLink[]> {
	requireActor(actor);
	const { campaign, grant } = await requireCampaign(db, actor, campaignId, 'class-link.issue');
	const { organisationId, schoolYear, greenHouseId } = campaign;
	const issue = async (trx: Trx): Promise<IssuedLink[]> => {
		const held = { house: { id: greenHouseId }, organisationId, grantId: grant.id };
		await holdEntry(trx, held, now);
		const current = (await findCampaign(trx, campaignId))!;
		checkTakesLinks(current, now);
		const classes = await listClasses(trx, organisationId, schoolYear);
		if (classId !== undefined && !classes.some(({ id }) => id === classId))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownClass', { field: 'classId' });
		const standing = (await listClassLinks(trx, campaignId, now)).filter((link) => !lapseOf(link, now));
		const issueOne = async ({ id: schoolClassId, name: className, size }: SchoolClass) => {
			const id = uuidOf(`class-link:${formId}:${schoolClassId}`);
			const token = tokenOf(secret, actor.personId, id);
			const known = await findClassLink(trx, { id }, now);
			const row = { id, campaignId, schoolClassId, tokenHash: sha256Hex(token) };
			if (known) {
				const own = await findClassLink(trx, { tokenHash: row.tokenHash }, now);
				if (own?.campaignId !== campaignId) throw new DomainError('CONFLICT', 'sameIdOtherContent');
				if (lapseOf(known, now)) throw new DomainError('CONFLICT', 'classLinkOver');
				return [{ className, token, lapsesAt: known.lapsesAt }];
			}
			if (classId === undefined && standing.some((link) => link.schoolClassId === schoolClassId)) return [];
			// A class that was opened later takes part from its link on.
			await addCampaignClasses(trx, campaignId, [{ id: schoolClassId, size }]);
			await endLinksOfClass(trx, row, now);
			const lapsesAt = lapsesAtOf(current);
			await insertClassLink(trx, { ...row, issuedAt: now, issuedBy: grant.id, lapsesAt });
			await insertAuditEvent(trx, auditOf('issue', id, grant.id), now);
			return [{ className, token, lapsesAt }];
		};
		const issued: IssuedLink[] = [];
		for (const each of classes)
			if (classId === undefined || each.id === classId) issued.push(...(await issueOne(each)));
		if (issued.length === 0) throw new DomainError('CONFLICT', 'classLinksGiven');
		return issued;
	};
	return retryWhenTaken(() => inTransaction(db, issue));
}

/** Takes a link back; a second time changes nothing. What came by it stays. Refuses with 401, 403 and 404. */
export async function endClassLink(db: Db, actor: Actor | undefined, id: string, now: number): Promise<void> {
	requireActor(actor);
	const link = await findClassLink(db, { id }, now);
	if (!link) throw new DomainError('NOT_FOUND', 'classLinkUnknown');
	const { campaign, grant } = await requireCampaign(db, actor, link.campaignId, 'class-link.issue');
	const { organisationId, greenHouseId } = campaign;
	await inTransaction(db, async (trx) => {
		await holdEntry(trx, { house: { id: greenHouseId }, organisationId, grantId: grant.id }, now);
		// Ended by somebody else meanwhile.
		if ((await findClassLink(trx, { id }, now))!.endedAt !== null) return;
		await endClassLinkRow(trx, id, now);
		await insertAuditEvent(trx, auditOf('end', id, grant.id), now);
	});
}

/**
 * The link of a token, whether it holds or not; undefined for what is no token of ours, and for a sample's once samples
 * are retired.
 */
export async function findByLinkToken(db: Db, token: string, now: number): Promise<ClassLink | undefined> {
	if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
	const link = await findClassLink(db, { tokenHash: sha256Hex(token) }, now);
	return link?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : link;
}

const lapsed = () => new DomainError('GONE', 'classLinkLapsed');

/** What a link stands for, while it holds. Refuses with 404 and 410. */
async function requireLink(db: Db, token: string, now: number) {
	const link = await findByLinkToken(db, token, now);
	if (!link) throw new DomainError('NOT_FOUND', 'classLinkUnknown');
	if (lapseOf(link, now)) throw lapsed();
	const campaign = (await findCampaign(db, link.campaignId))!;
	const house = (await findGreenHouse(db, campaign.greenHouseId, now))!;
	return { link, campaign, house };
}

type Held = Awaited<ReturnType<typeof requireLink>>;

/** Does this by a link that holds until it is done: whoever ends the link, the class, the campaign or the role waits. */
async function whileItHolds<T>(
	db: Db,
	{ link, campaign, house }: Held,
	now: number,
	work: (trx: Trx) => Promise<T>,
): Promise<T> {
	const { organisationId } = campaign;
	const write = async (trx: Trx): Promise<T> => {
		await holdEntry(trx, { house, organisationId, grantId: link.issuedBy }, now).catch((error: unknown) => {
			throw error instanceof DomainError ? lapsed() : error;
		});
		const current = await findClassLink(trx, { id: link.id }, now);
		if (!current || lapseOf(current, now)) throw lapsed();
		return work(trx);
	};
	return retryWhenTaken(() => inTransaction(db, write));
}

export type LinkedSheetInput = Pick<
	ClassSheetInput,
	'id' | 'collectedOn' | 'rows' | 'isExtra' | 'isSure' | 'locale'
>;

/**
 * Enters a sheet of the link's class for its campaign; it waits for the lead's approval and counts nowhere until then.
 * The same id with the same content changes nothing. Refuses with 403 another class, with 404 an unknown link, with 410
 * one that has lapsed, with 409 one by which {@link MAX_WAITING} wait, and with 409 and 422 what is refused a lead.
 */
export async function recordByLink(
	db: Db,
	token: string,
	input: LinkedSheetInput,
	now: number,
): Promise<'created' | 'unchanged'> {
	const held = await requireLink(db, token, now);
	const { link, campaign, house } = held;
	checkOwnClass(link, input.rows);
	const entry = {
		input: { ...input, greenHouseCode: house.code, campaignId: campaign.id },
		...{ rows: input.rows.filter(({ lines }) => lines.length > 0), house },
		...{ organisationId: campaign.organisationId, materials: await listMaterials(db) },
		...{ grantId: link.issuedBy, classLinkId: link.id },
	};
	await checkEntry(db, entry, now);
	return whileItHolds(db, held, now, async (trx) => {
		if (await enterSheet(trx, entry, now)) return 'unchanged';
		if ((await countWaitingOfLink(trx, link)) > MAX_WAITING)
			throw new DomainError('CONFLICT', 'classLinkFull', { values: { max: MAX_WAITING } });
		await insertAuditEvent(trx, auditOf('enter', input.id, link.issuedBy), now);
		return 'created';
	});
}

/**
 * Takes a sheet of this link back while it waits; a second time changes nothing. Refuses with 404 an unknown link and a
 * sheet that came by another, with 409 one that was approved, with 410 a link that has lapsed.
 */
export async function withdrawByLink(db: Db, token: string, sheetId: string, now: number): Promise<void> {
	const held = await requireLink(db, token, now);
	const { link } = held;
	await whileItHolds(db, held, now, async (trx) => {
		const sheet = await findClassSheet(trx, sheetId);
		if (sheet?.classLinkId !== link.id) throw new DomainError('NOT_FOUND', 'sheetNotFound');
		if (sheet.status === 'revoked') return;
		if (sheet.status === 'approved') throw new DomainError('CONFLICT', 'sheetApproved');
		await revokeSheetRow(trx, sheetId, now);
		await insertAuditEvent(trx, auditOf('withdraw', sheetId, link.issuedBy), now);
	});
}
