// Roles are handed on by a link that one person can accept once, and end at once when somebody takes them back.
import { requireSignInName, type SignInName } from '#features/accounts/account.ts';
import {
	requireActor,
	requireGrant,
	requireSameKind,
	ROLE_SCOPES,
	type Actor,
	type Role,
	type ScopeKind,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { voidResetCodes } from '#features/accounts/credential.repository.ts';
import { findPerson, holdGrant, holdPerson, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { rotateSessions } from '#features/accounts/session.service.ts';
import type { RoleGrantTable } from '#db/schema.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { addDays, parseLocalDate, startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import { lastSetEnd } from './role-scope.ts';
import { findRolePlace, findRoleScope, type RoleScope } from './role-scope.repository.ts';
import {
	endGrantRow,
	findGrantRow,
	findInvitation,
	insertInvitation,
	listGrantsOf,
	listInvitations,
	lockGrants,
	updateInvitation,
	type Invitation,
} from './role.repository.ts';

const INVITATION_MS = 7 * 24 * 3_600_000;

const nameText = (name: SignInName): string => Object.values(name)[0] ?? '';
const hashName = (secret: Secret, name: SignInName) => keyedHash(secret, 'invitee', nameText(name));

/** Only this server can tell it from the form's id, and always tells the same: a form that is sent again shows it again. */
const tokenOf = (secret: Secret, senderId: string, id: string): string =>
	Buffer.from(keyedHash(secret, 'invitation', `${senderId}:${id}`), 'hex').toString('base64url');

export type InvitationInput = {
	/** Minted with the form; the invitation's own. */
	id: string;
	role: Role;
	scopeKind: ScopeKind;
	scopeId: string | null;
	/** The phone number or e-mail address of the one person who may accept it. */
	name: string;
	/** The grant that ends when this one begins: a handover. */
	replacesGrantId?: string | undefined;
	/** The last day of the role, for one that ends by itself; as typed. */
	validTo?: string | undefined;
};

/**
 * Refuses with 422 what is no day, a day before today, one too far away to be meant, and any for an administrator, of
 * whom one must always remain.
 */
function requireEnd({ role, validTo: typed = '' }: InvitationInput, now: number): LocalDate | null {
	if (typed.trim() === '') return null;
	const field = 'validTo';
	if (role === 'administrator')
		throw new DomainError('UNPROCESSABLE_CONTENT', 'administratorEnds', { field });
	const [validTo, from] = [parseLocalDate(typed), toLocalDate(now)];
	const to = lastSetEnd(from);
	if (validTo === undefined || validTo < from || validTo > to)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'roleEndWrong', { field, values: { from, to } });
	return validTo;
}

async function requireScope(db: Db, input: InvitationInput, now: number): Promise<RoleScope> {
	const isHeldThere = ROLE_SCOPES[input.role].includes(input.scopeKind);
	const scope = isHeldThere ? await findRoleScope(db, input.scopeKind, input.scopeId, now) : undefined;
	if (!scope) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownScope', { field: 'scope' });
	return scope;
}

/** Keeps an organisation open until the transaction ends; refuses with 422 one that was closed meanwhile. */
async function holdPlace(trx: Trx, input: InvitationInput, now: number): Promise<void> {
	if (input.scopeKind !== 'organisation' || input.scopeId === null) return;
	await lockRow(trx, 'organisation', input.scopeId);
	await requireScope(trx, input, now);
}

/** The same form once more: refuses with 409 another content, and an invitation that is over. */
function checkSameAgain(
	sent: Invitation,
	row: Pick<
		Invitation,
		'tokenHash' | 'role' | 'scopeKind' | 'scopeId' | 'inviteeHash' | 'replacesGrantId' | 'validTo'
	>,
	now: number,
): void {
	const { inviteeHash: _, ...rest } = row;
	const isSame = Object.entries(rest).every(([name, value]) => sent[name as keyof typeof rest] === value);
	const isOver = sent.acceptedAt !== null || sent.withdrawnAt !== null || sent.expiresAt <= now;
	// Whom it was for is forgotten when it ends.
	if (isSame && isOver) throw new DomainError('CONFLICT', 'invitationEnded');
	if (!isSame || sent.inviteeHash !== row.inviteeHash)
		throw new DomainError('CONFLICT', 'sameIdOtherContent');
}

/**
 * Invites one person to a role; returns the token of the link, of which only a hash is kept. It works once and lapses
 * after a week. The same id again gives the same link. Refuses with 401, with 403 whoever may not hand out this role
 * here, with 409 an id that stands for something else, the handover of a real role that would end as a sample one and
 * that of the last one without a set end to somebody with one, with 422 an unknown scope or name and a wrong end.
 */
export async function inviteToRole(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	input: InvitationInput,
	now: number,
): Promise<{ token: string; scope: RoleScope; validTo: LocalDate | null; expiresAt: number }> {
	requireActor(actor);
	const { id } = input;
	const scope = await requireScope(db, input, now);
	const grant = requireGrant(actor, `role.${input.role}`, scope.scopes);
	requireSameKind(actor, scope.isSample ?? actor.isSample, 'scope');
	const name = requireSignInName(input.name);
	const validTo = requireEnd(input, now);
	const replacesGrantId = input.replacesGrantId || null;
	const token = tokenOf(secret, actor.personId, id);
	const row = {
		...{ tokenHash: sha256Hex(token), role: input.role, scopeKind: scope.kind, scopeId: scope.id },
		...{ inviteeHash: hashName(secret, name), replacesGrantId, validTo },
	};
	const send = async (trx: Trx): Promise<number> => {
		await holdPlace(trx, input, now);
		await holdGrant(trx, grant.id, now);
		const sent = await findInvitation(trx, { id });
		if (sent) {
			checkSameAgain(sent, row, now);
			return sent.expiresAt;
		}
		if (replacesGrantId !== null) {
			const live = await lockGrants(trx, input.role, scope, now);
			const replaced = live.find((each) => each.id === replacesGrantId);
			if (!replaced) throw new DomainError('CONFLICT', 'roleEnded', { field: 'replacesGrantId' });
			requireSameKind(actor, replaced.isSample === 1);
			if (wouldBecomeSample(replaced, isSampleRole({ isSample: actor.isSample ? 1 : 0 }, scope)))
				throw new DomainError('CONFLICT', 'realRoleAtSample', { field: 'replacesGrantId' });
			checkHandover(replaced, live, scope, validTo);
		}
		const overAt = validTo === null ? Infinity : startOfLocalDate(addDays(validTo, 1));
		const expiresAt = Math.min(now + INVITATION_MS, overAt);
		await insertInvitation(trx, {
			...{ ...row, id, inviteeHint: `…${nameText(name).slice(-4)}`, invitedBy: grant.id },
			...{ createdAt: now, expiresAt, withdrawnAt: null, acceptedAt: null, acceptedGrantId: null },
		});
		const event = { action: 'invitation.send', subjectKind: 'invitation', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
		return expiresAt;
	};
	return { token, scope, validTo, expiresAt: await retryWhenTaken(() => inTransaction(db, send)) };
}

function checkOpen(invitation: Invitation | undefined, now: number): asserts invitation is Invitation {
	// Used, withdrawn, lapsed and never sent get the same words: a link tells nobody what became of it.
	const isOpen =
		invitation?.acceptedAt === null && invitation.withdrawnAt === null && invitation.expiresAt > now;
	if (!isOpen) throw new DomainError('NOT_FOUND', 'invitationOver');
	const { inviterEndedAt, inviterValidTo } = invitation;
	if (inviterEndedAt !== null || (inviterValidTo !== null && inviterValidTo < toLocalDate(now)))
		throw new DomainError('NOT_FOUND', 'invitationOver');
}

/** A role is a sample when whoever hands it out is one, or the place where it is held. */
const isSampleRole = (invitation: Pick<Invitation, 'isSample'>, scope: RoleScope | undefined): boolean =>
	invitation.isSample === 1 || scope?.isSample === true;

/** True when somebody's real role would go on as a sample one: a handover changes who holds a role, never its kind. */
const wouldBecomeSample = (replaced: { isSample: 0 | 1 } | undefined, isSample: boolean): boolean =>
	isSample && replaced?.isSample === 0;

/**
 * A sample person takes sample roles alone; whoever holds a real role takes no sample one beside it. Gives back the
 * sample roles that a real one ends.
 */
async function checkKind(trx: Trx, person: { id: string; isSample: 0 | 1 }, isSample: boolean, now: number) {
	if (person.isSample === 1 && !isSample) throw new DomainError('FORBIDDEN', 'invitationReal');
	if (person.isSample === 1) return [];
	const held = await listGrantsOf(trx, person.id, now);
	if (isSample && held.some((grant) => grant.isSample === 0))
		throw new DomainError('FORBIDDEN', 'invitationSample');
	return isSample ? [] : held.filter((grant) => grant.isSample === 1);
}

/** What a link invites to, for the page that asks before it is accepted. Refuses with 404 a link that is over. */
export async function readInvitation(db: Db, token: string, now: number) {
	const invitation = await findInvitation(db, { tokenHash: sha256Hex(token) });
	checkOpen(invitation, now);
	const scope = await findRoleScope(db, invitation.scopeKind, invitation.scopeId, now);
	if (!scope) throw new DomainError('NOT_FOUND', 'invitationOver');
	// What a sample person hands out is worth nothing in a real place.
	if (invitation.isSample === 1 && scope.isSample === false)
		throw new DomainError('NOT_FOUND', 'invitationOver');
	const isSample = isSampleRole(invitation, scope);
	const { replacesGrantId } = invitation;
	if (replacesGrantId !== null && wouldBecomeSample(await findGrantRow(db, replacesGrantId), isSample))
		throw new DomainError('NOT_FOUND', 'invitationOver');
	return { invitation, scope, isSample };
}

type Reachable = { phoneE164: string | null; email: string | null };

/** What invitations to this person's number or address are known by. */
export function inviteeHashes(secret: Secret, { phoneE164, email }: Reachable): string[] {
	const names: SignInName[] = [...(phoneE164 ? [{ phoneE164 }] : []), ...(email ? [{ email }] : [])];
	return names.map((name) => hashName(secret, name));
}

/** True when the invitation is for this person's number or address. */
const isInvited = (secret: Secret, { inviteeHash }: Pick<Invitation, 'inviteeHash'>, person: Reachable) =>
	inviteeHashes(secret, person).includes(inviteeHash);

/** Whose invitation somebody who is signed in has opened: theirs, one that they sent, or another person's. */
export async function readWhose(
	db: Db,
	secret: Secret,
	invitation: Invitation,
	actor: Actor,
): Promise<'own' | 'sent' | 'another'> {
	const person = await findPerson(db, actor.personId);
	if (person && invitation.inviterId === person.id) return 'sent';
	return person && isInvited(secret, invitation, person) ? 'own' : 'another';
}

/**
 * Takes the invited role within a transaction of the caller; the role that it replaces ends with it, and the person's
 * sessions get other tokens. Refuses with 403 its sender and anybody but the invited person, with 404 a link that is
 * over, with 409 a role that the person has; one with a set end is renewed by an invitation that goes further.
 */
export async function acceptWithin(
	trx: Trx,
	secret: Secret,
	input: { token: string; personId: string },
	now: number,
): Promise<void> {
	// The person first: erasing them, and another invitation of theirs, wait.
	await holdPerson(trx, input.personId);
	const { id, scopeKind, scopeId } = (await readInvitation(trx, input.token, now)).invitation;
	// Then the organisation, which may be closed meanwhile and withdraws its invitations.
	if (scopeKind === 'organisation' && scopeId !== null) await lockRow(trx, 'organisation', scopeId);
	await lockRow(trx, 'invitation', id);
	const { invitation, scope, isSample } = await readInvitation(trx, input.token, now);
	const person = await findPerson(trx, input.personId);
	if (!person || !isInvited(secret, invitation, person))
		throw new DomainError('FORBIDDEN', 'invitationForAnother', {
			field: 'name',
			values: { hint: invitation.inviteeHint },
		});
	if (invitation.inviterId === person.id) throw new DomainError('FORBIDDEN', 'invitationOwn');
	const outgrown = await checkKind(trx, person, isSample, now);
	await holdGrant(trx, invitation.invitedBy, now);
	for (const grant of outgrown) await endWithin(trx, grant, invitation.invitedBy, now);
	const live = await lockGrants(trx, invitation.role, scope, now);
	const replaced = live.find((each) => each.id === invitation.replacesGrantId);
	if (replaced) checkHandover(replaced, live, scope, invitation.validTo);
	const held = live.filter((each) => each.personId === person.id);
	if (held.some((each) => !goesFurther(invitation, each))) throw new DomainError('CONFLICT', 'roleHeld');
	const grantId = await insertRoleGrant(
		trx,
		{
			...{ personId: person.id, role: invitation.role, scopeKind: scope.kind, scopeId: scope.id },
			...{ grantedBy: invitation.invitedBy, isSample: isSample ? 1 : 0, validTo: invitation.validTo },
		},
		now,
	);
	if (!(await updateInvitation(trx, id, { acceptedAt: now, acceptedGrantId: grantId })))
		throw new DomainError('NOT_FOUND', 'invitationOver');
	// A code that was handed out over somebody without this role is worth nothing over somebody with it.
	await voidResetCodes(trx, person.id, now);
	const event = {
		action: 'role.accept',
		subjectKind: 'role_grant',
		subjectId: grantId,
		roleGrantId: grantId,
	};
	await insertAuditEvent(trx, event, now);
	for (const each of live)
		if (each === replaced || held.includes(each)) await endWithin(trx, each, invitation.invitedBy, now);
	await rotateSessions(trx, person.id);
}

/** Like {@link acceptWithin} for somebody who is signed in. */
export async function acceptInvitation(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	token: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, (trx) => acceptWithin(trx, secret, { token, personId: actor.personId }, now));
}

/** Withdraws an invitation that nobody has accepted; a second time changes nothing. Refuses with 403 and 404. */
export async function withdrawInvitation(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'invitation', id);
		const invitation = await findInvitation(trx, { id });
		if (!invitation) throw new DomainError('NOT_FOUND', 'invitationOver');
		const scope = await findRolePlace(trx, invitation.scopeKind, invitation.scopeId, now);
		const grant = requireGrant(actor, `role.${invitation.role}`, scope?.scopes ?? []);
		requireSameKind(actor, isSampleRole(invitation, scope));
		if (invitation.withdrawnAt !== null) return;
		checkOpen(invitation, now);
		await holdGrant(trx, grant.id, now);
		await withdrawWithin(trx, id, grant.id, now);
	});
}

