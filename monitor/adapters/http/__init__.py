"""The web: politely asked, by addresses that were judged, and unmoved by what answers."""
