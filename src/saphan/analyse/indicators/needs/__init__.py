"""What households lack: the needs indicators of the field, a file for each sector, with sources and worked examples."""
