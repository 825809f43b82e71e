// What the table of action × role × scope means for each service: on what it acts, and where a role for it is held.
import {
	ROLES,
	requireGrant,
	type Act,
	type Actor,
	type Role,
	type ScopeKind,
} from '#features/accounts/actor.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { listChanges } from '#features/cleanup-events/event-change.repository.ts';
import {
	cancelEvent,
	moveEvent,
	postponeEvent,
	undoChange,
} from '#features/cleanup-events/event-change.service.ts';
import { listEventPhotos } from '#features/cleanup-events/event-photo.repository.ts';
import { addEventPhoto, decideEventPhoto } from '#features/cleanup-events/event-photo.service.ts';
import { getOfficialReport, reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { findEvent } from '#features/cleanup-events/cleanup-event.repository.ts';
import { deleteDraft, saveDraft } from '#features/cleanup-events/event-draft.service.ts';
import { findSeries, insertSeries } from '#features/cleanup-events/event-series.repository.ts';
import {
	announceSeries,
	editFollowing,
	extendSeries,
	pauseSeries,
	resumeSeries,
} from '#features/cleanup-events/event-series.service.ts';
import { newEventValues } from '#features/cleanup-events/event-form.ts';
import {
	checkInByCode,
	readAttendance,
	recordAttendance,
} from '#features/cleanup-events/attendance.service.ts';
import { checkInCodeOf } from '#features/cleanup-events/check-in.ts';
import { issueLetter } from '#features/cleanup-events/letter.service.ts';
import { readPhones, removeSignUp } from '#features/cleanup-events/sign-up.service.ts';
import { carryGoods, closeCycle, returnGoods } from '#features/collections/collection-cycle.service.ts';
import { recordPaperPage, withdrawPaperPage } from '#features/collections/paper-page.service.ts';
import {
	confirmScrapSale,
	decideSalePhoto,
	getScrapSale,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import { setVarianceLimit } from '#features/collections/variance-limit.service.ts';
import {
	decideDisclosurePhoto,
	endDisclosure,
	recordDisclosure,
	withdrawDisclosure,
} from '#features/disclosures/disclosure.service.ts';
import { confirmCashCount, recordCashCount, returnCashCount } from '#features/fund/cash-count.service.ts';
import {
	decideProofPhoto,
	eraseNote,
	getNotes,
	recordProof,
	writeNote,
} from '#features/fund/disbursement-note.service.ts';
import {
	approveDisbursement,
	getDisbursement,
	payDisbursement,
	requestDisbursement,
	returnDisbursement,
} from '#features/fund/disbursement.service.ts';
import { askReversal, confirmReversal, returnReversal } from '#features/fund/entry-reversal.service.ts';
import { eraseEntryText } from '#features/fund/entry-text.service.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { closeMonth, reopenMonth } from '#features/fund/month-close.service.ts';
import {
	confirmStatement,
	decideStatementPhoto,
	eraseStatementNote,
	recordStatement,
	returnStatement,
} from '#features/fund/statement.service.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { closeProblem, reportProblem } from '#features/green-houses/problem-report.service.ts';
import { previewGuideItem, publishGuideItem } from '#features/materials/guide.service.ts';
import {
	closeHouse,
	mergeHouse,
	moveHouse,
	pauseHouse,
	reopenHouse,
} from '#features/green-houses/house-change.service.ts';
import { findVisitorPhoto } from '#features/green-houses/house-photo.repository.ts';
import { attachPhoto, decideHousePhoto } from '#features/green-houses/house-photo.service.ts';
import { surveyHouse } from '#features/green-houses/house-survey.service.ts';
import { previewNotice, publishNotice } from '#features/privacy/notice.service.ts';
import { answerRequest } from '#features/privacy/rights-request.service.ts';
import {
	changeCampaign,
	deleteCampaignDraft,
	draftCampaign,
	endCampaign,
	moveCampaignEnd,
	publishCampaign,
	recordWeighIn,
	unpublishCampaign,
	withdrawWeighIn,
} from '#features/schools/campaign.service.ts';
import { endClassLink, issueClassLinks } from '#features/schools/class-link.service.ts';
import {
	approveClassSheet,
	approveClassSheets,
	readClassTable,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import { previewClassList, saveClassList } from '#features/schools/class-list.service.ts';
import { rollOver } from '#features/schools/class-rollover.service.ts';
import {
	addClass,
	changeClass,
	endClass,
	mergeClass,
	splitClass,
} from '#features/schools/school-class.service.ts';
import { getSheetBook, getSheetTemplate } from '#features/schools/sheet-book.service.ts';
import { bookWords } from '#features/schools/sheet-book.ts';
import { closeOrganisation, openOrganisation } from '#features/team/organisation.service.ts';
import { issueResetCode, resetSecondFactor } from '#features/team/reset-code.service.ts';
import { endRole, inviteToRole, withdrawInvitation } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, makeActor, NOW, WHOLE } from '../support/fixtures.ts';
import { HERE, SECRET, takePhoto, TODAY, type World } from './access-world.ts';
import { saleOf } from './sale-world.ts';

const BOOK_WORDS = bookWords(createTranslator('vi'), 'vi');
const guideTexts = { name: 'Pin', aliases: '', what: 'Pin', prepare: 'Dán lại', where: '', source: 'Luật' };
const guideInput = {
	...{ code: 'pin', destination: 'hazardous', material: 'battery', datedOn: TODAY },
	...{ isNew: false, glyph: '', after: '', isRetired: false },
	texts: { vi: guideTexts, en: guideTexts },
};

export type Walk = {
	act: Act;
	/** The kinds of place that this thing lies in: a role in another place of the kind allows nothing. */
	reach: readonly ScopeKind[] | 'anywhere';
	/** Of the act's roles only these, for this thing. */
	only?: readonly Role[];
	/** What the others are told, beside that it is not their role. */
	refusals?: readonly string[];
	/** Brings the world to where it can be done. */
	prepare?: (db: Db, world: World) => Promise<unknown>;
	run: (db: Db, world: World, actor: Actor | undefined) => unknown;
	/** Writes nothing. */
	isRead?: true;
	/** Makes or asks for something of the actor's own kind, so a sample actor may. */
	isOfOwnKind?: true;
};

const HOUSE = ['house', 'organisation', 'ward'] as const;
const GOODS = [...HOUSE, 'fund'] as const;
const FUND = ['fund'] as const;
const REQUEST = ['fund', 'ward'] as const;
const ORGANISATION = ['organisation'] as const;
const id = () => uuidv7(NOW);
const REASON = 'Sai';
const LATER = NOW + 10 * DAY;

const PAUSE = { from: TODAY, until: undefined, reason: 'Tạm nghỉ' };

/** A week and a day on which it takes place again. */
function seriesOf(event: World['event']) {
	const first = toLocalDate(event.startsAt);
	const until = addDays(first, 7);
	return { ...event, id: id(), pattern: 'weekly' as const, until, dates: [first, until] };
}

/** The world's event is the first day of a series under its own id. */
async function prepareSeries(db: Db, { event }: World): Promise<void> {
	const row = await db
		.selectFrom('cleanupEvent')
		.selectAll()
		.where('id', '=', event.id)
		.executeTakeFirstOrThrow();
	const firstOn = toLocalDate(event.startsAt);
	await inTransaction(db, (trx) =>
		insertSeries(trx, {
			...{ id: event.id, organisationId: event.organisationId, title: event.title, pattern: 'weekly' },
			...{ firstOn, untilOn: addDays(firstOn, 7), contentHash: '', createdBy: row.createdBy },
			...{ createdAt: NOW, isSample: row.isSample },
		}),
	);
	await db.updateTable('cleanupEvent').set({ seriesId: event.id }).where('id', '=', event.id).execute();
}

/** The month of November is over, counted, and nothing in it is open. */
async function endMonth(db: Db, { approver, treasurer, fund, count, gift, waiting, treasurers }: World) {
	await returnScrapSale(db, treasurer, { saleId: waiting.id, reason: REASON }, NOW);
	await returnScrapSale(db, approver, { saleId: treasurers.id, reason: REASON }, NOW);
	await returnStatement(db, approver, { id: gift.id, reason: REASON }, NOW);
	await returnCashCount(db, approver, { id: count.id, reason: REASON }, NOW);
	const last = { ...count, id: id(), countedOn: '2026-11-30' };
	await recordCashCount(db, treasurer, last, LATER);
	await confirmCashCount(db, approver, last.id, LATER);
	return { id: id(), fundId: fund.id, month: '2026-11' };
}

const PAPER = id();
const recordPaperPageAs = (db: Db, { house }: World, actor: Actor | undefined, pageId: string) => {
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 }];
	const rows = [{ index: 0, happenedOn: '2026-11-20', householdCount: 6, lines }];
	return recordPaperPage(db, actor, { id: pageId, greenHouseCode: house.code, rows }, NOW);
};

