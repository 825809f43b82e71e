// A year in the life of 66 invented houses, told through the same services that real people use.
// Every date is relative to the day on which it is loaded; every row is marked as a sample.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { createDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { hashPassword } from '#features/accounts/password.ts';
import {
	findActor,
	insertPerson,
	insertRoleGrant,
	upsertPasswordHash,
} from '#features/accounts/person.repository.ts';
import { announceEvent, reportEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findEventBySlug } from '#features/cleanup-events/cleanup-event.repository.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { lineAmount, type SaleLine } from '#features/collections/scrap-sale.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import type { DropOffLine } from '#features/drop-offs/drop-off.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import { openFund } from '#features/fund/ledger.service.ts';
import { PURPOSES } from '#features/fund/ledger.ts';
import { insertStateReport, listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { insertClass, listClasses } from '#features/schools/school.repository.ts';
import { inTransaction, isSqlite, type Db } from '#lib/db.ts';
import { addDays, localDateTimeToInstant, startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';

const DAY = 24 * 60 * 60 * 1000;
const HOUR = DAY / 24;

/** A fixed sequence, so that two loads tell the same story. */
function makeRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

export type SampleSignIn = { role: Role; phone: string; password: string; name: string };

const FUNDS = [
	{
		code: 'MAU-DK',
		wardId: 'dk-2025',
		vi: 'Quỹ phường Đông Kinh (mẫu)',
		en: 'Đông Kinh Ward Fund (sample)',
		union: 'Đoàn phường Đông Kinh (mẫu)',
	},
	{
		code: 'MAU-KL',
		wardId: 'kl-2025',
		vi: 'Quỹ phường Kỳ Lừa (mẫu)',
		en: 'Kỳ Lừa Ward Fund (sample)',
		union: 'Đoàn phường Kỳ Lừa (mẫu)',
	},
	{
		code: 'MAU-LVT',
		wardId: 'lvt-2025',
		vi: 'Quỹ phường Lương Văn Tri (mẫu)',
		en: 'Lương Văn Tri Ward Fund (sample)',
		union: 'Đoàn phường Lương Văn Tri (mẫu)',
	},
	{
		code: 'MAU-TT',
		wardId: 'tt-2025',
		vi: 'Quỹ phường Tam Thanh (mẫu)',
		en: 'Tam Thanh Ward Fund (sample)',
		union: 'Đoàn phường Tam Thanh (mẫu)',
	},
];

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

const EVENT_TITLES = [
	'Tổng vệ sinh bờ sông Kỳ Cùng',
	'Dọn rác quanh khu dân cư',
	'Thông cống, phát quang đường làng',
	'Chủ nhật xanh ở trường học',
];

/** Words of one syllable from which a password that can be read out is drawn. */
const WORDS =
	'cam chanh dua xoai mit na oi buoi khe hong man le tao quyt nhan vai sung roi hanh toi gung rieng nghe tre truc mai dao cuc sen lan hue'.split(
		' ',
	);
const makePassword = () => Array.from({ length: 6 }, () => WORDS[randomInt(WORDS.length)]).join('-');

/** True when nobody has put a house or a person into this database. */
export async function isDatabaseEmpty(db: Db): Promise<boolean> {
	const { rows } = await sql`select 1 from green_house union all select 1 from person limit 1`.execute(db);
	return rows.length === 0;
}

const ROLES: { role: Role; phone: string; name: string }[] = [
	{ role: 'steward', phone: '0900000001', name: 'Người phụ trách (mẫu)' },
	{ role: 'treasurer', phone: '0900000002', name: 'Thủ quỹ (mẫu)' },
	{ role: 'approver', phone: '0900000003', name: 'Người duyệt chi (mẫu)' },
	{ role: 'ward_officer', phone: '0900000004', name: 'Cán bộ phường (mẫu)' },
	{ role: 'organiser', phone: '0900000005', name: 'Bí thư Đoàn phường (mẫu)' },
	{ role: 'school_lead', phone: '0900000006', name: 'Tổng phụ trách (mẫu)' },
	{ role: 'administrator', phone: '0900000007', name: 'Quản trị (mẫu)' },
];

/** Gives every sample person a new random password; returns them for printing once. */
export async function resetSamplePasswords(db: Db, now: number): Promise<SampleSignIn[]> {
	const signIns: SampleSignIn[] = [];
	for (const { role, phone, name } of ROLES) {
		const person = await db
			.selectFrom('person')
			.select('id')
			.where('phoneE164', '=', `+84${phone.slice(1)}`)
			.where('isSample', '=', 1)
			.executeTakeFirst();
		if (!person) continue;
		const password = makePassword();
		const hash = await hashPassword(password);
		await inTransaction(db, (trx) => upsertPasswordHash(trx, person.id, hash, now));
		signIns.push({ role, phone, password, name });
	}
	return signIns;
}

type Step = { at: number; run: () => Promise<void> };

/** Loads the sample into an empty database and returns the sample people's sign-ins. */
export async function loadSample(db: Db, now: number): Promise<SampleSignIn[]> {
	// Nobody has been told of any of these rows yet: if the power fails, the load is simply repeated.
	if (isSqlite(db)) await sql`pragma synchronous = off`.execute(db);
	const start = now - 365 * DAY;
	const random = makeRandom(66);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

	const result = await importHouses(
		db,
		readFileSync('db/data/green_houses.sample.csv', 'utf8'),
		{ apply: true, isSample: true },
		start,
	);
	if (result.problems.length > 0)
		throw new Error(`the sample register is wrong: ${JSON.stringify(result.problems[0])}`);
	const people = await makePeople(db, start);
	const houses = await listGreenHouses(db, {}, now);
	const schools = await makeSchools(db, houses, people, start);
	await grantHouses(db, houses, people, start);
	const actors = await readActors(db, people, now);

	const steps: Step[] = [];
	const devices = await makeDevices(db, start, 40);
	const open = houses.filter((_, index) => index % 33 !== 32);
	for (const [index, house] of open.entries()) {
		planHouse({ db, house, index, start, now, random, pick, devices, actors, schools, steps });
	}
	planPayments({ db, now, start, random, pick, actors, steps });
	planEvents({ db, now, random, pick, actors, devices, steps });
	steps.sort((a, b) => a.at - b.at);
	for (const step of steps) await step.run();
	await makeStates(db, houses, now);
	if (isSqlite(db)) await sql`pragma synchronous = full`.execute(db);
	return resetSamplePasswords(db, now);
}

type People = {
	ids: Record<string, string>;
	organisations: Map<string, string>;
	fundIds: Map<string, string>;
};

async function makePeople(db: Db, start: number): Promise<People> {
	return inTransaction(db, async (trx) => {
		const ids: Record<string, string> = {};
		const organisations = new Map<string, string>();
		const fundIds = new Map<string, string>();
		for (const { role, phone, name } of ROLES) {
			ids[role] = await insertPerson(
				trx,
				{ displayName: name, phoneE164: `+84${phone.slice(1)}`, isSample: 1 },
				start,
			);
		}
		// The other houses' stewards and schools have people of their own, who do not sign in.
		for (const role of ['steward', 'school_lead'] as const) {
			ids[`other_${role}`] = await insertPerson(
				trx,
				{ displayName: 'Người phụ trách khác (mẫu)', phoneE164: null, isSample: 1 },
				start,
			);
		}
		const grant = (person: string, role: Role, scopeKind: ScopeKind, scopeId: string | null) =>
			insertRoleGrant(
				trx,
				{
					personId: ids[person]!,
					role,
					scopeKind,
					scopeId,
					grantedBy: null,
					isSample: 1,
					validFrom: toLocalDate(start),
				},
				start,
			);
		await grant('administrator', 'administrator', 'portal', null);
		for (const fund of FUNDS) {
			const organisationId = uuidv7(start);
			await trx
				.insertInto('organisation')
				.values({
					id: organisationId,
					kind: 'youth_union',
					name: fund.union,
					adminUnitId: fund.wardId,
					validFrom: null,
					validTo: null,
					isSample: 1,
				})
				.execute();
			organisations.set(fund.wardId, organisationId);
			const id = uuidv7(start);
			await openFund(
				trx,
				{
					id,
					code: fund.code,
					nameVi: fund.vi,
					nameEn: fund.en,
					organisationId: null,
					adminUnitId: fund.wardId,
					isSample: 1,
				},
				start,
			);
			fundIds.set(fund.wardId, id);
			await grant('treasurer', 'treasurer', 'fund', id);
			await grant('approver', 'approver', 'fund', id);
			await grant('ward_officer', 'ward_officer', 'ward', fund.wardId);
			await grant('organiser', 'organiser', 'organisation', organisationId);
		}
		return { ids, organisations, fundIds };
	});
}

type School = { house: GreenHouse; organisationId: string };

async function makeSchools(db: Db, houses: GreenHouse[], people: People, start: number): Promise<School[]> {
	const schools: School[] = [];
	for (const house of houses.filter((each) => each.hostType === 'school')) {
		const organisationId = uuidv7(start);
		await inTransaction(db, async (trx) => {
			await trx
				.insertInto('organisation')
				.values({
					id: organisationId,
					kind: 'school',
					name: house.nameVi,
					adminUnitId: house.ward.id,
					validFrom: null,
					validTo: null,
					isSample: 1,
				})
				.execute();
			await trx
				.updateTable('greenHouse')
				.set({ hostOrganisationId: organisationId })
				.where('id', '=', house.id)
				.execute();
			const years = new Set([schoolYearOf(toLocalDate(start)), schoolYearOf(toLocalDate(start + 365 * DAY))]);
			for (const schoolYear of years) {
				for (const grade of [6, 7, 8, 9]) {
					for (const letter of ['A', 'B']) {
						await insertClass(
							trx,
							{ organisationId, schoolYear, grade, name: `${grade}${letter}`, size: 38, isSample: 1 },
							start,
						);
					}
				}
			}
			const person = schools.length === 0 ? 'school_lead' : 'other_school_lead';
			await insertRoleGrant(
				trx,
				{
					personId: people.ids[person]!,
					role: 'school_lead',
					scopeKind: 'organisation',
					scopeId: organisationId,
					grantedBy: null,
					isSample: 1,
					validFrom: toLocalDate(start),
				},
				start,
			);
		});
		schools.push({ house, organisationId });
	}
	return schools;
}

/** The steward who signs in looks after the first school's house and two more in the same ward. */
async function grantHouses(db: Db, houses: GreenHouse[], people: People, start: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		for (const [index, house] of houses.entries()) {
			const person = index < 3 ? 'steward' : 'other_steward';
			await insertRoleGrant(
				trx,
				{
					personId: people.ids[person]!,
					role: 'steward',
					scopeKind: 'house',
					scopeId: house.id,
					grantedBy: null,
					isSample: 1,
					validFrom: toLocalDate(start),
				},
				start,
			);
		}
	});
}

