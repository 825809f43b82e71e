// Puts Leaflet in the place of the drawn map, at the same view, when the map is touched or the browser is idle.
import { painted } from '#components/painted.client.ts';
import type { LiveMap } from './leaflet.client.ts';
import { NEAR_EVENT, type Near } from './near.client.ts';

/** Where the wish to see streets is remembered, on this device. */
const STREETS = 'ban-do-duong-pho';

/** Waits for a touch, the keyboard or a quiet moment after loading; on saved data or as a guest only for a touch. */
export function startMapWhenWanted(): void {
	const frame = document.querySelector<HTMLElement>('[data-map]');
	if (!frame) return;
	let started: Promise<LiveMap | undefined> | undefined;
	// The drawing stays when Leaflet cannot be fetched; who asks again may have a network again.
	const start = () =>
		(started ??= import('./leaflet.client.ts')
			.then(({ startMap }) => startMap(frame))
			.catch(() => (started = undefined)));
	const wake = () => void start();
	frame.addEventListener(NEAR_EVENT, ({ detail }: CustomEventInit<Near>) => {
		void start().then((live) => detail && live?.showNear(detail));
	});
	for (const event of ['pointerdown', 'wheel', 'touchstart']) {
		frame.addEventListener(event, wake, { once: true, passive: true });
	}
	const isGuest = frame.dataset['guest'] !== undefined;
	offerStreets(frame, start, isGuest);
	const savesData = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
	if (isGuest || savesData || !('requestIdleCallback' in window)) return;
	const whenIdle = () => setTimeout(() => requestIdleCallback(wake), 1500);
	if (document.readyState === 'complete') whenIdle();
	else addEventListener('load', whenIdle, { once: true });
}

/** The streets come from somebody else's server, so only a visitor turns them on; this device remembers it. */
function offerStreets(frame: HTMLElement, start: () => Promise<LiveMap | undefined>, isGuest: boolean): void {
	const button = frame.querySelector<HTMLButtonElement>('[data-streets]');
	if (!button) return;
	const isOn = () => button.ariaPressed === 'true';
	button.ariaPressed = String(!isGuest && recall() === '1');
	button.hidden = false;
	for (const note of document.querySelectorAll<HTMLElement>('[data-streets-note]')) note.hidden = false;
	button.addEventListener('click', () => {
		button.ariaPressed = String(!isOn());
		if (!isGuest) remember(isOn());
		// The button answers first: the tiles take a weak phone longer than a touch should wait.
		void painted()
			.then(start)
			.then((live) => {
				if (live) live.showStreets(isOn());
				else if (isOn()) say(frame);
			});
	});
}

/** Says under the map that the streets are not there; the map is. */
function say(frame: HTMLElement): void {
	const said = document.querySelector('[data-map-said]');
	if (said) said.textContent = frame.dataset['streetsFailed'] ?? '';
}

// A browser may keep nothing, or refuse to be asked.
function recall(): string | null {
	try {
		return localStorage.getItem(STREETS);
	} catch {
		return null;
	}
}

function remember(isOn: boolean): void {
	try {
		if (isOn) localStorage.setItem(STREETS, '1');
		else localStorage.removeItem(STREETS);
	} catch {
		// The choice then holds for this page.
	}
}
