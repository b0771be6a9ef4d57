"""Stories in the API and behind links: what was grouped, and what people say of it."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.errors import UsageError
from monitor.domain.story import EditKind, Story, StoryEdit, StoryId
from monitor.entrypoints.opening import open_service
from monitor.observe import open_log
from monitor.stages.compose.signed_links import Deed
from tests.entrypoints.web.web_site import ALERT, FakePeople, FakeRecords, link, site
from tests.occasions import attacked
from tests.processes import install

STORY = str(ALERT.story_id)
PATH = f"/api/stories/{STORY}"


class TwoStories(FakeRecords):
    """The story of the alert, another one, and one that is part of the first by now."""

    def story(self, story_id: str) -> Story | None:
        first = attacked().story
        if story_id == "s-other":
            return replace(first, id=StoryId("s-other"))
        return first if story_id in {STORY, "s-gone"} else None


async def test_the_api_lists_stories_and_says_why_each_article_stands_in_one() -> None:
    async with site() as place:
        status, (story,) = await place.call("GET", "/api/stories?limit=5")
        assert (status, story["id"], story["languages"]) == (200, STORY, ["en", "nl", "de"])
        assert (story["articles"], story["independent_sources"], story["attacks"]) == (4, 3, {"ransomware": "alleged"})
        assert (await place.call("GET", "/api/stories?limit=0"))[0] == 400
        await place.call("POST", f"{PATH}/pin", {"author": "Kim"})
        status, shown = await place.call("GET", PATH)
        assert shown["members"][0]["shared"] == [{"kind": "name", "value": "apple", "weight": 2.0}]
        assert [(one["kind"], one["author"]) for one in shown["edits"]] == [("pin", "Kim")]


async def test_the_api_pins_a_story_and_takes_that_back() -> None:
    async with site() as place:
        assert (await place.call("POST", f"{PATH}/pin", {}))[0] == 400
        assert (await place.call("POST", f"{PATH}/pin", {"author": "Kim"}))[0] == 201
        assert [one.edit for one in place.people.edits] == [StoryEdit(EditKind.PIN, ALERT.story_id)]
        assert [(await place.call("DELETE", f"{PATH}/pin"))[0] for _ in range(2)] == [204, 404]


async def test_the_api_merges_and_splits() -> None:
    async with site(records=TwoStories(FakePeople())) as place:
        status, done = await place.call("POST", f"{PATH}/merge", {"author": "Kim", "other": "s-other"})
        assert (status, done) == (201, {"story": STORY, "merged": "s-other", "by": "Kim"})
        status, done = await place.call("POST", f"{PATH}/split", {"author": "Kim", "article": "a2"})
        assert (status, done["article"], done["opened"][:3]) == (201, "a2", "st-")
        said = [one.edit for one in place.people.edits]
        assert said == [
            StoryEdit(EditKind.MERGE, StoryId(STORY), "s-other"),
            StoryEdit(EditKind.SPLIT, StoryId(STORY), "a2"),
        ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{PATH}/merge", {"author": "Kim"}, 400),
        (f"{PATH}/merge", {"other": "s-other"}, 400),
        (f"{PATH}/merge", {"author": "Kim", "other": "nowhere"}, 400),
        (f"{PATH}/merge", {"author": "Kim", "other": STORY}, 400),
        (f"{PATH}/merge", {"author": "Kim", "other": "s-gone"}, 400),
        (f"{PATH}/split", {"author": "Kim"}, 400),
        (f"{PATH}/split", {"author": "Kim", "article": "elsewhere"}, 400),
        ("/api/stories/nowhere/merge", {"author": "Kim", "other": STORY}, 404),
        ("/api/stories/nowhere/split", {"author": "Kim", "article": "a1"}, 404),
        ("/api/stories/nowhere/pin", {"author": "Kim"}, 404),
    ],
)
async def test_what_is_no_story_or_article_is_refused(path: str, body: object, status: int) -> None:
    async with site(records=TwoStories(FakePeople())) as place:
        found, answer = await place.call("POST", path, body)
        assert (found, set(answer)) == (status, {"error"})
        assert "elsewhere" not in answer["error"]
        assert place.people.edits == []


async def test_the_page_of_an_alert_leads_to_what_is_grouped_wrongly_and_tells_what_was_said() -> None:
    async with site() as place:
        for what, kind, other in (("split:a2", EditKind.SPLIT, "a2"), ("pin", EditKind.PIN, "")):
            _, page = await place.ask("GET", link(Deed.STORY))
            assert f'<option value="{what}">' in page
            assert ">Confirm</button>" in page
            assert 'name="comment"' not in page
            status, _ = await place.ask("POST", link(Deed.STORY), data={"what": what, "name": "Kim <b>"})
            assert (status, place.people.edits[-1].edit) == (200, StoryEdit(kind, ALERT.story_id, other))
        _, page = await place.ask("GET", link(Deed.CONSOLE))
        assert "Kim &lt;b&gt; pinned the story" in page
        assert "Kim &lt;b&gt; took this article out of another story." in page
        _, page = await place.ask("GET", link(Deed.STORY))
        assert '<option value="pin">' not in page
        assert (await place.ask("POST", link(Deed.STORY), data={"what": "unpin"}))[0] == 200
        assert [one.edit.kind for one in place.people.edits] == [EditKind.SPLIT]


async def test_a_link_merges_nothing_and_takes_out_only_what_is_there() -> None:
    async with site() as place:
        for what in ("merge:s-other", "split:a99", "split:"):
            assert (await place.ask("POST", link(Deed.STORY), data={"what": what}))[0] == 400
        assert place.people.edits == []

    async def too_late(_edit: StoryEdit, _author: str) -> StoryEdit:
        raise UsageError("gone")

    async with site(edit=too_late) as place:
        assert (await place.ask("POST", link(Deed.STORY), data={"what": "pin"}))[0] == 409


async def test_the_service_carries_an_edit_out_between_rounds(tmp_path: Path) -> None:
    installation = install(tmp_path)
    installation.write("config/feeds.yaml", "feeds: []\n")
    log = open_log(io.StringIO(), as_json=True, secrets=tuple)
    async with open_service(installation.config, {}, {}, log, io.StringIO()) as service:
        await service.once()
        (story,) = json.loads(installation.told("stories", "list", "-o", "json").stdout)
        members = json.loads(installation.told("stories", "show", story["id"], "-o", "json").stdout)[0]["members"]
        leaving = next(one["article"] for one in members if one["shared"])
        done = await service.edit_story(StoryEdit(EditKind.SPLIT, StoryId(story["id"]), leaving), "Kim")
        assert done.other == leaving
    told = installation.told("stories", "show", story["id"]).stdout
    assert f"Kim took the article {leaving} out of {story['id']}" in told
    first, second = json.loads(installation.told("stories", "list", "-o", "json").stdout)
    opened = next(one["id"] for one in (first, second) if one["id"] != story["id"])
    assert "that is this one" in installation.told("stories", "show", opened).stdout