async function readActors(db: Db, people: People, now: number): Promise<Record<string, Actor>> {
	const actors: Record<string, Actor> = {};
	for (const [name, id] of Object.entries(people.ids)) actors[name] = (await findActor(db, id, now))!;
	return actors;
}

async function makeDevices(db: Db, start: number, count: number) {
	return inTransaction(db, async (trx) => {
		const devices = [];
		for (let index = 0; index < count; index += 1)
			devices.push(await createDeviceAlias(trx, start, mintDeviceSecret(), 1));
		return devices;
	});
}

type Plan = {
	db: Db;
	now: number;
	random: () => number;
	pick: <T>(list: readonly T[]) => T;
	actors: Record<string, Actor>;
	steps: Step[];
};

/** One house's year: things brought, the house emptied, the goods sold, the sale confirmed a day later. */
function planHouse(
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
	let from = start + Math.floor(random() * 20) * DAY;
	while (from < now - DAY) {
		const until = from + (48 + Math.floor(random() * 40)) * DAY;
		const count = 3 + Math.floor(random() * 4);
		for (let each = 0; each < count; each += 1) {
			const at = Math.floor(from + (random() * (until - from) * 9) / 10) + 9 * HOUR;
			if (at > now - HOUR) continue;
			if (school && each % 2 === 0) steps.push({ at, run: () => bringByClass(db, school, lead, at, random) });
			else steps.push({ at, run: () => bring(db, house, pick(devices).id, at, random) });
		}
		// The newest stories are left open: something must wait for the people who sign in.
		if (until < now - 2 * DAY) {
			const isWaiting = until > now - 50 * DAY && index % 6 === 1;
			steps.push({
				at: until,
				run: () => sell(db, house, steward, actors['treasurer']!, until, random, isWaiting),
			});
		}
		from = until;
	}
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

async function bring(
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
	await recordClassSheet(db, lead, { id: uuidv7(at), greenHouseCode: house.code, collectedOn, rows }, at);
}

/** Empties a house and sells what was declared, off by the variance that scales show. */
async function sell(
	db: Db,
	house: GreenHouse,
	steward: Actor,
	treasurer: Actor,
	at: number,
	random: () => number,
	isWaiting: boolean,
): Promise<void> {
	const cycle = await findOpenCycle(db, house.id);
	const declared = cycle ? await sumDeclared(db, cycle.id) : [];
	if (!cycle || declared.length === 0) return;
	await closeCycle(db, steward, cycle.id, at);
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
		steward,
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
	if (!isWaiting) await confirmScrapSale(db, treasurer, id, at + 2 * HOUR);
}

const DESCRIPTIONS: Record<(typeof PURPOSES)[number], string> = {
	health_insurance_card: 'Thẻ bảo hiểm y tế cho hộ cận nghèo (mẫu)',
	scholarship: 'Học bổng đầu năm (mẫu)',
	tet_gift: 'Quà Tết (mẫu)',
	hardship: 'Giúp gia đình gặp hoạn nạn (mẫu)',
	other_welfare: 'Việc an sinh khác (mẫu)',
};

/** Every second month each fund pays something; the latest requests still wait. */
function planPayments(plan: Plan & { start: number }): void {
	const { db, now, start, random, pick, actors, steps } = plan;
	for (const [index, fund] of FUNDS.entries()) {
		for (let at = start + (75 + index * 9) * DAY; at < now - 3 * DAY; at += 58 * DAY) {
			const isLast = at + 58 * DAY >= now - 3 * DAY;
			steps.push({
				at,
				run: async () => {
					const found = await findFundByCode(db, fund.code);
					const amountVnd = Math.floor(((found?.cashVnd ?? 0) * (0.35 + random() * 0.35)) / 10_000) * 10_000;
					if (!found || amountVnd <= 0) return;
					const id = uuidv7(at);
					const purpose = pick(PURPOSES);
					const beneficiaryCount = 2 + Math.floor(random() * 14);
					const input = {
						id,
						fundId: found.id,
						purpose,
						description: DESCRIPTIONS[purpose],
						amountVnd,
						beneficiaryCount,
						adminUnitId: fund.wardId,
					};
					await requestDisbursement(db, actors['ward_officer'], input, at);
					if (isLast && index % 2 === 0) return;
					await approveDisbursement(db, actors['approver'], { id }, at + HOUR);
					if (isLast) return;
					await payDisbursement(
						db,
						actors['treasurer'],
						{ id, entryId: uuidv7(at), paidOn: toLocalDate(at + 2 * HOUR) },
						at + 2 * HOUR,
					);
				},
			});
		}
	}
}

/** A Green Sunday a month in each ward, most of them with a report, and the next two Sundays. */
function planEvents(plan: Plan & { devices: { id: string; secret: string }[] }): void {
	const { db, now, random, pick, actors, devices, steps } = plan;
	const organiser = actors['organiser']!;
	const unions = organiser.grants
		.filter((grant) => grant.role === 'organiser')
		.map((grant) => grant.scopeId!);
	const today = toLocalDate(now);
	const weekday = new Date(startOfLocalDate(today) + 12 * HOUR).getUTCDay();
	const nextSunday = addDays(today, weekday === 0 ? 7 : 7 - weekday);
	for (const [index, organisationId] of unions.entries()) {
		for (let month = 0; month < 11; month += 1) {
			planEvent(
				addDays(nextSunday, -7 * (1 + index + month * 4)),
				organisationId,
				index + month,
				month % 4 !== 3,
			);
		}
		planEvent(addDays(nextSunday, 7 * Math.floor(index / 2)), organisationId, index, false);
	}

	function planEvent(date: string, organisationId: string, number: number, isReported: boolean): void {
		const startsAt = localDateTimeToInstant(date, '07:00')!;
		const announcedAt = Math.min(startsAt - 9 * DAY, now - HOUR);
		const id = uuidv7(announcedAt);
		const title = `${EVENT_TITLES[number % EVENT_TITLES.length]} (mẫu)`;
		steps.push({
			at: announcedAt,
			run: async () => {
				const houses = await listGreenHouses(db, {}, now);
				const house = houses[(number * 7) % houses.length]!;
				const slug = await announceEvent(
					db,
					organiser,
					{
						id,
						organisationId,
						title,
						description:
							'Mời bà con, đoàn viên và các em học sinh cùng dọn vệ sinh. Trời mưa to thì hoãn sang Chủ nhật sau.',
						startsAt,
						endsAt: startsAt + 3 * HOUR,
						greenHouseCode: house.code,
						assemblyPoint: 'Nhà văn hoá khối (mẫu)',
						latitude: null,
						longitude: null,
						capacity: number % 3 === 0 ? 120 : null,
						whatToBring: 'Chổi, xẻng, găng tay, bao đựng rác',
					},
					announcedAt,
				);
				const event = (await findEventBySlug(db, slug))!;
				for (let each = 0; each < 4; each += 1) {
					const device = pick(devices);
					const isUnit = each < 2;
					const input = {
						id: uuidv7(announcedAt),
						kind: isUnit ? ('unit' as const) : ('person' as const),
						name: isUnit ? `Chi đoàn ${each + 1} (mẫu)` : `Người dân ${each} (mẫu)`,
						headCount: isUnit ? 8 + Math.floor(random() * 18) : 1 + Math.floor(random() * 3),
						phone: null,
						isSixteen: true,
					};
					await signUp(db, event.id, input, { secret: device.secret }, announcedAt + HOUR);
				}
			},
		});
		if (!isReported || startsAt + DAY > now) return;
		steps.push({
			at: startsAt + DAY,
			run: () =>
				reportEvent(
					db,
					organiser,
					{
						id,
						headCount: 20 + Math.floor(random() * 60),
						recyclablesGrams: (4 + Math.floor(random() * 40)) * 1000,
						otherWasteGrams: (30 + Math.floor(random() * 300)) * 1000,
						remarks: '',
					},
					startsAt + DAY,
				),
		});
	}
}

/** Houses in every state: mostly open, some full, a few paused, locked, damaged, closed or long unreported. */
async function makeStates(db: Db, houses: GreenHouse[], now: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		for (const [index, house] of houses.entries()) {
			if (index % 33 === 32) {
				await trx
					.updateTable('greenHouse')
					.set({ status: index === 32 ? 'paused' : 'closed' })
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
				reportedBy: null,
				isSample: 1,
			});
		}
	});
}
