// Offers what takes the position of a house, and sends the form by way of the outbox.
import { sendThroughOutbox, type SendWords } from './survey-queue.client.ts';
import type { PositionWords } from './take-position.client.ts';

type Words = PositionWords & SendWords & Record<'insecure', string>;

function offerPosition(form: HTMLFormElement, words: Words): void {
	const button = form.querySelector<HTMLButtonElement>('[data-take]')!;
	const input = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
	// Whoever types coordinates no longer has what the device was sure of.
	for (const name of ['latitude', 'longitude'])
		input(name).addEventListener('input', () => (input('accuracy').value = ''));
	button.classList.remove('soon');
	if (!window.isSecureContext) {
		form.querySelector('[data-average]')!.textContent = words.insecure;
		return;
	}
	if (!('geolocation' in navigator)) return;
	button.hidden = false;
	const take = async () => {
		const { takePosition } = await import('./take-position.client.ts');
		button.removeEventListener('click', begin);
		takePosition(form, words);
	};
	const begin = () => void take();
	button.addEventListener('click', begin);
}

export function enhanceSurvey(): void {
	const form = document.querySelector<HTMLFormElement>('form[data-survey]');
	if (!form) return;
	const words = JSON.parse(form.dataset['survey'] ?? '{}') as Words;
	offerPosition(form, words);
	sendThroughOutbox(form, words);
}
