"""The web server: health for machines, signed links for people, a small API for programs."""
