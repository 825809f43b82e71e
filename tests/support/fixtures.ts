// Small worlds for integration tests; every row goes through the code that the portal uses.
import type { CampaignInput } from '#features/schools/campaign.ts';
import { loadReference } from '#db/reference.ts';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { findActor, insertPerson, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { openFund } from '#features/fund/ledger.service.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { findGreenHouseByCode, insertGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';

/** Sunday 22/11/2026, 10:00 in Lạng Sơn. */
export const NOW = Date.UTC(2026, 10, 22, 3, 0);
export const DAY = 24 * 60 * 60 * 1000;

/** Wards and materials. */
export const seedReference = (db: Db): Promise<void> => loadReference(db);

let serial = 0;

/** The person is signed in, in a session of this id. */
export async function openSession(db: Db, personId: string, id = uuidv7(NOW)): Promise<string> {
	const times = { expiresAt: NOW * 2, createdAt: NOW, lastUsedAt: NOW, authenticatedAt: NOW };
	await db
		.insertInto('session')
		.values({ ...times, id, personId, tokenHash: id, label: '?', secondFactorAt: null, mustRotate: 0 })
		.execute();
	return id;
}

/** A real house in phường Đông Kinh that takes paper, cartons, bottles and cans; its first cycle is 30 days old. */
export async function makeHouse(db: Db, over: Record<string, unknown> = {}): Promise<GreenHouse> {
	serial += 1;
	const code = `NNX-${String(serial).padStart(3, '0')}`;
	const house = {
		id: uuidv7(NOW),
		code,
		nameVi: `Khu dân cư ${serial}, phường Đông Kinh`,
		hostType: 'residential',
		hostOrganisationId: null,
		stewardOrganisationId: null,
		adminUnitId: 'dk-2025',
		neighbourhoodId: null,
		address: '',
		latitude: 21.846,
		longitude: 106.762,
		positionSource: 'surveyed',
		accuracyM: null,
		hours: '06:00-19:00',
		openedOn: null,
		closedOn: null,
		status: 'active',
		successorId: null,
		isSample: 0,
		materials: ['mixed_paper', 'cardboard', 'beverage_carton', 'pet_bottle', 'aluminium_can', 'e_waste'],
		...over,
	} as Parameters<typeof insertGreenHouse>[1];
	await inTransaction(db, (trx) => insertGreenHouse(trx, house, NOW - 30 * DAY));
	const found = await findGreenHouseByCode(db, house.code, NOW);
	if (!found) throw new Error('the fixture house was not found');
	return found;
}

/** The fund of phường Đông Kinh. */
export async function makeFund(
	db: Db,
	over: Partial<Parameters<typeof openFund>[1]> = {},
): Promise<{ id: string; code: string }> {
	serial += 1;
	const fund = {
		id: uuidv7(NOW),
		code: `DK-${serial}`,
		nameVi: 'Quỹ phường Đông Kinh',
		nameEn: 'Đông Kinh Ward Fund',
		organisationId: null,
		adminUnitId: 'dk-2025',
		isSample: 0 as const,
		...over,
	};
	await inTransaction(db, (trx) => openFund(trx, fund, NOW - 30 * DAY));
	return { id: fund.id, code: fund.code };
}

/** A person who is signed in and holds one role. */
export async function makeActor(
	db: Db,
	role: Role,
	scopeKind: ScopeKind,
	scopeId: string | null,
	isSample: 0 | 1 = 0,
	validTo: LocalDate | null = null,
): Promise<Actor> {
	serial += 1;
	const personId = await inTransaction(db, async (trx) => {
		const id = await insertPerson(trx, { displayName: `Người ${serial}`, phoneE164: null, isSample }, NOW);
		const grant = { personId: id, role, scopeKind, scopeId, grantedBy: null, isSample };
		await insertRoleGrant(trx, { ...grant, validFrom: '2025-01-01', validTo }, NOW);
		return id;
	});
	const actor = await findActor(db, personId, NOW, NOW);
	if (!actor) throw new Error('the fixture actor was not found');
	return actor;
}

const away = () => Promise.reject(new Error('no file is touched'));
/** A photo as it is, nothing of it blacked out. */
export const WHOLE = { frames: [], store: { put: away, get: away, remove: away } };

/** What an announcement may say beside when, where and what to bring, left empty. */
export const PLAIN_EVENT = {
	...{ collectionPartner: '', documentNumber: '', areaText: '', area: null, provided: '', clothes: '' },
	...{
		rainPlan: '',
		leadName: '',
		leadPhone: null,
		isLeadPhonePublic: false,
		coOrganiserIds: [],
		sections: [],
		needs: [],
	},
};

/** A campaign of the days around {@link NOW} in which paper counts. */
export const PLAIN_CAMPAIGN: CampaignInput = {
	...{ name: 'Kế hoạch nhỏ', purpose: '', startsOn: '2026-11-15', endsOn: '2026-11-30' },
	...{ materials: ['mixed_paper'], quotaPer: null, quota: [], awards: [] },
	...{ fullPoints: 0, extraPoints: 0, extraCap: 0, tieRule: 'shared', rounding: 'down' },
};
