// A small real world behind a server of its own: one house, one school, one fund and everybody's sign-in.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { inject } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { createAccount } from '#features/accounts/account.service.ts';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { acceptTotp, beginTotp } from '#features/accounts/second-factor.service.ts';
import { endListedSession } from '#features/accounts/session.service.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { approveDisbursement, requestDisbursement } from '#features/fund/disbursement.service.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { reportProblem } from '#features/green-houses/problem-report.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction, openDb, type Db } from '#lib/db.ts';
import { addDays, localDateTimeToInstant, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, makeFund, makeHouse, openSession, PLAIN_EVENT, seedReference } from './fixtures.ts';
import { startServer } from './server.ts';
import { noteServed } from './snapshot.ts';

export const PASSWORD = 'mật khẩu đủ dài của mọi người';
const WARD = 'dk-2025';

/** Recovery codes stand in for the second factor: each sign-in takes one. */
type Person = { phone: string; password: string; recoveryCodes: string[]; actor: Actor };

const makeOrganisation = (db: Db, kind: 'school' | 'youth_union', name: string): Promise<string> =>
	inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind, name, adminUnitId: WARD, isSample: 0 }, Date.now()),
	);

/** The secret of the server that this world starts. */
export const SECRET = randomBytes(32);

/** Adds an authenticator app as its owner does; returns the recovery codes. */
async function giveSecondFactor(db: Db, actor: Actor, now: number): Promise<string[]> {
	const totpSecret = await beginTotp(db, SECRET, actor, now);
	const code = new TOTP({ secret: OtpSecret.fromBase32(totpSecret) }).generate({ timestamp: now });
	const sessionId = await openSession(db, actor.personId);
	const codes = (await acceptTotp(db, SECRET, actor, { code, sessionId }, now))!;
	await endListedSession(db, actor, sessionId, now);
	return codes;
}

