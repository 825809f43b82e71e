import type { Migration } from 'kysely/migration';
import * as places from './0001_create_places.ts';
import * as accounts from './0002_create_accounts.ts';
import * as materials from './0003_create_materials.ts';
import * as photos from './0004_create_photos.ts';
import * as greenHouses from './0005_create_green_houses.ts';
import * as fund from './0006_create_fund.ts';
import * as collections from './0007_create_collections.ts';
import * as schools from './0008_create_schools.ts';
import * as dropOffs from './0009_create_drop_offs.ts';
import * as cleanupEvents from './0010_create_cleanup_events.ts';
import * as keptMoney from './0011_keep_requests_and_sales.ts';
import * as deepAccounts from './0012_deepen_accounts.ts';
import * as privacy from './0013_create_privacy.ts';
import * as completeMoney from './0014_complete_money.ts';
import * as deepFund from './0015_deepen_fund.ts';
import * as checkpoints from './0016_create_checkpoints.ts';
import * as deepCollections from './0017_deepen_collections.ts';
import * as deepSignIn from './0018_deepen_sign_in.ts';
import * as journalIndexes from './0019_index_journal.ts';
import * as disclosures from './0020_create_disclosures_and_checks.ts';
import * as corrections from './0021_correct_money_and_goods.ts';
import * as heldMonths from './0022_hold_months_for_reversals.ts';
import * as redactions from './0023_redact_photos.ts';
import * as orderedDays from './0024_keep_days_in_order.ts';
import * as setEnds from './0025_end_roles_on_a_day.ts';
import * as sortingGuide from './0026_create_sorting_guide.ts';
import * as houseReports from './0027_create_house_reports.ts';
import * as erasedWords from './0028_erase_words_of_papers.ts';
import * as houseChanges from './0029_record_house_changes.ts';
import * as deeperEvents from './0030_deepen_cleanup_events.ts';
import * as houseImports from './0031_record_house_imports.ts';
import * as visitorPhotos from './0032_add_visitor_photos.ts';
import * as retiredItems from './0033_retire_guide_items.ts';
import * as deeperSignUps from './0034_deepen_sign_ups.ts';
import * as deeperReports from './0035_deepen_event_reports.ts';
import * as news from './0036_record_news.ts';
import * as follows from './0037_follow_news.ts';
import * as eventChanges from './0038_record_event_changes.ts';
import * as eventSeries from './0039_create_event_series.ts';
import * as attendance from './0040_record_attendance.ts';
import * as lettersAndChanges from './0041_keep_letters_and_changes.ts';
import * as eventCovers from './0042_add_event_covers.ts';
import * as eventGoods from './0043_put_goods_into_cycles.ts';
import * as campaigns from './0044_create_campaigns.ts';
import * as boundPushes from './0045_bind_pushes_to_sessions.ts';
import * as reportShortcomings from './0046_add_report_shortcomings.ts';
import * as keptTold from './0047_keep_who_was_told.ts';
import * as keptMergers from './0048_keep_merged_classes.ts';

/** Every migration by its whole name, in order; never edited once landed. */
export const migrations: Record<string, Migration> = {
	'0001_create_places': places,
	'0002_create_accounts': accounts,
	'0003_create_materials': materials,
	'0004_create_photos': photos,
	'0005_create_green_houses': greenHouses,
	'0006_create_fund': fund,
	'0007_create_collections': collections,
	'0008_create_schools': schools,
	'0009_create_drop_offs': dropOffs,
	'0010_create_cleanup_events': cleanupEvents,
	'0011_keep_requests_and_sales': keptMoney,
	'0012_deepen_accounts': deepAccounts,
	'0013_create_privacy': privacy,
	'0014_complete_money': completeMoney,
	'0015_deepen_fund': deepFund,
	'0016_create_checkpoints': checkpoints,
	'0017_deepen_collections': deepCollections,
	'0018_deepen_sign_in': deepSignIn,
	'0019_index_journal': journalIndexes,
	'0020_create_disclosures_and_checks': disclosures,
	'0021_correct_money_and_goods': corrections,
	'0022_hold_months_for_reversals': heldMonths,
	'0023_redact_photos': redactions,
	'0024_keep_days_in_order': orderedDays,
	'0025_end_roles_on_a_day': setEnds,
	'0026_create_sorting_guide': sortingGuide,
	'0027_create_house_reports': houseReports,
	'0028_erase_words_of_papers': erasedWords,
	'0029_record_house_changes': houseChanges,
	'0030_deepen_cleanup_events': deeperEvents,
	'0031_record_house_imports': houseImports,
	'0032_add_visitor_photos': visitorPhotos,
	'0033_retire_guide_items': retiredItems,
	'0034_deepen_sign_ups': deeperSignUps,
	'0035_deepen_event_reports': deeperReports,
	'0036_record_news': news,
	'0037_follow_news': follows,
	'0038_record_event_changes': eventChanges,
	'0039_create_event_series': eventSeries,
	'0040_record_attendance': attendance,
	'0041_keep_letters_and_changes': lettersAndChanges,
	'0042_add_event_covers': eventCovers,
	'0043_put_goods_into_cycles': eventGoods,
	'0044_create_campaigns': campaigns,
	'0045_bind_pushes_to_sessions': boundPushes,
	'0046_add_report_shortcomings': reportShortcomings,
	'0047_keep_who_was_told': keptTold,
	'0048_keep_merged_classes': keptMergers,
};
