"""OpenRosa, which ODK Collect and KoboCollect speak: the list of forms, a form, and submissions with their files."""
