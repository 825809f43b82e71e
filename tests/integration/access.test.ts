// The table of action × role × scope, walked: whoever it does not name is refused by the service, and nothing is
// written; whoever it names is refused too where a second factor is wanted and was not given.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
	ACTS,
	findAnyGrant,
	findGrant,
	PERMISSIONS,
	requireGrant,
	ROLE_SCOPES,
	ROLES,
	type Act,
	type Actor,
	type Role,
	type Scope,
	type ScopeKind,
} from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent, cancelEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findEvent } from '#features/cleanup-events/cleanup-event.repository.ts';
import { readPhones } from '#features/cleanup-events/sign-up.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordPaperPage } from '#features/collections/paper-page.service.ts';
import {
	confirmScrapSale,
	getScrapSale,
	recordScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import {
	approveDisbursement,
	getDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { confirmCashCount, recordCashCount } from '#features/fund/cash-count.service.ts';
import { writeNote } from '#features/fund/disbursement-note.service.ts';
import { closeMonth, reopenMonth } from '#features/fund/month-close.service.ts';
import { confirmStatement, eraseStatementNote, recordStatement } from '#features/fund/statement.service.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { decidePhoto } from '#features/photos/photo.service.ts';
import { publishNotice } from '#features/privacy/notice.service.ts';
import { answerRequest } from '#features/privacy/rights-request.service.ts';
import { recordClassSheet, revokeClassSheet } from '#features/schools/class-sheet.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { openOrganisation } from '#features/team/organisation.service.ts';
import { issueResetCode, resetSecondFactor } from '#features/team/reset-code.service.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW } from '../support/fixtures.ts';
import { digest } from '../support/snapshot.ts';
import { fillAndClose, makeWorld as makeSaleWorld, saleOf } from './sale-world.ts';

const SECRET = randomBytes(32);
const EVERYWHERE: Scope[] = [];

async function makeWorld(db: Db) {
	const sales = await makeSaleWorld(db);
	const { house, fund } = sales;
	const organisation = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'school', name: 'Trường', adminUnitId: 'dk-2025', isSample: 0 }, NOW),
	);
	const schoolHouse = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisation });
	const lead = await makeActor(db, 'school_lead', 'organisation', organisation);
	const organiser = await makeActor(db, 'organiser', 'organisation', organisation);
	const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
	const schoolClass = { organisationId: organisation, schoolYear: '2026-2027', grade: 6, name: '6A' };
	const classId = await inTransaction(db, (trx) =>
		insertClass(trx, { ...schoolClass, size: null, isSample: 0 }, NOW),
	);
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 3000 }];
	const sheet = (collectedOn: string) => ({
		...{ id: uuidv7(NOW), greenHouseCode: schoolHouse.code, collectedOn },
		...{ rows: [{ classId, lines }], isExtra: false },
	});
	const standing = sheet('2026-11-20');
	await recordClassSheet(db, lead, standing, NOW);
	const booked = saleOf(await fillAndClose(db, sales));
	await recordScrapSale(db, sales.steward, booked, NOW);
	await confirmScrapSale(db, sales.treasurer, booked.id, NOW);
	const waiting = saleOf(await fillAndClose(db, sales));
	await recordScrapSale(db, sales.steward, waiting, NOW);
	const unsold = await fillAndClose(db, sales);
	const request = (id: string) => ({
		...{ id, fundId: fund.id, purpose: 'hardship' as const, description: 'Giúp' },
		...{ amountVnd: 1000, beneficiaryCount: 6, adminUnitId: null },
	});
	const [submitted, approved] = [uuidv7(NOW), uuidv7(NOW)];
	for (const id of [submitted, approved]) await requestDisbursement(db, officer, request(id), NOW);
	await approveDisbursement(db, sales.approver, { id: approved }, NOW);
	const event = {
		...{ id: uuidv7(NOW), organisationId: organisation, title: 'Dọn bờ sông', description: '' },
		...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null, whatToBring: '' },
		...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
	};
	await announceEvent(db, organiser, event, NOW);
	const statement = {
		...{ id: uuidv7(NOW), fundId: fund.id, kind: 'gift' as const, happenedOn: '2026-11-20' },
		...{ account: 'cash' as const, amountVnd: 5000, words: 'Bà con ủng hộ', privateNote: 'Bà Lan' },
		...{ purpose: null, photoMissingReason: 'Không có giấy' },
	};
	await recordStatement(db, sales.treasurer, statement, NOW);
	const count = { id: uuidv7(NOW), fundId: fund.id, countedOn: '2026-11-22', countedVnd: 38_000, reason: '' };
	await recordCashCount(db, sales.treasurer, count, NOW);
	const openCycleId = (await findOpenCycle(db, house.id))!.id;
	const ids = { submitted, approved, openCycleId, unsold, organisation };
	return {
		...sales,
		...ids,
		statement,
		count,
		schoolHouse,
		sheet,
		standing,
		booked,
		waiting,
		request,
		event,
	};
}
type World = Awaited<ReturnType<typeof makeWorld>>;

