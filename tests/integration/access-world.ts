// A ward with one of everything that somebody may act on, and people with every role in every kind of place.
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { signUpAccount } from '#features/accounts/account.service.ts';
import { ROLE_SCOPES, ROLES, type Actor, type Role, type ScopeKind } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findActor, insertPerson, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { saveDraft } from '#features/cleanup-events/event-draft.service.ts';
import { newEventValues } from '#features/cleanup-events/event-form.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { recordCashCount } from '#features/fund/cash-count.service.ts';
import { recordProof, writeNote } from '#features/fund/disbursement-note.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { recordStatement } from '#features/fund/statement.service.ts';
import type { StatementInput } from '#features/fund/statement.ts';
import { sendRequest } from '#features/privacy/rights-request.service.ts';
import {
	draftCampaign,
	publishCampaign,
	recordWeighIn,
	type WeighInInput,
} from '#features/schools/campaign.service.ts';
import { listClassLinks } from '#features/schools/class-link.repository.ts';
import { issueClassLinks } from '#features/schools/class-link.service.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	DAY,
	makeActor,
	makeFund,
	makeHouse,
	NOW,
	PLAIN_CAMPAIGN,
	PLAIN_EVENT,
	seedReference,
} from '../support/fixtures.ts';
import { fillAndClose, makeWorld as makeSaleWorld, saleOf } from './sale-world.ts';

export const SECRET = randomBytes(32);
const PASSWORD = 'một câu dài chỉ mình tôi biết';
export const HERE = 'dk-2025';
export const TODAY = '2026-11-22';

/** Photos that are kept nowhere. */
const kept = new Map<string, Uint8Array>();
const store = {
	put: (id: string, data: Uint8Array) => Promise.resolve(void kept.set(id, data)),
	get: (id: string) => Promise.resolve(kept.get(id)),
	remove: (id: string) => Promise.resolve(void kept.delete(id)),
};
let blank: Promise<Uint8Array> | undefined;
export async function takePhoto() {
	blank ??= sharp({ create: { width: 8, height: 8, channels: 3, background: '#999' } })
		.png()
		.toBuffer();
	return { bytes: await blank, store, hasChildren: false };
}

/** Where each role can be asked for, and an invitation to it that is open. */
export type Post = { scopeKind: ScopeKind; scopeId: string | null; invitationId: string; grantId: string };

async function makePosts(db: Db, administrator: Actor, places: Record<ScopeKind, string | null>) {
	const kindOf: Record<Role, ScopeKind> = {
		...{ steward: 'house', school_lead: 'organisation', organiser: 'organisation', treasurer: 'fund' },
		...{ approver: 'fund', auditor: 'fund', ward_officer: 'ward', administrator: 'portal' },
	};
	const posts: [Role, Post][] = [];
	let token = '';
	for (const role of ROLES) {
		const place = { scopeKind: kindOf[role], scopeId: places[kindOf[role]] };
		const invitationId = uuidv7(NOW);
		const input = { id: invitationId, role, ...place, name: '0911111111' };
		({ token } = await inviteToRole(db, SECRET, administrator, input, NOW));
		const holder = await makeActor(db, role, place.scopeKind, place.scopeId);
		posts.push([role, { ...place, invitationId, grantId: holder.grants[0]!.id }]);
	}
	return { posts: Object.fromEntries(posts) as Record<Role, Post>, token };
}

async function join(db: Db, name: string) {
	const account = { displayName: `Người ${name}`, name, password: PASSWORD, locale: 'vi' } as const;
	return signUpAccount(db, { ...account, isSixteen: true }, NOW, async () => {});
}

/** Two people whose sign-in somebody may help with: a resident, and a steward of this house. */
async function makeHelped(db: Db, houseId: string) {
	const [resident, steward] = ['0933333331', '0933333332'];
	const residentId = await join(db, resident);
	const personId = await join(db, steward);
	const grant = { personId, role: 'steward', scopeKind: 'house', scopeId: houseId } as const;
	await inTransaction(db, (trx) => insertRoleGrant(trx, { ...grant, grantedBy: null, isSample: 0 }, NOW));
	const requestId = uuidv7(NOW);
	const asker = await findActor(db, residentId, NOW, NOW);
	await sendRequest(db, asker, { id: requestId, kind: 'access', text: 'Xin xem' }, NOW);
	return { resident, steward, requestId, asker: asker! };
}

