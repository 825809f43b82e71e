// The tables as Kysely sees them: snake_case in SQL, camelCase here. Follows db/migrations by hand.

type Flag = 0 | 1;

export type AdminUnitTable = {
	id: string;
	kind: 'city' | 'ward' | 'commune' | 'township';
	nameVi: string;
	nameEn: string;
	officialCode: string;
	validFrom: string | null;
	validTo: string | null;
	inServiceArea: Flag;
	note: string;
};

export type AdminUnitPredecessorTable = {
	adminUnitId: string;
	predecessorId: string;
};

export type NeighbourhoodTable = {
	id: string;
	kind: 'thon' | 'khoi_pho' | 'to_dan_pho';
	name: string;
	adminUnitId: string;
	validFrom: string | null;
	validTo: string | null;
	isSample: Flag;
};

export type OrganisationTable = {
	id: string;
	kind:
		| 'womens_union'
		| 'youth_union'
		| 'school'
		| 'peoples_committee'
		| 'fatherland_front'
		| 'agency'
		| 'company'
		| 'inter_household_group'
		| 'residential_group';
	name: string;
	adminUnitId: string | null;
	validFrom: string | null;
	validTo: string | null;
	isSample: Flag;
};

export type PersonTable = {
	id: string;
	displayName: string;
	phoneE164: string | null;
	email: string | null;
	locale: 'vi' | 'en';
	createdAt: number;
	erasedAt: number | null;
	isSample: Flag;
};

export type CredentialPasswordTable = {
	personId: string;
	hash: string;
	changedAt: number;
	/** Long enough to stand alone; a shorter one needs a second factor beside it. */
	isLong: Flag;
};

export type CredentialPasskeyTable = {
	/** The credential's own id, base64url. */
	id: string;
	personId: string;
	name: string;
	publicKey: string;
	counter: number;
	transports: string;
	createdAt: number;
	lastUsedAt: number | null;
};

export type CredentialTotpTable = {
	personId: string;
	sealedSecret: string;
	createdAt: number;
	confirmedAt: number | null;
	lastStep: number;
};

export type RecoveryCodeTable = {
	personId: string;
	codeHash: string;
	usedAt: number | null;
};

export type UsedChallengeTable = {
	hash: string;
	expiresAt: number;
};

export type ResetCodeTable = {
	id: string;
	personId: string;
	codeHash: string;
	issuedBy: string;
	issuedAt: number;
	expiresAt: number;
	usedAt: number | null;
};

export type SessionTable = {
	tokenHash: string;
	/** Names the session in the person's list; not a secret. */
	id: string;
	personId: string;
	label: string;
	createdAt: number;
	lastUsedAt: number;
	expiresAt: number;
	authenticatedAt: number;
	secondFactorAt: number | null;
	mustRotate: Flag;
};

export type KnownDeviceTable = {
	secretHash: string;
	personId: string;
	createdAt: number;
	/** A reset code made it known: its wrong passwords are counted apart, its codes of the second step are not. */
	passwordOnly: Flag;
};

export type InvitationTable = {
	id: string;
	tokenHash: string;
	role: RoleGrantTable['role'];
	scopeKind: RoleGrantTable['scopeKind'];
	scopeId: string | null;
	/** The last day of the role that is taken; null for one without a set end. */
	validTo: string | null;
	/** A keyed hash of the number or address of the one person who may accept it, and its last characters. */
	inviteeHash: string;
	inviteeHint: string;
	replacesGrantId: string | null;
	invitedBy: string;
	createdAt: number;
	expiresAt: number;
	withdrawnAt: number | null;
	acceptedAt: number | null;
	acceptedGrantId: string | null;
};

export type ContentPageTable = {
	slug: string;
	version: number;
	locale: 'vi' | 'en';
	title: string;
	body: string;
	publishedAt: number;
	publishedBy: string | null;
};

export type ConsentTable = {
	id: string;
	personId: string;
	purpose: 'link_drop_offs';
	noticeVersion: number;
	givenAt: number;
	withdrawnAt: number | null;
};

export type RightsRequestTable = {
	id: string;
	personId: string;
	kind: 'access' | 'correct' | 'erase' | 'restrict' | 'object' | 'complain';
	text: string;
	requestedAt: number;
	replyDueOn: string;
	completeDueOn: string;
	repliedAt: number | null;
	completedAt: number | null;
	/** When the person said that they have read the newest answer. */
	readAt: number | null;
};

/** Append-only, but for the words: they are erased with the person. */
export type RightsRequestAnswerTable = {
	id: string;
	requestId: string;
	text: string;
	answeredAt: number;
	answeredBy: string;
};

export type JobRunTable = {
	name: string;
	runWindow: string;
	startedAt: number;
	finishedAt: number | null;
};

