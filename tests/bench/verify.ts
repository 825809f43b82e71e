// The command line's check of a long book, with the time that each of its two workers took of a core.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { ENTRIES, openFolder, type Say } from './figures.ts';
import { largeBook, POSTINGS_PER_ENTRY } from './large-book.ts';

async function writeBook(file: string): Promise<void> {
	const out = createWriteStream(file);
	let lines: string[] = [];
	for (const line of largeBook('LON', ENTRIES)) {
		lines.push(line);
		if (lines.length < 2000) continue;
		if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
		lines = [];
	}
	out.end(lines.map((line) => `${line}\n`).join(''));
	await once(out, 'finish');
}

// Runs in each thread of the command and says at its end what the thread, and at last the process, took.
const REPORT = `import { isMainThread } from 'node:worker_threads';
process.on('exit', () => {
	const { user, system } = process.threadCpuUsage();
	process._rawDebug(isMainThread ? 'peak' : 'worker', isMainThread ? process.resourceUsage().maxRSS / 1024 : (user + system) / 1e6);
});`;

export async function benchVerify(say: Say): Promise<void> {
	const { folder, close } = openFolder();
	try {
		const file = path.join(folder, `${ENTRIES}.jsonl`);
		if (!existsSync(file)) await writeBook(file);
		const start = performance.now();
		const preload = `data:text/javascript,${encodeURIComponent(REPORT)}`;
		const child = spawn(process.execPath, ['--import', preload, 'src/server/ledger-verify.ts', file], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
		const [code] = (await once(child, 'close')) as [number];
		if (code !== 0) throw new Error(output);
		const figures = (name: string) =>
			[...output.matchAll(new RegExp(`^${name} ([\\d.]+)$`, 'gm'))].map(([, figure]) => Number(figure));
		const postings = (ENTRIES * POSTINGS_PER_ENTRY) / 1e6;
		const seconds = (performance.now() - start) / 1000;
		say(
			`seconds to verify ${postings} million postings, by the clock`,
			seconds,
			'at most 20 on two free cores',
		);
		say('seconds of a core that the slower worker took', Math.max(...figures('worker')), 'at most 20');
		say('seconds of a core that the faster worker took', Math.min(...figures('worker')), 'at most 20');
		say('megabytes of memory at the most', figures('peak')[0]!, 'bounded by the number of entries');
	} finally {
		close();
	}
}
