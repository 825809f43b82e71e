// The process: settings, tables, data, then HTTP around Astro's handler.
import { globSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import compression from 'compression';
import sirv from 'sirv';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { isDatabaseEmpty, isSampleBroken, loadSample } from '#db/sample/index.ts';
import { MAX_BODY_BYTES } from '#lib/body.ts';
import { ConfigError } from '#lib/config.ts';
import { getPortal } from '#lib/portal.ts';
import { loadLedgerKey, openLog } from '#features/checkpoints/checkpoint.service.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { startJobs } from './jobs.ts';
import { sendKept } from './send-kept.ts';
import { startSequencing } from './sequencing.ts';
import { settingFailure } from './start-failure.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const ROOT = path.resolve(import.meta.dirname, '../..');
const DRAIN_MS = 10_000;
const UPLOAD_MS = 3000;

// Data files and relative settings are read from the project's root wherever the command was called.
process.chdir(ROOT);
process.env['ASTRO_NODE_AUTOSTART'] = 'disabled';

const SOURCES = ['src/**', 'public/**', 'db/**', 'astro.config.mjs', 'package-lock.json'];

/** True when there is no build, or a source is younger than it (an upgrade, an edit). */
function needsBuild(entry: string): boolean {
	const builtAt = statSync(entry, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	return globSync(SOURCES, { cwd: ROOT }).some((name) => statSync(path.join(ROOT, name)).mtimeMs > builtAt);
}

async function loadHandler(): Promise<Handler> {
	const entry = path.join(ROOT, 'dist/server/entry.mjs');
	if (needsBuild(entry)) {
		console.log('Building the portal…');
		const { build } = await import('astro');
		await build({ root: ROOT, logLevel: 'warn' });
	}
	const { handler } = (await import(entry)) as { handler: Handler };
	return handler;
}

/** Believes only the address that the last trusted proxy saw, and no forwarded host. */
function normaliseForwarded(request: IncomingMessage, hops: number): void {
	const chain = String(request.headers['x-forwarded-for'] ?? '')
		.split(',')
		.map((part) => part.trim())
		.filter(Boolean);
	const client = hops > 0 ? chain.at(-hops) : undefined;
	delete request.headers['x-forwarded-for'];
	delete request.headers['x-forwarded-host'];
	delete request.headers['x-forwarded-proto'];
	delete request.headers['x-forwarded-port'];
	if (client !== undefined) request.headers['x-forwarded-for'] = client;
}

/** Lets an upload that is refused anyway run out, for a moment. */
function takeUpload(request: IncomingMessage): Promise<void> {
	return new Promise((resolve) => {
		request.once('end', resolve).once('close', resolve).resume();
		setTimeout(resolve, UPLOAD_MS).unref();
	});
}

async function prepareData(): Promise<void> {
	const { config, db } = getPortal();
	const now = Date.now();
	await migrateToLatest(db);
	const isNew = await isDatabaseEmpty(db);
	await loadReference(db);
	if (await isSampleBroken(db)) {
		throw new ConfigError(
			'DATABASE_URL names a database in which loading the sample data was cut off. Delete it (or use an empty one) and start again.',
		);
	}
	if (!isNew || !config.sampleData) return;
	console.log('Loading the sample data…');
	const signIns = await loadSample(db, now);
	console.log('\nSample sign-ins (made for this database, shown only now):');
	for (const { role, phone, password } of signIns) console.log(`  ${phone}  ${password}  ${role}`);
	console.log('New ones: npm run admin -- sample-passwords\n');
}

async function start(): Promise<void> {
	const { config, db } = getPortal();
	const ledgerKey = loadLedgerKey(config);
	const handler = await loadHandler();
	await prepareData();
	await openLog(db, ledgerKey, new URL(config.publicUrl).host, Date.now());
	await startJobs(db, openPhotoStore(config));
	await startSequencing(db, ledgerKey);

	const assets = sirv(path.join(ROOT, 'dist/client'), {
		etag: true,
		gzip: true,
		brotli: true,
		setHeaders: (response, file) => {
			response.setHeader('x-content-type-options', 'nosniff');
			if (file.startsWith('/_astro/'))
				response.setHeader('cache-control', 'public, max-age=31536000, immutable');
		},
	});
	const compress = compression({ threshold: 1024 });
	let closing = false;

	const server = createServer((request, response) => {
		normaliseForwarded(request, config.trustProxyHops);
		if (closing) response.setHeader('connection', 'close');
		const answer = async () => {
			if (await sendKept(request, response)) return;
			assets(request, response, () => {
				compress(request as never, response as never, () => void handler(request, response));
			});
		};
		if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY_BYTES) return void answer();
		// Refused by src/middleware.ts unread. Whoever still sends when the connection closes sees no answer at all.
		response.setHeader('connection', 'close');
		void takeUpload(request).then(answer);
	});
	server.requestTimeout = 60_000;
	server.headersTimeout = 20_000;
	server.keepAliveTimeout = 65_000;

	const stop = () => {
		if (closing) return;
		closing = true;
		server.close(() => void db.destroy().then(() => process.exit(0)));
		server.closeIdleConnections();
		setTimeout(() => process.exit(1), DRAIN_MS).unref();
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(config.port, config.host, resolve);
	});
	console.log(`Ngôi nhà xanh: ${config.publicUrl}`);
}

try {
	await start();
} catch (error) {
	console.error(settingFailure(error) ?? error);
	process.exit(1);
}