export type AliasTransferTable = {
	tokenHash: string;
	deviceAliasId: string;
	createdAt: number;
	expiresAt: number;
	usedAt: number | null;
};

export type DeviceAliasTable = {
	id: string;
	secretHash: string;
	personId: string | null;
	createdAt: number;
	isSample: Flag;
};

export type RoleGrantTable = {
	id: string;
	personId: string;
	role:
		| 'steward'
		| 'school_lead'
		| 'organiser'
		| 'treasurer'
		| 'approver'
		| 'auditor'
		| 'ward_officer'
		| 'administrator';
	scopeKind: 'house' | 'organisation' | 'fund' | 'ward' | 'portal';
	scopeId: string | null;
	validFrom: string;
	validTo: string | null;
	grantedBy: string | null;
	grantedAt: number;
	/** A role that is taken ends at once; `validTo` is a day set beforehand. */
	endedAt: number | null;
	endedBy: string | null;
	isSample: Flag;
};

export type AuditEventTable = {
	id: string;
	happenedAt: number;
	/** Who did it; null for the operator's command line and for what nobody was signed in for. */
	personId: string | null;
	roleGrantId: string | null;
	action: string;
	subjectKind: string;
	subjectId: string;
};

export type RateLimitTable = {
	key: string;
	windowStart: number;
	count: number;
};

export type PortalSettingTable = {
	key: string;
	value: string;
};

export type MaterialTable = {
	code: string;
	groupCode: string;
	groupVi: string;
	nameVi: string;
	nameEn: string;
	aliasesVi: string;
	defaultUnit: 'kg' | 'piece';
	acceptedByDefault: 'yes' | 'no' | 'never';
	osmRecyclingTag: string | null;
	sortOrder: number;
};

export type MaterialFactorTable = {
	id: string;
	materialCode: string;
	kind: string;
	value: number;
	source: string;
	version: string;
	validFrom: string;
};

export type ReferencePriceTable = {
	id: string;
	materialCode: string;
	vndPerKg: number;
	validFrom: string;
	source: string;
};

export type PhotoTable = {
	id: string;
	sha256: string;
	width: number;
	height: number;
	byteCount: number;
	status: 'private' | 'approved' | 'refused';
	/** Null: by somebody without an account. */
	uploadedBy: string | null;
	uploadedAt: number;
	/** Whether the uploader says that children can be recognised; such a photo is never public. Null: not asked. */
	childrenDeclared: Flag | null;
	decidedBy: string | null;
	decidedAt: number | null;
	/** Name of the file that everybody sees, with parts blacked out; null: the photo as it is. */
	publicKey: string | null;
	/** What was blacked out, as JSON of frames in per mille. */
	publicFrames: string | null;
	isSample: Flag;
};

/** A photo's file that no row names (any more): written before its decision, or replaced by another one. */
export type PhotoLeftoverTable = {
	fileKey: string;
	since: number;
};

/** The photo of a record that was made without an account. */
export type VisitorPhotoTable = {
	photoId: string;
	dropOffId: string | null;
	problemReportId: string | null;
	greenHouseId: string;
	/** Of the bytes as they came. */
	contentHash: string;
};

export type GreenHouseTable = {
	id: string;
	code: string;
	nameVi: string;
	hostType: 'residential' | 'school' | 'agency' | 'work_unit';
	hostOrganisationId: string | null;
	stewardOrganisationId: string | null;
	adminUnitId: string;
	neighbourhoodId: string | null;
	address: string;
	latitude: number;
	longitude: number;
	positionSource: 'sample' | 'approximate' | 'surveyed';
	accuracyM: number | null;
	hours: string;
	openedOn: string | null;
	closedOn: string | null;
	status: 'active' | 'paused' | 'closed';
	successorId: string | null;
	createdAt: number;
	isSample: Flag;
	/** A sale that weighs more or less than was declared by more than this is flagged. */
	varianceLimitPercent: number;
};

/** A version of an item of the sorting guide; aliases are separated by semicolons. */
export type GuideItemTable = {
	code: string;
	version: number;
	sortOrder: number;
	destination: 'house' | 'recyclable' | 'food' | 'residual' | 'bulky' | 'hazardous';
	materialCode: string | null;
	glyph: string;
	nameVi: string;
	nameEn: string;
	aliasesVi: string;
	aliasesEn: string;
	whatVi: string;
	whatEn: string;
	prepareVi: string;
	prepareEn: string;
	whereVi: string;
	whereEn: string;
	sourceVi: string;
	sourceEn: string;
	datedOn: string;
	publishedAt: number;
	publishedBy: string | null;
	/** The guide has it no longer; its addresses say so. */
	isRetired: Flag;
};

