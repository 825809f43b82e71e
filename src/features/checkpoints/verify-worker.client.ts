// Recomputes a fund's book away from the page: everything that it says, the reader's own machine has worked out.
import { followConsistency, isSameHash, type Hasher } from './merkle.ts';
import { isRootOfCode, parseSheetCode, type SheetCode } from './sheet-code.ts';
import { fromBase64, parseNote, parseVerifierKey, toBase64, type Note } from './signed-note.ts';
import { verifyBook, type RulesResult } from './verify-book.ts';

export type VerifyTask = { kind: 'book' | 'sheet'; fund: string; sheet: string };

/** What came out; `signature` is `unknown` where the browser has no Ed25519. */
export type VerifyResult = {
	signature: 'good' | 'bad' | 'unknown';
	/** Whether the sheet's book begins the book of today; undefined when no sheet was given. */
	sheet: boolean | undefined;
	/** Of the whole book: its rules, and whether its tree is the one that was signed. */
	book: { rules: RulesResult; isSigned: boolean } | undefined;
};
export type VerifyMessage =
	| { kind: 'progress'; rows: number; of: number }
	| { kind: 'done'; result: VerifyResult }
	| { kind: 'failed' };

const say = (message: VerifyMessage) => postMessage(message);

const hasher: Hasher = (messages) =>
	Promise.all(
		messages.map(
			async (message) => new Uint8Array(await crypto.subtle.digest('SHA-256', message as BufferSource)),
		),
	);

async function load(path: string): Promise<Response> {
	const response = await fetch(`/api/v1/${path}`, { cache: 'no-store' });
	if (!response.ok) throw new Error(String(response.status));
	return response;
}

async function checkSignature(note: Note): Promise<VerifyResult['signature']> {
	const { keys } = (await (await load('ledger/keys')).json()) as { keys: { key: string }[] };
	for (const { key: text } of keys) {
		const key = parseVerifierKey(text);
		const signed = note.signatures.find(({ name }) => name === key?.name);
		if (!key || !signed) continue;
		try {
			const raw = key.publicKey as BufferSource;
			const publicKey = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
			const text = new TextEncoder().encode(note.text);
			const { signature } = signed;
			const isGood = await crypto.subtle.verify('Ed25519', publicKey, signature as BufferSource, text);
			if (isGood) return 'good';
		} catch {
			return 'unknown';
		}
	}
	return 'bad';
}

type Proof = { from_root: string; to_root: string; proof: string[] };

/** Whether the tree of the sheet's size, and that of the checkpoint, are one tree that has grown. */
async function checkSheet(fund: string, code: SheetCode, note: Note): Promise<boolean> {
	if (code.size > note.size) return false;
	const query = `from=${code.size}&to=${note.size}`;
	const answer = (await (await load(`funds/${fund}/proof/consistency?${query}`)).json()) as Proof;
	const hashes = [answer.from_root, ...answer.proof].map((text) => fromBase64(text) ?? new Uint8Array());
	const [fromRoot, ...proof] = hashes as [Uint8Array, ...Uint8Array[]];
	if (!isRootOfCode(code, fromRoot)) return false;
	const found = await followConsistency(hasher, { from: code.size, size: note.size, fromRoot, proof });
	return found !== undefined && isSameHash(found.fromRoot, fromRoot) && toBase64(found.root) === note.root;
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
	// Not every browser iterates a stream by itself.
	const reader = response.body!.getReader();
	for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

async function verify({ kind, fund, sheet }: VerifyTask): Promise<VerifyResult> {
	const note = parseNote(await (await load(`funds/${fund}/checkpoint`)).text());
	if (!note?.origin.endsWith(`/quy/${fund}`)) throw new Error('no checkpoint');
	const code = parseSheetCode(sheet);
	const signature = await checkSignature(note);
	const isOfSheet = code && (await checkSheet(fund, code, note));
	if (kind === 'sheet') return { signature, sheet: isOfSheet, book: undefined };
	const sizes = [note.size, ...(code && code.size <= note.size ? [code.size] : [])];
	const { rules, tree } = await verifyBook(
		piecesOf(await load(`funds/${fund}/leaves.jsonl?to=${note.size}`)),
		hasher,
		sizes,
		(rows) => say({ kind: 'progress', rows, of: note.size }),
	);
	const rootOf = (size: number) => tree.roots.get(size);
	const root = rootOf(note.size);
	const isSigned = root !== undefined && toBase64(root) === note.root;
	const sheetRoot = code && rootOf(code.size);
	const isSheet = code && isOfSheet === true && sheetRoot !== undefined && isRootOfCode(code, sheetRoot);
	return { signature, sheet: isSheet, book: { rules, isSigned } };
}

addEventListener('message', ({ data }: MessageEvent<VerifyTask>) => {
	verify(data).then(
		(result) => say({ kind: 'done', result }),
		() => say({ kind: 'failed' }),
	);
});
