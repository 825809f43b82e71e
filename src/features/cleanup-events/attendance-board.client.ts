// The check-in on a lead's phone: everything it says goes through the outbox, and what it shows it knows by itself.
import type { OutboxItem } from '../outbox/outbox.ts';
import { announceChange, sendOutbox } from '../outbox/outbox-send.client.ts';
import { listItems, putItem, rememberCount } from '../outbox/outbox-store.client.ts';
import { keepForLater, mintId } from '../outbox/outbox.client.ts';
import { phoneTime } from '../outbox/phone-time.client.ts';
import { figureOf, isAboutEvent, itemOf, mergeList } from './attendance-list.ts';
import { readList, saveList } from './attendance-store.client.ts';
import {
	codeText,
	HASH_DIGITS,
	isNamed,
	knownWalkIns,
	ownFigure,
	presenceOf,
	readCode,
	sumPresent,
	type Fresh,
	type List,
	type Row,
	type WalkIns,
} from './attendance.ts';

type Words = Record<string, string>;

const MAX = 9999;
const LOOK_MS = 60_000;

const fill = (sentence: string | undefined, values: Record<string, string>): string =>
	(sentence ?? '').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
const shown = (count: number): string =>
	count.toLocaleString(document.documentElement.lang === 'vi' ? 'vi-VN' : 'en-GB');
const timeOf = (at: number): string => phoneTime(at).slice(-5);

/** The list of a page that the portal made; undefined on the page that the phone keeps. */
function readFresh(page: Document): Fresh | undefined {
	const data = page.querySelector<HTMLElement>('[data-board]')?.dataset['list'];
	return data === undefined ? undefined : (JSON.parse(data) as Fresh);
}

async function hashOf(text: string): Promise<string> {
	const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return [...new Uint8Array(bytes)]
		.map((byte) => byte.toString(16).padStart(2, '0'))
		.join('')
		.slice(0, HASH_DIGITS);
}

export function runBoard(): void {
	const board = document.querySelector<HTMLElement>('[data-board]');
	if (board && 'indexedDB' in window && crypto.subtle) void openBoard(board);
}

