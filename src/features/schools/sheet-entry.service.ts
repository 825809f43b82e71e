// What a class sheet is entered by, whoever enters it: its school's lead, or a homeroom teacher by a link.
import type { ClassSheetTable } from '#db/schema.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { checkHouseTakes, checkLines } from '#features/drop-offs/drop-off.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import type { Material } from '#features/materials/material.ts';
import { lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import {
	askAboutLarge,
	checkClassSheet,
	schoolYearOf,
	totalsByClass,
	type ClassSheetInput,
	type SheetRow,
} from './class-sheet.ts';
import { findClassSheet, insertClassSheet, listCellsOfDay } from './class-sheet.repository.ts';
import { checkSheetOf } from './campaign.ts';
import { addCampaignClasses, findCampaign } from './campaign.repository.ts';
import { listClasses } from './school.repository.ts';

export type SheetEntry = {
	input: ClassSheetInput;
	/** The rows of the input in which something stands. */
	rows: SheetRow[];
	house: GreenHouse;
	organisationId: string;
	materials: Material[];
	/** The role in which it is entered, or in which the link was handed out. */
	grantId: string;
	classLinkId: string | null;
};

const listOwnClasses = (db: Db, { organisationId, input }: SheetEntry) =>
	listClasses(db, organisationId, schoolYearOf(input.collectedOn));

/**
 * What is wrong with a sheet before anything is held; a retry of one that stands passes, also when the house has closed
 * or takes other things since. Refuses with 409 amounts to be asked about, with 422.
 */
export async function checkEntry(db: Db, entry: SheetEntry, now: number): Promise<void> {
	const { input, rows, house, materials } = entry;
	if (await findClassSheet(db, input.id)) return;
	checkHouseTakes(house);
	if (input.collectedOn > toLocalDate(now))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'collectedOn' });
	checkClassSheet({ ...input, rows }, await listOwnClasses(db, entry));
	for (const row of rows) checkLines(row.lines, house, materials, input.locale);
	askAboutLarge({ ...input, rows });
}

/** Keeps the house, its school and the role as they are until the transaction ends, in this order. */
export async function holdEntry(
	trx: Trx,
	{ house, organisationId, grantId }: { house: { id: string }; organisationId: string; grantId: string },
	now: number,
): Promise<void> {
	await lockRow(trx, 'green_house', house.id);
	// Whoever ends or merges a class holds its school.
	await lockRow(trx, 'organisation', organisationId);
	await holdGrant(trx, grantId, now);
}

const hashOf = ({ input: { collectedOn, campaignId }, house, rows }: SheetEntry): string => {
	const content = { house: house.id, collectedOn, rows };
	return sha256Hex(canonicalJson(campaignId ? { ...content, campaignId } : content));
};

/**
 * Writes a sheet that waits for approval; gives back the one that stands where it was sent before. The caller holds the
 * entry. Refuses with 409 the same id with other content or by another way, and a day and class that stand already, with 422.
 */
export async function enterSheet(
	trx: Trx,
	entry: SheetEntry,
	now: number,
): Promise<ClassSheetTable | undefined> {
	const { input, rows, house, organisationId, materials, grantId, classLinkId } = entry;
	const { id, campaignId, collectedOn } = input;
	const contentHash = hashOf(entry);
	const existing = await findClassSheet(trx, id);
	if (existing) {
		const isSame =
			existing.contentHash === contentHash &&
			existing.organisationId === organisationId &&
			existing.classLinkId === classLinkId;
		if (!isSame) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		return existing;
	}
	const classes = await listOwnClasses(trx, entry);
	checkClassSheet({ ...input, rows }, classes);
	const classIds = rows.map((row) => row.classId);
	if (campaignId) {
		const campaign = await findCampaign(trx, campaignId);
		if (campaign?.greenHouseId !== house.id)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownCampaign', { field: 'campaignId' });
		checkSheetOf(campaign, collectedOn, rows);
		// A class that was opened later takes part from its first sheet on, with its size of that day.
		await addCampaignClasses(
			trx,
			campaignId,
			classes.filter((each) => classIds.includes(each.id)),
		);
	}
	const standing = await listCellsOfDay(trx, { greenHouseId: house.id, collectedOn, classIds });
	if (standing.length > 0 && !input.isExtra) {
		const values = { standing: totalsByClass(standing, materials, input.locale ?? 'vi') };
		// A teacher takes back only what came by their own link and still waits.
		const isOthers =
			classLinkId !== null &&
			standing.some((cell) => cell.classLinkId !== classLinkId || cell.status !== 'entered');
		const key = isOthers ? 'classDayOthers' : 'classDayStands';
		throw new DomainError('CONFLICT', key, { field: 'isExtra', values });
	}
	const sheet = {
		...{ id, organisationId, greenHouseId: house.id, campaignId: campaignId ?? null, classLinkId },
		...{ collectedOn, recordedAt: now, recordedBy: grantId, contentHash, isSample: house.isSample },
	};
	await insertClassSheet(trx, sheet, rows);
	return undefined;
}
