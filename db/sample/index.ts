// A year in the life of 66 invented houses, told through the same services that real people use.
// Every date is relative to the day on which it is loaded; every row is marked as a sample.
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import { isSqlite, type Db } from '#lib/db.ts';
import { planBooks } from './books.ts';
import { planEvents } from './events.ts';
import { planHouse, makeStates } from './houses.ts';
import { planPayments } from './payments.ts';
import {
	type SampleSignIn,
	makePeople,
	makeSchools,
	grantHouses,
	readActors,
	makeDevices,
	resetSamplePasswords,
} from './people.ts';
import { DAY, makeRandom, type Step } from './plan.ts';
import { makeReports } from './reports.ts';
import { openSchoolFunds, planCampaigns } from './school.ts';

export { resetSamplePasswords, type SampleSignIn } from './people.ts';

const LOADING = 'sample_loading';
const LOADED = 'sample_loaded';

/** True when a load of the sample was cut off: what is there is no year, and nobody can sign in. */
export async function isSampleBroken(db: Db): Promise<boolean> {
	const { rows } = await sql`
		select 1 from green_house where is_sample = 1
			and not exists (select 1 from portal_setting where key = ${LOADED})
			and exists (select 1 from portal_setting where key = ${LOADING}) limit 1
	`.execute(db);
	return rows.length > 0;
}

/** True when nobody has put a house or a person into this database. */
export async function isDatabaseEmpty(db: Db): Promise<boolean> {
	const { rows } = await sql`select 1 from green_house union all select 1 from person limit 1`.execute(db);
	return rows.length === 0;
}

/** Loads the sample into an empty database and returns the sample people's sign-ins. */
export async function loadSample(db: Db, now: number): Promise<SampleSignIn[]> {
	// Nobody has been told of any of these rows yet: after a load that was cut off, the next start says so.
	await db
		.insertInto('portalSetting')
		.values({ key: LOADING, value: 'yes' })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	if (isSqlite(db)) await sql`pragma synchronous = off`.execute(db);
	const start = now - 365 * DAY;
	const random = makeRandom(66);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

	const result = await importHouses(
		db,
		readFileSync('db/data/green_houses.sample.csv', 'utf8'),
		{ apply: true, isSample: true },
		start,
	);
	if (result.problems.length > 0)
		throw new Error(`the sample register is wrong: ${JSON.stringify(result.problems[0])}`);
	const people = await makePeople(db, start);
	const houses = await listGreenHouses(db, {}, now);
	const schools = await makeSchools(db, houses, people, start);
	const school = schools[0]!;
	await openSchoolFunds(db, school, people, start);
	await grantHouses(db, houses, people, start);
	const actors = await readActors(db, people, now);

	const steps: Step[] = [];
	const devices = await makeDevices(db, start, 40);
	const open = houses.filter((_, index) => index % 33 !== 32);
	for (const [index, house] of open.entries()) {
		planHouse({ db, house, index, start, now, random, pick, devices, actors, schools, steps });
	}
	planCampaigns({ db, now, actors, steps, school, devices });
	planBooks({ db, now, start, actors, steps, school });
	planPayments({ db, now, start, random, pick, actors, steps });
	planEvents({ db, now, random, pick, actors, devices, organisations: people.organisations, steps });
	steps.sort((a, b) => a.at - b.at);
	for (const step of steps) await step.run();
	await makeStates(db, houses, devices, [actors['steward']!, actors['other_steward']!], now);
	await makeReports(db, houses, devices, actors['steward']!, now);
	if (isSqlite(db)) await sql`pragma synchronous = full`.execute(db);
	const signIns = await resetSamplePasswords(db, now);
	await db.insertInto('portalSetting').values({ key: LOADED, value: 'yes' }).execute();
	return signIns;
}
