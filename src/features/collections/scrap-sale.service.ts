import {
	findGrant,
	maySeeKind,
	requireActor,
	requireGrant,
	requireSameKind,
	type Actor,
	type Scope,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findPersonName, holdGrant, holdsRole } from '#features/accounts/person.repository.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { findEntry, findFundOfHouse } from '#features/fund/fund.repository.ts';
import { getPosted, reverseEntry, type PostedEntry } from '#features/fund/ledger.service.ts';
import { findRuleOn } from '#features/fund/fund-rule.repository.ts';
import { postSharedIncome } from '#features/fund/share.service.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { houseScopes, type GreenHouse } from '#features/green-houses/green-house.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import { decidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import type { EncodedPhoto } from '#features/photos/photo.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { ScrapSaleLineTable, ScrapSaleTable } from '#db/schema.ts';
import { findCycle } from './collection-cycle.repository.ts';
import {
	listCarriedFrom,
	listGoodsLeft,
	listHeldGoods,
	listReleasedGoods,
	listSaleGoods,
	setDeclaredGoods,
} from './goods.repository.ts';
import { chooseGoods, REST, type CycleGoods, type HeldGoods } from './goods.ts';
import {
	findSale,
	insertSale,
	listReplaceableSales,
	listSaleCycles,
	listSaleLines,
	listSalesToConfirm,
	releaseGoods,
	type WaitingSale,
	setDeclaredWeight,
	updateSale,
} from './scrap-sale.repository.ts';
import {
	checkSale,
	differenceOf,
	lineAmount,
	salePostings,
	sumKnown,
	type SaleLine,
	type ScrapSaleInput,
} from './scrap-sale.ts';
import { saleVariances, widestVariance, type Variance } from './variance.ts';
import { listLimitsOn } from './variance-limit.repository.ts';

type Recorder = { houses: GreenHouse[]; fundId: string; isSample: 0 | 1; grantId: string };

/**
 * The houses of a sale's cycles must all be of one organisation and earn for one fund, and the recorder must act for
 * each of them or the fund.
 */
async function requireRecorder(db: Db, actor: Actor, cycleIds: string[], now: number): Promise<Recorder> {
	let found: Recorder | undefined;
	for (const cycleId of cycleIds) {
		const cycle = await findCycle(db, cycleId);
		const house = cycle && (await findGreenHouse(db, cycle.greenHouseId, now));
		if (!house) throw new DomainError('NOT_FOUND', 'unknownCycle', { field: 'cycle' });
		const fund = await findFundOfHouse(db, house);
		const scopes = [...houseScopes(house), ...(fund ? [{ kind: 'fund' as const, id: fund.id }] : [])];
		const grant = requireGrant(actor, 'scrap-sale.record', scopes);
		requireSameKind(actor, house.isSample === 1);
		if (!fund) throw new DomainError('UNPROCESSABLE_CONTENT', 'houseWithoutFund', { field: 'cycle' });
		if (found && found.fundId !== fund.id)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'salesOfTwoFunds', { field: 'cycle' });
		const first = found?.houses[0];
		// Two houses of nobody are not houses of one organisation.
		const isOther =
			first !== undefined &&
			first.id !== house.id &&
			(house.stewardOrganisationId === null || first.stewardOrganisationId !== house.stewardOrganisationId);
		if (isOther)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'salesOfTwoOrganisations', { field: 'cycle' });
		found = {
			houses: [...(found?.houses ?? []), house],
			fundId: fund.id,
			isSample: house.isSample,
			grantId: grant.id,
		};
	}
	if (!found) throw new DomainError('UNPROCESSABLE_CONTENT', 'cycleMissing', { field: 'cycle' });
	// By the fund's rule, only its treasurer may record what is sold for it.
	const rule = await findRuleOn(db, found.fundId, toLocalDate(now));
	if (rule?.saleRecorder === 'treasurer') {
		const own = findFundGrant(actor, 'treasurer', found.fundId);
		if (!own) throw new DomainError('FORBIDDEN', 'recordByTreasurer');
		found.grantId = own.id;
	}
	return found;
}

