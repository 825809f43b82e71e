import { sql } from 'kysely';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { currentUnit, unitIdsWithin, type AdminUnit } from '#features/places/place.ts';
import type { Db, Trx } from '#lib/db.ts';
import { foldSearch } from '#lib/fold.ts';
import { areSamplesRetired, shownSample } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { GreenHouseTable, HouseStateReportTable } from '#db/schema.ts';
import {
	isOpen,
	mayHaveRoom,
	shownState,
	VARIANCE_LIMIT_PERCENT,
	type GreenHouse,
	type HostType,
} from './green-house.ts';
import { isWithinHours } from './opening-hours.ts';

export type HouseFilter = {
	wardId?: string | undefined;
	material?: string | undefined;
	hostType?: HostType | undefined;
	search?: string | undefined;
	hasRoom?: boolean;
	openNow?: boolean;
};

const materialsOf = (codes: string | null) => (codes ? codes.split(' ') : []);

/** Houses with their latest report and materials, in one query. */
function selectHouses(db: Db) {
	return db
		.selectFrom('greenHouse')
		.leftJoin('houseStateReport as report', (join) =>
			join.on('report.id', '=', (eb) =>
				eb
					.selectFrom('houseStateReport as each')
					.select('each.id')
					.whereRef('each.greenHouseId', '=', 'greenHouse.id')
					.orderBy('each.reportedAt', 'desc')
					.orderBy('each.id', 'desc')
					.limit(1),
			),
		)
		.selectAll('greenHouse')
		.select(['report.fill', 'report.condition', 'report.reportedAt', 'report.reportedBy'])
		.select('report.deviceAliasId')
		.select((eb) =>
			eb
				.selectFrom('greenHouseMaterial')
				.innerJoin('material', 'material.code', 'greenHouseMaterial.materialCode')
				.whereRef('greenHouseMaterial.greenHouseId', '=', 'greenHouse.id')
				.select(sql<string | null>`string_agg(material.code, ' ' order by material.sort_order)`.as('codes'))
				.as('codes'),
		);
}

/** What was said last of a house, however long ago. */
export const findLastReport = (db: Db, greenHouseId: string) =>
	db
		.selectFrom('houseStateReport')
		.select(['fill', 'condition', 'reportedAt'])
		.where('greenHouseId', '=', greenHouseId)
		.orderBy('reportedAt', 'desc')
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst();

/** One report by its id. */
export const findStateReport = (db: Db, id: string) =>
	db
		.selectFrom('houseStateReport')
		.select(['greenHouseId', 'deviceAliasId', 'fill', 'condition'])
		.where('id', '=', id)
		.executeTakeFirst();

type HouseRow = Awaited<ReturnType<ReturnType<typeof selectHouses>['execute']>>[number];

function toHouse(row: HouseRow, units: AdminUnit[], now: number): GreenHouse {
	const { fill, condition, reportedAt, reportedBy, deviceAliasId, codes, ...house } = row;
	const report = condition && reportedAt !== null ? { fill, condition, reportedAt } : undefined;
	return {
		...house,
		ward: currentUnit(units, house.adminUnitId),
		statedUnit: units.find((unit) => unit.id === house.adminUnitId)!,
		materials: materialsOf(codes),
		state: shownState(house.status, report, now),
		stateReportedAt: reportedAt,
		stateReportedBy: reportedBy !== null ? 'steward' : deviceAliasId !== null ? 'resident' : undefined,
	};
}

