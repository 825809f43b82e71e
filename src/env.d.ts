declare namespace App {
	interface Locals {
		db: import('#lib/db.ts').Db;
		config: import('#lib/config.ts').Config;
		/** The instant of this request, in milliseconds UTC. */
		now: number;
		locale: import('#lib/i18n.ts').Locale;
		t: import('#lib/i18n.ts').Translate;
		secret: import('#lib/secret.ts').Secret;
		/** The session that the browser's cookie names; without its second factor nobody is signed in. */
		session: import('#features/accounts/session.service.ts').Session | undefined;
		/** Refuses with 401 when the session has ended since the request began: a body may be long in coming. */
		checkSession: () => Promise<void>;
		/** Who is signed in. */
		actor: import('#features/accounts/actor.ts').Actor | undefined;
		publicUrl: string;
		samplesShown: boolean;
		/** The page says that it is the same for everyone who is not signed in: it may be kept. */
		isSameForAll: boolean;
		/** When such a page changes by itself: the next day, or what comes before it. */
		changesAt: number;
		/** The page has a map whose visitor may ask for the streets: their images may come from where they are. */
		hasStreets: boolean;
		/** The page is made for other sites' frames. */
		mayBeFramed: boolean;
		/** What the visitor typed, kept for the page that shows it again beside an error. */
		form: FormData | undefined;
		formError: import('#lib/errors.ts').DomainError | undefined;
		/** What the table said that a school pasted or uploaded; nothing of it is kept. */
		tableReading?: import('#features/schools/sheet-table.ts').TableReading | undefined;
		/** Why a photo was not taken though its record was written; undefined when it was. */
		photoRefusal?: import('./lib/errors.ts').DomainError | undefined;
		/** What an action made that is shown once and never again: codes, a link, what was approved just now. */
		shownOnce:
			| {
					codes?: string[];
					classLinks?: import('#features/schools/class-link.service.ts').IssuedLink[];
					sheets?: import('#features/schools/class-sheet.ts').ApprovedSheets;
					link?: string;
					/** For whom it is, what it gives there, and until when. */
					of?: {
						name: string;
						role?: import('#features/accounts/actor.ts').Role;
						scope?: import('#features/team/role-scope.repository.ts').RoleScope;
						/** The last day of the role. */
						validTo?: string | null;
						expiresAt: number;
					};
			  }
			| undefined;
		/** An expected failure that no page of its own shows. */
		refusal: import('#lib/errors.ts').DomainError | undefined;
		/** Stands in the log beside an unexpected failure. */
		errorId: string | undefined;
	}
}