/**
 * Writes down a sale of closed cycles; it makes no money until a second person confirms it.
 * The same id with the same content changes nothing, with other content it is refused with 409.
 * It replaces the sale of these cycles that was returned or reversed. A refused sale keeps nothing of its photo either.
 */
export async function recordScrapSale(
	db: Db,
	actor: Actor | undefined,
	raw: ScrapSaleInput,
	now: number,
	upload?: { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean },
	/** The language in which a refused material is named. */
	locale: 'vi' | 'en' = 'vi',
): Promise<void> {
	requireActor(actor);
	const recorder = await requireRecorder(db, actor, raw.cycleIds, now);
	const photo = upload && { ...(await encodePhoto(upload.bytes, now)), hasChildren: upload.hasChildren };
	const input: ScrapSaleInput = {
		...raw,
		cycleIds: [...new Set(raw.cycleIds)],
		dealer: cleanText(raw.dealer, { max: 120 }),
		differenceReason: cleanText(raw.differenceReason, { max: 200 }),
		photoMissingReason: cleanText(raw.photoMissingReason, { max: 200 }),
	};
	checkSale(input, photo !== undefined);
	const materials = new Map(
		(await listMaterials(db)).map((each) => [each.code, locale === 'vi' ? each.nameVi : each.nameEn]),
	);
	if (input.lines.some((line) => line.kind === 'goods' && !materials.has(line.material))) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownMaterial', { field: 'lines' });
	}
	if (input.soldOn > toLocalDate(now))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'soldOn' });
	const write = () =>
		retryWhenTaken(() =>
			inTransaction(db, (trx) =>
				writeSale(trx, input, { ...recorder, personId: actor.personId, materials }, photo, now),
			),
		);
	if (upload && photo) await withPhotoFile({ db, store: upload.store, now }, photo, write);
	else await write();
}

/** What a sale may take of a cycle. */
async function readCycleGoods(trx: Trx, cycleId: string): Promise<CycleGoods> {
	return {
		cycleId,
		left: [...new Set((await listGoodsLeft(trx, cycleId)).map((row) => row.materialCode))],
		held: await listHeldGoods(trx, cycleId),
		released: await listReleasedGoods(trx, cycleId),
		carried: (await listCarriedFrom(trx, cycleId)).map((row) => row.materialCode),
	};
}

/** The sale whose place this one takes: of those that gave goods of its cycles back, the one that shares most of them. */
async function findReplaced(trx: Trx, cycleIds: string[], goods: HeldGoods[]): Promise<string | null> {
	let best: { id: string; shared: number } | undefined;
	const taken = new Set(goods.map((each) => `${each.cycleId} ${each.materialCode}`));
	for (const { id } of await listReplaceableSales(trx, cycleIds)) {
		const given = await listSaleGoods(trx, id);
		const shared = given.filter((each) => taken.has(`${each.cycleId} ${each.materialCode}`)).length;
		if (shared > (best?.shared ?? 0)) best = { id, shared };
	}
	return best?.id ?? null;
}