const PROBLEM = id();
const DISCLOSED = id();
const recordDisclosureAs = async (
	db: Db,
	{ fund }: World,
	actor: Actor | undefined,
	disclosureId: string,
) => {
	const sheet = { id: disclosureId, fundId: fund.id, month: '2026-10', subject: '', form: 'board' as const };
	const rest = { place: 'Nhà văn hoá', fromOn: '2026-11-05', toOn: null, note: '', photoMissingReason: '' };
	return recordDisclosure(db, actor, { ...sheet, ...rest }, NOW, await takePhoto());
};

type Reversible = 'gift' | 'payment' | 'cash_difference';
const REVERSAL = id();
/** An entry of the kind stands in the book. */
const book: Record<Reversible, (db: Db, world: World) => Promise<unknown>> = {
	gift: (db, { approver, gift }) => confirmStatement(db, approver, gift.id, NOW),
	payment: () => Promise.resolve(),
	cash_difference: async (db, { approver, treasurer, count }) => {
		await returnCashCount(db, approver, { id: count.id, reason: REASON }, NOW);
		const short = { ...count, id: id(), countedVnd: count.countedVnd - 1000, reason: REASON };
		await recordCashCount(db, treasurer, short, NOW);
		await confirmCashCount(db, approver, short.id, NOW);
	},
};
async function askReversalOf(db: Db, kind: Reversible, actor: Actor | undefined) {
	const query = db.selectFrom('journalEntry').select('id').where('kind', '=', kind);
	const { id: entryId } = await query.executeTakeFirstOrThrow();
	return askReversal(db, actor, { id: REVERSAL, entryId, reason: REASON }, NOW);
}
const reversalWalks = Object.fromEntries(
	(
		[
			['gift', 'statement.record', 'statement.confirm'],
			['payment', 'disbursement.pay', 'disbursement.approve'],
			['cash_difference', 'cash-count.record', 'cash-count.confirm'],
		] as const
	).flatMap(([kind, askAct, confirmAct]): [string, Walk][] => {
		const prepare = async (db: Db, world: World) => {
			await book[kind](db, world);
			await askReversalOf(db, kind, world.treasurer);
		};
		const decide = { act: confirmAct, reach: FUND, prepare };
		return [
			[
				`askReversal: ${kind}`,
				{
					...{ act: askAct, reach: FUND, prepare: book[kind] },
					run: (db, _world, actor) => askReversalOf(db, kind, actor),
				},
			],
			[
				`confirmReversal: ${kind}`,
				{ ...decide, run: (db, _world, actor) => confirmReversal(db, actor, REVERSAL, NOW) },
			],
			[
				`returnReversal: ${kind}`,
				{
					...decide,
					run: (db, _world, actor) => returnReversal(db, actor, { id: REVERSAL, reason: REASON }, NOW),
				},
			],
		];
	}),
);