/** The houses that the public sees, by code; a ward means today's ward with all that was merged into it. */
export async function listGreenHouses(db: Db, filter: HouseFilter, now: number): Promise<GreenHouse[]> {
	const units = await listAdminUnits(db);
	let query = selectHouses(db).where('greenHouse.isSample', '=', await shownSample(db, 'green_house'));
	if (filter.hostType) query = query.where('greenHouse.hostType', '=', filter.hostType);
	if (filter.wardId) query = query.where('greenHouse.adminUnitId', 'in', unitIdsWithin(units, filter.wardId));
	const { material } = filter;
	if (material) {
		query = query.where(({ exists, selectFrom }) =>
			exists(
				selectFrom('greenHouseMaterial')
					.select('materialCode')
					.whereRef('greenHouseMaterial.greenHouseId', '=', 'greenHouse.id')
					.where('materialCode', '=', material),
			),
		);
	}
	const houses = (await query.orderBy('greenHouse.code').execute())
		.map((row) => toHouse(row, units, now))
		.filter((house) => !filter.hasRoom || mayHaveRoom(house.state))
		.filter((house) => !filter.openNow || (isOpen(house.state) && isWithinHours(house.hours, now) === true));
	const wanted = filter.search ? foldSearch(filter.search) : '';
	if (!wanted) return houses;
	const neighbourhoods = await db.selectFrom('neighbourhood').select(['id', 'name']).execute();
	const nameOf = new Map([
		...units.map(({ id, nameVi }) => [id, nameVi] as const),
		...neighbourhoods.map(({ id, name }) => [id, name] as const),
	]);
	const named = (ids: (string | null)[]) => ids.map((id) => nameOf.get(id ?? '') ?? '');
	return houses.filter((house) =>
		foldSearch(
			[
				...[house.code, house.nameVi, house.address],
				...named([house.neighbourhoodId, house.ward.id, ...unitIdsWithin(units, house.statedUnit.id)]),
			].join(' '),
		).includes(wanted),
	);
}

/** A house by its printed code in either case; a sample house is gone once samples are retired. */
export async function findGreenHouseByCode(
	db: Db,
	code: string,
	now: number,
): Promise<GreenHouse | undefined> {
	const row = await selectHouses(db)
		.where('greenHouse.code', '=', code.normalize('NFC').trim().toUpperCase())
		.executeTakeFirst();
	if (!row || (row.isSample === 1 && (await areSamplesRetired(db)))) return undefined;
	return toHouse(row, await listAdminUnits(db), now);
}

export async function findGreenHouse(db: Db, id: string, now: number): Promise<GreenHouse | undefined> {
	const row = await selectHouses(db).where('greenHouse.id', '=', id).executeTakeFirst();
	return row && toHouse(row, await listAdminUnits(db), now);
}

/** Whether the house takes anything, as it is under its lock. */
export const getHouseStatus = (trx: Trx, id: string) =>
	trx.selectFrom('greenHouse').select('status').where('id', '=', id).executeTakeFirstOrThrow();

/** So many houses after one another are walked through; the data never hold a circle, for a closed one takes over nothing. */
const MAX_SUCCESSORS = 20;

/** The house that people go to instead of a closed one, which may itself have closed meanwhile. */
export async function findSuccessor(
	db: Db,
	{ successorId }: Pick<GreenHouse, 'successorId'>,
	now: number,
): Promise<GreenHouse | undefined> {
	let found: GreenHouse | undefined;
	let next = successorId;
	for (let step = 0; next !== null && step < MAX_SUCCESSORS; step += 1) {
		found = await findGreenHouse(db, next, now);
		next = found?.status === 'closed' ? found.successorId : null;
	}
	return found;
}

/** Houses that somebody looks after: the house itself, its steward organisation or its ward is the scope. */
export async function listHousesInScopes(
	db: Db,
	scopes: {
		houseIds?: string[];
		/** Who looks after them. */
		organisationIds?: string[];
		/** In whose yard they stand. */
		hostIds?: string[];
		wardIds?: string[];
	},
	now: number,
): Promise<GreenHouse[]> {
	const { houseIds = [], organisationIds = [], hostIds = [], wardIds = [] } = scopes;
	const units = await listAdminUnits(db);
	const unitIds = wardIds.flatMap((id) => unitIdsWithin(units, id));
	if (houseIds.length + organisationIds.length + hostIds.length + unitIds.length === 0) return [];
	const rows = await selectHouses(db)
		.where((eb) =>
			eb.or([
				...(houseIds.length > 0 ? [eb('greenHouse.id', 'in', houseIds)] : []),
				...(organisationIds.length > 0
					? [eb('greenHouse.stewardOrganisationId', 'in', organisationIds)]
					: []),
				...(hostIds.length > 0 ? [eb('greenHouse.hostOrganisationId', 'in', hostIds)] : []),
				...(unitIds.length > 0 ? [eb('greenHouse.adminUnitId', 'in', unitIds)] : []),
			]),
		)
		.orderBy('greenHouse.code')
		.execute();
	return rows.map((row) => toHouse(row, units, now));
}

