// Lets a page be read without a network, and says how old it is then.
import workerUrl from '../../sw/service-worker.ts?worker&url';
import { phoneTime } from './phone-time.client.ts';

/** Registers the service worker, which keeps the pages of this language; not where the browser has none. */
export function keepOffline(): void {
	const { serviceWorker } = navigator;
	if (!serviceWorker) return;
	const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
	const keep = async () => {
		await serviceWorker.register(workerUrl);
		const { active } = await serviceWorker.ready;
		// Who saves data has what was read, and fetches no more beside it.
		if (connection?.saveData !== true) active?.postMessage({ keep: document.documentElement.lang });
	};
	const start = () => void keep().catch(() => undefined);
	if (document.readyState === 'complete') start();
	else addEventListener('load', start, { once: true });
}

/** The page came from the phone: since when it was kept stands above it. */
export function sayAge(): void {
	const note = document.querySelector<HTMLElement>('[data-kept-note]');
	const keptAt = Number(document.body.dataset['kept']);
	if (!note || !keptAt) return;
	note.textContent = (note.dataset['keptNote'] ?? '').replace('{{at}}', phoneTime(keptAt));
	note.hidden = false;
}
