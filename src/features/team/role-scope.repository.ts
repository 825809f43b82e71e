// What a role is held in: a house, an organisation, a fund, a ward, or the portal.
import type { Scope, ScopeKind } from '#features/accounts/actor.ts';
import { findOrganisation, isClosed } from '#features/accounts/organisation.repository.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { houseScopes, listedHouseName } from '#features/green-houses/green-house.ts';
import { findCurrentUnit, listAdminUnits } from '#features/places/place.repository.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';

export type RoleScope = {
	kind: ScopeKind;
	id: string | null;
	nameVi: string;
	nameEn: string;
	/** Whether the place is a sample; undefined for a ward and the portal, which both kinds share. */
	isSample?: boolean;
	/** The scopes in which somebody may hand out roles here. */
	scopes: Scope[];
	/** It was closed: its roles are told of, and nobody is taken any more. */
	isOver: boolean;
};

/** The thing that a role's scope names, also one that was closed; undefined when there is none. A merged ward is today's. */
export async function findRolePlace(
	db: Db,
	kind: ScopeKind,
	id: string | null,
	now: number,
): Promise<RoleScope | undefined> {
	if (kind === 'portal') return { kind, id: null, nameVi: '', nameEn: '', scopes: [], isOver: false };
	if (id === null) return undefined;
	if (kind === 'house') {
		const house = await findGreenHouse(db, id, now);
		if (!house) return undefined;
		const name = listedHouseName(house);
		return {
			kind,
			id,
			nameVi: name,
			nameEn: name,
			isSample: house.isSample === 1,
			scopes: houseScopes(house),
			isOver: house.status === 'closed',
		};
	}
	if (kind === 'fund') {
		const fund = await findFund(db, id);
		if (!fund) return undefined;
		const { nameVi, nameEn } = fund;
		const scopes = [{ kind, id }];
		return { kind, id, nameVi, nameEn, isSample: fund.isSample === 1, scopes, isOver: false };
	}
	if (kind === 'ward') {
		if (!(await listAdminUnits(db)).some((unit) => unit.id === id)) return undefined;
		const unit = await findCurrentUnit(db, id);
		const { nameVi, nameEn } = unit;
		return { kind, id: unit.id, nameVi, nameEn, scopes: [{ kind, id: unit.id }], isOver: false };
	}
	const organisation = await findOrganisation(db, id);
	if (!organisation) return undefined;
	const { name, adminUnitId } = organisation;
	const scopes: Scope[] = [{ kind, id }];
	if (adminUnitId !== null) scopes.push({ kind: 'ward', id: (await findCurrentUnit(db, adminUnitId)).id });
	const [isSample, isOver] = [organisation.isSample === 1, isClosed(organisation, toLocalDate(now))];
	return { kind, id, nameVi: name, nameEn: name, isSample, scopes, isOver };
}

/** Like {@link findRolePlace}; undefined also when it was closed: nobody is taken there any more. */
export async function findRoleScope(
	db: Db,
	kind: ScopeKind,
	id: string | null,
	now: number,
): Promise<RoleScope | undefined> {
	const place = await findRolePlace(db, kind, id, now);
	return place?.isOver ? undefined : place;
}
