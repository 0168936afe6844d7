"""The part of ODK Central's interface for programs that is served under /v1/: sessions and who one is."""
