import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findOrganisationByName, insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { unitHolds } from '#features/places/ward-geometry.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { foldSearch } from '#lib/fold.ts';
import { sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { NeighbourhoodTable, OrganisationTable } from '#db/schema.ts';
import {
	findGreenHouse,
	findGreenHouseByCode,
	findHouseNames,
	insertGreenHouse,
	listPositions,
	updateGreenHouse,
} from './green-house.repository.ts';
import type { GreenHouse } from './green-house.ts';
import { valuesThatDiffer, type HouseValues } from './house-change.ts';
import { insertHouseChange } from './house-change.repository.ts';
import { readHouseRows, type HouseReading, type HouseRow } from './house-import.ts';
import { findNeighbourhood, insertNeighbourhood } from './house-import.repository.ts';
import type { HouseFile } from './house-table.ts';

export type ApplyResult = { created: string[]; changed: string[]; unchanged: string[] };

/**
 * Writes rows that were read without a problem; codes of what was new, changed and left alone.
 * A second call with the same rows writes nothing. A house that the file does not name stays as it is,
 * and so do its host organisation and whether it is paused or closed; what a file changes is added to its history.
 */
export async function applyHouseRows(
	trx: Trx,
	rows: HouseRow[],
	{ isSample, now }: { isSample: 0 | 1; now: number },
): Promise<ApplyResult> {
	const result: ApplyResult = { created: [], changed: [], unchanged: [] };
	for (const row of rows) {
		const stewardOrganisationId = row.stewardOrganisation
			? await organisationId(trx, row, isSample, now)
			: null;
		const neighbourhoodId = row.neighbourhood ? await neighbourhoodIdOf(trx, row, isSample, now) : null;
		const {
			line: _line,
			stewardOrganisation: _steward,
			neighbourhood: _place,
			materials,
			code,
			...fields
		} = row;
		const register = { ...fields, stewardOrganisationId, neighbourhoodId };
		const house = await findGreenHouseByCode(trx, code, now);
		if (!house) {
			const id = uuidv7(now);
			const rest = {
				hostOrganisationId: null,
				accuracyM: null,
				openedOn: null,
				closedOn: null,
				successorId: null,
			};
			await insertGreenHouse(
				trx,
				{ id, code, ...register, ...rest, status: 'active', isSample, materials },
				now,
			);
			if (isSample === 0)
				await insertAuditEvent(
					trx,
					{ action: 'green-house.import', subjectKind: 'green_house', subjectId: id },
					now,
				);
			result.created.push(code);
			continue;
		}
		const keys = Object.keys(register) as (keyof typeof register)[];
		const isSame =
			keys.every((key) => house[key] === register[key]) &&
			[...house.materials].sort().join(' ') === [...materials].sort().join(' ');
		if (isSame) {
			result.unchanged.push(code);
			continue;
		}
		const before = await valuesOf(trx, house);
		const stays = house.latitude === row.latitude && house.longitude === row.longitude;
		// How sure a device was said nothing of another place.
		await updateGreenHouse(trx, house.id, stays ? register : { ...register, accuracyM: null }, materials);
		const after = await valuesOf(trx, (await findGreenHouse(trx, house.id, now))!);
		const values = valuesThatDiffer(before, after);
		const id = uuidv7(now);
		await insertHouseChange(trx, {
			...{ id, greenHouseId: house.id, kind: 'import', happenedAt: now, recordedAt: now, recordedBy: null },
			...{ reason: '', successorId: null, photoId: null, isSample: house.isSample },
			contentHash: sha256Hex(JSON.stringify(after)),
			beforeValues: JSON.stringify(values?.before ?? {}),
			afterValues: JSON.stringify(values?.after ?? {}),
		});
		await insertAuditEvent(
			trx,
			{ action: 'green-house.change', subjectKind: 'green_house', subjectId: house.id },
			now,
		);
		result.changed.push(code);
	}
	return result;
}

/** All that a file says of a house, as its history writes it down. */
async function valuesOf(trx: Trx, house: GreenHouse): Promise<HouseValues> {
	const { nameVi, hostType, latitude, longitude, accuracyM, positionSource, hours, address } = house;
	const { stewardName, neighbourhood } = await findHouseNames(trx, house.id);
	return {
		...{ nameVi, hostType, latitude, longitude, accuracyM, positionSource, hours, address },
		...{ ward: house.statedUnit.nameVi, steward: stewardName ?? '', neighbourhood: neighbourhood ?? '' },
		materials: [...house.materials].sort(),
	};
}

export type ImportResult = HouseReading & ApplyResult;

/**
 * Reads a register and says what it does or would do: with `apply` all of it is written, or nothing when one
 * cell is wrong; without, the work is done and undone. `isSample` takes sample rows and no others.
 */
export async function importHouses(
	db: Db,
	file: HouseFile,
	{ apply, isSample }: { apply: boolean; isSample: boolean },
	now: number,
): Promise<ImportResult> {
	const [units, materials] = [await listAdminUnits(db), await listMaterials(db)];
	const positions = await listPositions(db);
	const reading = readHouseRows(file, {
		units,
		materials,
		unitHolds,
		standsAt: (code, latitude, longitude) => {
			const at = positions.get(code);
			return at?.latitude === latitude && at.longitude === longitude;
		},
		today: toLocalDate(now),
		allowSample: isSample,
	});
	if (reading.problems.length > 0) return { ...reading, created: [], changed: [], unchanged: [] };
	const work = (trx: Trx) => applyHouseRows(trx, reading.rows, { isSample: isSample ? 1 : 0, now });
	return { ...reading, ...(apply ? await inTransaction(db, work) : await tryOut(db, work)) };
}

async function tryOut<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
	const trx = await db.startTransaction().execute();
	try {
		return await work(trx);
	} finally {
		await trx.rollback().execute();
	}
}

