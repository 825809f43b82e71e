import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { findGreenHouseByCode, getHouseStatus } from '#features/green-houses/green-house.repository.ts';
import { forgetPhotoOf } from '#features/green-houses/house-photo.service.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { findFactors, listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, isUniqueViolation, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import type { DropOffTable } from '#db/schema.ts';
import {
	checkHappenedAt,
	checkHouseTakes,
	checkLines,
	declaredWeightGrams,
	dropOffHash,
	type Declarer,
	type DropOffLine,
} from './drop-off.ts';
import {
	declarerColumns,
	findCycleFor,
	findDropOff,
	insertDropOffRows,
	withdrawRow,
} from './drop-off.repository.ts';

export type DropOffInput = {
	/** Any UUID, minted where the form was made: a retry with the same id leaves one row. */
	id: string;
	greenHouseCode: string;
	happenedAt: number;
	/** The time as the client wrote it, when its clock was corrected: equal in every retry. */
	statedAt?: number;
	channel: DropOffTable['channel'];
	lines: DropOffLine[];
	/** The language in which a refused material is named. */
	locale?: 'vi' | 'en';
};

/** The device that sends, by the secret it holds: its alias is made with its first record. */
export type Sender = { kind: 'device'; secret: string };

export type Outcome = 'created' | 'unchanged';

type CheckedDropOff = Omit<DropOffInput, 'greenHouseCode' | 'locale'> & { house: GreenHouse };

/**
 * Writes a checked drop-off into the cycle that takes it. The caller has locked the house's row.
 * The same id with other content or from another declarer is refused with 409.
 */
export async function insertDropOff(
	trx: Trx,
	declarer: Declarer,
	input: CheckedDropOff,
	now: number,
): Promise<Outcome> {
	const { id, house, happenedAt, channel, lines } = input;
	const contentHash = dropOffHash(house.id, input.statedAt ?? happenedAt, lines);
	const columns = declarerColumns(declarer);
	const existing = await findDropOff(trx, id);
	if (existing) {
		const isSame =
			existing.contentHash === contentHash &&
			existing.deviceAliasId === columns.deviceAliasId &&
			existing.classSheetId === columns.classSheetId;
		if (isSame) return 'unchanged';
		throw new DomainError('CONFLICT', 'sameIdOtherContent', { field: 'id' });
	}
	const cycle = await findCycleFor(trx, house.id, happenedAt);
	const factors = await findFactors(trx, 'piece_weight', toLocalDate(happenedAt));
	await insertDropOffRows(
		trx,
		{
			id,
			greenHouseId: house.id,
			...columns,
			// An account sees its linked devices' drop-offs; none is written under a person.
			personId: null,
			happenedAt,
			recordedAt: now,
			channel,
			contentHash,
			cycleId: cycle.id,
			late: cycle.isLate ? 1 : 0,
			withdrawnAt: null,
			isSample: house.isSample,
		},
		lines.map((line) => {
			const { grams, factorId } = declaredWeightGrams(line, factors);
			return { ...line, declaredWeightGrams: grams, factorId };
		}),
	);
	return 'created';
}

async function findDeclarer(trx: Trx, sender: Declarer | Sender, now: number): Promise<Declarer> {
	if (!('secret' in sender)) return sender;
	return { kind: 'device', deviceAliasId: (await ensureDeviceAlias(trx, now, sender.secret)).id };
}

/**
 * Records what somebody brought. 422 for what cannot be, 409 for an id that stands for something else;
 * both write nothing, not even the device.
 */
export async function recordDropOff(
	db: Db,
	sender: Declarer | Sender,
	input: DropOffInput,
	now: number,
): Promise<Outcome> {
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownHouse', { field: 'house' });
	// A retry of what already stands succeeds even when the house has closed or the day has passed since.
	const isRetry = (await findDropOff(db, input.id)) !== undefined;
	const write = () =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'green_house', house.id);
			// It may have closed since it was looked up.
			if (!isRetry) checkHouseTakes(await getHouseStatus(trx, house.id));
			return insertDropOff(trx, await findDeclarer(trx, sender, now), { ...input, house }, now);
		});
	if (!isRetry) {
		checkHouseTakes(house);
		checkHappenedAt(input.happenedAt, now);
		checkLines(input.lines, house, await listMaterials(db), input.locale);
	}
	try {
		return await write();
	} catch (error) {
		// The same id or the same new device under another house's lock won; the second look tells what stands.
		if (isUniqueViolation(error)) return write();
		throw error;
	}
}

/** Takes back one's own drop-off while its cycle is open; a second time changes nothing. 404 and 409 write nothing. */
export async function withdrawDropOff(
	db: Db,
	/** The aliases that are one's own. */
	deviceAliasIds: string[],
	id: string,
	now: number,
): Promise<void> {
	await inTransaction(db, async (trx) => {
		const dropOff = await findDropOff(trx, id);
		if (!dropOff || !deviceAliasIds.includes(dropOff.deviceAliasId ?? ''))
			throw new DomainError('NOT_FOUND', 'dropOffNotFound');
		await lockRow(trx, 'green_house', dropOff.greenHouseId);
		const current = await findDropOff(trx, id);
		if (current?.withdrawnAt != null) return;
		if (!(await withdrawRow(trx, id, now))) throw new DomainError('CONFLICT', 'cycleClosed');
		await forgetPhotoOf(trx, { kind: 'drop-off', id }, now);
	});
}
