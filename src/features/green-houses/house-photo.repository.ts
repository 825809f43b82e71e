import type { PhotoTable, VisitorPhotoTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { PhotoOwner, PublicHousePhoto } from './house-photo.ts';

const COLUMN = { 'drop-off': 'dropOffId', problem: 'problemReportId' } as const;

/** The record that a photo is for: whose it is, and whether it still asks for one. */
export async function findPhotoOwner(db: Db, { kind, id }: PhotoOwner) {
	if (kind === 'drop-off') {
		const found = await db
			.selectFrom('dropOff')
			.select(['greenHouseId', 'deviceAliasId', 'isSample', 'withdrawnAt as endedAt'])
			.where('id', '=', id)
			.executeTakeFirst();
		return found;
	}
	return db
		.selectFrom('problemReport')
		.select(['greenHouseId', 'deviceAliasId', 'isSample', 'closedAt as endedAt'])
		.where('id', '=', id)
		.executeTakeFirst();
}

export const findVisitorPhoto = (db: Db, { kind, id }: PhotoOwner): Promise<VisitorPhotoTable | undefined> =>
	db.selectFrom('visitorPhoto').selectAll().where(COLUMN[kind], '=', id).executeTakeFirst();

export const insertVisitorPhoto = (
	trx: Trx,
	{ kind, id }: PhotoOwner,
	row: Pick<VisitorPhotoTable, 'photoId' | 'greenHouseId' | 'contentHash'>,
) =>
	trx
		.insertInto('visitorPhoto')
		.values({ dropOffId: null, problemReportId: null, [COLUMN[kind]]: id, ...row })
		.execute();

/** Every photo of a house, with what it shows and since when; what was withdrawn or has ended shows nothing any more. */
const selectHousePhotos = (db: Db) =>
	db
		.selectFrom('photo')
		.leftJoin('houseChange', 'houseChange.photoId', 'photo.id')
		.leftJoin('visitorPhoto', 'visitorPhoto.photoId', 'photo.id')
		.leftJoin('dropOff', 'dropOff.id', 'visitorPhoto.dropOffId')
		.leftJoin('problemReport', 'problemReport.id', 'visitorPhoto.problemReportId')
		.where((eb) => eb.or([eb('houseChange.id', 'is not', null), eb('visitorPhoto.photoId', 'is not', null)]))
		.where('dropOff.withdrawnAt', 'is', null)
		.select((eb) => [
			eb.fn.coalesce('houseChange.greenHouseId', 'visitorPhoto.greenHouseId').as('greenHouseId'),
			eb.fn
				.coalesce('houseChange.happenedAt', 'dropOff.happenedAt', 'problemReport.seenAt', 'photo.uploadedAt')
				.as('takenAt'),
			'houseChange.id as surveyId',
			'visitorPhoto.dropOffId',
		]);

const ofWhat = (row: { surveyId: string | null; dropOffId: string | null }): PublicHousePhoto['of'] =>
	row.surveyId !== null ? 'survey' : row.dropOffId !== null ? 'drop-off' : 'problem';

/** Which house a photo is of, and what it belongs to; undefined for a photo of something else. */
export async function findHousePhoto(db: Db, photoId: string) {
	const row = await selectHousePhotos(db).where('photo.id', '=', photoId).executeTakeFirst();
	return row && { greenHouseId: row.greenHouseId!, of: ofWhat(row) };
}

/**
 * What everybody may see of a house, the newest first: of its surveys only the last one that was made public, of what
 * people found wrong only what is still open.
 */
export async function listPublicHousePhotos(
	db: Db,
	houseId: string,
	limit: number,
): Promise<PublicHousePhoto[]> {
	const newest = selectHousePhotos(db)
		.select(['photo.id', 'photo.width', 'photo.height'])
		.where('photo.status', '=', 'approved')
		.where('problemReport.closedAt', 'is', null)
		.orderBy('takenAt', 'desc')
		.orderBy('photo.id', 'desc');
	const surveys = await newest.where('houseChange.greenHouseId', '=', houseId).limit(1).execute();
	const others = await newest.where('visitorPhoto.greenHouseId', '=', houseId).limit(limit).execute();
	return [...surveys, ...others].slice(0, limit).map(({ id, width, height, takenAt, ...row }) => ({
		...{ id, width, height, takenAt: Number(takenAt), of: ofWhat(row) },
	}));
}

export type WaitingPhoto = PhotoTable & {
	greenHouseId: string;
	of: PublicHousePhoto['of'];
	takenAt: number;
};

/**
 * Photos of these houses in one state: what waits oldest first, what is public newest first. None in which children were
 * seen, which are never public, and none of what has ended.
 */
export async function listHousePhotos(
	db: Db,
	houseIds: string[],
	status: 'private' | 'approved',
	limit: number,
): Promise<WaitingPhoto[]> {
	if (houseIds.length === 0) return [];
	const rows = await selectHousePhotos(db)
		.selectAll('photo')
		.where('photo.status', '=', status)
		.where('photo.childrenDeclared', '=', 0)
		.where('problemReport.closedAt', 'is', null)
		.where((eb) =>
			eb.or([
				eb('houseChange.greenHouseId', 'in', houseIds),
				eb('visitorPhoto.greenHouseId', 'in', houseIds),
			]),
		)
		.orderBy('photo.uploadedAt', status === 'private' ? 'asc' : 'desc')
		.orderBy('photo.id')
		.limit(limit)
		.execute();
	return rows.map(({ surveyId, dropOffId, greenHouseId, takenAt, ...photo }) => ({
		...photo,
		...{ greenHouseId: greenHouseId!, takenAt: Number(takenAt), of: ofWhat({ surveyId, dropOffId }) },
	}));
}

/** The photos of surveys of a house that are public though another one has taken their place. */
export const listOlderSurveyPhotos = (db: Db, photoId: string) =>
	db
		.selectFrom('houseChange as newer')
		.innerJoin('houseChange as older', (join) =>
			join
				.onRef('older.greenHouseId', '=', 'newer.greenHouseId')
				.onRef('older.happenedAt', '<', 'newer.happenedAt'),
		)
		.innerJoin('photo', 'photo.id', 'older.photoId')
		.select('photo.id')
		.where('newer.photoId', '=', photoId)
		.where('photo.status', '=', 'approved')
		.execute();

/** The photos of these reports of what is wrong. */
export async function findProblemPhotos(
	db: Db,
	ids: string[],
): Promise<Map<string, Pick<PhotoTable, 'id' | 'width' | 'height' | 'status'>>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom('visitorPhoto')
		.innerJoin('photo', 'photo.id', 'visitorPhoto.photoId')
		.select(['visitorPhoto.problemReportId', 'photo.id', 'photo.width', 'photo.height', 'photo.status'])
		.where('visitorPhoto.problemReportId', 'in', ids)
		.execute();
	return new Map(rows.map(({ problemReportId, ...photo }) => [problemReportId!, photo]));
}

/** Visitors' photos that nobody has made public up to an instant, and those of reports whose words are gone. */
export const listForgottenPhotos = (db: Db, until: number) =>
	db
		.selectFrom('visitorPhoto')
		.innerJoin('photo', 'photo.id', 'visitorPhoto.photoId')
		.leftJoin('problemReport', 'problemReport.id', 'visitorPhoto.problemReportId')
		.select('photo.id')
		.where('photo.status', '<>', 'refused')
		.where((eb) =>
			eb.or([
				eb.and([eb('photo.status', '=', 'private'), eb('photo.uploadedAt', '<=', until)]),
				eb.and([eb('problemReport.id', 'is not', null), eb('problemReport.text', 'is', null)]),
			]),
		)
		.execute();
