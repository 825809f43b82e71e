// The table of action × role × scope, walked: every service, everybody. What the table does not allow is refused and
// writes nothing; what it allows is done. The expectation is worked out here, from the table's roles and from where a
// role is held as seen from the thing that is acted on; not by what the services ask.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { changeAccount, changePassword } from '#features/accounts/account.service.ts';
import { ACTS, PERMISSIONS, type Actor } from '#features/accounts/actor.ts';
import { addPasskey, offerPasskey } from '#features/accounts/passkey.service.ts';
import {
	acceptTotp,
	beginTotp,
	removeSecondFactor,
	renewRecoveryCodes,
} from '#features/accounts/second-factor.service.ts';
import { endListedSession, endOtherSessions } from '#features/accounts/session.service.ts';
import { linkDropOffs, withdrawLink } from '#features/privacy/consent.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { readAnswer, sendRequest } from '#features/privacy/rights-request.service.ts';
import { acceptInvitation } from '#features/team/role.service.ts';
import { isSqlite, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, openSession } from '../support/fixtures.ts';
import { inSandbox, makeSnapshot } from '../support/sandbox.ts';
import {
	makePeople,
	makeResident,
	makeSamples,
	makeWorld,
	SECRET,
	type Person,
	type World,
} from './access-world.ts';
import { WALKS, type Walk } from './access-walks.ts';

/** What somebody is told: the key of a refusal, or `done`. */
async function answerOf(work: () => unknown): Promise<string> {
	try {
		await work();
		return 'done';
	} catch (error) {
		if (!(error instanceof DomainError)) throw error;
		return error.key;
	}
}

/** A role here allows; in the ward that it has become it does too, and in the whole portal. */
const IS_INSIDE: Record<Person['position'], boolean> = {
	...{ here: true, 'merged here': true, portal: true, elsewhere: false, 'merged elsewhere': false },
};

function isAllowed({ act, reach, only }: Walk, { role, kind, position }: Person): boolean {
	const roles = only ?? PERMISSIONS[act].roles;
	if (!roles.includes(role) || !PERMISSIONS[act].roles.includes(role)) return false;
	return reach === 'anywhere' || position === 'portal' || (reach.includes(kind) && IS_INSIDE[position]);
}

const grantsOf = (db: Db, people: Person[]) =>
	db.updateTable('roleGrant').where(
		'personId',
		'in',
		people.map(({ actor }) => actor.personId),
	);

const endGrants = (db: Db, people: Person[]) =>
	grantsOf(db, people).set({ endedAt: NOW, endedBy: people[0]!.actor.grants[0]!.id }).execute();

/** Their last day was yesterday: what they hold was live when they were asked, at midnight. */
async function lapseGrants(db: Db, people: Person[]) {
	await sql.raw(`drop trigger role_grant_refuse_set_end${isSqlite(db) ? '' : ' on role_grant'}`).execute(db);
	await grantsOf(db, people).set({ validTo: '2026-11-21' }).execute();
}

const nameOf = ({ role, kind, position }: Person) => `${role} of a ${kind}, ${position}`;

type Try = { who: string; actor: Actor | undefined; answers: readonly string[] };

/** Tries acts in worlds that are given back, and collects what is other than it must be, so that one run says all. */
async function openGround(db: Db) {
	const world = await makeWorld(db);
	// Tries are counted, also those that are refused.
	const snapshot = await makeSnapshot(db, ['rate_limit']);
	const wrong: string[] = [];
	let count = 0;
	// Every try begins with the same rows, but for what it is prepared with.
	let base: Promise<Record<string, string>> | undefined;
	const readBefore = (sandbox: Db, isPrepared: boolean) =>
		isPrepared ? snapshot(sandbox) : (base ??= snapshot(sandbox));
	/** All of them are refused, one after another, and nothing is other than before. */
	const refuseAll = (
		name: string,
		run: Walk['run'],
		tries: Try[],
		prepare?: (db: Db, world: World) => Promise<unknown>,
	) =>
		inSandbox(db, async (sandbox) => {
			await prepare?.(sandbox, world);
			const before = await readBefore(sandbox, prepare !== undefined);
			for (const { who, actor, answers } of tries) {
				count += 1;
				const answer = await answerOf(() => run(sandbox, world, actor));
				if (!answers.includes(answer)) wrong.push(`${name} by ${who}: ${answer}`);
			}
			const after = await snapshot(sandbox);
			for (const table of Object.keys(after).filter((each) => after[each] !== before[each]))
				wrong.push(`${name}: a refusal has written in ${table}`);
		});
	/** It is done, and something is other than before, unless it only reads. */
	const allow = (
		{ name, run, prepare, isRead }: Walk & { name: string },
		{ who, actor }: Omit<Try, 'answers'>,
	) =>
		inSandbox(db, async (sandbox) => {
			count += 1;
			await prepare?.(sandbox, world);
			const before = await readBefore(sandbox, prepare !== undefined);
			const answer = await answerOf(() => run(sandbox, world, actor));
			if (answer !== 'done') wrong.push(`${name} by ${who}: ${answer}`);
			const after = await snapshot(sandbox);
			const hasWritten = Object.keys(after).some((table) => after[table] !== before[table]);
			if (hasWritten === (isRead ?? false)) wrong.push(`${name} by ${who}: has written: ${hasWritten}`);
		});
	return { db, world, wrong, refuseAll, allow, count: () => count };
}

