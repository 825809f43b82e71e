// npm run ledger:verify -- FILE [--checkpoint FILE|CODE]… [--key KEY]…: checks a downloaded book, without the server.
import { createPublicKey, hash as hashOnce, verify } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { keyIdOf } from '#features/checkpoints/ledger-key.ts';
import type { Hasher } from '#features/checkpoints/merkle.ts';
import { isRootOfCode, parseSheetCode, scannedCode, typedCode } from '#features/checkpoints/sheet-code.ts';
import { parseNote, parseVerifierKey, toBase64, type Note } from '#features/checkpoints/signed-note.ts';
import {
	verifyRules,
	verifyTree,
	type RulesResult,
	type TreeResult,
} from '#features/checkpoints/verify-book.ts';

const USAGE = `npm run ledger:verify -- FILE [--checkpoint FILE-OR-CODE]... [--key KEY]...
  FILE          a book as /api/v1/funds/{code}/leaves.jsonl gives it
  --checkpoint  a signed checkpoint, or the code of a printed sheet such as 214-Q2H7K-0M3ZT-9VX1B-C4D5E
  --key         a key that checkpoints must be signed with, as /api/v1/ledger/keys gives it`;

const PIECE_BYTES = 1 << 20;
/** A file's pieces, each in the place of the one before it: new memory for each costs more than reading it. */
async function* readBook(file: string): AsyncGenerator<Uint8Array> {
	const descriptor = openSync(file, 'r');
	try {
		const piece = new Uint8Array(PIECE_BYTES);
		for (let length = 1; length > 0;) {
			length = readSync(descriptor, piece);
			if (length > 0) yield piece.subarray(0, length);
		}
	} finally {
		closeSync(descriptor);
	}
}
// A text of 32 signs comes back in a third of the time that a buffer takes.
const hasher: Hasher = (messages) =>
	messages.map((message) => Buffer.from(hashOnce('sha256', message, 'binary'), 'binary'));

type Task = { kind: 'rules' | 'tree'; file: string; sizes: number[] };

const runTask = ({ kind, file, sizes }: Task): Promise<RulesResult | TreeResult> =>
	kind === 'rules' ? verifyRules(readBook(file)) : verifyTree(readBook(file), hasher, sizes);

/** Runs a task in a thread of its own: rules and tree each read the whole file, side by side. */
const inThread = <Result>(task: Task): Promise<Result> =>
	new Promise((resolve, reject) => {
		const worker = new Worker(new URL(import.meta.url), { workerData: task });
		worker.once('message', resolve);
		worker.once('error', reject);
		// Without this a thread that ends silently would let the command end as if all were well.
		worker.once('exit', (code) => reject(new Error(`the check ended without a result, with code ${code}`)));
	});

/** What a book is held against: a signed note, or a sheet's code. */
type Witness = { name: string; size: number; note?: Note; isRoot(root: Uint8Array): boolean };

function readWitness(text: string): Witness | undefined {
	const code = parseSheetCode(text);
	if (code) return { name: text, size: code.size, isRoot: (root) => isRootOfCode(code, root) };
	let content: string;
	try {
		content = readFileSync(text, 'utf8');
	} catch {
		return undefined;
	}
	const note = parseNote(content);
	return note && { name: text, size: note.size, note, isRoot: (root) => toBase64(root) === note.root };
}

type Key = NonNullable<ReturnType<typeof parseVerifierKey>>;

/** True when one of the keys has signed the note. */
const isSignedBy = (note: Note, keys: Key[]): boolean =>
	note.signatures.some(({ name, keyId, signature }) =>
		keys.some((key) => {
			if (key.name !== name || toBase64(keyIdOf(name, key.publicKey)) !== toBase64(keyId)) return false;
			const x = Buffer.from(key.publicKey).toString('base64url');
			const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
			return verify(null, Buffer.from(note.text, 'utf8'), publicKey, signature);
		}),
	);

const RULES: Record<NonNullable<RulesResult['problem']>['rule'], string> = {
	form: 'is not written in the form ngoi-nha-xanh/entry/v1',
	order: 'does not follow the entry before it, or belongs to another fund',
	dates: 'happened after it was booked',
	amount: 'moves no amount',
	balance: 'does not lead to the balance that it states',
	voucher: 'has a voucher number with a gap, or of another year',
	sameId: 'has the id of an earlier entry',
	reversal: 'does not take back one earlier entry, whole and once',
	allocation: 'does not spend earlier incomes up to its amount',
};

async function main(): Promise<boolean> {
	const options = {
		checkpoint: { type: 'string', multiple: true },
		key: { type: 'string', multiple: true },
	} as const;
	const { positionals, values } = parseArgs({ options, allowPositionals: true });
	const [file] = positionals;
	const keys = (values.key ?? []).map(parseVerifierKey);
	const witnesses = (values.checkpoint ?? []).map(readWitness);
	if (file === undefined || positionals.length > 1 || keys.includes(undefined)) throw new RangeError(USAGE);
	const unread = witnesses.indexOf(undefined);
	if (unread >= 0)
		throw new RangeError(
			`--checkpoint ${values.checkpoint![unread]}: neither a checkpoint's file nor a sheet's code.`,
		);

	const sizes = witnesses.map((witness) => witness!.size);
	const [rules, tree] = await Promise.all([
		inThread<RulesResult>({ kind: 'rules', file, sizes }),
		inThread<TreeResult>({ kind: 'tree', file, sizes }),
	]);
	let isRight = true;
	const say = (isGood: boolean, sentence: string) => {
		isRight &&= isGood;
		console.log(`${isGood ? 'ok   ' : 'WRONG'} ${sentence}`);
	};
	const { problem } = rules;
	if (problem) say(false, `row ${problem.row} ${RULES[problem.rule]}:\n      ${problem.line}`);
	else {
		const balance = `cash ${rules.cashVnd} VND, bank ${rules.bankVnd} VND`;
		say(true, `${rules.count} entries of ${rules.fund || 'no fund'} keep every rule; ${balance}`);
	}
	for (const { name, size, note, isRoot } of witnesses as Witness[]) {
		const root = tree.roots.get(size);
		if (!root) say(false, `${name}: covers ${size} entries, but the file has ${tree.size}`);
		else
			say(
				isRoot(root),
				`${name}: the first ${size} entries ${isRoot(root) ? 'are' : 'are not'} the book it saw`,
			);
		if (note && rules.fund && !note.origin.endsWith(`/quy/${rules.fund}`))
			say(false, `${name}: is of another book, ${note.origin}`);
		if (note && keys.length === 0)
			console.log(`note  ${name}: its signature was not checked, no --key was given`);
		else if (note) say(isSignedBy(note, keys as Key[]), `${name}: signature`);
	}
	if (tree.size > 0) {
		console.log(`tree  ${tree.size} entries, root ${toBase64(tree.root)}`);
		console.log(`code  ${typedCode(tree.size, tree.root)} or ${scannedCode(tree.size, tree.root)}`);
	}
	if (witnesses.length === 0)
		console.log(
			'note  without --checkpoint this shows that the book keeps its rules, not that it is unchanged',
		);
	return isRight;
}

if (isMainThread) {
	main().then(
		(isRight) => (process.exitCode = isRight ? 0 : 1),
		(error: unknown) => {
			console.error((error as Error).message);
			process.exitCode = 2;
		},
	);
} else {
	parentPort!.postMessage(await runTask(workerData as Task));
}
