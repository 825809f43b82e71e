/** Whether this browser can hold a passkey here: Zalo's own window cannot, and an address without https may not. */
function canHoldPasskeys(site: string): 'yes' | 'no' | 'insecure' {
	if (/Zalo/i.test(navigator.userAgent)) return 'no';
	if (!isSecureContext || location.origin !== site) return 'insecure';
	return 'PublicKeyCredential' in window ? 'yes' : 'no';
}

/** Asks the browser for the passkey; its answer as JSON text. */
async function askBrowser(kind: string): Promise<string> {
	const response = await fetch(`/passkey/${kind}`, { method: 'POST' });
	if (!response.ok) throw new Error(String(response.status));
	const optionsJSON = (await response.json()) as never;
	// Loaded when it is wanted: most visitors never do.
	const { startAuthentication, startRegistration } = await import('@simplewebauthn/browser');
	const start = kind === 'add' ? startRegistration : startAuthentication;
	return JSON.stringify(await start({ optionsJSON }));
}

/** Shows the passkey forms where they work, and says why where an address keeps them from working. */
export function enhancePasskeys(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
		const { passkey: kind = '', site = '', failed = '' } = form.dataset;
		const can = canHoldPasskeys(site);
		if (can === 'insecure') form.nextElementSibling?.removeAttribute('hidden');
		if (can !== 'yes') continue;
		form.hidden = false;
		const answer = form.querySelector<HTMLInputElement>('[name=passkey]')!;
		const message = form.querySelector<HTMLElement>('[data-message]')!;
		form.addEventListener('submit', (event) => {
			if (answer.value !== '') return;
			event.preventDefault();
			message.hidden = true;
			askBrowser(kind).then(
				(text) => {
					answer.value = text;
					form.submit();
				},
				() => {
					// An alert only now: an empty one is nothing to be read.
					message.setAttribute('role', 'alert');
					message.textContent = failed;
					message.hidden = false;
				},
			);
		});
	}
}