const TEAM_REACH: Record<Role, readonly ScopeKind[]> = {
	steward: HOUSE,
	school_lead: ['organisation', 'ward'],
	organiser: ['organisation', 'ward'],
	treasurer: FUND,
	approver: FUND,
	auditor: FUND,
	ward_officer: ['ward'],
	administrator: [],
};
/** Held in a ward or the whole portal, which samples share with what is real. */
const isShared = (role: Role) => role === 'ward_officer' || role === 'administrator';

const teamWalks = Object.fromEntries(
	ROLES.flatMap((role): [string, Walk][] => {
		const of = { act: `role.${role}`, reach: TEAM_REACH[role] } as const;
		const invite: Walk = {
			...of,
			run: (db, { posts }, actor) => {
				const { scopeKind, scopeId } = posts[role];
				const input = { id: id(), role, scopeKind, scopeId, name: '0912345678' };
				return inviteToRole(db, SECRET, actor, input, NOW);
			},
		};
		return [
			[`inviteToRole: ${role}`, isShared(role) ? { ...invite, isOfOwnKind: true } : invite],
			[
				`withdrawInvitation: ${role}`,
				{
					...of,
					run: (db, { posts }, actor) => withdrawInvitation(db, actor, posts[role].invitationId, NOW),
				},
			],
			[
				`endRole: ${role}`,
				{ ...of, run: (db, { posts }, actor) => endRole(db, actor, posts[role].grantId, NOW) },
			],
		];
	}),
);

const houseChangeOf = (greenHouseCode: string) => ({
	id: id(),
	greenHouseCode,
	happenedOn: TODAY,
	reason: REASON,
});
/** Nothing is left in any house. */
const emptyCycles = (db: Db, { openCycleId }: World) =>
	db.updateTable('dropOff').set({ withdrawnAt: NOW }).where('cycleId', '=', openCycleId).execute();

const ofSchool = ({ organisation }: World) => ({ organisationId: organisation, schoolYear: '2026-2027' });
const SECOND_CLASS = id();
const NEXT_JUNE = Date.UTC(2027, 5, 20, 3);
const prepareSecondClass = (db: Db, { organisation }: World) =>
	db
		.insertInto('schoolClass')
		.values({
			...{ id: SECOND_CLASS, organisationId: organisation, schoolYear: '2026-2027', grade: 6, name: '6B' },
			...{ size: 38, followsClassId: null, closedOn: null, mergedIntoId: null, isSample: 0 },
		})
		.execute();

