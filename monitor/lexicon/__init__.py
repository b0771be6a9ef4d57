"""Language packs and the company catalogue: data, one YAML file a language."""