/** One that was taken or withdrawn since it was read stays as it is. */
async function withdrawWithin(trx: Trx, id: string, roleGrantId: string, now: number): Promise<void> {
	if (!(await updateInvitation(trx, id, { withdrawnAt: now }))) return;
	const event = { action: 'invitation.withdraw', subjectKind: 'invitation', subjectId: id };
	await insertAuditEvent(trx, { ...event, roleGrantId }, now);
}

/** Withdraws every invitation to a place; the caller has locked its row and may. */
export async function withdrawAllIn(
	trx: Trx,
	scope: { kind: ScopeKind; id: string },
	roleGrantId: string,
	now: number,
): Promise<void> {
	for (const { id } of await listInvitations(trx, scope)) await withdrawWithin(trx, id, roleGrantId, now);
}

/** Ends a role, written down and at once; the caller may. One that ended since it was read stays as it is. */
export async function endWithin(
	trx: Trx,
	grant: { id: string; personId: string },
	endedBy: string,
	now: number,
): Promise<void> {
	if (!(await endGrantRow(trx, grant.id, endedBy, now))) return;
	await rotateSessions(trx, grant.personId);
	const event = { action: 'role.end', subjectKind: 'role_grant', subjectId: grant.id, roleGrantId: endedBy };
	await insertAuditEvent(trx, event, now);
}

