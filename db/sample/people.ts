// The sample people, their organisations and what each may do.
import { randomInt } from 'node:crypto';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { hashPassword } from '#features/accounts/password.ts';
import {
	findActor,
	insertPerson,
	insertRoleGrant,
	upsertPassword,
} from '#features/accounts/person.repository.ts';
import { openFund } from '#features/fund/ledger.service.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY } from './plan.ts';

export type SampleSignIn = { role: Role; phone: string; password: string; name: string };

export const FUNDS = [
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

/** The first school's own fund, and that of the council above it. */
export const SCHOOL_FUND = {
	code: 'MAU-TH1',
	vi: 'Quỹ Liên đội Trường học 1 (mẫu)',
	en: 'School 1 Unit Fund (sample)',
};
export const COUNCIL_FUND = {
	code: 'MAU-HDD',
	vi: 'Quỹ Hội đồng Đội tỉnh (mẫu)',
	en: 'Provincial Young Pioneers’ Council Fund (sample)',
};
/** Of each sale the council's fund gets so many per cent, and the ward's for its social work. */
export const COUNCIL_PERCENT = 20;
export const WARD_PERCENT = 10;

/** Words of one syllable from which a password that can be read out is drawn. */
const WORDS =
	'cam chanh dua xoai mit na oi buoi khe hong man le tao quyt nhan vai sung roi hanh toi gung rieng nghe tre truc mai dao cuc sen lan hue'.split(
		' ',
	);
const makePassword = () => Array.from({ length: 6 }, () => WORDS[randomInt(WORDS.length)]).join('-');

const ROLES: { role: Role; phone: string; name: string }[] = [
	{ role: 'steward', phone: '0900000001', name: 'Người phụ trách (mẫu)' },
	{ role: 'treasurer', phone: '0900000002', name: 'Thủ quỹ (mẫu)' },
	{ role: 'approver', phone: '0900000003', name: 'Người duyệt chi (mẫu)' },
	{ role: 'ward_officer', phone: '0900000004', name: 'Cán bộ phường (mẫu)' },
	{ role: 'organiser', phone: '0900000005', name: 'Bí thư Đoàn phường (mẫu)' },
	{ role: 'school_lead', phone: '0900000006', name: 'Tổng phụ trách (mẫu)' },
	{ role: 'administrator', phone: '0900000007', name: 'Quản trị (mẫu)' },
	{ role: 'auditor', phone: '0900000008', name: 'Người kiểm tra (mẫu)' },
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
		await inTransaction(db, (trx) => upsertPassword(trx, person.id, { hash, isLong: true }, now));
		signIns.push({ role, phone, password, name });
	}
	return signIns;
}

export type People = {
	ids: Record<string, string>;
	organisations: Map<string, string>;
	fundIds: Map<string, string>;
};

export async function makePeople(db: Db, start: number): Promise<People> {
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
		await grant('auditor', 'auditor', 'portal', null);
		for (const fund of FUNDS) {
			const organisationId = await insertOrganisation(
				trx,
				{ kind: 'youth_union', name: fund.union, adminUnitId: fund.wardId, isSample: 1 },
				start,
			);
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

export type School = { house: GreenHouse; organisationId: string };

export async function makeSchools(
	db: Db,
	houses: GreenHouse[],
	people: People,
	start: number,
): Promise<School[]> {
	const schools: School[] = [];
	for (const house of houses.filter((each) => each.hostType === 'school')) {
		const organisationId = await inTransaction(db, async (trx) => {
			const school = { kind: 'school', name: house.nameVi, adminUnitId: house.ward.id, isSample: 1 } as const;
			const id = await insertOrganisation(trx, school, start);
			await trx
				.updateTable('greenHouse')
				.set({ hostOrganisationId: id })
				.where('id', '=', house.id)
				.execute();
			const years = new Set([schoolYearOf(toLocalDate(start)), schoolYearOf(toLocalDate(start + 365 * DAY))]);
			for (const schoolYear of years) {
				for (const grade of [6, 7, 8, 9]) {
					for (const letter of ['A', 'B']) {
						await insertClass(
							trx,
							{ organisationId: id, schoolYear, grade, name: `${grade}${letter}`, size: 38, isSample: 1 },
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
					scopeId: id,
					grantedBy: null,
					isSample: 1,
					validFrom: toLocalDate(start),
				},
				start,
			);
			return id;
		});
		schools.push({ house, organisationId });
	}
	return schools;
}

/** The steward who signs in looks after the first school's house and two more in the same ward. */
export async function grantHouses(
	db: Db,
	houses: GreenHouse[],
	people: People,
	start: number,
): Promise<void> {
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

export async function readActors(db: Db, people: People, now: number): Promise<Record<string, Actor>> {
	const actors: Record<string, Actor> = {};
	for (const [name, id] of Object.entries(people.ids)) actors[name] = (await findActor(db, id, now))!;
	return actors;
}

export async function makeDevices(db: Db, start: number, count: number) {
	return inTransaction(db, async (trx) => {
		const devices = [];
		for (let index = 0; index < count; index += 1) {
			const secret = mintDeviceSecret();
			devices.push({ ...(await ensureDeviceAlias(trx, start, secret, 1)), secret });
		}
		return devices;
	});
}
