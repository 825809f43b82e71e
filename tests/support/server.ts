import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from './postgres.ts';

export type RunningServer = { baseUrl: string; output(): string; stop(): Promise<number | null> };

/** Starts the built portal as its own process on a free port, with a database of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-server-'));
	const port = await findFreePort();
	const child = spawn(process.execPath, ['src/server/main.ts'], {
		env: {
			...process.env,
			PORT: String(port),
			DATABASE_URL: `file:${path.join(folder, 'portal.db')}`,
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const baseUrl = `http://localhost:${port}`;
	for (;;) {
		if (child.exitCode !== null) throw new Error(`the server ended (${child.exitCode}):\n${output}`);
		const isReady = await fetch(`${baseUrl}/readyz`).then(
			(response) => response.ok,
			() => false,
		);
		if (isReady) break;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return {
		baseUrl,
		output: () => output,
		stop: async () => {
			child.kill('SIGTERM');
			const code = await exited;
			rmSync(folder, { recursive: true, force: true });
			return code;
		},
	};
}