/** Roles that an organisation must not be without: they are handed over, not left. */
const LEADS: readonly Role[] = ['school_lead', 'organiser'];

/**
 * Refuses with 409 to end the last administrator and an organisation's last lead. Somebody whose end is set remains for
 * nobody: without that, one day nobody would be left.
 */
function checkRemains(row: RoleGrantTable, live: RoleGrantTable[], isOpen: boolean): void {
	const isLead = LEADS.includes(row.role) && row.scopeKind === 'organisation' && isOpen;
	if (row.role !== 'administrator' && !isLead) return;
	const remains = live.some(
		(each) =>
			each.personId !== row.personId &&
			each.isSample === row.isSample &&
			(each.validTo === null || row.validTo !== null),
	);
	if (!remains) throw new DomainError('CONFLICT', isLead ? 'lastLead' : 'lastAdministrator');
}

/** A handover to somebody who ends on a set day leaves the role as ending it would. */
function checkHandover(
	replaced: RoleGrantTable,
	live: RoleGrantTable[],
	scope: RoleScope,
	validTo: LocalDate | null,
): void {
	if (replaced.validTo === null && validTo !== null) checkRemains(replaced, live, !scope.isOver);
}

/** True when a role with a set end is invited to once more, for longer. */
const goesFurther = (
	invitation: Pick<Invitation, 'validTo'>,
	held: Pick<RoleGrantTable, 'validTo'>,
): boolean => held.validTo !== null && (invitation.validTo === null || invitation.validTo > held.validTo);

