// Asks the browser for a subscription and sends it with the form; loaded when somebody taps.

const PATIENCE_MS = 10_000;

async function ask(key: string): Promise<PushSubscription> {
	const late = new Promise<never>((_, reject) => {
		setTimeout(() => reject(new Error('no worker')), PATIENCE_MS);
	});
	const { pushManager } = await Promise.race([navigator.serviceWorker.ready, late]);
	const options = { userVisibleOnly: true, applicationServerKey: key };
	// One that was made under another key of the portal would never be written to.
	return pushManager.subscribe(options).catch(async () => {
		await (await pushManager.getSubscription())?.unsubscribe();
		return pushManager.subscribe(options);
	});
}

export async function subscribe(button: HTMLButtonElement): Promise<void> {
	const form = button.form!;
	const note = form.querySelector<HTMLElement>('[data-push-note]')!;
	note.hidden = true;
	try {
		if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied');
		const { endpoint, keys = {} } = (await ask(button.dataset['pushKey']!)).toJSON();
		const fields = { channel: 'push', endpoint: endpoint ?? '', ...keys };
		for (const [name, value] of Object.entries(fields)) {
			const input = document.createElement('input');
			Object.assign(input, { type: 'hidden', name, value });
			form.append(input);
		}
		form.submit();
	} catch (error) {
		const isDenied = error instanceof Error && error.message === 'denied';
		note.textContent = button.dataset[isDenied ? 'denied' : 'failed'] ?? '';
		note.classList.add('err');
		note.hidden = false;
	}
}
