// Whoever is not signed in learns that and nothing else: not whether there is what they name.
import { expect, test } from 'vitest';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { addEventPhoto, decideEventPhoto } from '#features/cleanup-events/event-photo.service.ts';
import { getOfficialReport, reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { removeSignUp } from '#features/cleanup-events/sign-up.service.ts';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordPaperPage } from '#features/collections/paper-page.service.ts';
import {
	confirmScrapSale,
	getScrapSale,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import {
	approveDisbursement,
	getDisbursement,
	payDisbursement,
	requestDisbursement,
	returnDisbursement,
} from '#features/fund/disbursement.service.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { closeProblem } from '#features/green-houses/problem-report.service.ts';
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
import {
	approveClassSheet,
	approveClassSheets,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, NOW, PLAIN_CAMPAIGN, PLAIN_EVENT, seedReference, WHOLE } from '../support/fixtures.ts';
import { expectRefused, saleOf } from './sale-world.ts';

const id = uuidv7(NOW);
const event = {
	...{ id, organisationId: id, title: '', description: '', startsAt: NOW + DAY, endsAt: NOW + 2 * DAY },
	...{ greenHouseCode: 'NNX-999', assemblyPoint: '', latitude: null, longitude: null, capacity: null },
	...PLAIN_EVENT,
	whatToBring: '',
};
const report = { id, headCount: 1, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
const request = {
	...{ id, fundId: id, purpose: 'hardship' as const, description: '', amountVnd: 1, beneficiaryCount: 1 },
	adminUnitId: null,
};

const ACTS: Record<string, (db: Db) => Promise<unknown>> = {
	reportHouseState: (db) =>
		reportHouseState(db, undefined, { greenHouseCode: 'NNX-999', fill: 'full', condition: 'usable' }, NOW),
	closeProblem: (db) => closeProblem(db, undefined, { id, note: '' }, NOW),
	closeCycle: (db) => closeCycle(db, undefined, id, NOW),
	recordPaperPage: (db) => recordPaperPage(db, undefined, { id, greenHouseCode: 'NNX-999', rows: [] }, NOW),
	carryGoods: (db) => carryGoods(db, undefined, { cycleId: id, materials: [] }, NOW),
	recordScrapSale: (db) => recordScrapSale(db, undefined, saleOf(id), NOW),
	'recordScrapSale of nothing': (db) => recordScrapSale(db, undefined, saleOf(id, { cycleIds: [] }), NOW),
	getScrapSale: (db) => getScrapSale(db, undefined, id, NOW),
	confirmScrapSale: (db) => confirmScrapSale(db, undefined, id, NOW),
	returnScrapSale: (db) => returnScrapSale(db, undefined, { saleId: id, reason: '' }, NOW),
	reverseScrapSale: (db) => reverseScrapSale(db, undefined, { saleId: id, entryId: id, reason: '' }, NOW),
	requestDisbursement: (db) => requestDisbursement(db, undefined, request, NOW),
	getDisbursement: (db) => getDisbursement(db, undefined, id),
	approveDisbursement: (db) => approveDisbursement(db, undefined, { id }, NOW),
	returnDisbursement: (db) => returnDisbursement(db, undefined, { id, reason: '' }, NOW),
	payDisbursement: (db) => payDisbursement(db, undefined, { id, entryId: id, paidOn: '2026-11-22' }, NOW),
	announceEvent: (db) => announceEvent(db, undefined, event, NOW),
	editEvent: (db) => editEvent(db, undefined, { ...event, sequence: 0 }, NOW),
	cancelEvent: (db) => cancelEvent(db, undefined, { id, reason: '' }, NOW),
	reportEvent: (db) => reportEvent(db, undefined, report, NOW),
	addEventPhoto: (db) =>
		addEventPhoto(
			db,
			undefined,
			{ id, moment: 'after' },
			{ bytes: new Uint8Array(), store: WHOLE.store, hasChildren: false },
			NOW,
		),
	decideEventPhoto: (db) =>
		decideEventPhoto(db, undefined, { id, status: 'approved', redaction: WHOLE }, NOW),
	getOfficialReport: (db) => getOfficialReport(db, undefined, id),
	removeSignUp: (db) => removeSignUp(db, undefined, { id }, NOW),
	draftCampaign: (db) =>
		draftCampaign(db, undefined, { ...PLAIN_CAMPAIGN, id, greenHouseCode: 'NNX-999' }, NOW),
	changeCampaign: (db) => changeCampaign(db, undefined, { ...PLAIN_CAMPAIGN, id }, NOW),
	publishCampaign: (db) => publishCampaign(db, undefined, id, NOW),
	unpublishCampaign: (db) => unpublishCampaign(db, undefined, id, NOW),
	deleteCampaignDraft: (db) => deleteCampaignDraft(db, undefined, id, NOW),
	moveCampaignEnd: (db) => moveCampaignEnd(db, undefined, { id, endsOn: '2026-12-01' }, NOW),
	endCampaign: (db) => endCampaign(db, undefined, id, NOW),
	recordWeighIn: (db) =>
		recordWeighIn(
			db,
			undefined,
			{ id, campaignId: id, materialCode: 'mixed_paper', weighedOn: '2026-11-20', weightGrams: 1 },
			NOW,
		),
	withdrawWeighIn: (db) => withdrawWeighIn(db, undefined, id, NOW),
	recordClassSheet: (db) =>
		recordClassSheet(
			db,
			undefined,
			{ id, greenHouseCode: 'NNX-999', collectedOn: '2026-11-22', rows: [] },
			NOW,
		),
	approveClassSheet: (db) => approveClassSheet(db, undefined, { id }, NOW),
	approveClassSheets: (db) => approveClassSheets(db, undefined, { ids: [id] }, NOW),
	revokeClassSheet: (db) => revokeClassSheet(db, undefined, id, NOW),
};

describeEachEngine('a stranger who names what is not there', (engine) => {
	test('is asked to sign in, whatever the act', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const missed: string[] = [];
		for (const [name, act] of Object.entries(ACTS)) {
			await expectRefused(db, () => act(db), 'signInFirst', 401).catch(() => missed.push(name));
		}
		expect(missed).toEqual([]);
	});
});