/** Append-only. `beforeValues` and `afterValues` are JSON of the fields that the change touched. */
export type HouseChangeTable = {
	id: string;
	greenHouseId: string;
	kind: 'survey' | 'move' | 'pause' | 'reopen' | 'close' | 'merge' | 'import';
	happenedAt: number;
	recordedAt: number;
	/** Null for a file that the operator read in. */
	recordedBy: string | null;
	beforeValues: string;
	afterValues: string;
	reason: string;
	successorId: string | null;
	photoId: string | null;
	contentHash: string;
	isSample: Flag;
};

export type GreenHouseMaterialTable = {
	greenHouseId: string;
	materialCode: string;
};

export type HouseStateReportTable = {
	id: string;
	greenHouseId: string;
	fill: 'empty' | 'half' | 'full' | null;
	condition: 'usable' | 'locked' | 'damaged';
	/** When it was so; `recordedAt` is when the portal learned of it. */
	reportedAt: number;
	/** The role of whoever said it, or the device of somebody without one; both are null in samples alone. */
	reportedBy: string | null;
	deviceAliasId: string | null;
	recordedAt: number | null;
	isSample: Flag;
};

export type HouseAlertTable = {
	id: string;
	greenHouseId: string;
	kind: 'full';
	raisedAt: number;
	/** The house was emptied, or somebody said that it is not full any more. */
	endedAt: number | null;
	isSample: Flag;
};

export type ProblemReportTable = {
	id: string;
	greenHouseId: string;
	kind: 'wrong_pin' | 'damage' | 'rubbish';
	/** Read by whoever looks after the house only; null: erased with its writer. */
	text: string | null;
	deviceAliasId: string;
	seenAt: number;
	recordedAt: number;
	contentHash: string;
	closedAt: number | null;
	closedBy: string | null;
	/** Public. */
	closingNote: string | null;
	isSample: Flag;
};

export type ProblemVoiceTable = {
	problemReportId: string;
	deviceAliasId: string;
	voicedAt: number;
};

export type FundTable = {
	id: string;
	code: string;
	nameVi: string;
	nameEn: string;
	organisationId: string | null;
	adminUnitId: string | null;
	createdAt: number;
	isSample: Flag;
};

export type LedgerAccountTable = {
	fundId: string;
	code: string;
	type: 'asset' | 'income' | 'expense' | 'equity' | 'clearing';
};

export type JournalEntryTable = {
	id: string;
	fundId: string;
	sequence: number;
	kind:
		| 'scrap_sale'
		| 'gift'
		| 'opening_balance'
		| 'payment'
		| 'reversal'
		| 'transfer_out'
		| 'transfer_in'
		| 'cash_difference'
		| 'bank_move';
	happenedOn: string;
	bookedOn: string;
	recordedAt: number;
	recordedBy: string;
	sourceKind: 'scrap_sale' | 'disbursement' | 'journal_entry' | 'statement' | 'cash_count' | 'transfer';
	sourceId: string;
	sourceHash: string;
	reversesEntryId: string | null;
	voucherKind: 'receipt' | 'payment' | null;
	voucherYear: number | null;
	voucherNumber: number | null;
	postingCount: number;
	changeVnd: number;
	cashAfterVnd: number;
	bankAfterVnd: number;
	transferId: string | null;
	textHash: string;
	canonical: string;
	isSample: Flag;
};

export type PostingTable = {
	entryId: string;
	fundId: string;
	position: number;
	debitAccount: string;
	creditAccount: string;
	amountVnd: number;
};

export type EntryTextTable = {
	entryId: string;
	salt: string;
	text: string | null;
	erasedAt: number | null;
};

export type FundAllocationTable = {
	paymentEntryId: string;
	incomeEntryId: string;
	fundId: string;
	amountVnd: number;
};

export type DisbursementTable = {
	id: string;
	fundId: string;
	purpose: 'health_insurance_card' | 'scholarship' | 'tet_gift' | 'hardship' | 'other_welfare';
	description: string;
	amountVnd: number;
	adminUnitId: string | null;
	beneficiaryCount: number;
	status: 'submitted' | 'approved' | 'returned' | 'paid';
	requestedBy: string;
	requesterId: string;
	requestedAt: number;
	contentHash: string;
	isSample: Flag;
};

export type DisbursementApprovalTable = {
	disbursementId: string;
	requesterId: string;
	approverId: string;
	approvedBy: string;
	approvedAt: number;
	decision: 'approve' | 'return';
	reason: string;
};

export type DisbursementPaymentTable = {
	disbursementId: string;
	entryId: string;
	treasurerId: string;
	paidBy: string;
	paidAt: number;
};

/** Takes back a request that was approved and not paid. */
export type DisbursementReturnTable = {
	disbursementId: string;
	returnerId: string;
	returnedBy: string;
	returnedAt: number;
	reason: string;
};

