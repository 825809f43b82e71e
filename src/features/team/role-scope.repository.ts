// What a role is held in: a house, an organisation, a fund, a ward, or the portal.
import type { Scope, ScopeKind } from '#features/accounts/actor.ts';
import { findOrganisation } from '#features/accounts/organisation.repository.ts';
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
};

/** The thing that a role's scope names; undefined when there is none, or it has ended. A merged ward is today's. */
export async function findRoleScope(
	db: Db,
	kind: ScopeKind,
	id: string | null,
	now: number,
): Promise<RoleScope | undefined> {
	if (kind === 'portal') return { kind, id: null, nameVi: '', nameEn: '', scopes: [] };
	if (id === null) return undefined;
	if (kind === 'house') {
		const house = await findGreenHouse(db, id, now);
		if (!house || house.status === 'closed') return undefined;
		const name = listedHouseName(house);
		return {
			kind,
			id,
			nameVi: name,
			nameEn: name,
			isSample: house.isSample === 1,
			scopes: houseScopes(house),
		};
	}
	if (kind === 'fund') {
		const fund = await findFund(db, id);
		if (!fund) return undefined;
		const { nameVi, nameEn } = fund;
		return { kind, id, nameVi, nameEn, isSample: fund.isSample === 1, scopes: [{ kind, id }] };
	}
	if (kind === 'ward') {
		if (!(await listAdminUnits(db)).some((unit) => unit.id === id)) return undefined;
		const unit = await findCurrentUnit(db, id);
		return { kind, id: unit.id, nameVi: unit.nameVi, nameEn: unit.nameEn, scopes: [{ kind, id: unit.id }] };
	}
	const organisation = await findOrganisation(db, id);
	if (!organisation || (organisation.validTo !== null && organisation.validTo < toLocalDate(now)))
		return undefined;
	const { name, adminUnitId } = organisation;
	const scopes: Scope[] = [{ kind, id }];
	if (adminUnitId !== null) scopes.push({ kind: 'ward', id: (await findCurrentUnit(db, adminUnitId)).id });
	return { kind, id, nameVi: name, nameEn: name, isSample: organisation.isSample === 1, scopes };
}