export async function makeWorld(db: Db) {
	await seedReference(db);
	const organisation = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'school', name: 'Trường', adminUnitId: 'dk-old', isSample: 0 }, NOW),
	);
	// Its stewards look after the house, and it stands in its yard.
	const sales = await makeSaleWorld(db, {
		stewardOrganisationId: organisation,
		hostOrganisationId: organisation,
	});
	const { house, fund } = sales;
	// Its people make public what the fund does.
	await db.updateTable('fund').set({ organisationId: organisation }).where('id', '=', fund.id).execute();
	const schoolHouse = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisation });
	const administrator = await makeActor(db, 'administrator', 'portal', null);
	const places = { house: house.id, organisation, fund: fund.id, ward: HERE, portal: null };
	const { posts, token } = await makePosts(db, administrator, places);
	const lead = await makeActor(db, 'school_lead', 'organisation', organisation);
	const organiser = await makeActor(db, 'organiser', 'organisation', organisation);
	const officer = await makeActor(db, 'ward_officer', 'ward', HERE);

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
	const campaign = () => ({ ...PLAIN_CAMPAIGN, id: uuidv7(NOW), greenHouseCode: schoolHouse.code });
	const [drafted, running] = [campaign(), campaign()];
	for (const each of [drafted, running]) await draftCampaign(db, lead, each, NOW);
	await publishCampaign(db, lead, running.id, NOW);
	const weighIn = (): WeighInInput => ({
		...{ id: uuidv7(NOW), campaignId: running.id, materialCode: 'mixed_paper', weighedOn: '2026-11-20' },
		weightGrams: 9000,
	});
	const weighed = weighIn();
	await recordWeighIn(db, lead, weighed, NOW);
	await issueClassLinks(db, SECRET, lead, { id: uuidv7(NOW), campaignId: running.id, classId }, NOW);
	const [link] = await listClassLinks(db, running.id, NOW);

	const sale = async (recorder: Actor, withPhoto = false) => {
		const input = saleOf(await fillAndClose(db, sales), withPhoto ? { photoMissingReason: '' } : {});
		await recordScrapSale(db, recorder, input, NOW, withPhoto ? await takePhoto() : undefined);
		return input;
	};
	const [booked, unspent] = [await sale(sales.steward), await sale(sales.steward)];
	for (const { id } of [booked, unspent]) await confirmScrapSale(db, sales.treasurer, id, NOW);
	const waiting = await sale(sales.steward, true);
	const treasurers = await sale(sales.treasurer);
	const unsold = await fillAndClose(db, sales);
	const device = { kind: 'device' as const, deviceAliasId: sales.deviceAliasId };
	const dropOff = { id: uuidv7(NOW), greenHouseCode: house.code, happenedAt: NOW, channel: 'web' as const };
	await recordDropOff(db, device, { ...dropOff, lines }, NOW);

	const request = (id = uuidv7(NOW)) => ({
		...{ id, fundId: fund.id, purpose: 'hardship' as const, description: 'Giúp' },
		...{ amountVnd: 1000, beneficiaryCount: 6, adminUnitId: null },
	});
	const [submitted, approved, paid, noteId, proofId] = Array.from({ length: 5 }, () => uuidv7(NOW));
	for (const id of [submitted, approved, paid]) await requestDisbursement(db, officer, request(id), NOW);
	for (const id of [approved, paid]) await approveDisbursement(db, sales.approver, { id: id! }, NOW);
	await payDisbursement(db, sales.treasurer, { id: paid!, entryId: uuidv7(NOW), paidOn: TODAY }, NOW);
	await writeNote(db, sales.treasurer, { id: noteId!, disbursementId: submitted!, text: 'Riêng' }, NOW);
	const proof = { id: proofId!, disbursementId: paid! };
	await recordProof(db, sales.treasurer, proof, NOW, await takePhoto());
	const statement = (): StatementInput => ({
		...{ id: uuidv7(NOW), fundId: fund.id, kind: 'gift' as const, happenedOn: '2026-11-20' },
		...{ account: 'cash' as const, amountVnd: 5000, words: 'Bà con ủng hộ', privateNote: 'Bà Lan' },
		...{ purpose: null, photoMissingReason: '' },
	});
	const gift = statement();
	await recordStatement(db, sales.treasurer, gift, NOW, await takePhoto());
	const count = { id: uuidv7(NOW), fundId: fund.id, countedOn: TODAY, countedVnd: 75_000, reason: '' };
	await recordCashCount(db, sales.treasurer, count, NOW);

	const event = {
		...{ id: uuidv7(NOW), organisationId: organisation, title: 'Dọn bờ sông', description: '' },
		...PLAIN_EVENT,
		...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null, whatToBring: '' },
		...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
	};
	await announceEvent(db, organiser, event, NOW);
	const draftId = uuidv7(NOW);
	const draft = { id: draftId, organisationId: event.organisationId, sequence: undefined };
	await saveDraft(db, organiser, { ...draft, values: newEventValues(NOW) }, NOW);
	const heads = { id: uuidv7(NOW), kind: 'unit' as const, name: 'Chi đoàn', headCount: 5, phone: null };
	await signUp(db, event.id, { ...heads, isSixteen: true }, { secret: 'một máy' }, NOW);
	return {
		...sales,
		...{
			organisation,
			schoolHouse,
			classId,
			administrator,
			posts,
			token,
			officer,
			sheet,
			standing,
			...{ campaign, drafted, running, weighIn, weighed, linkId: link!.id },
			booked,
			unspent,
			waiting,
		},
		...{ treasurers, unsold, request, submitted: submitted!, approved: approved!, paid: paid! },
		...{ noteId: noteId!, proofId: proofId!, statement, gift, count, event, headsId: heads.id, draftId },
		openCycleId: (await findOpenCycle(db, house.id))!.id,
		helped: await makeHelped(db, house.id),
	};
}
export type World = Awaited<ReturnType<typeof makeWorld>>;

