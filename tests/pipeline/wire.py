"""The newsroom with articles of their own words, for tests of stories from article to person."""

from dataclasses import replace
from datetime import timedelta

from monitor.domain.article import Article, ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.story import EditKind, Story, StoryEdit, StoryId
from monitor.entrypoints.story_edits import edit_story
from monitor.stages.decide.replay import Arrival
from monitor.stages.group import Fingerprint
from tests.pipeline.newsroom import Newsroom, reader
from tests.story_builders import analysis, article

DK = (
    "Kelvora says thieves took data of 340,000 customers",
    "The Danish travel agency Kelvora has confirmed that intruders copied names and passport numbers of 340,000 "
    "customers from its booking system on Sunday. The police in Aarhus investigates.",
)
DK_DE = (
    "Daten von 340.000 Kunden bei Kelvora gestohlen",
    "Beim dänischen Reiseveranstalter Kelvora haben Unbekannte am Sonntag Namen und Passnummern von 340.000 Kunden "
    "aus dem Buchungssystem kopiert. Die Polizei in Aarhus ermittelt.",
)
DK_ES = (
    "Roban datos de 340.000 clientes de la agencia Kelvora",
    "La agencia de viajes danesa Kelvora confirma que unos intrusos copiaron el domingo los nombres y números de "
    "pasaporte de 340.000 clientes. La policía de Aarhus investiga el ataque.",
)
SNOW = (
    "Snow shuts roads in the Alps",
    "Heavy snow has shut the passes between Vrestal and Ombach, and trains stand still.",
)

# Of one event, as nobody can tell yet.
EARLY = ("Kelvora robbed", "The travel agency Kelvora in Aarhus tells of thieves. It has called the police.")
FORUM = (
    "340.000 Passnummern im Netz",
    "Ein Unbekannter bietet 340.000 Passnummern an, die am Sonntag aus einem Buchungssystem kopiert wurden.",
)


class Wire(Newsroom):
    """The newsroom with articles of their own words, read by the real reader of facts."""

    def publish(self, key: str, told: tuple[str, str], language: str = "en", **more: object) -> ArticleId:
        """An article arrives now, and a minute passes; ``victim`` names who its detection finds attacked."""
        victims, status = str(more.pop("victim", "")).split(), more.pop("status", Status.ALLEGED)
        fields = {"language": language, "published_at": self.now, "first_seen_at": self.now, **more}
        made = replace(article(key, *told), **fields, content_hash=f"{told}")  # type: ignore[arg-type]
        attacks = [(AttackType.DATA_BREACH, status, (name,)) for name in victims]
        found = analysis(key, dict.fromkeys(victims, Role.VICTIM), attacks)  # type: ignore[arg-type]
        self._scripts[made.id] = ("", replace(found, language=language))
        self._save([made])
        self.assess()
        self.wait(minutes=1)
        return made.id

    def _fingerprint(self, article: Article) -> Fingerprint:
        analysis = self._scripts[article.id][1]
        return reader().fingerprint(
            article.id, article.title, article.text, article.published_at, language=article.language, analysis=analysis
        )

    def say(self, kind: EditKind, story_id: str, other: str = "") -> None:
        """A person's word, as the CLI and the API pass it on."""
        edit_story(StoryEdit(kind, StoryId(story_id), other), "Kim", self.now, self.store, self.bench.background)

    def steps(self) -> list[Arrival]:
        """All that arrived, as a replay takes it."""
        articles = self.catalogue.full_articles(self.now - timedelta(days=999))
        return [Arrival(one, self._scripts[one.id][1], self._fingerprint(one)) for one in articles]

    def stories(self) -> list[Story]:
        return list(self.catalogue.stories())

    def members(self) -> list[set[str]]:
        """The articles of each story, the largest story first."""
        return sorted(
            ({str(one.article_id) for one in story.sources} for story in self.stories()), key=lambda s: -len(s)
        )

    def of(self, key: str) -> str:
        return str(self.store.stories_of([ArticleId(key)])[ArticleId(key)])
