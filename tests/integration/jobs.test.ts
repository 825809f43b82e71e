// What the process does by itself: once in its window, again after a failure, and never in the way of the others.
import { expect, test, vi } from 'vitest';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { JOBS, runDueJobs } from '#server/jobs.ts';
import { checkInThread } from '#server/ledger-check.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, NOW } from '../support/fixtures.ts';

const HOUR = 3_600_000;
/** None of these jobs reads it. */
const store = openPhotoStore({ photoDir: '/nowhere', photoBucket: undefined });

/** Jobs that write down that they ran; the first one fails as often as it is told. */
function makeJobs(failures: number) {
	const ran: string[] = [];
	let left = failures;
	const failing = () => {
		ran.push('failing');
		if (left > 0) {
			left -= 1;
			return Promise.reject(new Error('no disk'));
		}
		return Promise.resolve();
	};
	const sound = () => Promise.resolve(ran.push('sound'));
	const jobs = [
		{ name: 'failing', run: failing },
		{ name: 'sound', run: sound },
	];
	/** What ran since it was asked last. */
	return { jobs, taken: () => ran.splice(0) };
}

test('the thread of the daily check is not waited for when it ends without an answer', async () => {
	// Without an address it has nothing to do, and ends as silently as one that was stopped.
	await expect(checkInThread('')).rejects.toThrow('ended without a result');
});

describeEachEngine('a job that fails', (engine) => {
	test('is logged, does not stop the others, and is tried again in an hour until it is done', async () => {
		const db = await engine.fresh();
		const { jobs, taken } = makeJobs(2);
		const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
		const runAt = async (at: number) => {
			await runDueJobs(db, store, at, jobs);
			return taken();
		};
		expect(await runAt(NOW)).toEqual(['failing', 'sound']);
		expect(logged.mock.calls).toEqual([[expect.stringContaining('failing'), new Error('no disk')]]);
		// Not before its hour, whoever asks.
		expect(await runAt(NOW + HOUR - 1)).toEqual([]);
		expect(await runAt(NOW + HOUR)).toEqual(['failing']);
		expect(logged).toHaveBeenCalledTimes(2);
		logged.mockClear();
		expect(await runAt(NOW + 2 * HOUR)).toEqual(['failing']);
		expect(await runAt(NOW + 3 * HOUR)).toEqual([]);
		expect(logged).not.toHaveBeenCalled();
		expect(await runAt(NOW + DAY)).toEqual(['failing', 'sound']);
	});

	test('or not is written down for thirty days', async () => {
		const db = await engine.fresh();
		const { jobs } = makeJobs(0);
		const clearing = JOBS.filter(({ name }) => name === 'clear-job-runs');
		const runsAt = async (at: number) => {
			await runDueJobs(db, store, at, [...jobs, ...clearing]);
			const rows = await db.selectFrom('jobRun').select(['name', 'startedAt']).execute();
			return [...new Set(rows.map(({ startedAt }) => (startedAt - NOW) / DAY))].sort((a, b) => a - b);
		};
		expect(await runsAt(NOW)).toEqual([0]);
		expect(await runsAt(NOW + DAY)).toEqual([0, 1]);
		expect(await runsAt(NOW + 29 * DAY)).toEqual([0, 1, 29]);
		expect(await runsAt(NOW + 30 * DAY)).toEqual([1, 29, 30]);
		expect(await runsAt(NOW + 90 * DAY)).toEqual([90]);
	});

	test('is tried again by one of the processes that share the database, as each job is run by one', async () => {
		const db = await engine.fresh();
		const { jobs, taken } = makeJobs(1);
		const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
		const runTogether = async (at: number) => {
			await Promise.all(Array.from({ length: 4 }, () => runDueJobs(db, store, at, jobs)));
			return taken().sort();
		};
		expect(await runTogether(NOW)).toEqual(['failing', 'sound']);
		logged.mockClear();
		expect(await runTogether(NOW + HOUR)).toEqual(['failing']);
		expect(await runTogether(NOW + 2 * HOUR)).toEqual([]);
	});
});
