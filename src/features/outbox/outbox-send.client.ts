// Sends what waits: from a page on load, on `online` and on becoming visible, and from the service worker where the
// browser wakes it.
import { batches, isUnreadable, OUTBOX_KINDS, readAnswer, type OutboxItem, type Verdict } from './outbox.ts';
import { holdItem, listItems, refuseItem, removeItem } from './outbox-store.client.ts';

/** Told to every tab when the outbox changed. */
export const CHANNEL = 'cho-gui';
const TIMEOUT_MS = 30_000;

/** Tells this page, which may not have looked at the outbox yet, and the other tabs. */
export const announceChange = (): void => {
	dispatchEvent(new Event(CHANNEL));
	if (!('BroadcastChannel' in globalThis)) return;
	const channel = new BroadcastChannel(CHANNEL);
	channel.postMessage('changed');
	channel.close();
};

/** A photo goes as a form does: in JSON it would be a third larger. Another version may have written another body. */
function asForm(body: OutboxItem['body'] | null): FormData {
	const form = new FormData();
	form.set('sent_at', new Date().toISOString());
	for (const [name, value] of Object.entries(body ?? {}))
		form.set(name, value instanceof ArrayBuffer ? new Blob([value]) : (value as string));
	return form;
}

async function post(items: OutboxItem[]): Promise<{ status: number; answer: unknown }> {
	const { kind, language } = items[0]!;
	const { address, list, isForm } = OUTBOX_KINDS[kind]!;
	const response = await fetch(address, {
		method: 'POST',
		headers: { ...(!isForm && { 'content-type': 'application/json' }), 'accept-language': language },
		body: isForm
			? asForm(items[0]!.body)
			: JSON.stringify({ sent_at: new Date().toISOString(), [list]: items.map(({ body }) => body) }),
		signal: AbortSignal.timeout(TIMEOUT_MS),
	});
	return { status: response.status, answer: await response.json().catch(() => null) };
}

async function settle(verdicts: Verdict[]): Promise<void> {
	for (const verdict of verdicts) {
		if (verdict.kind === 'sent') await removeItem(verdict.id);
		else if (verdict.kind === 'waits') await holdItem(verdict.id, verdict.message);
		else await refuseItem(verdict.id, verdict.message);
	}
}

/** Sends one batch; false when the rest had better wait, with what the portal says about it. */
async function sendBatch(items: OutboxItem[]): Promise<{ goesOn: boolean; said?: string }> {
	const { status, answer } = await post(items);
	await settle(readAnswer(status, answer));
	const said = (answer as { error?: { message?: string } } | null)?.error?.message;
	if (status === 200) return { goesOn: true };
	if (!isUnreadable(status)) return { goesOn: false, ...(said !== undefined && { said }) };
	if (items.length === 1) {
		await refuseItem(items[0]!.id, said ?? String(status));
		return { goesOn: true };
	}
	for (const item of items) {
		const one = await sendBatch([item]);
		if (!one.goesOn) return one;
	}
	return { goesOn: true };
}

/**
 * A device that has sent nothing gets its secret first: were the first answer lost, the same records would otherwise
 * come again from what looks like another device.
 */
const introduceDevice = () => fetch('/api/v1/drop-offs', { signal: AbortSignal.timeout(TIMEOUT_MS) });

async function sendAll(): Promise<string | undefined> {
	const tried = new Set<string>();
	// Looked at again after each batch: what was held back until another record stands there may go now.
	const next = async () => batches(await listItems(), tried)[0];
	let batch = await next();
	if (!batch) return undefined;
	try {
		if (!(await introduceDevice()).ok) return undefined;
		for (; batch; batch = await next()) {
			for (const { id } of batch) tried.add(id);
			const { goesOn, said } = await sendBatch(batch);
			announceChange();
			if (!goesOn) return said;
		}
	} catch (error) {
		// No network: everything stays where it is.
		if (error instanceof TypeError || (error instanceof DOMException && error.name !== 'QuotaExceededError'))
			return undefined;
		throw error;
	}
	return undefined;
}

/**
 * Sends everything that waits and was not refused, one sender at a time in all tabs. Resolves to what the portal said
 * when it asked to come back later.
 */
export function sendOutbox(): Promise<string | undefined> {
	return 'locks' in navigator ? navigator.locks.request(CHANNEL, sendAll) : sendAll();
}
