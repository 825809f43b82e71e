// The school whose classes a page shows: one that its lead may change.
import type { Actor } from '#features/accounts/actor.ts';
import { listSchoolHouses } from '#features/schools/school.repository.ts';
import type { Db } from '#lib/db.ts';

/** The lead's schools with a house that is open, and the one whose house `code` names, else the first. */
export async function findOwnSchools(db: Db, actor: Actor, code: string | null) {
	const ids = actor.grants.flatMap((grant) => (grant.role === 'school_lead' && grant.scopeId) || []);
	const schools = await listSchoolHouses(db, ids);
	return { schools, school: schools.find((each) => each.code === code) ?? schools[0] };
}

/** `2026–2027`, as it is read. */
export const yearText = (schoolYear: string): string => schoolYear.replace('-', '–');