/** Thousands of tries; on a busy machine they take their time. */
const PATIENCE_MS = 600_000;

describeEachEngine('the table of action, role and scope', (engine) => {
	test(
		'refuses everybody whom it does not name, writing nothing, and lets everybody whom it names',
		async () => {
			const ground = await openGround(await engine.fresh());
			const people = await makePeople(ground.db, ground.world);
			const resident = await makeResident(ground.db);
			for (const [name, walk] of Object.entries(WALKS)) {
				const { run, prepare, isRead, refusals = [] } = walk;
				const answers = ['notYourRole', ...refusals];
				const allowed = people.filter((person) => isAllowed(walk, person));
				const tries: Try[] = people
					.filter((person) => !allowed.includes(person))
					.map((person) => ({ who: nameOf(person), actor: person.actor, answers }));
				tries.push({ who: 'a resident', actor: resident, answers });
				tries.push({ who: 'nobody', actor: undefined, answers: ['signInFirst'] });
				if (PERMISSIONS[walk.act].secondFactor)
					for (const person of allowed) {
						const who = `${nameOf(person)}, by a password alone`;
						const weak = { ...person.actor, isStrong: false };
						tries.push({ who, actor: weak, answers: ['secondFactorFirst'] });
					}
				await ground.refuseAll(name, run, tries, prepare);
				for (const person of allowed)
					await ground.allow({ ...walk, name }, { who: nameOf(person), actor: person.actor });
				if (isRead) continue;
				// Roles that are taken, or whose last day passes, between the question and the write.
				const late = allowed.map((person) => ({
					who: `${nameOf(person)}, just ended`,
					actor: person.actor,
					answers,
				}));
				for (const end of [endGrants, lapseGrants])
					await ground.refuseAll(name, run, late, async (db, world) => {
						await prepare?.(db, world);
						await end(db, allowed);
					});
			}
			expect(ground.wrong).toEqual([]);
			expect(ground.count()).toBeGreaterThan(2000);
		},
		PATIENCE_MS,
	);

	test(
		'lets no sample role touch or read what is real, though its ward or the portal holds both',
		async () => {
			const ground = await openGround(await engine.fresh());
			const samples = await makeSamples(ground.db);
			for (const [name, walk] of Object.entries(WALKS)) {
				const isOwn = (person: Person) => walk.isOfOwnKind === true && isAllowed(walk, person);
				const answers = ['notYourRole', 'sampleOnReal', ...(walk.refusals ?? [])];
				const toTry = (person: Person) => ({
					who: `a sample ${nameOf(person)}`,
					actor: person.actor,
					answers,
				});
				const others = samples.filter((person) => !isOwn(person));
				await ground.refuseAll(name, walk.run, others.map(toTry), walk.prepare);
				for (const person of samples.filter(isOwn)) await ground.allow({ ...walk, name }, toTry(person));
			}
			expect(ground.wrong).toEqual([]);
		},
		PATIENCE_MS,
	);

	test(
		'has beside it what everybody does with their own, and nobody with another’s',
		async () => {
			const ground = await openGround(await engine.fresh());
			const resident = await makeResident(ground.db);
			await openSession(ground.db, resident.personId, 'own');
			for (const [name, { run, ends }] of Object.entries(OWN)) {
				const own = { who: 'a resident', actor: resident, answers: ends ? [ends] : [] };
				const tries = [{ who: 'nobody', actor: undefined, answers: ['signInFirst'] }, ...(ends ? [own] : [])];
				await ground.refuseAll(name, run, tries);
				const walk = { name, run, act: 'notice.publish', reach: 'anywhere' } as const;
				if (!ends) await ground.allow(walk, own);
			}
			expect(ground.wrong).toEqual([]);
		},
		PATIENCE_MS,
	);
});

