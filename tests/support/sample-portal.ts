import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, inject } from 'vitest';
import { startServer } from './server.ts';

/** The sample people’s sign-ins, by role. */
export const samplePeople = inject('samplePeople');

/** Puts a copy of the loaded sample into the folder; gives back the database’s address. */
export function copySample(folder: string): string {
	cpSync(inject('sampleFolder'), folder, { recursive: true });
	return `file:${path.join(folder, 'portal.db')}`;
}

/** A built portal with sample data for the file that asks, so that files run side by side without meeting. */
export async function startSamplePortal() {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-copy-'));
	const server = await startServer({ DATABASE_URL: copySample(folder) });
	afterAll(async () => {
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	});
	return { baseUrl: server.baseUrl, people: samplePeople };
}
