/** True in the window of another app (Zalo's, Facebook's, an Android WebView): its storage is apart from the browser's. */
export const isInApp = (): boolean => /\bZalo\b|\bFBA[NV]\b|\bInstagram\b|; wv\)/i.test(navigator.userAgent);

/** An address that Android opens in the phone's own browser; undefined where no address can do that. */
export const browserAddress = (address: string): string | undefined =>
	/Android/i.test(navigator.userAgent)
		? `intent://${address.replace(/^https?:\/\//, '')}#Intent;scheme=${new URL(address).protocol.slice(0, -1)};end`
		: undefined;
