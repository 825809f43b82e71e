import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { checkHappenedWithin } from '#lib/happened-at.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import { findGreenHouse, findGreenHouseByCode } from './green-house.repository.ts';
import { houseScopes, MAX_REPORT_AGE_DAYS } from './green-house.ts';
import { forgetPhotoOf } from './house-photo.service.ts';
import { closeProblemRow, findProblem, insertProblem, insertVoice } from './problem-report.repository.ts';
import { problemHash, readClosingNote, readProblemText, type ProblemKind } from './problem-report.ts';

/** The device that sends, by the secret it holds: its alias is made with its first record. */
type Sender = { secret: string };

export type ProblemInput = {
	/** Any UUID, minted where the form was made: a retry with the same id leaves one row. */
	id: string;
	greenHouseCode: string;
	kind: ProblemKind;
	text: string;
	seenAt: number;
};

/**
 * Somebody says what is wrong at a house, also at one that has closed: rubbish lies there all the same. 422 for what
 * cannot be, 409 for an id that stands for something else; both write nothing, not even the device.
 */
export async function reportProblem(
	db: Db,
	{ secret }: Sender,
	input: ProblemInput,
	now: number,
): Promise<'created' | 'unchanged'> {
	const { id, kind } = input;
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownHouse', { field: 'house' });
	const text = readProblemText(input.text, kind);
	if (!(await findProblem(db, id))) checkHappenedWithin(MAX_REPORT_AGE_DAYS, input.seenAt, now);
	const seenAt = Math.min(input.seenAt, now);
	const contentHash = problemHash(house.id, kind, text);
	return retryWhenTaken(() =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'green_house', house.id);
			const { id: deviceAliasId } = await ensureDeviceAlias(trx, now, secret);
			const existing = await findProblem(trx, id);
			if (existing) {
				if (existing.contentHash === contentHash && existing.deviceAliasId === deviceAliasId)
					return 'unchanged';
				throw new DomainError('CONFLICT', 'sameIdOtherContent', { field: 'id' });
			}
			await insertProblem(trx, {
				...{ id, greenHouseId: house.id, kind, text, deviceAliasId, seenAt, recordedAt: now, contentHash },
				...{ closedAt: null, closedBy: null, closingNote: null, isSample: house.isSample },
			});
			return 'created';
		}),
	);
}

/**
 * "I saw it too": a voice for an open report in place of a second one; that of its own device, and a second one, change
 * nothing. Returns the house's id. Refuses with 404 and, once it is closed, 409.
 */
export async function addVoice(db: Db, { secret }: Sender, id: string, now: number): Promise<string> {
	const problem = await findProblem(db, id);
	const isHidden = problem?.isSample === 1 && (await areSamplesRetired(db));
	if (!problem || isHidden) throw new DomainError('NOT_FOUND', 'unknownProblem');
	await retryWhenTaken(() =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'green_house', problem.greenHouseId);
			if ((await findProblem(trx, id))?.closedAt !== null) throw new DomainError('CONFLICT', 'problemClosed');
			const { id: deviceAliasId } = await ensureDeviceAlias(trx, now, secret);
			if (deviceAliasId !== problem.deviceAliasId) await insertVoice(trx, id, deviceAliasId, now);
		}),
	);
	return problem.greenHouseId;
}

/**
 * Whoever looks after the house, its ward's officer or an administrator says how a problem ended, for everybody to
 * read. The same words a second time change nothing; others are refused with 409. 401, 403, 404, 409 and 422 write
 * nothing.
 */
export async function closeProblem(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; note: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const problem = await findProblem(db, input.id);
	const house = problem && (await findGreenHouse(db, problem.greenHouseId, now));
	if (!house) throw new DomainError('NOT_FOUND', 'unknownProblem');
	const grant = requireGrant(actor, 'problem-report.close', houseScopes(house));
	requireSameKind(actor, house.isSample === 1);
	const closingNote = readClosingNote(input.note);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const current = (await findProblem(trx, input.id))!;
		if (current.closedAt !== null) {
			if (current.closingNote === closingNote) return;
			throw new DomainError('CONFLICT', 'problemClosed');
		}
		await holdGrant(trx, grant.id, now);
		await closeProblemRow(trx, input.id, { closedAt: now, closedBy: grant.id, closingNote });
		// It showed what is mended now, and no page would offer to hide it any more.
		await forgetPhotoOf(trx, { kind: 'problem', id: input.id }, now);
		await insertAuditEvent(
			trx,
			{
				action: 'problem-report.close',
				subjectKind: 'problem_report',
				subjectId: input.id,
				roleGrantId: grant.id,
			},
			now,
		);
	});
}
