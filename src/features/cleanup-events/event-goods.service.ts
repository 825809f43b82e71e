// Recyclables of a clean-up that go into a house's cycle: one drop-off, and a correction puts another in its place.
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { checkHouseTakes } from '#features/drop-offs/drop-off.ts';
import { withdrawRow } from '#features/drop-offs/drop-off.repository.ts';
import { findGreenHouseByCode, getHouseStatus } from '#features/green-houses/green-house.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import type { Material } from '#features/materials/material.ts';
import { lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError, readAll, refuseAll } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { CleanupEvent, EventReport } from './cleanup-event.ts';
import { findGoods, insertGoods } from './event-goods.repository.ts';
import { lineField, type ReportInput, type ReportLine } from './event-report.ts';

const FIELD = 'goodsHouse';

/** The house that a report names for its goods; none where they stay apart. */
export const findGoodsHouse = async (db: Db, code: string, now: number): Promise<GreenHouse | undefined> =>
	code === '' ? undefined : findGreenHouseByCode(db, code, now);

/** Refuses with 422 an unknown house or one of the other kind, and goods that nobody sorted. */
export function checkGoodsHouse(
	{ goodsHouse = '', lines = [] }: Pick<ReportInput, 'goodsHouse' | 'lines'>,
	house: GreenHouse | undefined,
	event: CleanupEvent,
): void {
	if (goodsHouse === '') return;
	if (house?.isSample !== event.isSample)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownHouse', { field: FIELD });
	if (lines.length === 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'linesMissing', { field: FIELD });
}

function checkTaken(lines: ReportLine[], house: GreenHouse, materials: Material[]): void {
	const refused = lines.filter(({ material }) => !house.materials.includes(material));
	refuseAll(
		refused.map((line) => {
			const material = materials.find((each) => each.code === line.material);
			const values = { material: material?.nameVi ?? line.material };
			return new DomainError('UNPROCESSABLE_CONTENT', 'materialNotTaken', { field: lineField(line), values });
		}),
	);
}

const isSameGoods = (last: EventReport, lines: ReportLine[]): boolean =>
	last.lines.length === lines.length &&
	last.lines.every((old) =>
		lines.some(
			(line) =>
				line.material === old.materialCode &&
				line.unit === old.unit &&
				line.quantityMilli === old.quantityMilli,
		),
	);

/**
 * Puts the goods of a report that has just been written into the house's cycle and takes exactly those of the report
 * before it out. Part of that transaction, which holds the event. Refuses with 422 a house that has closed or pauses, and what it
 * does not take, with 409 when the cycle that holds the old goods has closed.
 */
export async function putGoods(
	trx: Trx,
	event: CleanupEvent,
	report: {
		revision: number;
		house: GreenHouse | undefined;
		lines: ReportLine[];
		last: EventReport | undefined;
		materials: Material[];
	},
	now: number,
): Promise<void> {
	const { revision, house, lines, last, materials } = report;
	const before = last && (await findGoods(trx, event.id, last.revision));
	const oldHouseId = last?.greenHouseId ?? undefined;
	for (const id of [...new Set([oldHouseId, house?.id])].filter((each) => each !== undefined).sort())
		await lockRow(trx, 'green_house', id);
	if (before && house && oldHouseId === house.id && isSameGoods(last, lines))
		return insertGoods(trx, { eventId: event.id, revision, dropOffId: before.dropOffId });
	if (before && !(await withdrawRow(trx, before.dropOffId, now)))
		throw new DomainError('CONFLICT', 'goodsCycleClosed', { field: FIELD });
	if (!house) return;
	const status = await getHouseStatus(trx, house.id);
	readAll({
		house: () => checkHouseTakes(status, FIELD),
		lines: () => checkTaken(lines, house, materials),
	});
	const id = uuidv7(now);
	const happenedAt = Math.min(event.endsAt, now);
	await insertDropOff(trx, { kind: 'event' }, { id, house, happenedAt, channel: 'web', lines }, now);
	await insertGoods(trx, { eventId: event.id, revision, dropOffId: id });
}
