"""The sentence behind each reason, and behind a whole verdict: what `why` and `why-not` say."""

from monitor.domain.alert import Reason, Verdict

SENTENCES = {
    Reason.NEW_STORY: "This story meets all conditions of the rule and nothing was said of it yet.",
    Reason.ROLE_STRONGER: "A watched entity plays a graver role than was told before.",
    Reason.STATUS_STRONGER: "What was a claim or an attempt is surer now.",
    Reason.SEVERITY_ROSE: "The rule is louder than it was when it last spoke.",
    Reason.ENTITY_ADDED: "Another watched entity was drawn in.",
    Reason.OFFICIALLY_CONFIRMED: "The victim itself or an authority has confirmed it for the first time.",
    Reason.MORE_SOURCES: "So many independent sources report it that it is worth a word.",
    Reason.NUMBERS_CHANGED: "A key figure has grown since it was told.",
    Reason.DENIED_OR_CORRECTED: "What was told is denied or corrected.",
    Reason.STORY_CLOSED: "Nothing new was reported for long, and the rule asks to hear of that.",
    Reason.NO_ENTITY: "No entity of the rule is named in the story.",
    Reason.ROLE_NOT_WANTED: "The rule's entities play other roles than it asks for.",
    Reason.NO_ATTACK: "The story tells of no attack.",
    Reason.ATTACK_NOT_WANTED: "The attacks that concern these entities are of kinds the rule does not ask for.",
    Reason.STATUS_NOT_WANTED: "The attacks have a status that the rule does not ask for.",
    Reason.TEXT_NOT_MATCHED: "The text condition of the rule does not hold.",
    Reason.TOO_UNSURE: "We are less sure that the entity is meant than the rule demands.",
    Reason.TOO_FEW_SOURCES: "Fewer independent sources report it than the rule demands.",
    Reason.NOTHING_NEW: "All that matters was told before; edits and more of the same say nothing.",
    Reason.SILENCED: "A person asked for silence on this.",
    Reason.INHIBITED: "A louder alert on the same story already names the victim.",
    Reason.TOO_OLD: "The news is older than news may be.",
    Reason.HISTORY: "It came with a first run, a new feed or a restored backup, or was seen before the rule watched"
    " this company: stored and searchable, but no news.",
    Reason.COOLING_DOWN: "The alert spoke a moment ago, and nothing graver has happened since.",
    Reason.CLOSED_QUIETLY: "Nothing new was reported for long; the alert closes without a message.",
}


def explain_hold(fold_key: str) -> str:
    """Why a message is part of a list, from the key under which it was held; empty where it stands alone."""
    kind, _, rest = fold_key.partition(":")
    parts = rest.split(":")
    if kind == "digest":
        return f"for the {parts[1] if len(parts) > 1 else 'next'} digest of {parts[0]}"
    if kind == "quiet":
        return f"until the quiet hours of {parts[0]} end"
    if kind == "storm":
        return f"as one of many: more alerts came in a minute than {parts[0]} takes"
    if kind == "handover":
        return f"in place of {parts[1] if len(parts) > 1 else 'another channel'}, which did not take it"
    if kind == "restored":
        return "since the backup that was restored; it may have been sent already"
    return "to be gathered in one list" if fold_key else ""


def explain(verdict: Verdict) -> str:
    """One or more sentences on why the verdict speaks or does not."""
    parts = [SENTENCES[verdict.reason]]
    parts.extend(
        SENTENCES[change] for change in verdict.changes if change is not verdict.reason and verdict.reason.speaks
    )
    if verdict.reason is Reason.SILENCED:
        parts.append(f"Silence {verdict.detail}; `monitor silence list` shows it.")
    if verdict.reason is Reason.INHIBITED:
        parts.append(f"It is the alert of rule {verdict.detail}.")
    if verdict.retry_at is not None:
        parts.append(f"It would speak from {verdict.retry_at:%Y-%m-%d %H:%M} UTC on.")
    return " ".join(parts)
