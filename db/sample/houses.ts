// A year of things brought to each house, emptied and sold.
import type { Actor } from '#features/accounts/actor.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { lineAmount, type SaleLine } from '#features/collections/scrap-sale.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import type { DropOffLine } from '#features/drop-offs/drop-off.ts';
import { insertStateReport } from '#features/green-houses/green-house.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { listClasses } from '#features/schools/school.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { School } from './people.ts';
import { campaignDays, DAY, HOUR, type Plan } from './plan.ts';

/** Đồng for one kilogram: invented, near what scrap dealers paid in 2025. */
const PRICES: Record<string, number> = {
	mixed_paper: 3500,
	newspaper: 4500,
	books: 4000,
	cardboard: 4000,
	beverage_carton: 1500,
	pet_bottle: 8000,
	rigid_plastic: 6000,
	mixed_plastic: 3000,
	aluminium_can: 38_000,
	steel_can: 6500,
	scrap_iron: 7500,
};

/** One house's year: things brought, the house emptied, the goods sold, the sale confirmed a day later. */
export function planHouse(
	plan: Plan & {
		house: GreenHouse;
		index: number;
		start: number;
		devices: { id: string }[];
		schools: School[];
	},
): void {
	const { db, house, index, start, now, random, pick, devices, actors, schools, steps } = plan;
	const steward = actors[index < 3 ? 'steward' : 'other_steward']!;
	const school = schools.find((each) => each.house.id === house.id);
	const lead = school === schools[0] ? actors['school_lead']! : actors['other_school_lead']!;
	// A school sends one sheet a day.
	const sheetDays = new Set<string>();
	// The first school's campaigns take the last weeks of its house.
	const isOfCampaigns = school !== undefined && school === schools[0];
	const end = isOfCampaigns ? now - campaignDays(now).emptied * DAY : now;
	let from = start + Math.floor(random() * 20) * DAY;
	while (from < end - DAY) {
		const until = from + (48 + Math.floor(random() * 40)) * DAY;
		const count = 3 + Math.floor(random() * 4);
		for (let each = 0; each < count; each += 1) {
			const at = Math.floor(from + (random() * (until - from) * 9) / 10) + 9 * HOUR;
			if (at > end - HOUR) continue;
			if (school && each % 2 === 0 && !sheetDays.has(toLocalDate(at))) {
				sheetDays.add(toLocalDate(at));
				steps.push({ at, run: () => bringByClass(db, school, lead, at, random) });
			} else steps.push({ at, run: () => bring(db, house, pick(devices).id, at, random) });
		}
		// The newest stories are left open: something must wait for the people who sign in.
		if (until < end - 2 * DAY) {
			const isWaiting = until > now - 50 * DAY && index % 6 === 1;
			steps.push({
				at: until,
				run: () => sell(db, house, steward, actors['treasurer']!, until, random, isWaiting),
			});
		}
		from = until;
	}
	if (isOfCampaigns)
		steps.push({
			at: end,
			run: () => sell(db, house, steward, actors['treasurer']!, end, random, false),
		});
	// The first house has something in it today, for whoever tries the portal.
	if (index < 3) {
		for (const days of [1, 2, 4])
			steps.push({
				at: now - days * DAY,
				run: () => bring(db, house, pick(devices).id, now - days * DAY, random),
			});
	}
}

function makeLines(house: GreenHouse, random: () => number): DropOffLine[] {
	const taken = house.materials.filter((code) => code in PRICES);
	const count = 1 + Math.floor(random() * 3);
	const chosen = new Set(Array.from({ length: count }, () => taken[Math.floor(random() * taken.length)]!));
	return [...chosen].map((material) => {
		const isPiece = ['beverage_carton', 'pet_bottle', 'aluminium_can', 'steel_can'].includes(material);
		return isPiece
			? { material, unit: 'piece', quantityMilli: (6 + Math.floor(random() * 60)) * 1000 }
			: { material, unit: 'kg', quantityMilli: (2 + Math.floor(random() * 20)) * 500 };
	});
}

/** A resident brings what the house takes. */
export async function bring(
	db: Db,
	house: GreenHouse,
	deviceAliasId: string,
	at: number,
	random: () => number,
): Promise<void> {
	const input = {
		id: uuidv7(at),
		greenHouseCode: house.code,
		happenedAt: at,
		channel: 'web' as const,
		lines: makeLines(house, random),
	};
	await recordDropOff(db, { kind: 'device', deviceAliasId }, input, at);
}

