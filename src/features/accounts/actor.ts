// An actor is a signed-in person with the roles that are valid today.
import { DomainError } from '#lib/errors.ts';
import type { RoleGrantTable } from '#db/schema.ts';
import type { LocalDate } from '#lib/time.ts';

export type Role = RoleGrantTable['role'];
export type ScopeKind = RoleGrantTable['scopeKind'];

/** A right that a person holds: a role within a scope. `scopeId` is null for the whole portal. */
export type Grant = {
	id: string;
	role: Role;
	scopeKind: ScopeKind;
	scopeId: string | null;
	/** Its last day, for a role that ends by itself. */
	validTo?: LocalDate | null;
};

export type Actor = {
	personId: string;
	displayName: string;
	/** A sample person, or a real one whose roles are all samples: they touch samples alone. */
	isSample: boolean;
	/** A second factor was given not long ago; sample people, who cannot leave this machine, need none. */
	isStrong: boolean;
	grants: Grant[];
};

/** Where each role can be held; elsewhere it would allow nothing, or too much. */
export const ROLE_SCOPES: Record<Role, readonly ScopeKind[]> = {
	steward: ['house', 'organisation', 'ward'],
	school_lead: ['organisation'],
	organiser: ['organisation', 'portal'],
	treasurer: ['fund'],
	approver: ['fund'],
	auditor: ['fund', 'portal'],
	ward_officer: ['ward'],
	administrator: ['portal'],
};
export const ROLES = Object.keys(ROLE_SCOPES) as Role[];

/**
 * Something that a scope can name: this house, this organisation, this fund, this ward. `only`: the one role that
 * reaches the object from there.
 */
export type Scope = { kind: ScopeKind; id: string; only?: Role };

type Permission = { roles: readonly Role[]; secondFactor: boolean };
const may = (...roles: Role[]): Permission => ({ roles, secondFactor: false });
/** Money, roles, and data about people: a password alone does not do. */
const mayStrongly = (...roles: Role[]): Permission => ({ roles, secondFactor: true });

/** Which roles may do what, in the scopes of {@link ROLE_SCOPES}. Every button, every service and the tests read this one table. */
const TABLE = {
	'house-state.report': may('steward'),
	'problem-report.close': may('steward', 'ward_officer', 'administrator'),
	// Whoever looks after the house, and the ward that keeps the register.
	'green-house.survey': may('steward', 'ward_officer', 'administrator'),
	'green-house.change': may('steward', 'ward_officer', 'administrator'),
	'green-house.close': may('ward_officer', 'administrator'),
	// The lead of the school where the house stands sells what the classes brought.
	'collection-cycle.close': may('steward', 'school_lead'),
	'goods.carry': may('steward', 'school_lead'),
	'paper-page.record': may('steward', 'treasurer'),
	'scrap-sale.read': may('steward', 'school_lead', 'treasurer', 'approver', 'auditor'),
	'scrap-sale.record': may('steward', 'school_lead', 'treasurer'),
	'scrap-sale.confirm': mayStrongly('treasurer', 'approver'),
	'scrap-sale.reverse': mayStrongly('approver'),
	'campaign.change': may('school_lead'),
	'weigh-in.record': may('school_lead'),
	'school-class.change': may('school_lead'),
	'class-link.issue': may('school_lead'),
	'class-sheet.record': may('school_lead'),
	'class-sheet.approve': may('school_lead'),
	'class-sheet.revoke': may('school_lead'),
	'cleanup-event.announce': may('organiser'),
	'cleanup-event.change': may('organiser'),
	// Whoever only ticks names on the morning needs no number.
	'sign-up.call': mayStrongly('organiser'),
	'disbursement.read': may('treasurer', 'approver', 'ward_officer', 'auditor'),
	'disbursement.request': may('treasurer', 'approver', 'ward_officer'),
	'disbursement.approve': mayStrongly('approver'),
	'disbursement.pay': mayStrongly('treasurer'),
	'fund.rule': mayStrongly('approver'),
	'statement.record': may('treasurer'),
	'statement.confirm': mayStrongly('approver'),
	'cash-count.record': may('treasurer'),
	'cash-count.confirm': mayStrongly('approver'),
	'month.close': mayStrongly('treasurer'),
	'month.reopen': mayStrongly('approver'),
	'disbursement.note': mayStrongly('treasurer', 'approver'),
	// Words that name somebody, or give a small group away.
	'entry-text.erase': mayStrongly('administrator'),
	'photo.decide': mayStrongly('approver'),
	// Of a house, its drop-offs and what was found wrong there: whoever looks after the register, not whoever surveys.
	'house-photo.decide': mayStrongly('ward_officer', 'administrator'),
	// In the fund, or in the organisation that stewards it.
	'disclosure.record': may('steward', 'treasurer'),
	'organisation.change': mayStrongly('administrator', 'ward_officer'),
	// Who may hand a role to somebody, and end it.
	'role.steward': mayStrongly('administrator', 'ward_officer', 'steward'),
	'role.school_lead': mayStrongly('administrator', 'ward_officer', 'school_lead'),
	'role.organiser': mayStrongly('administrator', 'ward_officer', 'organiser'),
	'role.treasurer': mayStrongly('administrator'),
	'role.approver': mayStrongly('administrator'),
	'role.auditor': mayStrongly('administrator'),
	'role.ward_officer': mayStrongly('administrator'),
	'role.administrator': mayStrongly('administrator'),
	// Residents have no ward: a steward or an officer helps whoever stands before them.
	'reset-code.issue': mayStrongly('steward', 'ward_officer', 'administrator'),
	'second-factor.reset': mayStrongly('administrator'),
	'audit-log.read': may('auditor', 'administrator'),
	'audit-log.export': mayStrongly('auditor', 'administrator'),
	'ledger-check.read': may('auditor', 'administrator'),
	'rights-request.answer': mayStrongly('administrator'),
	'notice.publish': mayStrongly('administrator'),
	'guide.publish': mayStrongly('administrator'),
} as const satisfies Record<string, Permission> & Record<`role.${Role}`, Permission>;