/** Writes a checked sale; false when it stands already. */
async function writeSale(
	trx: Trx,
	input: ScrapSaleInput,
	recorder: Recorder & { personId: string; materials: Map<string, string> },
	photo: (EncodedPhoto & { hasChildren: boolean }) | undefined,
	now: number,
): Promise<boolean> {
	const { fundId, grantId, personId, isSample } = recorder;
	// Without the photo: a retry carries it again, under an id of its own.
	const contentHash = sha256Hex(canonicalJson(input));
	await lockRow(trx, 'fund', fundId);
	const existing = await findSale(trx, input.id);
	if (existing) {
		if (existing.contentHash === contentHash && existing.recorderId === personId) return false;
		throw new DomainError('CONFLICT', 'sameIdOtherContent');
	}
	// A drop-off on its way into one of these cycles is counted with it; the next one comes late.
	for (const houseId of recorder.houses.map((house) => house.id).sort()) {
		await lockRow(trx, 'green_house', houseId);
	}
	const cycles: CycleGoods[] = [];
	for (const cycleId of input.cycleIds) {
		const cycle = await findCycle(trx, cycleId);
		if (cycle?.closedAt == null) throw new DomainError('CONFLICT', 'cycleStillOpen', { field: 'cycle' });
		if (input.soldOn < toLocalDate(cycle.openedAt)) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'soldBeforeOpened', { field: 'soldOn' });
		}
		cycles.push(await readCycleGoods(trx, cycleId));
	}
	const goods = chooseGoods(
		input.lines,
		input.keepsRest === true,
		cycles,
		(material) => recorder.materials.get(material) ?? material,
	);
	await holdGrant(trx, grantId, now);
	const replacesSaleId = await findReplaced(trx, input.cycleIds, goods);
	if (photo) {
		const childrenDeclared = photo.hasChildren ? 1 : 0;
		await insertPhotoRow(trx, photo, { uploadedBy: grantId, isSample, childrenDeclared }, now);
	}
	await insertSale(
		trx,
		{
			id: input.id,
			fundId,
			organisationId: recorder.houses[0]!.stewardOrganisationId,
			soldOn: input.soldOn,
			recordedAt: now,
			recordedBy: grantId,
			recorderId: personId,
			dealer: input.dealer,
			cashReceivedVnd: input.cashReceivedVnd,
			photoId: photo?.id ?? null,
			photoMissingReason: photo ? null : input.photoMissingReason,
			status: 'recorded',
			confirmedAt: null,
			confirmedBy: null,
			confirmerId: null,
			returnReason: null,
			entryId: null,
			replacesSaleId,
			contentHash,
			isSample,
			variancePermille: null,
			varianceLimitPercent: null,
			varianceReason: null,
		},
		input.cycleIds,
		goods,
		toLineRows(input),
	);
	return true;
}

function toLineRows(input: ScrapSaleInput) {
	const rows = input.lines.map((line, index) => ({
		saleId: input.id,
		position: index + 1,
		cycleId:
			input.cycleIds.length === 1
				? input.cycleIds[0]!
				: ((line.kind === 'goods' ? line.cycleId : undefined) ?? null),
		materialCode: line.kind === 'goods' ? line.material : null,
		weighedWeightGrams: line.weightGrams,
		unitPriceVnd: line.kind === 'goods' ? line.unitPriceVnd : null,
		amountVnd: lineAmount(line),
		kind: line.kind as 'goods' | 'lump_sum' | 'difference',
		note: '',
	}));
	const difference = differenceOf(input);
	if (difference !== 0) {
		rows.push({
			saleId: input.id,
			position: rows.length + 1,
			cycleId: null,
			materialCode: null,
			weighedWeightGrams: null,
			unitPriceVnd: null,
			amountVnd: difference,
			kind: 'difference',
			note: input.differenceReason,
		});
	}
	return rows;
}

/** Takes the sale's lock and reads it as it is now. */
async function lockSale(trx: Trx, id: string): Promise<ScrapSaleTable> {
	const sale = (await lockRow(trx, 'scrap_sale', id)) && (await findSale(trx, id));
	if (!sale) throw new DomainError('NOT_FOUND', 'unknownSale');
	return sale;
}

/**
 * In which role a sale is confirmed: the fund's treasurer, who takes the cash; an approver when a treasurer
 * recorded it.
 */
async function confirmerRole(
	db: Db,
	sale: Pick<ScrapSaleTable, 'fundId' | 'recorderId'>,
	now: number,
): Promise<'treasurer' | 'approver'> {
	const scope = { kind: 'fund' as const, id: sale.fundId };
	return (await holdsRole(db, sale.recorderId, 'treasurer', scope, now)) ? 'approver' : 'treasurer';
}

const findFundGrant = (actor: Actor, role: 'treasurer' | 'approver', fundId: string) =>
	actor.grants.find((grant) => grant.role === role && grant.scopeKind === 'fund' && grant.scopeId === fundId);

