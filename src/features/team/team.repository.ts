// Which roles an actor sees and may hand on.
import {
	findAnyGrant,
	findGrant,
	ROLE_SCOPES,
	ROLES,
	type Actor,
	type Role,
} from '#features/accounts/actor.ts';
import { listOrganisations } from '#features/accounts/organisation.repository.ts';
import { listFunds } from '#features/fund/fund.repository.ts';
import { listHousesInScopes } from '#features/green-houses/green-house.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import type { AdminUnit } from '#features/places/place.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { SCOPE_KINDS } from './role-scope.ts';
import { findRolePlace, findRoleScope, type RoleScope } from './role-scope.repository.ts';
import {
	findEndedGrant,
	listAcceptedHandovers,
	listEndedGrants,
	listGrants,
	listOpenInvitations,
} from './role.repository.ts';

const mayHandOn = (actor: Actor, role: Role, scope: RoleScope | undefined) =>
	findGrant(actor, `role.${role}`, scope?.scopes ?? []) !== undefined;

type Held = { scopeKind: RoleScope['kind']; scopeId: string | null };

/** A place as a form sends it. */
export const keyOf = ({ scopeKind, scopeId }: Held): string =>
	scopeKind === 'portal' ? 'portal' : `${scopeKind}:${scopeId}`;

/** Roles of which a fund needs somebody: without them no money moves. */
const FUND_ROLES: readonly Role[] = ['treasurer', 'approver'];

/**
 * The live roles and open invitations that the actor may end, hand on or withdraw, with who held such roles before, and
 * the actor's own roles.
 */
export async function listTeam(db: Db, actor: Actor, now: number) {
	const isSample = actor.isSample ? 1 : 0;
	const visible = async <T extends Held & { role: Role }>(rows: T[]) => {
		const found = [];
		for (const row of rows) {
			const scope = await findRolePlace(db, row.scopeKind, row.scopeId, now);
			if (mayHandOn(actor, row.role, scope)) found.push({ ...row, scope });
		}
		return found;
	};
	const all = await listGrants(db, isSample, now);
	const grants = [];
	for (const grant of all) {
		const scope = await findRolePlace(db, grant.scopeKind, grant.scopeId, now);
		const mayEnd = mayHandOn(actor, grant.role, scope);
		if (!mayEnd && grant.personId !== actor.personId) continue;
		// What is held in a sample place is a sample from the next holder on.
		const isRealAtSample = isSample === 0 && scope?.isSample === true;
		const mayHandOver = mayEnd && scope?.isOver !== true && !isRealAtSample;
		const isHeldByOthers = all.some(
			(each) =>
				each.role === grant.role && each.scopeId === grant.scopeId && each.personId !== grant.personId,
		);
		const isLastOfFund = FUND_ROLES.includes(grant.role) && !isHeldByOthers;
		grants.push({ ...grant, scope, mayHandOver, isLastOfFund, isRealAtSample });
	}
	return {
		grants,
		former: await visible(await listEndedGrants(db, { isSample }, 0, now)),
		invitations: await visible(await listOpenInvitations(db, isSample, now)),
	};
}
export type FormerRole = Awaited<ReturnType<typeof listTeam>>['former'][number];
export type HeldRole = Awaited<ReturnType<typeof listTeam>>['grants'][number];

/** A role that the actor has ended, to say whose and where; undefined for one that is not theirs to see. */
export async function findEndedRole(db: Db, actor: Actor, id: string, now: number) {
	const row = await findEndedGrant(db, id);
	if (!row || (row.isSample === 1) !== actor.isSample) return undefined;
	const scope = await findRolePlace(db, row.scopeKind, row.scopeId, now);
	return mayHandOn(actor, row.role, scope) ? { ...row, scope } : undefined;
}

/** Every role that a person no longer holds, the last ones first, with where it was. */
export const listFormerRoles = async (db: Db, personId: string, now: number) =>
	Promise.all(
		(await listEndedGrants(db, { personId }, 0, now)).map(async (row) => ({
			...row,
			scope: await findRolePlace(db, row.scopeKind, row.scopeId, now),
		})),
	);

/** So long somebody is told on their own page. */
const NEWS_MS = 30 * 24 * 3_600_000;

/** What became of a person's roles lately: those that ended, and the handovers of others that they sent. */
export async function listRoleNews(db: Db, personId: string, now: number) {
	const placed = <T extends Held>(rows: T[]) =>
		Promise.all(
			rows.map(async (row) => ({
				...row,
				scope: await findRolePlace(db, row.scopeKind, row.scopeId, now),
			})),
		);
	return {
		ended: await placed(await listEndedGrants(db, { personId }, now - NEWS_MS, now)),
		accepted: await placed(await listAcceptedHandovers(db, personId, now - NEWS_MS)),
	};
}
export type RoleNews = Awaited<ReturnType<typeof listRoleNews>>;

/** `value` is what a form sends; the ward is a house's or an organisation's own. */
export type InvitablePlace = { value: string; scope: RoleScope; ward: AdminUnit | undefined };

/** The roles that the actor may hand out somewhere. */
export const listInvitableRoles = (actor: Actor): Role[] =>
	ROLES.filter((role) => findAnyGrant(actor, `role.${role}`) !== undefined);

/**
 * Each place where the actor may hand out a role. Sample people are offered samples, real people what is real: a sample
 * place needs nobody more.
 */
export async function listInvitableScopes(db: Db, actor: Actor, role: Role, now: number) {
	const isSample = actor.isSample ? 1 : 0;
	const wards = await listWards(db);
	const wardIds = wards.map((ward) => ward.id);
	const ids: Record<RoleScope['kind'], () => Promise<(string | null)[]>> = {
		portal: async () => [null],
		ward: async () => wardIds,
		fund: async () => (await listFunds(db)).map((fund) => fund.id),
		organisation: async () =>
			(await listOrganisations(db, { isSample, on: toLocalDate(now) }))
				.filter((each) => role !== 'school_lead' || each.kind === 'school')
				.map((each) => each.id),
		house: async () =>
			(await listHousesInScopes(db, { houseIds: [], organisationIds: [], wardIds }, now)).map(
				(house) => house.id,
			),
	};
	const found: InvitablePlace[] = [];
	for (const scopeKind of SCOPE_KINDS.filter((kind) => ROLE_SCOPES[role].includes(kind)))
		for (const scopeId of await ids[scopeKind]()) {
			const scope = await findRoleScope(db, scopeKind, scopeId, now);
			if (!scope || !mayHandOn(actor, role, scope)) continue;
			if (scope.isSample !== undefined && scope.isSample !== actor.isSample) continue;
			const wardId = scope.scopes.find((each) => each.kind === 'ward')?.id;
			const ward = wards.find((each) => each.id === wardId);
			found.push({ value: keyOf({ scopeKind, scopeId }), scope, ward });
		}
	return found;
}
