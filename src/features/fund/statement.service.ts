import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import { decidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { moneyScopes } from './disbursement.ts';
import { findFund } from './fund.repository.ts';
import { getPosted, postEntry, type PostedEntry } from './ledger.service.ts';
import {
	findStatement,
	hasOpeningBalance,
	insertStatement,
	updateStatement,
	type Statement,
} from './statement.repository.ts';
import {
	decidedBy,
	isSentBefore,
	lockPaper,
	returnPaper,
	waiting,
	type PaperKind,
} from './second-person.service.ts';
import { checkStatement, statementEntry, type StatementInput } from './statement.ts';

/**
 * The treasurer writes down a gift, an opening balance or a move between cash and bank; nothing is booked before an
 * approver confirms it. The same id with the same content changes nothing. Refuses with 401, 403, 404 and 422, with 409
 * other content and a second opening balance.
 */
export async function recordStatement(
	db: Db,
	actor: Actor | undefined,
	raw: StatementInput,
	now: number,
	upload?: { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean },
): Promise<void> {
	requireActor(actor);
	const fund = await findFund(db, raw.fundId);
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	const grant = requireGrant(actor, 'statement.record', moneyScopes(fund.id));
	const photo = upload && { ...(await encodePhoto(upload.bytes, now)), hasChildren: upload.hasChildren };
	const input: StatementInput = {
		...raw,
		words: cleanText(raw.words, { max: 160 }),
		privateNote: cleanText(raw.privateNote, { max: 300 }),
		photoMissingReason: photo ? '' : cleanText(raw.photoMissingReason, { max: 200 }),
	};
	checkStatement(input, photo !== undefined, toLocalDate(now));
	// Without the photo: a retry carries it again, under an id of its own.
	const contentHash = sha256Hex(canonicalJson(input));
	const write = async (trx: Trx): Promise<boolean> => {
		await lockRow(trx, 'fund', fund.id);
		if (isSentBefore(await findStatement(trx, input.id), actor, contentHash)) return false;
		if (input.kind === 'opening_balance' && (await hasOpeningBalance(trx, fund.id, input.account)))
			throw new DomainError('CONFLICT', 'openingTwice', { field: 'kind' });
		await holdGrant(trx, grant.id, now);
		if (photo) {
			const from = { uploadedBy: grant.id, isSample: fund.isSample };
			await insertPhotoRow(trx, photo, { ...from, childrenDeclared: photo.hasChildren ? 1 : 0 }, now);
		}
		const { privateNote, photoMissingReason, ...rest } = input;
		await insertStatement(trx, {
			...rest,
			privateNote: privateNote || null,
			photoId: photo?.id ?? null,
			photoMissingReason: photo ? null : photoMissingReason,
			...waiting(actor, { grantId: grant.id, contentHash, isSample: fund.isSample }, now),
		});
		return true;
	};
	const run = () => retryWhenTaken(() => inTransaction(db, write));
	if (upload && photo) await withPhotoFile({ db, store: upload.store, now }, photo, run);
	else await run();
}

const STATEMENT: PaperKind<Statement> = {
	...{ find: findStatement, update: updateStatement, unknown: 'unknownStatement' },
	confirm: () => 'statement.confirm',
	returned: { action: 'statement.return', subjectKind: 'statement' },
};

/** An approver confirms a statement and books it, in one transaction; a second time changes nothing. */
export async function confirmStatement(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<PostedEntry> {
	requireActor(actor);
	return inTransaction(db, async (trx) => {
		const [statement, grantId] = await lockPaper(trx, STATEMENT, actor, id, now);
		if (statement.status === 'confirmed') return getPosted(trx, statement.entryId!);
		if (statement.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		const photo = statement.photoId === null ? undefined : await findPhoto(trx, statement.photoId);
		const entry = await postEntry(
			trx,
			{
				...statementEntry(statement),
				id: uuidv7(now),
				fundId: statement.fundId,
				happenedOn: statement.happenedOn,
				bookedOn: toLocalDate(now),
				recordedBy: grantId,
				source: {
					kind: 'statement',
					id: statement.id,
					// Neither words nor note: a hash of them could be guessed.
					content: {
						kind: statement.kind,
						happenedOn: statement.happenedOn,
						account: statement.account,
						amountVnd: statement.amountVnd,
						purpose: statement.purpose,
						photo: photo?.sha256 ?? null,
						recordedBy: statement.recordedBy,
					},
				},
			},
			now,
		);
		await updateStatement(trx, id, {
			...{ status: 'confirmed', ...decidedBy(actor, grantId, now), entryId: entry.id },
		});
		return entry;
	});
}

/** Sends a statement back with a reason; see {@link returnPaper}. */
export const returnStatement = (
	db: Db,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> => returnPaper(db, STATEMENT, actor, input, now);

/** Forgets who gave it; the book stays as it is. A second time changes nothing. */
export async function eraseStatementNote(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const statement = await findStatement(trx, id);
		if (!statement) throw new DomainError('NOT_FOUND', 'unknownStatement');
		const grant = requireGrant(actor, 'disbursement.note', moneyScopes(statement.fundId));
		await lockRow(trx, 'fund', statement.fundId);
		if ((await findStatement(trx, id))?.privateNote == null) return;
		await holdGrant(trx, grant.id, now);
		// The hash covers the note, so it goes too.
		await updateStatement(trx, id, { privateNote: null, contentHash: '' });
		const event = { action: 'statement.erase-note', subjectKind: 'statement', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}

/**
 * Decides whether a booked statement's photo is shown beside its row of the book; see {@link decidePhoto}. Refuses with
 * 409 that of one that waits or was sent back.
 */
export async function decideStatementPhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const statement = await findStatement(db, input.id);
	if (!statement) throw new DomainError('NOT_FOUND', 'unknownStatement');
	requireGrant(actor, 'photo.decide', moneyScopes(statement.fundId));
	// What is confirmed stays so.
	if (statement.status !== 'confirmed') throw new DomainError('CONFLICT', 'photoBeforeBooking');
	const photo = { ...input, id: statement.photoId ?? '' };
	await decidePhoto(db, actor, photo, moneyScopes(statement.fundId), now);
}