/** The second person's grant; never the recorder's. Refuses with 403. */
async function requireConfirmer(trx: Trx, actor: Actor, sale: ScrapSaleTable, now: number): Promise<string> {
	requireGrant(actor, 'scrap-sale.confirm', [{ kind: 'fund', id: sale.fundId }]);
	if (actor.personId === sale.recorderId) throw new DomainError('FORBIDDEN', 'confirmerIsRecorder');
	const role = await confirmerRole(trx, sale, now);
	const grant = findFundGrant(actor, role, sale.fundId);
	if (!grant)
		throw new DomainError('FORBIDDEN', role === 'approver' ? 'confirmByApprover' : 'confirmByTreasurer');
	await holdGrant(trx, grant.id, now);
	return grant.id;
}

/**
 * A sale with its cycles and its recorder's name, for those who record, confirm or audit sales of its houses or its
 * fund. Refuses with 401, and with 404 also what the person may not see.
 */
export async function getScrapSale(db: Db, actor: Actor | undefined, saleId: string, now: number) {
	requireActor(actor);
	const sale = await findSale(db, saleId);
	if (!sale) throw new DomainError('NOT_FOUND', 'unknownSale');
	const cycles = await listSaleCycles(db, sale.id);
	const scopes: Scope[] = [{ kind: 'fund', id: sale.fundId }];
	for (const greenHouseId of new Set(cycles.map((cycle) => cycle.greenHouseId))) {
		const house = await findGreenHouse(db, greenHouseId, now);
		if (house) scopes.push(...houseScopes(house));
	}
	if (!findGrant(actor, 'scrap-sale.read', scopes) || !maySeeKind(actor, sale))
		throw new DomainError('NOT_FOUND', 'unknownSale');
	return { sale, cycles, recorderName: await findPersonName(db, sale.recorderId) };
}

/** True when this person may confirm the sale now: in the right role, and not its recorder. */
export async function canConfirm(
	db: Db,
	actor: Actor,
	sale: Pick<ScrapSaleTable, 'fundId' | 'recorderId'>,
	now: number,
): Promise<boolean> {
	if (sale.recorderId === actor.personId) return false;
	return findFundGrant(actor, await confirmerRole(db, sale, now), sale.fundId) !== undefined;
}

/** Sales that wait for this person's word, oldest first. */
export async function listSalesWaitingFor(db: Db, actor: Actor, now: number): Promise<WaitingSale[]> {
	const fundIds = actor.grants.flatMap((grant) => (grant.scopeKind === 'fund' ? [grant.scopeId ?? ''] : []));
	const waiting: WaitingSale[] = [];
	for (const sale of await listSalesToConfirm(db, [...new Set(fundIds)])) {
		if (await canConfirm(db, actor, sale, now)) waiting.push(sale);
	}
	return waiting;
}

/**
 * The cycles of a sale with what was declared of its goods and what each house allows: as it was confirmed, or as it
 * stands now. What a live sale holds changes no more: late drop-offs go to the open cycle.
 */
export async function readSaleCycles(
	db: Db,
	sale: Pick<ScrapSaleTable, 'id' | 'entryId' | 'confirmedAt'>,
	now: number,
) {
	const rows = await listSaleCycles(db, sale.id);
	const goods = await listSaleGoods(db, sale.id);
	const day = toLocalDate(sale.confirmedAt ?? now);
	const houseIds = rows.map((row) => row.greenHouseId);
	const limits = new Map((await listLimitsOn(db, houseIds, day)).map((each) => [each.id, each.percent]));
	const read = [];
	for (const row of rows) {
		const cycle = { ...row, varianceLimitPercent: limits.get(row.greenHouseId)! };
		const own = goods.filter((each) => each.cycleId === cycle.id);
		if (sale.entryId !== null) {
			read.push({ ...cycle, goods: own });
			continue;
		}
		const declared = await sumDeclared(db, cycle.id);
		const current = own.map((each) => ({
			...each,
			declaredWeightGrams:
				each.materialCode === REST
					? 0
					: sumKnown(
							declared
								.filter((row) => row.materialCode === each.materialCode)
								.map((row) => row.declaredWeightGrams),
						),
		}));
		const declaredWeightGrams = sumKnown(current.map((each) => each.declaredWeightGrams));
		read.push({ ...cycle, goods: current, declaredWeightGrams });
	}
	return read;
}

