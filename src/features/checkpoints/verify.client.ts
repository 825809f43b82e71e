import type { VerifyMessage, VerifyResult, VerifyTask } from './verify-worker.client.ts';

/** Runs the checks in a worker when they are wanted, and shows which of the page's sentences came out. */
export function enhanceVerify(): void {
	const root = document.querySelector<HTMLElement>('[data-verify]');
	if (!root) return;
	const { fund = '', sheet = '', language = '' } = root.dataset;
	const part = (name: string) => root.querySelector<HTMLElement>(`[data-part=${name}]`)!;
	const progress = root.querySelector('progress')!;
	const button = root.querySelector('button')!;
	const show = (names: (string | false | undefined)[]) => {
		for (const each of root.querySelectorAll<HTMLElement>('[data-say]'))
			each.hidden = !names.includes(each.dataset['say']!);
	};
	if (!isSecureContext || !('Worker' in window)) {
		part('insecure').hidden = false;
		return;
	}
	part('tools').hidden = false;

	const showResult = ({ signature, sheet: isSheet, book }: VerifyResult) => {
		const problem = book?.rules.problem;
		const number = new Intl.NumberFormat(language);
		for (const [name, value] of Object.entries({
			count: book?.rules.count ?? 0,
			balance: (book?.rules.cashVnd ?? 0) + (book?.rules.bankVnd ?? 0),
			row: problem?.row ?? 0,
		}))
			for (const each of root.querySelectorAll(`[data-value=${name}]`))
				each.textContent = number.format(value);
		part('line').textContent = problem?.line ?? '';
		show([
			isSheet === true && 'sheet-good',
			isSheet === false && 'sheet-bad',
			book && (problem ? `rule-${problem.rule}` : 'rules-good'),
			problem && 'line',
			book && (book.isSigned ? 'tree-good' : 'tree-bad'),
			`signature-${signature}`,
		]);
	};

	const run = (kind: VerifyTask['kind']) => {
		button.disabled = true;
		show(['running']);
		const worker = new Worker(new URL('./verify-worker.client.ts', import.meta.url), { type: 'module' });
		const end = (then: () => void) => {
			worker.terminate();
			button.disabled = false;
			then();
		};
		worker.addEventListener('message', ({ data }: MessageEvent<VerifyMessage>) => {
			if (data.kind === 'progress') {
				progress.max = data.of;
				progress.value = data.rows;
			} else if (data.kind === 'done') end(() => showResult(data.result));
			else end(() => show(['failed']));
		});
		worker.addEventListener('error', () => end(() => show(['failed'])));
		const task: VerifyTask = { kind, fund, sheet };
		worker.postMessage(task);
	};
	button.addEventListener('click', () => run('book'));
	// A sheet's proof is small: it is worked out at once.
	if (sheet !== '') run('sheet');
}