/** By the service's name, and what it is tried on where there is more than one. */
export const WALKS: Record<string, Walk> = {
	surveyHouse: {
		act: 'green-house.survey',
		reach: HOUSE,
		run: (db, { house }, actor) => {
			const at = { latitude: 21.8461, longitude: 106.7622, accuracyM: 6, farConfirmed: true };
			const said = { neighbourhood: '', hours: '', materials: ['mixed_paper'], locale: 'vi' as const };
			const when = { id: id(), statedAt: NOW, happenedAt: NOW };
			return surveyHouse(db, actor, { greenHouseCode: house.code, ...at, ...said, ...when }, NOW);
		},
	},
	pauseHouse: {
		act: 'green-house.change',
		reach: HOUSE,
		run: (db, { house }, actor) => pauseHouse(db, actor, houseChangeOf(house.code), NOW),
	},
	moveHouse: {
		act: 'green-house.change',
		reach: HOUSE,
		run: (db, { house }, actor) => {
			const place = { latitude: 21.8461, longitude: 106.7622, address: '12 Lê Lợi', farConfirmed: true };
			return moveHouse(db, actor, { ...houseChangeOf(house.code), ...place, locale: 'vi' }, NOW);
		},
	},
	reopenHouse: {
		act: 'green-house.change',
		reach: HOUSE,
		prepare: (db) => db.updateTable('greenHouse').set({ status: 'paused' }).execute(),
		run: (db, { house }, actor) => reopenHouse(db, actor, houseChangeOf(house.code), NOW),
	},
	'reopenHouse: which was closed': {
		act: 'green-house.close',
		reach: HOUSE,
		prepare: (db) => db.updateTable('greenHouse').set({ status: 'closed' }).execute(),
		run: (db, { house }, actor) => reopenHouse(db, actor, houseChangeOf(house.code), NOW),
	},
	closeHouse: {
		act: 'green-house.close',
		reach: HOUSE,
		prepare: emptyCycles,
		run: (db, { house }, actor) =>
			closeHouse(db, actor, { ...houseChangeOf(house.code), successor: '' }, NOW),
	},
	mergeHouse: {
		act: 'green-house.close',
		reach: HOUSE,
		prepare: emptyCycles,
		run: async (db, { house }, actor) => {
			const other = await db
				.selectFrom('greenHouse')
				.select('code')
				.where('id', '<>', house.id)
				.where('isSample', '=', house.isSample)
				.executeTakeFirstOrThrow();
			return mergeHouse(db, actor, { ...houseChangeOf(house.code), successor: other.code }, NOW);
		},
	},
	reportHouseState: {
		act: 'house-state.report',
		reach: HOUSE,
		run: (db, { house }, actor) =>
			reportHouseState(db, actor, { greenHouseCode: house.code, fill: 'full', condition: 'usable' }, NOW),
	},
	closeProblem: {
		act: 'problem-report.close',
		reach: HOUSE,
		prepare: (db, { house }) => {
			const report = {
				id: PROBLEM,
				greenHouseCode: house.code,
				kind: 'damage',
				text: '',
				seenAt: NOW,
			} as const;
			return reportProblem(db, { secret: 'một máy' }, report, NOW);
		},
		run: (db, _world, actor) => closeProblem(db, actor, { id: PROBLEM, note: 'Đã sửa' }, NOW),
	},
	decideHousePhoto: {
		act: 'house-photo.decide',
		reach: HOUSE,
		prepare: async (db, { house }) => {
			const report = {
				id: PROBLEM,
				greenHouseCode: house.code,
				kind: 'damage',
				text: '',
				seenAt: NOW,
			} as const;
			await reportProblem(db, { secret: 'một máy' }, report, NOW);
			const owner = { kind: 'problem', id: PROBLEM } as const;
			await attachPhoto(db, { secret: 'một máy' }, owner, await takePhoto(), NOW);
		},
		run: async (db, _world, actor) => {
			const photo = await findVisitorPhoto(db, { kind: 'problem', id: PROBLEM });
			await decideHousePhoto(db, actor, { id: photo!.photoId, status: 'approved', redaction: WHOLE }, NOW);
		},
	},
	closeCycle: {
		act: 'collection-cycle.close',
		reach: HOUSE,
		run: (db, { openCycleId }, actor) => closeCycle(db, actor, openCycleId, NOW),
	},
	carryGoods: {
		act: 'goods.carry',
		reach: HOUSE,
		run: (db, { unsold }, actor) =>
			carryGoods(db, actor, { cycleId: unsold, materials: ['mixed_paper'] }, NOW),
	},
	recordPaperPage: {
		act: 'paper-page.record',
		reach: GOODS,
		run: (db, world, actor) => recordPaperPageAs(db, world, actor, id()),
	},
	withdrawPaperPage: {
		act: 'paper-page.record',
		reach: GOODS,
		prepare: (db, world) => recordPaperPageAs(db, world, world.steward, PAPER),
		run: (db, _world, actor) => withdrawPaperPage(db, actor, { id: PAPER, reason: REASON }, NOW),
	},
	returnGoods: {
		act: 'goods.carry',
		reach: HOUSE,
		prepare: (db, { steward, unsold }) =>
			carryGoods(db, steward, { cycleId: unsold, materials: ['mixed_paper'] }, NOW),
		run: (db, { unsold }, actor) =>
			returnGoods(db, actor, { cycleId: unsold, materials: ['mixed_paper'] }, NOW),
	},
	setVarianceLimit: {
		act: 'fund.rule',
		reach: FUND,
		run: (db, { house }, actor) => {
			const limit = { id: id(), greenHouseCode: house.code, percent: 20, validFrom: '2026-11-23' };
			return setVarianceLimit(db, actor, limit, NOW);
		},
	},
	recordDisclosure: {
		act: 'disclosure.record',
		reach: ['fund', 'organisation'],
		run: (db, world, actor) => recordDisclosureAs(db, world, actor, id()),
	},
	endDisclosure: {
		act: 'disclosure.record',
		reach: ['fund', 'organisation'],
		prepare: (db, world) => recordDisclosureAs(db, world, world.treasurer, DISCLOSED),
		run: (db, _world, actor) => endDisclosure(db, actor, { id: DISCLOSED, toOn: '2026-11-20' }, NOW),
	},
	withdrawDisclosure: {
		act: 'disclosure.record',
		reach: ['fund', 'organisation'],
		prepare: (db, world) => recordDisclosureAs(db, world, world.treasurer, DISCLOSED),
		// A steward takes back their own; the treasurer any.
		run: async (db, world, actor) => {
			const takeBack = (replacesId: string) =>
				withdrawDisclosure(db, actor, { id: id(), replacesId, reason: REASON }, NOW);
			await takeBack(DISCLOSED).catch(async (error: unknown) => {
				if ((error as DomainError).key !== 'withdrawByRecorder') throw error;
				const own = id();
				await recordDisclosureAs(db, world, actor, own);
				await takeBack(own);
			});
		},
	},
	decideDisclosurePhoto: {
		act: 'photo.decide',
		reach: FUND,
		prepare: (db, world) => recordDisclosureAs(db, world, world.treasurer, DISCLOSED),
		run: (db, _world, actor) =>
			decideDisclosurePhoto(db, actor, { id: DISCLOSED, status: 'approved', redaction: WHOLE }, NOW),
	},
	...reversalWalks,
	getScrapSale: {
		act: 'scrap-sale.read',
		reach: GOODS,
		// As if there were none.
		refusals: ['unknownSale'],
		isRead: true,
		run: (db, { booked }, actor) => getScrapSale(db, actor, booked.id, NOW),
	},
	recordScrapSale: {
		act: 'scrap-sale.record',
		reach: GOODS,
		run: (db, { unsold }, actor) => recordScrapSale(db, actor, saleOf(unsold), NOW),
	},
	'confirmScrapSale: a steward’s': {
		act: 'scrap-sale.confirm',
		reach: FUND,
		only: ['treasurer'],
		refusals: ['confirmByTreasurer'],
		run: (db, { waiting }, actor) => confirmScrapSale(db, actor, waiting.id, NOW),
	},
	'confirmScrapSale: a treasurer’s': {
		act: 'scrap-sale.confirm',
		reach: FUND,
		only: ['approver'],
		refusals: ['confirmByApprover'],
		run: (db, { treasurers }, actor) => confirmScrapSale(db, actor, treasurers.id, NOW),
	},
	'returnScrapSale: a steward’s': {
		act: 'scrap-sale.confirm',
		reach: FUND,
		only: ['treasurer'],
		refusals: ['confirmByTreasurer'],
		run: (db, { waiting }, actor) => returnScrapSale(db, actor, { saleId: waiting.id, reason: REASON }, NOW),
	},
	'returnScrapSale: a treasurer’s': {
		act: 'scrap-sale.confirm',
		reach: FUND,
		only: ['approver'],
		refusals: ['confirmByApprover'],
		run: (db, { treasurers }, actor) =>
			returnScrapSale(db, actor, { saleId: treasurers.id, reason: REASON }, NOW),
	},
	reverseScrapSale: {
		act: 'scrap-sale.reverse',
		reach: FUND,
		run: (db, { unspent }, actor) =>
			reverseScrapSale(db, actor, { saleId: unspent.id, entryId: id(), reason: REASON }, NOW),
	},
	decideSalePhoto: {
		act: 'photo.decide',
		reach: FUND,
		prepare: (db, { treasurer, waiting }) => confirmScrapSale(db, treasurer, waiting.id, NOW),
		run: (db, { waiting }, actor) =>
			decideSalePhoto(db, actor, { saleId: waiting.id, status: 'approved', redaction: WHOLE }, NOW),
	},
	draftCampaign: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { campaign }, actor) => draftCampaign(db, actor, campaign(), NOW),
	},
	changeCampaign: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { drafted: { greenHouseCode: _, ...drafted } }, actor) =>
			changeCampaign(db, actor, { ...drafted, name: 'Đợt khác' }, NOW),
	},
	publishCampaign: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { drafted }, actor) => publishCampaign(db, actor, drafted.id, NOW),
	},
	unpublishCampaign: {
		act: 'campaign.change',
		reach: ORGANISATION,
		// The one that runs has given a link out.
		prepare: (db, { drafted }) =>
			db.updateTable('campaign').set({ publishedAt: NOW }).where('id', '=', drafted.id).execute(),
		run: (db, { drafted }, actor) => unpublishCampaign(db, actor, drafted.id, NOW),
	},
	deleteCampaignDraft: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { drafted }, actor) => deleteCampaignDraft(db, actor, drafted.id, NOW),
	},
	moveCampaignEnd: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { running }, actor) =>
			moveCampaignEnd(db, actor, { id: running.id, endsOn: '2026-12-01' }, NOW),
	},
	endCampaign: {
		act: 'campaign.change',
		reach: ORGANISATION,
		run: (db, { running }, actor) => endCampaign(db, actor, running.id, NOW),
	},
	recordWeighIn: {
		act: 'weigh-in.record',
		reach: ORGANISATION,
		run: (db, { weighIn }, actor) => recordWeighIn(db, actor, weighIn(), NOW),
	},
	withdrawWeighIn: {
		act: 'weigh-in.record',
		reach: ORGANISATION,
		run: (db, { weighed }, actor) => withdrawWeighIn(db, actor, weighed.id, NOW),
	},
	issueClassLinks: {
		act: 'class-link.issue',
		reach: ORGANISATION,
		run: (db, { running, classId }, actor) =>
			issueClassLinks(db, SECRET, actor, { id: id(), campaignId: running.id, classId }, NOW),
	},
	endClassLink: {
		act: 'class-link.issue',
		reach: ORGANISATION,
		run: (db, { linkId }, actor) => endClassLink(db, actor, linkId, NOW),
	},
	recordClassSheet: {
		act: 'class-sheet.record',
		reach: ORGANISATION,
		run: (db, { sheet }, actor) => recordClassSheet(db, actor, sheet('2026-11-19'), NOW),
	},
	readClassTable: {
		act: 'class-sheet.record',
		reach: ORGANISATION,
		isRead: true,
		run: (db, { sheet }, actor) => {
			const { greenHouseCode, collectedOn } = sheet('2026-11-19');
			const table = { rows: [['Lớp', 'Giấy vụn']] };
			return readClassTable(db, actor, { greenHouseCode, collectedOn, table, locale: 'vi' }, NOW);
		},
	},
	getSheetTemplate: {
		act: 'class-sheet.record',
		reach: ORGANISATION,
		isRead: true,
		run: (db, { sheet }, actor) =>
			getSheetTemplate(db, actor, sheet('2026-11-19').greenHouseCode, BOOK_WORDS, NOW),
	},
	getSheetBook: {
		act: 'class-sheet.record',
		reach: ORGANISATION,
		isRead: true,
		run: (db, { standing }, actor) => getSheetBook(db, actor, standing.id, BOOK_WORDS),
	},
	approveClassSheet: {
		act: 'class-sheet.approve',
		reach: ORGANISATION,
		run: (db, { standing }, actor) => approveClassSheet(db, actor, { id: standing.id }, NOW),
	},
	approveClassSheets: {
		act: 'class-sheet.approve',
		reach: ORGANISATION,
		run: (db, { standing }, actor) => approveClassSheets(db, actor, { ids: [standing.id] }, NOW),
	},
	revokeClassSheet: {
		act: 'class-sheet.revoke',
		reach: ORGANISATION,
		run: (db, { standing }, actor) => revokeClassSheet(db, actor, standing.id, NOW),
	},
	addClass: {
		act: 'school-class.change',
		reach: ORGANISATION,
		run: (db, world, actor) => addClass(db, actor, { ...ofSchool(world), name: '6C', size: 38 }, NOW),
	},
	changeClass: {
		act: 'school-class.change',
		reach: ORGANISATION,
		run: (db, { classId }, actor) => changeClass(db, actor, { id: classId, name: '6D', size: 38 }, NOW),
	},
	endClass: {
		act: 'school-class.change',
		reach: ORGANISATION,
		prepare: prepareSecondClass,
		run: (db, _world, actor) => endClass(db, actor, { id: SECOND_CLASS, closedOn: TODAY }, NOW),
	},
	mergeClass: {
		act: 'school-class.change',
		reach: ORGANISATION,
		prepare: prepareSecondClass,
		run: (db, { classId }, actor) =>
			mergeClass(db, actor, { id: SECOND_CLASS, intoId: classId, closedOn: TODAY, size: 76 }, NOW),
	},
	splitClass: {
		act: 'school-class.change',
		reach: ORGANISATION,
		run: (db, { classId }, actor) =>
			splitClass(db, actor, { id: classId, size: 20, newName: '6C', newSize: 18 }, NOW),
	},
	previewClassList: {
		act: 'school-class.change',
		reach: ORGANISATION,
		isRead: true,
		run: (db, world, actor) => previewClassList(db, actor, { ...ofSchool(world), list: '6C\t38' }, NOW),
	},
	saveClassList: {
		act: 'school-class.change',
		reach: ORGANISATION,
		run: (db, world, actor) => saveClassList(db, actor, { ...ofSchool(world), list: '6C\t38' }, NOW),
	},
	rollOver: {
		act: 'school-class.change',
		reach: ORGANISATION,
		run: (db, { organisation, classId }, actor) => {
			const row = { name: '7A', size: 38, followsClassId: classId, field: 'name:0' };
			return rollOver(db, actor, { organisationId: organisation, rows: [row] }, NEXT_JUNE);
		},
	},
	announceEvent: {
		act: 'cleanup-event.announce',
		reach: ORGANISATION,
		run: (db, { event }, actor) => announceEvent(db, actor, { ...event, id: id() }, NOW),
	},
	saveDraft: {
		act: 'cleanup-event.announce',
		reach: ORGANISATION,
		run: (db, { event }, actor) => {
			const { organisationId } = event;
			const draft = { id: id(), organisationId, sequence: undefined, values: newEventValues(NOW) };
			return saveDraft(db, actor, draft, NOW);
		},
	},
	deleteDraft: {
		act: 'cleanup-event.announce',
		reach: ORGANISATION,
		run: (db, { draftId }, actor) => deleteDraft(db, actor, { id: draftId }, NOW),
	},
	editEvent: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => editEvent(db, actor, { ...event, title: 'Dọn chợ', sequence: 0 }, NOW),
	},
	cancelEvent: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => cancelEvent(db, actor, { id: event.id, reason: 'Mưa' }, NOW),
	},
	postponeEvent: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => {
			const times = { startsAt: event.startsAt + DAY, endsAt: event.endsAt + DAY };
			return postponeEvent(db, actor, { id: event.id, sequence: 0, reason: '', ...times }, NOW);
		},
	},
	moveEvent: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => {
			const where = { assemblyPoint: 'Sân trường', greenHouseCode: null, latitude: null, longitude: null };
			return moveEvent(db, actor, { id: event.id, sequence: 0, reason: '', ...where }, NOW);
		},
	},
	announceSeries: {
		act: 'cleanup-event.announce',
		reach: ORGANISATION,
		run: (db, { event }, actor) => announceSeries(db, actor, seriesOf(event), NOW),
	},
	editFollowing: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: prepareSeries,
		run: (db, { event }, actor) => editFollowing(db, actor, { ...event, title: 'Dọn chợ', sequence: 0 }, NOW),
	},
	pauseSeries: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: prepareSeries,
		run: (db, { event }, actor) => pauseSeries(db, actor, { id: event.id, ...PAUSE }, NOW),
	},
	resumeSeries: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: async (db, world) => {
			await prepareSeries(db, world);
			const organiser = await makeActor(db, 'organiser', 'organisation', world.event.organisationId);
			await pauseSeries(db, organiser, { id: world.event.id, ...PAUSE }, NOW);
		},
		run: (db, { event }, actor) => resumeSeries(db, actor, { id: event.id }, NOW),
	},
	extendSeries: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: prepareSeries,
		run: async (db, { event }, actor) => {
			const { untilOn } = (await findSeries(db, event.id))!;
			const until = addDays(untilOn, 7);
			await extendSeries(db, actor, { id: event.id, until, dates: [until] }, NOW);
		},
	},
	undoChange: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: async (db, { event }) => {
			const organiser = await makeActor(db, 'organiser', 'organisation', event.organisationId);
			await cancelEvent(db, organiser, { id: event.id, reason: 'Mưa' }, NOW);
		},
		run: async (db, { event }, actor) => {
			const [change] = await listChanges(db, event.id);
			await undoChange(db, actor, { eventId: event.id, changeId: change!.id }, NOW);
		},
	},
	reportEvent: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => {
			const figures = { headCount: 3, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
			return reportEvent(db, actor, { id: event.id, ...figures }, NOW + 2 * DAY);
		},
	},
	addEventPhoto: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: async (db, { event }, actor) =>
			addEventPhoto(db, actor, { id: event.id, moment: 'after' }, await takePhoto(), NOW + 2 * DAY),
	},
	decideEventPhoto: {
		act: 'house-photo.decide',
		reach: ['ward'],
		prepare: async (db, { event }) => {
			const organiser = await makeActor(db, 'organiser', 'organisation', event.organisationId);
			const input = { id: event.id, moment: 'after' } as const;
			await addEventPhoto(db, organiser, input, await takePhoto(), NOW + 2 * DAY);
		},
		run: async (db, { event }, actor) => {
			const [photo] = await listEventPhotos(db, event.id);
			await decideEventPhoto(db, actor, { id: photo!.id, status: 'approved', redaction: WHOLE }, NOW);
		},
	},
	getOfficialReport: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		isRead: true,
		run: (db, { event }, actor) => getOfficialReport(db, actor, event.id),
	},
	removeSignUp: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { headsId }, actor) => removeSignUp(db, actor, { id: headsId }, NOW),
	},
	recordAttendance: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: (db, { event }, actor) => {
			const said = { signUpId: null, device: 'may-1', isChoice: false, heads: 3 };
			const when = { statedAt: event.startsAt, checkedInAt: event.startsAt };
			const input = { id: id(), eventId: event.id, ...said, minors: 1, ...when };
			return recordAttendance(db, actor, input, event.startsAt);
		},
	},
	checkInByCode: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		run: async (db, { event, headsId }, actor) => {
			const when = { statedAt: event.startsAt, checkedInAt: event.startsAt };
			const said = { id: id(), eventId: event.id, device: 'may-1', isChoice: false, ...when };
			const code = checkInCodeOf(SECRET, headsId);
			await checkInByCode(db, actor, { ...said, secret: SECRET, code }, event.startsAt);
		},
	},
	issueLetter: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		prepare: async (db, { event, headsId }) => {
			const organiser = await makeActor(db, 'organiser', 'organisation', event.organisationId);
			const said = { signUpId: headsId, device: 'may-1', isChoice: false, heads: 1, minors: null };
			const when = { statedAt: event.startsAt, checkedInAt: event.startsAt };
			await db.updateTable('signUp').set({ kind: 'person' }).where('id', '=', headsId).execute();
			await recordAttendance(
				db,
				organiser,
				{ id: id(), eventId: event.id, ...said, ...when },
				event.startsAt,
			);
		},
		run: (db, { event, headsId }, actor) => issueLetter(db, actor, SECRET, headsId, event.endsAt),
	},
	readAttendance: {
		act: 'cleanup-event.change',
		reach: ORGANISATION,
		isRead: true,
		run: (db, { event }, actor) => readAttendance(db, actor, SECRET, event.id),
	},
	readPhones: {
		act: 'sign-up.call',
		reach: ORGANISATION,
		isRead: true,
		run: async (db, { event }, actor) => readPhones(db, actor, (await findEvent(db, event.id))!),
	},
	getDisbursement: {
		act: 'disbursement.read',
		reach: REQUEST,
		isRead: true,
		run: (db, { submitted }, actor) => getDisbursement(db, actor, submitted),
	},
	requestDisbursement: {
		act: 'disbursement.request',
		reach: REQUEST,
		run: (db, { request }, actor) => requestDisbursement(db, actor, request(), NOW),
	},
	approveDisbursement: {
		act: 'disbursement.approve',
		reach: FUND,
		run: (db, { submitted }, actor) => approveDisbursement(db, actor, { id: submitted }, NOW),
	},
	returnDisbursement: {
		act: 'disbursement.approve',
		reach: FUND,
		run: (db, { submitted }, actor) => returnDisbursement(db, actor, { id: submitted, reason: REASON }, NOW),
	},
	payDisbursement: {
		act: 'disbursement.pay',
		reach: FUND,
		run: (db, { approved }, actor) =>
			payDisbursement(db, actor, { id: approved, entryId: id(), paidOn: TODAY }, NOW),
	},
	recordProof: {
		act: 'disbursement.pay',
		reach: FUND,
		run: async (db, { paid }, actor) =>
			recordProof(db, actor, { id: id(), disbursementId: paid }, NOW, await takePhoto()),
	},
	decideProofPhoto: {
		act: 'photo.decide',
		reach: FUND,
		run: (db, { proofId }, actor) =>
			decideProofPhoto(db, actor, { id: proofId, status: 'refused', redaction: WHOLE }, NOW),
	},
	getNotes: {
		act: 'disbursement.note',
		reach: FUND,
		isRead: true,
		run: (db, { submitted }, actor) => getNotes(db, actor, submitted),
	},
	writeNote: {
		act: 'disbursement.note',
		reach: FUND,
		run: (db, { submitted }, actor) =>
			writeNote(db, actor, { id: id(), disbursementId: submitted, text: 'Riêng' }, NOW),
	},
	eraseNote: {
		act: 'disbursement.note',
		reach: FUND,
		run: (db, { noteId }, actor) => eraseNote(db, actor, noteId, NOW),
	},
	eraseEntryText: {
		act: 'entry-text.erase',
		reach: [],
		run: async (db, _world, actor) => {
			const entry = await db
				.selectFrom('journalEntry')
				.select('id')
				.where('isSample', '=', 0)
				.executeTakeFirstOrThrow();
			return eraseEntryText(db, actor, entry.id, NOW);
		},
	},
	setFundRule: {
		act: 'fund.rule',
		reach: FUND,
		run: (db, { fund }, actor) => {
			const rule = { id: id(), fundId: fund.id, validFrom: TODAY, twoApproversAboveVnd: null };
			const rest = { saleRecorder: 'treasurer' as const, boardDueDay: null, shares: [] };
			return setFundRule(db, actor, { ...rule, ...rest }, NOW);
		},
	},
	recordStatement: {
		act: 'statement.record',
		reach: FUND,
		run: (db, { statement }, actor) =>
			recordStatement(db, actor, { ...statement(), photoMissingReason: 'Không có giấy' }, NOW),
	},
	confirmStatement: {
		act: 'statement.confirm',
		reach: FUND,
		run: (db, { gift }, actor) => confirmStatement(db, actor, gift.id, NOW),
	},
	returnStatement: {
		act: 'statement.confirm',
		reach: FUND,
		run: (db, { gift }, actor) => returnStatement(db, actor, { id: gift.id, reason: REASON }, NOW),
	},
	eraseStatementNote: {
		act: 'disbursement.note',
		reach: FUND,
		run: (db, { gift }, actor) => eraseStatementNote(db, actor, gift.id, NOW),
	},
	decideStatementPhoto: {
		act: 'photo.decide',
		reach: FUND,
		prepare: (db, { approver, gift }) => confirmStatement(db, approver, gift.id, NOW),
		run: (db, { gift }, actor) =>
			decideStatementPhoto(db, actor, { id: gift.id, status: 'approved', redaction: WHOLE }, NOW),
	},
	recordCashCount: {
		act: 'cash-count.record',
		reach: FUND,
		prepare: (db, { approver, count }) =>
			returnCashCount(db, approver, { id: count.id, reason: REASON }, NOW),
		run: (db, { count }, actor) => recordCashCount(db, actor, { ...count, id: id() }, NOW),
	},
	confirmCashCount: {
		act: 'cash-count.confirm',
		reach: FUND,
		run: (db, { count }, actor) => confirmCashCount(db, actor, count.id, NOW),
	},
	returnCashCount: {
		act: 'cash-count.confirm',
		reach: FUND,
		run: (db, { count }, actor) => returnCashCount(db, actor, { id: count.id, reason: REASON }, NOW),
	},
	closeMonth: {
		act: 'month.close',
		reach: FUND,
		prepare: endMonth,
		run: (db, { fund }, actor) =>
			closeMonth(db, actor, { id: id(), fundId: fund.id, month: '2026-11' }, LATER),
	},
	reopenMonth: {
		act: 'month.reopen',
		reach: FUND,
		prepare: async (db, world) => closeMonth(db, world.treasurer, await endMonth(db, world), LATER),
		run: (db, { fund }, actor) =>
			reopenMonth(db, actor, { id: id(), fundId: fund.id, month: '2026-11', reason: REASON }, LATER),
	},
	openOrganisation: {
		act: 'organisation.change',
		reach: ['ward'],
		isOfOwnKind: true,
		run: (db, _world, actor) =>
			openOrganisation(db, actor, { kind: 'agency', name: 'Sở', adminUnitId: HERE }, NOW),
	},
	closeOrganisation: {
		act: 'organisation.change',
		reach: ['ward'],
		run: (db, { organisation }, actor) => closeOrganisation(db, actor, organisation, NOW),
	},
	...teamWalks,
	'issueResetCode: a resident': {
		act: 'reset-code.issue',
		reach: 'anywhere',
		run: (db, { helped }, actor) =>
			issueResetCode(db, SECRET, actor, { id: id(), name: helped.resident }, NOW),
	},
	'issueResetCode: a steward': {
		act: 'reset-code.issue',
		reach: HOUSE,
		only: ['ward_officer', 'administrator'],
		refusals: ['resetOfTeam'],
		run: (db, { helped }, actor) =>
			issueResetCode(db, SECRET, actor, { id: id(), name: helped.steward }, NOW),
	},
	resetSecondFactor: {
		act: 'second-factor.reset',
		reach: 'anywhere',
		run: (db, { helped }, actor) => resetSecondFactor(db, actor, { name: helped.resident }, NOW),
	},
	// The log is asked for by its page and its file (tests/e2e/account.test.ts).
	'requireGrant: the log': {
		act: 'audit-log.read',
		reach: [],
		isRead: true,
		isOfOwnKind: true,
		run: (_db, _world, actor) => requireGrant(actor, 'audit-log.read', []),
	},
	'requireGrant: the log’s file': {
		act: 'audit-log.export',
		reach: [],
		isRead: true,
		isOfOwnKind: true,
		run: (_db, _world, actor) => requireGrant(actor, 'audit-log.export', []),
	},
	// Asked for by its page (tests/e2e/ledger-check.test.ts).
	'requireGrant: the checks of the books': {
		act: 'ledger-check.read',
		reach: [],
		isRead: true,
		isOfOwnKind: true,
		run: (_db, _world, actor) => requireGrant(actor, 'ledger-check.read', []),
	},
	answerRequest: {
		act: 'rights-request.answer',
		reach: [],
		run: (db, { helped }, actor) =>
			answerRequest(db, actor, { id: helped.requestId, answer: 'Đã', isComplete: true }, NOW),
	},
	previewNotice: {
		act: 'notice.publish',
		reach: [],
		isRead: true,
		run: (_db, _world, actor) => {
			const text = { title: 'Quyền riêng tư', body: 'Mới' };
			return previewNotice(actor, { vi: text, en: text });
		},
	},
	previewGuideItem: {
		act: 'guide.publish',
		reach: [],
		isRead: true,
		run: (db, _world, actor) => previewGuideItem(db, actor, guideInput, NOW),
	},
	publishGuideItem: {
		act: 'guide.publish',
		reach: [],
		run: (db, _world, actor) => publishGuideItem(db, actor, { ...guideInput, basedOn: 1 }, NOW),
	},
	publishNotice: {
		act: 'notice.publish',
		reach: [],
		run: (db, _world, actor) => {
			const text = { title: 'Quyền riêng tư', body: 'Mới' };
			return publishNotice(db, actor, { vi: text, en: text, basedOn: 1 }, NOW);
		},
	},
};