/** Read by the fund's treasurer and approvers only; erased without touching the ledger. */
export type DisbursementNoteTable = {
	id: string;
	disbursementId: string;
	text: string | null;
	writtenBy: string;
	writtenAt: number;
	erasedAt: number | null;
	contentHash: string | null;
};

export type DisbursementProofTable = {
	id: string;
	disbursementId: string;
	photoId: string;
	recordedBy: string;
	recordedAt: number;
};

export type FundRuleTable = {
	id: string;
	fundId: string;
	validFrom: string;
	/** Above it two approvers; null: one, whatever the amount. */
	twoApproversAboveVnd: number | null;
	saleRecorder: 'steward_or_treasurer' | 'treasurer';
	/** By which day of the next month the board sheet hangs; null: no day is set. */
	boardDueDay: number | null;
	splitCount: number;
	decidedBy: string;
	createdAt: number;
	contentHash: string;
	isSample: Flag;
};

export type FundRuleSplitTable = {
	ruleId: string;
	position: number;
	targetFundId: string;
	percent: number;
	isSample: Flag;
};

/** What one person records and another confirms. */
export type TwoPeople = {
	recordedAt: number;
	recordedBy: string;
	recorderId: string;
	status: 'recorded' | 'confirmed' | 'returned';
	decidedAt: number | null;
	decidedBy: string | null;
	confirmerId: string | null;
	returnReason: string | null;
	entryId: string | null;
	contentHash: string;
	isSample: Flag;
};

export type StatementTable = TwoPeople & {
	id: string;
	fundId: string;
	kind: 'gift' | 'opening_balance' | 'bank_deposit' | 'bank_withdrawal';
	happenedOn: string;
	/** Where the money of a gift or an opening balance lies; 'cash' for a move between cash and bank. */
	account: 'cash' | 'bank';
	amountVnd: number;
	/** Public, without names. */
	words: string;
	privateNote: string | null;
	purpose: DisbursementTable['purpose'] | null;
	photoId: string | null;
	photoMissingReason: string | null;
};

export type CashCountTable = TwoPeople & {
	id: string;
	fundId: string;
	countedOn: string;
	countedVnd: number;
	bookVnd: number;
	/** The fund's last entry when it was counted. */
	bookSequence: number;
	differenceVnd: number;
	reason: string;
};

/** A treasurer's word that an entry is wrong; `entryId` is the reversal once an approver has confirmed it. */
export type EntryReversalTable = TwoPeople & {
	id: string;
	fundId: string;
	reversesEntryId: string;
	/** Public, without names. */
	reason: string;
};

export type MonthCloseTable = {
	id: string;
	fundId: string;
	number: number;
	month: string;
	act: 'close' | 'reopen';
	decidedBy: string;
	decidedAt: number;
	reason: string;
	lastSequence: number;
	cashVnd: number;
	bankVnd: number;
	isSample: Flag;
};

/** What was made public of a fund, in which form, where and how long. Append-only; the end is set once. */
export type DisclosureTable = {
	id: string;
	fundId: string;
	/** The month `YYYY-MM` of the book; null for something else, which `subject` names. */
	month: string | null;
	subject: string;
	form: 'board' | 'meeting' | 'loudspeaker' | 'zalo' | 'site';
	place: string;
	fromOn: string;
	/** Null: it is still up. */
	toOn: string | null;
	note: string;
	photoId: string | null;
	photoMissingReason: string | null;
	/** The record that this one takes back, and why. */
	replacesId: string | null;
	withdrawReason: string | null;
	recordedBy: string;
	recordedAt: number;
	contentHash: string;
	isSample: Flag;
};

/** What the newest run of the books' checks found; `failed` is JSON. */
export type LedgerCheckTable = {
	id: 'last';
	startedAt: number;
	finishedAt: number;
	entryCount: number;
	isOk: Flag;
	failed: string;
};

/** The name under which this portal's books are signed. */
export type LedgerLogTable = { id: 'log'; origin: string; createdAt: number };

/** A public Ed25519 key in base64 that signs, or signed, checkpoints. */
export type LedgerKeyTable = { publicKey: string; validFrom: number };

/** 256 hashes of one level of a fund's tree, in base64 one after the other, and the root over them. */
export type TreeTileTable = {
	fundId: string;
	level: number;
	tileIndex: number;
	hashes: string;
	root: string;
};

/** The root of a fund's first `size` entries, in base64, with the signed note that says it. */
export type CheckpointTable = {
	fundId: string;
	size: number;
	root: string;
	note: string;
	publicKey: string;
	createdAt: number;
};

export type CollectionCycleTable = {
	id: string;
	greenHouseId: string;
	number: number;
	openedAt: number;
	closedAt: number | null;
	closedBy: string | null;
	isSample: Flag;
};