/** The confirmer's word on a weight that differs by more than the house allows. */
export type VarianceWord = { isSeen: boolean; reason: string };

/** Above the limit the confirmer has seen it and says why. Refuses with 422. */
function checkVariance(variance: Variance | undefined, word: VarianceWord): string | null {
	if (!variance?.isFlagged) return null;
	if (!word.isSeen)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'varianceNotSeen', { field: 'varianceSeen' });
	if (!word.reason)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'varianceReasonMissing', { field: 'varianceReason' });
	return word.reason;
}

/**
 * Confirms a sale and books it, in one transaction; a second time changes nothing. Refuses with 422 a sale whose weight
 * differs by more than the house's limit until the confirmer has seen that and said why.
 */
export async function confirmScrapSale(
	db: Db,
	actor: Actor | undefined,
	saleId: string,
	now: number,
	word: VarianceWord = { isSeen: false, reason: '' },
): Promise<PostedEntry> {
	requireActor(actor);
	const reason = cleanText(word.reason, { max: 300 });
	return inTransaction(db, async (trx) => {
		const sale = await lockSale(trx, saleId);
		const grantId = await requireConfirmer(trx, actor, sale, now);
		// Tomorrow's second press books nothing again either, though it would carry another date.
		if (sale.status === 'confirmed') return getPosted(trx, sale.entryId!);
		if (sale.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		const rows = await listSaleLines(trx, saleId);
		const cycles = await readSaleCycles(trx, sale, now);
		const variance = widestVariance(saleVariances(rows, cycles));
		const varianceReason = checkVariance(variance, { ...word, reason });
		const entry = await bookSale(trx, { sale, rows, cycles, variance, grantId }, now);
		for (const cycle of cycles) {
			for (const each of cycle.goods) await setDeclaredGoods(trx, saleId, each, each.declaredWeightGrams);
			await setDeclaredWeight(trx, saleId, cycle.id, cycle.declaredWeightGrams);
		}
		await updateSale(trx, saleId, {
			status: 'confirmed',
			confirmedAt: now,
			confirmedBy: grantId,
			confirmerId: actor.personId,
			entryId: entry.id,
			variancePermille: variance?.permille ?? null,
			varianceLimitPercent: variance?.limitPercent ?? null,
			varianceReason,
		});
		return entry;
	});
}

/** Posts a sale's cash against income by material group. */
async function bookSale(
	trx: Trx,
	{
		sale,
		rows,
		cycles,
		variance,
		grantId,
	}: {
		sale: ScrapSaleTable;
		rows: ScrapSaleLineTable[];
		cycles: Awaited<ReturnType<typeof readSaleCycles>>;
		variance: Variance | undefined;
		grantId: string;
	},
	now: number,
): Promise<PostedEntry> {
	const groups = new Map((await listMaterials(trx)).map((material) => [material.code, material.groupCode]));
	const lines: SaleLine[] = rows
		.filter((row) => row.kind !== 'difference')
		.map((row) =>
			row.kind === 'goods'
				? {
						kind: 'goods',
						material: row.materialCode!,
						weightGrams: row.weighedWeightGrams!,
						unitPriceVnd: row.unitPriceVnd!,
					}
				: { kind: 'lump_sum', weightGrams: row.weighedWeightGrams, amountVnd: row.amountVnd },
		);
	const { cashReceivedVnd } = sale;
	return postSharedIncome(
		trx,
		{
			id: uuidv7(now),
			fundId: sale.fundId,
			kind: 'scrap_sale',
			happenedOn: sale.soldOn,
			bookedOn: toLocalDate(now),
			recordedBy: grantId,
			source: {
				kind: 'scrap_sale',
				id: sale.id,
				content: {
					// Not the dealer: a hash of a name could be guessed.
					soldOn: sale.soldOn,
					cashReceivedVnd,
					photo: sale.photoId === null ? null : (await findPhoto(trx, sale.photoId))?.sha256,
					cycles: cycles.map((cycle) => cycle.id),
					goods: cycles.flatMap((cycle) =>
						cycle.goods.map(({ materialCode, declaredWeightGrams }) => ({
							cycleId: cycle.id,
							materialCode,
							declaredWeightGrams,
						})),
					),
					variancePermille: variance?.isFlagged ? variance.permille : null,
					lines: rows.map(({ cycleId, materialCode, weighedWeightGrams, unitPriceVnd, amountVnd, kind }) => ({
						cycleId,
						materialCode,
						weighedWeightGrams,
						unitPriceVnd,
						amountVnd,
						kind,
					})),
				},
			},
			postings: salePostings({ lines, cashReceivedVnd }, (material) => groups.get(material) ?? ''),
			text: { kind: 'scrap_sale', houses: [...new Set(cycles.map((cycle) => cycle.code))] },
		},
		now,
	);
}

/** Sends a sale back with a reason; its goods can be sold again. */
export async function returnScrapSale(
	db: Db,
	actor: Actor | undefined,
	input: { saleId: string; reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const reason = cleanText(input.reason, { max: 300 });
	await inTransaction(db, async (trx) => {
		const sale = await lockSale(trx, input.saleId);
		const grantId = await requireConfirmer(trx, actor, sale, now);
		if (sale.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		await updateSale(trx, sale.id, { status: 'returned', returnReason: reason });
		await releaseGoods(trx, sale.id, now);
		const event = {
			action: 'scrap-sale.return',
			subjectKind: 'scrap_sale',
			subjectId: sale.id,
			roleGrantId: grantId,
		};
		await insertAuditEvent(trx, event, now);
	});
}

/**
 * Takes a booked sale back by a reversal; an approver who did not confirm it decides. Its goods can be sold again.
 * The same reversal a second time changes nothing.
 */
export async function reverseScrapSale(
	db: Db,
	actor: Actor | undefined,
	input: { saleId: string; entryId: string; reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const reason = cleanText(input.reason, { max: 300 });
	await inTransaction(db, async (trx) => {
		const sale = await lockSale(trx, input.saleId);
		const grant = requireGrant(actor, 'scrap-sale.reverse', [{ kind: 'fund', id: sale.fundId }]);
		if (actor.personId === sale.confirmerId || actor.personId === sale.recorderId) {
			throw new DomainError('FORBIDDEN', 'reverserIsConfirmer');
		}
		// Money that comes out of the box is not decided on by whoever holds it.
		if (findGrant(actor, 'disbursement.pay', moneyScopes(sale.fundId)))
			throw new DomainError('FORBIDDEN', 'approverIsTreasurer');
		if (sale.status === 'reversed') {
			const entry = await findEntry(trx, sale.entryId!);
			if (entry?.reversedById === input.entryId) return;
		}
		if (sale.status !== 'confirmed') throw new DomainError('CONFLICT', 'alreadyDecided');
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		await holdGrant(trx, grant.id, now);
		await reverseEntry(trx, { id: input.entryId, entryId: sale.entryId!, recordedBy: grant.id, reason }, now);
		await updateSale(trx, sale.id, { status: 'reversed' });
		await releaseGoods(trx, sale.id, now);
	});
}

/**
 * Decides whether the photo of a booked sale is shown beside its row of the book; see {@link decidePhoto}. Refuses with
 * 409 that of one that waits or was sent back.
 */
export async function decideSalePhoto(
	db: Db,
	actor: Actor | undefined,
	input: { saleId: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const { saleId, ...decision } = input;
	const sale = await findSale(db, saleId);
	if (!sale) throw new DomainError('NOT_FOUND', 'unknownSale');
	requireGrant(actor, 'photo.decide', [{ kind: 'fund', id: sale.fundId }]);
	// What was booked stays in the book, also when it is taken back.
	if (sale.entryId === null) throw new DomainError('CONFLICT', 'photoBeforeBooking');
	const photo = { ...decision, id: sale.photoId ?? '' };
	await decidePhoto(db, actor, photo, [{ kind: 'fund', id: sale.fundId }], now);
}
