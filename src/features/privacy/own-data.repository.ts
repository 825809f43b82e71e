// Everything that the portal keeps about one person, and how it is forgotten.
import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import { listOwnDeeds } from './own-deed.repository.ts';

/**
 * The person's rows, table by table, without secrets and hashes.
 * @param inviteeHashes what invitations to their number or address are known by
 */
export async function readOwnData(db: Db, personId: string, inviteeHashes: string[] = []) {
	const aliases = db.selectFrom('deviceAlias').select('id').where('personId', '=', personId);
	const grants = db.selectFrom('roleGrant').select('id').where('personId', '=', personId);
	return {
		person: await db
			.selectFrom('person')
			.select(['id', 'displayName', 'phoneE164', 'email', 'locale', 'createdAt'])
			.where('id', '=', personId)
			.execute(),
		roles: await db
			.selectFrom('roleGrant')
			.select(['id', 'role', 'scopeKind', 'scopeId', 'validFrom', 'validTo', 'grantedAt', 'endedAt'])
			.where('personId', '=', personId)
			.orderBy('id')
			.execute(),
		invitations:
			inviteeHashes.length === 0
				? []
				: await db
						.selectFrom('invitation')
						// Not to what: nobody has shown that the number is theirs before its link is opened.
						.select(['inviteeHint', 'createdAt', 'expiresAt'])
						.where('inviteeHash', 'in', inviteeHashes)
						.orderBy('createdAt')
						.orderBy('id')
						.execute(),
		devices: await db
			.selectFrom('session')
			.select(['label', 'createdAt', 'lastUsedAt'])
			.where('personId', '=', personId)
			.orderBy('createdAt')
			.execute(),
		password: await db
			.selectFrom('credentialPassword')
			.select('changedAt')
			.where('personId', '=', personId)
			.execute(),
		passkeys: await db
			.selectFrom('credentialPasskey')
			.select(['name', 'createdAt', 'lastUsedAt'])
			.where('personId', '=', personId)
			.orderBy('createdAt')
			.execute(),
		secondFactors: [
			...(await db
				.selectFrom('credentialTotp')
				.select(['createdAt', 'confirmedAt'])
				.where('personId', '=', personId)
				.where('confirmedAt', 'is not', null)
				.execute()),
			...(await db.selectFrom('recoveryCode').select('usedAt').where('personId', '=', personId).execute()),
		],
		knownBrowsers: await db
			.selectFrom('knownDevice')
			.select('createdAt')
			.where('personId', '=', personId)
			.orderBy('createdAt')
			.execute(),
		resets: await db
			.selectFrom('resetCode')
			.innerJoin('roleGrant', 'roleGrant.id', 'resetCode.issuedBy')
			.select(['resetCode.issuedAt', 'resetCode.usedAt', 'roleGrant.role as byRole'])
			.where('resetCode.personId', '=', personId)
			.orderBy('issuedAt')
			.execute(),
		linkedDevices: await db
			.selectFrom('deviceAlias')
			.select(['id', 'createdAt'])
			.where('personId', '=', personId)
			.orderBy('createdAt')
			.execute(),
		transfers: await db
			.selectFrom('aliasTransfer')
			.select(['createdAt', 'expiresAt', 'usedAt'])
			.where('deviceAliasId', 'in', aliases)
			.orderBy('createdAt')
			.execute(),
		consents: await db
			.selectFrom('consent')
			.select(['purpose', 'noticeVersion', 'givenAt', 'withdrawnAt'])
			.where('personId', '=', personId)
			.orderBy('givenAt')
			.execute(),
		requests: await db
			.selectFrom('rightsRequest')
			.select(['id', 'kind', 'text', 'requestedAt', 'repliedAt', 'completedAt', 'readAt'])
			.where('personId', '=', personId)
			.orderBy('requestedAt')
			.execute(),
		answers: await db
			.selectFrom('rightsRequestAnswer')
			.innerJoin('rightsRequest', 'rightsRequest.id', 'rightsRequestAnswer.requestId')
			.select(['rightsRequestAnswer.requestId', 'rightsRequestAnswer.text'])
			.select('rightsRequestAnswer.answeredAt')
			.where('rightsRequest.personId', '=', personId)
			.orderBy('rightsRequestAnswer.answeredAt')
			.orderBy('rightsRequestAnswer.id')
			.execute(),
		dropOffs: await db
			.selectFrom('dropOff')
			.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
			.innerJoin('greenHouse', 'greenHouse.id', 'dropOff.greenHouseId')
			.select(['dropOff.id', 'greenHouse.code as greenHouse', 'dropOff.happenedAt', 'dropOff.recordedAt'])
			.select(['dropOff.withdrawnAt', 'dropOffLine.materialCode as material', 'dropOffLine.quantityMilli'])
			.select(['dropOffLine.unit'])
			.where((eb) =>
				eb.or([eb('dropOff.personId', '=', personId), eb('dropOff.deviceAliasId', 'in', aliases)]),
			)
			.orderBy('dropOff.recordedAt')
			.orderBy('dropOff.id')
			.orderBy('dropOffLine.position')
			.execute(),
		stateReports: await db
			.selectFrom('houseStateReport')
			.innerJoin('greenHouse', 'greenHouse.id', 'houseStateReport.greenHouseId')
			.select(['greenHouse.code as greenHouse', 'fill', 'condition', 'reportedAt', 'recordedAt'])
			.where('deviceAliasId', 'in', aliases)
			.orderBy('reportedAt')
			.orderBy('houseStateReport.id')
			.execute(),
		problemReports: await db
			.selectFrom('problemReport')
			.innerJoin('greenHouse', 'greenHouse.id', 'problemReport.greenHouseId')
			.select(['greenHouse.code as greenHouse', 'kind', 'text', 'seenAt', 'recordedAt', 'closedAt'])
			.select('closingNote')
			.where('deviceAliasId', 'in', aliases)
			.orderBy('recordedAt')
			.orderBy('problemReport.id')
			.execute(),
		problemVoices: await db
			.selectFrom('problemVoice')
			.innerJoin('problemReport', 'problemReport.id', 'problemVoice.problemReportId')
			.innerJoin('greenHouse', 'greenHouse.id', 'problemReport.greenHouseId')
			.select(['greenHouse.code as greenHouse', 'problemReport.kind', 'voicedAt'])
			.where('problemVoice.deviceAliasId', 'in', aliases)
			.orderBy('voicedAt')
			.execute(),
		photos: await selectOwnPhotos(db, personId)
			.innerJoin('greenHouse', 'greenHouse.id', 'visitorPhoto.greenHouseId')
			.select(['greenHouse.code as greenHouse', 'photo.status', 'photo.uploadedAt', 'photo.childrenDeclared'])
			.orderBy('photo.uploadedAt')
			.execute(),
		signUps: await db
			.selectFrom('signUp')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
			.select(['cleanupEvent.slug as event', 'signUp.kind', 'signUp.name', 'signUp.headCount'])
			.select(['signUp.phoneE164', 'signUp.contact', 'signUp.status', 'signUp.createdAt'])
			.select(['signUp.waitingSince', 'signUp.offeredUntil'])
			.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('signUp.deviceAliasId', 'in', aliases)]))
			.orderBy('signUp.createdAt')
			.execute(),
		// How many they had said before.
		signUpChanges: await db
			.selectFrom('signUpChange')
			.innerJoin('signUp', 'signUp.id', 'signUpChange.signUpId')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
			.select(['cleanupEvent.slug as event', 'signUpChange.headCount', 'signUpChange.changedAt'])
			.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('signUp.deviceAliasId', 'in', aliases)]))
			.orderBy('signUpChange.changedAt')
			.orderBy('signUpChange.id')
			.execute(),
		letters: await db
			.selectFrom('participationLetter')
			.innerJoin('signUp', 'signUp.id', 'participationLetter.signUpId')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
			.select(['cleanupEvent.slug as event', 'participationLetter.issuedAt'])
			.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('signUp.deviceAliasId', 'in', aliases)]))
			.orderBy('participationLetter.issuedAt')
			.execute(),
		attendance: await db
			.selectFrom('attendance')
			.innerJoin('signUp', 'signUp.id', 'attendance.signUpId')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'attendance.eventId')
			.select(['cleanupEvent.slug as event', 'attendance.heads', 'attendance.checkedInAt'])
			.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('signUp.deviceAliasId', 'in', aliases)]))
			.orderBy('attendance.checkedInAt')
			.orderBy('attendance.id')
			.execute(),
		pledges: await db
			.selectFrom('pledge')
			.innerJoin('eventNeed', 'eventNeed.id', 'pledge.needId')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'eventNeed.eventId')
			.innerJoin('signUp', 'signUp.id', 'pledge.signUpId')
			.select(['cleanupEvent.slug as event', 'eventNeed.label', 'pledge.count'])
			.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('signUp.deviceAliasId', 'in', aliases)]))
			.orderBy('cleanupEvent.startsAt')
			.orderBy('eventNeed.position')
			.execute(),
		// A browser's address is a key to it, and stays out.
		recipients: await db
			.selectFrom('recipient')
			.select(['recipient.id', 'channel', 'locale', 'createdAt'])
			.select(sql<string | null>`case when channel = 'email' then address end`.as('email'))
			.where((eb) =>
				eb.or([eb('recipient.personId', '=', personId), eb('recipient.deviceAliasId', 'in', aliases)]),
			)
			.orderBy('createdAt')
			.orderBy('recipient.id')
			.execute(),
		follows: await db
			.selectFrom('follow')
			.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
			.select(['recipient.channel', 'follow.targetKind', 'follow.targetId', 'follow.kinds'])
			.select('follow.createdAt')
			.where((eb) =>
				eb.or([eb('recipient.personId', '=', personId), eb('recipient.deviceAliasId', 'in', aliases)]),
			)
			.orderBy('follow.createdAt')
			.orderBy('follow.id')
			.execute(),
		messages: await db
			.selectFrom('outboxMessage')
			.leftJoin('recipient', 'recipient.id', 'outboxMessage.recipientId')
			.innerJoin('news', 'news.id', 'outboxMessage.newsId')
			.select(['outboxMessage.channel', 'news.kind', 'outboxMessage.createdAt', 'outboxMessage.sentAt'])
			.where((eb) =>
				eb.or([
					eb('outboxMessage.personId', '=', personId),
					eb('recipient.personId', '=', personId),
					eb('recipient.deviceAliasId', 'in', aliases),
				]),
			)
			.orderBy('outboxMessage.createdAt')
			.orderBy('outboxMessage.id')
			.execute(),
		recorded: await listOwnDeeds(db, personId),
		acts: await db
			.selectFrom('auditEvent')
			.select(['happenedAt', 'action', 'subjectKind', 'subjectId'])
			.where((eb) => eb.or([eb('personId', '=', personId), eb('roleGrantId', 'in', grants)]))
			.orderBy('happenedAt')
			.orderBy('id')
			.execute(),
		// What others did that is about the person: in which role, not who.
		about: await db
			.selectFrom('auditEvent')
			.leftJoin('roleGrant', 'roleGrant.id', 'auditEvent.roleGrantId')
			.select(['auditEvent.happenedAt', 'auditEvent.action', 'auditEvent.subjectKind'])
			.select(['auditEvent.subjectId', 'roleGrant.role as byRole'])
			.where((eb) =>
				eb.or([
					eb('auditEvent.subjectId', '=', personId),
					eb('auditEvent.subjectId', 'in', grants),
					eb(
						'auditEvent.subjectId',
						'in',
						eb.selectFrom('invitation').select('invitation.id').where('acceptedGrantId', 'in', grants),
					),
				]),
			)
			.where((eb) =>
				eb.or([eb('auditEvent.personId', 'is', null), eb('auditEvent.personId', '<>', personId)]),
			)
			.orderBy('auditEvent.happenedAt')
			.orderBy('auditEvent.id')
			.execute(),
	};
}
export type OwnData = Awaited<ReturnType<typeof readOwnData>>;