/** By how much, from a day on, the scale may differ from what a house's people declared. */
export type VarianceLimitTable = {
	id: string;
	greenHouseId: string;
	validFrom: string;
	percent: number;
	decidedBy: string;
	decidedAt: number;
	contentHash: string;
	isSample: Flag;
};

export type ScrapSaleTable = {
	id: string;
	fundId: string;
	organisationId: string | null;
	soldOn: string;
	recordedAt: number;
	recordedBy: string;
	recorderId: string;
	dealer: string;
	cashReceivedVnd: number;
	photoId: string | null;
	photoMissingReason: string | null;
	status: 'recorded' | 'confirmed' | 'returned' | 'reversed';
	confirmedAt: number | null;
	confirmedBy: string | null;
	confirmerId: string | null;
	returnReason: string | null;
	entryId: string | null;
	replacesSaleId: string | null;
	contentHash: string;
	isSample: Flag;
	/** Weighed against declared when it was confirmed, in thousandths; null where either is unknown. */
	variancePermille: number | null;
	varianceLimitPercent: number | null;
	/** The confirmer's word on a variance above the limit. */
	varianceReason: string | null;
};

export type ScrapSaleCycleTable = {
	saleId: string;
	cycleId: string;
	declaredWeightGrams: number | null;
	releasedAt: number | null;
};

export type ScrapSaleGoodsTable = {
	saleId: string;
	cycleId: string;
	/** '' is what nobody declared. */
	materialCode: string;
	declaredWeightGrams: number | null;
	releasedAt: number | null;
};

export type CarriedGoodsTable = {
	fromCycleId: string;
	toCycleId: string;
	materialCode: string;
	unit: 'kg' | 'piece';
	/** Which time they were kept: what was given back may be kept again. */
	number: number;
	quantityMilli: number;
	declaredWeightGrams: number | null;
	carriedBy: string;
	carriedAt: number;
	returnedBy: string | null;
	returnedAt: number | null;
};

export type PaperPageTable = {
	id: string;
	greenHouseId: string;
	recordedAt: number;
	recordedBy: string;
	contentHash: string;
	isSample: Flag;
};

export type PaperPageWithdrawalTable = {
	paperPageId: string;
	reason: string;
	withdrawnBy: string;
	withdrawnAt: number;
};

export type ScrapSaleLineTable = {
	saleId: string;
	position: number;
	cycleId: string | null;
	materialCode: string | null;
	weighedWeightGrams: number | null;
	unitPriceVnd: number | null;
	amountVnd: number;
	kind: 'goods' | 'lump_sum' | 'difference';
	note: string;
};

export type SchoolClassTable = {
	id: string;
	organisationId: string;
	schoolYear: string;
	grade: number;
	name: string;
	/** Pupils; null is unknown. */
	size: number | null;
	/** The class of the year before, or the one that it was split from. */
	followsClassId: string | null;
	/** The first day without it. */
	closedOn: string | null;
	mergedIntoId: string | null;
	isSample: Flag;
};

/** A round in which a school collects: what counts, how much is asked of each, and what is given for it. */
export type CampaignTable = {
	id: string;
	organisationId: string;
	greenHouseId: string;
	schoolYear: string;
	name: string;
	/** What the money is for, in the school's words. */
	purpose: string;
	startsOn: string;
	endsOn: string;
	/** Null: no quota. */
	quotaPer: 'pupil' | 'class' | null;
	/** For the whole quota; less for less of it. */
	fullPoints: number;
	/** For every tenth of the quota beyond it, up to `extraCap`. */
	extraPoints: number;
	extraCap: number;
	/** Who brought as much for each pupil: both the same place, or who has more points first. */
	tieRule: 'shared' | 'points';
	rounding: 'down' | 'nearest';
	createdAt: number;
	createdBy: string;
	publishedAt: number | null;
	endedAt: number | null;
	isSample: Flag;
};

export type CampaignMaterialTable = { campaignId: string; materialCode: string };

/** One or the other fills it, or a part of both. */
export type CampaignQuotaTable = { campaignId: string; unit: 'kg' | 'piece'; quantityMilli: number };

export type CampaignAwardTable = { campaignId: string; position: number; name: string; minPoints: number };

/** A class that takes part, with its size as it was then. */
export type CampaignClassTable = {
	campaignId: string;
	schoolClassId: string;
	size: number | null;
	/** The class that it had become when the campaign ended; null before, and for one that stood by itself. */
	countsWithId: string | null;
};

/** A homeroom teacher's way to one class's sheet, without an account. */
export type ClassLinkTable = {
	id: string;
	campaignId: string;
	schoolClassId: string;
	tokenHash: string;
	issuedAt: number;
	issuedBy: string;
	lapsesAt: number;
	endedAt: number | null;
};

