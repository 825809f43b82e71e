/** Resolves once the browser has shown what stands now: work that a touch must not wait for comes after it. */
export const painted = (): Promise<void> =>
	new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
