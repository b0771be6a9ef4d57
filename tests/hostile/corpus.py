"""
The 72 cases of the hostile corpus, each with what tests it: names of documents in `documents.py`, or tests.

A test is written ``file::function``, from the folder ``tests`` on; `test_corpus.py` holds that each of them exists.
"""

_HTTP = "adapters/http/test_hostile.py"
_FETCH = "adapters/http/test_fetcher.py"
_REDIRECTS = "adapters/http/test_redirects.py"
_FAILURES = "adapters/http/test_failures.py"
_PLAN = "stages/feeds/test_plan.py"
_NORMALISE = "stages/normalise/test_normalise.py"
_RENAMED = "stages/normalise/test_renamed.py"
_FORMS = "stages/compose/test_forms.py"
_SENDERS = "adapters/senders/test_senders.py"

CORPUS: dict[int, tuple[str, ...]] = {
    1: ("billion laughs",),
    2: ("quadratic entity",),
    3: ("quadratic entity, cut off",),
    4: ("entity that is a file",),
    5: ("parameter entity",),
    6: ("document type elsewhere",),
    7: ("XInclude",),
    8: ("stylesheet",),
    9: ("blank lines before", "blank lines after the declaration"),
    10: ("author of one letter", "author of one letter, broken"),
    11: ("author of dots, broken",),
    12: ("style of one letter",),
    13: ("attributes", "attributes, broken"),
    14: ("namespaces",),
    15: ("deep",),
    16: ("deep and unclosed",),
    17: ("escaped divisions",),
    18: ("an attribute of 10 MB", f"{_HTTP}::test_a_large_document_in_small_pieces_is_whole"),
    19: ("a text of 10 MB",),
    20: ("a comment of 10 MB",),
    21: ("items without end",),
    22: ("zero bytes",),
    23: ("overlong and invalid UTF-8",),
    24: ("encoding 'undefined'",),
    25: tuple(f"encoding {name!r}" for name in ("punycode", "idna", "zlib_codec", "utf-7", "cp037")),
    26: ("encoding 'utf-16'",),
    27: ("zero byte in the charset",),
    28: ("references beyond Unicode",),
    29: ("hostile/test_corpus.py::test_what_is_whole_of_a_document_that_was_cut_off_is_kept",),
    30: ("the name of a file", "the address of a file", "the address of a site"),
    31: ("JSON null", "JSON list", "JSON, endless number", "JSON, huge number", "JSON, deep", "JSON, keys twice"),
    32: ("a login page",),
    33: ("empty", "a byte order mark"),
    34: ("odd places",),
    35: ("two roots", "two of one guid"),
    36: ("sections never closed",),
    37: ("title: script",),
    38: ("title: script behind a comment",),
    39: ("title: script in an address",),
    40: ("title: drawing",),
    41: ("title: drawing that moves",),
    42: ("title: form",),
    43: ("title: tracker", "title: style that fetches"),
    44: ("links of all kinds",),
    45: ("title: tags",),
    46: ("title: bidi", "title: zero width", "title: zalgo", "title: homoglyph"),
    47: ("JSON, surrogates",),
    48: ("title: mail header", "adapters/senders/test_mail.py::test_a_headline_cannot_write_headers"),
    49: ("title: terminal", "stages/compose/test_neutral.py::test_clean_leaves_one_visible_line"),
    50: ("title: everyone", f"{_FORMS}::test_discord_calls_nobody_and_links_only_where_we_link"),
    51: ("title: link mask", f"{_FORMS}::test_slack_gets_no_command_and_no_masked_link"),
    52: ("title: formula", "entrypoints/cli/test_output.py::test_a_formula_in_a_table_is_text"),
    53: ("title: template", f"{_FORMS}::test_nothing_is_filled_in_that_looks_like_a_placeholder"),
    54: ("title: 1 MB", "title: none", "title: blank", "title: picture letters"),
    55: ("pipeline/test_renamed_entries.py::test_new_names_for_all_entries_ring_for_none_and_are_said_once",),
    56: (
        f"{_NORMALISE}::test_the_same_entry_is_known_again",
        f"{_RENAMED}::test_a_feed_that_makes_up_names_again_and_again_says_so_twice_and_is_not_remembered_without_end",
        f"{_RENAMED}::test_a_few_old_entries_with_new_names_are_known_by_their_words",
    ),
    57: ("one guid for all", f"{_NORMALISE}::test_one_guid_for_all_is_no_identity"),
    58: (f"{_NORMALISE}::test_the_same_entry_is_known_again",),
    59: ("dates",),
    60: (f"{_NORMALISE}::test_dates_are_judged",),
    61: ("adapters/database/test_retention.py::test_what_was_pruned_does_not_come_back_as_new",),
    62: ("guid of 1 MB", f"{_NORMALISE}::test_odd_guids_are_kept_short_and_printable"),
    63: (f"{_HTTP}::test_bodies_without_end_stop_at_the_limit", f"{_HTTP}::test_a_bomb_in_a_bomb_is_opened_once"),
    64: (f"{_HTTP}::test_drips_end_with_the_time", f"{_HTTP}::test_bodies_without_end_stop_at_the_limit"),
    65: (
        f"{_HTTP}::test_redirects_into_our_network_are_refused",
        f"{_HTTP}::test_a_hop_to_itself_is_a_circle",
        f"{_HTTP}::test_eleven_hops_are_too_many",
        f"{_REDIRECTS}::test_endless_redirects_are_a_failure",
        f"{_REDIRECTS}::test_credentials_stay_with_their_origin",
    ),
    66: (
        f"{_HTTP}::test_a_name_that_resolves_to_our_network_is_refused_each_time",
        f"{_HTTP}::test_hosts_that_hang_do_not_hold_up_a_good_one",
    ),
    67: (
        f"{_HTTP}::test_a_server_that_repeats_its_etag_is_read_when_the_body_is_another",
        f"{_HTTP}::test_not_modified_that_nobody_asked_for_is_no_document",
        f"{_HTTP}::test_what_comes_behind_not_modified_is_passed_over",
        f"{_PLAN}::test_validators_that_cannot_be_sent_back_are_dropped",
        f"{_FETCH}::test_validators_are_left_out_when_only_a_document_is_proof",
    ),
    68: (f"{_PLAN}::test_retry_after_in_both_forms", f"{_PLAN}::test_patience_asked_for_is_kept_within_bounds"),
    69: (
        f"{_HTTP}::test_broken_speech_is_a_failure_and_nothing_more",
        f"{_HTTP}::test_interim_answers_without_end_are_given_up",
        f"{_HTTP}::test_pieces_that_are_none_are_read_as_they_come",
        f"{_HTTP}::test_frames_of_another_protocol_are_an_answer_that_is_no_http",
    ),
    70: (
        f"{_FAILURES}::test_statuses_become_kinds_and_plain_words",
        f"{_PLAN}::test_a_feed_that_is_gone_is_told_at_once_and_asked_weekly",
        f"{_PLAN}::test_a_permanent_redirect_is_adopted_when_it_held",
    ),
    71: (
        "stages/rules/test_expression.py::test_any_text_is_read_or_refused",
        "stages/rules/test_expression.py::test_chains_of_nearness_stay_small",
    ),
    72: (
        "stages/channels/test_services.py::test_faults_say_what_to_do",
        f"{_SENDERS}::test_private_addresses_are_not_reached_unless_allowed",
        f"{_SENDERS}::test_what_a_service_answers_to_apprise",
        f"{_SENDERS}::test_an_answer_that_drips_for_ever_holds_nobody_up",
        f"{_SENDERS}::test_after_a_hang_the_channel_works_again_and_nothing_arrives_late",
    ),
}
