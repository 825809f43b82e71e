// Where the operator's command line gives a role: by the rule that the web has for invitations.
import { ROLE_SCOPES, type Role, type ScopeKind } from '#features/accounts/actor.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import { findRolePlace } from '#features/team/role-scope.repository.ts';
import { ConfigError } from '#lib/config.ts';
import { lockRow, type Db, type Trx } from '#lib/db.ts';

export type NamedScope = { scopeKind: ScopeKind; scopeId: string | null };

/** The id of a ward of today. Refuses another. */
export async function readWard(db: Db, option: string, id: string): Promise<string> {
	const wards = (await listWards(db)).map((ward) => ward.id);
	if (wards.includes(id)) return id;
	throw new ConfigError(`${option} ${id}: it must be one of ${wards.join(', ')}.`);
}

async function findNamed(db: Db, kind: ScopeKind, code: string, now: number): Promise<string | undefined> {
	if (kind === 'house') return (await findGreenHouseByCode(db, code, now))?.id;
	if (kind === 'fund') return (await findFundByCode(db, code))?.id;
	return kind === 'ward' ? readWard(db, '--scope ward', code) : code;
}

/** Reads `house:NNX-001` for a role of a real person. Refuses a place of another kind, none, a closed one and a sample. */
export async function readScope(db: Db, role: Role, text: string, now: number): Promise<NamedScope> {
	const [kind = '', code = ''] = text.split(/:(.*)/s);
	const allowed = ROLE_SCOPES[role];
	const scopeKind = allowed.find((each) => each === kind);
	if (!scopeKind) {
		const scopes = allowed.map((each) => (each === 'portal' ? each : `${each}:CODE`)).join(' or ');
		throw new ConfigError(`--scope ${text}: the role ${role} needs ${scopes}.`);
	}
	if (scopeKind === 'portal') return { scopeKind, scopeId: null };
	const id = await findNamed(db, scopeKind, code, now);
	const place = id === undefined ? undefined : await findRolePlace(db, scopeKind, id, now);
	if (!place) throw new ConfigError(`--scope ${text}: there is nothing of that name.`);
	if (place.isOver) throw new ConfigError(`--scope ${text}: it is closed, and takes nobody any more.`);
	if (place.isSample === true)
		throw new ConfigError(`--scope ${text}: it is a sample, and real people hold no role in samples.`);
	return { scopeKind, scopeId: place.id };
}

/** The same once more within the transaction that gives the role: it may have closed while a password was typed. */
export async function holdScope(trx: Trx, role: Role, text: string, now: number): Promise<void> {
	const { scopeKind, scopeId } = await readScope(trx, role, text, now);
	if (scopeKind !== 'organisation' || scopeId === null) return;
	await lockRow(trx, 'organisation', scopeId);
	await readScope(trx, role, text, now);
}