export type ClassSheetTable = {
	id: string;
	organisationId: string;
	greenHouseId: string;
	campaignId: string | null;
	/** The link by which it came; then `recordedBy` is whoever gave the link. */
	classLinkId: string | null;
	collectedOn: string;
	status: 'entered' | 'approved' | 'revoked';
	recordedAt: number;
	recordedBy: string;
	approvedAt: number | null;
	approvedBy: string | null;
	revokedAt: number | null;
	contentHash: string;
	isSample: Flag;
};

/** As it was entered; its drop-offs are made when the sheet is approved. */
export type ClassSheetCellTable = {
	classSheetId: string;
	schoolClassId: string;
	materialCode: string;
	unit: 'kg' | 'piece';
	quantityMilli: number;
};

/** What the scale said of the whole school's goods of one material. */
export type WeighInTable = {
	id: string;
	campaignId: string;
	materialCode: string;
	weighedOn: string;
	weightGrams: number;
	recordedAt: number;
	recordedBy: string;
	withdrawnAt: number | null;
};

export type DropOffTable = {
	id: string;
	greenHouseId: string;
	deviceAliasId: string | null;
	personId: string | null;
	classSheetId: string | null;
	schoolClassId: string | null;
	happenedAt: number;
	recordedAt: number;
	channel: 'qr' | 'web' | 'paper' | 'class_sheet' | 'api';
	contentHash: string;
	cycleId: string;
	late: Flag;
	withdrawnAt: number | null;
	isSample: Flag;
	/** The page of the notebook that it was typed from, and how many households its row stands for. */
	paperPageId: string | null;
	householdCount: number | null;
};

export type DropOffLineTable = {
	dropOffId: string;
	position: number;
	materialCode: string;
	quantityMilli: number;
	unit: 'kg' | 'piece';
	basis: 'estimated' | 'weighed';
	declaredWeightGrams: number | null;
	factorId: string | null;
};

/** What people are to be told of. */
export type NewsTable = {
	id: string;
	dedupeKey: string;
	kind: string;
	subjectId: string;
	happenedAt: number;
	isSample: Flag;
	/** When it was found out who is to be told. */
	handledAt: number | null;
	/** The earliest start that anybody who has not heard of it may believe in; null where nobody has to be anywhere. */
	startsAt: number | null;
};

/** A mail address or a browser that takes pushes, shown to be its holder's. */
export type RecipientTable = {
	id: string;
	channel: 'email' | 'push';
	/** The mail address, or the endpoint that a browser's push service gave it. */
	address: string;
	/** The keys of a browser that takes pushes. */
	p256dh: string | null;
	auth: string | null;
	locale: 'vi' | 'en';
	personId: string | null;
	deviceAliasId: string | null;
	/** The session in which a browser asked for it: of what is its person's own it is told only while that stands. */
	sessionId: string | null;
	createdAt: number;
	isSample: Flag;
};

export type FollowTable = {
	id: string;
	recipientId: string;
	targetKind: 'ward' | 'organisation' | 'house' | 'event' | 'own';
	/** Of what somebody with an account signed up for: ''. */
	targetId: string;
	/** Which kinds of news, with commas between. */
	kinds: string;
	createdAt: number;
};

/** One message to one recipient. */
export type OutboxMessageTable = {
	id: string;
	dedupeKey: string;
	/** What it tells of; null for a letter that asks whether an address is its writer's. */
	newsId: string | null;
	/** Null once the recipient has stopped. */
	recipientId: string | null;
	/** Whose way it was, of an account; it stays when that way has ended. */
	personId: string | null;
	channel: 'email' | 'push';
	/** Of a letter without a recipient, until it is sent. */
	address: string | null;
	/** The same: what it asks, sealed. */
	content: string | null;
	dueAt: number;
	/** Until when the process that took it has it for itself. */
	leaseUntil: number | null;
	tries: number;
	sentAt: number | null;
	failedAt: number | null;
	/** It was overtaken, or nobody is there to be told. */
	droppedAt: number | null;
	/** Why the last try failed, in one word. */
	error: string | null;
	/** Of one that was tried of an event in a series: the pieces of news that its tries told of, as JSON; else null. */
	said: string | null;
	createdAt: number;
};

export type CleanupEventTable = {
	id: string;
	slug: string;
	status: 'published' | 'cancelled';
	sequence: number;
	organisationId: string;
	title: string;
	description: string;
	startsAt: number;
	endsAt: number;
	greenHouseId: string | null;
	adminUnitId: string | null;
	assemblyPoint: string;
	latitude: number | null;
	longitude: number | null;
	capacity: number | null;
	whatToBring: string;
	collectionPartner: string;
	documentNumber: string;
	/** The street or place that is cleaned, in words. */
	areaText: string;
	/** The same as a GeoJSON geometry. */
	area: string | null;
	provided: string;
	clothes: string;
	rainPlan: string;
	leadName: string;
	leadPhoneE164: string | null;
	isLeadPhonePublic: Flag;
	createdBy: string;
	createdAt: number;
	updatedAt: number;
	cancelledAt: number | null;
	cancelReason: string | null;
	contentHash: string;
	isSample: Flag;
	/** The series whose day it is. */
	seriesId: string | null;
	/** Edited by itself: what is edited for the days after another one passes it over. */
	isApart: Flag;
};