/** Photos that came with what the person, or a device that is linked to them, recorded of a house. */
export const selectOwnPhotos = (db: Db, personId: string) => {
	const aliases = db.selectFrom('deviceAlias').select('id').where('personId', '=', personId);
	return db
		.selectFrom('visitorPhoto')
		.innerJoin('photo', 'photo.id', 'visitorPhoto.photoId')
		.leftJoin('dropOff', 'dropOff.id', 'visitorPhoto.dropOffId')
		.leftJoin('problemReport', 'problemReport.id', 'visitorPhoto.problemReportId')
		.select('photo.id')
		.where((eb) =>
			eb.or([
				eb('dropOff.personId', '=', personId),
				eb('dropOff.deviceAliasId', 'in', aliases),
				eb('problemReport.deviceAliasId', 'in', aliases),
			]),
		);
};

/**
 * Names and numbers that the person's devices signed up with go; those of mornings to come are cancelled. Whoever waits
 * for their place is given it by the next look at the event's line.
 */
export async function forgetSignUps(trx: Trx, personId: string, now: number): Promise<void> {
	const own = trx
		.selectFrom('signUp')
		.select('signUp.id')
		.leftJoin('deviceAlias', 'deviceAlias.id', 'signUp.deviceAliasId')
		.where((eb) => eb.or([eb('signUp.personId', '=', personId), eb('deviceAlias.personId', '=', personId)]));
	const ids = (await own.execute()).map(({ id }) => id);
	if (ids.length === 0) return;
	const ended = (
		await trx
			.updateTable('signUp')
			.set({ status: 'cancelled', cancelledAt: now, offeredUntil: null })
			.where('id', 'in', ids)
			.where('status', '<>', 'cancelled')
			.where('eventId', 'in', (eb) => eb.selectFrom('cleanupEvent').select('id').where('startsAt', '>', now))
			.returning('id')
			.execute()
	).map(({ id }) => id);
	if (ended.length > 0) await trx.deleteFrom('pledge').where('signUpId', 'in', ended).execute();
	await trx
		.updateTable('signUp')
		.set({ name: '', contact: '', phoneE164: null })
		.where('id', 'in', ids)
		.execute();
}

/** The words in which the person's devices reported problems go, and the hash by which they could be guessed; the reports stay. */
export async function forgetProblemTexts(trx: Trx, personId: string): Promise<void> {
	await trx
		.updateTable('problemReport')
		.set({ text: null, contentHash: '' })
		.where('deviceAliasId', 'in', (eb) =>
			eb.selectFrom('deviceAlias').select('id').where('personId', '=', personId),
		)
		.execute();
}
