// On every page: fetches the rest of the outbox only where there may be something in it.

/**
 * The store exists, or existed. A crash may take the mark (outbox-mark.client.ts), for cookies reach the disk later than
 * records.
 */
const mayHoldItems = async (): Promise<boolean> =>
	/(^|; )cho-gui=[1-9]/.test(document.cookie) ||
	!indexedDB.databases ||
	(await indexedDB.databases()).some(({ name }) => name === 'nha-xanh');

/** Looks on load, on `online`, on becoming visible and when this page wrote something down; from then on the outbox looks for itself. */
export function wakeOutbox(): void {
	let isAwake = false;
	const look = async () => {
		if (isAwake || !(await mayHoldItems())) return;
		isAwake = true;
		const { watchOutbox } = await import('./outbox.client.ts');
		watchOutbox();
	};
	// Without a network the next look tries again.
	const tryLook = () => void look().catch(() => (isAwake = false));
	tryLook();
	addEventListener('online', tryLook);
	addEventListener('pageshow', tryLook);
	addEventListener('cho-gui', tryLook);
	document.addEventListener('visibilitychange', tryLook);
}
