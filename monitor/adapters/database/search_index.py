"""
The words of articles, to be found again: FTS5 on SQLite, tsvector on PostgreSQL.

The index holds no second copy of the texts, so an old text has to be given back to take its words out.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import chunks, text_of
from monitor.domain.article import Article

# PostgreSQL takes at most 1 MB of words in one document.
_MOST_CHARACTERS = 200_000
_NUMBERS = select(t.articles.c.id, t.articles.c.seq).where(t.articles.c.id.in_(bindparam("ids", expanding=True)))


def add_words(connection: Connection, articles: Sequence[Article]) -> None:
    """Make articles searchable that are stored and were not before."""
    if connection.dialect.name != "sqlite":
        statement = text(
            "INSERT INTO articles_search (article_id, document) VALUES (:id, to_tsvector('simple', :words))"
            " ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
        )
        connection.execute(statement, [{"id": one.id, "words": _folded(one)} for one in articles])
        return
    seqs: dict[str, int] = {}
    for part in chunks([article.id for article in articles]):
        seqs |= {row.id: row.seq for row in connection.execute(_NUMBERS, {"ids": part})}
    # In the order of their numbers: FTS5 writes away all it has gathered when it is given a lower number than before.
    rows = sorted((seqs[one.id], one.title, one.text) for one in articles)
    connection.exec_driver_sql("INSERT INTO articles_search (rowid, title, body) VALUES (?, ?, ?)", rows)


def remove_words(connection: Connection, rows: Sequence[Any]) -> None:
    """Forget the words of *rows*: id, seq, title and body of articles as they were when they were added."""
    if connection.dialect.name != "sqlite":
        statement = text("DELETE FROM articles_search WHERE article_id IN :ids").bindparams(
            bindparam("ids", expanding=True)
        )
        connection.execute(statement, {"ids": [row.id for row in rows]})
        return
    connection.execute(
        text(
            "INSERT INTO articles_search (articles_search, rowid, title, body) VALUES ('delete', :seq, :title, :body)"
        ),
        [
            {"seq": row.seq, "title": row.title, "body": text_of(row.body)}
            for row in sorted(rows, key=lambda row: row.seq)
        ],
    )


def tidy_words(connection: Connection, effort: int, *, begin: bool) -> bool:
    """
    Give room back that removed words hold, on SQLite; *effort* pages at most, so that nobody waits long.

    Returns:
        Whether there is more to do. The first call of a row says *begin*.
    """
    if connection.dialect.name != "sqlite":
        return False
    query = text("SELECT total_changes()")
    before = connection.execute(query).scalar_one()
    connection.execute(
        text("INSERT INTO articles_search (articles_search, rank) VALUES ('merge', :effort)"),
        {"effort": -effort if begin else effort},
    )
    return bool(connection.execute(query).scalar_one() - before >= 2)


def find_words(connection: Connection, words: str, limit: int) -> list[int]:
    """The numbers of articles that hold all *words*, best first."""
    if connection.dialect.name != "sqlite":
        query = text(
            "SELECT a.seq FROM articles_search s JOIN articles a ON a.id = s.article_id,"
            " to_tsquery('simple', :words) q WHERE s.document @@ q"
            " ORDER BY ts_rank(s.document, q) DESC, a.seq DESC LIMIT :limit"
        )
        found = connection.execute(query, {"words": tsquery(words), "limit": limit})
    else:
        query = text(
            "SELECT rowid AS seq FROM articles_search WHERE articles_search MATCH :words"
            " ORDER BY bm25(articles_search, 4.0, 1.0), rowid DESC LIMIT :limit"
        )
        found = connection.execute(query, {"words": fts5_query(words), "limit": limit})
    return [row.seq for row in found]


def fts5_query(words: str) -> str:
    """Anything a person types as an FTS5 expression: every word and "phrase" must be there, ``word*`` is a prefix."""
    return " ".join(f'"{term}"*' if is_prefix else f'"{term}"' for term, is_prefix in _terms(words)) or '""'


def tsquery(words: str) -> str:
    """The same as an expression for PostgreSQL's to_tsquery."""
    quoted = [(_fold(term).replace("\\", " ").replace("'", " "), is_prefix) for term, is_prefix in _terms(words)]
    return " & ".join(f"'{term}':*" if is_prefix else f"'{term}'" for term, is_prefix in quoted if term.strip())


def _terms(words: str) -> Iterator[tuple[str, bool]]:
    """Words and phrases, and whether each is a prefix."""
    for number, part in enumerate(words.replace("\0", " ").split('"')):
        if number % 2:
            if part.strip():
                yield part.strip(), False
            continue
        for word in part.split():
            if bare := word.rstrip("*"):
                yield bare, word.endswith("*")


def _folded(article: Article) -> str:
    return _fold(f"{article.title}\n{article.text}".replace("\0", " ")[:_MOST_CHARACTERS])


def _fold(words: str) -> str:
    # SQLite's tokeniser folds accents itself; PostgreSQL's would need an extension.
    if words.isascii():
        return words
    return "".join(sign for sign in unicodedata.normalize("NFD", words) if not unicodedata.combining(sign))