async function fill(db: Db, now: number) {
	await seedReference(db);
	const union = await makeOrganisation(db, 'youth_union', 'Đoàn phường Đông Kinh');
	const otherUnion = await makeOrganisation(db, 'youth_union', 'Đoàn phường khác');
	const school = await makeOrganisation(db, 'school', 'Trường THCS Đông Kinh');
	const otherSchool = await makeOrganisation(db, 'school', 'Trường khác');
	const house = await makeHouse(db);
	const otherHouse = await makeHouse(db);
	const schoolHouse = await makeHouse(db, { hostType: 'school', hostOrganisationId: school });
	await db
		.updateTable('collectionCycle')
		.set({ openedAt: now - 30 * DAY })
		.execute();
	const fund = await makeFund(db);
	const otherFund = await makeFund(db, { adminUnitId: 'kl-2025' });

	let serial = 0;
	const makePerson = async (role: Role, scopeKind: ScopeKind, scopeId: string | null): Promise<Person> => {
		const phone = `09120000${(serial += 1).toString().padStart(2, '0')}`;
		const account = { displayName: `Người ${serial}`, name: phone, password: PASSWORD };
		const id = await createAccount(db, { ...account, role, scopeKind, scopeId }, now);
		const actor = (await findActor(db, id, now, now))!;
		const recoveryCodes = await giveSecondFactor(db, actor, now);
		return { phone, password: PASSWORD, recoveryCodes, actor };
	};
	const people = {
		steward: await makePerson('steward', 'house', house.id),
		'another house’s steward': await makePerson('steward', 'house', otherHouse.id),
		treasurer: await makePerson('treasurer', 'fund', fund.id),
		'another fund’s treasurer': await makePerson('treasurer', 'fund', otherFund.id),
		approver: await makePerson('approver', 'fund', fund.id),
		'another fund’s approver': await makePerson('approver', 'fund', otherFund.id),
		'ward officer': await makePerson('ward_officer', 'ward', WARD),
		organiser: await makePerson('organiser', 'organisation', union),
		'another union’s organiser': await makePerson('organiser', 'organisation', otherUnion),
		'school lead': await makePerson('school_lead', 'organisation', school),
		'another school’s lead': await makePerson('school_lead', 'organisation', otherSchool),
		'second approver': await makePerson('approver', 'fund', fund.id),
		auditor: await makePerson('auditor', 'portal', null),
		administrator: await makePerson('administrator', 'portal', null),
	};

	const today = toLocalDate(now);
	const close = async () => {
		const cycle = (await findOpenCycle(db, house.id))!;
		await closeCycle(db, people.steward.actor, cycle.id, now);
		return cycle.id;
	};
	const sale = {
		id: uuidv7(now),
		cycleIds: [await close()],
		soldOn: today,
		dealer: 'Cô Hoa',
		lines: [{ kind: 'lump_sum' as const, weightGrams: null, amountVnd: 50_000 }],
		cashReceivedVnd: 50_000,
		differenceReason: '',
		photoMissingReason: 'Máy hết pin',
	};
	await recordScrapSale(db, people.steward.actor, sale, now);
	const unsoldCycleId = await close();
	const gift = {
		id: uuidv7(now),
		fundId: fund.id,
		kind: 'gift' as const,
		happenedOn: today,
		bookedOn: today,
		recordedBy: people.treasurer.actor.grants[0]!.id,
		source: { kind: 'statement' as const, id: 'gift', content: { statement: 'gift' } },
		postings: [{ debit: 'cash' as const, credit: 'gift' as const, amountVnd: 1_000_000 }],
		text: { kind: 'statement' as const, words: 'Tiền ủng hộ' },
	};
	await inTransaction(db, (trx) => postEntry(trx, gift, now));
	const request = async () => {
		const input = { id: uuidv7(now), fundId: fund.id, purpose: 'hardship' as const, description: 'Giúp' };
		const rest = { amountVnd: 100_000, beneficiaryCount: 6, adminUnitId: WARD };
		await requestDisbursement(db, people['ward officer'].actor, { ...input, ...rest }, now);
		return input.id;
	};
	const requestId = await request();
	const approvedId = await request();
	await approveDisbursement(db, people.approver.actor, { id: approvedId }, now);
	// At a fixed hour: the form has one day for begin and end, so two hours from now would not do before midnight.
	const startsAt = localDateTimeToInstant(addDays(today, 5), '07:00')!;
	const event = {
		id: uuidv7(now),
		organisationId: union,
		title: 'Dọn bờ sông',
		description: '',
		startsAt,
		endsAt: startsAt + DAY / 12,
		greenHouseCode: null,
		assemblyPoint: 'Nhà văn hoá',
		latitude: null,
		longitude: null,
		capacity: null,
		...PLAIN_EVENT,
		whatToBring: '',
	};
	await announceEvent(db, people.organiser.actor, event, now);
	const schoolYear = schoolYearOf(today);
	const schoolClass = {
		organisationId: school,
		schoolYear,
		grade: 6,
		name: '6A',
		size: 38,
		isSample: 0 as const,
	};
	const classId = await inTransaction(db, (trx) => insertClass(trx, schoolClass, now));
	const problem = { id: uuidv7(now), greenHouseCode: house.code, kind: 'damage' as const };
	await reportProblem(db, { secret: 'một máy' }, { ...problem, text: 'Gãy bản lề', seenAt: now }, now);
	const ids = {
		problemId: problem.id,
		union,
		saleId: sale.id,
		unsoldCycleId,
		requestId,
		approvedId,
		eventId: event.id,
		classId,
	};
	const openCycleId = (await findOpenCycle(db, house.id))!.id;
	return { people, house, schoolHouse, fund, today, openCycleId, ...ids };
}

/**
 * Starts it, on SQLite unless an empty PostgreSQL database is given; `db` is the server's own database.
 * @param env what the server is started with besides
 */
export async function startWorld(postgresUrl?: string, env: Record<string, string> = {}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-world-'));
	const file = path.join(folder, 'portal.db');
	if (postgresUrl === undefined) copyFileSync(inject('sqliteTemplate'), file);
	const url = postgresUrl ?? `file:${file}`;
	const db = openDb(url);
	noteServed(db);
	await migrateToLatest(db);
	const world = await fill(db, Date.now());
	const server = await startServer({
		DATABASE_URL: url,
		PHOTO_DIR: folder,
		PORTAL_SECRET: SECRET.toString('base64url'),
		LEDGER_KEY: SECRET.toString('base64url'),
		...env,
	});
	return {
		...world,
		db,
		baseUrl: server.baseUrl,
		output: server.output,
		photoDir: folder,
		stop: async () => {
			const code = await server.stop();
			await db.destroy();
			rmSync(folder, { recursive: true, force: true });
			return code;
		},
	};
}

export type ServedWorld = Awaited<ReturnType<typeof startWorld>>;
