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
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { findRoleScope, type RoleScope } from './role-scope.repository.ts';
import { listGrants, listOpenInvitations } from './role.repository.ts';

const mayHandOn = (actor: Actor, role: Role, scope: RoleScope | undefined) =>
	findGrant(actor, `role.${role}`, scope?.scopes ?? []) !== undefined;

type Held = { scopeKind: RoleScope['kind']; scopeId: string | null };

const keyOf = ({ scopeKind, scopeId }: Held): string =>
	scopeKind === 'portal' ? 'portal' : `${scopeKind}:${scopeId}`;

/** The live roles and open invitations that the actor may end, hand on or withdraw. */
export async function listTeam(db: Db, actor: Actor, now: number) {
	const isSample = actor.isSample ? 1 : 0;
	const visible = async <T extends Held & { role: Role }>(rows: T[]) => {
		const found = [];
		for (const row of rows) {
			const scope = await findRoleScope(db, row.scopeKind, row.scopeId, now);
			if (mayHandOn(actor, row.role, scope)) found.push({ ...row, scope });
		}
		return found;
	};
	return {
		grants: await visible(await listGrants(db, isSample, now)),
		invitations: await visible(await listOpenInvitations(db, isSample, now)),
	};
}

/** Each role that the actor may hand out, with each place where it can be held: `value` is what a form sends. */
export async function listInvitableScopes(db: Db, actor: Actor, now: number) {
	const isSample = actor.isSample ? 1 : 0;
	const handed = ROLES.filter((role) => findAnyGrant(actor, `role.${role}`) !== undefined);
	if (handed.length === 0) return [];
	const organisations = await listOrganisations(db, { isSample, on: toLocalDate(now) });
	const places = [
		{ scopeKind: 'portal' as const, scopeId: null },
		...(await listWards(db)).map(({ id }) => ({ scopeKind: 'ward' as const, scopeId: id })),
		...(await listFunds(db)).map(({ id }) => ({ scopeKind: 'fund' as const, scopeId: id })),
		...organisations.map(({ id }) => ({ scopeKind: 'organisation' as const, scopeId: id })),
		...(await listGreenHouses(db, {}, now)).map(({ id }) => ({ scopeKind: 'house' as const, scopeId: id })),
	];
	const found: { role: Role; value: string; scope: RoleScope }[] = [];
	for (const place of places) {
		const scope = await findRoleScope(db, place.scopeKind, place.scopeId, now);
		if (!scope) continue;
		for (const role of handed)
			if (ROLE_SCOPES[role].includes(place.scopeKind) && mayHandOn(actor, role, scope))
				found.push({ role, value: keyOf(place), scope });
	}
	return found;
}