const invite = (role: Role, kind: ScopeKind, idOf: (world: World) => string | null) => ({
	scopes: (world: World): Scope[] => {
		const id = idOf(world);
		if (id === null) return EVERYWHERE;
		if (kind === 'fund' || kind === 'ward') return [{ kind, id }];
		return [
			{ kind, id },
			{ kind: 'ward', id: 'dk-2025' },
		];
	},
	run: (db: Db, world: World, actor: Actor) =>
		inviteToRole(
			db,
			SECRET,
			actor,
			{ id: uuidv7(NOW), role, scopeKind: kind, scopeId: idOf(world), name: '0912345678' },
			NOW,
		),
});

type Walk = {
	/** The scopes of the object that is acted on; undefined for what has none of its own. */
	scopes?: (world: World) => Scope[];
	/** Tries the act as the actor. */
	run: (db: Db, world: World, actor: Actor) => Promise<unknown>;
};
const ofHouse = (world: World): Scope[] => [
	{ kind: 'house', id: world.house.id },
	{ kind: 'ward', id: 'dk-2025' },
];
const ofFund = (world: World): Scope[] => [{ kind: 'fund', id: world.fund.id }];
const ofHouseAndFund = (world: World): Scope[] => [...ofHouse(world), ...ofFund(world)];
const ofFundAndWard = (world: World): Scope[] => [...ofFund(world), { kind: 'ward', id: 'dk-2025' }];
const ofOrganisation = (world: World): Scope[] => [{ kind: 'organisation', id: world.organisation }];
const everywhere = (): Scope[] => EVERYWHERE;