async function openBoard(board: HTMLElement): Promise<void> {
	const words = JSON.parse(board.dataset['board'] ?? '{}') as Words;
	const part = <E extends HTMLElement>(name: string, within: ParentNode = board) =>
		within.querySelector<E>(`[data-${name}]`)!;
	const say = (name: string, sentence: string) => {
		const place = part(name);
		place.textContent = sentence;
		place.hidden = sentence === '';
	};
	const event = /\/su-kien\/([^/]+)\//.exec(location.pathname)?.[1] ?? '';
	const fresh = readFresh(document);
	const outbox = async () => (await listItems()).filter((item) => isAboutEvent(item, event));
	let items: OutboxItem[] = [];
	let list: List | undefined;
	const look = async (page?: Fresh) => {
		items = await outbox();
		const stored = list ?? (await readList(event));
		const known = page ?? stored;
		if (known) list = mergeList(known, stored, items, { now: Date.now(), mintId });
		if (list && page) await saveList(list);
	};
	try {
		await look(fresh);
	} catch {
		// The phone keeps nothing: the plain forms are left, where there is a network.
		if (!fresh) say('alert', words['notKept'] ?? '');
		return;
	}
	if (!list) {
		// Nothing that is typed here could be kept or sent.
		say('alert', words['noList'] ?? '');
		const again = part('again');
		again.hidden = false;
		board.replaceChildren(part('alert'), again);
		return;
	}

	const rows = part('rows');
	const template = board.querySelector('template')!;
	const search = part<HTMLInputElement>('search');
	const codeForm = board.querySelector<HTMLFormElement>('[data-act=code]');
	const made = new Map<string, HTMLElement>();
	const nameOf = ({ name }: Row) => name || words['noName']!;
	const hidden = (text: string) =>
		Object.assign(document.createElement('span'), { className: 'vh', textContent: text });
	const makeRow = (row: Row): HTMLElement => {
		const li = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
		li.id = `dong-${row.id}`;
		li.dataset['id'] = row.id;
		const heads = li.querySelector<HTMLInputElement>('[name=heads]')!;
		heads.setAttribute('aria-label', fill(words['headsOf'], { name: nameOf(row) }));
		for (const each of li.querySelectorAll('[data-of]')) each.textContent = nameOf(row);
		made.set(row.id, li);
		return li;
	};
	const paintRow = (row: Row, { figures, device }: List) => {
		const li = made.get(row.id) ?? makeRow(row);
		const own = figures.filter(({ signUpId }) => signUpId === row.id);
		const { heads, said, isOpen } = presenceOf(own);
		const mine = items.filter(({ body }) => body['sign_up_id'] === row.id);
		const refused = mine.find(({ refusal }) => refusal !== undefined);
		part('name', li).textContent = nameOf(row);
		const status = row.status === 'active' ? [] : [words[row.status]!];
		const signedUp = fill(words['signedUp'], { heads: shown(row.headCount) });
		part('about', li).textContent = [words[row.kind], signedUp, ...status].join(' · ');
		part('present', li).textContent = fill(words['present'], { heads: shown(heads) });
		part('present', li).hidden = heads === 0;
		part('unsent', li).hidden = mine.length === 0 || refused !== undefined;
		part('refusal', li).textContent = refused?.refusal ?? '';
		part('refusal', li).hidden = !refused;
		// Somebody who comes alone is there or not; of more than one it is said how many.
		const isOne = row.kind === 'person' && row.headCount === 1 && heads <= 1;
		li.classList.toggle('one', isOne);
		const input = li.querySelector<HTMLInputElement>('[name=heads]')!;
		input.hidden = isOne;
		if (li.dataset['heads'] !== String(heads)) input.value = String(heads || row.headCount);
		li.dataset['heads'] = String(heads);
		part('verb', li).textContent = words[heads > 0 ? 'again' : 'here']!;
		part('verb', li).parentElement!.classList.toggle('alt', heads > 0);
		const isShut = board.dataset['open'] === undefined;
		li.querySelector<HTMLElement>('[data-act=here]')!.hidden = isShut || (isOne && heads > 0);
		li.querySelector<HTMLElement>('[data-act=undo]')!.hidden = isShut || heads === 0;
		const choose = li.querySelector<HTMLFormElement>('[data-act=choose]')!;
		choose.hidden = !isOpen;
		for (const old of choose.querySelectorAll('button')) old.remove();
		for (const each of isOpen ? said : []) {
			const button = Object.assign(document.createElement('button'), {
				name: 'heads',
				value: String(each.heads),
			});
			button.className = 'btn alt tiny';
			const isMine = each.device === device;
			const way = isMine ? 'thisPhone' : each.device.startsWith('web:') ? 'byForm' : 'byPhone';
			const who = fill(words[way], { name: each.by || words['noName']! });
			button.textContent = fill(words['chosen'], { heads: shown(each.heads), who, at: timeOf(each.at) });
			button.append(hidden(`: ${nameOf(row)}`));
			choose.append(button);
		}
		const isUnknown = row.status === 'cancelled' && own.length === 0 && !refused;
		li.hidden = isUnknown || !isNamed(row.name, search.value);
		if (!li.isConnected) rows.append(li);
		li.dataset['own'] = String(ownFigure(figures, device, row.id)?.heads ?? 0);
	};
	/** When the portal last said what the other phones counted. */
	const seenAt = ({ now }: List) => {
		const [day, time] = [phoneTime(now).slice(0, -5), timeOf(now)];
		return phoneTime(Date.now()).startsWith(day) ? time : phoneTime(now);
	};
	const walkInsText = ({ figures, device }: List, at: string): string => {
		const { own, others } = knownWalkIns(figures, device);
		if (own.heads + (others?.heads ?? 0) === 0) return '';
		const say = (name: string, { heads, minors }: WalkIns) =>
			fill(words[name], { adults: shown(heads - minors), minors: shown(minors), at });
		return `${say('ownWalkIns', own)} ${say(others ? 'otherWalkIns' : 'noOthers', others ?? own)}`;
	};
	const paint = () => {
		for (const row of list!.rows) paintRow(row, list!);
		const { heads, open } = sumPresent(list!.figures);
		say('total', fill(words['total'], { heads: shown(heads) }));
		say('differ', open === 0 ? '' : fill(words['open'], { number: shown(open) }));
		const seen = seenAt(list!);
		say('known', fill(words['known'], { at: seen }));
		say('walk-ins', walkInsText(list!, seen));
		const waitsFor = items.find((each) => each.waitsFor && !each.refusal)?.waitsFor;
		part('waits').textContent = waitsFor ?? '';
		part('waiting').hidden = waitsFor === undefined;
		const lost = items.find(({ refusal, body }) => refusal !== undefined && body['sign_up_id'] === null);
		say('alert', lost?.refusal ?? '');
		const [at, until] = [phoneTime(list!.now), phoneTime(list!.until)];
		say('kept-until', fill(words['kept'], { at, until }));
	};

	/** The page as the portal has it now: what the other phones have said. */
	const refresh = async () => {
		const response = await fetch(location.pathname).catch(() => undefined);
		if (!response?.ok || response.redirected) return;
		const page = readFresh(new DOMParser().parseFromString(await response.text(), 'text/html'));
		if (page?.account !== list!.account) return;
		await look(page);
		paint();
	};
	const send = async () => {
		await rememberCount();
		announceChange();
		await sendOutbox().catch(() => undefined);
		await look();
		paint();
		await rememberCount();
		announceChange();
		if (items.length > 0) await keepForLater();
	};
	let lastWalkIns: string | undefined;
	const record = async (
		signUpId: string | null,
		said: { heads: number; minors: number | null; isChoice?: boolean },
	) => {
		const row = list!.rows.find(({ id }) => id === signUpId);
		const sentence = signUpId === null ? 'itemWalkIns' : row?.kind === 'unit' ? 'itemUnit' : 'item';
		const told = { event: list!.title, name: row?.kind === 'unit' ? nameOf(row) : '' };
		const item = itemOf(list!, { id: mintId(), signUpId, isChoice: false, ...said }, Date.now(), {
			language: document.documentElement.lang,
			text: (at) => `${phoneTime(at)}, ${fill(words[sentence], { ...told, heads: shown(said.heads) })}`,
			correctPath: location.pathname,
		});
		try {
			// A counter that still waits is replaced by its next state.
			await putItem(item, signUpId === null ? lastWalkIns : undefined);
		} catch {
			return say('alert', words['notKept'] ?? '');
		}
		if (signUpId === null) lastWalkIns = item.id;
		items.push(item);
		list!.figures.push(figureOf(item));
		paint();
		await saveList(list!).catch(() => undefined);
		void send();
	};

	const readHeads = (input: HTMLInputElement, min = 0): number | undefined => {
		const text = input.value.trim();
		const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
		const isGood = count >= min && count <= MAX;
		input.setCustomValidity(isGood ? '' : (words[min > 0 ? 'presentRange' : 'range'] ?? ''));
		return isGood ? count : (input.reportValidity(), undefined);
	};
	const checkInByCode = async (typed: string) => {
		const wrong = part('wrong');
		const input = codeForm!.querySelector<HTMLInputElement>('[name=code]')!;
		const hash = await hashOf(codeText(event, readCode(typed)));
		const row = list!.rows.find((each) => each.hash === hash);
		wrong.hidden = row !== undefined;
		wrong.textContent = row ? '' : (words['codeWrong'] ?? '');
		input.toggleAttribute('aria-invalid', row === undefined);
		part('done').textContent = row
			? fill(words['codeDone'], { name: nameOf(row), heads: shown(row.headCount) })
			: '';
		if (!row) return;
		input.value = '';
		if (Number(made.get(row.id)?.dataset['own'] ?? 0) === 0)
			await record(row.id, { heads: row.headCount, minors: null });
	};

	board.addEventListener('submit', (submitted) => {
		submitted.preventDefault();
		const form = submitted.target as HTMLFormElement;
		const li = form.closest('li');
		const id = li?.dataset['id'] ?? null;
		const input = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
		const act = form.dataset['act'];
		if (act === 'code') return void checkInByCode(input('code').value);
		if (act === 'here') {
			const heads = readHeads(input('heads'), 1);
			if (heads !== undefined) void record(id, { heads, minors: null });
		}
		// What this phone said it takes back; where only others said it, it is decided.
		if (act === 'undo') void record(id, { heads: 0, minors: null, isChoice: li?.dataset['own'] === '0' });
		if (act === 'choose') {
			const { value } = submitted.submitter as HTMLButtonElement;
			void record(id, { heads: Number(value), minors: null, isChoice: true });
		}
		if (act === 'walk-ins') {
			const [adults, minors] = [readHeads(input('adults')), readHeads(input('minors'))];
			if (adults === undefined || minors === undefined) return;
			void record(null, { heads: adults + minors, minors });
		}
	});
	search.addEventListener('input', paint);
	board.addEventListener('input', ({ target }) => (target as HTMLInputElement).setCustomValidity?.(''));

	const counter = board.querySelector<HTMLFormElement>('[data-act=walk-ins]');
	if (counter) {
		// This phone's own counter, which may stand in another list than the page's.
		const mine = ownFigure(list.figures, list.device, null);
		const minors = mine?.minors ?? 0;
		counter.querySelector<HTMLInputElement>('[name=minors]')!.value = String(minors);
		counter.querySelector<HTMLInputElement>('[name=adults]')!.value = String((mine?.heads ?? 0) - minors);
		for (const button of counter.querySelectorAll<HTMLButtonElement>('[data-step]')) {
			button.hidden = false;
			button.addEventListener('click', () => {
				const input = button.parentElement!.querySelector('input')!;
				const count = (readHeads(input) ?? 0) + Number(button.dataset['step']);
				input.value = String(Math.min(MAX, Math.max(0, count)));
				counter.requestSubmit();
			});
		}
		counter.querySelector<HTMLElement>(':scope > button')!.hidden = true;
		counter.addEventListener('change', () => counter.requestSubmit());
	}
	const openCode = () => {
		const code = readCode(location.hash);
		if (!codeForm || code === '') return;
		codeForm.querySelector<HTMLInputElement>('[name=code]')!.value = code;
		codeForm.scrollIntoView({ block: 'center' });
	};
	if (codeForm && 'BarcodeDetector' in window) {
		const button = part('scan');
		button.hidden = false;
		button.addEventListener('click', () => {
			const words_ = words['scanFailed'] ?? '';
			void import('./check-in-scan.client.ts').then(
				({ scanCodes }) => scanCodes(part('scanner'), checkInByCode, () => say('alert', words_)),
				() => say('alert', words_),
			);
		});
	}
	part<HTMLAnchorElement>('sign-in').search = new URLSearchParams({ tiep: location.pathname }).toString();
	rows.replaceChildren();
	part('find').hidden = false;
	const title = document.querySelector('[data-event-title]');
	if (title) title.textContent = list.title;
	paint();
	openCode();
	addEventListener('hashchange', openCode);
	addEventListener('online', () => void send().then(refresh));
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState === 'visible') void refresh();
	});
	setInterval(() => {
		if (document.visibilityState === 'visible' && navigator.onLine) void refresh();
	}, LOOK_MS);
	// The page that the phone keeps looks once for a newer list; and where records wait, for what came of them.
	void keepPage().catch(() => undefined);
	if (items.length > 0) void send();
	if (!fresh) void refresh();
}

/** Asks the service worker for the page that works without a network. */
async function keepPage(): Promise<void> {
	const worker = await navigator.serviceWorker?.ready;
	worker?.active?.postMessage({ keep: document.documentElement.lang, form: 'diem-danh' });
}
