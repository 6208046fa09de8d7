"""Data quality: what is checked of every model, each check as one SQL statement over rows."""
