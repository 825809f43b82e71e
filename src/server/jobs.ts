// What the server does by itself: each job once in its window, however many processes share the database.
import { clearKnownDevices } from '#features/accounts/known-device.repository.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { clearRefusedPhotos } from '#features/photos/photo.service.ts';
import { clearTransfers } from '#features/privacy/alias.repository.ts';
import { forgetHousePhotos } from '#features/green-houses/house-photo.service.ts';
import { forgetProblemWords } from '#features/green-houses/problem-report.repository.ts';
import { settleLines } from '#features/cleanup-events/sign-up-line.service.ts';
import { remindLeads } from '#features/cleanup-events/report-reminder.service.ts';
import { forgetOldPhones } from '#features/cleanup-events/sign-up.service.ts';
import { openChannels } from '#features/notifications/channel.service.ts';
import {
	CHANNELS,
	forgetMessages,
	sendMessages,
	type Sending,
} from '#features/notifications/send-messages.service.ts';
import { spreadNews } from '#features/notifications/spread-news.service.ts';
import { forgetInvitees } from '#features/team/role.repository.ts';
import { getPortal } from '#lib/portal.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { clearJobRuns, finishJob, takeJob } from '#lib/job-run.ts';
import { toLocalDate } from '#lib/time.ts';
import { checkInThread } from './ledger-check.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** So long at most something waits for its message. */
const SEND_MS = 15_000;
/** Long work waits until the first visitors are served. */
const QUIET_MS = 60_000;

type Job = { name: string; run(db: Db, now: number, store: PhotoStore): Promise<unknown> };

/** Every job, once a day. */
export const JOBS: Job[] = [
	{ name: 'forget-phones', run: forgetOldPhones },
	{ name: 'clear-transfers', run: (db, now) => inTransaction(db, (trx) => clearTransfers(trx, now)) },
	{ name: 'forget-browsers', run: (db, now) => inTransaction(db, (trx) => clearKnownDevices(trx, now)) },
	{ name: 'forget-house-photos', run: forgetHousePhotos },
	{ name: 'clear-refused-photos', run: (db, now, store) => clearRefusedPhotos(db, store, now) },
	{ name: 'forget-invitees', run: (db, now) => inTransaction(db, (trx) => forgetInvitees(trx, now)) },
	{
		name: 'forget-problem-words',
		run: (db, now) => inTransaction(db, (trx) => forgetProblemWords(trx, now)),
	},
	{ name: 'forget-messages', run: forgetMessages },
	{ name: 'clear-job-runs', run: clearJobRuns },
];

/** Asks every invariant of the books; a run in which one fails says so in the log, once. */
async function checkBooks(databaseUrl: string): Promise<void> {
	const { failed } = await checkInThread(databaseUrl);
	if (failed.length === 0) return;
	const names = failed.map(({ name, total }) => `${name} (${total})`).join(', ');
	console.error(`LedgerCheckFailed: ${names}; npm run ledger:check names the rows`);
}

/** Once a day too, in a thread beside the server. */
const LONG_JOBS: Job[] = [{ name: 'check-ledger', run: () => checkBooks(getPortal().config.databaseUrl) }];

/** Runs what has not run today. A job that fails is tried again an hour later, by whichever process comes first. */
export async function runDueJobs(db: Db, store: PhotoStore, now: number, jobs: Job[] = JOBS): Promise<void> {
	const window = toLocalDate(now);
	for (const { name, run } of jobs) {
		if (!(await takeJob(db, { name, window }, now))) continue;
		try {
			await run(db, now, store);
			await finishJob(db, { name, window }, Date.now());
		} catch (error) {
			// The others still run; this one is tried again in an hour.
			console.error(`the job ${name} failed`, error);
		}
	}
}

/** Places whose offer lapsed go to the next in line: each event under its own lock, so that every process may look. */
const settleNow = (db: Db) =>
	void settleLines(db, Date.now()).catch((error: unknown) => console.error(error));

/** Runs something at once and over and over, never twice at a time; what fails is logged. Stops once it is called off. */
function repeat(run: () => Promise<void>, everyMs: number): () => Promise<void> {
	let running: Promise<void> | undefined;
	const start = () => {
		running ??= run()
			.catch((error: unknown) => console.error('sending messages failed', error))
			.finally(() => (running = undefined));
	};
	start();
	const timer = setInterval(start, everyMs).unref();
	return async () => {
		clearInterval(timer);
		await running;
	};
}

/**
 * Finds out who is to be told of what has happened, and sends what is due; each channel by itself, because a mail server
 * may take an hour for all that is due, and a push must not wait for it. Every process may: messages are taken.
 * @returns what ends it, once what is being sent is sent
 */
export function startSending(db: Db, sending: Sending, everyMs = SEND_MS): () => Promise<void> {
	const ends = CHANNELS.map((channel) =>
		repeat(async () => {
			await spreadNews(db, Date.now());
			await sendMessages(db, channel, sending, () => Date.now());
		}, everyMs),
	);
	return async () => {
		await Promise.all(ends.map((end) => end()));
	};
}

/** What {@link startSending} needs of the process. */
function openSending(): Sending {
	const { config, secret } = getPortal();
	return { channels: openChannels(config), secret, publicUrl: config.publicUrl };
}

const remindNow = (db: Db) =>
	void remindLeads(db, Date.now()).catch((error: unknown) => console.error(error));

/** Runs the jobs now and every hour, and looks after waiting lists and messages in between; what fails is logged. */
export async function startJobs(db: Db, store: PhotoStore): Promise<void> {
	const runAll = (jobs: Job[]) =>
		void runDueJobs(db, store, Date.now(), jobs).catch((error: unknown) => console.error(error));
	await runDueJobs(db, store, Date.now());
	settleNow(db);
	setInterval(() => settleNow(db), MINUTE_MS).unref();
	remindNow(db);
	setInterval(() => remindNow(db), HOUR_MS).unref();
	startSending(db, openSending());
	setTimeout(() => runAll(LONG_JOBS), QUIET_MS).unref();
	setInterval(() => runAll([...JOBS, ...LONG_JOBS]), HOUR_MS).unref();
}