/**
 * Where a role is held, seen from the things of {@link makeWorld}: in the very thing or its ward, in another one of its
 * kind, in a ward that became the one or the other, or in the whole portal.
 */
export type Position = 'here' | 'elsewhere' | 'merged here' | 'merged elsewhere' | 'portal';
export type Person = { role: Role; kind: ScopeKind; position: Position; actor: Actor };

/** Every role in every kind of place where it can be held. */
export async function makePeople(db: Db, world: World): Promise<Person[]> {
	const union = { kind: 'youth_union', name: 'Đoàn khác', adminUnitId: HERE, isSample: 0 } as const;
	const [nextDoor, far] = [await makeHouse(db), await makeHouse(db, { adminUnitId: 'kl-2025' })];
	const otherOrganisation = await inTransaction(db, (trx) => insertOrganisation(trx, union, NOW));
	const otherFund = await makeFund(db, { adminUnitId: 'kl-2025' });
	const positions: Record<ScopeKind, [Position, string | null][]> = {
		house: [
			['here', world.house.id],
			['elsewhere', nextDoor.id],
			['elsewhere', far.id],
		],
		organisation: [
			['here', world.organisation],
			['elsewhere', otherOrganisation],
		],
		fund: [
			['here', world.fund.id],
			['elsewhere', otherFund.id],
		],
		ward: [
			['here', HERE],
			['elsewhere', 'kl-2025'],
			['merged here', 'dk-old'],
			['merged elsewhere', 'hd-old'],
		],
		portal: [['portal', null]],
	};
	const people: Person[] = [];
	for (const role of ROLES)
		for (const kind of ROLE_SCOPES[role])
			for (const [position, id] of positions[kind])
				people.push({ role, kind, position, actor: await makeActor(db, role, kind, id) });
	return people;
}

/** Sample roles in the places that samples share with what is real. */
export async function makeSamples(db: Db): Promise<Person[]> {
	const people: Person[] = [];
	for (const role of ROLES)
		for (const kind of ROLE_SCOPES[role]) {
			if (kind !== 'ward' && kind !== 'portal') continue;
			const actor = await makeActor(db, role, kind, kind === 'ward' ? HERE : null, 1);
			people.push({ role, kind, position: kind === 'ward' ? 'here' : 'portal', actor });
		}
	return people;
}

/** Somebody who is signed in and holds no role. */
export async function makeResident(db: Db): Promise<Actor> {
	const person = { displayName: 'Người dân', phoneE164: null, isSample: 0 } as const;
	const id = await inTransaction(db, (trx) => insertPerson(trx, person, NOW));
	return (await findActor(db, id, NOW, NOW))!;
}