type Own = {
	run: Walk['run'];
	/** What somebody is told who has no such thing, or names another’s. */ ends?: string;
};
const SITE = { publicUrl: 'http://localhost' };
/** Whoever is signed in does this with what is theirs; no role is asked for. */
const OWN: Record<string, Own> = {
	changeAccount: {
		run: (db, _world, actor) =>
			changeAccount(
				db,
				actor,
				{ displayName: 'An', name: '0944444444', locale: 'vi', sessionId: 'own' },
				NOW,
			),
	},
	changePassword: {
		run: (db, _world, actor) =>
			changePassword(db, actor, { password: 'câu mới dài hơn mười lăm', sessionId: 'own' }, NOW),
	},
	beginTotp: { run: (db, _world, actor) => beginTotp(db, SECRET, actor, NOW) },
	acceptTotp: {
		ends: 'codeWrong',
		run: (db, _world, actor) => acceptTotp(db, SECRET, actor, { code: '000000', sessionId: 'own' }, NOW),
	},
	renewRecoveryCodes: {
		ends: 'noSecondFactor',
		run: (db, _world, actor) => renewRecoveryCodes(db, SECRET, actor, { sessionId: 'own' }, NOW),
	},
	removeSecondFactor: {
		ends: 'noSecondFactor',
		run: (db, _world, actor) => removeSecondFactor(db, actor, { kind: 'totp', sessionId: 'own' }, NOW),
	},
	offerPasskey: { ends: 'done', run: (db, _world, actor) => offerPasskey(db, SECRET, SITE, actor, NOW) },
	addPasskey: {
		ends: 'passkeyRefused',
		run: (db, _world, actor) =>
			addPasskey(db, SECRET, SITE, actor, { response: '{', name: 'Máy', sessionId: 'own' }, NOW),
	},
	endListedSession: { ends: 'done', run: (db, _world, actor) => endListedSession(db, actor, 'x', NOW) },
	endOtherSessions: { ends: 'done', run: (db, _world, actor) => endOtherSessions(db, actor, 'own', NOW) },
	linkDropOffs: {
		run: (db, _world, actor) =>
			linkDropOffs(db, actor, { deviceSecret: 'một máy mới', noticeVersion: 1 }, NOW),
	},
	withdrawLink: { ends: 'done', run: (db, _world, actor) => withdrawLink(db, actor, NOW) },
	eraseAccount: { run: (db, _world, actor) => eraseAccount(db, actor, NOW) },
	sendRequest: {
		run: (db, _world, actor) =>
			sendRequest(db, actor, { id: uuidv7(NOW), kind: 'access', text: 'Xin xem' }, NOW),
	},
	readAnswer: {
		ends: 'requestUnknown',
		run: (db, { helped }, actor) => readAnswer(db, actor, helped.requestId, NOW),
	},
	acceptInvitation: {
		ends: 'invitationForAnother',
		run: (db, { token }, actor) => acceptInvitation(db, SECRET, actor, token, NOW),
	},
};

