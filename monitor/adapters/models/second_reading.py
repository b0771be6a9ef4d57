"""A second look at findings near the threshold: what was answered before, what may be asked now, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model_policy import SecondReaderPolicy
from monitor.domain.report import SecondReport
from monitor.domain.watchlist import EntityId
from monitor.ports import SecondReader, Store
from monitor.stages.group import FactReader
from monitor.stages.read_article import ReadArticle
from monitor.stages.second_reading import affordable, questions_of, with_answers


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The second reader with its limits; ``names`` are those of the entities, ``prompt`` what it is told to do."""

    store: Store
    reader: SecondReader
    policy: SecondReaderPolicy
    prompt: str
    names: Mapping[EntityId, str]
    facts: FactReader

    def __call__(self, read: Sequence[ReadArticle], now: datetime) -> tuple[Sequence[ReadArticle], SecondReport | None]:
        """
        *read* with what the reader said; unchanged wherever it said nothing. No transaction is open meanwhile.

        Raises:
            StoreError: the answers could not be looked up or kept.
        """
        wanted = [
            question
            for one in read
            for question in questions_of(one.article, one.analysis, self.names, self.policy, self.prompt)
        ]
        if not wanted:
            return read, None
        keys = list(dict.fromkeys(one.key for one in wanted))
        known = self.store.second_readings(keys, now - self.policy.ask_again)
        # The same article from two feeds is one question.
        new = {one.key: one for one in wanted if one.key not in known}
        asked, limit = affordable(list(new.values()), self.store.second_spent(now), self.policy)
        replies = self.reader.ask(asked, now) if asked else ()
        if replies:
            self.store.save_second_readings(replies, now)
        answers = {**known, **{reply.key: reply.text for reply in replies}}
        again, lowered = with_answers(read, wanted, answers, self.policy.model, self.facts)
        fault = next((reply.fault for reply in replies if reply.fault), limit)
        return again, SecondReport(len(replies), len(known), lowered, fault)
