// An actor is a signed-in person with the roles that are valid today.
import { DomainError } from '#lib/errors.ts';
import type { RoleGrantTable } from '#db/schema.ts';

export type Role = RoleGrantTable['role'];
export type ScopeKind = RoleGrantTable['scopeKind'];

/** A right that a person holds: a role within a scope. `scopeId` is null for the whole portal. */
export type Grant = { id: string; role: Role; scopeKind: ScopeKind; scopeId: string | null };

export type Actor = { personId: string; displayName: string; isSample: boolean; grants: Grant[] };

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

/** Something that a scope can name: this house, this organisation, this fund, this ward. */
export type Scope = { kind: ScopeKind; id: string };

/** Which roles may do what. Every button, every service and the tests read this one table. */
export const PERMISSIONS = {
	'house-state.report': ['steward'],
	'collection-cycle.close': ['steward'],
	'scrap-sale.record': ['steward', 'treasurer'],
	'scrap-sale.confirm': ['treasurer', 'approver'],
	'scrap-sale.reverse': ['approver'],
	'class-sheet.record': ['school_lead'],
	'class-sheet.revoke': ['school_lead'],
	'cleanup-event.announce': ['organiser'],
	'cleanup-event.change': ['organiser'],
	'disbursement.request': ['treasurer', 'approver', 'ward_officer'],
	'disbursement.approve': ['approver'],
	'disbursement.pay': ['treasurer'],
} as const satisfies Record<string, readonly Role[]>;

export type Act = keyof typeof PERMISSIONS;

/** The grant that lets the actor do this within one of the scopes that hold the object. */
export function findGrant(actor: Actor | undefined, act: Act, scopes: Scope[]): Grant | undefined {
	const roles: readonly Role[] = PERMISSIONS[act];
	return actor?.grants.find(
		(grant) =>
			roles.includes(grant.role) &&
			(grant.scopeKind === 'portal' ||
				scopes.some((scope) => scope.kind === grant.scopeKind && scope.id === grant.scopeId)),
	);
}

/** Refuses with 401 when nobody is signed in; before anything is looked up, so that a stranger learns of no id. */
export function requireActor(actor: Actor | undefined): asserts actor is Actor {
	if (!actor) throw new DomainError('UNAUTHORIZED', 'signInFirst');
}

/** Like {@link findGrant}; refuses with 401 when nobody is signed in and 403 when no grant fits. */
export function requireGrant(actor: Actor | undefined, act: Act, scopes: Scope[]): Grant {
	requireActor(actor);
	const grant = findGrant(actor, act, scopes);
	if (!grant) throw new DomainError('FORBIDDEN', 'notYourRole');
	return grant;
}