/** The names of who looks after a house and of the neighbourhood it stands in, where they are known. */
export async function findHouseNames(
	db: Db,
	id: string,
): Promise<{ stewardName: string | undefined; neighbourhood: string | undefined }> {
	const row = await db
		.selectFrom('greenHouse')
		.leftJoin('organisation', 'organisation.id', 'greenHouse.stewardOrganisationId')
		.leftJoin('neighbourhood', 'neighbourhood.id', 'greenHouse.neighbourhoodId')
		.select(['organisation.name as stewardName', 'neighbourhood.name as neighbourhood'])
		.where('greenHouse.id', '=', id)
		.executeTakeFirst();
	return { stewardName: row?.stewardName ?? undefined, neighbourhood: row?.neighbourhood ?? undefined };
}

/** Where each house stands, by its code. */
export async function listPositions(db: Db): Promise<Map<string, { latitude: number; longitude: number }>> {
	const rows = await db.selectFrom('greenHouse').select(['code', 'latitude', 'longitude']).execute();
	return new Map(rows.map(({ code, ...position }) => [code, position]));
}

/** The names of the organisations that look after houses, by id. */
export async function listStewardNames(db: Db): Promise<Map<string, string>> {
	const rows = await db
		.selectFrom('organisation')
		.innerJoin('greenHouse', 'greenHouse.stewardOrganisationId', 'organisation.id')
		.select(['organisation.id', 'organisation.name'])
		.distinct()
		.execute();
	return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The names of all neighbourhoods, by id. */
export async function listNeighbourhoodNames(db: Db): Promise<Map<string, string>> {
	const rows = await db.selectFrom('neighbourhood').select(['id', 'name']).execute();
	return new Map(rows.map(({ id, name }) => [id, name]));
}

export type NewGreenHouse = Omit<GreenHouseTable, 'createdAt' | 'varianceLimitPercent'> & {
	materials: string[];
};

/** Registers a house and opens its first collection cycle. */
export async function insertGreenHouse(trx: Trx, input: NewGreenHouse, now: number): Promise<void> {
	const { materials, ...house } = input;
	await trx
		.insertInto('greenHouse')
		.values({ ...house, varianceLimitPercent: VARIANCE_LIMIT_PERCENT, createdAt: now })
		.execute();
	await insertHouseMaterials(trx, house.id, materials);
	await trx
		.insertInto('collectionCycle')
		.values({
			id: uuidv7(now),
			greenHouseId: house.id,
			number: 1,
			openedAt: now,
			closedAt: null,
			closedBy: null,
			isSample: house.isSample,
		})
		.execute();
}

async function insertHouseMaterials(trx: Trx, greenHouseId: string, codes: string[]): Promise<void> {
	for (const materialCode of codes) {
		await trx.insertInto('greenHouseMaterial').values({ greenHouseId, materialCode }).execute();
	}
}

/** Replaces what the register says of a house, and with `materials` what it takes; its history (cycles, reports) stays. */
export async function updateGreenHouse(
	trx: Trx,
	id: string,
	changes: Partial<Omit<GreenHouseTable, 'id' | 'code' | 'createdAt' | 'isSample'>>,
	materials?: string[],
): Promise<void> {
	await trx.updateTable('greenHouse').set(changes).where('id', '=', id).execute();
	if (!materials) return;
	await trx.deleteFrom('greenHouseMaterial').where('greenHouseId', '=', id).execute();
	await insertHouseMaterials(trx, id, materials);
}

export type NewStateReport = Omit<HouseStateReportTable, 'deviceAliasId' | 'recordedAt'> &
	Partial<Pick<HouseStateReportTable, 'deviceAliasId' | 'recordedAt'>>;

/** What somebody said of a house; it was recorded when it was so, unless it says otherwise. */
export async function insertStateReport(trx: Trx, report: NewStateReport): Promise<void> {
	const { deviceAliasId = null, recordedAt = report.reportedAt } = report;
	await trx
		.insertInto('houseStateReport')
		.values({ ...report, deviceAliasId, recordedAt })
		.execute();
}
