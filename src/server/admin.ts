// The operator's command line: npm run admin -- COMMAND
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { resetSamplePasswords } from '#db/sample/index.ts';
import { createAccount } from '#features/accounts/account.service.ts';
import type { Role, ScopeKind } from '#features/accounts/actor.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import { openFund } from '#features/fund/ledger.service.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { ConfigError } from '#lib/config.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';
import { getPortal } from '#lib/portal.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';

process.chdir(path.resolve(import.meta.dirname, '../..'));

const USAGE = `Usage: npm run admin -- COMMAND
  create --name NAME --phone NUMBER [--role ROLE --scope KIND:CODE]
      a person; without a role, an administrator of the whole portal. The password is asked for.
      KIND:CODE is house:NNX-001, fund:CODE, organisation:ID or ward:ID
  create-organisation --kind KIND --name NAME [--ward ID]
  create-fund --code CODE --name NAME --name-en NAME --ward ID
  retire-sample        hides every sample row for good
  sample-passwords     gives the sample people new passwords and prints them`;

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
	const password = await answer;
	terminal.close();
	process.stderr.write('\n');
	return password;
}

async function readScope(db: Db, text: string): Promise<{ scopeKind: ScopeKind; scopeId: string | null }> {
	const [kind, code = ''] = text.split(/:(.*)/s) as [string, string | undefined];
	if (kind === 'portal') return { scopeKind: 'portal', scopeId: null };
	const id =
		kind === 'house'
			? (await findGreenHouseByCode(db, code, Date.now()))?.id
			: kind === 'fund'
				? (await findFundByCode(db, code))?.id
				: kind === 'organisation'
					? (await db.selectFrom('organisation').select('id').where('id', '=', code).executeTakeFirst())?.id
					: kind === 'ward'
						? (await db.selectFrom('adminUnit').select('id').where('id', '=', code).executeTakeFirst())?.id
						: undefined;
	if (!id) throw new ConfigError(`--scope ${text}: there is nothing of that name.`);
	return { scopeKind: kind as ScopeKind, scopeId: id };
}

async function run(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			name: { type: 'string' },
			'name-en': { type: 'string' },
			phone: { type: 'string' },
			role: { type: 'string' },
			scope: { type: 'string' },
			kind: { type: 'string' },
			code: { type: 'string' },
			ward: { type: 'string' },
		},
	});
	const { db } = getPortal();
	const now = Date.now();
	await migrateToLatest(db);
	await loadReference(db);
	switch (positionals[0]) {
		case 'create': {
			if (!values.name || !values.phone) throw new ConfigError(USAGE);
			const scope = await readScope(db, values.scope ?? 'portal');
			const role = (values.role ?? 'administrator') as Role;
			const password = await askPassword();
			await createAccount(
				db,
				{ displayName: values.name, phone: values.phone, password, role, ...scope },
				now,
			);
			console.log(`${values.name} can sign in with ${values.phone}.`);
			break;
		}
		case 'create-organisation': {
			if (!values.name || !values.kind) throw new ConfigError(USAGE);
			const id = uuidv7(now);
			await db
				.insertInto('organisation')
				.values({
					id,
					kind: values.kind as never,
					name: values.name,
					adminUnitId: values.ward ?? null,
					validFrom: null,
					validTo: null,
					isSample: 0,
				})
				.execute();
			console.log(id);
			break;
		}
		case 'create-fund': {
			const { code, name, ward } = values;
			if (!code || !name || !ward) throw new ConfigError(USAGE);
			const fund = {
				id: uuidv7(now),
				code: code.toUpperCase(),
				nameVi: name,
				nameEn: values['name-en'] ?? name,
			};
			await inTransaction(db, (trx) =>
				openFund(trx, { ...fund, organisationId: null, adminUnitId: ward, isSample: 0 }, now),
			);
			console.log(`Fund ${fund.code} is open.`);
			break;
		}
		case 'retire-sample':
			await retireSamples(db);
			console.log('No page, total or feed shows sample rows any more.');
			break;
		case 'sample-passwords':
			for (const { role, phone, password } of await resetSamplePasswords(db, now))
				console.log(`${phone}  ${password}  ${role}`);
			break;
		default:
			throw new ConfigError(USAGE);
	}
	await db.destroy();
}

try {
	await run();
} catch (error) {
	if (error instanceof DomainError)
		console.error(createTranslator('vi')(`errors:${error.key}`, error.values));
	else
		console.error(
			error instanceof ConfigError || (error as { code?: string }).code?.startsWith('ERR_PARSE')
				? (error as Error).message
				: error,
		);
	process.exitCode = 1;
	await getPortal().db.destroy();
}