async function bringByClass(
	db: Db,
	{ house, organisationId }: School,
	lead: Actor,
	at: number,
	random: () => number,
): Promise<void> {
	const collectedOn = toLocalDate(at);
	const classes = await listClasses(db, organisationId, schoolYearOf(collectedOn));
	const rows = classes.map(({ id }) => ({
		classId: id,
		lines: [
			{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: (2 + Math.floor(random() * 12)) * 1000 },
			{
				material: 'aluminium_can',
				unit: 'piece' as const,
				quantityMilli: (5 + Math.floor(random() * 30)) * 1000,
			},
		],
	}));
	const sheet = { id: uuidv7(at), greenHouseCode: house.code, collectedOn, rows, isApproved: true };
	await recordClassSheet(db, lead, sheet, at);
}

/** Empties a house and sells what was declared, off by the variance that scales show. */
export async function sell(
	db: Db,
	house: GreenHouse,
	seller: Actor,
	treasurer: Actor,
	at: number,
	random: () => number,
	isWaiting: boolean,
): Promise<void> {
	const cycle = await findOpenCycle(db, house.id);
	const declared = cycle ? await sumDeclared(db, cycle.id) : [];
	if (!cycle || declared.length === 0) return;
	await closeCycle(db, seller, cycle.id, at);
	const grams = new Map<string, number>();
	for (const row of declared)
		grams.set(row.materialCode, (grams.get(row.materialCode) ?? 0) + (row.declaredWeightGrams ?? 0));
	const lines: SaleLine[] = [...grams].map(([material, weight]) => ({
		kind: 'goods',
		material,
		weightGrams: Math.max(100, Math.round((weight * (0.86 + random() * 0.2)) / 100) * 100),
		unitPriceVnd: PRICES[material]!,
	}));
	const total = lines.reduce((sum, line) => sum + lineAmount(line), 0);
	// Dealers round to the next five hundred; the difference is named.
	const cashReceivedVnd = Math.max(500, Math.floor(total / 500) * 500);
	const id = uuidv7(at);
	await recordScrapSale(
		db,
		seller,
		{
			id,
			cycleIds: [cycle.id],
			soldOn: toLocalDate(at),
			dealer: 'Người thu mua (mẫu)',
			lines,
			cashReceivedVnd,
			differenceReason: cashReceivedVnd === total ? '' : 'Làm tròn',
			photoMissingReason: 'Phiếu mẫu nên không có ảnh',
		},
		at + HOUR,
	);
	// Small loads are rounded to a hundred grams, which may be more than the limit.
	const word = { isSeen: true, reason: 'Hàng ẩm, cân nhẹ hơn lời khai (mẫu)' };
	if (!isWaiting) await confirmScrapSale(db, treasurer, id, at + 2 * HOUR, word);
}

const CLOSED_DAYS = 45;

/** Houses in every state: mostly open, some full, a few paused, locked, damaged, closed or long unreported. */
export async function makeStates(
	db: Db,
	houses: GreenHouse[],
	devices: { id: string }[],
	stewards: Actor[],
	now: number,
): Promise<void> {
	const grants = stewards.flatMap((steward) => steward.grants);
	await inTransaction(db, async (trx) => {
		for (const [index, house] of houses.entries()) {
			if (index % 33 === 32) {
				await trx
					.updateTable('greenHouse')
					.set(
						index === 32
							? { status: 'paused' }
							: { status: 'closed', closedOn: toLocalDate(now - CLOSED_DAYS * DAY) },
					)
					.where('id', '=', house.id)
					.execute();
				continue;
			}
			const condition = index % 29 === 17 ? 'locked' : index % 31 === 21 ? 'damaged' : 'usable';
			const fill = index % 7 === 5 ? 'full' : index % 3 === 0 ? 'half' : 'empty';
			const age = index % 13 === 11 ? 40 * DAY : (1 + ((index * 5) % 60)) * 4 * HOUR;
			await insertStateReport(trx, {
				id: uuidv7(now),
				greenHouseId: house.id,
				fill: condition === 'usable' ? fill : null,
				condition,
				reportedAt: now - age,
				// Its steward and residents in turn.
				...(index % 2 === 0
					? { reportedBy: grants.find((grant) => grant.scopeId === house.id)?.id ?? null }
					: { reportedBy: null, deviceAliasId: devices[index % devices.length]!.id }),
				isSample: 1,
			});
		}
	});
}
