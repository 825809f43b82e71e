import type { EventReportTable } from '#db/schema.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { currentUnit } from '#features/places/place.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError, readAll } from '#lib/errors.ts';
import { canonicalJson } from '#lib/hash.ts';
import { bySignUp, presenceOf, sumPresent, walkInsOf } from './attendance.ts';
import { listExpected, listFigures } from './attendance.repository.ts';
import { readText, type EventReport } from './cleanup-event.ts';
import { findOrganisation, listCoOrganisers } from './cleanup-event.repository.ts';
import { requireEvent } from './cleanup-event.service.ts';
import { listChanges } from './event-change.repository.ts';
import { checkGoodsHouse, findGoodsHouse, putGoods } from './event-goods.service.ts';
import { checkReport, checkReportLines, type ReportInput, type ReportLine } from './event-report.ts';
import { findReports, insertReport } from './event-report.repository.ts';
import type { OfficialParts } from './official-report.ts';

type Figures = Omit<EventReportTable, 'eventId' | 'revision' | 'recordedAt' | 'recordedBy' | 'isSample'>;

/** The figures as they are stored: what was not said is not known. Refuses with 422 the texts that are too long. */
function figuresOf(input: ReportInput, greenHouseId: string | null): Figures {
	const { headCount, recyclablesGrams, otherWasteGrams, otherWasteLitres = null } = input;
	const { streetMetres = null, drainMetres = null, treeCount = null } = input;
	return {
		...{ headCount, recyclablesGrams, otherWasteGrams, otherWasteLitres },
		...{ streetMetres, drainMetres, treeCount },
		...readAll({
			giftText: () => readText(input.giftText ?? '', 'giftText'),
			remarks: () => readText(input.remarks, 'remarks'),
			shortcomings: () => readText(input.shortcomings ?? '', 'shortcomings'),
			proposals: () => readText(input.proposals ?? '', 'proposals'),
		}),
		greenHouseId,
	};
}

const byMaterial = (a: ReportLine, b: ReportLine) => (a.material < b.material ? -1 : 1);
const textOf = (figures: Figures, lines: ReportLine[]) =>
	canonicalJson({ figures, lines: lines.toSorted(byMaterial) });

/** What stands already, so that the same said again changes nothing. */
function textOfReport({ lines, ...row }: EventReport): string {
	const {
		eventId: _event,
		revision: _revision,
		recordedAt: _at,
		recordedBy: _by,
		isSample: _kind,
		houseCode: _code,
		houseName: _name,
		...figures
	} = row;
	return textOf(
		figures,
		lines.map(({ materialCode, unit, quantityMilli }) => ({ material: materialCode, unit, quantityMilli })),
	);
}

/**
 * Says what was achieved, from the start of the event on. A correction is a new revision and the old figures stay with
 * their lines; the same figures again change nothing. Sorted recyclables go into the cycle of a house that was named, see
 * {@link putGoods}. Refuses with 422 all that is wrong with it at once, with 409 a form that is older than what stands.
 */
export async function reportEvent(
	db: Db,
	actor: Actor | undefined,
	input: ReportInput,
	now: number,
): Promise<void> {
	const { grant, event: known } = await requireEvent(db, actor, input.id);
	const lines = (input.lines ?? []).map(({ material, unit, quantityMilli }) => ({
		...{ material, unit, quantityMilli },
	}));
	const materials = await listMaterials(db);
	const house = await findGoodsHouse(db, input.goodsHouse ?? '', now);
	const { figures } = readAll({
		report: () => checkReport(input),
		lines: () => checkReportLines(lines, materials),
		house: () => checkGoodsHouse(input, house, known),
		figures: () => figuresOf(input, house?.id ?? null),
	});
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'cleanup_event', input.id);
		await holdGrant(trx, grant.id, now);
		const { event } = await requireEvent(trx, actor, input.id);
		if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
		if (event.startsAt > now) throw new DomainError('CONFLICT', 'reportTooEarly');
		const last = (await findReports(trx, [event.id])).get(event.id);
		if (last && textOfReport(last) === textOf(figures, lines)) return;
		const stands = last?.revision ?? 0;
		if (input.revision !== undefined && input.revision !== stands)
			throw new DomainError('CONFLICT', 'reportChanged');
		const about = { recordedAt: now, recordedBy: grant.id, isSample: event.isSample };
		await insertReport(trx, { eventId: event.id, revision: stands + 1, ...figures, ...about }, lines);
		await putGoods(trx, event, { revision: stands + 1, house, lines, last, materials }, now);
		const act = last ? 'correct' : 'report';
		const subject = { subjectKind: 'cleanup_event', subjectId: event.id, roleGrantId: grant.id };
		await insertAuditEvent(trx, { action: `cleanup-event.${act}`, ...subject }, now);
	});
}

/** What the official report of an event says. Refuses with 401, 403 and 404 like every act on it. */
export async function getOfficialReport(
	db: Db,
	actor: Actor | undefined,
	id: string,
): Promise<OfficialParts> {
	const { event } = await requireEvent(db, actor, id);
	const figures = await listFigures(db, id);
	const said = bySignUp(figures);
	const signUps = (await listExpected(db, id)).map((each) => ({
		...each,
		present: presenceOf(said.get(each.id) ?? []).heads,
	}));
	const isIn = ({ status, present }: (typeof signUps)[number]) =>
		status === 'active' || (status !== 'cancelled' && present > 0);
	const sum = (of: { headCount: number; present: number }[], key: 'headCount' | 'present') =>
		of.reduce((total, each) => total + each[key], 0);
	const isChecked = sumPresent(figures).heads > 0;
	const units = signUps.filter((each) => each.kind === 'unit' && isIn(each));
	const people = signUps.filter((each) => each.kind === 'person' && isIn(each));
	const { kind, adminUnitId } = (await findOrganisation(db, event.organisationId))!;
	return {
		...{ event, kind },
		unit: adminUnitId === null ? undefined : currentUnit(await listAdminUnits(db), adminUnitId),
		coOrganisers: await listCoOrganisers(db, id),
		changes: await listChanges(db, id),
		units: units.map(({ name, headCount, present }) => ({
			...{ name, headCount },
			present: isChecked ? present : undefined,
		})),
		people: {
			headCount: sum(people, 'headCount'),
			present: isChecked ? sum(people, 'present') : undefined,
		},
		cancelled: sum(
			signUps.filter(({ status }) => status === 'cancelled'),
			'present',
		),
		walkIns: walkInsOf(figures),
		report: (await findReports(db, [id])).get(id),
	};
}