export type EventSeriesTable = {
	id: string;
	organisationId: string;
	title: string;
	pattern: 'weekly' | 'monthly';
	firstOn: string;
	untilOn: string;
	contentHash: string;
	createdBy: string;
	createdAt: number;
	isSample: Flag;
};

/** Who calls to an event beside its own organisation. */
export type EventOrganisationTable = { eventId: string; organisationId: string };
export type EventSectionTable = { eventId: string; position: number; unit: string; place: string };

/** What was changed about an event that people counted on; `sequence` is the event's afterwards. */
export type EventChangeTable = {
	id: string;
	eventId: string;
	sequence: number;
	kind: 'postpone' | 'move' | 'cancel' | 'pause';
	reason: string;
	/** What stood before and after, as JSON. */
	stood: string;
	stands: string;
	changedBy: string;
	changedAt: number;
	undoneBy: string | null;
	undoneAt: number | null;
};

export type EventDraftTable = {
	id: string;
	organisationId: string;
	sequence: number;
	/** What stands in the form, as JSON. */
	content: string;
	createdAt: number;
	updatedAt: number;
	updatedBy: string;
	isSample: Flag;
};

export type SignUpTable = {
	id: string;
	eventId: string;
	kind: 'person' | 'unit';
	name: string;
	headCount: number;
	phoneE164: string | null;
	/** Of those who wait: in line; of those who are offered a place: until when it is held for them. */
	status: 'active' | 'waiting' | 'offered' | 'cancelled';
	cancelTokenHash: string;
	deviceAliasId: string | null;
	personId: string | null;
	createdAt: number;
	cancelledAt: number | null;
	contentHash: string;
	isSample: Flag;
	/** Who answers for a unit; '' when nobody is named, or it is forgotten. */
	contact: string;
	/** Where in line; it grows strictly within an event. Kept once a place is theirs. */
	waitingSince: number | null;
	/** Kept by one whose offer lapsed. */
	offeredUntil: number | null;
};

export type EventNeedTable = {
	id: string;
	eventId: string;
	position: number;
	label: string;
	wanted: number;
};

export type PledgeTable = {
	needId: string;
	signUpId: string;
	count: number;
};

/** What one phone said of who came: of a sign-up, or of all who came without one. Its newest word counts. */
export type AttendanceTable = {
	id: string;
	eventId: string;
	signUpId: string | null;
	/** Random, one for each phone and list; it names nobody. */
	device: string;
	/** Which of several figures counts, as the lead decided. */
	isChoice: Flag;
	heads: number;
	/** How many of them are under 16; of those who came without a sign-up alone. */
	minors: number | null;
	/** By the phone's own clock: what it said later counts. */
	statedAt: number;
	/** The same by the portal's clock. */
	checkedInAt: number;
	recordedAt: number;
	recordedBy: string;
	contentHash: string;
	isSample: Flag;
};

/** A letter that was made; whether it holds is asked of the sign-up and its check-in. */
export type ParticipationLetterTable = {
	signUpId: string;
	codeHash: string;
	issuedAt: number;
	isSample: Flag;
};

/** How many a sign-up had said before it was changed. */
export type SignUpChangeTable = {
	id: string;
	signUpId: string;
	headCount: number;
	changedAt: number;
	isSample: Flag;
};

export type EventReportTable = {
	eventId: string;
	revision: number;
	headCount: number;
	/** What was not sorted by material. */
	recyclablesGrams: number | null;
	otherWasteGrams: number | null;
	otherWasteLitres: number | null;
	streetMetres: number | null;
	drainMetres: number | null;
	treeCount: number | null;
	giftText: string;
	remarks: string;
	/** For the official report alone, as are the proposals. */
	shortcomings: string;
	proposals: string;
	/** Into whose cycle the sorted recyclables went; null where they stayed apart. */
	greenHouseId: string | null;
	recordedAt: number;
	recordedBy: string;
	isSample: Flag;
};

/** The drop-off by which a report's recyclables went into a house's cycle. */
export type EventGoodsTable = {
	eventId: string;
	revision: number;
	dropOffId: string;
};

/** Recyclables of one material, in thousandths of their unit. */
export type EventReportLineTable = {
	eventId: string;
	revision: number;
	materialCode: string;
	quantityMilli: number;
	unit: 'kg' | 'piece';
};

