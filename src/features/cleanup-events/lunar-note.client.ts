import { holidayText, lunarText, type LunarWords } from './lunar-words.ts';

const note = document.querySelector<HTMLElement>('[data-lunar]');
const input = note?.closest('form')?.querySelector<HTMLInputElement>('input[name="date"]');
const [said, warned] = note?.querySelectorAll('p') ?? [];

if (note && input && said && warned) {
	const words = JSON.parse(note.dataset['lunar'] ?? '{}') as LunarWords;
	input.addEventListener('input', () => {
		const isDay = /^\d{4}-\d{2}-\d{2}$/.test(input.value);
		said.textContent = isDay ? lunarText(input.value, words) : '';
		warned.textContent = (isDay && holidayText(input.value, words)) || '';
		warned.hidden = warned.textContent === '';
	});
}