// How organisations of the programme begin their names; whoever fits none is an agency.
const KINDS: [RegExp, OrganisationTable['kind']][] = [
	[/phu nu/, 'womens_union'],
	[/^(chi |lien chi )?doan|thanh nien/, 'youth_union'],
	[/^(truong|mam non|tieu hoc|thcs|thpt)\b/, 'school'],
	[/^(ubnd|uy ban nhan dan)/, 'peoples_committee'],
	[/mat tran|mttq/, 'fatherland_front'],
	[/^(cong ty|hop tac xa|doanh nghiep)/, 'company'],
	[/lien gia/, 'inter_household_group'],
	[/^(khoi|thon|to dan pho|ban cong tac|to )/, 'residential_group'],
];

async function organisationId(trx: Trx, row: HouseRow, isSample: 0 | 1, now: number): Promise<string> {
	const name = row.stewardOrganisation;
	const found = await findOrganisationByName(trx, name, isSample);
	if (found) return found.id;
	const kind = KINDS.find(([pattern]) => pattern.test(foldSearch(name)))?.[1] ?? 'agency';
	return insertOrganisation(trx, { kind, name, adminUnitId: row.adminUnitId, isSample }, now);
}

/** The neighbourhood of this name in this unit; the first house in it opens it. */
export async function neighbourhoodIdOf(
	trx: Trx,
	row: Pick<HouseRow, 'neighbourhood' | 'adminUnitId'>,
	isSample: 0 | 1,
	now: number,
): Promise<string> {
	const { neighbourhood: name, adminUnitId } = row;
	const found = await findNeighbourhood(trx, name, adminUnitId, isSample);
	if (found) return found.id;
	const folded = foldSearch(name);
	const kind: NeighbourhoodTable['kind'] = /^(thon|ban)/.test(folded)
		? 'thon'
		: folded.startsWith('khoi')
			? 'khoi_pho'
			: 'to_dan_pho';
	return insertNeighbourhood(trx, { kind, name, adminUnitId, isSample }, now);
}
