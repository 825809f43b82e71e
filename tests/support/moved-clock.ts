import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A clock for a served world (`env` goes to `startWorld`) that runs ahead as the test says. */
export function movedClock() {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-clock-'));
	const file = path.join(folder, 'clock');
	const moveBy = (milliseconds: number) => writeFileSync(file, String(milliseconds));
	moveBy(0);
	const preload = pathToFileURL(path.resolve('tests/support/clock.ts')).href;
	return {
		env: { CLOCK_FILE: file, NODE_OPTIONS: `--import=${preload}` },
		moveBy,
		/** The server's time of day is this instant from here on. */
		moveTo: (instant: number) => moveBy(instant - Date.now()),
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}