/** A photo of what a clean-up achieved; the hash is of the bytes as they came. */
export type EventPhotoTable = {
	photoId: string;
	eventId: string;
	moment: 'before' | 'after' | 'cover';
	contentHash: string;
};

export type Database = {
	adminUnit: AdminUnitTable;
	adminUnitPredecessor: AdminUnitPredecessorTable;
	neighbourhood: NeighbourhoodTable;
	organisation: OrganisationTable;
	person: PersonTable;
	credentialPassword: CredentialPasswordTable;
	credentialPasskey: CredentialPasskeyTable;
	credentialTotp: CredentialTotpTable;
	recoveryCode: RecoveryCodeTable;
	usedChallenge: UsedChallengeTable;
	resetCode: ResetCodeTable;
	session: SessionTable;
	knownDevice: KnownDeviceTable;
	invitation: InvitationTable;
	contentPage: ContentPageTable;
	consent: ConsentTable;
	rightsRequest: RightsRequestTable;
	rightsRequestAnswer: RightsRequestAnswerTable;
	jobRun: JobRunTable;
	aliasTransfer: AliasTransferTable;
	deviceAlias: DeviceAliasTable;
	roleGrant: RoleGrantTable;
	auditEvent: AuditEventTable;
	rateLimit: RateLimitTable;
	portalSetting: PortalSettingTable;
	material: MaterialTable;
	materialFactor: MaterialFactorTable;
	referencePrice: ReferencePriceTable;
	guideItem: GuideItemTable;
	photo: PhotoTable;
	photoLeftover: PhotoLeftoverTable;
	visitorPhoto: VisitorPhotoTable;
	greenHouse: GreenHouseTable;
	greenHouseMaterial: GreenHouseMaterialTable;
	houseChange: HouseChangeTable;
	houseStateReport: HouseStateReportTable;
	houseAlert: HouseAlertTable;
	problemReport: ProblemReportTable;
	problemVoice: ProblemVoiceTable;
	fund: FundTable;
	ledgerAccount: LedgerAccountTable;
	journalEntry: JournalEntryTable;
	posting: PostingTable;
	entryText: EntryTextTable;
	fundAllocation: FundAllocationTable;
	disbursement: DisbursementTable;
	disbursementApproval: DisbursementApprovalTable;
	disbursementPayment: DisbursementPaymentTable;
	disbursementReturn: DisbursementReturnTable;
	disbursementNote: DisbursementNoteTable;
	disbursementProof: DisbursementProofTable;
	fundRule: FundRuleTable;
	fundRuleSplit: FundRuleSplitTable;
	statement: StatementTable;
	cashCount: CashCountTable;
	entryReversal: EntryReversalTable;
	monthClose: MonthCloseTable;
	disclosure: DisclosureTable;
	ledgerCheck: LedgerCheckTable;
	ledgerLog: LedgerLogTable;
	ledgerKey: LedgerKeyTable;
	treeTile: TreeTileTable;
	checkpoint: CheckpointTable;
	collectionCycle: CollectionCycleTable;
	varianceLimit: VarianceLimitTable;
	scrapSale: ScrapSaleTable;
	scrapSaleCycle: ScrapSaleCycleTable;
	scrapSaleLine: ScrapSaleLineTable;
	scrapSaleGoods: ScrapSaleGoodsTable;
	carriedGoods: CarriedGoodsTable;
	paperPage: PaperPageTable;
	paperPageWithdrawal: PaperPageWithdrawalTable;
	schoolClass: SchoolClassTable;
	campaign: CampaignTable;
	campaignMaterial: CampaignMaterialTable;
	campaignQuota: CampaignQuotaTable;
	campaignAward: CampaignAwardTable;
	campaignClass: CampaignClassTable;
	classLink: ClassLinkTable;
	classSheet: ClassSheetTable;
	classSheetCell: ClassSheetCellTable;
	weighIn: WeighInTable;
	dropOff: DropOffTable;
	dropOffLine: DropOffLineTable;
	news: NewsTable;
	recipient: RecipientTable;
	follow: FollowTable;
	outboxMessage: OutboxMessageTable;
	cleanupEvent: CleanupEventTable;
	eventOrganisation: EventOrganisationTable;
	eventSection: EventSectionTable;
	eventDraft: EventDraftTable;
	eventChange: EventChangeTable;
	eventSeries: EventSeriesTable;
	signUp: SignUpTable;
	eventNeed: EventNeedTable;
	pledge: PledgeTable;
	attendance: AttendanceTable;
	participationLetter: ParticipationLetterTable;
	signUpChange: SignUpChangeTable;
	eventReport: EventReportTable;
	eventReportLine: EventReportLineTable;
	eventGoods: EventGoodsTable;
	eventPhoto: EventPhotoTable;
};
