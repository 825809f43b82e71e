// The operator's command line: npm run admin -- COMMAND
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { resetSamplePasswords } from '#db/sample/index.ts';
import { createAccount } from '#features/accounts/account.service.ts';
import { ROLES } from '#features/accounts/actor.ts';
import { openSchool } from '#features/schools/school.service.ts';
import { ORGANISATION_KINDS } from '#features/team/organisation.ts';
import { ConfigError } from '#lib/config.ts';
import type { Db, Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { createTranslator } from '#lib/i18n.ts';
import { getPortal } from '#lib/portal.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { createFund, createOrganisation, retire } from './admin-acts.ts';
import { holdScope, readScope, readWard } from './admin-scope.ts';
import { settingFailure } from './start-failure.ts';

process.chdir(path.resolve(import.meta.dirname, '../..'));

const USAGE = `Usage: npm run admin -- COMMAND
  create --name NAME --phone NUMBER|--email ADDRESS [--role ROLE --scope KIND:CODE]
      a person; without a role, an administrator of the whole portal. The password is asked for.
      KIND:CODE is house:NNX-001, fund:CODE, organisation:ID or ward:ID
  create-organisation --kind KIND --name NAME [--ward ID]
  create-fund --code CODE --name NAME --name-en NAME --ward ID|--organisation ID
      of a ward: what its houses earn; of an organisation, a school's for example: what the house in its yard earns
  create-school --house CODE --name NAME [--classes 6A,6B,7A] [--organisation ID]
      the school in whose yard a house stands; prints its id. Its lead keeps its classes, from Excel too.
      ID is the school's where it is an organisation already, at another of its houses for example
  retire-sample        hides every sample row for good
  sample-passwords     gives the sample people new passwords and prints them`;

const COMMANDS = [
	'create',
	'create-organisation',
	'create-fund',
	'create-school',
	'retire-sample',
	'sample-passwords',
];

/** Asks without showing what is typed; reads a line when the input is no terminal. */
async function askPassword(): Promise<string> {
	let isHidden = false;
	const output = new Writable({
		write(chunk: Buffer, _encoding, done) {
			if (!isHidden) process.stderr.write(chunk);
			done();
		},
	});
	const terminal = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
	const answer = terminal.question('Password (15 characters or more): ');
	isHidden = true;
	// Input that ends without a line would leave the question open for ever.
	const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
	const password = await Promise.race([answer, ended]);
	terminal.close();
	process.stderr.write('\n');
	return password;
}

function readName<K extends string>(option: string, text: string, known: readonly K[]): K {
	const name = known.find((each) => each === text);
	if (name !== undefined) return name;
	throw new ConfigError(`${option} ${text}: it must be one of ${known.join(', ')}.`);
}

function readText(option: string, text: string): string {
	const clean = cleanText(text, { max: 200 });
	if (clean === '') throw new ConfigError(`${option} must not be empty.`);
	return clean;
}

let db: Db | undefined;

async function run(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			name: { type: 'string' },
			'name-en': { type: 'string' },
			phone: { type: 'string' },
			email: { type: 'string' },
			role: { type: 'string' },
			scope: { type: 'string' },
			kind: { type: 'string' },
			code: { type: 'string' },
			ward: { type: 'string' },
			house: { type: 'string' },
			classes: { type: 'string' },
			organisation: { type: 'string' },
		},
	});
	const [command = ''] = positionals;
	if (!COMMANDS.includes(command) || positionals.length > 1) throw new ConfigError(USAGE);
	db = getPortal().db;
	const now = Date.now();
	await migrateToLatest(db);
	await loadReference(db);
	switch (command) {
		case 'create': {
			const signInName = values.phone ?? values.email;
			if (!values.name || !signInName) throw new ConfigError(USAGE);
			const role = readName('--role', values.role ?? 'administrator', ROLES);
			const place = values.scope ?? 'portal';
			const scope = await readScope(db, role, place, now);
			const password = await askPassword();
			const account = { displayName: values.name, name: signInName, password, role, ...scope };
			const hold = (trx: Trx) => holdScope(trx, role, place, Date.now());
			await createAccount(db, account, now, hold);
			console.log(`${values.name} can sign in with ${signInName}.`);
			break;
		}
		case 'create-organisation': {
			if (!values.name || !values.kind) throw new ConfigError(USAGE);
			const organisation = {
				kind: readName('--kind', values.kind, ORGANISATION_KINDS),
				name: readText('--name', values.name),
				adminUnitId: values.ward === undefined ? null : await readWard(db, '--ward', values.ward),
			};
			console.log(await createOrganisation(db, organisation, now));
			break;
		}
		case 'create-fund': {
			const { code, name, ward, organisation } = values;
			if (!code || !name || (ward === undefined) === (organisation === undefined))
				throw new ConfigError(USAGE);
			const fund = {
				id: uuidv7(now),
				code: code.toUpperCase(),
				nameVi: readText('--name', name),
				nameEn: readText('--name-en', values['name-en'] ?? name),
				organisationId: organisation ?? null,
				adminUnitId: ward === undefined ? null : await readWard(db, '--ward', ward),
			};
			if (!/^(?!MAU-)[A-Z\d][A-Z\d-]{0,19}$/.test(fund.code))
				throw new ConfigError(`--code ${code}: letters, digits and - only, and MAU- is for samples.`);
			await createFund(db, fund, now);
			console.log(`Fund ${fund.code} is open.`);
			break;
		}
		case 'create-school': {
			const { house, name, classes = '', organisation: organisationId } = values;
			if (!house || !name) throw new ConfigError(USAGE);
			const classNames = classes.split(',').filter((each) => each.trim() !== '');
			console.log(await openSchool(db, { greenHouseCode: house, name, classNames, organisationId }, now));
			break;
		}
		case 'retire-sample':
			await retire(db, now);
			console.log('No page, total or feed shows sample rows any more.');
			break;
		case 'sample-passwords':
			for (const { role, phone, password } of await resetSamplePasswords(db, now))
				console.log(`${phone}  ${password}  ${role}`);
			break;
	}
}

try {
	await run();
} catch (error) {
	if (error instanceof DomainError)
		console.error(createTranslator('vi')(`errors:${error.key}`, error.values));
	else if ((error as { code?: string }).code?.startsWith('ERR_PARSE'))
		console.error((error as Error).message);
	else console.error(settingFailure(error) ?? error);
	process.exitCode = 1;
} finally {
	await db?.destroy();
}
