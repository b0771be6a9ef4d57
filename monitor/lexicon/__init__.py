"""Language packs, tables of words and the company catalogue: data, which adapters read from here."""

from pathlib import Path

LEXICON = Path(__file__).resolve().parent