/** Like {@link endRole} within a transaction of the caller. */
export async function endRoleWithin(trx: Trx, actor: Actor, grantId: string, now: number): Promise<void> {
	const row = await findGrantRow(trx, grantId);
	if (!row) throw new DomainError('NOT_FOUND', 'roleUnknown');
	const scope = await findRolePlace(trx, row.scopeKind, row.scopeId, now);
	const isOwn = row.personId === actor.personId;
	const by = isOwn ? row : requireGrant(actor, `role.${row.role}`, scope?.scopes ?? []);
	if (!isOwn) requireSameKind(actor, row.isSample === 1);
	const live = await lockGrants(trx, row.role, { kind: row.scopeKind, id: row.scopeId }, now);
	if (!live.some((each) => each.id === grantId)) return;
	if (!isOwn) await holdGrant(trx, by.id, now);
	checkRemains(row, live, scope?.isOver === false);
	await endWithin(trx, row, by.id, now);
}

/**
 * Ends a role at once; what was done in it stays. One's own role can always be laid down. A second time changes
 * nothing. Refuses with 403 whoever may not hand it out, with 409 the portal's last administrator and an
 * organisation's last lead.
 */
export async function endRole(db: Db, actor: Actor | undefined, grantId: string, now: number): Promise<void> {
	requireActor(actor);
	await inTransaction(db, (trx) => endRoleWithin(trx, actor, grantId, now));
}