/** Services that ask for no role, and why. */
const WITHOUT: Record<string, string[]> = {
	'opens to everybody, with no account': [
		...[
			'signUp',
			'signUpForSeries',
			'recordDropOff',
			'signUpAccount',
			'getKeys',
			'getFund',
			'getCheckpoint',
			'getInclusion',
		],
		...['reportStateSeen', 'reportProblem', 'addVoice', 'attachPhoto'],
		...['attachFormPhoto', 'takePhotoRate', 'follow'],
		...['getConsistency', 'matchSheet', 'readBoardSheet', 'readDueSheets'],
		...['streamEntryCsv', 'streamJournal'],
	],
	'asks for what only one device, link or code holds': [
		...[
			'cancelTokenOf',
			'findByCancelToken',
			'cancelSignUp',
			'changeSignUp',
			'acceptOffer',
			'issueOwnLetter',
			'readLetter',
			'verifyLetter',
			'pledge',
			'withdrawDropOff',
			...['findByLinkToken', 'recordByLink', 'withdrawByLink'],
			'offerAlias',
			'isOffered',
		],
		...['takeAlias', 'forgetAlias', 'resetPassword', 'readInvitation', 'readWhose'],
		// An account's own follows are asked for by whose they are (i/follow).
		...['readWish', 'confirmFollow', 'changeFollow', 'unfollow', 'stopAll'],
	],
	'is how somebody signs in or out': [
		...['askForPasskey', 'takePasskey', 'takeSecondFactor', 'signIn', 'findTries', 'checkTries'],
		...['provePassword', 'deviceLabel', 'startSession', 'readSession', 'isRecent'],
		...['confirmSession', 'isStanding', 'listSessions', 'endSession'],
	],
	'is part of another act’s transaction, which has asked': [
		...['setPassword', 'preparePassword', 'completeSecondFactor', 'endSessions', 'rotateSessions'],
		...['forgetSecondFactors', 'holdSession'],
		...[
			'neighbourhoodIdOf',
			'insertDropOff',
			'openFund',
			'getPosted',
			'postEntry',
			'reverseEntry',
			'postSharedIncome',
		],
		...[
			'encodePhoto',
			'forgetPhotoOf',
			'withPhotoFile',
			'insertPhotoRow',
			'hidePhoto',
			'clearLeftover',
			'claimFile',
			'dropFile',
			'linkDropOffsWithin',
			'acceptWithin',
			'isSentBefore',
			'waiting',
		],
		...['lockPaper', 'decidedBy', 'returnPaper'],
		...[
			'requireEvent',
			'auditOf',
			'prepareAnnouncement',
			'holdAnnouncer',
			'writeEvent',
			'takeDraft',
			'hashOf',
			'prepareEdit',
			'saysTheSame',
			'editWithin',
			'requireSeries',
			'requireCampaign',
			...['checkEntry', 'holdEntry', 'enterSheet'],
			'checkRepeat',
			'planExtension',
			'newsOf',
			'checkStands',
			'findPlace',
			'changeWithin',
			'calledOff',
			'restoreWithin',
			'endRoleWithin',
			'endWithin',
			'settleLine',
			'moveOffers',
			'withHeld',
			'checkStanding',
			'withdrawAllIn',
			'requireChange',
			'requireNewestNotice',
			'forgetRecipients',
			'tellNews',
			'findGoodsHouse',
			'checkGoodsHouse',
			'putGoods',
		],
	],
	'asks for the scopes that its caller names; walked by those that call it': ['decidePhoto', 'changeSchool'],
	'is the command line’s or the process’s own': [
		...['createAccount', 'openSchool', 'applyHouseRows', 'importHouses', 'loadLedgerKey', 'openLog'],
		...['sequenceFund', 'sequenceFunds', 'forgetOldPhones', 'openPhotoStore', 'clearRefusedPhotos'],
		...['forgetHousePhotos', 'settleLines', 'spreadNews', 'sendMessages', 'forgetMessages'],
		...[
			'findAudience',
			'findChanged',
			'findLetter',
			'onePerAddress',
			'remindLeads',
			'openChannels',
			'waysOf',
			'readFailure',
		],
		...['walkBook', 'runChecks', 'checkLedger', 'checkAndKeep'],
	],
	'lists what the person may do or see, by the same table': [
		...['paperScopes', 'canConfirm', 'listSalesWaitingFor', 'readSaleCycles', 'listFundsOf'],
		...['listDisbursementsWaitingFor', 'isOnFund', 'findFundOf', 'listWorkWaitingFor', 'readMonths'],
		...['mayDisclose', 'findFundToDisclose', 'listOverdueFor', 'listHousePhotosFor'],
		'listEventPhotosFor',
	],
	'only rewrites what it is given': [
		'inviteeHashes',
		'withReadableTimes',
		'toCsv',
		'shrinkPhoto',
		'blackOut',
	],
};

/** The functions that a feature's services offer, as they are written down. */
function listServices(): string[] {
	const root = path.resolve(import.meta.dirname, '../../src/features');
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
	return files
		.filter((file) => file.endsWith('.service.ts'))
		.flatMap((file) =>
			[
				...readFileSync(path.join(root, file), 'utf8').matchAll(
					/^export (?:async )?(?:function\*?|const) ([a-z]\w*)/gm,
				),
			].map((match) => match[1]!),
		);
}

const serviceOf = (name: string) => name.split(':')[0]!;

test('every service is walked, or has a reason not to be', () => {
	const reasons = Object.values(WITHOUT).flat();
	const walked = [...Object.keys(WALKS), ...Object.keys(OWN)].map(serviceOf);
	const services = listServices();
	expect(services.length).toBeGreaterThan(100);
	expect(services.filter((name) => !walked.includes(name) && !reasons.includes(name))).toEqual([]);
	// No reason for what is walked or gone, and none twice.
	expect(reasons.filter((name) => walked.includes(name) || !services.includes(name))).toEqual([]);
	expect(new Set(reasons).size).toBe(reasons.length);
	expect(walked.filter((name) => !services.includes(name) && name !== 'requireGrant')).toEqual([]);
	// Each walk calls what it is named for.
	for (const [name, { run }] of [...Object.entries(WALKS), ...Object.entries(OWN)])
		expect(String(run)).toContain(serviceOf(name));
});

test('every act is walked', () => {
	const acts = Object.values(WALKS).map((walk) => walk.act);
	expect(ACTS.filter((act) => !acts.includes(act))).toEqual([]);
});

test('an auditor is named for nothing that writes', () => {
	const reads = ['scrap-sale.read', 'disbursement.read', 'audit-log.read', 'audit-log.export'];
	reads.push('ledger-check.read');
	expect(ACTS.filter((act) => PERMISSIONS[act].roles.includes('auditor'))).toEqual(reads);
});
