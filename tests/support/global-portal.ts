import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { launchBrowser } from './browser.ts';
import { startServer } from './server.ts';
import { readSignIns, type SignIns } from './sign-in.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Where the first start left its database and keys. */
		sampleFolder: string;
		/** What the first start printed. */
		samplePeople: SignIns;
	}
}

/** The sample is told through every service, which takes long: once for a run, then it is copied. */
async function loadSample(folder: string): Promise<SignIns> {
	const server = await startServer({ DATABASE_URL: `file:${path.join(folder, 'portal.db')}` });
	const people = readSignIns(server.output());
	// Closing the database puts all of it into its one file.
	if ((await server.stop()) !== 0) throw new Error(server.output());
	return people;
}

/** Unpacks the browser before two files could do so at the same time. */
const unpackBrowser = async () => (await launchBrowser()).close();

/** What all end-to-end files begin with. */
export default async function setup(project: TestProject) {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-sample-'));
	const [people] = await Promise.all([loadSample(folder), unpackBrowser()]);
	project.provide('sampleFolder', folder);
	project.provide('samplePeople', people);
	return () => rmSync(folder, { recursive: true, force: true });
}
