// A reader of exported journals that shares no code with the portal, and the two programs that others check them with.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type Journal = {
	opened: Set<string>;
	/** What each account holds at the end. */
	sums: Map<string, number>;
	entries: { date: string; title: string; postings: [account: string, amount: number][] }[];
	/** How many `balance` directives were checked. */
	assertions: number;
};

/** Reads a journal and throws at the first thing that is wrong in it. */
export function readJournal(text: string): Journal {
	const opened = new Map<string, string>();
	const entries: Journal['entries'] = [];
	const asserted: { date: string; account: string; amount: number }[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const fail = (why: string) => new Error(`line ${index + 1}: ${why}: ${line}`);
		const open = /^(\d{4}-\d\d-\d\d) open (\S+) VND$/.exec(line);
		const balance = /^(\d{4}-\d\d-\d\d) balance (\S+) {2}(-?\d+) VND$/.exec(line);
		const title = /^(\d{4}-\d\d-\d\d) \* "([^"\\;]*)"$/.exec(line);
		const posting = /^ {2}(\S+) {2}(-?[1-9]\d*) VND$/.exec(line);
		if (line === '' || /^ *;/.test(line)) continue;
		if (open) {
			if (opened.has(open[2]!)) throw fail('opened twice');
			opened.set(open[2]!, open[1]!);
		} else if (balance) {
			asserted.push({ date: balance[1]!, account: balance[2]!, amount: Number(balance[3]) });
		} else if (title) {
			entries.push({ date: title[1]!, title: title[2]!, postings: [] });
		} else if (posting) {
			const entry = entries.at(-1);
			const since = opened.get(posting[1]!);
			if (!entry || since === undefined || since > entry.date) throw fail('not opened');
			entry.postings.push([posting[1]!, Number(posting[2])]);
		} else throw fail('not a journal');
	}
	const sums = new Map([...opened.keys()].map((account) => [account, 0]));
	const sumBefore = (account: string, date: string) =>
		entries
			.filter((entry) => entry.date < date)
			.flatMap((entry) => entry.postings)
			.reduce((sum, [name, amount]) => sum + (name === account ? amount : 0), 0);
	for (const { title, postings } of entries) {
		const total = postings.reduce((sum, [, amount]) => sum + amount, 0);
		if (postings.length < 2 || total !== 0) throw new Error(`${title} does not balance: ${total}`);
		for (const [account, amount] of postings) sums.set(account, sums.get(account)! + amount);
	}
	// A balance directive speaks of the beginning of its day.
	for (const { date, account, amount } of asserted) {
		const sum = sumBefore(account, date);
		if (sum !== amount) throw new Error(`${account} holds ${sum} on ${date}, not ${amount}`);
	}
	return { opened: new Set(opened.keys()), sums, entries, assertions: asserted.length };
}

export type Checker = {
	name: 'hledger' | 'bean-check';
	/** What each account holds that is not zero; throws with what the program says when it refuses a file. */
	check(texts: string[]): Map<string, number>;
};

function run(command: string, args: string[]): string {
	const { status, stdout, stderr } = spawnSync(command, args, {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C.UTF-8' },
	});
	if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
	return stdout;
}

function withFiles<T>(texts: string[], ending: string, work: (files: string[]) => T): T {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-journal-'));
	try {
		const files = texts.map((text, index) => {
			const file = path.join(folder, `${index}${ending}`);
			writeFileSync(file, text);
			return file;
		});
		return work(files);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const hledger: Checker = {
	name: 'hledger',
	check: (texts) =>
		withFiles(texts, '.ledger', (files) => {
			const from = files.flatMap((file) => ['-f', file]);
			run('hledger', [...from, 'check']);
			const table = run('hledger', [...from, 'balance', '--flat', '--no-total', '-O', 'csv']);
			const rows = table.trim().split('\n').slice(1);
			return new Map(
				rows.map((row) => {
					const [, account, amount] = /^"([^"]+)","(-?\d+)(?: VND)?"$/.exec(row)!;
					return [account!, Number(amount)] as const;
				}),
			);
		}),
};

const beanCheck: Checker = {
	name: 'bean-check',
	check: (texts) =>
		withFiles([texts.join('\n')], '.beancount', ([file]) => {
			run('bean-check', [file!]);
			const table = run('bean-query', ['-f', 'csv', file!, 'select account, sum(number) group by account']);
			const rows = table.trim().split('\n').slice(1);
			return new Map(
				rows
					.map((row) => row.split(',').map((cell) => cell.trim()))
					.map(([account, sum]) => [account!, Number(sum)] as const)
					.filter(([, sum]) => sum !== 0),
			);
		}),
};

const isInstalled = ({ name }: Checker) => spawnSync(name, ['--version']).error === undefined;

/**
 * Both programs, with whether this machine has them. The portal does not need them: a test that lacks one is skipped,
 * and says so where whoever runs the tests reads it.
 */
export const checkers = [hledger, beanCheck].map((checker) => ({
	...checker,
	isInstalled: isInstalled(checker),
}));

/** Why a test is skipped, also said on its own line. */
export function missing(name: string): string {
	const reason = `${name} is not installed: no exported journal was checked by it, only by our own reader`;
	process.stderr.write(`\nSKIPPED: ${reason}\n`);
	return reason;
}
