"""`monitor stories`: what was grouped and why, and a person's word on it: merge, split, pin and unpin."""

import getpass
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import AUTHOR, Config, read_settings, story_of
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, many, printable, show, time_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.domain.article import Article
    from monitor.domain.settings import Settings
    from monitor.domain.story import Join, NotedEdit, Story, StoryEdit

_COLUMNS = ("id", "state", "articles", "sources", "languages", "entities", "updated_at", "headline")
_STORY = typer.Argument(help="The id of a story, as `stories list` shows it.")
_LANGUAGE = typer.Option("", help="The reader's language, such as nl: headlines in it where there are any.")

commands = group_of_commands("What was grouped, and why.", name="stories")


@commands.command("list", help="Stories, newest first.")
def list_stories(
    config: Config = None,
    limit: int = typer.Option(50, min=1, help="How many."),
    language: str = _LANGUAGE,
    output: Output = OUTPUT,
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.story.summary import as_of

    settings, now = read_settings(config), utc_now()
    with open_catalogue(settings, now) as catalogue:
        stories = [as_of(one, now, settings.policy.alerts.closes_after) for one in catalogue.stories(limit=limit)]
    show([_row(story, language) for story in stories], output, _COLUMNS)


@commands.command("show", help="One story: its articles, and the shared facts that made each of them join.")
def show_story(
    story_id: str = _STORY, config: Config = None, language: str = _LANGUAGE, output: Output = OUTPUT
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.story.summary import as_of

    settings, now = read_settings(config), utc_now()
    with open_catalogue(settings, now) as catalogue:
        known = catalogue.story(story_id)
        if known is None:
            raise _unknown(story_id)
        joins, edits = catalogue.joins(str(known.id)), catalogue.edits_on(str(known.id))
    story = as_of(known, now, settings.policy.alerts.closes_after)
    if output is Output.TABLE:
        for line in _told(story, joins, language, edits):
            print(line)
        return
    members = [_member(article, join) for article, join in joins]
    pinned_by = next((one.author for one in edits[::-1] if one.edit.kind == "pin"), "")
    by_hand = {"pinned_by": pinned_by, "edits": [_edit_row(one) for one in edits]}
    show([{**_row(story, language), **by_hand, "members": members}], output, _COLUMNS)


@commands.command("merge", help="Say that two stories are one. It stays so; nobody is alerted again for it.")
def merge(
    kept: str = typer.Argument(help="The story that goes on."),
    other: str = typer.Argument(help="The story that becomes part of it."),
    config: Config = None,
    author: str = AUTHOR,
) -> None:
    from monitor.domain.errors import UsageError
    from monitor.domain.story import EditKind, StoryEdit, StoryId
    from monitor.entrypoints.daemon import utc_now

    if kept == other:
        raise UsageError("a story cannot be merged with itself")
    settings, now = read_settings(config), utc_now()
    whole, part = (story_of(settings, one, now) for one in (kept, other))
    if whole == part:
        raise UsageError(f"the two are one story already: {whole}")
    _edit(settings, StoryEdit(EditKind.MERGE, StoryId(whole), part), author)
    print(f"{part} is part of {whole} from now on")


@commands.command("split", help="Take an article out of its story. It does not come back.")
def split(
    story_id: str = _STORY,
    article: str = typer.Argument(help="The id or the URL of the article that does not belong."),
    config: Config = None,
    author: str = AUTHOR,
) -> None:
    from monitor.domain.article import ArticleId
    from monitor.domain.story import EditKind, StoryEdit, StoryId
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.group import split_story_id

    settings = read_settings(config)
    edit = StoryEdit(EditKind.SPLIT, StoryId(story_of(settings, story_id, utc_now())), article)
    done = _edit(settings, edit, author)
    print(f"{printable(article)} stands in {split_story_id(ArticleId(done.other), done.story_id)} from now on")


@commands.command("pin", help="Say that a story is right as it is: it is not merged with another by itself.")
def pin(story_id: str = _STORY, config: Config = None, author: str = AUTHOR) -> None:
    from monitor.domain.story import EditKind, StoryEdit, StoryId
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    pinned = story_of(settings, story_id, utc_now())
    _edit(settings, StoryEdit(EditKind.PIN, StoryId(pinned)), author)
    print(f"{pinned} stays as it is, until `monitor stories unpin {pinned}`")


@commands.command("unpin", help="Take a pin back: the story may be merged with others by itself again.")
def unpin(story_id: str = _STORY, config: Config = None) -> None:
    from monitor.app import open_store
    from monitor.domain.errors import UsageError
    from monitor.domain.story import StoryId
    from monitor.entrypoints.daemon import utc_now

    with open_store(read_settings(config), utc_now()) as store:
        if not store.end_pin(StoryId(story_id)):
            raise UsageError(f'nobody pinned a story "{printable(story_id)}": `monitor stories show` says who did')
    print(f"{printable(story_id)} is no longer pinned")


def _edit(settings: "Settings", edit: "StoryEdit", author: str) -> "StoryEdit":
    """Store what a person said and bring the stored stories to it; a running service follows with its next round."""
    from monitor.adapters.packaged.concepts import load_fact_reader
    from monitor.app import open_bench, open_store
    from monitor.entrypoints.daemon import utc_now
    from monitor.entrypoints.story_edits import edit_story

    now = utc_now()
    with open_store(settings, now) as store:
        bench = open_bench(settings, load_fact_reader(settings.policy.group))
        return edit_story(edit, author or getpass.getuser(), now, store, bench.background)


def _unknown(story_id: str) -> Exception:
    from monitor.domain.errors import UsageError

    return UsageError(f'no story has the id "{printable(story_id)}": `monitor stories list` shows them')


def _headline(story: "Story", language: str) -> str:
    return story.headlines.get(language) or story.headline


def _row(story: "Story", language: str) -> dict[str, object]:
    from monitor.entrypoints.shown import entities_shown

    return {
        "id": str(story.id),
        "state": str(story.state),
        "headline": _headline(story, language),
        "headlines": dict(story.headlines),
        "articles": len(story.sources),
        "sources": story.independent_sources,
        "languages": list(story.languages),
        "entities": entities_shown(story.entities),
        "attacks": {str(kind): str(status) for kind, status in story.attacks.items()},
        "first_reported_at": time_of(story.first_reported_at),
        "confirmed_at": time_of(story.confirmed_at),
        "updated_at": time_of(story.updated_at),
    }


def _member(article: "Article", join: "Join") -> dict[str, object]:
    from monitor.stages.story.voices import owner_of

    return {
        "article": str(article.id),
        "title": article.title,
        "url": article.url,
        "outlet": owner_of(article),
        "language": article.language,
        "published_at": time_of(article.published_at),
        "score": join.score,
        "copy_of": join.duplicate_of or "",
        "shared": [{"kind": kind, "value": value, "weight": weight} for kind, value, weight in join.facts],
        "signs": dict(join.signs),
    }


def _told(
    story: "Story", joins: "Sequence[tuple[Article, Join]]", language: str, edits: "Sequence[NotedEdit]"
) -> Iterator[str]:
    from monitor.stages.story.voices import owner_of

    yield f"story {story.id}  {story.state}  {printable(_headline(story, language))}"
    yield f"  first reported {_time(story.first_reported_at)}, last seen {_time(story.updated_at)}"
    for one in edits:
        yield f"  {_said(one, str(story.id), {str(article.id) for article, _ in joins})} ({_time(one.at)})"
    if story.confirmed_at:
        yield f"  confirmed officially {_time(story.confirmed_at)}"
    voices = f"{many(len(story.sources), 'article')}, {many(story.independent_sources, 'independent source')}"
    yield f"  {voices}, {' '.join(story.languages)}"
    for entity in story.entities:
        yield f"  {printable(entity.name)}: {entity.role}  {printable(entity.evidence)}"
    for article, join in joins:
        yield ""
        yield f"{_time(article.published_at)} {article.language} {article.id}  {printable(article.title)}"
        yield f"  {printable(owner_of(article))}  {printable(article.url)}"
        yield f"  {_why(join)}"


def _said(one: "NotedEdit", story_id: str, held: set[str]) -> str:
    """What a person said of a story, which holds these articles now; one taken out may have come back by a merge."""
    author, other = printable(one.author), printable(one.edit.other)
    if one.edit.kind == "pin":
        return f"pinned by {author}: it is not merged with another by itself"
    if one.edit.kind == "merge":
        return f"{author} merged {other} into {one.edit.story_id}"
    of = f"{author} took the article {other} out of {one.edit.story_id}"
    return f"{of}: that is this one" if other in held and one.edit.story_id != story_id else of


def _edit_row(one: "NotedEdit") -> dict[str, object]:
    return {
        "kind": str(one.edit.kind),
        "story": str(one.edit.story_id),
        "other": one.edit.other,
        "author": one.author,
        "at": time_of(one.at),
    }


def _why(join: "Join") -> str:
    from monitor.adapters.packaged.sign_words import load_sign_words

    copied = f"the same text as {join.duplicate_of}: counts as one source" if join.duplicate_of is not None else ""
    if copied and join.score >= 1.0:
        return copied
    if not join.shared:
        return copied or "opened the story"
    if join.merged_by:
        return f"{printable(join.merged_by)} merged its story into this one"
    facts = ", ".join(f"{kind} {printable(value)} ({weight:g})" for kind, value, weight in join.facts)
    words = load_sign_words()
    signs = ", ".join(f"{words.phrase(sign)} {added:+g}" for sign, added in join.signs)
    came = f"taken out of {join.parted_from} by the article that opened the story" if join.parted_from else "joined"
    joined = f"{came} with score {join.score:.2f}, shares: {facts}" + (f"; signs: {signs}" if signs else "")
    return f"{copied}; {joined}" if copied else joined


def _time(moment: "datetime") -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")