export type Act = keyof typeof TABLE;
export const PERMISSIONS: Record<Act, Permission> = TABLE;
export const ACTS = Object.keys(TABLE) as Act[];

/** The grant that lets the actor do this within one of the scopes that hold the object. */
export function findGrant(actor: Actor | undefined, act: Act, scopes: Scope[]): Grant | undefined {
	const { roles } = PERMISSIONS[act];
	return actor?.grants.find(
		(grant) =>
			roles.includes(grant.role) &&
			(grant.scopeKind === 'portal' ||
				scopes.some(
					(scope) =>
						scope.kind === grant.scopeKind &&
						scope.id === grant.scopeId &&
						(scope.only === undefined || scope.only === grant.role),
				)),
	);
}

/** The first grant that allows this act anywhere. */
export const findAnyGrant = (actor: Actor | undefined, act: Act): Grant | undefined =>
	actor?.grants.find((grant) => PERMISSIONS[act].roles.includes(grant.role));

/**
 * Samples and what is real are kept apart: whoever acts as a sample touches samples alone, and samples are theirs and a
 * real administrator's, who clears them away. Refuses with 403.
 * @param isSample whether the person, place or paper that is acted on is a sample
 * @param field the form field that names it
 */
export function requireSameKind(actor: Actor, isSample: boolean, field?: string): void {
	if (actor.isSample === isSample) return;
	if (actor.isSample) throw new DomainError('FORBIDDEN', 'sampleOnReal', { field });
	if (!actor.grants.some((grant) => grant.role === 'administrator'))
		throw new DomainError('FORBIDDEN', 'realOnSample', { field });
}

/**
 * False where a sample actor would read what is real and not public. A ward and the portal hold both kinds, so a role
 * in one of them reaches further than its holder may see.
 */
export const maySeeKind = (actor: Actor, of: { isSample: 0 | 1 }): boolean =>
	!actor.isSample || of.isSample === 1;

/** True when one of the person's roles allows something that needs a second factor. */
export const needsSecondFactor = (actor: Actor): boolean =>
	ACTS.some((act) => PERMISSIONS[act].secondFactor && findAnyGrant(actor, act) !== undefined);

/** Refuses with 401 when nobody is signed in; before anything is looked up, so that a stranger learns of no id. */
export function requireActor(actor: Actor | undefined): asserts actor is Actor {
	if (!actor) throw new DomainError('UNAUTHORIZED', 'signInFirst');
}

function requireStrength(actor: Actor, act: Act, grant: Grant | undefined): Grant {
	if (!grant) throw new DomainError('FORBIDDEN', 'notYourRole');
	if (PERMISSIONS[act].secondFactor && !actor.isStrong)
		throw new DomainError('FORBIDDEN', 'secondFactorFirst');
	return grant;
}

/**
 * Like {@link findGrant}; refuses with 401 when nobody is signed in, with 403 when no grant fits or when the act needs
 * a second factor that was not given.
 */
export function requireGrant(actor: Actor | undefined, act: Act, scopes: Scope[]): Grant {
	requireActor(actor);
	return requireStrength(actor, act, findGrant(actor, act, scopes));
}

/** Like {@link requireGrant} for what has no scope of its own. */
export function requireAnyGrant(actor: Actor | undefined, act: Act): Grant {
	requireActor(actor);
	return requireStrength(actor, act, findAnyGrant(actor, act));
}
