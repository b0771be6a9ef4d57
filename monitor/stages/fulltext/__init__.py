"""The pages behind articles: which are worth a look, whether their site allows it, and the article in them."""
