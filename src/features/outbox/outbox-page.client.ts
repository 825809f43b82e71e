// The page of what waits: read it, send it, correct it, copy it, throw it away.
import { asText, OUTBOX_KINDS, type OutboxItem } from './outbox.ts';
import { announceChange, CHANNEL, sendOutbox } from './outbox-send.client.ts';
import { keepForLater } from './outbox.client.ts';
import { isInApp } from './in-app.client.ts';
import { phoneTime } from './phone-time.client.ts';
import { countLost, dropItem, listItems, putItem, rememberCount } from './outbox-store.client.ts';

/** `whoOf` names the person whom a record is about, where the phone knows it: not once it waits for its account. */
export function showOutbox(whoOf: (item: OutboxItem) => Promise<string | undefined>): void {
	const root = document.querySelector<HTMLElement>('[data-outbox-page]');
	const list = root?.querySelector<HTMLElement>('[data-list]');
	const row = root?.querySelector('template');
	if (!root || !list || !row || !('indexedDB' in window)) return;
	const part = <E extends HTMLElement>(name: string, within: ParentNode = root) =>
		within.querySelector<E>(`[data-${name}]`)!;
	const say = (sentence: string | undefined) => (part('said').textContent = sentence ?? '');

	const makeRow = (item: OutboxItem): Node => {
		const made = row.content.cloneNode(true) as DocumentFragment;
		part('text', made).textContent = item.text;
		part('made-at', made).textContent = (root.dataset['made'] ?? '').replace(
			'{{at}}',
			phoneTime(item.madeAt),
		);
		const isRefused = item.refusal !== undefined;
		part('refusal', made).textContent = item.refusal ?? '';
		part('refusal', made).hidden = !isRefused;
		const waitsFor = isRefused ? undefined : item.waitsFor;
		const who = part('who', made);
		// Whoever holds the phone may be somebody else by now.
		if (waitsFor === undefined)
			void whoOf(item).then(
				(name) => {
					who.querySelector('b')!.textContent = name ?? '';
					who.hidden = !name;
				},
				() => undefined,
			);
		part('waits-for', made).textContent = waitsFor ?? '';
		part('waits-for', made).hidden = waitsFor === undefined;
		// It waits for nothing but the account that wrote it.
		part('sign-in', made).hidden = waitsFor === undefined;
		part('foreign', made).hidden = Object.hasOwn(OUTBOX_KINDS, item.kind);
		const correct = part<HTMLAnchorElement>('correct', made);
		// A photo stands on no page where it could be corrected.
		correct.hidden = !isRefused || item.correctPath === '';
		// Another version of the page may have written a body of another kind.
		const text = (item.body as OutboxItem['body'] | null)?.['text'];
		// What somebody wrote stands behind the #, which is sent to nobody.
		const typed = new URLSearchParams({ sua: item.id, ...(typeof text === 'string' ? { text } : {}) });
		correct.href = `${item.correctPath}#${typed}`;
		const again = part('again', made);
		again.hidden = !isRefused;
		again.addEventListener('click', () => {
			const { refusal: _refusal, ...whole } = item;
			void putItem(whole).then(send);
		});
		part('drop', made).addEventListener('click', () => {
			void dropItem(item.id).then(changed);
		});
		return made;
	};

	const show = async () => {
		const items = await listItems();
		list.replaceChildren(...items.map(makeRow));
		const lost = await countLost();
		const lostNote = part('lost-note');
		lostNote.hidden = lost === 0;
		lostNote.querySelector('p')!.textContent = (lostNote.dataset['lostNote'] ?? '').replace(
			'{{n}}',
			String(lost),
		);
		part('none').hidden = items.length > 0 || lost > 0;
		part('acts').hidden = items.length === 0;
		part('insecure').hidden = window.isSecureContext;
		const isStored = items.length > 0 ? await navigator.storage?.persisted?.().catch(() => false) : undefined;
		part('stored').hidden = isStored !== true;
		part('not-stored').hidden = isStored !== false;
	};
	const changed = () => {
		announceChange();
		return show();
	};
	const send = async () => {
		say(root.dataset['sending']);
		const said = await sendOutbox().catch(() => undefined);
		const items = await listItems();
		announceChange();
		await show();
		const isWaiting = items.some(({ refusal }) => refusal === undefined);
		say(isWaiting ? (said ?? root.dataset['still']) : '');
		if (isWaiting) await keepForLater();
	};

	part('send').addEventListener('click', () => void send());
	part('copy').addEventListener('click', () => {
		const done = () => say(root.dataset['copied']);
		const select = () => getSelection()?.selectAllChildren(list);
		void listItems().then((items) => {
			if (!navigator.clipboard) return select();
			return navigator.clipboard.writeText(asText(items)).then(done, select);
		});
	});
	part('lost-note')
		.querySelector('button')!
		.addEventListener('click', () => {
			void rememberCount().then(changed);
		});
	document.querySelector<HTMLElement>('[data-in-app]')!.hidden = !isInApp();
	if ('BroadcastChannel' in window)
		new BroadcastChannel(CHANNEL).addEventListener('message', () => void show());
	void show();
}