const WALKS: Record<Act, Walk> = {
	'house-state.report': {
		scopes: ofHouse,
		run: (db, { house }, actor) =>
			reportHouseState(db, actor, { greenHouseCode: house.code, fill: 'full', condition: 'usable' }, NOW),
	},
	'collection-cycle.close': {
		scopes: ofHouse,
		run: (db, { openCycleId }, actor) => closeCycle(db, actor, openCycleId, NOW),
	},
	'goods.carry': {
		scopes: ofHouse,
		run: (db, { unsold }, actor) =>
			carryGoods(db, actor, { cycleId: unsold, materials: ['mixed_paper'] }, NOW),
	},
	'paper-page.record': {
		scopes: ofHouseAndFund,
		run: (db, { house }, actor) => {
			const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 }];
			const rows = [{ index: 0, happenedOn: '2026-11-20', householdCount: 6, lines }];
			return recordPaperPage(db, actor, { id: uuidv7(NOW), greenHouseCode: house.code, rows }, NOW);
		},
	},
	'scrap-sale.read': {
		scopes: ofHouseAndFund,
		run: (db, { booked }, actor) => getScrapSale(db, actor, booked.id, NOW),
	},
	'scrap-sale.record': {
		scopes: ofHouseAndFund,
		run: (db, { unsold }, actor) => recordScrapSale(db, actor, saleOf(unsold), NOW),
	},
	'scrap-sale.confirm': {
		scopes: ofFund,
		run: (db, { waiting }, actor) => confirmScrapSale(db, actor, waiting.id, NOW),
	},
	'scrap-sale.reverse': {
		scopes: ofFund,
		run: (db, { booked }, actor) =>
			reverseScrapSale(db, actor, { saleId: booked.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' }, NOW),
	},
	'class-sheet.record': {
		scopes: ofOrganisation,
		run: (db, { sheet }, actor) => recordClassSheet(db, actor, sheet('2026-11-19'), NOW),
	},
	'class-sheet.revoke': {
		scopes: ofOrganisation,
		run: (db, { standing }, actor) => revokeClassSheet(db, actor, standing.id, NOW),
	},
	'cleanup-event.announce': {
		scopes: ofOrganisation,
		run: (db, { event }, actor) => announceEvent(db, actor, { ...event, id: uuidv7(NOW) }, NOW),
	},
	'cleanup-event.change': {
		scopes: ofOrganisation,
		run: (db, { event }, actor) => cancelEvent(db, actor, { id: event.id, reason: 'Mưa' }, NOW),
	},
	'sign-up.call': {
		scopes: ofOrganisation,
		run: async (db, { event }, actor) => readPhones(db, actor, (await findEvent(db, event.id))!),
	},
	'disbursement.read': {
		scopes: ofFundAndWard,
		run: (db, { submitted }, actor) => getDisbursement(db, actor, submitted),
	},
	'disbursement.request': {
		scopes: ofFundAndWard,
		run: (db, { request }, actor) => requestDisbursement(db, actor, request(uuidv7(NOW)), NOW),
	},
	'disbursement.approve': {
		scopes: ofFund,
		run: (db, { submitted }, actor) => approveDisbursement(db, actor, { id: submitted }, NOW),
	},
	'disbursement.pay': {
		scopes: ofFund,
		run: (db, { approved }, actor) =>
			payDisbursement(db, actor, { id: approved, entryId: uuidv7(NOW), paidOn: '2026-11-22' }, NOW),
	},
	'fund.rule': {
		scopes: ofFund,
		run: (db, { fund }, actor) =>
			setFundRule(
				db,
				actor,
				{
					...{ id: uuidv7(NOW), fundId: fund.id, validFrom: '2026-11-22', twoApproversAboveVnd: null },
					...{ saleRecorder: 'treasurer', boardDueDay: null, shares: [] },
				},
				NOW,
			),
	},
	'statement.record': {
		scopes: ofFund,
		run: (db, { statement }, actor) =>
			recordStatement(db, actor, { ...statement, id: uuidv7(NOW), kind: 'bank_deposit' }, NOW),
	},
	'statement.confirm': {
		scopes: ofFund,
		run: (db, { statement }, actor) => confirmStatement(db, actor, statement.id, NOW),
	},
	'cash-count.record': {
		scopes: ofFund,
		run: (db, { count }, actor) => recordCashCount(db, actor, { ...count, id: uuidv7(NOW) }, NOW),
	},
	'cash-count.confirm': {
		scopes: ofFund,
		run: (db, { count }, actor) => confirmCashCount(db, actor, count.id, NOW),
	},
	'month.close': {
		scopes: ofFund,
		run: (db, { fund }, actor) =>
			closeMonth(db, actor, { id: uuidv7(NOW), fundId: fund.id, month: '2026-11' }, NOW),
	},
	'month.reopen': {
		scopes: ofFund,
		run: (db, { fund }, actor) =>
			reopenMonth(db, actor, { id: uuidv7(NOW), fundId: fund.id, month: '2026-11', reason: 'Sai' }, NOW),
	},
	'disbursement.note': {
		scopes: ofFund,
		run: async (db, { submitted, statement }, actor) => {
			await expect(eraseStatementNote(db, actor, statement.id, NOW)).rejects.toThrow();
			return writeNote(db, actor, { id: uuidv7(NOW), disbursementId: submitted, text: 'Riêng' }, NOW);
		},
	},
	'photo.decide': {
		scopes: ofFund,
		run: (db, world, actor) => decidePhoto(db, actor, { id: 'x', status: 'approved' }, ofFund(world), NOW),
	},
	'organisation.change': {
		scopes: () => [{ kind: 'ward', id: 'dk-2025' }],
		run: (db, _world, actor) =>
			openOrganisation(db, actor, { kind: 'agency', name: 'Sở', adminUnitId: 'dk-2025' }, NOW),
	},
	'role.steward': invite('steward', 'house', ({ house }) => house.id),
	'role.school_lead': invite('school_lead', 'organisation', ({ organisation }) => organisation),
	'role.organiser': invite('organiser', 'organisation', ({ organisation }) => organisation),
	'role.treasurer': invite('treasurer', 'fund', ({ fund }) => fund.id),
	'role.approver': invite('approver', 'fund', ({ fund }) => fund.id),
	'role.auditor': invite('auditor', 'fund', ({ fund }) => fund.id),
	'role.ward_officer': invite('ward_officer', 'ward', () => 'dk-2025'),
	'role.administrator': invite('administrator', 'portal', () => null),
	'reset-code.issue': {
		run: (db, _world, actor) =>
			issueResetCode(db, SECRET, actor, { id: uuidv7(NOW), name: '0999999999' }, NOW),
	},
	'second-factor.reset': {
		run: (db, _world, actor) => resetSecondFactor(db, actor, { name: '0999999999' }, NOW),
	},
	// These two are asked by their page and their file (tests/e2e/account.test.ts).
	'audit-log.read': {
		scopes: everywhere,
		run: async (_db, _world, actor) => requireGrant(actor, 'audit-log.read', []),
	},
	'audit-log.export': {
		scopes: everywhere,
		run: async (_db, _world, actor) => requireGrant(actor, 'audit-log.export', []),
	},
	'rights-request.answer': {
		scopes: everywhere,
		run: (db, _world, actor) => answerRequest(db, actor, { id: 'x', answer: 'Đã', isComplete: true }, NOW),
	},
	'notice.publish': {
		scopes: everywhere,
		run: (db, _world, actor) => {
			const text = { title: 'Quyền riêng tư', body: 'Mới' };
			return publishNotice(db, actor, { vi: text, en: text, basedOn: 1 }, NOW);
		},
	},
};

/** Every role in each scope where it can be held: of this object's kind, and of another's. */
async function makePeople(db: Db, world: World): Promise<{ role: Role; actor: Actor }[]> {
	const elsewhere = await makeFund(db, { adminUnitId: 'kl-2025' });
	const otherHouse = await makeHouse(db, { adminUnitId: 'kl-2025' });
	const held: Record<ScopeKind, (string | null)[]> = {
		house: [world.house.id, otherHouse.id],
		organisation: [world.organisation, 'another organisation'],
		fund: [world.fund.id, elsewhere.id],
		ward: ['dk-2025', 'kl-2025'],
		portal: [null],
	};
	const people: { role: Role; actor: Actor }[] = [];
	for (const role of ROLES)
		for (const kind of ROLE_SCOPES[role])
			for (const id of held[kind]) people.push({ role, actor: await makeActor(db, role, kind, id) });
	return people;
}

/** Refusals that say that somebody may not; sight of a sale is refused as if there were none. */
const REFUSALS = ['notYourRole', 'unknownSale', 'secondFactorFirst'];

const refusalOf = (work: () => Promise<unknown>): Promise<string | undefined> =>
	Promise.resolve()
		.then(work)
		.then(
			() => undefined,
			(error: unknown) => {
				if (error instanceof DomainError) return error.key;
				throw error;
			},
		);

describeEachEngine('the table of action, role and scope', (engine) => {
	test('refuses everybody whom it does not name, and writes nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const people = await makePeople(db, world);
		// Tries are counted.
		const before = await digest(db, ['rate_limit']);
		let refused = 0;
		for (const act of ACTS) {
			const { scopes, run } = WALKS[act];
			for (const { role, actor } of people) {
				const grant = scopes ? findGrant(actor, act, scopes(world)) : findAnyGrant(actor, act);
				if (grant) {
					expect(PERMISSIONS[act].roles).toContain(role);
					if (!PERMISSIONS[act].secondFactor) continue;
					const weak = { ...actor, isStrong: false };
					expect([act, role, await refusalOf(() => run(db, world, weak))]).toEqual([
						act,
						role,
						'secondFactorFirst',
					]);
				} else {
					const key = await refusalOf(() => run(db, world, actor));
					expect([act, role, REFUSALS.includes(key ?? 'done') || key]).toEqual([act, role, true]);
				}
				refused += 1;
			}
			const nobody = undefined as unknown as Actor;
			expect([act, await refusalOf(() => run(db, world, nobody))]).toEqual([act, 'signInFirst']);
		}
		expect(await digest(db, ['rate_limit'])).toEqual(before);
		expect(refused).toBeGreaterThan(400);
	});

	test('lets no sample touch what is real, though its ward or organisation holds both', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const acts = [
			...(['house-state.report', 'collection-cycle.close', 'scrap-sale.record'] as const),
			...(['goods.carry', 'paper-page.record'] as const),
			...(['disbursement.request', 'cleanup-event.announce', 'cleanup-event.change'] as const),
		];
		for (const act of acts) {
			const { scopes, run } = WALKS[act];
			const [role] = PERMISSIONS[act].roles;
			const scope = scopes!(world).findLast((each) => ROLE_SCOPES[role!].includes(each.kind))!;
			const actor = await makeActor(db, role!, scope.kind, scope.id, 1);
			const before = await digest(db, ['rate_limit']);
			expect([act, await refusalOf(() => run(db, world, actor))]).toEqual([act, 'sampleOnReal']);
			expect(await digest(db, ['rate_limit'])).toEqual(before);
		}
	});

	test('names an auditor for nothing that writes', () => {
		const reads = ['scrap-sale.read', 'disbursement.read', 'audit-log.read', 'audit-log.export'];
		expect(ACTS.filter((act) => PERMISSIONS[act].roles.includes('auditor'))).toEqual(reads);
	});
});
